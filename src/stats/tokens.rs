//! Tokens, token sets and guardrails, and what uses them.

use crate::ir::{Ending, Protocol, TokenId, TokenType};
use serde::Serialize;
use std::collections::HashSet;

/// How many tokens of a type there are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeStats {
    /// The type as it is written.
    #[serde(rename = "type")]
    pub token_type: &'static str,
    /// How many.
    pub count: usize,
}

/// A token and its uses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TokenStats {
    /// Its name.
    pub name: String,
    /// Its type as it is written.
    #[serde(rename = "type")]
    pub token_type: &'static str,
    /// How many token sets hold it, with and without a name.
    pub sets: usize,
    /// How many instructions use it, in a token set or as a final token.
    pub instructions: usize,
    /// How many samples end in it.
    pub samples: usize,
    /// Neither a token set nor an instruction names it.
    pub unused: bool,
}

/// A token set that has a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TokenSetStats {
    /// Its name.
    pub name: String,
    /// How many tokens it has.
    pub tokens: usize,
    /// How many instructions use it.
    pub instructions: usize,
}

/// A guardrail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GuardrailStats {
    /// Its name; `None` if it is written where it is used.
    pub name: Option<String>,
    /// How many bad prompts it has.
    pub samples: usize,
    /// What it guards.
    pub guards: Vec<GuardedInput>,
}

/// An input that is guarded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GuardedInput {
    /// The instruction's name.
    pub instruction: String,
    /// The input, from 0.
    pub input: usize,
}

pub(super) fn types(protocol: &Protocol<'_>) -> Vec<TypeStats> {
    let mut counts = TokenType::NAMES.map(|token_type| TypeStats {
        token_type,
        count: 0,
    });
    for token in &protocol.tokens {
        if let Some(entry) = counts.get_mut(token.token_type as usize) {
            entry.count += 1;
        }
    }
    counts.into_iter().filter(|entry| entry.count > 0).collect()
}

pub(super) fn tokens(protocol: &Protocol<'_>) -> Vec<TokenStats> {
    let count = protocol.tokens.len();
    let (mut sets, mut instructions, mut samples) =
        (vec![0; count], vec![0; count], vec![0; count]);
    let add = |counts: &mut Vec<usize>, id: TokenId| {
        if let Some(count) = counts.get_mut(id.0) {
            *count += 1;
        }
    };
    for set in &protocol.token_sets {
        let mut seen = HashSet::new();
        for id in set.known().filter(|id| seen.insert(*id)) {
            add(&mut sets, id);
        }
    }
    for instruction in &protocol.instructions {
        let in_sets = instruction
            .sets()
            .filter_map(|used| protocol.token_sets.get(used.set.0))
            .flat_map(|set| set.known());
        let finals = instruction.finals.iter().filter_map(|token| token.value);
        let mut seen = HashSet::new();
        for id in in_sets.chain(finals).filter(|id| seen.insert(*id)) {
            add(&mut instructions, id);
        }
        for ending in instruction.samples.endings() {
            if let Ending::Token(id) = ending {
                add(&mut samples, id);
            }
        }
    }
    let uses = sets.into_iter().zip(instructions).zip(samples);
    let tokens = protocol.tokens.iter().zip(uses);
    tokens
        .map(|(token, ((sets, instructions), samples))| TokenStats {
            name: token.name.value.clone().into_owned(),
            token_type: token.token_type.name(),
            sets,
            instructions,
            samples,
            unused: sets == 0 && instructions == 0,
        })
        .collect()
}

pub(super) fn sets(protocol: &Protocol<'_>) -> Vec<TokenSetStats> {
    let mut uses = vec![0; protocol.token_sets.len()];
    for instruction in &protocol.instructions {
        let mut seen = HashSet::new();
        for used in instruction.sets().filter(|used| seen.insert(used.set)) {
            if let Some(count) = uses.get_mut(used.set.0) {
                *count += 1;
            }
        }
    }
    let sets = protocol.token_sets.iter().zip(uses);
    sets.filter_map(|(set, instructions)| {
        Some(TokenSetStats {
            name: set.name.as_ref()?.value.clone().into_owned(),
            tokens: set.known().count(),
            instructions,
        })
    })
    .collect()
}

pub(super) fn guardrails(protocol: &Protocol<'_>) -> Vec<GuardrailStats> {
    let mut list: Vec<GuardrailStats> = protocol
        .guardrails
        .iter()
        .map(|guardrail| GuardrailStats {
            name: guardrail
                .name
                .as_ref()
                .map(|name| name.value.clone().into_owned()),
            samples: guardrail
                .samples
                .as_ref()
                .and_then(|given| given.value.as_ref())
                .map_or(0, |samples| samples.value.len()),
            guards: Vec::new(),
        })
        .collect();
    for instruction in &protocol.instructions {
        for used in &instruction.guardrails {
            let guardrail = used.guardrail.and_then(|id| list.get_mut(id.0));
            if let (Some(guardrail), Some(input)) = (guardrail, used.input) {
                guardrail.guards.push(GuardedInput {
                    instruction: instruction.name.value.clone().into_owned(),
                    input,
                });
            }
        }
    }
    list
}
