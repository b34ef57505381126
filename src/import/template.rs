//! A template file: what can be told of it beyond its schema.
//!
//! It holds patterns and no samples, so the rules for specs do not apply. Its pieces
//! have to fit each other: the patterns that prompts are made of are those it lists,
//! and every answer ends in a key that it lists.

use crate::diagnostics::{
    Diagnostics, input_count, invalid_value, missing_key, no_instructions, number_range, wrong_type,
};
use crate::ir::Special;
use crate::source::{Span, Spanned, Text};
use crate::syntax::number::Number;
use crate::syntax::tree::{Entry, Node, Value};
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashSet;

const STRING: &str = "<string>";

/// Checks a template file of the version `version`. What its schema has refused is
/// passed over.
pub(super) fn check(root: &Node<'_>, version: &str, findings: &mut Diagnostics) {
    let tokens = get(root, "tokens");
    let input = tokens.and_then(|tokens| get(tokens, "input"));
    let output = tokens.and_then(|tokens| get(tokens, "output"));
    for pattern in entries(input).iter().filter_map(|entry| text(&entry.value)) {
        placeholders(&pattern, findings);
    }
    let inputs = inputs(root, findings);
    let listed = Listed {
        patterns: input.map(|input| texts_of(entries(Some(input)))),
        keys: output.map(|output| texts_of(entries(Some(output)))),
        inputs,
        unmarked: Cell::new(false),
    };
    if let Some(instructions) = field(root, "instructions") {
        let all = entries(Some(&instructions.value));
        for entry in all {
            instruction(entry, &listed, findings);
        }
        if all.is_empty() && matches!(instructions.value.value, Value::Map(_)) {
            findings.push(no_instructions::diagnostic(instructions.key.span));
        }
    }
    if let Some(output) = tokens.and_then(|tokens| field(tokens, "output"))
        && listed.unmarked.get()
    {
        findings.push(missing_key::diagnostic(output.key.span, Special::UNK.key));
    }
    states(root, version, findings);
    example(root, findings);
}

/// What the file lists.
struct Listed<'n> {
    /// The patterns of token sets.
    patterns: Option<HashSet<&'n str>>,
    /// The keys of results.
    keys: Option<HashSet<&'n str>>,
    inputs: Option<Spanned<u64>>,
    /// Whether a guardrail answers with a mark that is not among the keys.
    unmarked: Cell<bool>,
}

fn field<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Entry<'s>> {
    entries(Some(node))
        .iter()
        .find(|entry| entry.key.value == key)
}

fn get<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    field(node, key).map(|entry| &entry.value)
}

fn entries<'n, 's>(node: Option<&'n Node<'s>>) -> &'n [Entry<'s>] {
    match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

fn text<'s>(node: &Node<'s>) -> Option<Text<'s>> {
    match &node.value {
        Value::Text(text) => Some(Spanned::new(text.clone(), node.span)),
        _ => None,
    }
}

