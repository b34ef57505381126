//! The templates that are known by name: what each writes, and that rows hold the same.

use super::samples::{protocol_of, text};
use super::{common, conversation, marked, value};
use mtp::chat::export::{Exporter, Format, Part};
use mtp::chat::template::BUILTINS;
use mtp::chat::{Conversation, FinalForm, Header, Mapping, Named, Options, Row};
use mtp::source::{Disk, SourceMap};
use mtp::{Options as Checking, Taken};
use proptest::prelude::*;
use serde_json::json;
use std::path::Path;

#[test]
fn every_template_that_is_known_by_name_writes_its_format() {
    let mut failures = Vec::new();
    for builtin in BUILTINS {
        let mut shown = String::new();
        let whole = conversation();
        let mut without_system = whole.clone();
        without_system.as_array_mut().expect("a list").remove(0);
        for (title, messages, prompt) in [
            ("all", whole.clone(), false),
            ("no system", without_system, false),
            (
                "prompt",
                json!(whole.as_array().expect("a list")[..2]),
                true,
            ),
        ] {
            let mut named = Named::builtin(builtin.name).expect("a template");
            named.call.mask = true;
            named.call.add_generation_prompt = prompt;
            let rendered = named.render(value(messages), None, None).expect("a text");
            shown += &format!("--- {title}\n{}\n", marked(&rendered));
        }
        let path = Path::new("tests/chat/builtin").join(builtin.name);
        failures.extend(common::blessed(&path, "txt", &shown));
        for alias in builtin.aliases {
            assert_eq!(
                Named::builtin(alias).expect("a template").name,
                builtin.name
            );
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What the engine makes of a row: its text, that with marks around what is trained on, and
/// the prompt that asks for its answer.
fn by_the_engine(named: &mut Named, conversation: &Conversation<'_>) -> [String; 3] {
    let mut render = |count: usize, is_prompt: bool| {
        named.call.mask = !is_prompt;
        named.call.add_generation_prompt = is_prompt;
        let messages = mtp::chat::values::messages(&conversation.messages[..count]);
        named.render(messages, None, None).expect("a text")
    };
    let count = conversation.messages.len();
    let whole = render(count, false);
    let shown = marked(&whole);
    [whole.text, shown, render(count - 1, true).text]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_text_are_what_the_engine_makes(
        one in proptest::collection::vec(proptest::collection::vec(text(), 1), 3),
        two in proptest::collection::vec(proptest::collection::vec(text(), 2), 3),
        answers in proptest::collection::vec(text(), 3),
    ) {
        for inputs in [one, two] {
            let sources = SourceMap::default();
            let bytes = protocol_of(&inputs, &answers);
            let outcome = mtp::check(&sources, &Disk, Path::new("spec.json"), bytes, Taken::AsSpec, &Checking::default());
            let protocol = outcome.protocol.expect("a protocol");
            let header = Options { header: Header::None, finals: FinalForm::Json, ..Options::default() };
            for options in [Options::default(), header] {
                let mapping = Mapping::new(&protocol, options);
                for builtin in BUILTINS {
                    let named = || Named::builtin(builtin.name).expect("a template");
                    let record = |format: Format, row: Row| -> serde_json::Value {
                        let mut out = Vec::new();
                        let exporter = Exporter::new(&mapping, format, Some(named()));
                        let sample = protocol.instructions[row.instruction].samples.get(row.sample);
                        let row = (row, sample.expect("a sample"));
                        exporter.write(row, Part::Whole, &mut out).expect("a record");
                        serde_json::from_slice(&out).expect("JSON")
                    };
                    for row in Row::all(&protocol) {
                        let conversation = mapping.conversation(row).expect("a conversation");
                        let [plain, text, prompt] = by_the_engine(&mut named(), &conversation);
                        prop_assert_eq!(&record(Format::Text, row)["text"], &plain, "{}", builtin.name);
                        let segments = record(Format::Segments, row);
                        let segments: String = segments["segments"].as_array().expect("a list").iter().map(|segment| {
                            let text = segment["text"].as_str().expect("text");
                            if segment["label"] == true { format!("«{text}»") } else { text.to_owned() }
                        }).collect();
                        prop_assert_eq!(&segments, &text, "{}", builtin.name);
                        let pair = record(Format::PromptCompletion, row);
                        prop_assert_eq!(&pair["prompt"], &prompt, "{}", builtin.name);
                        prop_assert_eq!(&pair["completion"], plain.strip_prefix(&prompt).expect("a prompt"));
                    }
                }
            }
        }
    }
}
