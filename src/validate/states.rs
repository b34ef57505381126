//! The answers of state machines and multi classifiers against what is declared.

use super::Subject;
use crate::ast::{Label, LabelValues, States};
use crate::diagnostics::{
    Comparisons, Diagnostics, invalid_value, missing_label, undeclared_label_value,
    undeclared_state, unknown_label, unused_state,
};
use crate::ir::{Instruction, states_given};
use crate::source::{Span, Spanned, Text};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        let declared = instruction.states.as_ref();
        match declared.map(|given| given.value.as_ref()) {
            Some(Some(Spanned {
                value: States::List(states),
                span,
            })) => {
                if states.is_empty() {
                    findings.push(invalid_value::no_states(*span, "states"));
                    continue;
                }
                repeated(states, findings);
                list(instruction, states, *span, findings);
            }
            Some(Some(Spanned {
                value: States::Map(labels),
                span,
            })) => {
                if labels.is_empty() {
                    findings.push(invalid_value::no_states(*span, "labels"));
                    continue;
                }
                for label in labels {
                    if label.values.is_empty() {
                        findings.push(invalid_value::no_states(label.span, "values"));
                    }
                    repeated(&label.values, findings);
                }
                let known: Vec<&str> = labels
                    .iter()
                    .map(|label| label.label.value.as_ref())
                    .collect();
                has_labels(instruction, &known, Some(*span), findings);
                values(instruction, labels, findings);
            }
            Some(None) => {}
            None => {
                let known = labels_seen(instruction);
                has_labels(instruction, &known, None, findings);
            }
        }
    }
}

/// Reports what stands twice in a list of states or values.
fn repeated(list: &[Option<Text<'_>>], findings: &mut Diagnostics) {
    let mut first = HashMap::new();
    for state in list.iter().flatten() {
        match first.entry(state.value.as_ref()) {
            Entry::Occupied(place) => {
                findings.push(unused_state::repeated(state, *place.get()));
            }
            Entry::Vacant(place) => {
                place.insert(state.span);
            }
        }
    }
}

fn list(
    instruction: &Instruction<'_>,
    states: &[Option<Text<'_>>],
    span: Span,
    findings: &mut Diagnostics,
) {
    let names: Vec<&str> = states
        .iter()
        .flatten()
        .map(|state| state.value.as_ref())
        .collect();
    let known: HashSet<&str> = names.iter().copied().collect();
    let mut given = HashSet::new();
    let mut comparisons = Comparisons::default();
    let are_known = states.iter().all(Option::is_some);
    for state in states_given(instruction) {
        given.insert(state.value.as_ref());
        if are_known && !known.contains(state.value.as_ref()) {
            let near = comparisons.nearest(&state.value, names.len(), names.iter().copied());
            // What was meant is not unused.
            given.extend(near.map(|near| near.name));
            findings.push(undeclared_state::diagnostic(state, span, near));
        }
    }
    if !instruction.samples_unknown {
        let unused = states
            .iter()
            .flatten()
            .filter(|state| !given.contains(state.value.as_ref()));
        unused.for_each(|state| findings.push(unused_state::diagnostic(state)));
    }
}

/// The answers of samples that give labels.
fn answers<'i, 's>(
    instruction: &'i Instruction<'s>,
) -> impl Iterator<Item = &'i Spanned<Vec<Label<'s>>>> {
    let samples = instruction.known_samples();
    samples.filter_map(|sample| sample.written.labels())
}

/// The labels that samples give where none are declared: those of most samples, so
/// that a slip in one does not make all others incomplete.
fn labels_seen<'i>(instruction: &'i Instruction<'_>) -> Vec<&'i str> {
    let mut order = Vec::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut samples = 0;
    for labels in answers(instruction) {
        let labels = &labels.value;
        samples += 1;
        for (label, _) in labels {
            let count = counts.entry(&label.value).or_insert_with(|| {
                order.push(label.value.as_ref());
                0
            });
            *count += 1;
        }
    }
    order.retain(|label| counts.get(label).is_some_and(|count| count * 2 > samples));
    order
}

fn has_labels(
    instruction: &Instruction<'_>,
    known: &[&str],
    declared: Option<Span>,
    findings: &mut Diagnostics,
) {
    let names: HashSet<&str> = known.iter().copied().collect();
    let mut comparisons = Comparisons::default();
    for Spanned {
        value: labels,
        span,
    } in answers(instruction)
    {
        let given: HashSet<&str> = labels
            .iter()
            .map(|(label, _)| label.value.as_ref())
            .collect();
        // The labels are not gone through for each sample where it gives them all.
        let mut count = names.len() - given.intersection(&names).count();
        let mut meant: HashSet<&str> = HashSet::new();
        for (label, _) in labels
            .iter()
            .filter(|(label, _)| !names.contains(label.value.as_ref()))
        {
            let missing = known.iter().copied();
            let missing = missing.filter(|label| !given.contains(label) && !meant.contains(label));
            let near = comparisons.nearest(&label.value, known.len(), missing);
            findings.push(unknown_label::diagnostic(label, declared, near));
            // A misspelt label is not missing as well.
            if let Some(near) = near {
                meant.insert(near.name);
                count -= 1;
            }
        }
        if count > 0 {
            findings.push_made(&missing_label::RULE, *span, || {
                let missing = known.iter().copied();
                let missing =
                    missing.filter(|label| !given.contains(label) && !meant.contains(label));
                missing_label::diagnostic(*span, missing, count, declared)
            });
        }
    }
}

fn values(instruction: &Instruction<'_>, declared: &[LabelValues<'_>], findings: &mut Diagnostics) {
    let by_label: HashMap<&str, (&LabelValues<'_>, bool)> = declared
        .iter()
        .map(|label| {
            let is_open = label.values.is_empty() || label.values.iter().any(Option::is_none);
            (label.label.value.as_ref(), (label, is_open))
        })
        .collect();
    let pairs = declared.iter().flat_map(|label| {
        let values = label.values.iter().flatten();
        values.map(|value| (label.label.value.as_ref(), value.value.as_ref()))
    });
    let known: HashSet<(&str, &str)> = pairs.collect();
    let mut given = HashSet::new();
    let mut comparisons = Comparisons::default();
    let all: Vec<&str> = declared
        .iter()
        .map(|label| label.label.value.as_ref())
        .collect();
    for labels in answers(instruction) {
        let labels = &labels.value;
        for (label, value) in labels {
            let Some(value) = value else { continue };
            let Some((declared_values, is_open)) = by_label.get(label.value.as_ref()) else {
                // A misspelt label gives the value that it was meant to.
                let near = comparisons.nearest(&label.value, all.len(), all.iter().copied());
                given.extend(near.map(|near| (near.name, value.value.as_ref())));
                continue;
            };
            let pair = (label.value.as_ref(), value.value.as_ref());
            given.insert(pair);
            let values = &declared_values.values;
            if known.contains(&pair) || *is_open {
                continue;
            }
            let names = values.iter().flatten().map(|value| value.value.as_ref());
            let near = comparisons.nearest(&value.value, values.len(), names);
            given.extend(near.map(|near| (pair.0, near.name)));
            findings.push(undeclared_label_value::diagnostic(
                value,
                &label.value,
                declared_values.span,
                near,
            ));
        }
    }
    if !instruction.samples_unknown {
        for LabelValues { label, values, .. } in declared {
            for value in values.iter().flatten() {
                if !given.contains(&(label.value.as_ref(), value.value.as_ref())) {
                    findings.push(unused_state::of_label(value, &label.value));
                }
            }
        }
    }
}
