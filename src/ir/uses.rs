//! What of a protocol ends up in its files.

use super::{Ending, Protocol, TokenId, TokenSetId};

/// The tokens that token sets of instructions or results of samples use, and the
/// special ones that go with them.
#[derive(Debug)]
pub struct Uses {
    tokens: Vec<bool>,
    /// A sample ends in `<NON>`.
    pub non: bool,
    /// An instruction has a guardrail.
    pub guarded: bool,
}

impl Uses {
    /// Looks through all instructions.
    pub fn of(protocol: &Protocol<'_>) -> Uses {
        let mut uses = Uses {
            tokens: vec![false; protocol.tokens.len()],
            non: false,
            guarded: false,
        };
        let mut seen = vec![false; protocol.token_sets.len()];
        for instruction in &protocol.instructions {
            uses.guarded |= !instruction.guardrails.is_empty();
            for TokenSetId(set) in instruction.sets().map(|used| used.set) {
                if !std::mem::replace(&mut seen[set], true) {
                    for TokenId(token) in protocol.token_sets[set].known() {
                        uses.tokens[token] = true;
                    }
                }
            }
            for ending in instruction.samples.endings() {
                match ending {
                    Ending::Non => uses.non = true,
                    Ending::Token(TokenId(token)) => uses.tokens[token] = true,
                    Ending::Unknown => {}
                }
            }
        }
        uses
    }

    /// Whether a token is used.
    pub fn token(&self, token: TokenId) -> bool {
        self.tokens[token.0]
    }

    /// The tokens that are used, in order of declaration.
    pub fn tokens(&self) -> impl Iterator<Item = TokenId> + '_ {
        self.tokens
            .iter()
            .enumerate()
            .filter(|(_, used)| **used)
            .map(|(at, _)| TokenId(at))
    }
}
