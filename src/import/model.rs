//! A model file to the spec that says the same.

use super::instruction::{Wanted, instruction};
use super::literal::{self, Literal};
use super::token::{Known, Role, response, special_token, token};
use super::tree::{self, Silent};
use crate::ast::{Given, LabelValues, Spec, States};
use crate::diagnostics::{Diagnostics, invalid_value, missing_key, quoted_list};
use crate::ir::{InstructionType, Special};
use crate::source::{Span, Spanned, Text};
use crate::syntax::decode::{Field, Item};
use crate::syntax::tree::{Node, Value};
use std::collections::BTreeSet;

/// The kinds of models, by the value that stands for an answer where one does.
pub(super) const STATE: &str = "State_";
pub(super) const STATES: &str = "States_";

/// Reads a model file of the format `version`.
pub(super) fn model<'s>(
    root: Node<'s>,
    schema: Span,
    version: Text<'s>,
    findings: &mut Diagnostics,
) -> Spec<'s> {
    let mut silent = Silent::default();
    let first_key = tree::first_key(&root);
    let answer = answer(&root, findings);
    let mut spec = Spec {
        first_key,
        format: Some(Given {
            key: schema,
            value: Some(version),
        }),
        name: None,
        inputs: None,
        encrypt: None,
        context: None,
        include: Vec::new(),
        tokens: Vec::new(),
        token_sets: Vec::new(),
        guardrails: Vec::new(),
        instructions_key: None,
        instructions: Vec::new(),
        rules: Vec::new(),
        incomplete: false,
    };
    let Some(mut fields) = silent.fields(Item {
        node: root,
        header: first_key,
    }) else {
        return spec;
    };
    spec.name = fields.take("name").map(|field| Given {
        key: field.key,
        value: silent.text(field.item()),
    });
    spec.encrypt = fields.take("encrypted").map(|field| Given {
        key: field.key,
        value: silent.boolean(field.item()),
    });
    spec.context = fields.take("context").map(|field| Given {
        key: field.key,
        value: silent.texts(field.item()),
    });
    let inputs = fields
        .take("inputs")
        .map(|field| inputs(field, &mut silent, findings));

    let mut known = Known::default();
    let mut states = None;
    let tokens = fields.take("tokens");
    let tokens_key = tokens.as_ref().map(|field| field.key);
    if let Some(field) = tokens {
        let header = field.key;
        if let Value::Map(entries) = field.node.value {
            known.complete = true;
            for entry in entries {
                let (value, item): (Text<'s>, Item<'s>) = entry.into();
                if Some(value.value.as_ref()) == answer.value() {
                    let (key, desc) = response(item, &mut silent);
                    known.add(&value, Role::Response, key);
                    states = desc
                        .and_then(|desc| answer.states(&desc).map(|states| (desc.span, states)));
                } else if let Some(special) =
                    Special::of(true).find(|special| special.key == value.value)
                {
                    let key = special_token(item, special, &mut silent, findings);
                    known.add(&value, Role::Special, key);
                } else {
                    spec.tokens
                        .push(token(value, item, &mut known, &mut silent, findings));
                }
            }
            for special in Special::of(false).filter(|special| known.role(special.key).is_none()) {
                findings.push(missing_key::diagnostic(header, special.key));
            }
            if let Some(value) = answer.value().filter(|value| known.role(value).is_none()) {
                findings.push(missing_key::diagnostic(header, value));
            }
        }
        if !known.complete {
            spec.incomplete = true;
        }
    } else {
        spec.incomplete = true;
    }

    let special_tokens = fields
        .take("special_tokens")
        .map(|field| (field.key, silent.texts(field.item())));
    let memory_and_sets = fields
        .take("instruction")
        .and_then(|field| silent.fields(field.item()));
    let Some(mut fields) = memory_and_sets else {
        spec.inputs = inputs;
        spec.incomplete = true;
        return spec;
    };
    let memory = fields
        .take("memory")
        .and_then(|field| silent.whole(field.item()));
    let mut wanted = Wanted {
        kind: answer.kind,
        type_span: answer.span,
        states,
        lines: Vec::new(),
        inputs: inputs
            .as_ref()
            .and_then(|given| given.value.as_ref())
            .map(|inputs| inputs.span),
        spelled: BTreeSet::new(),
        guarded: false,
    };
    let count = inputs.as_ref().and_then(|given| given.value.as_ref());
    wanted
        .lines
        .extend(count.map(|inputs| u64::from(inputs.value) + 1));
    spec.inputs = inputs.clone();
    if let (Some(memory), Some(inputs)) = (&memory, count)
        && memory.value != i128::from(inputs.value) + 1
    {
        findings.push(invalid_value::memory(
            memory.span,
            inputs.value,
            inputs.span,
        ));
        // Either may be the mistake, so sets may fit either.
        wanted.lines.extend(u64::try_from(memory.value));
        spec.inputs = None;
    }
    match fields.take("sets") {
        Some(field) => {
            spec.instructions_key = Some(field.key);
            match silent.list(field.item()) {
                Some(list) => {
                    for (at, item) in list.value.into_iter().enumerate() {
                        let instruction =
                            instruction(item, at, &known, &mut wanted, &mut silent, findings);
                        spec.incomplete |= instruction.is_none();
                        spec.instructions.extend(instruction);
                    }
                }
                None => spec.incomplete = true,
            }
        }
        None => spec.incomplete = true,
    }
    if let Some(key) = tokens_key
        && wanted.guarded
        && known.complete
        && known.role(Special::UNK.key).is_none()
    {
        findings.push(missing_key::diagnostic(key, Special::UNK.key));
    }
    if let Some((key, Some(list))) = special_tokens
        && known.complete
    {
        special_list(key, &list, &wanted, findings);
    }
    spec
}

