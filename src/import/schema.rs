//! A file against the JSON Schema of its format: what the schema refuses, told at the
//! place in the text by the rule that it breaks.

use super::tree;
use crate::diagnostics::{
    Diagnostics, invalid_value, missing_key, non_integer_number, text_too_long, unknown_key,
    wrong_type,
};
use crate::source::{Span, Text};
use crate::syntax::decode::Item;
use crate::syntax::number::Number;
use crate::syntax::tree::{Node, Value};
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, ValidationError, Validator};

const TOKEN_TYPES: [&str; 7] = [
    "Token",
    "NumToken",
    "NumListToken",
    "FinalToken",
    "FinalNumToken",
    "SpecialToken",
    "SpecialFinalToken",
];
const MODEL_TYPES: [&str; 3] = ["generative", "state_machine", "multi_classifier"];
const INSTRUCTION_TYPES: [&str; 4] = [
    "basic",
    "extended",
    "state_machine",
    "multi_classification_machine",
];

/// A schema ready for use; `None` if it is none.
pub(super) fn compiled(schema: &str) -> Option<Validator> {
    let schema = serde_json::from_str(schema).ok()?;
    jsonschema::validator_for(&schema).ok()
}

/// Reports where `root` is not what the schema of the format `version` says. What a rule of its own looks at,
/// such as the number of samples, is left to that rule.
pub(super) fn check(root: &Node<'_>, schema: &str, version: &str, findings: &mut Diagnostics) {
    let Some(validator) = compiled(schema) else {
        return;
    };
    let value = tree::plain(root, findings);
    for error in validator.iter_errors(&value) {
        for error in leaves(&error) {
            report(root, error, version, findings);
        }
    }
}

/// The errors behind an error: of several alternatives that all fail, those of the
/// one that was meant, which is the one that fails deepest and least.
fn leaves<'e, 'v>(error: &'e ValidationError<'v>) -> Vec<&'e ValidationError<'v>>
where
    'static: 'v,
{
    let Kind::AnyOf { context } = error.kind() else {
        return vec![error];
    };
    let depth = |error: &ValidationError<'_>| error.instance_path().into_iter().count();
    let meant = context.iter().enumerate().max_by_key(|(at, errors)| {
        let deepest = errors.iter().map(depth).max().unwrap_or(0);
        (deepest, std::cmp::Reverse(errors.len()), *at)
    });
    let Some((_, errors)) = meant else {
        return vec![error];
    };
    errors.iter().flat_map(|error| leaves(error)).collect()
}

/// The node that a path leads to, and the place that speaks for it.
fn node<'n, 's>(root: &'n Node<'s>, path: &Location) -> (&'n Node<'s>, Span) {
    let (mut node, mut header) = (root, tree::first_key(root));
    for segment in path {
        let found = match (&node.value, segment) {
            (Value::List(items), LocationSegment::Index(at)) => {
                items.get(at).map(|item| (item, item.span))
            }
            (Value::Map(entries), LocationSegment::Property(key)) => {
                let entry = entries.iter().find(|entry| entry.key.value == key);
                entry.map(|entry| (&entry.value, entry.key.span))
            }
            _ => None,
        };
        // An error lies within the file, so every step is found.
        let Some(found) = found else { break };
        (node, header) = found;
    }
    (node, header)
}

