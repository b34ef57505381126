//! Samples as messages, and the messages as samples again.

use super::common::entries;
use mtp::ast::{Number, Output, Snippet};
use mtp::chat::{Answer, FinalForm, Header, Mapping, Options, Row, SampleRead, SnippetRead};
use mtp::ir::{Ending, Instruction, InstructionType, Protocol, Sample};
use mtp::source::{Disk, SourceMap};
use mtp::{Options as Checking, Taken};
use proptest::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};

/// All that can be chosen.
fn every_option() -> Vec<Options> {
    let mut all = Vec::new();
    for header in [Header::None, Header::Names, Header::Keys] {
        for finals in [FinalForm::Line, FinalForm::Tool, FinalForm::Json] {
            for legend in [false, true] {
                all.push(Options {
                    header,
                    legend,
                    finals,
                });
            }
        }
    }
    all
}

fn whole(numbers: &[Number]) -> Vec<String> {
    let spelled = |number: &Number| match number.whole() {
        Some(whole) => whole.to_string(),
        None => number.to_string(),
    };
    numbers.iter().map(spelled).collect()
}

/// What of an input has to come back.
fn input(snippet: &Snippet<'_>, text: &str) -> String {
    let numbers = snippet.numbers.as_deref();
    let plain = numbers.and_then(|numbers| numbers.numbers.as_ref()?.value.as_ref());
    let plain: Vec<Number> = plain
        .iter()
        .flat_map(|list| list.value.iter().flatten().map(|number| number.value))
        .collect();
    let lists = numbers.and_then(|numbers| numbers.number_lists.as_ref()?.value.as_ref());
    let lists: Vec<Vec<String>> = lists
        .iter()
        .flat_map(|lists| lists.value.iter().flatten())
        .map(|list| {
            let list: Vec<Number> = list
                .value
                .iter()
                .flatten()
                .map(|number| number.value)
                .collect();
            whole(&list)
        })
        .collect();
    format!("{text:?} {:?} {lists:?}\n", whole(&plain))
}

/// What of the inputs has to come back where a bad prompt stands for one of them.
fn guarded(
    protocol: &Protocol<'_>,
    instruction: &Instruction<'_>,
    sample: Sample<'_, '_>,
    (used, prompt): (usize, usize),
) -> String {
    let used = instruction.guardrails.get(used).expect("a guardrail");
    let guardrail = &protocol.guardrails[used.guardrail.expect("a guardrail").0];
    let prompts = guardrail.samples.as_ref().expect("prompts");
    let prompts = prompts.value.as_ref().expect("prompts");
    let prompt = prompts.value[prompt].as_ref().expect("a prompt");
    let inputs = sample.written.input.as_ref().expect("inputs").value.iter();
    let text = |at: usize, snippet: &Snippet<'_>| match used.input == Some(at) {
        true => prompt.value.to_string(),
        false => snippet.text.value.to_string(),
    };
    inputs
        .flatten()
        .enumerate()
        .map(|(at, snippet)| input(snippet, &text(at, snippet)))
        .collect()
}

/// What of a sample has to come back.
fn essence(protocol: &Protocol<'_>, kind: InstructionType, sample: Sample<'_, '_>) -> String {
    let inputs = sample.written.input.iter().flat_map(|list| &*list.value);
    let inputs = inputs.flatten();
    let mut out: String = inputs
        .map(|snippet| input(snippet, &snippet.text.value))
        .collect();
    match &sample.written.output {
        Some(Output::Snippet(snippet)) => out += &format!("{:?}\n", snippet.text.value),
        Some(Output::Labels(labels)) => {
            for (label, value) in &labels.value {
                let value = value.as_ref().map(|value| value.value.as_ref());
                out += &format!("{:?}={value:?}\n", label.value);
            }
        }
        None => {}
    }
    if let (Ending::Token(id), true) = (sample.ending, kind.has_finals()) {
        let value = sample.written.value.given();
        let value = value.map(|value| value.value.to_string());
        out += &format!("{} {value:?}\n", protocol.tokens[id.0].name.value);
    }
    out
}

fn inputs_read(inputs: &[SnippetRead]) -> String {
    let input = |snippet: &SnippetRead| {
        let lists = snippet.number_lists.iter().map(|list| whole(list));
        let lists: Vec<Vec<String>> = lists.collect();
        format!(
            "{:?} {:?} {lists:?}\n",
            snippet.text,
            whole(&snippet.numbers)
        )
    };
    inputs.iter().map(input).collect()
}

