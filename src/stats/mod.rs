//! A protocol in numbers: what it has of everything, how its samples are spread, how long
//! its texts are.
//!
//! It counts what is there. Whether that is good is for [`crate::validate`] to say, how it
//! is shown for the command line.

mod instructions;
mod lengths;
mod tokens;

use crate::diagnostics::{Diagnostic, Severity};
use crate::ir::{Format, InstructionType, Protocol};
use crate::validate::Valid;
pub use instructions::{Counted, InstructionStats, LabelStats};
pub use lengths::Lengths;
use serde::Serialize;
use std::collections::BTreeMap;
pub use tokens::{GuardedInput, GuardrailStats, TokenSetStats, TokenStats, TypeStats};

/// A protocol in numbers. Names are in the order of declaration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// The protocol's name.
    pub name: String,
    /// The bloom version.
    pub format: &'static str,
    /// Input lines of every instruction.
    pub inputs: u32,
    /// All samples.
    pub samples: usize,
    /// Background lines of the protocol, those of its instructions left out.
    pub context: usize,
    /// How many tokens of each type there are; a type without any is left out.
    pub token_types: Vec<TypeStats>,
    /// The tokens.
    pub tokens: Vec<TokenStats>,
    /// The token sets that have a name.
    pub token_sets: Vec<TokenSetStats>,
    /// How many token sets are written where they are used.
    pub token_sets_in_place: usize,
    /// The guardrails.
    pub guardrails: Vec<GuardrailStats>,
    /// The instructions.
    pub instructions: Vec<InstructionStats>,
    /// How long the texts are.
    pub lengths: TextLengths,
}

/// The lengths of the texts, by what they are for; `None` where there is no text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TextLengths {
    /// Of the inputs of samples.
    pub inputs: Option<Lengths>,
    /// Of the outputs of samples that are text, not states or labels.
    pub outputs: Option<Lengths>,
    /// Of the background lines of the protocol and its instructions.
    pub context: Option<Lengths>,
}

/// What stands against building a spec in a format.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The bloom version.
    pub format: &'static str,
    /// Whether the spec could be built.
    pub builds: bool,
    /// The rules with errors, sorted, and how many each has.
    pub errors: Vec<RuleErrors>,
}

/// A rule and its errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleErrors {
    /// The rule's id.
    pub rule: &'static str,
    /// How many there are.
    pub count: usize,
}

/// Counts a protocol.
pub fn of(protocol: &Valid<Protocol<'_>>) -> Stats {
    let protocol: &Protocol<'_> = protocol;
    let instructions = instructions::of(protocol);
    Stats {
        name: protocol
            .name
            .as_ref()
            .map(|name| name.value.clone().into_owned())
            .unwrap_or_default(),
        format: protocol.format.name(),
        inputs: protocol
            .inputs
            .as_ref()
            .map(|inputs| inputs.value)
            .unwrap_or_default(),
        samples: instructions
            .iter()
            .map(|instruction| instruction.samples)
            .sum(),
        context: protocol.context.iter().flatten().count(),
        token_types: tokens::types(protocol),
        tokens: tokens::tokens(protocol),
        token_sets: tokens::sets(protocol),
        token_sets_in_place: protocol
            .token_sets
            .iter()
            .filter(|set| set.name.is_none())
            .count(),
        guardrails: tokens::guardrails(protocol),
        instructions,
        lengths: text_lengths(protocol),
    }
}

/// What the findings of a spec in `format` come to.
pub fn verdict(format: Format, findings: &[Diagnostic]) -> Verdict {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    for error in errors {
        *counts.entry(error.rule.name).or_default() += 1;
    }
    Verdict {
        format: format.name(),
        builds: counts.is_empty(),
        errors: counts
            .into_iter()
            .map(|(rule, count)| RuleErrors { rule, count })
            .collect(),
    }
}

fn text_lengths(protocol: &Protocol<'_>) -> TextLengths {
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    let mut context: Vec<&str> = texts(&protocol.context).collect();
    for instruction in &protocol.instructions {
        context.extend(texts(&instruction.context));
        let kind = instruction.instruction_type;
        let has_text = matches!(kind, InstructionType::Basic | InstructionType::Extended);
        for sample in instruction.known_samples() {
            inputs.extend(
                sample
                    .written
                    .snippets()
                    .map(|snippet| snippet.text.value.as_ref()),
            );
            if has_text && let Some(snippet) = sample.written.answer() {
                outputs.push(snippet.text.value.as_ref());
            }
        }
    }
    TextLengths {
        inputs: Lengths::of(&inputs),
        outputs: Lengths::of(&outputs),
        context: Lengths::of(&context),
    }
}

fn texts<'p>(
    lines: &'p [Option<crate::source::Text<'_>>],
) -> impl Iterator<Item = &'p str> + use<'p> {
    lines.iter().flatten().map(|line| line.value.as_ref())
}
