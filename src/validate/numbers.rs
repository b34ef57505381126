//! The numbers of snippets: one for each number token of the set, whole, in range.

use super::Subject;
use crate::ast::{Given, NumberList, Optional, Snippet};
use crate::diagnostics::{
    Diagnostics, missing_number_lists, missing_numbers, non_integer_number, number_list_length,
    number_out_of_range, unexpected_number_lists, unexpected_numbers,
};
use crate::ir::{Instruction, InstructionType, Number, Token, TokenSetUse, TokenType};
use crate::source::{Span, Spanned};
use std::cmp::Ordering;

/// The number tokens of a set, in order.
pub(super) struct Shape {
    set: Span,
    numbers: Vec<usize>,
    lists: Vec<usize>,
}

/// What an instruction's snippets have to look like; `None` where that is not known.
pub(super) struct Shapes {
    pub(super) inputs: Vec<Option<Shape>>,
    pub(super) output: Option<Shape>,
}

/// The shapes of an instruction's inputs and output.
pub(super) fn shapes(subject: &Subject<'_, '_>, instruction: &Instruction<'_>) -> Shapes {
    let inputs = instruction.input.iter().flat_map(|list| &list.value);
    let inputs = inputs
        .map(|used| used.and_then(|used| shape(subject, used)))
        .collect();
    let output = instruction.output.and_then(|used| shape(subject, used));
    // A number token in an output set is reported there, not at every sample.
    let output = output.filter(|shape| shape.numbers.is_empty() && shape.lists.is_empty());
    let is_basic = instruction.instruction_type == InstructionType::Basic;
    Shapes {
        inputs,
        output: output.filter(|_| is_basic),
    }
}

fn shape(subject: &Subject<'_, '_>, used: TokenSetUse) -> Option<Shape> {
    let set = &subject.protocol.token_sets[used.set.0];
    let mut shape = Shape {
        set: set.span,
        numbers: Vec::new(),
        lists: Vec::new(),
    };
    for name in &set.tokens {
        let id = name.value?;
        let token = &subject.protocol.tokens[id.0];
        match token.token_type {
            _ if !token.known => return None,
            TokenType::Num => shape.numbers.push(id.0),
            TokenType::NumList => shape.lists.push(id.0),
            TokenType::Token => {}
            TokenType::Final | TokenType::FinalNum => return None,
        }
    }
    Some(shape)
}

/// Checks the numbers of a snippet.
pub(super) fn check(
    subject: &Subject<'_, '_>,
    snippet: &Snippet<'_>,
    shape: &Shape,
    findings: &mut Diagnostics,
) {
    let written = snippet.numbers.as_deref();
    let (expected, set) = (shape.numbers.len(), shape.set);
    match listed(written.and_then(|numbers| numbers.numbers.as_ref())) {
        Optional::Refused => {}
        Optional::Given((numbers, span)) if numbers.len() > expected => {
            findings.push(unexpected_numbers::diagnostic(
                span,
                numbers.len(),
                expected,
                set,
            ));
        }
        Optional::Given((numbers, _)) if numbers.len() == expected => {
            for (number, token) in numbers.iter().zip(&shape.numbers) {
                if let Some(number) = number {
                    whole(&subject.protocol.tokens[*token], number, findings);
                }
            }
        }
        Optional::Given((numbers, _)) => {
            findings.push(missing_numbers::diagnostic(
                snippet.span(),
                numbers.len(),
                expected,
                set,
            ));
        }
        Optional::Absent if expected > 0 => {
            findings.push(missing_numbers::diagnostic(
                snippet.span(),
                0,
                expected,
                set,
            ));
        }
        Optional::Absent => {}
    }
    let expected = shape.lists.len();
    match listed(written.and_then(|numbers| numbers.number_lists.as_ref())) {
        Optional::Refused => {}
        Optional::Given((lists, span)) if lists.len() > expected => {
            findings.push(unexpected_number_lists::diagnostic(
                span,
                lists.len(),
                expected,
                set,
            ));
        }
        Optional::Given((lists, _)) if lists.len() == expected => {
            for (list, token) in lists.iter().zip(&shape.lists) {
                if let Some(list) = list {
                    number_list(&subject.protocol.tokens[*token], list, findings);
                }
            }
        }
        Optional::Given((lists, _)) => {
            findings.push(missing_number_lists::diagnostic(
                snippet.span(),
                lists.len(),
                expected,
                set,
            ));
        }
        Optional::Absent if expected > 0 => {
            findings.push(missing_number_lists::diagnostic(
                snippet.span(),
                0,
                expected,
                set,
            ));
        }
        Optional::Absent => {}
    }
}

/// A list that may be written, and its span.
fn listed<T>(given: Option<&Given<Vec<T>>>) -> Optional<(&[T], Span)> {
    match given.map(|given| &given.value) {
        None => Optional::Absent,
        Some(None) => Optional::Refused,
        Some(Some(list)) => Optional::Given((&list.value, list.span)),
    }
}

fn number_list(token: &Token<'_>, list: &NumberList, findings: &mut Diagnostics) {
    if let Some(length) = &token.length
        && list.value.len() as u64 != u64::from(length.value)
    {
        let (name, found) = (&token.name.value, list.value.len());
        findings.push(number_list_length::diagnostic(
            list.span,
            name,
            found,
            length.value,
            length.span,
        ));
    }
    for number in list.value.iter().flatten() {
        whole(token, number, findings);
    }
}

/// A number that has to be whole and in the token's range.
fn whole(token: &Token<'_>, number: &Spanned<Number>, findings: &mut Diagnostics) {
    if !number.value.is_whole() {
        findings.push(non_integer_number::diagnostic(
            number.span,
            &number.value.to_string(),
        ));
    } else {
        range(token, number, findings);
    }
}

/// A number that has to be in the token's range. A range that is itself at fault is
/// reported at the token.
pub(super) fn range(token: &Token<'_>, number: &Spanned<Number>, findings: &mut Diagnostics) {
    let bounds = token.min.as_ref().zip(token.max.as_ref());
    if bounds.is_some_and(|(min, max)| min.value.compare(max.value) == Ordering::Greater) {
        return;
    }
    let below = token
        .min
        .as_ref()
        .filter(|min| number.value.compare(min.value) == Ordering::Less);
    let above = token
        .max
        .as_ref()
        .filter(|max| number.value.compare(max.value) == Ordering::Greater);
    let broken = below
        .map(|min| ("min", min))
        .or(above.map(|max| ("max", max)));
    if let Some((bound, limit)) = broken {
        let (written, name) = (number.value.to_string(), &token.name.value);
        let shown = limit.value.to_string();
        findings.push(number_out_of_range::diagnostic(
            number.span,
            &written,
            name,
            bound,
            &shown,
            limit.span,
        ));
    }
}