fn read_essence(read: &SampleRead) -> String {
    let mut out = inputs_read(&read.input);
    match &read.output {
        Answer::Text(text) => out += &format!("{text:?}\n"),
        Answer::Labels(labels) => {
            for (label, value) in labels {
                out += &format!("{label:?}={:?}\n", Some(value));
            }
        }
    }
    if let Some(name) = &read.final_token {
        out += &format!("{name} {:?}\n", read.value.map(|value| value.to_string()));
    }
    out
}

/// Every sample becomes messages, and the messages the sample. How many there were.
fn comes_back(path: &Path, bytes: Vec<u8>, all: &[Options]) -> usize {
    let sources = SourceMap::default();
    let outcome = mtp::check(
        &sources,
        &Disk,
        path,
        bytes,
        Taken::AsSpec,
        &Checking::default(),
    );
    let Some(protocol) = outcome.protocol else {
        return 0;
    };
    let mut count = 0;
    for options in all {
        let mapping = Mapping::new(&protocol, *options);
        for row in Row::all(&protocol) {
            let instruction = &protocol.instructions[row.instruction];
            let kind = instruction.instruction_type;
            let sample = instruction.samples.get(row.sample).expect("a sample");
            let conversation = mapping.conversation(row).expect("a conversation");
            if let Some((used, prompt)) = row.refused {
                // The answer to a bad prompt is none of the instruction's.
                let expected = guarded(&protocol, instruction, sample, (used, prompt));
                let question = &conversation.messages[conversation.messages.len() - 2].content;
                let read = mapping.inputs(row.instruction, question).expect("inputs");
                assert_eq!(inputs_read(&read), expected, "{options:?} {conversation:?}");
                continue;
            }
            let read = mapping.sample(row.instruction, &conversation);
            let read = read
                .unwrap_or_else(|error| panic!("{}: {error}: {conversation:?}", path.display()));
            assert_eq!(
                read_essence(&read),
                essence(&protocol, kind, sample),
                "{} {options:?} {conversation:?}",
                path.display()
            );
            count += 1;
        }
    }
    count
}

#[test]
fn every_sample_of_every_spec_comes_back_from_its_messages() {
    let mut specs: Vec<PathBuf> = entries(Path::new("specs"));
    for case in entries(Path::new("tests/compile")) {
        specs.extend(
            entries(&case)
                .into_iter()
                .filter(|path| path.file_stem().is_some_and(|stem| stem == "spec")),
        );
    }
    let mut count = 0;
    for path in specs.iter().filter(|path| path.is_file()) {
        let bytes = std::fs::read(path).expect("a file");
        count += comes_back(path, bytes, &every_option());
    }
    assert!(count > 2000, "only {count} samples were looked at");
}

/// A protocol with these texts, numbers and lists in its inputs, and these answers.
pub(crate) fn protocol_of(inputs: &[Vec<String>], answers: &[String]) -> Vec<u8> {
    let lines = inputs.first().map_or(1, Vec::len);
    let samples: Vec<_> = inputs
        .iter()
        .zip(answers)
        .enumerate()
        .map(|(at, (texts, answer))| {
            let mut input: Vec<_> = texts.iter().map(|text| json!(text)).collect();
            input[0] = json!({ "string": texts[0], "numbers": at, "number_lists": [1, -2, at] });
            json!({ "input": input, "output": answer, "final": "Score", "value": 0.25 * at as f64 })
        })
        .collect();
    let sets: Vec<_> = (0..lines)
        .map(|at| {
            if at == 0 {
                json!(["Count", "Talk", "Spot"])
            } else {
                json!(["Talk"])
            }
        })
        .collect();
    let spec = json!({
        "name": "random", "inputs": lines, "context": (0..10).map(|n| format!("Line {n}.")).collect::<Vec<_>>(),
        "tokens": {
            "Talk": null, "Reply": null, "Count": { "type": "num", "min": 0, "max": 100 },
            "Spot": { "type": "num_list", "min": -10, "max": 100, "length": 3 },
            "Score": { "type": "final_num", "min": 0, "max": 10 },
        },
        "instructions": { "say": { "input": sets, "output": ["Reply"], "final": "Score", "samples": samples } },
    });
    spec.to_string().into_bytes()
}

/// Texts with much of what the lines of a message are written with.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(
            prop_oneof![
                Just("\\".to_owned()),
                Just("\n".to_owned()),
                Just("[".to_owned()),
                Just("] ".to_owned()),
                Just("n".to_owned()),
                Just("=".to_owned()),
                Just("Talk".to_owned()),
                Just("\r".to_owned()),
                Just("é🐱".to_owned()),
                Just("\"".to_owned()),
                Just(" ".to_owned()),
            ],
            0..12
        )
        .prop_map(|parts| parts.concat()),
        any::<String>(),
    ]
}

