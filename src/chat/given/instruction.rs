//! Rows of airoboros and Alpaca: an instruction, and an answer that may hold further turns.

use super::{Given, find, is_complete, message};
use crate::chat::airoboros;
use crate::diagnostics::{Diagnostics, invalid_value};
use crate::source::Span;
use crate::syntax::tree::{Entry, Value as Tree};

/// The messages of a row.
pub(super) fn read(entries: &[Entry<'_>], span: Span, findings: &mut Diagnostics) -> Option<Given> {
    let node = |key: &str| find(entries, key);
    let place = |key: &str| node(key).map_or(span, |node| node.span);
    let text = |key: &str| match node(key).map(|node| &node.value) {
        Some(Tree::Text(text) | Tree::Plain(text)) => Some(text.as_ref()),
        _ => None,
    };
    let mut instruction = text("instruction").unwrap_or_default().to_owned();
    if let Some(input) = text("input").filter(|input| !input.is_empty()) {
        instruction = format!("{instruction}\n{input}");
    }
    let key = match text("response") {
        Some(_) => "response",
        None => "output",
    };
    let Some(turns) = airoboros::split(&instruction, text(key)?) else {
        findings.push(invalid_value::expected(
            place(key),
            "an answer behind every `USER:`, as ` ASSISTANT: `",
        ));
        return None;
    };
    let system = text("system").filter(|system| !system.is_empty());
    let system = system.map(|system| (message("system", system), place("system")));
    let roles = ["user", "assistant"].into_iter().cycle();
    // Of several turns, all but the first question stand in the answer.
    let places = [place("instruction")]
        .into_iter()
        .chain(std::iter::repeat(place(key)));
    let turns = roles.zip(turns).zip(places);
    let turns = turns.map(|((role, text), place)| (message(role, text), place));
    Some(Given {
        category: text("category").map(str::to_owned),
        is_complete: is_complete(entries),
        ..Given::of(system.into_iter().chain(turns).collect(), span)
    })
}
