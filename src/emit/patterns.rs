//! How token sets and results are spelled in the files.

use crate::ir::{
    Ending, Instruction, InstructionType, Protocol, Response, Special, TokenId, TokenSet, TokenType,
};
use std::fmt::Write;

/// The spellings of one protocol's tokens.
#[derive(Clone, Copy)]
pub(super) struct Spelling<'p, 's> {
    pub(super) protocol: &'p Protocol<'s>,
}

/// A set of an instruction: an input or output set, or its response token.
pub(super) struct Spelled {
    /// The values, one a token.
    pub(super) values: Vec<String>,
    /// The concatenated keys.
    pub(super) key: String,
    /// The concatenated keys, each with its placeholder.
    pub(super) pattern: String,
}

impl<'p> Spelling<'p, '_> {
    /// The key of a token.
    pub(super) fn key(&self, id: TokenId) -> &'p str {
        self.protocol.tokens[id.0]
            .key
            .as_deref()
            .unwrap_or_default()
    }

    /// The placeholder behind a token's key: `<num_MIN_MAX>`, `<num_MIN_MAX_LENGTH>`
    /// or nothing.
    fn placeholder(&self, id: TokenId, out: &mut String) {
        let token = &self.protocol.tokens[id.0];
        let (Some(min), Some(max)) = (&token.min, &token.max) else {
            return;
        };
        // Writing to a string cannot fail.
        let _ = match (&token.length, token.token_type) {
            (Some(length), TokenType::NumList) => {
                write!(out, "<num_{}_{}_{}>", min.value, max.value, length.value)
            }
            _ => write!(out, "<num_{}_{}>", min.value, max.value),
        };
    }

    fn set(&self, set: &TokenSet<'_>) -> Spelled {
        let mut spelled = Spelled {
            values: Vec::new(),
            key: String::new(),
            pattern: String::new(),
        };
        for id in set.known() {
            spelled
                .values
                .push(self.protocol.tokens[id.0].value.clone());
            spelled.key.push_str(self.key(id));
            spelled.pattern.push_str(self.key(id));
            self.placeholder(id, &mut spelled.pattern);
        }
        spelled
    }

    /// The sets of an instruction, its output or response last.
    pub(super) fn sets(&self, instruction: &Instruction<'_>) -> Vec<Spelled> {
        let sets = instruction
            .sets()
            .map(|used| self.set(&self.protocol.token_sets[used.set.0]));
        let response = Response::of(instruction, self.protocol).map(|response| Spelled {
            values: vec![response.value],
            key: response.key.clone(),
            pattern: response.key,
        });
        sets.chain(response).collect()
    }

    /// The value of what a sample ends in.
    pub(super) fn result_value(&self, ending: Ending) -> &'p str {
        match ending {
            Ending::Token(id) => &self.protocol.tokens[id.0].value,
            Ending::Non | Ending::Unknown => Special::NON.key,
        }
    }

    /// The key of what a sample ends in.
    pub(super) fn result_key(&self, ending: Ending) -> &'p str {
        match ending {
            Ending::Token(id) => self.key(id),
            Ending::Non | Ending::Unknown => Special::NON.key,
        }
    }

    /// The keys of the final tokens that an instruction allows, in order.
    pub(super) fn allowed_keys(&self, instruction: &Instruction<'_>) -> Vec<&'p str> {
        let keys: Vec<&str> = instruction
            .finals
            .iter()
            .filter_map(|token| token.value)
            .map(|id| self.key(id))
            .collect();
        if keys.is_empty() {
            vec![Special::NON.key]
        } else {
            keys
        }
    }
}

/// The name of an instruction's type in the template.
pub(super) fn template_type(kind: InstructionType) -> &'static str {
    match kind {
        InstructionType::MultiClassifier => "multi_classification_machine",
        other => other.name(),
    }
}
