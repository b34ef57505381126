//! Samples as messages and back, and the engine of chat templates.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::entries;
use mtp::ast::{Number, Output};
use mtp::chat::export::{Exporter, Format, Part};
use mtp::chat::parse::{Reader, Shape};
use mtp::chat::template::{BUILTINS, Call, FaultKind, Template, ToolForm, Value};
use mtp::chat::{Answer, FinalForm, Header, Mapping, Named, Options, Row, SampleRead};
use mtp::ir::{Ending, InstructionType, Protocol, Sample};
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

/// What of a sample has to come back.
fn essence(protocol: &Protocol<'_>, kind: InstructionType, sample: Sample<'_, '_>) -> String {
    let mut out = String::new();
    for snippet in sample.written.snippets() {
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
        out += &format!("{:?} {:?} {lists:?}\n", snippet.text.value, whole(&plain));
    }
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

fn read_essence(read: &SampleRead) -> String {
    let mut out = String::new();
    for snippet in &read.input {
        let lists: Vec<Vec<String>> = snippet
            .number_lists
            .iter()
            .map(|list| whole(list))
            .collect();
        out += &format!(
            "{:?} {:?} {lists:?}\n",
            snippet.text,
            whole(&snippet.numbers)
        );
    }
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
        for row in Row::all(&protocol).filter(|row| row.refused.is_none()) {
            let instruction = &protocol.instructions[row.instruction];
            let sample = instruction.samples.get(row.sample).expect("a sample");
            let conversation = mapping.conversation(row).expect("a conversation");
            let read = mapping.sample(row.instruction, &conversation);
            let read = read
                .unwrap_or_else(|error| panic!("{}: {error}: {conversation:?}", path.display()));
            assert_eq!(
                read_essence(&read),
                essence(&protocol, instruction.instruction_type, sample),
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
fn protocol_of(inputs: &[Vec<String>], answers: &[String]) -> Vec<u8> {
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
fn text() -> impl Strategy<Value = String> {
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
    fn no_template_makes_the_engine_panic(source in "[{}%#a-z'\"() |.\\-+=\n]{0,60}") {
        if let Ok(template) = Template::new(&source, None) {
            let _ = template.render(&call(json!([{ "role": "user", "content": "a" }])));
        }
    }
}

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
fn marked(rendered: &mtp::chat::template::Rendered) -> String {
    let mut text = rendered.text.clone();
    for range in rendered.trained.iter().rev() {
        text.insert(range.end, '»');
        text.insert(range.start, '«');
    }
    text
}

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

#[test]
fn templates_write_what_jinja2_writes() {
    // What it writes was read off Jinja2 3.1.6 as transformers 5.23 sets it up.
    for (source, expected) in [
        ("{{ messages }}", "[{'content': 'é', 'role': 'user'}]"),
        (
            "{{ true }} {{ none }} {{ 1.0 }} {{ 1e22 }} {{ (1, 'a') }} {{ (1,) }}",
            "True None 1.0 1e+22 (1, 'a') (1,)",
        ),
        (
            "{{ messages | tojson }}",
            "[{\"content\": \"é\", \"role\": \"user\"}]",
        ),
        (
            "{{ messages[0] | tojson(ensure_ascii=True, separators=(',', ':')) }}",
            "{\"content\":\"\\u00e9\",\"role\":\"user\"}",
        ),
        (
            "{{ {'b': '<&>', 'a': [1, []]} | tojson(indent=1, sort_keys=true) }}",
            "{\n \"a\": [\n  1,\n  []\n ],\n \"b\": \"<&>\"\n}",
        ),
        ("a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc\r\n", "a\nb\nc"),
        (
            "{% raw %}\n{{ x }} '\"\\\n{% endraw %}\nz",
            "\n{{ x }} '\"\\\nz",
        ),
        ("x  {%- raw -%}  a  {%- endraw -%}  y", "xay"),
        (
            "{{ none is iterable }} {{ 'a' is iterable }} {{ undefined_name is iterable }}",
            "False True True",
        ),
        ("{{ undefined_name | length }}", "0"),
        (
            "{{ strftime_now('%d %b %Y %H:%M:%S %-d') }}",
            "07 Mar 2026 09:05:02 7",
        ),
        ("{% for c in 'ab' %}{{ c }}.{% endfor %}", "a.b."),
        (
            "{% for k, v in messages[0].items() if k == 'role' %}{{ k }}={{ v }}{% endfor %}",
            "role=user",
        ),
        (
            "{% set x = 'a' if 1 == 1 else 'b' %}{{ x }}{% set y %}in{% endset %}{{ y }}",
            "ain",
        ),
        ("{%- generation -%} a {% endgeneration %}\n b", "a  b"),
        (
            "{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.partition('-') }}",
            "('a', '-', 'b-c') ('a-b', '-', 'c') ('abc', '', '')",
        ),
        (
            "{{ ' a b  c '.rsplit() }} {{ 'a b c'.rsplit(none, 1) }} {{ 'a-b-c'.rsplit('-', 1) }}",
            "['a', 'b', 'c'] ['a b', 'c'] ['a-b', 'c']",
        ),
        (
            "{{ 'éab'.index('b') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('bc') }} {{ 'Straße'.casefold() }}",
            "2 bc a strasse",
        ),
        (
            "[{{ 'a'.center(4) }}] [{{ 'ab'.center(5) }}] [{{ 'a'.ljust(3, '.') }}] [{{ 'a'.rjust(3) }}] {{ '-7'.zfill(4) }} {{ 'aB'.swapcase() }}",
            "[ a  ] [  ab ] [a..] [  a] -007 Ab",
        ),
        (
            "{{ '\\x1ca\\x1d'.strip() }}{{ '\\x1fa '|trim }} {{ 'xax'|trim('x') }} {{ 'xax'.rstrip('x') }}",
            "aa a xa",
        ),
        (
            "{{ 'a\\x1cb c'.split() }} {{ ' a b  c '.split(none, 1) }} {{ 'a\\r\\nb\\u2028c'.splitlines() }} {{ 'a\\n'.splitlines(true) }}",
            "['a', 'b', 'c'] ['a', 'b  c '] ['a', 'b', 'c'] ['a\\n']",
        ),
        (
            "{{ \"they're x1y\".title() }} {{ 'aaa'|replace('a', 'b', 2) }} {{ 'aaa'|replace('a', 1) }} {{ [4, 5].index(5) }}",
            "They'Re X1Y bba 111 1",
        ),
        (
            "{{ 'a.b.c'.split('.', maxsplit=1) }} {{ 'a.b.c'.rsplit('.', maxsplit=1) }} {{ 'abcb'.index('b', 2) }} {{ 'ß'.title() }}",
            "['a', 'b.c'] ['a.b', 'c'] 3 Ss",
        ),
        (
            "{{ dict([('a', 1), ['b', 2]], c=3) }} {{ dict({'a': 1}, a=2) }} {{ dict(x='y') }} {{ dict() }}",
            "{'a': 1, 'b': 2, 'c': 3} {'a': 2} {'x': 'y'} {}",
        ),
        (
            "{{ strftime_now('%c|%x|%X|%f|%%c') }}",
            "Sat Mar  7 09:05:02 2026|03/07/26|09:05:02|000000|%c",
        ),
        ("{{ '\\x7f' | tojson(ensure_ascii=true) }}", "\"\\u007f\""),
        ("{# a 'comment #}{{ '}}' }}", "}}"),
        // What is held against the budget is the same as without.
        (
            "{% macro f(a, b='x', c=[1, 2]) -%}\n {{ a ~ b ~ c }}\n {%- endmacro %}\n{{ f(1) }}{{ f(1, c=3) }}",
            "1x[1, 2]1x3",
        ),
        (
            "{% macro f(a) %}\n{{ caller(a, 2) }}{% endmacro %}\n{% call(x, y) f(1) %}\n{{ x + y }}\n{% endcall %}\n.",
            "3\n.",
        ),
        (
            "{% macro f() %}\n{{ caller() }}{% endmacro %}{% call f() %}\nx{% endcall %}",
            "x",
        ),
        (
            "{% with a=1, b='x, y' %}\n{{ a }}{{ b }}\n{% endwith %}\n.",
            "1x, y\n.",
        ),
        ("{% with %}{{ 1 }}{% endwith %}", "1"),
        (
            "{% for x, y in [[1, [[2, []]]]] recursive %}\n<{{ x }}{{ loop(y) }}>\n{% endfor %}",
            "<1<2>\n>\n",
        ),
        (
            "{% for x in [1, 2] + [3] if x > 1 %}{{ x }}{% else %}none{% endfor %}",
            "23",
        ),
        (
            "{% set x | upper %}a{% endset %}{% set a, b = 1, 2 %}{{ x }}{{ a }}{{ b }}",
            "A12",
        ),
        (
            "{% if nothing %}1{% elif not nothing and 'a' in 'abc' %}2{% else %}3{% endif %}",
            "2",
        ),
        (
            "{{ ['b', 'a'] | sort | join('-') }} {{ 'a-b' | replace('-', '+') }} {{ 'a\nb' | indent(2) }} {{ '%s=%03d' | format('a', 7) }} {{ '{:>4}|{}'.format('a', 'b') }} {{ [{'a': 1}] | map(attribute='a') | list }} {{ [1, 2, 3] | select('odd') | list }} {{ [{'a': 2}, {'a': 1}] | sort(attribute='a', reverse=true) | map(attribute='a') | join(d='/') }}",
            "a-b a+b a\n  b a=007    a|b [1] [1, 3] 2/1",
        ),
        (
            "A text between tags that is long enough to be counted, with 'quotes' and {brackets}.  \n  {% if true %}\n  x{% endif %}",
            "A text between tags that is long enough to be counted, with 'quotes' and {brackets}.  \n  x",
        ),
    ] {
        assert_eq!(rendered(source, "é"), Ok(expected.to_owned()), "{source}");
    }
}

#[test]
fn a_template_that_fails_says_where() {
    for (source, kind, place, part) in [
        ("{% for %}", FaultKind::Syntax, None, "unexpected"),
        (
            "a\r\nb {{ messages[0].content.nothing.more }}",
            FaultKind::Running,
            Some(".nothing.more"),
            "undefined",
        ),
        (
            "{{ raise_exception('é: no ' ~ messages[0].role) }}",
            FaultKind::Raised,
            Some("raise_exception('é: no ' ~ messages[0].role)"),
            "é: no user",
        ),
        (
            "{% for x in none %}{% endfor %}",
            FaultKind::Running,
            None,
            "None cannot be looped over",
        ),
        (
            "{% for x in tools %}{% endfor %}",
            FaultKind::Running,
            None,
            "None cannot be looped over",
        ),
        (
            "{{ messages | nofilter }}",
            FaultKind::Running,
            None,
            "nofilter",
        ),
    ] {
        let (found, message, at) = rendered(source, "x").expect_err(source);
        assert_eq!(found, kind, "{source}: {message}");
        assert!(message.contains(part), "{source}: {message}");
        if let Some(place) = place {
            assert_eq!(at.as_deref(), Some(place), "{source}: {message}");
        }
    }
}

#[test]
fn no_template_hangs_or_fills_the_memory() {
    for source in [
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set ns = namespace(s='x') %}{% for a in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
        "{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{{ range(10 ** 12) | list }}",
        // One expression alone.
        "{{ 'x' * 10 ** 9 }}",
        "{{ ('x' * 90000000) ~ 'x' }}",
        "{% set x = 'x' * 90000000 %}",
        "{% set a = 'x' * 60000000 %}{% set b = a ~ a %}",
        "{{ ('x' * 99999) | replace('x', 'y' * 99999) }}",
        "{{ ('x' * 99999).replace('', 'y' * 99999) }}",
        "{{ range(99999) | join('x' * 99999) }}",
        "{{ ('x' * 99999).join(range(99999) | list) }}",
        "{{ range(99999) | join(d='x' * 99999) }}",
        "{{ ('\n' * 99999) | indent(99999) }}",
        "{{ 'a' | indent(width=10 ** 12) }}",
        "{{ '%999999999999d' | format(1) }}",
        "{{ '%*d' | format(10 ** 12, 1) }}",
        "{{ '{:{}}'.format('a', 10 ** 12) }}",
        "{{ '{:>999999999999}'.format('a') }}",
        "{{ 'a'.center(10 ** 12) }}",
        "{{ ('x' * 90000000) | list | length }}",
        "{{ ([1] * 90000000) | list | length }}",
        "{{ ([1] * 90000000) | sort }}",
        "{{ [1] | batch(10 ** 10) | list | length }}",
        "{{ [1] | batch(10 ** 8, 'x') | list | length }}",
        "{{ [1] | slice(10 ** 10) | list | length }}",
        "{{ [1] | tojson(indent=10 ** 9) }}",
        "{{ [1] | tojson(indent='x' * 9999) }}",
        "{{ [['x' * 999999] * 999] | tojson | length }}",
        "{{ [['x' * 999999] * 999] | string | length }}",
        // What is built up step by step, by everything that can hold a value.
        "{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l ~ '' }}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | length }}",
        "{% set ns = namespace(l=[]) %}{% for a in range(9999) %}{% set ns.l = ns.l + ['x' * 999999 ~ a] %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% for a in range(9999) %}{% set x %}{{ 'x' * 999999 }}{% endset %}{% set ns.l = ns.l + [x] %}{% endfor %}",
        "{% set x %}{% for a in range(9999) %}{% for b in range(9999) %}RAW{% endfor %}{% endfor %}{% endset %}",
        "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('x') }}",
        "{% macro f(x) %}{% call(y) f(x) %}{{ y ~ y }}{% endcall %}{{ caller(x ~ x) }}{% endmacro %}{% call(y) f('x' * 99999) %}{% endcall %}",
        "{% for x in ['x'] recursive %}{{ loop([x ~ x]) }}{% endfor %}",
        "{% with a='a' * 9999999, b=a ~ a, c=b ~ b, d=c ~ c %}{% endwith %}",
        "{% for a in ['a' * 9999999] %}{% for b in [a ~ a] %}{% for c in [b ~ b] %}{% for d in [c ~ c] %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
    ] {
        // Raw text long enough to be counted.
        let source = source.replace("RAW", &"raw ".repeat(99));
        let (kind, message, _) = rendered(&source, "x").expect_err(&source);
        assert!(
            matches!(kind, FaultKind::Limit | FaultKind::Running),
            "{source}: {message}"
        );
    }
    let (kind, message, _) = rendered(&"{{ 'x' * 9999999 }}".repeat(4), "x").expect_err("a limit");
    assert_eq!(
        (kind, message.as_str()),
        (
            FaultKind::Limit,
            "the template writes more than any prompt is long"
        )
    );
    let many = "{{ 'x' * 9 * 9 * 9 * 9 * 9 }}".repeat(4);
    assert_eq!(
        rendered(&many, "x").expect_err("too many products").0,
        FaultKind::Limit
    );
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(rendered(&deep, "x").is_err());
}

#[test]
fn what_is_trained_on_is_told_also_without_generation_blocks() {
    let plain = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
    let marked_template = "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</>{% endgeneration %}{% else %}{{ m.content }}</>{% endif %}{% endfor %}";
    for source in [plain, marked_template] {
        let template = Template::new(source, None).expect("a template");
        let mut call = call(conversation());
        call.mask = true;
        let rendered = template.render(&call).expect("a text");
        assert_eq!(
            marked(&rendered),
            "<system>Be terse.</><user>Which way?</><assistant>«That depends.</>»<user>On what?</><assistant>«On you.</>»"
        );
    }
}

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

/// What the engine makes of a row: its text, that with marks around what is trained on, and
/// the prompt that asks for its answer.
fn by_the_engine(named: &mut Named, conversation: &mtp::chat::Conversation<'_>) -> [String; 3] {
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

/// What is read of a text, as JSON, the arguments of calls as objects.
fn talk(read: &mtp::chat::parse::Talk<'_>) -> serde_json::Value {
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
