//! `mtp split`: both halves are specs of the same protocol, every sample is in one of
//! them, and which one is the same everywhere.
//!
//! A case is a spec in `tests/split/`, or a folder with a `spec.*`; beside it stand the
//! two halves.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::{blessed, entries, spec_of};
use mtp::diagnostics::{Diagnostics, Severity};
use mtp::source::{Disk, SourceMap};
use mtp::split::{self, Division, Part, Settings, Whole};
use mtp::{Options, Taken, emit};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn mtp(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_mtp"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("a command that runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// The model file of a spec that is valid.
fn model(path: &Path, bytes: Vec<u8>) -> Value {
    let sources = SourceMap::default();
    let options = Options::default();
    let outcome = mtp::check(&sources, &Disk, path, bytes, Taken::AsSpec, &options);
    let protocol = outcome.protocol.unwrap_or_else(|| {
        let errors = outcome.diagnostics.iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<&str> = errors.map(|finding| finding.message.as_str()).collect();
        panic!("{}: {errors:?}", path.display())
    });
    let mut model = Vec::new();
    emit::model(&protocol, &mut model).expect("JSON");
    serde_json::from_slice(&model).expect("JSON")
}

/// A spec divided: where its samples go, and both halves.
struct Divided {
    division: Division,
    train: String,
    eval: String,
}

/// Divides a spec; `None` if there are too few samples.
fn divided(path: &Path, bytes: Vec<u8>, settings: &Settings) -> Option<Divided> {
    let sources = SourceMap::default();
    let options = Options::default();
    let outcome = mtp::check(&sources, &Disk, path, bytes, Taken::AsSpec, &options);
    let protocol = outcome
        .protocol
        .unwrap_or_else(|| panic!("{}: {:?}", path.display(), outcome.diagnostics));
    let mut findings = Diagnostics::default();
    let division = split::divide(&protocol, settings, &mut findings);
    if findings.iter().next().is_some() {
        return None;
    }
    let again = SourceMap::default();
    let whole = Whole::read(&protocol, &sources, &again, &mut findings).expect("a spec");
    let half = |part| whole.half(&protocol, &division, part, "A half.".to_owned());
    let (train, eval) = (half(Part::Train), half(Part::Eval));
    Some(Divided {
        division,
        train,
        eval,
    })
}

/// Takes the samples out of a model file, as text and by instruction.
fn samples(model: &mut Value) -> Vec<Vec<String>> {
    let sets = model["instruction"]["sets"].as_array_mut();
    let sets = sets.expect("a list").iter_mut();
    sets.map(|set| {
        let samples = set["samples"].take();
        let samples = samples.as_array().expect("a list").iter();
        samples.map(Value::to_string).collect()
    })
    .collect()
}

/// Holds the halves against the whole.
fn compare(path: &Path, bytes: Vec<u8>, divided: &Divided) {
    let shown = path.display();
    let mut whole = model(path, bytes);
    // Halves stand alone, wherever the whole stood.
    let ending = path.extension().expect("an ending").to_string_lossy();
    let alone = PathBuf::from(format!("/nowhere/half.{ending}"));
    let mut train = model(&alone, divided.train.clone().into_bytes());
    let mut eval = model(&alone, divided.eval.clone().into_bytes());
    let all = samples(&mut whole);
    let halves = [
        (Part::Train, samples(&mut train)),
        (Part::Eval, samples(&mut eval)),
    ];
    // Apart from its samples, a half is the whole.
    assert_eq!(train, whole, "{shown}: the training half");
    assert_eq!(eval, whole, "{shown}: the evaluation half");
    for (half, found) in &halves {
        for ((found, all), parts) in found.iter().zip(&all).zip(&divided.division) {
            let expected = parts.iter().filter(|part| part.is_in(*half)).count();
            assert_eq!(found.len(), expected, "{shown}: {half:?}");
            // In the order of the whole.
            let mut rest = all.iter();
            let is_part = found.iter().all(|sample| rest.any(|other| other == sample));
            assert!(is_part, "{shown}: {half:?}: {found:?}");
        }
    }
    // Each in one half, or in both where that was said.
    let [(_, train), (_, eval)] = halves;
    for (((all, train), eval), parts) in all.iter().zip(train).zip(eval).zip(&divided.division) {
        let mut found = [train, eval].concat();
        for sample in all {
            let at = found.iter().position(|other| other == sample);
            found.swap_remove(at.unwrap_or_else(|| panic!("{shown}: {sample} is lost")));
        }
        let both = parts.iter().filter(|part| **part == Part::Both).count();
        assert_eq!(found.len(), both, "{shown}: {found:?}");
    }
}

#[test]
fn cases_are_divided_as_expected() {
    let mut failures = Vec::new();
    let mut count = 0;
    for case in entries(Path::new("tests/split")) {
        let ending = case.extension().and_then(|ending| ending.to_str());
        if !(case.is_dir() || matches!(ending, Some("yaml" | "toml" | "json"))) {
            continue;
        }
        count += 1;
        let spec = spec_of(&case);
        let out = TempDir::new().expect("a folder");
        let (code, stdout, stderr) = mtp(&[
            "split",
            spec.to_str().expect("a path"),
            "--eval=0.3",
            "--seed=7",
            "-o",
            out.path().to_str().expect("a path"),
        ]);
        assert_eq!(
            (code, stdout.as_str()),
            (0, ""),
            "{}: {stderr}",
            spec.display()
        );
        let stem = spec.file_stem().expect("a name").to_string_lossy();
        let ending = spec.extension().expect("an ending").to_string_lossy();
        for half in ["train", "eval"] {
            let path = out.path().join(format!("{stem}.{half}.{ending}"));
            let text = std::fs::read_to_string(path).expect("a half");
            failures.extend(blessed(&case, half, &text));
        }
    }
    assert!(count >= 4, "only {count} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every spec of the project that is valid.
fn specs() -> Vec<PathBuf> {
    let mut specs = Vec::new();
    for folder in [
        "tests/compile",
        "tests/split",
        "specs",
        "specs/split",
        "src/cli/init",
    ] {
        for path in entries(Path::new(folder)) {
            let name = path.file_name().expect("a name").to_string_lossy();
            let is_file = [".yaml", ".toml", ".json"]
                .iter()
                .any(|ending| name.ends_with(ending));
            if path.is_dir() && folder.starts_with("tests") && !name.starts_with('_') {
                let found = entries(&path).into_iter();
                specs.extend(found.filter(|path| path.file_stem().is_some_and(|s| s == "spec")));
            } else if path.is_file() && is_file && name != "mtp.toml" {
                specs.push(path);
            }
        }
    }
    assert!(specs.len() > 200, "only {} specs", specs.len());
    specs
}

#[test]
fn halves_of_every_spec_build_the_same_protocol() {
    let mut whole = 0;
    for spec in specs() {
        let bytes = || std::fs::read(&spec).expect("a file");
        let mut settings = Settings {
            share: 0.3,
            seed: 3,
            share_small: false,
        };
        whole += usize::from(divided(&spec, bytes(), &settings).is_some());
        settings.share_small = true;
        let divided = divided(&spec, bytes(), &settings).expect("a division");
        compare(&spec, bytes(), &divided);
    }
    assert!(whole > 5, "only {whole} specs were divided as a whole");
}

/// A spec with so many samples of each final, state and combination.
#[derive(Clone, Debug)]
enum Made {
    Basic(Vec<usize>),
    States(Vec<usize>),
    Labels(Vec<Vec<usize>>),
}

impl Made {
    /// The spec, its samples in an order that `turn` decides.
    fn spec(&self, turn: usize) -> String {
        let (head, mut samples) = self.samples();
        let at = turn % samples.len().max(1);
        samples.rotate_left(at);
        if turn % 2 == 1 {
            samples.reverse();
        }
        let context: Vec<String> = (0..10).map(|n| format!("Line {n}.")).collect();
        format!(
            "name: made\ninputs: 1\ncontext: [{}]\ntokens:\n  In: \n  Out: \n{head}    samples:\n{}",
            context.join(", "),
            samples.concat()
        )
    }

    fn samples(&self) -> (String, Vec<String>) {
        let mut head = String::new();
        let mut samples = Vec::new();
        let mut add = |count: usize, rest: String| {
            for _ in 0..count {
                let n = samples.len();
                samples.push(format!(
                    "      - {{ input: [number {n}], output: {rest} }}\n"
                ));
            }
        };
        match self {
            Made::Basic(counts) => {
                let names: Vec<String> = (0..counts.len()).map(|n| format!("End{n}x")).collect();
                for name in &names {
                    let _ = writeln!(head, "  {name}: {{ type: final }}");
                }
                let _ = writeln!(
                    head,
                    "instructions:\n  do:\n    input: [[In]]\n    output: [Out]\n    final: [{}]",
                    names.join(", ")
                );
                for (name, count) in names.iter().zip(counts) {
                    add(*count, format!("done, final: {name}"));
                }
            }
            Made::States(counts) => {
                head += "instructions:\n  do:\n    type: state_machine\n    input: [[In]]\n";
                for (at, count) in counts.iter().enumerate() {
                    add(*count, format!("state {at}"));
                }
            }
            Made::Labels(counts) => {
                head += "instructions:\n  do:\n    type: multi_classifier\n    input: [[In]]\n";
                for (a, counts) in counts.iter().enumerate() {
                    for (b, count) in counts.iter().enumerate() {
                        add(*count, format!("{{ a: a{a}, b: b{b} }}"));
                    }
                }
            }
        }
        (head, samples)
    }

    /// The groups that stand behind each other, and the fewest samples of a half: of each
    /// group, and of all.
    fn groups(&self) -> (Vec<usize>, usize, usize) {
        match self {
            Made::Basic(counts) => (counts.clone(), 3, 3),
            Made::States(counts) => (counts.clone(), 0, 10),
            Made::Labels(counts) => (counts.concat(), 0, 3),
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    prop_oneof![
        prop::collection::vec(6..60_usize, 1..5).prop_map(Made::Basic),
        prop::collection::vec(1..40_usize, 1..6)
            .prop_filter("twice ten", |counts| counts.iter().sum::<usize>() >= 20)
            .prop_map(Made::States),
        prop::collection::vec(prop::collection::vec(0..12_usize, 3), 2..4)
            .prop_filter("twice three", |counts| counts
                .concat()
                .iter()
                .sum::<usize>()
                >= 6)
            .prop_map(Made::Labels),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn both_halves_look_like_the_whole(made in made(), percent in 1..99_u32, seed: u64, turn in 0..50_usize) {
        let path = Path::new("/nowhere/made.yaml");
        let share = f64::from(percent) / 100.0;
        let settings = Settings { share, seed, share_small: false };
        let spec = made.spec(0);
        let result = divided(path, spec.clone().into_bytes(), &settings).expect("enough samples");
        compare(path, spec.clone().into_bytes(), &result);
        let parts = &result.division[0];
        prop_assert!(parts.iter().all(|part| *part != Part::Both));

        // In proportion, within one, but for the fewest that a half needs.
        let (groups, least, least_of_all) = made.groups();
        let mut at = 0;
        let mut evals = Vec::new();
        for count in &groups {
            let group = &parts[at..at + count];
            at += count;
            let eval = group.iter().filter(|part| **part == Part::Eval).count();
            evals.push(eval);
        }
        let all: usize = groups.iter().sum();
        let wanted = |count: usize, least: usize| {
            (count as f64 * share).clamp(least as f64, (count - least) as f64)
        };
        let total: usize = evals.iter().sum();
        if least == 0 {
            prop_assert!((total as f64 - wanted(all, least_of_all)).abs() <= 1.0, "{total} of {all}");
        }
        // What groups with a single sample cannot give, others do.
        let has_spare = groups.iter().filter(|count| **count == 1).count() == 0;
        let (evals, groups, off) = match &made {
            // Of labels it is the values that give in proportion, not their combinations.
            Made::Labels(counts) => {
                let (rows, columns) = (counts.len(), counts[0].len());
                let values = |counts: &[usize]| {
                    let row = |at: usize| counts[at * columns..][..columns].iter().sum();
                    let column = |at: usize| counts.iter().skip(at).step_by(columns).sum();
                    let all = (0..rows).map(row).chain((0..columns).map(column));
                    all.collect::<Vec<usize>>()
                };
                (values(&evals), values(&groups), 2.0)
            }
            _ => (evals, groups, 1.0),
        };
        for (eval, count) in evals.iter().zip(&groups).filter(|(_, count)| **count > 0) {
            let wanted = match least {
                0 => total as f64 * *count as f64 / all as f64,
                least => wanted(*count, least),
            };
            let is_near = (*eval as f64 - wanted).abs() <= off;
            prop_assert!(is_near || !has_spare, "{eval} of {count}: {evals:?} {groups:?}");
        }

        // The same again, and wherever the samples stand.
        let again = divided(path, spec.into_bytes(), &settings).expect("a division");
        prop_assert_eq!((&again.train, &again.eval), (&result.train, &result.eval));
        let turned = divided(path, made.spec(turn).into_bytes(), &settings).expect("a division");
        let lines = |text: &str| {
            let mut lines: Vec<String> = text
                .lines()
                .filter(|line| line.contains("number "))
                .map(str::to_owned)
                .collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(lines(&turned.eval), lines(&result.eval));
    }
}

#[test]
fn another_seed_is_another_division() {
    let spec = Made::Basic(vec![30, 30]).spec(0);
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..20 {
        let settings = Settings {
            share: 0.5,
            seed,
            share_small: false,
        };
        let divided = divided(Path::new("made.yaml"), spec.clone().into_bytes(), &settings);
        let other = seen.insert(divided.expect("a division").eval, seed);
        assert_eq!(other, None, "seed {seed}");
    }
}

#[test]
fn every_value_of_a_label_gives_its_part() {
    const LABELS: [(&str, u32); 4] = [("a", 2), ("b", 3), ("c", 7), ("d", 20)];
    let mut spec = "name: many\ninputs: 1\ntokens: { In: }\n\
context: [a, b, c, d, e, f, g, h, i, j]\ninstructions:\n  do:\n    type: multi_classifier\n    \
input: [[In]]\n    samples:\n"
        .to_owned();
    let mut counts: BTreeMap<(&str, u32), [usize; 2]> = BTreeMap::new();
    let mut state: u32 = 7;
    let mut answers = Vec::new();
    for at in 0..600 {
        let values = LABELS.map(|(label, values)| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The first of two numbers is the smaller one more often.
            let both = ((state >> 8) % values, (state >> 20) % values);
            (label, both.0.min(both.1))
        });
        let labels = values.map(|(label, value)| format!("{label}: \"{value}\""));
        let labels = labels.join(", ");
        spec += &format!("      - {{ input: [text {at}], output: {{ {labels} }} }}\n");
        answers.push(values);
    }
    let settings = Settings {
        share: 0.2,
        seed: 3,
        share_small: false,
    };
    let divided = divided(Path::new("many.yaml"), spec.into_bytes(), &settings);
    let parts = divided.expect("a division").division.concat();
    for (values, part) in answers.iter().zip(&parts) {
        for value in values {
            let [all, eval] = counts.entry(*value).or_default();
            *all += 1;
            *eval += usize::from(*part == Part::Eval);
        }
    }
    let count = parts.iter().filter(|part| **part == Part::Eval).count();
    assert_eq!(count, 120);
    for (value, [all, eval]) in counts {
        let exact = all as f64 * settings.share;
        let difference = (eval as f64 - exact).abs();
        assert!(difference <= 1.5, "{value:?}: {eval} of {all}");
    }
}

#[test]
fn a_division_stays_when_a_sample_is_added() {
    let settings = Settings {
        share: 0.5,
        seed: 1,
        share_small: false,
    };
    let eval = |count: usize| {
        let spec = Made::Basic(vec![count]).spec(0);
        let divided = divided(Path::new("made.yaml"), spec.into_bytes(), &settings);
        let parts = divided.expect("a division").division.concat();
        let places = parts.into_iter().enumerate();
        let places = places.filter(|(_, part)| *part == Part::Eval);
        places.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    for count in 20..40 {
        let (before, after) = (eval(count), eval(count + 1));
        let left = before.iter().filter(|at| !after.contains(at)).count();
        assert!(left <= 1, "{before:?} {after:?}");
    }
}

#[test]
fn what_is_too_small_is_named_at_its_place() {
    let out = TempDir::new().expect("a folder");
    let out = out.path().join("new");
    let out = out.to_str().expect("a path");
    for (spec, rule, place, help) in [
        (
            "specs/wonderland.yaml",
            "too-few-samples-for-final",
            "wonderland.yaml:74:13",
            "add 2 more",
        ),
        (
            "specs/traffic-light.yaml",
            "too-few-samples",
            "traffic-light.yaml:33:3",
            "add 6 more",
        ),
        (
            "tests/stats/labels/spec.yaml",
            "too-few-samples",
            "spec.yaml:7:3",
            "add 3 more",
        ),
    ] {
        let (code, stdout, stderr) = mtp(&["split", spec, "-o", out]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        for expected in [&format!("error[{rule}]"), place, help, "--share-small"] {
            assert!(stderr.contains(expected), "{expected}: {stderr}");
        }
        assert!(!Path::new(out).exists(), "{spec}: something was written");
    }
}

#[test]
fn what_the_spec_is_read_from_is_not_overwritten() {
    let folder = TempDir::new().expect("a folder");
    let text = Made::Basic(vec![9]).spec(0);
    let text = text.replace("inputs: 1", "inputs: 1\ninclude: cat.eval.yaml");
    let spec = folder.path().join("cat.yaml");
    std::fs::write(&spec, text).expect("a file");
    let words = folder.path().join("cat.eval.yaml");
    std::fs::write(&words, "context: [A line.]\n").expect("a file");
    let (spec, out) = (
        spec.to_str().expect("a path"),
        folder.path().to_str().expect("a path"),
    );
    let (code, _, stderr) = mtp(&["split", spec, "-o", out]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("would be overwritten"), "{stderr}");
    assert_eq!(entries(folder.path()).len(), 2);
    let other = folder.path().join("other");
    let (code, _, stderr) = mtp(&["split", spec, "-o", other.to_str().expect("a path")]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(entries(&other).len(), 2);
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    let spec = "tests/split/bakery.yaml";
    for arguments in [
        &["split"][..],
        &["split", spec, "--eval", "1"],
        &["split", spec, "--eval", "0"],
        &["split", spec, "--eval", "nan"],
        &["split", spec, "--eval", "half"],
        &["split", spec, "--seed", "-1"],
        &["split", "specs"],
        &["split", "specs/*.yaml"],
        &["split", "none.yaml"],
        &["split", "tests/compile/_specs/wonderland/model.json"],
    ] {
        let (code, stdout, stderr) = mtp(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
        assert!(
            !stderr.is_empty() && !stderr.contains("panicked"),
            "{stderr}"
        );
    }
}

#[test]
fn the_format_of_a_project_goes_with_the_halves() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("mtp.toml"), "format = \"1.2.0\"\n").expect("a file");
    let spec = folder.path().join("made.yaml");
    std::fs::write(&spec, Made::States(vec![20, 20]).spec(0)).expect("a file");
    let out = TempDir::new().expect("a folder");
    let (spec, to) = (
        spec.to_str().expect("a path"),
        out.path().to_str().expect("a path"),
    );
    let (code, _, stderr) = mtp(&["split", spec, "-o", to, "--eval", "0.5"]);
    assert_eq!(code, 0, "{stderr}");
    for half in ["train", "eval"] {
        let path = out.path().join(format!("made.{half}.yaml"));
        let model = model(&path, std::fs::read(&path).expect("a half"));
        let schema = model["$schema"].as_str().expect("text");
        assert!(schema.contains("1_2_0"), "{schema}");
    }
}
