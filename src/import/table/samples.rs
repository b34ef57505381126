//! The rows of a table to an instruction and its samples.

use super::columns::{Column, Columns, INPUT};
use super::{Options, TableRow};
use crate::ast::{
    Given, Guardrail, GuardrailRef, Instruction, InstructionType, LabelValues, Optional, Output,
    Sample, Samples, Snippet, Spec, States, Token, TokenSet, TokenSetRef, TokenType,
};
use crate::diagnostics::{Diagnostics, empty_snippet, empty_text, missing_key};
use crate::source::{Span, Spanned, Text};
use std::borrow::Cow;
use std::collections::HashSet;

/// What the `Output` of a row holds whose `Input` is a bad prompt, and what the model is
/// to answer to one.
const GUARDRAIL: &str = "GUARDRAIL";
/// What the reference says of good and bad prompts of a table.
const GOOD_PROMPT: &str = "Prompt related to the provided context of the model";
const BAD_PROMPT: &str = "Prompt that is irrelevant and off topic";

/// The spec of a table with these columns; `None` if it has no samples.
pub(super) fn spec<'s>(
    columns: &Columns<'s>,
    rows: &[TableRow<'s>],
    options: &Options,
    findings: &mut Diagnostics,
) -> Option<Spec<'s>> {
    let mut reading = Reading {
        columns,
        above: columns.outputs.iter().map(|_| Above::Nothing).collect(),
        seen: columns.outputs.iter().map(|_| HashSet::new()).collect(),
        values: columns.outputs.iter().map(|_| Vec::new()).collect(),
        context: Vec::new(),
        samples: Samples::default(),
        bad_prompts: Vec::new(),
        without_input: Vec::new(),
    };
    for row in rows.iter().flatten() {
        reading.row(row, findings);
    }
    let input = columns.input.name.span;
    let is_incomplete = rows.iter().any(Result::is_err);
    if reading.samples.is_empty() && reading.bad_prompts.is_empty() && !is_incomplete {
        findings.push(missing_key::no_rows(input));
        return None;
    }
    for place in std::mem::take(&mut reading.without_input) {
        findings.push(empty_snippet::row_without_input(place));
    }
    let place = columns.reference.name.span;
    let context = options.context.iter().map(|line| Some(owned(line, place)));
    let has_digits = reading.bad_prompts.iter().any(|prompt| {
        let mut characters = prompt.value.chars();
        characters.any(|character| character.is_ascii_digit())
    });
    let rule =
        |rule: &'static str, level: &'static str| (fixed(rule, place), Some(fixed(level, place)));
    Some(Spec {
        first_key: input,
        format: None,
        name: Some(given(place, Cow::Owned(options.name.clone()))),
        inputs: Some(given(input, 1)),
        encrypt: Some(given(input, false)),
        context: (!options.context.is_empty()).then(|| given(place, context.collect())),
        include: Vec::new(),
        tokens: vec![Token {
            name: fixed(INPUT, input),
            span: input,
            token_type: TokenType::Token,
            key: None,
            desc: None,
            min: None,
            max: None,
            length: None,
            known: true,
        }],
        token_sets: Vec::new(),
        guardrails: Vec::new(),
        instructions_key: Some(input),
        // The reference takes digits in bad prompts.
        rules: has_digits
            .then(|| rule("guardrail-digits", "warn"))
            .into_iter()
            .collect(),
        instructions: vec![reading.instruction(is_incomplete)],
        incomplete: is_incomplete,
    })
}

/// The value of a column that an empty cell repeats.
#[derive(Clone, Debug)]
enum Above<'s> {
    /// No row was read.
    Nothing,
    /// The first cell was empty, which is reported.
    Unknown,
    /// The last cell that held something.
    Value(Cow<'s, str>),
}

/// The rows so far.
struct Reading<'c, 's> {
    columns: &'c Columns<'s>,
    /// For each column of output.
    above: Vec<Above<'s>>,
    seen: Vec<HashSet<Cow<'s, str>>>,
    /// The values of each column of output, in order of their first use.
    values: Vec<Vec<Option<Text<'s>>>>,
    context: Vec<Option<Text<'s>>>,
    samples: Samples<'s>,
    bad_prompts: Vec<Text<'s>>,
    /// The empty inputs of rows that hold something else.
    without_input: Vec<Span>,
}

