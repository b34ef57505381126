//! The command as scripts and CI see it: exit codes, streams, files, formats.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

const GOOD: &str = "specs/wonderland.yaml";

/// A spec with a mistake in its fourth line.
const BAD: &str = "name: bad\ninputs: 1\ntokens: {Talk: , Go: {type: final}}\n\
token_sets: {talk: [Tlak]}\ncontext: [a, b, c, d, e, f, g, h, i, j]\ninstructions:\n  say:\n    \
input: [talk]\n    output: [Talk]\n    final: Go\n    samples:\n      - {input: [a], output: b}\n      \
- {input: [c], output: d}\n      - {input: [e], output: f}\n";

fn names(folder: &Path) -> Vec<String> {
    let files = common::entries(folder).into_iter();
    files
        .map(|path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn build_writes_both_files_and_template_one() {
    let out = TempDir::new().expect("a folder");
    let (code, stdout, stderr) = run(mtp(&["build", GOOD, "-o"]).arg(out.path()));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert_eq!(
        names(out.path()),
        ["wonderland_model.json", "wonderland_template.json"]
    );
    let expected = Path::new("tests/compile/_specs/wonderland");
    for kind in ["model", "template"] {
        let written =
            std::fs::read(out.path().join(format!("wonderland_{kind}.json"))).expect("a file");
        assert_eq!(
            written,
            std::fs::read(expected.join(format!("{kind}.json"))).expect("a file")
        );
    }
    let alone = TempDir::new().expect("a folder");
    let (code, _, _) = run(mtp(&["template", GOOD, "-o"]).arg(alone.path()));
    assert_eq!(code, 0);
    assert_eq!(names(alone.path()), ["wonderland_template.json"]);
}

#[test]
fn nothing_is_written_when_any_spec_has_an_error() {
    let folder = folder_with(&[("bad.yaml", BAD)]);
    let out = folder.path().join("out");
    let (code, stdout, stderr) = run(mtp(&["build", GOOD])
        .arg(folder.path().join("bad.yaml"))
        .arg("-o")
        .arg(&out));
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("undefined-token"), "{stderr}");
    assert!(!out.exists() || names(&out).is_empty(), "{:?}", names(&out));
}

#[test]
fn what_stands_there_is_left_alone_by_a_failed_build() {
    let folder = folder_with(&[
        ("bad.yaml", BAD),
        ("out/bad_model.json", "old"),
        ("out/bad_template.json", "old"),
    ]);
    let out = folder.path().join("out");
    let (code, _, _) = run(mtp(&["build"])
        .arg(folder.path().join("bad.yaml"))
        .arg("-o")
        .arg(&out));
    assert_eq!(code, 1);
    assert_eq!(names(&out), ["bad_model.json", "bad_template.json"]);
    assert_eq!(
        std::fs::read_to_string(out.join("bad_model.json")).expect("a file"),
        "old"
    );
}

#[test]
fn check_tells_whether_files_are_current() {
    let out = TempDir::new().expect("a folder");
    let build = |more: &[&str]| run(mtp(&["build", GOOD, "-o"]).arg(out.path()).args(more));
    let (code, _, stderr) = build(&["--check"]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("is not there"), "{stderr}");
    assert!(names(out.path()).is_empty());
    assert_eq!(build(&[]).0, 0);
    assert_eq!(build(&["--check"]).0, 0);
    std::fs::write(out.path().join("wonderland_template.json"), "{}").expect("a file");
    let (code, _, stderr) = build(&["--check"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("is not what would be written"), "{stderr}");
    assert!(stderr.contains("without `--check` writes"), "{stderr}");
    assert!(!build(&["--check", "-q"]).2.contains("without"));
}

#[test]
fn stdout_holds_the_files_and_nothing_else() {
    let (code, stdout, _) = run(&mut mtp(&["template", GOOD, "--stdout"]));
    assert_eq!(code, 0);
    let expected =
        std::fs::read_to_string("tests/compile/_specs/wonderland/template.json").expect("a file");
    assert_eq!(stdout, expected + "\n");
}

#[test]
fn exit_codes_tell_errors_from_failures() {
    let folder = folder_with(&[("bad.yaml", BAD), ("empty/readme.txt", "")]);
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (bad, missing, empty) = (path("bad.yaml"), path("none.yaml"), path("empty"));
    for (arguments, code) in [
        (vec!["validate", GOOD], 0),
        (vec!["validate", "specs"], 0),
        (vec!["validate", bad.as_str()], 1),
        (vec!["validate", GOOD, bad.as_str()], 1),
        (vec!["validate", missing.as_str()], 2),
        (vec!["validate", bad.as_str(), missing.as_str()], 2),
        (vec!["validate", empty.as_str()], 2),
        (vec!["validate", empty.as_str(), "--allow-empty"], 0),
        (vec!["validate", GOOD, "--output-format", "jsn"], 2),
        (vec!["validate", GOOD, "--rule", "unused-tokn=off"], 2),
        (vec!["validate", GOOD, "--rule", "syntax=off"], 2),
        (vec!["validate", GOOD, "--rule", "unused-token=quiet"], 2),
        (vec!["build", missing.as_str()], 2),
        (vec!["build", "specs"], 2),
        (vec!["explain", "undefined-token"], 0),
        (vec!["explain", "undefined-tokn"], 2),
        (vec!["schema"], 0),
        (vec!["nonsense"], 2),
        (vec![], 2),
    ] {
        let (found, _, stderr) = run(&mut mtp(&arguments));
        assert_eq!(found, code, "{arguments:?}: {stderr}");
        let is_panic = stderr.contains("panicked");
        assert!(!is_panic, "{arguments:?}: {stderr}");
    }
}

#[test]
fn slips_on_the_command_line_are_answered_with_the_nearest() {
    for (arguments, near) in [
        (["validate", GOOD, "--output-format", "jsn"], "`json`"),
        (
            ["validate", GOOD, "--rule", "unused-tokn=off"],
            "`unused-token`",
        ),
        (["validate", GOOD, "--rule", "unused-token=of"], "`off`"),
    ] {
        let (_, _, stderr) = run(&mut mtp(&arguments));
        assert!(stderr.contains(near), "{stderr}");
    }
}

#[test]
fn json_has_the_shape_of_the_contract() {
    let folder = folder_with(&[("bad.yaml", BAD)]);
    let path = folder.path().join("bad.yaml");
    let (code, stdout, _) = run(mtp(&["validate", "--output-format", "json"]).arg(&path));
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(
        (&report["files"], &report["errors"], &report["warnings"]),
        (&1.into(), &1.into(), &0.into())
    );
    let finding = &report["diagnostics"][0];
    assert_eq!(finding["rule"], "undefined-token");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"].as_str(), path.to_str());
    let span = &finding["span"];
    let slice = span["start"].as_u64().expect("a number") as usize
        ..span["end"].as_u64().expect("a number") as usize;
    assert_eq!(&BAD[slice], "Tlak");
    assert_eq!((&span["line"], &span["column"]), (&4.into(), &21.into()));
    assert_eq!(
        (&span["end_line"], &span["end_column"]),
        (&4.into(), &25.into())
    );
}

#[test]
fn findings_of_build_go_to_standard_error() {
    let folder = folder_with(&[("bad.yaml", BAD)]);
    let (_, stdout, stderr) =
        run(mtp(&["build", "--output-format", "short"]).arg(folder.path().join("bad.yaml")));
    assert_eq!(stdout, "");
    assert!(stderr.contains(":4:21: error[undefined-token]"), "{stderr}");
}

#[test]
fn standard_input_is_a_spec_too() {
    use std::io::Write;
    let mut command = mtp(&[
        "validate",
        "-",
        "--stdin-filename",
        "draft.toml",
        "--output-format",
        "short",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"name = 5\n")
        .expect("written");
    let output = child.wait_with_output().expect("an end");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout.contains("draft.toml:1:8: error[wrong-type]"),
        "{stdout}"
    );
}

#[test]
fn folders_are_searched_and_what_is_no_spec_is_counted() {
    let good = std::fs::read_to_string(GOOD).expect("a file");
    let folder = folder_with(&[
        ("a.yaml", &good),
        ("sub/b.yml", &good),
        ("other.json", "{\"version\": 3}"),
        ("part.yaml", "tokens: {A: }\n"),
        (".gitignore", "ignored/\n"),
        ("ignored/bad.yaml", BAD),
    ]);
    let (code, stdout, stderr) = run(mtp(&["validate", "-v"]).current_dir(folder.path()));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("Checked 2 specs: no problems."), "{stderr}");
    assert!(
        stderr.contains("other.json") && stderr.contains("part.yaml"),
        "{stderr}"
    );
}

#[test]
fn a_broken_file_in_a_folder_is_an_error() {
    let folder = folder_with(&[
        ("a.yaml", &std::fs::read_to_string(GOOD).expect("a file")),
        ("b.yaml", "a: ["),
    ]);
    let (code, stdout, _) =
        run(mtp(&["validate", "--output-format", "short"]).current_dir(folder.path()));
    assert_eq!(code, 1);
    assert!(stdout.contains("b.yaml:1:"), "{stdout}");
}

#[test]
fn the_project_file_sets_levels_and_is_itself_checked() {
    let spec = BAD
        .replace("Tlak", "Talk")
        .replace("tokens: {", "tokens: {Extra: , ");
    let folder = folder_with(&[
        ("spec.yaml", &spec),
        ("mtp.toml", "[rules]\nunused-token = \"error\"\n"),
    ]);
    let (code, stdout, _) =
        run(mtp(&["validate", "--output-format", "short"]).current_dir(folder.path()));
    assert_eq!(code, 1);
    assert!(stdout.contains("error[unused-token]"), "{stdout}");
    let (code, _, _) =
        run(mtp(&["validate", "--rule", "unused-token=off"]).current_dir(folder.path()));
    assert_eq!(code, 0);
    std::fs::write(
        folder.path().join("mtp.toml"),
        "[rules]\nunused-tokn = \"error\"\n",
    )
    .expect("a file");
    let (code, stdout, stderr) =
        run(mtp(&["validate", "--output-format", "short"]).current_dir(folder.path()));
    assert_eq!(code, 2);
    assert!(
        stdout.contains("mtp.toml:2:1: error[invalid-value]"),
        "{stdout}{stderr}"
    );
}

#[test]
fn the_project_file_names_the_folder_for_outputs() {
    let folder = folder_with(&[
        ("specs/spec.yaml", &BAD.replace("Tlak", "Talk")),
        (
            "mtp.toml",
            "format = \"1.2.0\"\n[build]\nout_dir = \"made\"\n",
        ),
    ]);
    let (code, _, stderr) = run(mtp(&["build", "specs/spec.yaml"]).current_dir(folder.path()));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(
        names(&folder.path().join("made")),
        ["bad_model.json", "bad_template.json"]
    );
    let model = std::fs::read_to_string(folder.path().join("made/bad_model.json")).expect("a file");
    assert!(model.contains("bloom_1_2_0.json"));
}

#[test]
fn bad_input_is_an_answer_and_never_a_crash() {
    let deep = |open: &str| open.repeat(10_000);
    let bomb: String = (1..12).fold(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |text, n| {
            let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
            text + &format!("a{n}: &a{n} [{aliases}]\n")
        },
    );
    let files: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.yaml", Vec::new(), "missing-key"),
        ("empty.toml", Vec::new(), "missing-key"),
        ("empty.json", Vec::new(), "missing-key"),
        ("bytes.yaml", b"name: a\xffb\n".to_vec(), "syntax"),
        ("bytes.toml", b"name = \"a\xffb\"\n".to_vec(), "syntax"),
        ("list.yaml", b"- a\n- b\n".to_vec(), "wrong-type"),
        ("list.json", b"[1, 2]".to_vec(), "wrong-type"),
        ("deep.yaml", deep("[").into_bytes(), "limit-exceeded"),
        ("deep-block.yaml", deep("- ").into_bytes(), "limit-exceeded"),
        ("deep.json", deep("[").into_bytes(), "limit-exceeded"),
        (
            "deep-map.json",
            deep("{\"a\":").into_bytes(),
            "limit-exceeded",
        ),
        (
            "deep.toml",
            format!("a = {}", deep("[")).into_bytes(),
            "limit-exceeded",
        ),
        ("bomb.yaml", bomb.into_bytes(), "limit-exceeded"),
        ("nul.yaml", b"name: a\0b\n".to_vec(), "syntax"),
        ("cycle.yaml", b"a: &a [*a]\n".to_vec(), "syntax"),
        (
            "tag.yaml",
            b"name: !!python/object:os.system x\n".to_vec(),
            "syntax",
        ),
        (
            "self.yaml",
            BAD.replace("name: bad", "name: bad\ninclude: self.yaml")
                .into_bytes(),
            "unreadable-file",
        ),
        (
            "outside.yaml",
            BAD.replace("name: bad", "name: bad\ninclude: ../../x.yaml")
                .into_bytes(),
            "unreadable-file",
        ),
        (
            "absolute.yaml",
            BAD.replace("name: bad", "name: bad\ninclude: /etc/passwd")
                .into_bytes(),
            "unreadable-file",
        ),
        (
            "device.yaml",
            BAD.replace("name: bad", "name: bad\ninclude: pipe.yaml")
                .into_bytes(),
            "unreadable-file",
        ),
    ];
    let folder = TempDir::new().expect("a folder");
    for (name, bytes, rule) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let (code, stdout, stderr) = run(mtp(&["validate", "--output-format", "json"]).arg(&path));
        assert_eq!(code, 1, "{name}: {stderr}");
        let report: Value = serde_json::from_str(&stdout).expect("JSON");
        let rules: Vec<&str> = report["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|finding| finding["rule"].as_str())
            .collect();
        assert!(rules.contains(&rule), "{name}: {rules:?}");
    }
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let plain = std::fs::read_to_string(GOOD).expect("a file");
    let folder = folder_with(&[(
        "spec.yaml",
        &format!("\u{feff}{}", plain.replace('\n', "\r\n")),
    )]);
    let (code, stdout, stderr) = run(mtp(&["build", "--stdout"])
        .arg(folder.path().join("spec.yaml"))
        .env("NO_COLOR", "1"));
    assert_eq!(code, 0, "{stderr}");
    let read = |kind| {
        std::fs::read_to_string(format!("tests/compile/_specs/wonderland/{kind}.json"))
            .expect("a file")
    };
    assert_eq!(stdout, format!("{}\n{}\n", read("model"), read("template")));
    let folder = folder_with(&[(
        "bad.yaml",
        &format!("\u{feff}{}", BAD.replace('\n', "\r\n")),
    )]);
    let (_, stdout, _) =
        run(mtp(&["validate", "--output-format", "short"]).arg(folder.path().join("bad.yaml")));
    assert!(
        stdout.contains("bad.yaml:4:21: error[undefined-token]"),
        "{stdout}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_exit_code_2() {
    for out in ["/proc/none", "/dev/null/none"] {
        let (code, _, stderr) = run(&mut mtp(&["build", GOOD, "-o", out]));
        assert_eq!(code, 2, "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = mtp(&["build", GOOD, "--stdout"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        !stderr.contains("panicked") && !stderr.contains("error"),
        "{stderr}"
    );
}

#[test]
fn ten_faults_in_ten_places_are_ten_findings() {
    let (code, stdout, _) = run(&mut mtp(&[
        "validate",
        "tests/cli/ten-faults.yaml",
        "--output-format",
        "short",
    ]));
    assert_eq!(code, 1);
    let rules: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .map(|(rule, _)| rule)
        .collect();
    let expected = [
        "unknown-key",
        "token-characters",
        "number-range",
        "undefined-token",
        "input-count",
        "undefined-token-set",
        "missing-numbers",
        "final-required",
        "number-out-of-range",
        "too-few-guardrail-samples",
    ];
    let mut sorted = rules.clone();
    sorted.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted, "{stdout}");
}

#[test]
fn fixes_change_what_is_certain_and_nothing_else() {
    let yaml = BAD
        .replace("tokens:", "tokns:")
        .replace("output: b}", "output: 'b '} # mtp: allow(empty-snippet)");
    let json = serde_json::json!({"name": "j", "inputs": 1, "contxt": ["a"]}).to_string();
    let folder = folder_with(&[("a.yaml", &yaml), ("b.json", &json)]);
    let path = |name: &str| folder.path().join(name);
    let validate = |more: &[&str]| run(mtp(&["validate", "-q"]).args(more).arg(folder.path()));
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("a file");

    let (code, stdout, _) = validate(&["--diff"]);
    assert_eq!(code, 1);
    assert!(
        stdout.contains("-tokns: ") && stdout.contains("+tokens: "),
        "{stdout}"
    );
    assert_eq!(read("a.yaml"), yaml, "--diff changes nothing");

    validate(&["--fix"]);
    let wanted = yaml
        .replace("tokns:", "tokens:")
        .replace("Tlak", "Talk")
        .replace("'b '} # mtp: allow(empty-snippet)", "'b'}");
    assert_eq!(read("a.yaml"), wanted);
    validate(&["--fix"]);
    assert_eq!(read("a.yaml"), wanted, "what is fixed stays");

    let (_, _, stderr) = run(mtp(&["validate", "--fix"]).arg(path("b.json")));
    assert!(stderr.contains("Fixed 1 finding"), "{stderr}");
    assert_eq!(read("b.json"), json.replace("contxt", "context"));
}

#[test]
fn what_another_spec_uses_is_not_unused() {
    let words = "tokens: {Talk: , Cat: , Dog: , Owl: }\ntoken_sets: {s: [Cat], t: [Dog]}\n";
    let spec = |name: &str, set: &str| {
        format!(
            "name: {name}\ninputs: 1\ninclude: words.yaml\ncontext: [a, b, c, d, e, f, g, h, i, j]\n\
instructions:\n  say:\n    input: [{set}]\n    output: [Talk]\n    samples:\n      - {{input: [a], output: b}}\n      \
- {{input: [c], output: d}}\n      - {{input: [e], output: f}}\n"
        )
    };
    let folder = folder_with(&[
        ("words.yaml", words),
        ("a.yaml", &spec("a", "s")),
        ("b.yaml", &spec("b", "t")),
    ]);
    let validate = |arguments: &[&str]| {
        let mut command = mtp(&["validate", "--output-format", "short"]);
        run(command.args(arguments).current_dir(folder.path()))
    };
    let (code, stdout, _) = validate(&["."]);
    assert_eq!(code, 0);
    let told: Vec<&str> = stdout.lines().collect();
    assert!(told.len() == 1 && told[0].contains("`Owl`"), "{stdout}");
    for paths in [&["."][..], &["a.yaml"], &["b.yaml", "a.yaml"]] {
        validate(&[paths, &["--fix", "--unsafe-fixes"]].concat());
        let left = std::fs::read_to_string(folder.path().join("words.yaml"));
        assert_eq!(left.expect("a file"), words, "{paths:?}");
    }
}

#[test]
fn a_diff_is_no_reason_not_to_look() {
    let folder = folder_with(&[("bad.yaml", BAD), ("worse.yaml", "name: x\n")]);
    let diff = |arguments: &[&str]| {
        let mut command = mtp(&["validate", "--diff"]);
        run(command.args(arguments).current_dir(folder.path()))
    };
    assert_eq!(diff(&["nope.yaml"]).0, 2);
    let (code, stdout, stderr) = diff(&["worse.yaml", "--output-format", "json=out.json"]);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("3 errors"), "{stderr}");
    let report = std::fs::read_to_string(folder.path().join("out.json")).expect("a report");
    assert!(report.contains("missing-key"), "{report}");
    let (code, stdout, _) = diff(&["bad.yaml"]);
    assert!(
        code == 1 && stdout.contains("+token_sets: {talk: [Talk]}"),
        "{stdout}"
    );
    let empty = folder_with(&[]);
    assert_eq!(run(mtp(&["validate", "--diff"]).arg(empty.path())).0, 2);
    let (code, _, stderr) = run(mtp(&["validate", "--unsafe-fixes"]).arg(empty.path()));
    assert!(code == 2 && stderr.contains("--fix or --diff"), "{stderr}");
}

