//! One of a model file's `sets` to an instruction.

use super::numbers::Line;
use super::sample::{self, Reading};
use super::token::{Known, Role};
use super::tree::{self, Silent};
use crate::ast::{
    Given, Guardrail, GuardrailRef, Instruction, InstructionType, States, TokenSet, TokenSetRef,
    TokenType,
};
use crate::diagnostics::{Diagnostics, input_count, invalid_value, nearest, undefined_token};
use crate::source::{Span, Spanned, Text};
use crate::syntax::decode::{Field, Item};
use crate::syntax::tree::Value;
use std::collections::BTreeSet;

/// What a file wants of its instructions, and what they turn out to want of it.
pub(super) struct Wanted<'s> {
    /// The type of all instructions; basic ones may be extended as well.
    pub(super) kind: InstructionType,
    /// Where the type is written.
    pub(super) type_span: Option<Span>,
    /// The states that are listed, and where.
    pub(super) states: Option<(Span, States<'s>)>,
    /// Numbers of lines that are right: inputs and answer.
    pub(super) lines: Vec<u64>,
    /// Where the number of inputs is written.
    pub(super) inputs: Option<Span>,
    /// Keys of token sets and results, as the wire spells them.
    pub(super) spelled: BTreeSet<String>,
    /// An instruction has a guardrail.
    pub(super) guarded: bool,
}

/// Reads the instruction at place `at`; `None` if nothing can be said of it.
pub(super) fn instruction<'s>(
    item: Item<'s>,
    at: usize,
    known: &Known<'s>,
    wanted: &mut Wanted<'s>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Option<Instruction<'s>> {
    let header = item.header;
    let mut fields = silent.fields(item)?;
    let name = fields
        .take("name")
        .filter(|field| !matches!(field.node.value, Value::Null));
    let context = fields
        .take("context")
        .and_then(|field| silent.texts(field.item()));
    let guardrails = fields
        .take("guardrails")
        .and_then(|field| silent.list(field.item()));
    let set = fields.take("set");
    let samples = fields.take("samples");

    let place = samples.as_ref().map_or(header, |field| field.key);
    // Formats up to 1.2.0 name no instructions.
    let name = name.and_then(|field| silent.text(field.item()));
    let name =
        name.unwrap_or_else(|| Spanned::new(format!("instruction_{}", at + 1).into(), place));
    let samples_unknown = !samples
        .as_ref()
        .is_some_and(|field| matches!(field.node.value, Value::List(_)));
    let samples_key = samples.as_ref().map(|field| field.key);
    let samples = samples.and_then(|field| silent.list(field.item()));
    let samples = samples.map(|list| list.value).unwrap_or_default();
    let kind = match wanted.kind {
        InstructionType::Basic if sample::is_extended(&samples) => InstructionType::Extended,
        kind => kind,
    };

    let mut instruction = Instruction {
        instruction_type: kind,
        type_span: wanted.type_span.filter(|_| !kind.has_finals()),
        context: context.map(|lines| lines.value).unwrap_or_default(),
        samples_unknown,
        ..Instruction::empty(name)
    };
    if !kind.has_finals() {
        instruction.states = wanted.states.as_ref().map(|(span, states)| Given {
            key: *span,
            value: Some(Spanned::new(copied(states), *span)),
        });
    }
    let lines = set.and_then(|field| {
        sets(
            field,
            kind,
            &mut instruction,
            known,
            wanted,
            silent,
            findings,
        )
    });
    for item in guardrails.into_iter().flat_map(|list| list.value) {
        wanted.guarded = true;
        instruction.guardrails.extend(guardrail(item, silent));
    }
    let mut reading = Reading {
        kind,
        lines: lines.as_ref(),
        known,
        wanted,
        finals: Vec::new(),
        silent,
        findings,
    };
    for item in samples {
        let sample = reading.sample(item);
        instruction.samples.push(sample);
    }
    let finals = reading.finals;
    if kind.has_finals() && !finals.is_empty() {
        let span = samples_key.unwrap_or(header);
        instruction.finals = Some(Given {
            key: span,
            value: Some(Spanned::new(finals, span)),
        });
    }
    Some(instruction)
}