impl<'s> Reading<'_, 's> {
    fn row(&mut self, row: &[Text<'s>], findings: &mut Diagnostics) {
        let cell = |column: &Column<'_>| row.get(column.at);
        let Some(input) = cell(&self.columns.input) else {
            return;
        };
        if input.value.is_empty() {
            if row.iter().any(|cell| !cell.value.is_empty()) {
                self.without_input.push(input.span);
            }
            return;
        }
        let mut outputs = Vec::with_capacity(self.columns.outputs.len());
        for (column, above) in self.columns.outputs.iter().zip(&mut self.above) {
            let Some(cell) = cell(column) else { return };
            if !cell.value.is_empty() {
                *above = Above::Value(cell.value.clone());
            } else if matches!(above, Above::Nothing) {
                findings.push(empty_text::nothing_to_repeat(cell.span, &column.name.value));
                *above = Above::Unknown;
            }
            outputs.push(match above {
                Above::Value(value) => Some(Spanned::new(value.clone(), cell.span)),
                Above::Nothing | Above::Unknown => None,
            });
        }
        let is_bad =
            |output: &Option<Text<'_>>| output.as_ref().is_some_and(|text| text.value == GUARDRAIL);
        if self.columns.is_state_machine && outputs.iter().any(is_bad) {
            self.bad_prompts.push(input.clone());
            return;
        }
        let reference = cell(&self.columns.reference);
        let reference = reference.filter(|reference| !reference.value.is_empty());
        self.context
            .extend(reference.map(|reference| Some(reference.clone())));
        for ((output, seen), values) in outputs.iter().zip(&mut self.seen).zip(&mut self.values) {
            if let Some(output) = output
                && !seen.contains(&output.value)
            {
                seen.insert(output.value.clone());
                values.push(Some(output.clone()));
            }
        }
        let sample = self.sample(row, input, outputs);
        self.samples.push(Some(sample));
    }

    fn sample(
        &self,
        row: &[Text<'s>],
        input: &Text<'s>,
        mut outputs: Vec<Option<Text<'s>>>,
    ) -> Sample<'s> {
        let whole = match (row.first(), row.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => input.span,
        };
        let output = if self.columns.is_state_machine {
            let output = outputs.pop().flatten();
            output.map(|text| Output::Snippet(Snippet::of(text)))
        } else {
            let names = self.columns.outputs.iter();
            let labels = names
                .map(|column| column.name.clone())
                .zip(outputs)
                .collect();
            Some(Output::Labels(Spanned::new(labels, whole)))
        };
        Sample {
            span: whole,
            input: Some(Spanned::new(
                [Some(Snippet::of(input.clone()))].into(),
                input.span,
            )),
            output,
            final_token: Optional::Absent,
            value: Optional::Absent,
        }
    }

    fn instruction(mut self, samples_unknown: bool) -> Instruction<'s> {
        let outputs = &self.columns.outputs;
        let place = outputs
            .first()
            .map_or(self.columns.input.name.span, |column| column.name.span);
        let input = self.columns.input.name.span;
        // An answer without values has been reported, or there are no samples.
        let is_known = !self.values.iter().any(Vec::is_empty);
        // The names are those that the reference gives.
        let (name, instruction_type, states) = if self.columns.is_state_machine {
            (
                "StateMachineInstruction",
                InstructionType::StateMachine,
                States::List(self.values.pop().unwrap_or_default()),
            )
        } else {
            let labels = outputs.iter().zip(self.values);
            let labels = labels.map(|(column, values)| LabelValues {
                label: column.name.clone(),
                span: column.name.span,
                values,
            });
            (
                "MultiClassifierInstruction",
                InstructionType::MultiClassifier,
                States::Map(labels.collect()),
            )
        };
        let set = TokenSetRef::Inline(TokenSet {
            name: None,
            span: input,
            tokens: vec![Some(fixed(INPUT, input))],
        });
        Instruction {
            instruction_type,
            context: self.context,
            input: Some(given(input, vec![Some(set)])),
            states: is_known.then(|| given(place, states)),
            guardrails: guardrail(self.bad_prompts, samples_unknown, place)
                .into_iter()
                .collect(),
            samples: self.samples,
            samples_unknown,
            ..Instruction::empty(fixed(name, place))
        }
    }
}

/// The guardrail of the only input, if there are bad prompts. There may be more of them
/// than are known.
fn guardrail<'s>(
    prompts: Vec<Text<'s>>,
    is_incomplete: bool,
    place: Span,
) -> Option<(Text<'s>, Option<GuardrailRef<'s>>)> {
    let first = prompts.first()?.span;
    let guardrail = Guardrail {
        name: None,
        span: first,
        good_prompt: Some(fixed(GOOD_PROMPT, place)),
        bad_prompt: Some(fixed(BAD_PROMPT, place)),
        bad_output: Some(fixed(GUARDRAIL, place)),
        samples: match is_incomplete {
            true => Some(Given {
                key: first,
                value: None,
            }),
            false => Some(given(first, prompts.into_iter().map(Some).collect())),
        },
    };
    let index = fixed("0", place);
    Some((index, Some(GuardrailRef::Inline(guardrail))))
}

fn given<T>(place: Span, value: T) -> Given<T> {
    Given {
        key: place,
        value: Some(Spanned::new(value, place)),
    }
}

fn fixed<'s>(text: &'static str, place: Span) -> Text<'s> {
    Spanned::new(Cow::Borrowed(text), place)
}

fn owned<'s>(text: &str, place: Span) -> Text<'s> {
    Spanned::new(Cow::Owned(text.to_owned()), place)
}
