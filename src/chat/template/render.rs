//! A template at work: messages in, text out.

use super::budget::{self, OUTPUT};
use super::depth::too_deep;
use super::environment::{MARKS, environment};
use super::fault::{Fault, FaultKind, TooLarge};
use super::rewrite::Rewritten;
use super::spans;
use super::strftime::Now;
use minijinja::Environment;
use minijinja::value::{Value, ValueKind};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::thread;

/// A chat template, compiled.
pub struct Template {
    engine: Environment<'static>,
    rewritten: Rewritten,
    source: String,
}

/// What a template is given.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The messages: a list of maps.
    pub messages: Value,
    /// The tools: a list of JSON schemas; none is undefined in no template, but none.
    pub tools: Option<Value>,
    /// The documents to answer from.
    pub documents: Option<Value>,
    /// Whether to end in the beginning of an answer.
    pub add_generation_prompt: bool,
    /// Whether the last message is to be left open, to be continued.
    pub continue_final_message: bool,
    /// Whether to tell which text is trained on.
    pub mask: bool,
    /// Further variables, such as `bos_token`.
    pub variables: BTreeMap<String, Value>,
}

/// What a template made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// The bytes of the text that are trained on, in order, not overlapping; empty unless
    /// asked for.
    pub trained: Vec<Range<usize>>,
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The name that the engine knows the template by.
const NAME: &str = "template";
/// The bytes that a conversation often comes to.
const CAPACITY: usize = 4096;
/// The most bytes of a template.
const SOURCE: usize = 1 << 20;
/// The bytes of the stack that a template is compiled on: more than the deepest one takes,
/// also without optimisation. What is not used is not taken from memory.
const STACK: usize = 64 << 20;
/// How often a template may multiply: the engine itself makes each product, of up to 100 MB.
const PRODUCTS: usize = 8;

impl Template {
    /// Compiles a template. `now` is what `strftime_now` tells; the clock's time without.
    pub fn new(source: &str, now: Option<Now>) -> Result<Template, Fault> {
        if source.len() > SOURCE {
            return Err(Fault {
                kind: FaultKind::Limit,
                message: format!("the template is larger than {SOURCE} bytes"),
                range: None,
            });
        }
        let rewritten = Rewritten::of(source);
        if rewritten.products > PRODUCTS {
            // Each could repeat a text, and the engine asks nobody.
            return Err(Fault {
                kind: FaultKind::Limit,
                message: format!("the template multiplies more than {PRODUCTS} times"),
                range: None,
            });
        }
        if let Some((range, message)) = too_deep(&rewritten.text) {
            let fault = Fault {
                kind: FaultKind::Syntax,
                message,
                range: Some(range),
            };
            return Err(placed(fault, &rewritten));
        }
        let mut engine = environment(now, &rewritten);
        compile(&mut engine, rewritten.text.clone()).map_err(|fault| placed(fault, &rewritten))?;
        Ok(Template {
            engine,
            rewritten,
            source: source.to_owned(),
        })
    }

    /// The template's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the template says which text is trained on, with `{% generation %}`.
    pub fn has_generation(&self) -> bool {
        self.rewritten.has_generation
    }

    /// Renders messages.
    pub fn render(&self, call: &Call) -> Result<Rendered, Fault> {
        if call.messages.len() == Some(0) {
            return Err(Fault::output("there are no messages"));
        }
        let mut messages: Vec<Value> = call
            .messages
            .try_iter()
            .map_err(|_| Fault::output("the messages are no list"))?
            .map(|message| prepared(&message))
            .collect();
        let mut continued = None;
        if call.continue_final_message {
            continued = Some(tag_last(&mut messages)?);
        }
        let messages = Value::from(messages);
        let text = self.run(call, &messages, None)?;
        if let Some(content) = continued {
            return Ok(Rendered {
                text: cut_at_tag(text, &content)?,
                trained: Vec::new(),
            });
        }
        if !call.mask {
            return Ok(Rendered {
                text,
                trained: Vec::new(),
            });
        }
        if !self.has_generation() {
            let trained = spans::by_prefixes(&text, &messages, |messages, prompt| {
                let call = Call {
                    add_generation_prompt: prompt,
                    mask: false,
                    ..call.clone()
                };
                self.run(&call, messages, None)
            })?;
            return Ok(Rendered { text, trained });
        }
        let marks = spans::Marks::not_in(&text);
        let marked = self.run(call, &messages, Some(marks))?;
        let trained = marks.take(&marked, &text)?;
        Ok(Rendered { text, trained })
    }

    fn run(
        &self,
        call: &Call,
        messages: &Value,
        marks: Option<spans::Marks>,
    ) -> Result<String, Fault> {
        budget::begin();
        let none = || Value::from(());
        let mut context: BTreeMap<&str, Value> = call
            .variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        context.insert("messages", messages.clone());
        context.insert("tools", call.tools.clone().unwrap_or_else(none));
        context.insert("documents", call.documents.clone().unwrap_or_else(none));
        context.insert("add_generation_prompt", call.add_generation_prompt.into());
        if let Some(marks) = marks {
            context.insert(MARKS, marks.text().into());
        }
        let fault = |error: minijinja::Error| placed(Fault::of(&error), &self.rewritten);
        let template = self.engine.get_template(NAME).map_err(fault)?;
        let mut out = Bounded(Vec::with_capacity(CAPACITY));
        template
            .render_captured_to(Value::from_pairs(context), &mut out)
            .map_err(fault)?;
        String::from_utf8(out.0).map_err(|_| Fault::output("the output is no UTF-8"))
    }
}

