//! An instruction's tree to an [`Instruction`]: which keys its type has, and the
//! shapes behind them.

use super::from_syntax::{entries, guardrail_ref, names_field, paths, texts_field, token_set_ref};
use super::{
    Given, Instruction, InstructionType, LabelValues, States, Taken, Text, TokenSetRef, sample,
};
use crate::diagnostics::{Diagnostics, invalid_value, nearest, unused_key};
use crate::source::Spanned;
use crate::syntax::decode::{Field, Fields, Item};
use crate::syntax::tree::Value;

const KEYS: [&str; 9] = [
    "type",
    "context",
    "input",
    "output",
    "final",
    "states",
    "guardrails",
    "samples",
    "samples_from",
];

/// Decodes the instruction `name`. What could not be read is left out.
pub(super) fn instruction<'s>(
    name: Text<'s>,
    item: Item<'s>,
    taken: &mut Taken<'s>,
    findings: &mut Diagnostics,
) -> Instruction<'s> {
    let mut instruction = Instruction::empty(name);
    let Some(mut fields) = item.fields(
        "a map with `input`, `output` and `samples`",
        &KEYS,
        findings,
    ) else {
        instruction.samples_unknown = true;
        return instruction;
    };
    let type_field = fields.take("type");
    instruction.type_span = type_field.as_ref().map(|field| field.node.span);
    let kind = instruction_type(type_field, &fields, findings);
    if let Some(field) = fields.take("context") {
        let context = texts_field(field, "a list of lines", findings);
        instruction.context = context.value.map(|lines| lines.value).unwrap_or_default();
    }
    let Some(kind) = kind else {
        // Without its type nothing is known of what it should hold.
        instruction.samples_unknown = true;
        return instruction;
    };
    instruction.instruction_type = kind;
    instruction.input = fields
        .require("input", findings)
        .map(|field| input(field, findings));
    instruction.output = used(
        &mut fields,
        "output",
        kind == InstructionType::Basic,
        kind,
        findings,
    )
    .map(|field| Given {
        key: field.key,
        value: output(field.item(), findings),
    });
    if kind == InstructionType::Basic && instruction.output.is_none() {
        findings.push(crate::diagnostics::missing_key::diagnostic(
            fields.header,
            "output",
        ));
    }
    instruction.finals = used(&mut fields, "final", kind.has_finals(), kind, findings)
        .filter(|field| !matches!(field.node.value, Value::Empty))
        .map(|field| names_field(field, "a token name or a list of token names", findings));
    instruction.states = used(&mut fields, "states", !kind.has_finals(), kind, findings)
        .filter(|field| !matches!(field.node.value, Value::Empty))
        .map(|field| states(field, kind, findings));
    instruction.guardrails = entries(
        fields.take("guardrails"),
        "a map of inputs and guardrails",
        findings,
    )
    .into_iter()
    .map(|(input, item)| (input, guardrail_ref(item, findings)))
    .collect();
    if let Some(field) = fields.take("samples") {
        if let Value::Taken(number) = field.node.value {
            instruction.samples = taken.samples(number, kind, findings);
        } else if let Some(list) = field.item().list("a list of samples", findings) {
            let samples = list.value.into_iter();
            instruction.samples = samples.map(|item| sample(item, kind, findings)).collect();
        } else {
            instruction.samples_unknown = true;
        }
    }
    let (samples_from, complete) = paths(fields.take("samples_from"), findings);
    instruction.samples_from = samples_from;
    instruction.samples_unknown |= !complete;
    instruction
}

/// The type that is written, or the one that is meant by a type that is misspelt:
/// the nearest, else the one that the other keys speak for, if any do.
fn instruction_type(
    field: Option<Field<'_>>,
    fields: &Fields<'_>,
    findings: &mut Diagnostics,
) -> Option<InstructionType> {
    let Some(field) = field else {
        return Some(InstructionType::Basic);
    };
    let text = field.item().text("text", findings);
    if let Some(text) = &text {
        if let Some(kind) = InstructionType::parse(&text.value) {
            return Some(kind);
        }
        findings.push(invalid_value::unknown(
            text,
            "instruction type",
            &InstructionType::NAMES,
        ));
        let near = nearest(&text.value, InstructionType::NAMES)
            .and_then(|near| InstructionType::parse(near.name));
        if let Some(near) = near {
            return Some(near);
        }
    }
    if fields.has("output") {
        Some(InstructionType::Basic)
    } else if fields.holds_no_map("states") {
        Some(InstructionType::StateMachine)
    } else if fields.has("states") {
        Some(InstructionType::MultiClassifier)
    } else {
        None
    }
}

/// A field that only some types have.
fn used<'s>(
    fields: &mut Fields<'s>,
    key: &'static str,
    is_used: bool,
    kind: InstructionType,
    findings: &mut Diagnostics,
) -> Option<Field<'s>> {
    let field = fields.take(key)?;
    if !is_used {
        let owner = format!("an instruction of type `{}`", kind.name());
        findings.push(unused_key::diagnostic(field.key, key, &owner));
        return None;
    }
    Some(field)
}

fn input<'s>(field: Field<'s>, findings: &mut Diagnostics) -> Given<Vec<Option<TokenSetRef<'s>>>> {
    let key = field.key;
    let list = field.item().list("a list of token sets", findings);
    let value = list.map(|list| {
        let sets = list
            .value
            .into_iter()
            .map(|item| token_set_ref(item, findings))
            .collect();
        Spanned::new(sets, list.span)
    });
    Given { key, value }
}

fn output<'s>(item: Item<'s>, findings: &mut Diagnostics) -> Option<Spanned<TokenSetRef<'s>>> {
    let span = item.span();
    token_set_ref(item, findings).map(|set| Spanned::new(set, span))
}

fn states<'s>(
    field: Field<'s>,
    kind: InstructionType,
    findings: &mut Diagnostics,
) -> Given<States<'s>> {
    let key = field.key;
    if kind == InstructionType::StateMachine {
        let list = texts_field(field, "a list of states", findings);
        let value = list
            .value
            .map(|list| Spanned::new(States::List(list.value), list.span));
        return Given { key, value };
    }
    let span = field.node.span;
    let entries = field
        .item()
        .entries("a map of labels and their values", findings);
    let value = entries.map(|entries| {
        let labels = entries.into_iter().map(|entry| {
            let label = entry.key.clone();
            let field = Field {
                key: entry.key.span,
                node: entry.value,
            };
            match texts_field(field, "a list of values", findings).value {
                Some(list) => LabelValues {
                    label,
                    span: list.span,
                    values: list.value,
                },
                None => LabelValues {
                    span: label.span,
                    label,
                    values: vec![None],
                },
            }
        });
        Spanned::new(States::Map(labels.collect()), span)
    });
    Given { key, value }
}
