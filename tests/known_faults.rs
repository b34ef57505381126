//! Faults that made other linters and readers crash, hang, lie or obey a stranger: none
//! of them is ours. Each test is named after the fault; where it has a number, that
//! stands above it.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run, run_with_input};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;

/// A spec without a mistake, to build hostile ones on.
const GOOD: &str = "name: good\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\ntokens: {Talk: }\n\
instructions:\n  say:\n    input: [[Talk]]\n    output: [Talk]\n    samples:\n      \
- {input: [a], output: b}\n      - {input: [c], output: d}\n      - {input: [e], output: f}\n";

/// Checks one file of this name and text: exit code, standard output and error.
fn check(name: &str, text: &[u8], arguments: &[&str]) -> (i32, String, String) {
    let folder = folder_with(&[]);
    std::fs::write(folder.path().join(name), text).expect("a file");
    let mut command = mtp(&["validate"]);
    run(command.args(arguments).arg(name).current_dir(folder.path()))
}

/// The findings of one file as `short` prints them; the file has to be refused.
fn refused(name: &str, text: impl AsRef<[u8]>) -> String {
    let (code, stdout, stderr) = check(name, text.as_ref(), &["--output-format", "short"]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(stdout.len() < 20_000, "the report is out of proportion");
    let place = stdout
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(':'));
    let line = place.and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
    assert!(line.is_some(), "no place: {stdout}");
    stdout
}

// Runs that look at nothing and are green.

#[test]
fn a_folder_with_a_broken_file_is_not_green() {
    let folder = folder_with(&[("good.yaml", GOOD), ("broken.yaml", "tokens: [\n")]);
    let (code, stdout, stderr) = run(mtp(&["validate"]).arg(folder.path()));
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(!stderr.contains("no problems"), "{stderr}");
}

#[test]
fn a_missing_file_is_not_green() {
    let (code, _, stderr) = run(&mut mtp(&["validate", "nope.yaml"]));
    assert_eq!(code, 2);
    assert!(
        stderr.contains("`nope.yaml`") && stderr.contains("no such file"),
        "{stderr}"
    );
}

#[test]
fn an_empty_folder_is_not_green() {
    let folder = folder_with(&[]);
    assert_eq!(run(mtp(&["validate"]).arg(folder.path())).0, 2);
    let allowed = run(mtp(&["validate", "--allow-empty"]).arg(folder.path()));
    assert_eq!(allowed.0, 0, "{}", allowed.2);
}

#[test]
fn a_pattern_that_matches_nothing_is_not_green() {
    assert_eq!(run(&mut mtp(&["validate", "nope/**/*.yaml"])).0, 2);
}

#[test]
fn an_empty_standard_input_is_not_green() {
    let (code, stdout, _) = run_with_input(&mut mtp(&["validate", "-"]), b"");
    assert_eq!(code, 1, "{stdout}");
}

#[test]
fn a_named_file_of_another_kind_is_not_green() {
    assert_eq!(check("notes.txt", b"just words\n", &[]).0, 1);
}

#[test]
fn every_format_ends_with_the_same_code() {
    let bad = GOOD.replace("[[Talk]]", "[[Tlak]]");
    for format in [
        "human", "short", "json", "sarif", "github", "gitlab", "junit",
    ] {
        let format = ["--output-format", format];
        assert_eq!(check("a.yaml", bad.as_bytes(), &format).0, 1, "{format:?}");
        assert_eq!(check("a.yaml", GOOD.as_bytes(), &format).0, 0, "{format:?}");
    }
}

// Output that a stranger's text takes over.

#[test]
fn a_key_with_a_line_break_makes_no_workflow_command() {
    let bad = format!("{GOOD}\"k\\n::warning file=x::pwn\": 1\n\"##vso[task.setvariable]x\": 2\n");
    for format in ["github", "short", "human"] {
        let (code, stdout, stderr) = check("a.yaml", bad.as_bytes(), &["--output-format", format]);
        assert_eq!(code, 1);
        for line in stdout.lines().chain(stderr.lines()) {
            let line = line.trim_start();
            let is_ours = line.starts_with("::error file=a.yaml,") && format == "github";
            assert!(is_ours || !line.starts_with("::"), "{format}: {line}");
            assert!(!line.contains("##vso["), "{format}: {line}");
        }
    }
}