/// The token sets of an instruction, and what each of a sample's lines needs; `None`
/// if there are not as many as there should be.
fn sets<'s>(
    field: Field<'s>,
    kind: InstructionType,
    instruction: &mut Instruction<'s>,
    known: &Known<'s>,
    wanted: &mut Wanted<'s>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Option<Spanned<Vec<Line>>> {
    let key = field.key;
    let list = silent.list(field.item())?;
    let found = list.value.len();
    if !wanted.lines.is_empty() && !wanted.lines.contains(&(found as u64)) {
        let expected = wanted.lines.first().copied().unwrap_or_default();
        findings.push(input_count::of_model(
            list.span,
            found,
            expected,
            wanted.inputs,
        ));
        return None;
    }
    let span = list.span;
    let answer = match kind {
        InstructionType::StateMachine => Some(super::model::STATE),
        InstructionType::MultiClassifier => Some(super::model::STATES),
        InstructionType::Basic | InstructionType::Extended => None,
    };
    let mut lines = Vec::new();
    let mut refs = Vec::new();
    for (at, item) in list.value.into_iter().enumerate() {
        let is_answer = answer.is_some() && at + 1 == found;
        let (set, line) = set(
            item,
            answer.filter(|_| is_answer),
            known,
            wanted,
            silent,
            findings,
        );
        lines.push(line);
        refs.push(set);
    }
    let last = if kind == InstructionType::Extended {
        None
    } else {
        refs.pop()
    };
    if kind == InstructionType::Basic {
        let set = last.flatten();
        let set_span = set.as_ref().map_or(span, |set| set.span);
        instruction.output = Some(Given {
            key,
            value: set.map(|set| Spanned::new(TokenSetRef::Inline(set), set_span)),
        });
    }
    let refs = refs
        .into_iter()
        .map(|set| set.map(TokenSetRef::Inline))
        .collect();
    instruction.input = Some(Given {
        key,
        value: Some(Spanned::new(refs, span)),
    });
    Some(Spanned::new(lines, span))
}

/// A token set, and what a line with it needs. `answer` is the one token that it has
/// to hold, if it stands for the answer of a state machine or classifier.
fn set<'s>(
    item: Item<'s>,
    answer: Option<&str>,
    known: &Known<'s>,
    wanted: &mut Wanted<'s>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> (Option<TokenSet<'s>>, Line) {
    let mut line = Line::default();
    let Some(list) = silent.texts(item) else {
        line.known = false;
        return (None, line);
    };
    if let Some(answer) = answer {
        if !matches!(&list.value[..], [Some(only)] if only.value == answer) {
            findings.push(invalid_value::answer_set(list.span, answer));
        }
        wanted.spelled.extend(known.key(answer).map(str::to_owned));
        return (None, line);
    }
    let mut spelled = Some(String::new());
    let mut tokens = Vec::new();
    for value in list.value {
        let role = value.as_ref().and_then(|value| known.role(&value.value));
        let key = value.as_ref().and_then(|value| known.key(&value.value));
        match (&mut spelled, key, role) {
            (Some(text), Some(key), Some(Role::Declared(_))) => text.push_str(key),
            _ => spelled = None,
        }
        match role {
            Some(Role::Declared(Some(TokenType::Num))) => line.numbers += 1,
            Some(Role::Declared(Some(TokenType::NumList))) => line.lists += 1,
            Some(Role::Declared(Some(_))) => {}
            _ => line.known = false,
        }
        let Some(value) = value else {
            tokens.push(None);
            continue;
        };
        match role {
            Some(Role::Declared(_)) => tokens.push(Some(tree::name(&value))),
            Some(Role::Special | Role::Response) => {
                findings.push(invalid_value::no_token_of_sets(&value));
                tokens.push(None);
            }
            None => {
                if known.complete {
                    findings.push(undefined_token::value(
                        &value,
                        nearest(&value.value, known.values()),
                    ));
                }
                tokens.push(None);
            }
        }
    }
    wanted
        .spelled
        .extend(spelled.filter(|spelled| !spelled.is_empty()));
    (
        Some(TokenSet {
            name: None,
            span: list.span,
            tokens,
        }),
        line,
    )
}

fn guardrail<'s>(
    item: Item<'s>,
    silent: &mut Silent,
) -> Option<(Text<'s>, Option<GuardrailRef<'s>>)> {
    let (header, span) = (item.header, item.node.span);
    let mut fields = silent.fields(item)?;
    let index = fields
        .take("index")
        .and_then(|field| silent.whole(field.item()));
    let mut text = |key: &'static str| fields.take(key).and_then(|field| silent.text(field.item()));
    let (good_prompt, bad_prompt, bad_output) =
        (text("good_prompt"), text("bad_prompt"), text("bad_output"));
    let samples = match fields.take("bad_examples") {
        Some(field) => Given {
            key: field.key,
            value: silent.texts(field.item()),
        },
        // The schema lets them be absent, but none are too few.
        None => Given {
            key: header,
            value: Some(Spanned::new(Vec::new(), header)),
        },
    };
    // Without an index, or with one below 0, the schema has spoken.
    let index = index.filter(|index| index.value >= 0)?;
    let guardrail = Guardrail {
        name: None,
        span,
        good_prompt,
        bad_prompt,
        bad_output,
        samples: Some(samples),
    };
    let key = Spanned::new(index.value.to_string().into(), index.span);
    Some((key, Some(GuardrailRef::Inline(guardrail))))
}

fn copied<'s>(states: &States<'s>) -> States<'s> {
    match states {
        States::List(list) => States::List(list.clone()),
        States::Map(labels) => States::Map(labels.clone()),
    }
}
