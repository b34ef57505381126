//! One of a model file's samples.

use super::instruction::Wanted;
use super::literal::{self, Literal};
use super::numbers::{self, Line};
use super::token::{Known, Role};
use super::tree::{self, Silent};
use crate::ast::{InstructionType, Number, Numbers, Optional, Output, Sample, Snippet};
use crate::diagnostics::{
    Diagnostics, invalid_value, missing_key, nearest, not_a_final_token, sample_input_count,
    undefined_token, wrong_type,
};
use crate::ir::Special;
use crate::source::{Span, Spanned, Text};
use crate::syntax::decode::{Field, Item};
use crate::syntax::tree::Value;

/// Whether samples are those of an extended instruction: most have a prompt.
pub(super) fn is_extended(samples: &[Item<'_>]) -> bool {
    let prompted = samples.iter().filter(|item| match &item.node.value {
        Value::Map(entries) => entries
            .iter()
            .any(|entry| entry.key.value == "prompt" && !matches!(entry.value.value, Value::Null)),
        _ => false,
    });
    prompted.count() * 2 > samples.len()
}

/// A sample's inputs and its answer, as far as they could be read.
type Said<'s> = (
    Option<Spanned<Box<[Option<Snippet<'s>>]>>>,
    Option<Output<'s>>,
);

/// What is needed to read the samples of an instruction.
pub(super) struct Reading<'r, 's> {
    pub(super) kind: InstructionType,
    /// What each line needs; `None` if that is not known.
    pub(super) lines: Option<&'r Spanned<Vec<Line>>>,
    pub(super) known: &'r Known<'s>,
    pub(super) wanted: &'r mut Wanted<'s>,
    /// The final tokens that results name, in order of first use.
    pub(super) finals: Vec<Option<Text<'s>>>,
    pub(super) silent: &'r mut Silent,
    pub(super) findings: &'r mut Diagnostics,
}

impl<'s> Reading<'_, 's> {
    /// Reads a sample; `None` if it is none.
    pub(super) fn sample(&mut self, item: Item<'s>) -> Option<Sample<'s>> {
        let (header, span) = (item.header, item.node.span);
        let mut fields = self.silent.fields(item)?;
        let prompt = self.prompt(fields.take("prompt"), header);
        let numbers = fields.take("numbers");
        let lists = fields.take("number_lists");
        let strings = fields.take("strings");
        let result = fields.take("result");
        let value = fields.take("value");

        let (input, output) = match strings {
            Some(field) => self.strings(field, prompt, numbers, lists),
            None => (None, None),
        };
        let final_token = result.map_or(Optional::Absent, |field| self.result(field));
        Some(Sample {
            span,
            input,
            output,
            final_token,
            value: self.value(value),
        })
    }

    /// The prompt of an extended instruction; `None` where there is none.
    fn prompt(&mut self, field: Option<Field<'s>>, header: Span) -> Option<Text<'s>> {
        let extended = self.kind == InstructionType::Extended;
        match field {
            None if extended => self
                .findings
                .push(missing_key::diagnostic(header, "prompt")),
            Some(field) => match (&field.node.value, extended) {
                (Value::Null, true) => {
                    let found = wrong_type::Found::Named("null");
                    let expected = "text: the last input of an extended instruction";
                    self.findings
                        .push(wrong_type::diagnostic(field.node.span, expected, found));
                }
                (Value::Text(text), false) => {
                    let found = wrong_type::Found::Text(text);
                    let expected = "null: only samples of extended instructions have a prompt";
                    self.findings
                        .push(wrong_type::diagnostic(field.node.span, expected, found));
                }
                (Value::Text(_), true) => return self.silent.text(field.item()),
                _ => {}
            },
            None => {}
        }
        None
    }

    /// The inputs and the answer.
    fn strings(
        &mut self,
        field: Field<'s>,
        prompt: Option<Text<'s>>,
        numbers: Option<Field<'s>>,
        lists: Option<Field<'s>>,
    ) -> Said<'s> {
        let Some(mut list) = self.silent.texts(field.item()) else {
            return (None, None);
        };
        // An empty list has been reported.
        let Some(answer) = list.value.pop() else {
            return (None, None);
        };
        let found = list.value.len() + 1;
        if let Some(lines) = self.lines.filter(|lines| lines.value.len() != found) {
            let expected = lines.value.len();
            self.findings.push(sample_input_count::of_model(
                list.span, found, expected, lines.span,
            ));
            return (None, None);
        }
        let mut all = numbers::of_lines(numbers, lists, self.lines, self.silent, self.findings);
        let extended = self.kind == InstructionType::Extended;
        let answers_numbers = if extended { None } else { all.pop().flatten() };
        let mut snippets: Vec<Option<Snippet<'s>>> = Vec::new();
        let prompts = extended.then_some(prompt);
        let mut all = all.into_iter();
        for text in list.value.into_iter().chain(prompts) {
            let numbers = all.next().flatten();
            snippets.push(text.map(|text| snippet(text, numbers)));
        }
        let output = answer.and_then(|answer| self.answer(answer, answers_numbers));
        (Some(Spanned::new(snippets.into(), list.span)), output)
    }

    fn answer(&mut self, text: Text<'s>, numbers: Option<Box<Numbers>>) -> Option<Output<'s>> {
        let span = text.span;
        if self.kind != InstructionType::MultiClassifier {
            return Some(Output::Snippet(snippet(text, numbers)));
        }
        let spanned = |text: String| Spanned::new(text.into(), span);
        let labels = literal::parse(&text.value).and_then(|literal| match literal {
            Literal::Map(labels) => {
                let labels = labels.into_iter().map(|(label, value)| match value {
                    Literal::Text(value) => Some((spanned(label), Some(spanned(value)))),
                    _ => None,
                });
                labels.collect::<Option<Vec<_>>>()
            }
            _ => None,
        });
        if labels.is_none() {
            self.findings.push(invalid_value::expected(
                span,
                "a label and a value for each, such as `{'mood': 'calm'}`",
            ));
        }
        labels.map(|labels| Output::Labels(Spanned::new(labels, span)))
    }

    /// The final token that a sample ends in; absent for `<NON>`.
    fn result(&mut self, field: Field<'s>) -> Optional<Text<'s>> {
        let Some(result) = self
            .silent
            .text(field.item())
            .filter(|result| !result.value.is_empty())
        else {
            self.finals.push(None);
            return Optional::Refused;
        };
        if result.value == Special::NON.key {
            self.spell(&result.value);
            return Optional::Absent;
        }
        if !self.kind.has_finals() {
            self.findings
                .push(invalid_value::only_result(result.span, Special::NON.key));
            return Optional::Refused;
        }
        match self.known.role(&result.value) {
            Some(Role::Declared(kind)) => {
                let name = tree::name(&result);
                if kind.is_some_and(|kind| !kind.is_final()) {
                    let kind = kind.map_or("", |kind| kind.name());
                    self.findings.push(not_a_final_token::diagnostic(
                        &result,
                        self.known.place(&result),
                        kind,
                    ));
                } else if kind.is_some() {
                    self.spell(&result.value);
                    let is_new = !self
                        .finals
                        .iter()
                        .flatten()
                        .any(|known| known.value == name.value);
                    if is_new {
                        self.finals.push(Some(name.clone()));
                    }
                    return Optional::Given(name);
                }
            }
            Some(Role::Special | Role::Response) => {
                self.findings.push(invalid_value::no_result(&result));
            }
            None if self.known.complete => {
                let near = nearest(&result.value, self.known.finals());
                self.findings.push(undefined_token::value(&result, near));
            }
            None => {}
        }
        self.finals.push(None);
        Optional::Refused
    }

    /// Notes the key of a result as a piece that the wire has.
    fn spell(&mut self, value: &str) {
        if let Some(key) = self.known.key(value)
            && !self.wanted.spelled.contains(key)
        {
            self.wanted.spelled.insert(key.to_owned());
        }
    }

    fn value(&mut self, field: Option<Field<'s>>) -> Optional<Box<Spanned<Number>>> {
        let Some(field) = field.filter(|field| !matches!(field.node.value, Value::Null)) else {
            return Optional::Absent;
        };
        match &field.node.value {
            Value::Number(_) => {}
            // The schema lets text and lists be here, but no token is given any.
            Value::Text(text) => {
                let found = wrong_type::Found::Text(text);
                self.findings
                    .push(wrong_type::diagnostic(field.node.span, "a number", found));
            }
            Value::List(_) => {
                let found = wrong_type::Found::Named("a list");
                self.findings
                    .push(wrong_type::diagnostic(field.node.span, "a number", found));
            }
            _ => {}
        }
        Optional::written(self.silent.number(field.item()).map(Box::new))
    }
}

/// A text and the numbers of its line, which are written elsewhere.
fn snippet<'s>(text: Text<'s>, mut numbers: Option<Box<Numbers>>) -> Snippet<'s> {
    if let Some(numbers) = &mut numbers {
        numbers.span = text.span;
    }
    Snippet { text, numbers }
}