/// What the file's model answers with.
struct Answer {
    kind: InstructionType,
    /// Where the kind of model is written.
    span: Option<Span>,
}

impl Answer {
    /// The value of the token that stands for it.
    fn value(&self) -> Option<&'static str> {
        match self.kind {
            InstructionType::StateMachine => Some(STATE),
            InstructionType::MultiClassifier => Some(STATES),
            InstructionType::Basic | InstructionType::Extended => None,
        }
    }

    /// The states that the description of that token lists.
    fn states<'s>(&self, desc: &Text<'s>) -> Option<States<'s>> {
        let listed = desc.value.split_once(": ")?.1.strip_suffix('.')?;
        let text = |text: String| Spanned::new(text.into(), desc.span);
        let texts = |list: Vec<Literal>| {
            let texts = list.into_iter().map(|literal| match literal {
                Literal::Text(state) => Some(Some(text(state))),
                _ => None,
            });
            texts.collect::<Option<Vec<_>>>()
        };
        match (literal::parse(listed)?, self.kind) {
            (Literal::List(list), InstructionType::StateMachine) => texts(list).map(States::List),
            (Literal::Map(labels), InstructionType::MultiClassifier) => {
                let labels = labels.into_iter().map(|(label, values)| match values {
                    Literal::List(list) => Some(LabelValues {
                        label: text(label),
                        span: desc.span,
                        values: texts(list)?,
                    }),
                    _ => None,
                });
                labels.collect::<Option<Vec<_>>>().map(States::Map)
            }
            _ => None,
        }
    }
}

