//! What a model answers: it is taken apart, or it is not.

use mtp::chat::Named;
use mtp::chat::parse::{Reader, Talk};
use mtp::chat::template::BUILTINS;
use std::cell::OnceCell;

thread_local! {
    static READERS: OnceCell<Vec<Reader>> = const { OnceCell::new() };
}

fn readers() -> Vec<Reader> {
    let named = BUILTINS
        .iter()
        .filter_map(|builtin| Named::builtin(builtin.name));
    named.filter_map(|named| Reader::of(&named).ok()).collect()
}

/// Behind the number of a template, what a model wrote.
pub fn answer(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    READERS.with(|all| {
        let all = all.get_or_init(readers);
        let reader = &all[usize::from(*first) % all.len()];
        reader
            .read(&text)
            .iter()
            .for_each(|talk| sound(talk, &text));
        sound(&reader.answer(&text), &text);
    });
}

fn sound(talk: &Talk<'_>, text: &str) {
    for turn in &talk.messages {
        assert!(text.get(turn.range.clone()).is_some(), "{turn:?}");
        for call in &turn.calls {
            serde_json::from_str::<serde_json::Value>(call.arguments).expect("JSON");
        }
    }
    for tool in &talk.tools {
        serde_json::from_str::<serde_json::Value>(tool).expect("JSON");
    }
}