fn texts_of<'n>(entries: &'n [Entry<'_>]) -> HashSet<&'n str> {
    let texts = entries.iter().filter_map(|entry| match &entry.value.value {
        Value::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    texts.collect()
}

/// The texts of a list, if it is one and nothing else is in it.
fn list<'s>(node: Option<&Node<'s>>) -> Option<(Span, Vec<Text<'s>>)> {
    let node = node?;
    match &node.value {
        Value::List(items) => Some((node.span, items.iter().map(text).collect::<Option<_>>()?)),
        _ => None,
    }
}

fn inputs(root: &Node<'_>, findings: &mut Diagnostics) -> Option<Spanned<u64>> {
    let node = get(root, "inputs")?;
    let Value::Number(text) = &node.value else {
        return None;
    };
    let whole = Number::parse(text)?.whole()?;
    if whole < 1 {
        findings.push(invalid_value::too_small(node.span, "`inputs`", 1));
        return None;
    }
    u64::try_from(whole)
        .ok()
        .map(|inputs| Spanned::new(inputs, node.span))
}

fn instruction(entry: &Entry<'_>, listed: &Listed<'_>, findings: &mut Diagnostics) {
    let extended = get(&entry.value, "type")
        .and_then(text)
        .is_some_and(|kind| kind.value == "extended");
    if let Some((span, pieces)) = list(get(&entry.value, "input")) {
        prompt(span, &pieces, extended, listed, findings);
    }
    for output in list(get(&entry.value, "output"))
        .into_iter()
        .flat_map(|(_, outputs)| outputs)
    {
        answer(&output, listed, findings);
    }
}

/// The pieces of a prompt: a start, a piece for each token set, and the question.
fn prompt(
    span: Span,
    pieces: &[Text<'_>],
    extended: bool,
    listed: &Listed<'_>,
    findings: &mut Diagnostics,
) {
    let start = format!("{}\n", Special::BOS.key);
    let ends = [pieces.first(), pieces.last()];
    for (piece, expected) in ends.into_iter().zip([start.as_str(), Special::RUN.key]) {
        if piece.is_none_or(|piece| piece.value != expected) {
            let place = piece.map_or(span, |piece| piece.span);
            let wanted = format!(
                "`{}` {} the pieces of a prompt",
                expected.escape_debug(),
                if expected == start {
                    "as the first of"
                } else {
                    "as the last of"
                }
            );
            findings.push(invalid_value::expected(place, &wanted));
            return;
        }
    }
    let sets = pieces
        .get(1..pieces.len().saturating_sub(1))
        .unwrap_or_default();
    if let Some(inputs) = &listed.inputs
        && sets.len() as u64 != inputs.value + 1
    {
        findings.push(input_count::of_template(
            span,
            sets.len(),
            inputs.value + 1,
            inputs.span,
        ));
        return;
    }
    for (at, piece) in sets.iter().enumerate() {
        let is_last = at + 1 == sets.len();
        let end = match (is_last, extended) {
            (false, _) => "\n<string>\n",
            (true, false) => "\n",
            (true, true) => "<string>\n\n",
        };
        let Some(pattern) = piece.value.strip_suffix(end) else {
            let wanted = format!("a pattern and `{}`", end.escape_debug());
            findings.push(invalid_value::expected(piece.span, &wanted));
            continue;
        };
        if listed
            .patterns
            .as_ref()
            .is_some_and(|patterns| !patterns.contains(pattern))
        {
            findings.push(invalid_value::unlisted(
                piece.span,
                "pattern",
                pattern,
                "`tokens.input`",
            ));
        }
    }
}

/// `<string>`, the key of a result, and the end, each on a line of its own.
fn answer(output: &Text<'_>, listed: &Listed<'_>, findings: &mut Diagnostics) {
    let end = format!("\n{}", Special::EOS.key);
    let key = output
        .value
        .strip_prefix(STRING)
        .and_then(|rest| rest.strip_prefix('\n')?.strip_suffix(&end));
    let Some(key) = key else {
        let wanted = format!(
            "`{STRING}`, the key of a result and `{}`, with `\\n` between them",
            Special::EOS.key
        );
        findings.push(invalid_value::expected(output.span, &wanted));
        return;
    };
    let Some(keys) = &listed.keys else { return };
    // The answer of a guardrail has the mark of one behind the key.
    let refused = key.strip_suffix(&format!("{}_", Special::UNK.key));
    let known = |key: &str| {
        keys.contains(key) || key.strip_suffix('_').is_some_and(|key| keys.contains(key))
    };
    if keys.contains(key) {
        return;
    }
    if refused.is_some_and(known) {
        // A state machine lists such a key whole, all others its mark.
        listed
            .unmarked
            .set(listed.unmarked.get() || !keys.contains(Special::UNK.key));
    } else {
        findings.push(invalid_value::unlisted(
            output.span,
            "key",
            refused.unwrap_or(key),
            "`tokens.output`",
        ));
    }
}

/// Every `<num_MIN_MAX>` and `<num_MIN_MAX_LENGTH>` of a pattern.
fn placeholders(pattern: &Text<'_>, findings: &mut Diagnostics) {
    for rest in pattern.value.split("<num_").skip(1) {
        let numbers: Option<Vec<Number>> = rest
            .split_once('>')
            .and_then(|(inside, _)| inside.split('_').map(Number::parse).collect());
        let is_length = |number: &Number| number.whole().is_some_and(|length| length > 0);
        match numbers.as_deref() {
            Some([min, max] | [min, max, _]) if min.compare(*max) == Ordering::Greater => {
                findings.push(number_range::of_pattern(pattern.span));
            }
            Some([_, _]) => {}
            Some([_, _, length]) if is_length(length) => {}
            _ => findings.push(invalid_value::expected(
                pattern.span,
                "`<num_MIN_MAX>` or `<num_MIN_MAX_LENGTH>`",
            )),
        }
    }
}

/// A list for a state machine, a map for a classifier, nothing for other models.
fn states(root: &Node<'_>, version: &str, findings: &mut Diagnostics) {
    let Some(states) = get(root, "states") else {
        return;
    };
    let is_classifier = get(root, "model_type")
        .and_then(text)
        .is_some_and(|kind| kind.value == "multi_classifier");
    let (expected, found) = match &states.value {
        // Templates before 2.1.0 list the labels of a classifier nowhere.
        Value::Map(_) if version == "2.0.0" || !is_classifier => ("a list", "a map"),
        Value::List(_) if version == "2.1.0" && is_classifier => ("a map", "a list"),
        _ => return,
    };
    findings.push(wrong_type::diagnostic(
        states.span,
        expected,
        wrong_type::Found::Named(found),
    ));
}

fn example(root: &Node<'_>, findings: &mut Diagnostics) {
    let Some(example) = get(root, "example_usage") else {
        return;
    };
    let keys = [
        ("instruction_input", Special::RUN.key),
        ("valid_model_output", Special::EOS.key),
        ("guardrail_model_output", Special::EOS.key),
    ];
    for (key, end) in keys {
        // Where there is nothing to show, it is empty.
        let Some(shown) = get(example, key)
            .and_then(text)
            .filter(|text| !text.value.is_empty())
        else {
            continue;
        };
        let starts = key != "instruction_input" || shown.value.starts_with(Special::BOS.key);
        if !starts || !shown.value.trim_end().ends_with(end) {
            let wanted = match starts {
                true => format!("a text that ends in `{end}`"),
                false => format!("a text that begins with `{}`", Special::BOS.key),
            };
            findings.push(invalid_value::expected(shown.span, &wanted));
        }
    }
}