#[test]
fn a_report_replaces_nothing_that_is_checked() {
    let folder = folder_with(&[("bad.yaml", BAD)]);
    for command in ["validate", "build"] {
        for format in ["json=bad.yaml", "sarif=./bad.yaml"] {
            let mut command = mtp(&[command, "bad.yaml", "--output-format", format]);
            let (code, _, stderr) = run(command.current_dir(folder.path()));
            assert!(code == 2 && stderr.contains("that are checked"), "{stderr}");
        }
    }
    let left = std::fs::read_to_string(folder.path().join("bad.yaml"));
    assert_eq!(left.expect("a file"), BAD);
    let twice = ["--output-format", "json=x", "--output-format", "sarif=./x"];
    let (code, _, stderr) = run(mtp(&["validate", "."])
        .args(twice)
        .current_dir(folder.path()));
    assert!(code == 2 && stderr.contains("one file"), "{stderr}");
}

#[test]
fn a_baseline_hides_what_is_known_and_tells_what_is_gone() {
    let folder = folder_with(&[("bad.yaml", BAD)]);
    let in_folder = |arguments: &[&str]| run(mtp(arguments).current_dir(folder.path()));
    let known = ["validate", "bad.yaml", "--baseline", "known.json"];
    assert_eq!(
        in_folder(&["validate", "bad.yaml", "--output-format", "json=known.json"]).0,
        1
    );
    assert_eq!(in_folder(&known).0, 0);
    // The finding is recognised where it has moved, and another one is not.
    let moved = format!("# a comment\n\n{BAD}");
    std::fs::write(folder.path().join("bad.yaml"), &moved).expect("a file");
    assert_eq!(in_folder(&known).0, 0);
    let other = moved.replace("final: Go", "final: Gone");
    std::fs::write(folder.path().join("bad.yaml"), other).expect("a file");
    assert_eq!(in_folder(&known).0, 1);
    std::fs::write(folder.path().join("bad.yaml"), BAD.replace("Tlak", "Talk")).expect("a file");
    let (code, _, stderr) = in_folder(&known);
    assert_eq!(code, 0);
    assert!(stderr.contains("1 finding of the baseline"), "{stderr}");
}

