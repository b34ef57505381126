//! How the formats write tools: the pieces of a text that stand for them.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// A call as formats write it.
#[derive(Deserialize)]
pub(super) struct Written<'t> {
    #[serde(borrow)]
    pub(super) name: Cow<'t, str>,
    #[serde(borrow, alias = "parameters")]
    pub(super) arguments: &'t RawValue,
    pub(super) id: Option<String>,
}

/// What is said before calls, the calls, and how long both are.
pub(super) type Calls<'t> = (&'t str, Vec<Written<'t>>, usize);

/// Calls of Qwen at the end of an answer: a JSON object between tags each.
pub(super) fn tagged_calls(text: &str) -> Option<Calls<'_>> {
    const OPEN: &str = "<tool_call>\n";
    const CLOSE: &str = "\n</tool_call>";
    let start = match text.starts_with(OPEN) {
        true => 0,
        false => text.find(&format!("\n{OPEN}"))? + 1,
    };
    let mut rest = &text[start..];
    let mut calls = Vec::new();
    loop {
        rest = rest.strip_prefix(OPEN)?;
        let (call, length) = json::<Written<'_>>(rest)?;
        calls.push(call);
        rest = rest[length..].strip_prefix(CLOSE)?;
        match rest.strip_prefix('\n') {
            Some(more) => rest = more,
            None if rest.is_empty() => break,
            None => return None,
        }
    }
    Some((&text[..start.saturating_sub(1)], calls, text.len()))
}

/// A call of Llama 3.1: a JSON object that is the whole answer.
pub(super) fn single_call(text: &str) -> Option<Calls<'_>> {
    if !text.starts_with("{\"name\": ") {
        return None;
    }
    let (call, length) = json::<Written<'_>>(text)?;
    let rest = &text[length..];
    let is_whole = rest.is_empty() || rest.starts_with("<|eot_id|>");
    is_whole.then(|| ("", vec![call], length))
}

/// Whether an answer is a call of Llama 3.1.
pub(in crate::chat) fn is_single_call(text: &str) -> bool {
    single_call(text).is_some()
}

/// Calls of Mistral: a list of JSON objects that is the whole answer.
pub(super) fn listed_calls(text: &str) -> Option<Calls<'_>> {
    const OPEN: &str = "[TOOL_CALLS]";
    let start = text.len() - text.trim_start_matches(' ').len();
    let list = text[start..].strip_prefix(OPEN)?;
    let (calls, length) = json::<Vec<Written<'_>>>(list)?;
    Some(("", calls, start + OPEN.len() + length))
}

/// A system message of Qwen without the tools at its end, and the tools.
pub(super) fn tagged_tools(text: &str) -> (&str, Vec<&str>) {
    const OPEN: &str = "\n\n# Tools\n\n";
    let read = text.rfind(OPEN).and_then(|at| {
        let (_, list) = text[at..].split_once("<tools>\n")?;
        let (list, _) = list.split_once("\n</tools>\n")?;
        let tools: Option<Vec<&str>> = list
            .split('\n')
            .map(|line| json::<&RawValue>(line).map(|(tool, _)| tool.get()))
            .collect();
        Some((&text[..at], tools?))
    });
    read.unwrap_or((text, Vec::new()))
}

/// Where in a message the results of Qwen's tools stand; `None` if it holds anything else.
pub(super) fn tagged_results(text: &str) -> Option<Vec<Range<usize>>> {
    const OPEN: &str = "<tool_response>\n";
    const CLOSE: &str = "\n</tool_response>";
    let mut results = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].strip_prefix(OPEN).map(|_| OPEN.len())?;
        let end = at + text[at..].find(CLOSE)?;
        results.push(at..end);
        at = end + CLOSE.len();
        match text[at..].strip_prefix('\n') {
            Some(_) => at += 1,
            None => return (at == text.len()).then_some(results),
        }
    }
}

/// The tools that stand before Llama's first question, and where it begins.
pub(super) fn leading_tools(text: &str) -> (usize, Vec<&str>) {
    /// What an object has to have to be a tool.
    #[derive(Deserialize)]
    struct Tool {
        function: Option<IgnoredAny>,
        parameters: Option<IgnoredAny>,
    }
    let mut at = 0;
    let mut tools = Vec::new();
    while text[at..].starts_with("{\n    \"") {
        let Some((tool, length)) = json::<&RawValue>(&text[at..]) else {
            break;
        };
        let tool = tool.get();
        let is_tool = serde_json::from_str::<Tool>(tool)
            .is_ok_and(|tool| tool.function.is_some() || tool.parameters.is_some());
        if !is_tool || !text[at + length..].starts_with("\n\n") {
            break;
        }
        tools.push(tool);
        at += length + "\n\n".len();
    }
    (at, tools)
}

/// The JSON value that a text begins with, behind blanks, and how long it is with them.
pub(super) fn json<'t, T: Deserialize<'t>>(text: &'t str) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}