/// The kind of model, as the file says it or, where that cannot be, as its sets do.
/// Basic stands for a generative model.
fn answer(root: &Node<'_>, findings: &mut Diagnostics) -> Answer {
    let written = ["model_type", "state_machine"]
        .into_iter()
        .find_map(|key| get(root, key));
    let span = written.map(|node| node.span);
    let said = written.and_then(|node| match &node.value {
        Value::Bool(true) => Some(InstructionType::StateMachine),
        Value::Bool(false) => Some(InstructionType::Basic),
        Value::Text(text) if text == "generative" => Some(InstructionType::Basic),
        Value::Text(text) => InstructionType::parse(text).filter(|kind| !kind.has_finals()),
        _ => None,
    });
    let has = |value: &str| sets(root).any(|set| answers_with(set, value));
    let seen = if has(STATE) {
        InstructionType::StateMachine
    } else if has(STATES) {
        InstructionType::MultiClassifier
    } else {
        InstructionType::Basic
    };
    let answer = Answer {
        kind: said.unwrap_or(seen),
        span,
    };
    match (answer.value(), span) {
        (Some(value), Some(span)) if !mentions(root, value) && sets(root).next().is_some() => {
            findings.push(invalid_value::no_answer(span, value));
            Answer {
                kind: seen,
                span: Some(span),
            }
        }
        _ => answer,
    }
}

fn get<'n, 's>(node: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    let Value::Map(entries) = &node.value else {
        return None;
    };
    entries
        .iter()
        .find(|entry| entry.key.value == key)
        .map(|entry| &entry.value)
}

/// The token sets of all instructions.
fn sets<'n, 's>(root: &'n Node<'s>) -> impl Iterator<Item = &'n Node<'s>> {
    let list = get(root, "instruction").and_then(|instruction| get(instruction, "sets"));
    let items = list.into_iter().flat_map(|list| match &list.value {
        Value::List(items) => items.as_slice(),
        _ => &[],
    });
    items.filter_map(|instruction| get(instruction, "set"))
}

/// Whether the last of an instruction's token sets is this token alone.
fn answers_with(set: &Node<'_>, value: &str) -> bool {
    let last = |node: &Node<'_>, wanted: &dyn Fn(&Node<'_>) -> bool| match &node.value {
        Value::List(items) => items.last().is_some_and(wanted),
        _ => false,
    };
    last(set, &|set| {
        last(
            set,
            &|token| matches!(&token.value, Value::Text(text) if text == value),
        )
    })
}

/// Whether any token set holds a token.
fn mentions(root: &Node<'_>, value: &str) -> bool {
    let is_it = |token: &Node<'_>| matches!(&token.value, Value::Text(text) if text == value);
    let holds = |node: &Node<'_>, wanted: &dyn Fn(&Node<'_>) -> bool| match &node.value {
        Value::List(items) => items.iter().any(wanted),
        _ => false,
    };
    sets(root).any(|set| holds(set, &|set| holds(set, &is_it)))
}

fn inputs(field: Field<'_>, silent: &mut Silent, findings: &mut Diagnostics) -> Given<u32> {
    let key = field.key;
    let whole = silent.whole(field.item());
    let value = whole.and_then(|whole| {
        let inputs = u32::try_from(whole.value)
            .ok()
            .filter(|inputs| *inputs > 0 && *inputs < u32::MAX);
        if inputs.is_none() && whole.value < 1 {
            findings.push(invalid_value::too_small(whole.span, "`inputs`", 1));
        } else if inputs.is_none() {
            findings.push(invalid_value::too_large(
                whole.span,
                "`inputs`",
                i128::from(u32::MAX - 1),
            ));
        }
        inputs.map(|inputs| Spanned::new(inputs, whole.span))
    });
    Given { key, value }
}

/// `special_tokens` holds every piece of text that is one unit for the model.
fn special_list(
    key: Span,
    list: &Spanned<Vec<Option<Text<'_>>>>,
    wanted: &Wanted<'_>,
    findings: &mut Diagnostics,
) {
    if list.value.iter().any(Option::is_none) {
        return;
    }
    let held: BTreeSet<&str> = list
        .value
        .iter()
        .flatten()
        .map(|text| text.value.as_ref())
        .collect();
    let special = Special::of(wanted.guarded).map(|special| special.key);
    let needed = special.chain(wanted.spelled.iter().map(String::as_str));
    let missing: BTreeSet<&str> = needed.filter(|text| !held.contains(text)).collect();
    if !missing.is_empty() {
        findings.push(invalid_value::lacks(
            key,
            "`special_tokens`",
            &quoted_list(missing, 4),
        ));
    }
}
