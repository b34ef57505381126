//! Messages as OpenAI writes them: `role`, `content`, and whatever else a template reads.

use super::{Given, ROLES, find, items, value};
use crate::chat::template::Value;
use crate::diagnostics::{Diagnostics, invalid_value, missing_key};
use crate::source::Span;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Node, Value as Tree};

/// The messages of a list, and the conversation at `span` that they are.
pub(super) fn read(
    list: Node<'_>,
    span: Span,
    roles: &[String],
    findings: &mut Diagnostics,
) -> Option<Given> {
    let items = items(
        list,
        ("a list of messages", "at least one message"),
        findings,
    )?;
    // All are looked at, also behind a faulty one.
    let messages: Vec<_> = items
        .into_iter()
        .map(|item| message(item, roles, findings))
        .collect();
    let messages: Option<Vec<_>> = messages.into_iter().collect();
    Some(Given::of(messages?, span))
}

fn message(item: Item<'_>, roles: &[String], findings: &mut Diagnostics) -> Option<(Value, Span)> {
    let span = item.node.span;
    let made = value(&item.node);
    let Tree::Map(entries) = item.node.value else {
        item.refuse("a message: an object with `role` and `content`", findings);
        return None;
    };
    let Some(role) = find(&entries, "role") else {
        findings.push(missing_key::diagnostic(span, "role"));
        return None;
    };
    let role = Item::of(role.clone()).text("the name of a role", findings)?;
    let is_known =
        ROLES.contains(&role.value.as_ref()) || roles.iter().any(|name| *name == role.value);
    if !is_known {
        findings.push(invalid_value::role(&role, &ROLES));
        return None;
    }
    if let Some(content) = find(&entries, "content") {
        let is_content = matches!(
            content.value,
            Tree::Text(_) | Tree::Plain(_) | Tree::List(_) | Tree::Null
        );
        if !is_content {
            Item::of(content.clone()).refuse("text, or a list of parts", findings);
            return None;
        }
    }
    Some((made, span))
}
