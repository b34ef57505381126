//! What a template makes of messages, read back as messages.

use super::value;
use mtp::chat::Named;
use mtp::chat::parse::{Reader, Shape, Talk};
use mtp::chat::template::{BUILTINS, ToolForm};
use proptest::prelude::*;
use serde_json::json;

/// A text that holds no delimiter of any template, nor blanks around it.
fn plain_text() -> impl Strategy<Value = String> {
    "[a-zé🐱0-9,;!?]{1,8}( [a-zé🐱0-9,;!?]{1,8}){0,5}(\n[a-z ]{0,6}[a-z])?"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_is_read_back(
        texts in proptest::collection::vec(plain_text(), 5),
        count in 1_usize..=2,
        has_system in any::<bool>(),
    ) {
        let from = usize::from(!has_system);
        let roles = ["system", "user", "assistant", "user", "assistant"];
        let all: Vec<_> = roles.iter().zip(&texts).map(|(role, text)| json!({ "role": role, "content": text })).collect();
        let said = &all[from..1 + 2 * count];
        for builtin in BUILTINS {
            let mut named = Named::builtin(builtin.name).expect("a template");
            let shape = Shape::of(&named).unwrap_or_else(|fault| panic!("{}: {fault:?}", builtin.name));
            let back = |text: &str| -> serde_json::Value {
                let parsed = shape.parse(text).unwrap_or_else(|| panic!("{}: {text:?}", builtin.name));
                let messages = parsed.messages.iter();
                messages.map(|(role, range)| json!({ "role": role.name(), "content": text[range.clone()] })).collect()
            };
            let text = named.render(value(json!(said)), None, None).expect("a text").text;
            prop_assert_eq!(back(&text), json!(said), "{}: {}", builtin.name, text);
            // A prompt, and what a model writes behind it.
            named.call.add_generation_prompt = true;
            let asked = &said[..said.len() - 1];
            let prompt = named.render(value(json!(asked)), None, None).expect("a text").text;
            prop_assert_eq!(back(&prompt), json!(asked), "{}: {}", builtin.name, prompt);
            let generated = text.strip_prefix(&prompt).expect("a prompt");
            let answer = said.last().expect("an answer")["content"].as_str().expect("text");
            prop_assert_eq!(&generated[shape.answer(generated)], answer, "{}: {:?}", builtin.name, generated);
            let goes_on = format!("{generated}\n{}more", shape.plain.as_ref().expect("pieces").opener());
            prop_assert_eq!(&goes_on[shape.answer(&goes_on)], answer, "{}: {:?}", builtin.name, goes_on);
        }
    }
}

/// What is read of a text, as JSON, the arguments of calls as objects.
fn talk(read: &Talk<'_>) -> serde_json::Value {
    let json = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
    let messages = read.messages.iter().map(|turn| {
        let mut message = json!({ "role": turn.role.name(), "content": turn.content });
        if !turn.calls.is_empty() {
            let calls = turn.calls.iter().map(|call| {
                let function = json!({ "name": call.name, "arguments": json(call.arguments) });
                json!({ "id": call.id, "type": "function", "function": function })
            });
            message["tool_calls"] = calls.collect();
        }
        if let Some(id) = &turn.call_id {
            message["tool_call_id"] = json!(id);
        }
        message
    });
    let messages: Vec<_> = messages.collect();
    let tools: Vec<_> = read.tools.iter().map(|tool| json(tool)).collect();
    json!({ "messages": messages, "tools": tools })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tools_and_their_calls_are_read_back(
        texts in proptest::collection::vec(plain_text(), 8),
        names in proptest::collection::vec("[a-z_]{1,8}", 3),
        number in -1000_i32..1000,
        has_system in any::<bool>(),
        ends_in_call in any::<bool>(),
        has_second in any::<bool>(),
    ) {
        let tool = |name: &String| json!({ "type": "function", "function": {
            "name": name, "description": texts[0],
            "parameters": { "type": "object", "properties": { "value": { "type": "number", "minimum": -1000 } } },
        } });
        let tools: Vec<_> = names.iter().map(tool).collect();
        let call = |number: usize, name: &str, arguments: serde_json::Value| {
            let function = json!({ "name": name, "arguments": arguments });
            json!({ "id": format!("call0000{number}"), "type": "function", "function": function })
        };
        let calling = |content: &str, calls: Vec<serde_json::Value>| {
            json!({ "role": "assistant", "content": content, "tool_calls": calls })
        };
        let gave = |number: usize, text: &str| {
            json!({ "role": "tool", "content": text, "tool_call_id": format!("call0000{number}") })
        };
        for builtin in BUILTINS.iter().filter(|builtin| builtin.tools.is_some()) {
            let is_single = builtin.tools == Some(ToolForm::Single);
            let said = if builtin.tools == Some(ToolForm::Tagged) { texts[1].as_str() } else { "" };
            let mut all = Vec::new();
            if has_system && builtin.tools != Some(ToolForm::Listed) {
                all.push(json!({ "role": "system", "content": texts[2] }));
            }
            all.push(json!({ "role": "user", "content": texts[3] }));
            let mut count = 1;
            let mut calls = vec![call(1, &names[0], json!({ "value": number }))];
            if has_second && !is_single {
                calls.push(call(2, &names[1], json!({ "a": [texts[4], { "b": null }], "c": "\"}\n" })));
                count = 2;
            }
            all.push(calling(said, calls));
            all.extend((1..=count).map(|number| gave(number, &texts[4])));
            all.push(json!({ "role": "assistant", "content": texts[5] }));
            all.push(json!({ "role": "user", "content": texts[6] }));
            all.push(match ends_in_call {
                true => calling("", vec![call(count + 1, &names[2], json!({}))]),
                false => json!({ "role": "assistant", "content": texts[7] }),
            });
            let mut named = Named::builtin(builtin.name).expect("a template");
            let reader = Reader::of(&named).expect("a reader");
            for tools in [Vec::new(), tools.clone()] {
                let given = Some(value(json!(tools))).filter(|_| !tools.is_empty());
                let text = named.render(value(json!(all)), given.clone(), None).expect("a text").text;
                let read = reader.read(&text).unwrap_or_else(|| panic!("{}: {text:?}", builtin.name));
                let expected = json!({ "messages": all, "tools": tools });
                prop_assert_eq!(talk(&read), expected, "{}: {}", builtin.name, text);
                // What a model writes behind the prompt.
                named.call.add_generation_prompt = true;
                let asked = value(json!(all[..all.len() - 1]));
                let prompt = named.render(asked, given, None).expect("a text").text;
                named.call.add_generation_prompt = false;
                let generated = text.strip_prefix(&prompt).expect("a prompt");
                let answer = talk(&reader.answer(generated));
                let last = &all[all.len() - 1];
                prop_assert_eq!(&answer["messages"][0]["content"], &last["content"], "{}: {:?}", builtin.name, generated);
                let name = |message: &serde_json::Value| message["tool_calls"][0]["function"]["name"].clone();
                prop_assert_eq!(name(&answer["messages"][0]), name(last), "{}: {:?}", builtin.name, generated);
            }
        }
    }
}
