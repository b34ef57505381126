//! Conversations as people keep them in JSON: OpenAI's messages, or ShareGPT's turns.

use super::airoboros;
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
    let reader = Reader { roles };
    match root.value {
        Tree::List(items) if items.is_empty() => {
            findings.push(invalid_value::expected(span, "at least one message"));
            Vec::new()
        }
        Tree::List(items) if is_message(&items[0]) => {
            let node = Node {
                span,
                value: Tree::List(items),
            };
            reader.messages(node, span, findings).into_iter().collect()
        }
        Tree::List(items) => items
            .into_iter()
            .filter_map(|item| reader.conversation(item, findings))
            .collect(),
        value => {
            let node = Node { span, value };
            reader.conversation(node, findings).into_iter().collect()
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

fn find<'t, 's>(entries: &'t [Entry<'s>], key: &str) -> Option<&'t Node<'s>> {
    let entry = entries.iter().find(|entry| entry.key.value == key)?;
    Some(&entry.value)
}

fn is_complete(entries: &[Entry<'_>]) -> bool {
    find(entries, COMPLETE).is_some_and(|node| matches!(node.value, Tree::Bool(true)))
}

/// The key that says so.
pub const COMPLETE: &str = "skip_prompt_formatting";

struct Reader<'r> {
    roles: &'r [String],
}

impl Reader<'_> {
    fn conversation(&self, node: Node<'_>, findings: &mut Diagnostics) -> Option<Given> {
        let span = node.span;
        let entries = match node.value {
            Tree::Map(entries) => entries,
            Tree::List(_) => return self.messages(node, span, findings),
            _ => {
                Item::of(node).refuse("a conversation: an object with `messages`", findings);
                return None;
            }
        };
        if is_instruction(&entries) {
            return row(&entries, span, findings);
        }
        let own = |key: &str| {
            find(&entries, key)
                .map(value)
                .filter(|value| !value.is_none())
        };
        let (tools, documents, system) = (own("tools"), own("documents"), own("system"));
        let category = own("category").and_then(|value| value.as_str().map(str::to_owned));
        let is_complete = is_complete(&entries);
        let is_turns = find(&entries, "messages").is_none();
        let key = if is_turns {
            "conversations"
        } else {
            "messages"
        };
        let Some(list) = entries.into_iter().find(|entry| entry.key.value == key) else {
            findings.push(missing_key::diagnostic(span, "messages"));
            return None;
        };
        let mut given = match is_turns {
            true => self.turns(list.value, span, system, findings)?,
            false => self.messages(list.value, span, findings)?,
        };
        // ShareGPT holds tools as text.
        given.tools = tools.map(|tools| match tools.as_str() {
            Some(text) => serde_json::from_str(text).unwrap_or(tools.clone()),
            None => tools,
        });
        given.documents = documents;
        given.category = category;
        given.is_complete = is_complete;
        Some(given)
    }

    fn messages(&self, list: Node<'_>, span: Span, findings: &mut Diagnostics) -> Option<Given> {
        let list = Item::of(list).list("a list of messages", findings)?;
        if list.value.is_empty() {
            findings.push(invalid_value::expected(list.span, "at least one message"));
            return None;
        }
        let mut messages = Vec::new();
        let mut message_spans = Vec::new();
        for item in list.value {
            message_spans.push(item.node.span);
            messages.extend(self.message(item, findings));
        }
        (messages.len() == message_spans.len()).then(|| Given {
            messages: Value::from(messages),
            tools: None,
            documents: None,
            span,
            message_spans,
            category: None,
            is_complete: false,
        })
    }

    fn message(&self, item: Item<'_>, findings: &mut Diagnostics) -> Option<Value> {
        let span = item.node.span;
        let made = value(&item.node);
        let Tree::Map(entries) = item.node.value else {
            item.refuse("a message: an object with `role` and `content`", findings);
            return None;
        };
        let Some(role) = entries.iter().find(|entry| entry.key.value == "role") else {
            findings.push(missing_key::diagnostic(span, "role"));
            return None;
        };
        let role = Item::of(role.value.clone()).text("the name of a role", findings)?;
        let is_known = ROLES.contains(&role.value.as_ref())
            || self.roles.iter().any(|name| *name == role.value);
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
        Some(made)
    }

    /// ShareGPT's turns as messages.
    fn turns(
        &self,
        list: Node<'_>,
        span: Span,
        system: Option<Value>,
        findings: &mut Diagnostics,
    ) -> Option<Given> {
        let list = Item::of(list).list("a list of turns", findings)?;
        if list.value.is_empty() {
            findings.push(invalid_value::expected(list.span, "at least one turn"));
            return None;
        }
        let mut messages = Vec::new();
        let mut message_spans = Vec::new();
        let message = |role: &str, content: Value| {
            Value::from_pairs([("role", Value::from(role)), ("content", content)])
        };
        if let Some(system) = system.filter(|system| system.is_true()) {
            messages.push(message("system", system));
            message_spans.push(span);
        }
        let before = messages.len();
        let count = list.value.len();
        for item in list.value {
            let span = item.node.span;
            let Tree::Map(entries) = &item.node.value else {
                item.refuse("a turn: an object with `from` and `value`", findings);
                continue;
            };
            let (Some(from), Some(said)) = (find(entries, "from"), find(entries, "value")) else {
                let key = if find(entries, "from").is_none() {
                    "from"
                } else {
                    "value"
                };
                findings.push(missing_key::diagnostic(span, key));
                continue;
            };
            let Some(from) = Item::of(from.clone()).text("who speaks", findings) else {
                continue;
            };
            let Some(role) = super::Role::parse(&from.value) else {
                findings.push(invalid_value::role(
                    &from,
                    &[
                        "system",
                        "human",
                        "gpt",
                        "observation",
                        "user",
                        "assistant",
                        "tool",
                    ],
                ));
                continue;
            };
            let Some(said) = Item::of(said.clone()).text("text", findings) else {
                continue;
            };
            messages.push(message(role.name(), Value::from(said.value.as_ref())));
            message_spans.push(span);
        }
        (messages.len() - before == count).then(|| Given {
            messages: Value::from(messages),
            tools: None,
            documents: None,
            span,
            message_spans,
            category: None,
            is_complete: false,
        })
    }
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

/// The messages of a row of airoboros or Alpaca.
fn row(entries: &[Entry<'_>], span: Span, findings: &mut Diagnostics) -> Option<Given> {
    let node = |key: &str| find(entries, key);
    let text = |key: &str| match node(key).map(|node| &node.value) {
        Some(Tree::Text(text) | Tree::Plain(text)) => Some(text.as_ref()),
        _ => None,
    };
    let mut instruction = text("instruction").unwrap_or_default().to_owned();
    if let Some(input) = text("input").filter(|input| !input.is_empty()) {
        instruction = format!("{instruction}\n{input}");
    }
    let key = if text("response").is_some() {
        "response"
    } else {
        "output"
    };
    let answer = node(key)?;
    let Some(turns) = airoboros::split(&instruction, text(key).unwrap_or_default()) else {
        findings.push(invalid_value::expected(
            answer.span,
            "an answer behind every `USER:`, as ` ASSISTANT: `",
        ));
        return None;
    };
    let roles = ["user", "assistant"].into_iter().cycle();
    let turns = roles.zip(turns).enumerate().map(|(at, (role, text))| {
        let span = if at == 0 {
            node("instruction").map_or(span, |node| node.span)
        } else {
            answer.span
        };
        (role, text.to_owned(), span)
    });
    let system = text("system").filter(|system| !system.is_empty());
    let system = system.map(|system| {
        (
            "system",
            system.to_owned(),
            node("system").map_or(span, |node| node.span),
        )
    });
    let (mut messages, mut message_spans) = (Vec::new(), Vec::new());
    for (role, text, span) in system.into_iter().chain(turns) {
        messages.push(Value::from_pairs([
            ("role", Value::from(role)),
            ("content", Value::from(text)),
        ]));
        message_spans.push(span);
    }
    Some(Given {
        messages: Value::from(messages),
        tools: None,
        documents: None,
        span,
        message_spans,
        category: text("category").map(str::to_owned),
        is_complete: is_complete(entries),
    })
}