#[test]
fn a_file_name_with_a_line_break_makes_no_workflow_command() {
    let name = "a\n::warning::pwn.yaml";
    let (_, stdout, stderr) = check(name, b"nmae: x\n", &["--output-format", "github"]);
    let all = [stdout, stderr].concat();
    assert!(
        !all.lines().any(|line| line.starts_with("::warning")),
        "{all}"
    );
}

// CVE-2021-42574.
#[test]
fn no_escape_or_bidirectional_character_reaches_a_terminal() {
    let bad = format!("{GOOD}\"\\e[31mred\u{202e}desrever\\u0007\": \"\u{2066}x\"\n");
    for format in ["human", "short", "github", "junit"] {
        for color in ["never", "always"] {
            let arguments = ["--output-format", format, "--color", color];
            let (_, stdout, stderr) = check("a.yaml", bad.as_bytes(), &arguments);
            let all = [stdout, stderr].concat();
            let raw = ['\u{202e}', '\u{2066}', '\u{7}'];
            assert!(!all.contains(raw), "{format}: {all:?}");
            assert!(!all.contains("\u{1b}[31mred"), "{format}: {all:?}");
        }
    }
}

// Columns in bytes or UTF-16.

#[test]
fn columns_count_characters() {
    let bad = GOOD.replace(
        "tokens: {Talk: }",
        "tokens: {Talk: 'é 😀', 'é😀': , 'é 😀': }",
    );
    let (_, stdout, _) = check("a.yaml", bad.as_bytes(), &["--output-format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    let finding = report["diagnostics"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["rule"] == "token-characters"))
        .expect("the space in the name");
    let line = bad.lines().nth(3).expect("four lines");
    let bytes = line
        .rfind('\'')
        .and_then(|at| line[..at].rfind('\''))
        .expect("a quote");
    let column = line[..bytes].chars().count() + 1;
    let start = bad.find("tokens").expect("a key") + bytes;
    let span = &finding["span"];
    assert!(span["start"].as_u64() >= Some(start as u64), "{span}");
    assert!(span["column"].as_u64() >= Some(column as u64), "{span}");
    let ahead = span["start"].as_u64().expect("a number") - start as u64;
    assert!(ahead <= "'é ".len() as u64, "{span}");
    let (_, sarif, _) = check("a.yaml", bad.as_bytes(), &["--output-format", "sarif"]);
    assert!(
        sarif.contains("\"columnKind\": \"unicodeCodePoints\""),
        "{sarif}"
    );
    let (_, human, _) = check("a.yaml", bad.as_bytes(), &[]);
    let column = span["column"].as_u64().expect("a number");
    assert!(human.contains(&format!("a.yaml:4:{column}")), "{human}");
}

// Lines that fill the screen.

#[test]
fn a_line_of_a_megabyte_is_not_printed() {
    let bad = GOOD.replace(
        "Talk: }",
        &format!("Talk: {}, 'x y': }}", "z".repeat(1 << 20)),
    );
    let (code, stdout, _) = check("a.yaml", bad.as_bytes(), &[]);
    assert_eq!(code, 1);
    assert!(stdout.len() < 2_000, "{} bytes", stdout.len());
    assert!(!stdout.contains("Failed to read contents"), "{stdout}");
}

#[test]
fn ten_thousand_findings_do_not_fill_the_screen() {
    let samples: String = (0..10_000)
        .map(|n| format!("      - {{inptu: [x{n}], output: y{n}}}\n"))
        .collect();
    let bad = format!("{GOOD}{samples}");
    let (code, human, _) = check("a.yaml", bad.as_bytes(), &[]);
    assert_eq!(code, 1);
    assert!(human.len() < 40_000, "{} bytes", human.len());
    assert!(human.contains("more in a.yaml"), "{human}");
    let (_, json, _) = check("a.yaml", bad.as_bytes(), &["--output-format", "json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["errors"], 10_000);
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(10_000));
}

#[test]
fn findings_without_end_are_counted_and_not_kept() {
    let samples = "      - {inptu: x}\n".repeat(11_000);
    let bad = format!("{GOOD}{samples}");
    let (code, json, _) = check("a.yaml", bad.as_bytes(), &["--output-format", "json"]);
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let found = report["diagnostics"].as_array().expect("a list");
    let mut unknown = found.iter().filter(|one| one["rule"] == "unknown-key");
    assert_eq!(unknown.clone().count(), 10_001);
    let last = unknown.next_back().expect("a finding")["message"].to_string();
    assert!(
        last.contains("1000 more findings of `unknown-key` are left out"),
        "{last}"
    );
}

#[test]
fn suppressions_without_end_take_no_square_of_time() {
    let many = "# mtp: allow(unused-token)\n".repeat(30_000);
    let (code, _, told) = check("a.yaml", format!("{many}{GOOD}").as_bytes(), &[]);
    assert_eq!(code, 0, "{told}");
    let names = "a,".repeat(300_000);
    let text = format!("# mtp: allow({names})\n{GOOD}");
    let (code, stdout, _) = check("a.yaml", text.as_bytes(), &["--output-format", "short"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(
        stdout.contains("more rules than there are") && stdout.len() < 2_000,
        "{stdout}"
    );
}

// Recursion: RUSTSEC-2018-0005, RUSTSEC-2018-0006 = CVE-2018-20993, CVE-2024-58264,
// RUSTSEC-2024-0362, CVE-2019-25001, CVE-2022-25857, CVE-2022-42003, CVE-2022-42004,
// CVE-2023-1370, CVE-2025-52999, CVE-2022-38749 to 38751, CVE-2022-41854.

#[test]
fn brackets_without_end_are_refused() {
    for name in ["a.yaml", "a.json", "a.toml"] {
        for (open, key) in [
            ("[", "a = "),
            ("{a: ", "a = "),
            ("{\"a\":", "a = "),
            ("{a = ", "a = "),
        ] {
            let key = if name == "a.toml" { key } else { "" };
            for count in [20_000, 100_000] {
                let text = format!("{key}{}", open.repeat(count));
                refused(name, text);
            }
        }
    }
}

#[test]
fn closed_brackets_without_end_are_refused() {
    let count = 50_000;
    let text = format!("{}{}", "[".repeat(count), "]".repeat(count));
    for name in ["a.yaml", "a.json"] {
        assert!(refused(name, &text).contains("[limit-exceeded]"));
    }
    assert!(refused("a.toml", format!("a = {text}")).contains("[limit-exceeded]"));
}

#[test]
fn block_lists_without_end_are_refused() {
    refused("a.yaml", "- ".repeat(100_000));
    refused("a.yaml", "? ".repeat(100_000));
    let deep: String = (0..2_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    assert!(refused("a.yaml", deep).contains("[limit-exceeded]"));
}

#[test]
fn fifty_thousand_dotted_keys_are_refused() {
    refused("a.toml", format!("{} = 1\n", vec!["a"; 50_000].join(".")));
    refused("a.toml", format!("[{}]\n", vec!["a"; 50_000].join(".")));
}

// Alias bombs: CVE-2017-18640, CVE-2019-11253, CVE-2019-11254, CVE-2021-4235, CVE-2022-3064.

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    assert!(refused("a.yaml", text).contains("[limit-exceeded]"));
}

#[test]
fn an_alias_of_itself_is_refused() {
    refused("a.yaml", "tokens: &a { Talk: *a }\n");
    refused("a.yaml", "tokens: &a\n  <<: *a\n");
    refused("a.yaml", "a: &a [*b]\nb: &b [*a]\n");
}

// CVE-2026-53550.
#[test]
fn merging_one_map_many_times_takes_no_square_of_time() {
    let keys: String = (0..2_000).map(|n| format!("  k{n}: x\n")).collect();
    let merged = vec!["*all"; 2_000].join(", ");
    let text = format!("tokens: &all\n{keys}token_sets:\n  <<: [{merged}]\n");
    refused("a.yaml", text);
}

// Merge keys as the format has them.

#[test]
fn a_merge_key_is_no_unknown_key_and_never_wins() {
    let spec = GOOD.replace(
        "tokens: {Talk: }",
        "tokens:\n  Talk: &base {type: num, min: 0, max: 5}\n  Walk: {max: 9, <<: *base}\n  Run: {<<: *base, max: 9}",
    );
    let spec = spec
        .replace("[[Talk]]", "[[Walk, Run]]")
        .replace("output: [Talk]", "output: [Say]");
    let spec = spec
        .replace("tokens:\n", "tokens:\n  Say:\n")
        .replace("{input: [a]", "{input: [{string: a, numbers: [9, 8]}]");
    let spec = spec.replace("input: [c]", "input: [{string: c, numbers: [7, 9]}]");
    let spec = spec.replace("input: [e]", "input: [{string: e, numbers: [6, 10]}]");
    let (code, stdout, _) = check("a.yaml", spec.as_bytes(), &["--output-format", "short"]);
    assert_eq!(code, 1);
    let errors: Vec<&str> = stdout
        .lines()
        .filter(|line| line.contains("error["))
        .collect();
    assert!(errors.len() == 1 && errors[0].contains("10"), "{stdout}");
}

#[test]
fn a_mistake_in_a_merged_map_shows_both_places() {
    let spec = GOOD.replace(
        "tokens: {Talk: }",
        "tokens:\n  Talk: {<<: &a {tpye: num}}\n  B: {<<: *a}",
    );
    let (_, json, _) = check("a.yaml", spec.as_bytes(), &["--output-format", "json"]);
    assert!(json.contains("unknown-key"), "{json}");
    // The one in the anchor is reported there, and not again for each alias.
    assert_eq!(json.matches("\"unknown-key\"").count(), 1, "{json}");
}

// CVE-2025-64718, CVE-2022-46175.
#[test]
fn a_key_called_proto_is_a_key_like_others() {
    let spec = format!("{GOOD}__proto__: {{polluted: true}}\n");
    assert!(refused("a.yaml", spec).contains("unknown-key"));
    assert!(
        refused("a.yaml", "x: &x {__proto__: 1}\ntokens: {Talk: {<<: *x}}\n").contains("__proto__")
    );
}

// CVE-2017-12635.
#[test]
fn a_key_twice_is_never_silently_the_last() {
    assert!(refused("a.json", "{\"name\": \"a\", \"name\": \"b\"}").contains("duplicate-key"));
    assert!(
        refused("a.json", "{\"name\": \"a\", \"n\\u0061me\": \"b\"}").contains("duplicate-key")
    );
    assert!(refused("a.yaml", "name: a\n\"name\": b\n").contains("duplicate-key"));
    assert!(refused("a.toml", "name = \"a\"\nname = \"b\"\n").contains("duplicate-key"));
}

// CVE-2020-10735.
#[test]
fn a_number_of_a_million_digits_is_refused() {
    let digits = "9".repeat(1_000_000);
    let spec = |number: &str| {
        GOOD.replace(
            "Talk: }",
            &format!("Talk: , N: {{type: num, min: {number}, max: 1}}}}"),
        )
    };
    assert!(refused("a.yaml", spec(&digits)).contains("invalid-value"));
    assert!(refused("a.yaml", spec(&format!("1e{digits}"))).contains("[invalid-value]"));
}

// CVE-2022-1471, CVE-2017-18342, CVE-2020-1747, CVE-2020-14343.
#[test]
fn tags_build_nothing() {
    for tag in [
        "!!python/object/apply:os.system [touch pwned]",
        "!!javax.script.ScriptEngineManager [x]",
        "!!map {a: b}",
        "!x y",
    ] {
        let spec = GOOD.replace("Talk: }", &format!("Talk: {tag} }}"));
        let folder = folder_with(&[("a.yaml", &spec)]);
        let mut command = mtp(&["validate", "a.yaml", "--output-format", "short"]);
        let (_, stdout, stderr) = run(command.current_dir(folder.path()));
        assert!(!folder.path().join("pwned").exists());
        assert!(stdout.contains("a.yaml:4:"), "{tag}: {stdout}{stderr}");
    }
}

// CVE-2013-6393, CVE-2014-2525, CVE-2014-9130, CVE-2022-28948, CVE-2023-2251, CVE-2019-15550.
#[test]
fn malformed_input_is_an_answer_and_never_a_crash() {
    let long = "a".repeat(100_000);
    let texts = [
        b"0: [:!00 \xef".to_vec(),
        b"%TAG ! tag:x,2000:\n--- !%zz%80%41 a\n".to_vec(),
        format!("--- !<{}> a\n", "%41".repeat(50_000)).into_bytes(),
        format!("--- !{long}!{long} a\n").into_bytes(),
        format!("%{long}\n---\n").into_bytes(),
        b"\"\\".to_vec(),
        b"\"\\x".to_vec(),
        b"\"\\ud800\\udc".to_vec(),
        b"a: 'b\n---\n".to_vec(),
        b"a: |\n\t\x00\n".to_vec(),
        b"name: a\0b\n".to_vec(),
        b"\xff\xfe\x00a".to_vec(),
        b"\xf0\x9f\x98".to_vec(),
        b"&a &b c\n".to_vec(),
        b"? ? ? a\n: : :\n".to_vec(),
        b"- - [a\n - b: {\n".to_vec(),
        b"*a\n".to_vec(),
        b"--- >9\n  a\n".to_vec(),
        b"a:\n\t- b\n".to_vec(),
        b"!!binary |\n  @@@@\n".to_vec(),
    ];
    for text in &texts {
        for name in ["a.yaml", "a.toml", "a.json"] {
            refused(name, text);
        }
    }
}

// Broken input without a place.

#[test]
fn an_unknown_key_has_a_caret_and_a_suggestion() {
    let (_, stdout, _) = check("a.yaml", GOOD.replace("name:", "nmae:").as_bytes(), &[]);
    assert!(
        stdout.contains("[a.yaml:1:1]") && stdout.contains("did you mean `name`?"),
        "{stdout}"
    );
    assert!(stdout.contains("──"), "{stdout}");
}

#[test]
fn a_typo_in_the_project_file_has_a_caret_and_a_suggestion() {
    let folder = folder_with(&[
        ("a.yaml", GOOD),
        ("mtp.toml", "[ruls]\nlong-text = \"off\"\n"),
    ]);
    let (code, stdout, stderr) = run(mtp(&["validate", "a.yaml"]).current_dir(folder.path()));
    assert_eq!(code, 2, "{stdout}{stderr}");
    let all = [stdout, stderr].concat();
    assert!(
        all.contains("mtp.toml:1:2") && all.contains("did you mean `rules`?"),
        "{all}"
    );
}

// Streams that fail.

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line_and_exit_code_2() {
    let commands: [&[&str]; 5] = [
        &["validate", "nope-is-not-needed.yaml"],
        &["explain"],
        &["explain", "syntax"],
        &["schema"],
        &["build", "--stdout"],
    ];
    let folder = folder_with(&[
        ("nope-is-not-needed.yaml", "nmae: x\n"),
        ("good.yaml", GOOD),
    ]);
    for arguments in commands {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let mut command = mtp(arguments);
        if arguments[0] == "build" {
            command.arg("good.yaml");
        }
        let child = command
            .current_dir(folder.path())
            .stdout(Stdio::from(full))
            .stderr(Stdio::piped())
            .spawn();
        let output = child
            .and_then(std::process::Child::wait_with_output)
            .expect("a command");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        let lines = stderr.lines().filter(|line| line.starts_with("mtp: "));
        assert_eq!(lines.count(), 1, "{arguments:?}: {stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_whole_leaves_the_old_one() {
    let samples: String = (0..200)
        .map(|n| format!("      - {{input: [question number {n}], output: answer number {n}}}\n"))
        .collect();
    let folder = folder_with(&[("good.yaml", GOOD)]);
    let build = |arguments: &str| {
        let mut command = std::process::Command::new("sh");
        let mtp = env!("CARGO_BIN_EXE_mtp");
        command.args(["-c", &format!("{arguments} exec '{mtp}' build good.yaml")]);
        run(command.current_dir(folder.path()))
    };
    let (code, _, stderr) = build("");
    assert_eq!(code, 0, "{stderr}");
    let read = || std::fs::read(folder.path().join("good_model.json")).expect("a file");
    let old = read();
    std::fs::write(folder.path().join("good.yaml"), format!("{GOOD}{samples}")).expect("a file");
    let (code, _, stderr) = build("ulimit -f 8;");
    assert_eq!(code, 2, "{stderr}");
    assert_eq!(read(), old, "the old file is whole");
    let left = common::entries(folder.path());
    assert_eq!(left.len(), 3, "nothing is left behind: {left:?}");
    assert_eq!(build("").0, 0);
    assert_ne!(read(), old);
}

#[test]
fn a_path_of_a_project_leads_nowhere_else() {
    for path in [
        "/etc/passwd",
        "../../../../../etc/passwd",
        "/dev/zero",
        "C:\\x",
    ] {
        let spec = format!("{GOOD}include: ['{path}']\n");
        assert!(
            refused("a.yaml", spec).contains("[unreadable-file]"),
            "{path}"
        );
    }
    assert!(Path::new("/etc/passwd").exists() || cfg!(windows));
}

// Seen here: a pattern of a spec that the crate for patterns could not take, and names that
// are compared in as many steps as the square of their length.

#[test]
fn a_pattern_of_hundreds_of_kilobytes_is_refused() {
    let many = "{a,b}".repeat(50_000);
    for key in ["include", "samples_from"] {
        let spec = format!("instructions:\n  a:\n    samples_from: [\"{many}.csv\"]\n{key}: []\n");
        let spec = match key {
            "include" => format!("name: x\ninclude: [\"{many}.yaml\"]\n"),
            _ => spec,
        };
        let told = refused("a.yaml", spec);
        assert!(told.contains("more than 1000 bytes"), "{told}");
    }
}

#[test]
fn long_names_that_are_nearly_the_same_take_no_square_of_time() {
    let long = "A".repeat(900);
    let tokens: String = (0..100).map(|n| format!("  \"{long}{n}\":\n")).collect();
    let used: Vec<String> = (0..100).map(|n| format!("\"{long}x{n}\"")).collect();
    let used = used.join(", ");
    let spec = format!(
        "name: x\ntokens:\n{tokens}instructions:\n  a:\n    input: [[{used}]]\n    output: [{used}]\n"
    );
    let (code, told, _) = check("a.yaml", spec.as_bytes(), &["--output-format", "short"]);
    assert_eq!((code, told.contains("[undefined-token]")), (1, true));
}

#[test]
fn a_text_of_control_words_and_escapes_takes_no_square_of_time() {
    let text = "<BOS>\\n".repeat(20_000);
    let spec = GOOD.replace("[a]", &format!("[\"{text}\"]"));
    let (code, told, _) = check("a.yaml", spec.as_bytes(), &["--output-format", "short"]);
    assert_eq!((code, told.contains("[control-text]")), (0, true));
}

#[test]
fn more_names_of_files_than_are_read_are_told_once() {
    let names: Vec<String> = (0..40_000).map(|n| format!("f{n}.yaml")).collect();
    let patterns: Vec<String> = (0..3_000).map(|n| format!("\"*{n}x.yaml\"")).collect();
    for names in [names, patterns] {
        let spec = format!("include: [{}]\n", names.join(", "));
        let (code, told, _) = check("a.yaml", spec.as_bytes(), &["--output-format", "short"]);
        let limits = told.matches("names more than 10000 files").count();
        assert_eq!((code, limits), (1, 1));
    }
}

#[test]
fn the_page_names_tests_that_are_there() {
    let page = std::fs::read_to_string("docs/reliability.md").expect("a page");
    let own = std::fs::read_to_string(file!()).expect("this file");
    let (_, table) = page.split_once("## Known faults").expect("a table");
    let (table, _) = table.split_once("\n## ").expect("what is left");
    let rows = table.lines().filter_map(|row| row.split(" | ").nth(1));
    let names: Vec<&str> = rows
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(names.len() > 12, "{names:?}");
    for name in names.into_iter().filter(|name| !name.contains('.')) {
        assert!(own.contains(&format!("fn {name}()")), "no test `{name}`");
    }
}
