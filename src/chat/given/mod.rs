//! Conversations as people keep them in JSON: OpenAI's messages, ShareGPT's turns, or rows of
//! airoboros and Alpaca.

mod instruction;
mod messages;
mod turns;

use super::template::Value;
use crate::diagnostics::{Diagnostics, invalid_value, missing_key};
use crate::source::{Origin, SourceMap, Span};
use crate::syntax::decode::Item;
use crate::syntax::number::Number;
use crate::syntax::tree::{Entry, Node, Value as Tree};

/// A conversation that was read.
#[derive(Clone, Debug)]
pub struct Given {
    /// The messages, with all their fields, in OpenAI's form.
    pub messages: Value,
    /// The tools that were written with them.
    pub tools: Option<Value>,
    /// The documents that were written with them.
    pub documents: Option<Value>,
    /// The conversation.
    pub span: Span,
    /// Its messages.
    pub message_spans: Vec<Span>,
    /// The category that an airoboros row names, or one made of it.
    pub category: Option<String>,
    /// The prompt is complete as it stands: a trainer adds nothing to it (airoboros'
    /// `skip_prompt_formatting`).
    pub is_complete: bool,
}

impl Given {
    /// A conversation of messages that stand at these places.
    fn of(messages: Vec<(Value, Span)>, span: Span) -> Given {
        let (messages, message_spans): (Vec<Value>, _) = messages.into_iter().unzip();
        Given {
            messages: Value::from(messages),
            tools: None,
            documents: None,
            span,
            message_spans,
            category: None,
            is_complete: false,
        }
    }
}

/// A message of text.
fn message(role: &str, content: impl Into<Value>) -> Value {
    Value::from_pairs([("role", Value::from(role)), ("content", content.into())])
}

/// The roles that are taken without asking.
pub const ROLES: [&str; 8] = [
    "system",
    "user",
    "assistant",
    "tool",
    "developer",
    "function",
    "ipython",
    "model",
];

/// Whether a document holds conversations, rather than a spec.
pub fn is_conversations(root: &Node<'_>) -> bool {
    match &root.value {
        Tree::List(_) => true,
        Tree::Map(entries) => {
            find(entries, "messages").is_some()
                || find(entries, "conversations").is_some()
                || is_instruction(entries)
                || is_lone(entries)
        }
        _ => false,
    }
}

