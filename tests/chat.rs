//! Samples as messages and back, and the engine of chat templates.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

#[path = "chat/engine.rs"]
mod engine;
#[path = "chat/hostile.rs"]
mod hostile;
#[path = "chat/known.rs"]
mod known;
#[path = "chat/read_back.rs"]
mod read_back;
#[path = "chat/samples.rs"]
mod samples;

mod common;

use mtp::chat::template::{Call, FaultKind, Rendered, Template, Value};
use serde_json::json;

fn value(json: serde_json::Value) -> Value {
    serde_json::from_value(json).expect("a value")
}

fn call(messages: serde_json::Value) -> Call {
    Call {
        messages: value(messages),
        ..Call::default()
    }
}

fn conversation() -> serde_json::Value {
    json!([
        { "role": "system", "content": "Be terse." },
        { "role": "user", "content": "Which way?" },
        { "role": "assistant", "content": "That depends." },
        { "role": "user", "content": "On what?" },
        { "role": "assistant", "content": "On you." },
    ])
}

/// A text with marks around what is trained on.
fn marked(rendered: &Rendered) -> String {
    let mut text = rendered.text.clone();
    for range in rendered.trained.iter().rev() {
        text.insert(range.end, '»');
        text.insert(range.start, '«');
    }
    text
}

/// What a template makes of one message of the user, `text`.
fn rendered(source: &str, text: &str) -> Result<String, (FaultKind, String, Option<String>)> {
    let template = Template::new(source, Some("2026-03-07T09:05:02".parse().expect("a date")));
    let fault = |fault: mtp::chat::template::Fault| {
        let place = fault
            .range
            .and_then(|range| source.get(range))
            .map(str::to_owned);
        (fault.kind, fault.message, place)
    };
    let rendered = template
        .map_err(fault)?
        .render(&call(json!([{ "role": "user", "content": text }])));
    rendered.map(|rendered| rendered.text).map_err(fault)
}