/// The ways in which a sample answers.
#[derive(Clone, Copy, Debug)]
enum Answered {
    /// In text and nothing else.
    Plainly,
    /// To a prompt that stands behind the inputs, with a final token.
    Extended,
    /// With one of the states.
    InStates,
    /// With a value for each of two labels.
    InLabels,
}

/// A protocol with these texts, and with these answers in one of the ways; some of its prompts
/// are bad.
fn answered(way: Answered, inputs: &[Vec<String>], answers: &[String]) -> Vec<u8> {
    // As many as a state machine needs; texts that have to differ do so by a number.
    let samples: Vec<_> = (0..12)
        .map(|at| {
            let texts = inputs[at % inputs.len()].iter().enumerate();
            let mut input: Vec<_> = texts.map(|(line, text)| json!(format!("{text}{at}.{line}"))).collect();
            let answer = &answers[at % answers.len()];
            let state = format!("s{}{answer}", at % 2);
            match way {
                Answered::Plainly => json!({ "input": input, "output": answer }),
                Answered::Extended => {
                    input.push(json!({ "string": answer, "numbers": [at, 1] }));
                    json!({ "input": input, "output": answer })
                }
                Answered::InStates => json!({ "input": input, "output": state }),
                Answered::InLabels => {
                    json!({ "input": input, "output": { format!("a{}", answers[0]): state, format!("b{}", answers[1]): answer } })
                }
            }
        })
        .collect();
    // Guardrails hold no digits.
    let without_digits = |text: &str| text.replace(char::is_numeric, "");
    let prompts = inputs.iter().zip(["One", "Two", "Three"]);
    let prompts: Vec<_> = prompts
        .map(|(texts, word)| word.to_owned() + &without_digits(&texts[0]))
        .collect();
    let lines = inputs[0].len();
    let mut sets = vec![json!(["Talk"]); lines];
    let kind = match way {
        Answered::Plainly => "basic",
        Answered::Extended => "extended",
        Answered::InStates => "state_machine",
        Answered::InLabels => "multi_classifier",
    };
    let mut instruction =
        json!({ "type": kind, "guardrails": { "0": "close" }, "samples": samples });
    if let Answered::Extended = way {
        sets.push(json!(["Count", "Talk", "Share"]));
        instruction["final"] = json!("Stop");
    }
    if let Answered::Plainly = way {
        instruction["output"] = json!(["Reply"]);
    }
    instruction["input"] = json!(sets);
    let spec = json!({
        "name": "random", "inputs": lines, "context": (0..10).map(|n| format!("Line {n}.")).collect::<Vec<_>>(),
        "tokens": {
            "Talk": "What is said", "Reply": null, "Stop": { "type": "final", "desc": "The end" },
            "Count": { "type": "num", "min": 0, "max": 100 }, "Share": { "type": "num", "min": 0, "max": 1 },
        },
        "guardrails": { "close": {
            "good_prompt": "A question", "bad_prompt": "Another", "bad_output": format!("No.{}", without_digits(&answers[0])),
            "samples": prompts,
        } },
        "instructions": { "say": instruction },
    });
    spec.to_string().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_from_a_message(
        one in proptest::collection::vec(proptest::collection::vec(text(), 1), 3),
        three in proptest::collection::vec(proptest::collection::vec(text(), 3), 3),
        answers in proptest::collection::vec(text(), 3),
    ) {
        for inputs in [one, three] {
            let count = comes_back(Path::new("spec.json"), protocol_of(&inputs, &answers), &every_option());
            prop_assert_eq!(count, 3 * every_option().len());
        }
    }
    #[test]
    fn any_answer_of_any_type_comes_back_from_a_message(
        one in proptest::collection::vec(proptest::collection::vec(text(), 1), 3),
        two in proptest::collection::vec(proptest::collection::vec(text(), 2), 3),
        answers in proptest::collection::vec(text(), 3),
    ) {
        for way in [Answered::Plainly, Answered::Extended, Answered::InStates, Answered::InLabels] {
            for inputs in [&one, &two] {
                let spec = answered(way, inputs, &answers);
                let count = comes_back(Path::new("spec.json"), spec, &every_option());
                prop_assert_eq!(count, 12 * every_option().len(), "{:?}", way);
            }
        }
    }
}
