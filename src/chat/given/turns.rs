//! Turns as ShareGPT writes them: `from` and `value`.

use super::{Given, find, items, message};
use crate::chat::Role;
use crate::chat::template::Value;
use crate::diagnostics::{Diagnostics, invalid_value, missing_key};
use crate::source::Span;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Node, Value as Tree};

/// Who may speak.
const SPEAKERS: [&str; 7] = [
    "system",
    "human",
    "gpt",
    "observation",
    "user",
    "assistant",
    "tool",
];

/// The turns of a list as messages, behind the system message that stands beside them.
pub(super) fn read(
    list: Node<'_>,
    span: Span,
    system: Option<Value>,
    findings: &mut Diagnostics,
) -> Option<Given> {
    let items = items(list, ("a list of turns", "at least one turn"), findings)?;
    // All are looked at, also behind a faulty one.
    let turns: Vec<_> = items.into_iter().map(|item| turn(item, findings)).collect();
    let turns: Option<Vec<_>> = turns.into_iter().collect();
    let system = system.filter(Value::is_true);
    let system = system.map(|system| (message("system", system), span));
    Some(Given::of(system.into_iter().chain(turns?).collect(), span))
}

fn turn(item: Item<'_>, findings: &mut Diagnostics) -> Option<(Value, Span)> {
    let span = item.node.span;
    let Tree::Map(entries) = &item.node.value else {
        item.refuse("a turn: an object with `from` and `value`", findings);
        return None;
    };
    let mut of = |key: &str| {
        let found = find(entries, key);
        if found.is_none() {
            findings.push(missing_key::diagnostic(span, key));
        }
        found
    };
    let (from, said) = (of("from")?, of("value")?);
    let from = Item::of(from.clone()).text("who speaks", findings)?;
    let Some(role) = Role::parse(&from.value) else {
        findings.push(invalid_value::role(&from, &SPEAKERS));
        return None;
    };
    let said = Item::of(said.clone()).text("text", findings)?;
    Some((message(role.name(), said.value.as_ref()), span))
}
