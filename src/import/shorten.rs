//! From the spec that says what a model file says to one that people would have
//! written: what follows from the rest is left away, what stands twice gets a name.

use crate::ast::{
    Given, Guardrail, GuardrailRef, Instruction, Optional, Spec, States, Text, TokenSet,
    TokenSetRef,
};
use crate::ir::{Format, generated_key};
use crate::source::Spanned;
use std::collections::{HashMap, HashSet};

/// Makes the spec short. What is built from it stays the same.
pub(super) fn shorten(spec: &mut Spec<'_>) {
    let is_newest = |given: &Given<_>| {
        let version = given.value.as_ref();
        version.is_some_and(|version: &Text<'_>| version.value == Format::V2_0_1.name())
    };
    spec.format = spec.format.take().filter(|given| !is_newest(given));
    let encrypt = spec.encrypt.as_ref().and_then(|given| given.value.as_ref());
    let encrypt = encrypt.is_none_or(|encrypt| encrypt.value);
    if encrypt {
        spec.encrypt = None;
    }
    for token in &mut spec.tokens {
        let generated = generated_key(&format!("{}_", token.name.value), encrypt);
        let is_generated = |given: &Given<_>| {
            let key: Option<&Text<'_>> = given.value.as_ref();
            key.is_some_and(|key| key.value == generated)
        };
        token.key = token.key.take().filter(|given| !is_generated(given));
    }
    for instruction in &mut spec.instructions {
        one_final(instruction);
        if says_what_samples_say(instruction) {
            instruction.states = None;
        }
    }
    name_token_sets(spec);
    share_guardrails(spec);
}

/// Where one final token is allowed, no sample has to name it.
fn one_final(instruction: &mut Instruction<'_>) {
    let finals = instruction.finals.as_ref();
    let finals = finals.and_then(|given| given.value.as_ref());
    if finals.is_some_and(|finals| finals.value.len() == 1) {
        for sample in instruction.samples.iter_mut().flatten() {
            sample.final_token = Optional::Absent;
        }
    }
}

/// Whether the states that are declared are those of the samples, in the same order.
fn says_what_samples_say(instruction: &Instruction<'_>) -> bool {
    let declared = instruction.states.as_ref();
    let Some(declared) = declared.and_then(|given| given.value.as_ref()) else {
        return false;
    };
    let samples = instruction.samples.iter().flatten();
    match &declared.value {
        States::List(states) => {
            let mut seen = HashSet::new();
            let given = samples.filter_map(|sample| sample.answer());
            let given = given.map(|answer| answer.text.value.as_ref());
            let given = given.filter(|state| seen.insert(*state));
            let states = states.iter().flatten();
            given.eq(states.map(|state| state.value.as_ref()))
        }
        States::Map(labels) => {
            let mut order: Vec<(&str, Vec<&str>)> = Vec::new();
            for answer in samples.filter_map(|sample| sample.labels()) {
                for (label, value) in &answer.value {
                    let label = label.value.as_ref();
                    let at = order.iter().position(|(known, _)| *known == label);
                    let at = at.unwrap_or_else(|| {
                        order.push((label, Vec::new()));
                        order.len() - 1
                    });
                    let value = value.as_ref().map(|value| value.value.as_ref());
                    let values = &mut order[at].1;
                    values.extend(value.filter(|value| !values.contains(value)));
                }
            }
            let declared = labels.iter().map(|label| {
                let values = label.values.iter().flatten();
                let values = values.map(|value| value.value.as_ref());
                (label.label.value.as_ref(), values.collect::<Vec<&str>>())
            });
            declared.eq(order)
        }
    }
}

/// Gives a name to every token set that stands in several places.
fn name_token_sets(spec: &mut Spec<'_>) {
    let mut counts: HashMap<Vec<String>, usize> = HashMap::new();
    for instruction in &mut spec.instructions {
        for set in sets(instruction) {
            if let Some(tokens) = tokens(set) {
                *counts.entry(tokens).or_default() += 1;
            }
        }
    }
    let mut names: HashMap<Vec<String>, String> = HashMap::new();
    let mut taken = HashSet::new();
    for instruction in &mut spec.instructions {
        for set in sets(instruction) {
            let Some(tokens) = tokens(set).filter(|tokens| counts.get(tokens) > Some(&1)) else {
                continue;
            };
            let name = names.entry(tokens).or_insert_with_key(|tokens| {
                let name = free(&joined(tokens), &mut taken);
                if let TokenSetRef::Inline(set) = &*set {
                    spec.token_sets.push(TokenSet {
                        name: Some(Spanned::new(name.clone().into(), set.span)),
                        span: set.span,
                        tokens: set.tokens.clone(),
                    });
                }
                name
            });
            if let TokenSetRef::Inline(inline) = set {
                *set = TokenSetRef::Named(Spanned::new(name.clone().into(), inline.span));
            }
        }
    }
}

/// The token sets of an instruction, in order.
fn sets<'i, 's>(
    instruction: &'i mut Instruction<'s>,
) -> impl Iterator<Item = &'i mut TokenSetRef<'s>> {
    let input = instruction.input.as_mut();
    let input = input.and_then(|given| given.value.as_mut());
    let input = input
        .into_iter()
        .flat_map(|list| list.value.iter_mut().flatten());
    let output = instruction.output.as_mut();
    let output = output.and_then(|given| given.value.as_mut());
    input.chain(output.map(|output| &mut output.value))
}

/// The tokens of a set that is written in place.
fn tokens(set: &TokenSetRef<'_>) -> Option<Vec<String>> {
    let TokenSetRef::Inline(set) = set else {
        return None;
    };
    let names = set.tokens.iter();
    names
        .map(|name| name.as_ref().map(|name| name.value.to_string()))
        .collect()
}

/// A name made of those of tokens: `[Tree, AliceTalk]` is `tree_alice_talk`.
fn joined(tokens: &[String]) -> String {
    /// Longer names are cut at a token.
    const LONG: usize = 48;
    let mut name = String::new();
    for token in tokens {
        if !name.is_empty() && name.chars().count() + token.chars().count() > LONG {
            break;
        }
        if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        let mut before = None;
        for c in token.chars() {
            let begins = c.is_uppercase() && before.is_some_and(char::is_lowercase);
            name.extend(begins.then_some('_'));
            name.extend(c.to_lowercase());
            before = Some(c);
        }
    }
    name
}

/// The name, or the first of `name_2`, `name_3` … that is not taken; it is now.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}

/// Puts every guardrail that stands in several places under a name.
fn share_guardrails(spec: &mut Spec<'_>) {
    let mut counts: HashMap<Vec<String>, usize> = HashMap::new();
    for guardrail in spec.instructions.iter().flat_map(inline_guardrails) {
        *counts.entry(said(guardrail)).or_default() += 1;
    }
    let mut names: HashMap<Vec<String>, String> = HashMap::new();
    let mut taken = HashSet::new();
    for instruction in &mut spec.instructions {
        for (_, used) in &mut instruction.guardrails {
            let Some(GuardrailRef::Inline(guardrail)) = used else {
                continue;
            };
            let said = said(guardrail);
            if counts.get(&said) < Some(&2) {
                continue;
            }
            let span = guardrail.span;
            let name = names.entry(said).or_insert_with(|| {
                let name = free("guardrail", &mut taken);
                spec.guardrails.push(Guardrail {
                    name: Some(Spanned::new(name.clone().into(), span)),
                    span,
                    good_prompt: guardrail.good_prompt.take(),
                    bad_prompt: guardrail.bad_prompt.take(),
                    bad_output: guardrail.bad_output.take(),
                    samples: guardrail.samples.take(),
                });
                name
            });
            *used = Some(GuardrailRef::Named(Spanned::new(name.clone().into(), span)));
        }
    }
}

fn inline_guardrails<'i, 's>(
    instruction: &'i Instruction<'s>,
) -> impl Iterator<Item = &'i Guardrail<'s>> {
    instruction
        .guardrails
        .iter()
        .filter_map(|(_, used)| match used {
            Some(GuardrailRef::Inline(guardrail)) => Some(guardrail),
            _ => None,
        })
}

/// All that a guardrail says.
fn said(guardrail: &Guardrail<'_>) -> Vec<String> {
    let prompts = [
        &guardrail.good_prompt,
        &guardrail.bad_prompt,
        &guardrail.bad_output,
    ];
    let samples = guardrail.samples.as_ref();
    let samples = samples.and_then(|given| given.value.as_ref());
    let samples = samples.into_iter().flat_map(|list| &list.value);
    let texts = prompts.into_iter().chain(samples);
    texts
        .map(|text| {
            text.as_ref()
                .map_or_else(String::new, |text| text.value.to_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_named_after_its_tokens() {
        let name = |tokens: &[&str]| {
            let tokens: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
            joined(&tokens)
        };
        assert_eq!(name(&["Tree", "English", "Cat"]), "tree_english_cat");
        assert_eq!(name(&["SentenceLength", "FAQ"]), "sentence_length_faq");
        assert_eq!(name(&["Élise", "кот_", "🫥"]), "élise_кот_🫥");
        let many: Vec<&str> = vec!["Something"; 20];
        assert!(name(&many).chars().count() <= 60);
        let mut taken = HashSet::new();
        let frees: Vec<String> = (0..3).map(|_| free("a", &mut taken)).collect();
        assert_eq!(frees, ["a", "a_2", "a_3"]);
    }
}