fn report(root: &Node<'_>, error: &ValidationError<'_>, version: &str, findings: &mut Diagnostics) {
    let path = error.instance_path();
    let (node, header) = node(root, path);
    if matches!(node.value, Value::Broken) {
        return;
    }
    let keys: Vec<String> = path
        .into_iter()
        .map(|segment| segment.to_string())
        .collect();
    let key = |at: usize| keys.get(at).map(String::as_str).unwrap_or_default();
    // Of a model file: `instruction`, `sets`, its place, and one of its keys.
    let part = key(3);
    let last = keys.last().map(String::as_str).unwrap_or_default();
    match error.kind() {
        Kind::Required { property } => {
            findings.push(missing_key::diagnostic(
                header,
                property.as_str().unwrap_or_default(),
            ));
        }
        Kind::Type { kind } => match &node.value {
            Value::Number(text) if part == "samples" && takes_integers(kind) => {
                let written =
                    Number::parse(text).map_or(text.to_string(), |number| number.to_string());
                findings.push(non_integer_number::diagnostic(node.span, &written));
            }
            _ => wrong(node, header, kind, findings),
        },
        Kind::Enum { .. } => {
            let (what, known): (_, &[&'static str]) = match last {
                "model_type" => ("model type", &MODEL_TYPES),
                _ if key(0) == "tokens" => ("token type", &TOKEN_TYPES),
                _ => ("instruction type", &INSTRUCTION_TYPES),
            };
            // Of anything else than text, the type has been reported.
            if let Value::Text(text) = &node.value {
                let text = Text {
                    value: text.clone(),
                    span: node.span,
                };
                findings.push(invalid_value::unknown(&text, what, known));
            }
        }
        // The rules `too-few-samples`, `too-few-guardrail-samples` and `no-instructions`.
        Kind::MinItems { .. } if matches!(last, "samples" | "bad_examples" | "sets") => {}
        // The rules `empty-name`, `token-characters` and `empty-text`.
        Kind::MinLength { .. } if last != "result" => {}
        // `memory` against `inputs`.
        Kind::Minimum { .. } if last == "memory" => {}
        Kind::MaxLength { limit } if part == "set" => {
            let most = usize::try_from(*limit).unwrap_or(usize::MAX);
            let count = match &node.value {
                Value::Text(text) => text.chars().count(),
                _ => 0,
            };
            findings.push(text_too_long::diagnostic(node.span, count, most, version));
        }
        // The rule `text-too-long`.
        Kind::MaxLength { .. } => {}
        Kind::Minimum { limit } => {
            let least = limit.as_i64().unwrap_or_default();
            findings.push(invalid_value::too_small(
                node.span,
                &format!("`{last}`"),
                i128::from(least),
            ));
        }
        Kind::MinItems { limit } => findings.push(invalid_value::expected(
            node.span,
            &format!("at least {limit} here"),
        )),
        Kind::MinLength { .. } => findings.push(invalid_value::expected(
            node.span,
            "the value of a token, not nothing",
        )),
        Kind::MaxItems { limit } => findings.push(invalid_value::expected(
            node.span,
            &format!("at most {limit} here"),
        )),
        Kind::AdditionalProperties { unexpected } => {
            let Value::Map(entries) = &node.value else {
                return;
            };
            for entry in entries
                .iter()
                .filter(|entry| unexpected.iter().any(|key| entry.key.value == *key))
            {
                findings.push(unknown_key::diagnostic(&entry.key, &[], &[]));
            }
        }
        other => {
            let message = format!("something that its schema allows (`{}`)", other.keyword());
            findings.push(invalid_value::expected(node.span, &message));
        }
    }
}

/// Whether a number of another kind would do.
fn takes_integers(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Single(kind) => *kind == JsonType::Integer,
        TypeKind::Multiple(kinds) => kinds.contains(JsonType::Integer),
    }
}

/// Reports a value of another type than the schema's. What lies within it is not
/// looked at, so it need not be copied.
fn wrong(node: &Node<'_>, header: Span, kind: &TypeKind, findings: &mut Diagnostics) {
    let types: Vec<JsonType> = match kind {
        TypeKind::Single(kind) => vec![*kind],
        TypeKind::Multiple(kinds) => kinds.iter().collect(),
    };
    let names: Vec<&str> = types.into_iter().map(type_name).collect();
    let expected = names.join(" or ");
    let value = match &node.value {
        Value::List(_) => Value::List(Vec::new()),
        Value::Map(_) => Value::Map(Vec::new()),
        Value::Null => {
            let found = wrong_type::Found::Named("null");
            findings.push(wrong_type::diagnostic(node.span, &expected, found));
            return;
        }
        other => other.clone(),
    };
    let item = Item {
        node: Node {
            span: node.span,
            value,
        },
        header,
    };
    item.refuse(&expected, findings);
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
}
