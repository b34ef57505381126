//! Which samples go where.
//!
//! Samples are divided within each instruction, and within it by what they end in or
//! answer, so that both halves look like the whole. A half has to be a spec that can be
//! built, so each keeps the fewest samples that [`crate::validate`] asks for.

use super::order::order;
use super::{Division, Part, Settings, share, values};
use crate::ast::Output;
use crate::diagnostics::{Diagnostics, too_few_samples, too_few_samples_for_final};
use crate::ir::{Ending, Instruction, InstructionType, Protocol, Sample, TokenId};
use crate::validate::{Valid, least_samples};
use std::collections::{BTreeMap, HashMap};

/// Divides the samples of a protocol. Those of which there are too few are reported,
/// unless they are to go into both halves.
pub fn divide(
    protocol: &Valid<Protocol<'_>>,
    settings: &Settings,
    findings: &mut Diagnostics,
) -> Division {
    let protocol: &Protocol<'_> = protocol;
    let instructions = protocol.instructions.iter();
    instructions
        .map(|instruction| {
            let order = order(instruction, settings.seed);
            if instruction.instruction_type.has_finals() {
                by_final(protocol, instruction, &order, settings, findings)
            } else {
                by_answer(instruction, &order, settings, findings)
            }
        })
        .collect()
}

/// Every final token ends enough samples of either half.
fn by_final(
    protocol: &Protocol<'_>,
    instruction: &Instruction<'_>,
    order: &[usize],
    settings: &Settings,
    findings: &mut Diagnostics,
) -> Vec<Part> {
    let least = least_samples(instruction.instruction_type);
    let mut groups: BTreeMap<Ending, Vec<usize>> = BTreeMap::new();
    for at in order {
        if let Some(sample) = instruction.samples.get(*at) {
            groups.entry(sample.ending).or_default().push(*at);
        }
    }
    let mut parts = vec![Part::Train; instruction.samples.len()];
    for (ending, group) in groups {
        match share::of(group.len(), settings.share, least) {
            Some(count) => set(&mut parts, group.iter().take(count), Part::Eval),
            None if settings.share_small => set(&mut parts, &group, Part::Both),
            None => findings.push(match place(protocol, instruction, ending) {
                Some((name, span)) => {
                    too_few_samples_for_final::to_divide(name, span, group.len(), 2 * least)
                }
                None => too_few_samples::to_divide(&instruction.name, group.len(), 2 * least),
            }),
        }
    }
    parts
}

/// Where an instruction allows the final token, and its name.
fn place<'p>(
    protocol: &'p Protocol<'_>,
    instruction: &Instruction<'_>,
    ending: Ending,
) -> Option<(&'p str, crate::source::Span)> {
    let Ending::Token(id) = ending else {
        return None;
    };
    let TokenId(at) = id;
    let name = protocol.tokens.get(at)?.name.value.as_ref();
    let allowed = instruction
        .finals
        .iter()
        .find(|token| token.value == Some(id))?;
    Some((name, allowed.span))
}

/// States, combinations of labels and single values of them give in proportion; none is taken from the
/// training altogether where that can be avoided.
fn by_answer(
    instruction: &Instruction<'_>,
    order: &[usize],
    settings: &Settings,
    findings: &mut Diagnostics,
) -> Vec<Part> {
    let count = instruction.samples.len();
    let least = least_samples(instruction.instruction_type);
    let mut parts = vec![Part::Train; count];
    let Some(total) = share::of(count, settings.share, least) else {
        if settings.share_small {
            return vec![Part::Both; count];
        }
        findings.push(too_few_samples::to_divide(
            &instruction.name,
            count,
            2 * least,
        ));
        return parts;
    };
    let mut groups: BTreeMap<Vec<Answer<'_>>, Vec<usize>> = BTreeMap::new();
    for at in order {
        if let Some(sample) = instruction.samples.get(*at) {
            groups.entry(answers(sample)).or_default().push(*at);
        }
    }
    let sizes: Vec<usize> = groups.values().map(Vec::len).collect();
    let has_labels = instruction.instruction_type == InstructionType::MultiClassifier;
    let spread = match has_labels {
        // What is left over is for the values that lack it.
        true => share::whole(&sizes, total),
        false => share::spread(&sizes, total),
    };
    let mut taken = 0;
    let mut is_single = vec![false; count];
    for (group, count) in groups.values().zip(spread) {
        taken += count;
        set(&mut parts, group.iter().take(count), Part::Eval);
        if let [only] = group.as_slice()
            && let Some(is_single) = is_single.get_mut(*only)
        {
            *is_single = true;
        }
    }
    if has_labels {
        let is_taken = parts.iter().map(|part| *part == Part::Eval).collect();
        let lacking = values::lacking(instruction, order, total, is_taken);
        taken += lacking.len();
        set(&mut parts, &lacking, Part::Eval);
    }
    // Answers that were given but once could not be spread.
    for which in [Which::Single, Which::Kept, Which::Any] {
        let is_single = |at: usize| is_single.get(at) == Some(&true);
        taken += more(
            instruction,
            order,
            total - taken,
            which,
            is_single,
            &mut parts,
        );
    }
    parts
}

/// Which samples may be taken when groups have given their share.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    /// Those whose answer is given but once, if its values remain in the training.
    Single,
    /// Those whose values remain in the training.
    Kept,
    /// All.
    Any,
}

/// A state, or a label and its value.
pub(super) type Answer<'i> = (&'i str, &'i str);

pub(super) fn answers<'i>(sample: Sample<'i, '_>) -> Vec<Answer<'i>> {
    let mut answers = match &sample.written.output {
        Some(Output::Snippet(snippet)) => vec![(snippet.text.value.as_ref(), "")],
        Some(Output::Labels(labels)) => labels
            .value
            .iter()
            .filter_map(|(label, value)| {
                Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
            })
            .collect(),
        None => Vec::new(),
    };
    answers.sort_unstable();
    answers
}

/// Moves up to `count` more samples to the evaluation. How many were moved.
fn more(
    instruction: &Instruction<'_>,
    order: &[usize],
    count: usize,
    which: Which,
    is_single: impl Fn(usize) -> bool,
    parts: &mut [Part],
) -> usize {
    if count == 0 {
        return 0;
    }
    let mut remaining: HashMap<Answer<'_>, usize> = HashMap::new();
    for (sample, part) in instruction.samples.iter().zip(parts.iter()) {
        if let (Some(sample), Part::Train) = (sample, part) {
            for answer in answers(sample) {
                *remaining.entry(answer).or_default() += 1;
            }
        }
    }
    let mut moved = 0;
    for at in order {
        let (Some(sample), Some(part)) = (instruction.samples.get(*at), parts.get_mut(*at)) else {
            continue;
        };
        if moved == count || *part != Part::Train || which == Which::Single && !is_single(*at) {
            continue;
        }
        let answers = answers(sample);
        let is_last = |answer| remaining.get(answer).is_none_or(|count| *count < 2);
        if which != Which::Any && answers.iter().any(is_last) {
            continue;
        }
        for answer in &answers {
            if let Some(count) = remaining.get_mut(answer) {
                *count -= 1;
            }
        }
        *part = Part::Eval;
        moved += 1;
    }
    moved
}

fn set<'a>(parts: &mut [Part], places: impl IntoIterator<Item = &'a usize>, to: Part) {
    for at in places {
        if let Some(part) = parts.get_mut(*at) {
            *part = to;
        }
    }
}