/// Compiles a template that nests no deeper than [`too_deep`] says, on a stack for that.
fn compile(engine: &mut Environment<'static>, text: String) -> Result<(), Fault> {
    let compiled = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || engine.add_template_owned(NAME, text))?;
        thread
            .join()
            .map_err(|_| io::Error::other("the engine gave up"))
    });
    match compiled {
        Ok(compiled) => compiled.map_err(|error| Fault::of(&error)),
        Err(error) => Err(Fault::output(format!("it cannot be compiled: {error}"))),
    }
}

/// The fault at its place in the template as it was given.
fn placed(mut fault: Fault, rewritten: &Rewritten) -> Fault {
    fault.range = fault.range.map(|range| rewritten.original(range));
    fault
}

/// Bytes that do not grow beyond [`OUTPUT`].
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT {
            return Err(io::Error::other(TooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The names under which reasoning is given; the first is the one that templates read.
const REASONING: [&str; 3] = ["reasoning_content", "thinking", "reasoning"];

/// A message as templates are given it: without what is null, its reasoning under the
/// names that templates know.
fn prepared(message: &Value) -> Value {
    if message.kind() != ValueKind::Map {
        return message.clone();
    }
    let is_plain = message.try_iter().into_iter().flatten().all(|key| {
        let is_reasoning = key.as_str().is_some_and(|name| REASONING.contains(&name));
        !is_reasoning && message.get_item(&key).is_ok_and(|value| !value.is_none())
    });
    if is_plain {
        return message.clone();
    }
    let mut entries: Vec<(Value, Value)> = message
        .try_iter()
        .into_iter()
        .flatten()
        .filter_map(|key| {
            let value = message.get_item(&key).ok()?;
            (!value.is_none()).then_some((key, value))
        })
        .collect();
    let find = |entries: &[(Value, Value)], name: &str| {
        entries
            .iter()
            .position(|(key, _)| key.as_str() == Some(name))
    };
    let reasoning = REASONING
        .iter()
        .find_map(|name| find(&entries, name).map(|at| entries[at].1.clone()));
    if let Some(reasoning) = reasoning {
        match find(&entries, "thinking") {
            // It comes first, whatever it holds.
            Some(at) => entries[..=at].rotate_right(1),
            None => entries.insert(0, ("thinking".into(), reasoning.clone())),
        }
        match find(&entries, REASONING[0]) {
            Some(at) => entries[at].1 = reasoning,
            None => entries.push((REASONING[0].into(), reasoning)),
        }
    }
    Value::from_pairs(entries)
}

/// What is put behind a message that is to be continued, to find its end again.
const TAG: &str = "CONTINUE_FINAL_MESSAGE_TAG ";

/// Puts the tag behind the last message; the content that it had.
fn tag_last(messages: &mut [Value]) -> Result<String, Fault> {
    let nothing = || Fault::output("the last message has no content to continue");
    let last = messages.last_mut().ok_or_else(nothing)?;
    let content = last.get_attr("content").map_err(|_| nothing())?;
    let (content, tagged) = match content.kind() {
        ValueKind::String => {
            let content = content.as_str().unwrap_or_default().to_owned();
            let tagged = Value::from(format!("{content}{TAG}"));
            (content, tagged)
        }
        ValueKind::Seq => {
            let mut parts: Vec<Value> = content.try_iter().into_iter().flatten().collect();
            let text = |part: &Value| part.get_attr("text").ok().and_then(|text| text.to_str());
            let at = parts
                .iter()
                .rposition(|part| text(part).is_some())
                .ok_or_else(nothing)?;
            let content = text(&parts[at]).unwrap_or_default().to_string();
            parts[at] = with(&parts[at], "text", format!("{content}{TAG}").into());
            (content, Value::from(parts))
        }
        _ => return Err(nothing()),
    };
    *last = with(last, "content", tagged);
    Ok(content)
}

/// A map with another value for a key that it has.
fn with(map: &Value, key: &str, value: Value) -> Value {
    let keys = map.try_iter().into_iter().flatten();
    Value::from_pairs(keys.map(|name| {
        let own = match name.as_str() == Some(key) {
            true => value.clone(),
            false => map.get_item(&name).unwrap_or_default(),
        };
        (name, own)
    }))
}

/// The text up to the tag.
fn cut_at_tag(mut text: String, content: &str) -> Result<String, Fault> {
    let at = text.rfind(TAG.trim_end());
    let Some(at) = at.filter(|_| text.contains(content.trim())) else {
        return Err(Fault::output(
            "the last message cannot be continued: the template changes its content",
        ));
    };
    let is_kept = text[at..].starts_with(TAG);
    text.truncate(at);
    if !is_kept {
        text.truncate(text.trim_end().len());
    }
    Ok(text)
}