#[test]
fn what_is_no_spec_is_told_in_one_finding() {
    let folder = TempDir::new().expect("a folder");
    let manifest = "{\"$schema\": \"https://mtp.schemas.databiomes.com/v1/model_1_0_0.json\", \
                    \"name\": \"x\", \"files\": {}}";
    for (name, bytes, found, cure) in [
        (
            "a.csv",
            &b"input,output\nA,B\n"[..],
            "a table",
            "mtp import",
        ),
        ("a.TSV", b"input\toutput\n", "a table", "samples_from"),
        ("a.csv.gz", b"\x1f\x8b\x08", "a table", "samples_from"),
        (
            "a.jsonl",
            b"{\"input\": [1]}\n",
            "JSON Lines",
            "samples_from",
        ),
        ("a.parquet", b"PAR1\0\xff", "a Parquet file", "samples_from"),
        ("a.xlsx", b"PK\x03\x04\xff", "a workbook", "mtp import"),
        ("mtp.toml", b"[rules]\n", "the settings", "every spec"),
        (
            "a.part",
            b"{\"mtp_part\":1}\n{}\n",
            "a part of a build",
            "mtp merge",
        ),
        (
            "a.json",
            manifest.as_bytes(),
            "the manifest",
            "name the spec",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        for command in ["validate", "build", "stats"] {
            let (code, stdout, stderr) = run(mtp(&[command]).arg(&path));
            let told = stdout + &stderr;
            assert_eq!(code, 1, "{command} {name}: {told}");
            assert_eq!(
                told.matches("error[").count(),
                1,
                "{command} {name}: {told}"
            );
            assert!(
                told.contains(found) && told.contains(cure),
                "{command} {name}: {told}"
            );
        }
    }
}

#[test]
fn build_services_are_told_of_files_from_the_repository_on() {
    let folder = folder_with(&[("a b/models/spec.yaml", "name: x\ninputs: 0\n")]);
    let root = folder.path().canonicalize().expect("a folder");
    let inside = root.join("a b/models");
    let absolute = inside.join("spec.yaml");
    let absolute = absolute.to_str().expect("a path");
    for (variable, format, told) in [
        ("GITHUB_WORKSPACE", "github", "file=a b/models/spec.yaml,"),
        (
            "GITHUB_WORKSPACE",
            "sarif",
            "\"uri\": \"a%20b/models/spec.yaml\"",
        ),
        (
            "CI_PROJECT_DIR",
            "gitlab",
            "\"path\": \"a b/models/spec.yaml\"",
        ),
    ] {
        for path in ["spec.yaml", "./spec.yaml", "../models/spec.yaml", absolute] {
            let mut command = mtp(&["validate", path, "--output-format", format]);
            command
                .env_remove("GITHUB_WORKSPACE")
                .env_remove("CI_PROJECT_DIR");
            let (_, out, _) = run(command.env(variable, &root).current_dir(&inside));
            assert!(out.contains(told), "{format} {path}: {out}");
            // Likewise in a file.
            let target = format!("{format}=../../report");
            let mut command = mtp(&["validate", path, "--output-format", &target]);
            command
                .env_remove("GITHUB_WORKSPACE")
                .env_remove("CI_PROJECT_DIR");
            let _ = run(command.env(variable, &root).current_dir(&inside));
            let written = std::fs::read_to_string(root.join("report")).expect("a report");
            assert_eq!(written, out, "{format} {path}");
            // Elsewhere it says nothing.
            let mut command = mtp(&["validate", path, "--output-format", format]);
            command
                .env_remove("GITHUB_WORKSPACE")
                .env_remove("CI_PROJECT_DIR");
            let (_, out, _) = run(command.env(variable, "/nowhere").current_dir(&inside));
            assert!(
                !out.contains("models/spec.yaml\"") || path.contains("models"),
                "{out}"
            );
        }
    }
}