/// Whether a text is JSON Lines, whatever its name: its first line is a value of its own, and
/// there are others.
pub fn is_lines(bytes: &[u8]) -> bool {
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii();
    let Some(end) = memchr::memchr(b'\n', text) else {
        return false;
    };
    let begins = |text: &[u8]| text.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
    begins(text)
        && begins(text[end..].trim_ascii_start())
        && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

/// The conversations of a document: one, as a list of messages or an object with
/// `messages` or `conversations`; or a list of such objects. `roles` are taken besides
/// [`ROLES`].
pub fn read(root: Node<'_>, roles: &[String], findings: &mut Diagnostics) -> Vec<Given> {
    let span = root.span;
    match root.value {
        Tree::List(items) if items.first().is_some_and(|first| !is_message(first)) => items
            .into_iter()
            .filter_map(|item| conversation(item, roles, findings))
            .collect(),
        value => {
            let node = Node { span, value };
            conversation(node, roles, findings).into_iter().collect()
        }
    }
}

/// The conversations of a JSON Lines file, one a line.
pub fn read_lines(
    sources: &SourceMap,
    origin: Origin,
    roles: &[String],
    findings: &mut Diagnostics,
) -> Vec<Given> {
    let threads = crate::parallel::available();
    let read = |item: Item<'_>, findings: &mut Diagnostics| Some(read(item.node, roles, findings));
    let pieces: Vec<Vec<Option<Vec<Given>>>> =
        crate::data::lines(sources, origin, None, threads, findings, read);
    pieces.into_iter().flatten().flatten().flatten().collect()
}

fn is_message(node: &Node<'_>) -> bool {
    let Tree::Map(entries) = &node.value else {
        return false;
    };
    find(entries, "role").is_some() || find(entries, "content").is_some()
}

/// Whether an object is a row of airoboros or Alpaca. The `instruction` of a model file
/// is no text.
fn is_instruction(entries: &[Entry<'_>]) -> bool {
    let is_text = |key: &str| {
        find(entries, key).is_some_and(|node| matches!(node.value, Tree::Text(_) | Tree::Plain(_)))
    };
    is_text("instruction") && (is_text("response") || is_text("output"))
}

/// Whether a node is a tool as OpenAI writes it, or, as some templates take it, its function.
fn is_tool(node: &Node<'_>) -> bool {
    let Tree::Map(entries) = &node.value else {
        return false;
    };
    let name = match find(entries, "function").map(|function| &function.value) {
        Some(Tree::Map(function)) => find(function, "name"),
        Some(_) => None,
        None => find(entries, "name"),
    };
    name.is_some_and(|name| matches!(name.value, Tree::Text(_) | Tree::Plain(_)))
}

/// Whether an object is a message that should stand in a list.
fn is_lone(entries: &[Entry<'_>]) -> bool {
    find(entries, "role").is_some() && find(entries, "content").is_some()
}

fn find<'t, 's>(entries: &'t [Entry<'s>], key: &str) -> Option<&'t Node<'s>> {
    let entry = entries.iter().find(|entry| entry.key.value == key)?;
    Some(&entry.value)
}

fn is_complete(entries: &[Entry<'_>]) -> bool {
    find(entries, COMPLETE).is_some_and(|node| matches!(node.value, Tree::Bool(true)))
}

/// The key that says so.
pub const COMPLETE: &str = "skip_prompt_formatting";

/// A conversation in whichever form it is written.
fn conversation(node: Node<'_>, roles: &[String], findings: &mut Diagnostics) -> Option<Given> {
    let span = node.span;
    let entries = match node.value {
        Tree::Map(entries) => entries,
        Tree::List(_) => return messages::read(node, span, roles, findings),
        _ => {
            Item::of(node).refuse("a conversation: an object with `messages`", findings);
            return None;
        }
    };
    if is_instruction(&entries) {
        return instruction::read(&entries, span, findings);
    }
    let own = |key: &str| {
        let value = find(&entries, key).map(value);
        value.filter(|value| !value.is_none())
    };
    let mut are_tools = true;
    if let Some(Tree::List(items)) = find(&entries, "tools").map(|tools| &tools.value) {
        for item in items.iter().filter(|item| !is_tool(item)) {
            are_tools = false;
            let wanted = "a tool: an object with `type` and `function`, which has a `name`";
            findings.push(invalid_value::expected(item.span, wanted));
        }
    }
    let (tools, documents, system) = (own("tools"), own("documents"), own("system"));
    let category = own("category").and_then(|value| value.as_str().map(str::to_owned));
    let is_complete = is_complete(&entries);
    let is_turns = find(&entries, "messages").is_none();
    let key = match is_turns {
        true => "conversations",
        false => "messages",
    };
    let is_lone = is_lone(&entries);
    let Some(list) = entries.into_iter().find(|entry| entry.key.value == key) else {
        if is_lone {
            findings.push(invalid_value::expected(
                span,
                "a list of messages; this is one message",
            ));
            return None;
        }
        findings.push(missing_key::diagnostic(span, "messages"));
        return None;
    };
    let given = match is_turns {
        true => turns::read(list.value, span, system, findings)?,
        false => messages::read(list.value, span, roles, findings)?,
    };
    if !are_tools {
        return None;
    }
    // ShareGPT holds tools as text.
    let tools = tools.map(|tools| match tools.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or(tools.clone()),
        None => tools,
    });
    Some(Given {
        tools,
        documents,
        category,
        is_complete,
        ..given
    })
}

/// The items of a list; `None`, with what to say, if it is none or has none.
fn items<'s>(
    list: Node<'s>,
    what: (&str, &str),
    findings: &mut Diagnostics,
) -> Option<Vec<Item<'s>>> {
    let list = Item::of(list).list(what.0, findings)?;
    if list.value.is_empty() {
        findings.push(invalid_value::expected(list.span, what.1));
        return None;
    }
    Some(list.value)
}

/// A node as a value of a template.
pub fn value(node: &Node<'_>) -> Value {
    match &node.value {
        Tree::Empty | Tree::Null | Tree::Alias(_) | Tree::Taken(_) => Value::from(()),
        Tree::Other(_) | Tree::Broken => Value::from(()),
        Tree::Bool(value) => Value::from(*value),
        Tree::Number(text) => match Number::parse(text) {
            Some(Number::Whole(whole)) => {
                i64::try_from(whole).map_or_else(|_| Value::from(whole), Value::from)
            }
            Some(Number::Float(float)) => Value::from(float),
            None => Value::from(f64::NAN),
        },
        Tree::Text(text) | Tree::Plain(text) => Value::from(text.as_ref()),
        Tree::List(items) => items.iter().map(value).collect::<Vec<_>>().into(),
        Tree::Map(entries) => Value::from_pairs(
            entries
                .iter()
                .map(|entry| (entry.key.value.as_ref(), value(&entry.value))),
        ),
    }
}
