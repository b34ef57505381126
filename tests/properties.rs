//! What holds for any spec: the notation does not matter, and levels and suppressions
//! change no byte of what is emitted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod common;

use common::made::{Made, make};
use mtp::diagnostics::{Level, RULES};
use mtp::source::SourceMap;
use mtp::syntax::tree::Notation;
use mtp::{Options, import_model, print};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// What all notations can say.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Nothing,
    Text(String),
    /// A number or boolean, as it is written everywhere.
    Word(String),
    List(Vec<Said>),
    Map(Vec<(String, Said)>),
}

fn text(text: impl Into<String>) -> Said {
    Said::Text(text.into())
}

fn word(word: impl ToString) -> Said {
    Said::Word(word.to_string())
}

fn map<const N: usize>(entries: [(&str, Said); N]) -> Said {
    Said::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// Choices that shrink: the numbers of a tape, zeros behind its end.
struct Tape {
    numbers: Vec<u16>,
    at: usize,
}

const BASIC: [&str; 8] = [
    "Alice",
    "Bär",
    "Ворона",
    "Duck",
    "🦊",
    "Goat",
    "Hut_x",
    "猫",
];
const NUMBERS: [&str; 2] = ["Count", "Weight"];
const LISTS: [&str; 2] = ["Place", "Vector"];
const FINALS: [&str; 3] = ["Stop", "Jump", "Mark"];
const PIECES: [&str; 24] = [
    "word", "Ünï", "🫥", "it's", "\"so\"", "a: b", "# no", "\\n", "yes", "null", "5", "- x", "{y}",
    "[z]", "猫が", "&a", "*b", "!c", "100%", "<NON>", "tab\tbed", "a, b", "'q'", "|",
];

impl Tape {
    fn below(&mut self, n: usize) -> usize {
        let number = self.numbers.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(number) % n
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 1
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A text; `number` makes it another than the others.
    fn line(&mut self, number: usize) -> Said {
        let mut line = format!("line {number}");
        for _ in 0..self.below(4) {
            line.push(' ');
            line.push_str(self.pick(&PIECES));
        }
        match self.below(40) {
            37 => line = format!(" {line}"),
            38 => line.push(' '),
            39 => line.push_str("\nand more"),
            _ => {}
        }
        text(line)
    }

    fn protocol(&mut self) -> Vec<(String, Said)> {
        let kind = ["basic", "extended", "state_machine", "multi_classifier"][self.below(4)];
        let inputs = 1 + self.below(3);
        let mut all = vec![(
            "name".to_owned(),
            text(self.pick(&["p", "a protocol", "Прото", "5", "yes"])),
        )];
        all.push(("inputs".to_owned(), word(inputs)));
        if self.coin() {
            all.push(("encrypt".to_owned(), word(self.coin())));
        }
        if self.coin() {
            let formats = ["2.0.1", "2.0.0", "2", "1.2.1", "1.2.0", "1"];
            let count = if kind == "multi_classifier" { 3 } else { 6 };
            all.push(("format".to_owned(), text(formats[self.below(count)])));
        }
        let context = (0..10 + self.below(3))
            .map(|number| self.line(number))
            .collect();
        all.push(("context".to_owned(), Said::List(context)));
        all.push(("tokens".to_owned(), self.tokens()));
        let names: Vec<String> = (0..2).map(|number| format!("set {number}")).collect();
        let sets: Vec<(Vec<&str>, Said)> = names
            .iter()
            .map(|_| self.set(kind != "basic" || inputs > 1))
            .collect();
        let named = names
            .iter()
            .cloned()
            .zip(sets.iter().map(|(_, said)| said.clone()))
            .collect();
        all.push(("token_sets".to_owned(), Said::Map(named)));
        let guardrail = map([
            ("good_prompt", self.line(0)),
            ("bad_prompt", self.line(1)),
            ("bad_output", self.line(2)),
            (
                "samples",
                Said::List(vec![
                    text("one\\two"),
                    text("it's \"bad\""),
                    text("never: #this"),
                ]),
            ),
        ]);
        all.push((
            "guardrails".to_owned(),
            Said::Map(vec![("no-go".to_owned(), guardrail)]),
        ));
        let many = if kind == "state_machine" {
            1
        } else {
            1 + self.below(3)
        };
        let instructions = (0..many).map(|number| {
            let name = format!(
                "{} {number}",
                self.pick(&["does", "умеет", "it's", "a.b", "\"q\""])
            );
            (name, self.instruction(kind, inputs, &names, &sets))
        });
        all.push(("instructions".to_owned(), Said::Map(instructions.collect())));
        all
    }

    fn tokens(&mut self) -> Said {
        let mut tokens: Vec<(String, Said)> = BASIC
            .iter()
            .map(|name| {
                let said = match self.below(4) {
                    0 => Said::Nothing,
                    1 => self.line(0),
                    2 => map([("desc", self.line(0)), ("type", text("token"))]),
                    _ => Said::Map(Vec::new()),
                };
                ((*name).to_owned(), said)
            })
            .collect();
        if self.coin() {
            tokens[0].1 = map([("key", text("🧀"))]);
        }
        for (name, kind) in [
            ("Count", "num"),
            ("Weight", "num"),
            ("Place", "num_list"),
            ("Vector", "num_list"),
        ] {
            let mut said = vec![
                ("type".to_owned(), text(kind)),
                (
                    "min".to_owned(),
                    word(self.pick(&["0", "-5", "-2.5", "0.0", "-1e2"])),
                ),
                (
                    "max".to_owned(),
                    word(self.pick(&["9", "20", "99.5", "1e3", "12345678901234567890"])),
                ),
            ];
            said.extend((kind == "num_list").then(|| ("length".to_owned(), word(2))));
            tokens.push((name.to_owned(), Said::Map(said)));
        }
        tokens.push(("Stop".to_owned(), map([("type", text("final"))])));
        tokens.push((
            "Jump".to_owned(),
            map([("type", text("final")), ("desc", self.line(0))]),
        ));
        tokens.push((
            "Mark".to_owned(),
            map([
                ("type", text("final_num")),
                ("min", word(0)),
                ("max", word("10.5")),
            ]),
        ));
        Said::Map(tokens)
    }

    /// A token set, with numbers or without.
    fn set(&mut self, numbers: bool) -> (Vec<&'static str>, Said) {
        let first = self.below(BASIC.len());
        let mut set = vec![BASIC[first]];
        if self.coin() {
            set.push(BASIC[(first + 1) % BASIC.len()]);
        }
        for kind in [NUMBERS, LISTS] {
            if numbers && self.below(3) == 0 {
                set.insert(self.below(set.len() + 1), kind[self.below(2)]);
            }
        }
        let said = Said::List(set.iter().map(|name| text(*name)).collect());
        (set, said)
    }

    /// Where a set is expected, its name or itself.
    fn used(
        &mut self,
        names: &[String],
        sets: &[(Vec<&'static str>, Said)],
    ) -> (Vec<&'static str>, Said) {
        match self.below(3) {
            0 => self.set(true),
            at => (sets[at - 1].0.clone(), text(&*names[at - 1])),
        }
    }

    fn snippet(&mut self, number: usize, set: &[&str]) -> Said {
        let line = self.line(number);
        let mut said = vec![("string".to_owned(), line.clone())];
        if set.iter().any(|name| NUMBERS.contains(name)) {
            let number = word(self.pick(&["5", "0", "7"]));
            said.push((
                "numbers".to_owned(),
                if self.coin() {
                    number
                } else {
                    Said::List(vec![number])
                },
            ));
        }
        if set.iter().any(|name| LISTS.contains(name)) {
            let list = Said::List(vec![word(self.below(9)), word(self.below(9))]);
            said.push((
                "number_lists".to_owned(),
                if self.coin() {
                    list
                } else {
                    Said::List(vec![list])
                },
            ));
        }
        if said.len() > 1 {
            Said::Map(said)
        } else {
            line
        }
    }

    fn instruction(
        &mut self,
        kind: &str,
        inputs: usize,
        names: &[String],
        sets: &[(Vec<&'static str>, Said)],
    ) -> Said {
        let mut said = Vec::new();
        let mut put = |key: &str, value| said.push((key.to_owned(), value));
        if kind != "basic" || self.coin() {
            put("type", text(kind));
        }
        if self.coin() {
            put("context", Said::List(vec![self.line(50)]));
        }
        let count = inputs + usize::from(kind == "extended");
        let used: Vec<_> = (0..count).map(|_| self.used(names, sets)).collect();
        put(
            "input",
            Said::List(used.iter().map(|(_, said)| said.clone()).collect()),
        );
        if kind == "basic" {
            put("output", self.set(false).1);
        }
        let finals = &FINALS[..self.below(4)];
        let has_finals = matches!(kind, "basic" | "extended");
        match finals {
            [only] if has_finals && self.coin() => put("final", text(*only)),
            [] => {}
            finals if has_finals => put(
                "final",
                Said::List(finals.iter().map(|name| text(*name)).collect()),
            ),
            _ => {}
        }
        if self.coin() {
            put(
                "guardrails",
                Said::Map(vec![(self.below(count).to_string(), text("no-go"))]),
            );
        }
        let states = ["yes", "no", "it's", "5"];
        let declared = self.coin();
        let list = || Said::List(states.iter().map(|state| text(*state)).collect());
        match kind {
            "state_machine" if declared => put("states", list()),
            "multi_classifier" if declared => {
                put("states", map([("null", list()), ("Ü b", list())]))
            }
            _ => {}
        }
        let samples = (0..12).map(|number| {
            let input = used
                .iter()
                .enumerate()
                .map(|(at, (set, _))| self.snippet(number * 10 + at, set));
            let mut sample = vec![("input".to_owned(), Said::List(input.collect()))];
            let output = match kind {
                "state_machine" => text(states[number % 4]),
                "multi_classifier" => map([
                    ("null", text(states[number % 4])),
                    ("Ü b", text(states[number / 3])),
                ]),
                _ => self.line(number + 500),
            };
            sample.push(("output".to_owned(), output));
            if has_finals && !finals.is_empty() {
                let name = finals[number % finals.len()];
                if finals.len() > 1 || self.coin() {
                    sample.push(("final".to_owned(), text(name)));
                }
                if name == "Mark" {
                    sample.push((
                        "value".to_owned(),
                        word(self.pick(&["0", "10.5", "3.25", "1e1", "7"])),
                    ));
                }
            }
            Said::Map(sample)
        });
        let samples = Said::List(samples.collect());
        put("samples", samples);
        Said::Map(said)
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text")
}

fn json(said: &Said) -> String {
    match said {
        Said::Nothing => "null".to_owned(),
        Said::Text(text) => quoted(text),
        Said::Word(word) => word.clone(),
        Said::List(items) => format!(
            "[{}]",
            items.iter().map(json).collect::<Vec<_>>().join(", ")
        ),
        Said::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), json(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(",\n"))
        }
    }
}

/// A scalar of YAML in one of its styles, by what it holds.
fn yaml_scalar(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || " '\"\\%<>/.".contains(c))
        && text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ');
    let printable = !text.contains(|c: char| c.is_control());
    match text.len() % 3 {
        0 | 1 if plain => text.to_owned(),
        1 if printable => format!("'{}'", text.replace('\'', "''")),
        _ => quoted(text),
    }
}

fn yaml(said: &Said, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match said {
        Said::Nothing => {}
        Said::Text(text) => {
            let _ = write!(out, " {}", yaml_scalar(text));
        }
        Said::Word(word) => {
            let _ = write!(out, " {word}");
        }
        Said::List(items) if items.is_empty() => out.push_str(" []"),
        Said::Map(entries) if entries.is_empty() => out.push_str(" {}"),
        // Short lists stand in a line.
        Said::List(items) if items.len() < 3 => {
            let _ = write!(out, " {}", json(said).replace('\n', " "));
        }
        Said::List(items) => {
            for item in items {
                let _ = write!(out, "\n{pad}-");
                yaml(item, indent + 2, out);
            }
        }
        Said::Map(entries) => {
            for (key, value) in entries {
                let _ = write!(out, "\n{pad}{}:", yaml_scalar(key));
                yaml(value, indent + 2, out);
            }
        }
    }
}

fn toml_text(text: &str) -> String {
    let literal = !text.contains(|c: char| c.is_control() || c == '\'');
    if literal && text.len().is_multiple_of(2) {
        format!("'{text}'")
    } else {
        quoted(text)
    }
}

fn toml_value(said: &Said) -> String {
    match said {
        Said::Nothing => "{}".to_owned(),
        Said::Text(text) => toml_text(text),
        Said::Word(word) => word.clone(),
        Said::List(items) => format!(
            "[{}]",
            items
                .iter()
                .map(toml_value)
                .collect::<Vec<_>>()
                .join(",\n  ")
        ),
        Said::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{} = {}", toml_text(key), toml_value(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Tables with headers two levels deep and lists of tables for samples.
fn toml(all: &[(String, Said)]) -> String {
    let mut out = String::new();
    let simple = |said: &Said| !matches!(said, Said::Map(_));
    for (key, value) in all.iter().filter(|(_, value)| simple(value)) {
        let _ = writeln!(out, "{key} = {}", toml_value(value));
    }
    for (key, value) in all {
        let Said::Map(entries) = value else { continue };
        if key != "instructions" {
            let _ = writeln!(out, "\n[{key}]");
            for (key, value) in entries {
                let _ = writeln!(out, "{} = {}", toml_text(key), toml_value(value));
            }
            continue;
        }
        for (name, value) in entries {
            let header = format!("instructions.{}", toml_text(name));
            let Said::Map(entries) = value else { continue };
            let _ = writeln!(out, "\n[{header}]");
            for (key, value) in entries.iter().filter(|(key, _)| key != "samples") {
                let _ = writeln!(out, "{key} = {}", toml_value(value));
            }
            for (_, samples) in entries.iter().filter(|(key, _)| key == "samples") {
                let Said::List(samples) = samples else {
                    continue;
                };
                for sample in samples {
                    let Said::Map(entries) = sample else { continue };
                    let _ = writeln!(out, "\n[[{header}.samples]]");
                    for (key, value) in entries {
                        let _ = writeln!(out, "{key} = {}", toml_value(value));
                    }
                }
            }
        }
    }
    out
}

/// The spec in YAML, TOML and JSON, each with the name of its file.
fn notations(all: &[(String, Said)]) -> [(&'static str, String); 3] {
    let mut block = String::from("# a comment");
    yaml(&Said::Map(all.to_vec()), 0, &mut block);
    block.push('\n');
    [
        ("spec.yaml", block),
        ("spec.toml", toml(all)),
        ("spec.json", json(&Said::Map(all.to_vec()))),
    ]
}

fn tape() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), 0..700)
}

fn config(cases: u32) -> ProptestConfig {
    let rng_seed = proptest::test_runner::RngSeed::Fixed(20_240_607);
    ProptestConfig {
        cases,
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Rules and how often each is broken.
fn rules(made: &Made) -> Vec<&'static str> {
    let mut rules: Vec<_> = made.findings.iter().map(|(rule, _, _)| *rule).collect();
    rules.sort_unstable();
    rules
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn every_notation_gives_the_same_bytes_in_every_run(numbers in tape()) {
        let all = Tape { numbers, at: 0 }.protocol();
        let specs = notations(&all);
        let made: Vec<Made> = specs.iter().map(|(path, text)| make(path, text, &Options::default())).collect();
        for ((path, text), one) in specs.iter().zip(&made) {
            prop_assert!(one.built.is_some(), "{path} is refused:\n{}\n{text}", one.said);
            prop_assert_eq!(rules(one), rules(&made[0]), "other findings in {}:\n{}\n{}", path, one.said, text);
            prop_assert!(one.built == made[0].built, "{path} gives other bytes:\n{text}");
            let again = make(path, text, &Options::default());
            prop_assert!(again.built == one.built, "{path} gives other bytes the second time");
            prop_assert_eq!(&again.said, &one.said);
        }
    }

    #[test]
    fn levels_and_suppressions_change_no_byte(numbers in tape(), choice in prop::collection::vec(0u8..8, 64), deny: bool, allowed in 0usize..4) {
        let all = Tape { numbers, at: 0 }.protocol();
        let plain = notations(&all);
        let base = make(plain[0].0, &plain[0].1, &Options::default());
        prop_assert!(base.built.is_some(), "refused:\n{}", base.said);
        let mut options = Options::default();
        let mut own = Vec::new();
        let mut denied = deny;
        let open = RULES.iter().filter(|rule| !rule.locked);
        for (rule, choice) in open.zip(choice) {
            match choice {
                0 => options.levels.set(rule, Level::Off),
                1 => options.levels.set(rule, Level::Warn),
                2 => options.project_levels.set(rule, Level::Off),
                3 => own.push((rule.name.to_owned(), text("off"))),
                4 => own.push((rule.name.to_owned(), text("warn"))),
                5 if allowed == 3 => {
                    options.levels.set(rule, Level::Error);
                    denied = true;
                }
                _ => {}
            }
        }
        options.levels.deny_warnings = deny;
        let mut levelled = all.clone();
        levelled.insert(1, ("rules".to_owned(), Said::Map(own)));
        let broken: BTreeSet<&str> = base.findings.iter().map(|(rule, _, _)| *rule).collect();
        let silenced: Vec<&str> = broken.into_iter().take(allowed).collect();
        for (path, mut spec) in notations(&levelled) {
            if !silenced.is_empty() && path != "spec.json" {
                let _ = writeln!(spec, "\n# mtp: allow-file({})", silenced.join(", "));
            }
            let made = make(path, &spec, &options);
            match &made.built {
                Some(built) => prop_assert!(Some(built) == base.built.as_ref(), "{path} gives other bytes"),
                None => prop_assert!(denied, "{path} is refused:\n{}", made.said),
            }
        }
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn what_is_built_becomes_a_spec_that_builds_the_same(numbers in tape()) {
        let all = Tape { numbers, at: 0 }.protocol();
        let [(path, text), ..] = notations(&all);
        let made = make(path, &text, &Options::default());
        let Some([model, _]) = made.built else {
            return Err(TestCaseError::fail(format!("refused:\n{}", made.said)));
        };
        let sources = SourceMap::default();
        let imported = import_model(&sources, Path::new("model.json"), model.clone(), &Options::default());
        let told: Vec<&String> = imported.diagnostics.iter().map(|found| &found.message).collect();
        prop_assert!(told.is_empty(), "{told:?}\n{text}");
        let spec = imported.spec.expect("a spec");
        for (notation, path) in [(Notation::Yaml, "again.yaml"), (Notation::Toml, "again.toml"), (Notation::Json, "again.json")] {
            let printed = print::text(&print::from_ast(&spec, notation), notation);
            let again = make(path, &printed, &Options::default());
            let again = again.built.map(|[model, _]| model);
            prop_assert!(again.as_ref() == Some(&model), "{path} builds something else:\n{printed}");
        }
    }
}
