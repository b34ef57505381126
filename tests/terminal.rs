//! What a stranger writes is text, and never an order to the terminal or to the service that
//! runs a job: no control character and no bidirectional override of a spec, a template, a
//! table, a name of a file or an argument is printed as it is.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use common::command::{folder_with, mtp, run};

/// Turns the text red, writes it backwards, rings the bell, and begins a sequence in one byte.
const BAD: &str = "\u{1b}[31mR\u{202e}X\u{2066}\u{7}\u{9b}";
/// The same as YAML, TOML and JSON can write it.
const ESCAPED: &str = "\\u001b[31mR\\u202eX\\u2066\\u0007\\u009b";

fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// A spec that has it everywhere, with a mistake or without.
fn spec(is_faulty: bool) -> String {
    let faulty = if is_faulty { "\"TBAD\": , " } else { "" };
    let spec = format!(
        "name: n\ninputs: 1\ncontext: [a, b, c, d, e, f, g, h, i, j]\n\
tokens: {{Talk: \"BAD\", {faulty}Fin: {{type: final, desc: \"BAD\"}}}}\ntoken_sets: {{\"sBAD\": [Talk]}}\n\
instructions:\n  \"sayBAD\":\n    input: [\"sBAD\"]\n    output: [Talk]\n    final: Fin\n    context: [\"BAD\"]\n\
    samples:\n      - {{input: [\"aBAD\"], output: \"bBAD\"}}\n      - {{input: [\"cBAD\"], output: d}}\n      \
- {{input: [\"eBAD\"], output: f}}\n"
    );
    spec.replace("BAD", ESCAPED)
}

#[test]
fn nothing_that_a_stranger_writes_is_obeyed() {
    let (faulty, good) = (spec(true), spec(false));
    let name = format!("f{BAD}.yaml");
    let raises = format!("{BAD}{{{{ raise_exception('{BAD}') }}}}");
    let table = format!("Input,Output,Reference,X{BAD}\n\"a{BAD}\",b,c,d\n");
    let messages = format!("[{{\"role\": \"x{ESCAPED}\", \"content\": \"{ESCAPED}\"}}]");
    let folder = folder_with(&[
        (&name, &faulty),
        ("n.yaml", &good),
        ("raises.jinja", &raises),
        ("broken.jinja", &format!("{{% bad{BAD} %}}")),
        ("answer.txt", &format!("hi {BAD}")),
        ("m.json", &messages),
        ("t.csv", &table),
        ("b.gguf", &format!("GGUF{BAD}")),
        (
            "odd/mtp.toml",
            &format!("[rules]\n\"{ESCAPED}\" = \"off\"\n"),
        ),
        ("odd/n.yaml", &good),
        ("broken.json", &format!("{{\"a\": {BAD}}}")),
        ("broken.toml", &format!("a = {BAD}\n")),
        ("broken.yaml", &format!("a: [{BAD}\n")),
    ]);
    let bad = BAD;
    let commands: Vec<Vec<&str>> = vec![
        vec!["validate", &name],
        vec!["validate", &name, "-v", "--color", "never"],
        vec!["validate", "."],
        vec!["validate", "odd"],
        vec!["validate", "broken.json"],
        vec!["validate", "broken.toml"],
        vec!["validate", "broken.yaml"],
        vec!["validate", "--rule", bad, "n.yaml"],
        vec!["validate", "--output-format", bad, "n.yaml"],
        vec!["validate", "--baseline", bad, "n.yaml"],
        vec!["validate", bad],
        vec!["validate", "m.json", "--template", "llama3"],
        vec!["validate", "n.yaml", "--template", "raises.jinja"],
        vec!["validate", "n.yaml", "--template", "broken.jinja"],
        vec!["validate", "n.yaml", "--template", bad],
        vec!["build", &name],
        vec!["build", "n.yaml", "-o", bad],
        vec!["build", "n.yaml", "-o", "out"],
        vec!["build", "n.yaml", "--check", "-o", bad],
        vec!["template", &name],
        vec!["stats", "n.yaml"],
        vec!["stats", &name],
        vec!["stats", "n.yaml", "--json"],
        vec!["fmt", "--check", &name],
        vec!["fmt", "--check", "--diff", "n.yaml"],
        vec!["render", "n.yaml", "--template", "raises.jinja"],
        vec!["render", "n.yaml", "--template", "broken.jinja"],
        vec!["render", "m.json", "--template", "llama3"],
        vec!["export", "n.yaml", "--to", bad],
        vec!["export", "n.yaml", "--to", "openai", "-o", "rows.jsonl"],
        vec!["parse", "answer.txt", "--protocol", "n.yaml"],
        vec!["parse", "answer.txt", "--protocol", &name],
        vec!["explain", bad],
        vec!["import", "t.csv"],
        vec!["import", "broken.json"],
        vec!["import", bad],
        vec!["convert", "n.yaml", "-o", "n.toml"],
        vec!["convert", &name, "-o", "z.toml"],
        vec!["split", "n.yaml", "--eval", "0.3", "-o", bad],
        vec!["merge", bad],
        vec!["gguf", "info", "b.gguf"],
        vec!["gguf", "info", bad],
        vec!["schema", bad],
        vec!["init", bad],
        vec!["init", bad],
        vec!["man", bad],
        vec!["completions", bad],
        vec![bad],
    ];
    for arguments in &commands {
        let (code, stdout, stderr) = run(mtp(arguments).current_dir(folder.path()));
        assert!((0..=2).contains(&code), "{arguments:?}: {code}\n{stderr}");
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
        for text in [stdout, stderr] {
            let found = text.find(is_bad);
            assert_eq!(found, None, "{arguments:?}: {text:?}");
        }
    }
    for format in [
        "human", "short", "json", "sarif", "github", "gitlab", "junit",
    ] {
        let arguments = ["validate", "--output-format", format, &name];
        let (_, stdout, stderr) = run(mtp(&arguments).current_dir(folder.path()));
        for text in [stdout, stderr] {
            assert_eq!(text.find(is_bad), None, "{format}: {text:?}");
        }
    }
}

#[test]
fn a_report_says_what_is_found_and_nothing_that_is_in_a_spec() {
    // Each ends what a format holds it in, and begins something of its own.
    let texts = [
        "\\n::error file=x::pwn",
        "%0A::set-output name=x::pwn",
        "]]></failure><testcase name='pwn'/>",
        "\\\"><pwn a=\\\"",
        "\\\", \\\"level\\\": \\\"none\\\", \\\"x\\\": \\\"",
        "</script><script>pwn()</script>",
        "##[error]pwn",
        "##vso[task.complete result=Succeeded]",
        "file=a,line=1::pwn",
        "[pwn](http://example.com)",
        "\\u2028pwn",
        "&pwn;",
    ];
    for text in texts {
        let folder = folder_with(&[("a.yaml", &format!("name: n\n\"{text}\": 1\n"))]);
        for format in [
            "json", "sarif", "github", "gitlab", "junit", "short", "human",
        ] {
            let arguments = ["validate", "a.yaml", "--output-format", format];
            let (code, stdout, stderr) = run(mtp(&arguments).current_dir(folder.path()));
            assert_eq!(code, 1, "{stderr}");
            match format {
                "json" | "sarif" | "gitlab" => {
                    let report: serde_json::Value = serde_json::from_str(&stdout).expect(format);
                    let levels = report
                        .pointer("/runs/0/results")
                        .and_then(serde_json::Value::as_array);
                    let levels = levels
                        .into_iter()
                        .flatten()
                        .map(|result| result["level"].clone());
                    assert!(
                        levels
                            .into_iter()
                            .all(|level| level == "error" || level == "warning"),
                        "{text}"
                    );
                }
                "github" => {
                    let ours = |line: &str| {
                        line.starts_with("::error file=a.yaml,")
                            || line.starts_with("::warning file=a.yaml,")
                    };
                    assert!(stdout.lines().all(ours), "{text}: {stdout}");
                }
                "junit" => {
                    assert!(
                        !stdout.contains("<pwn") && !stdout.contains("name='pwn'"),
                        "{stdout}"
                    );
                    assert!(
                        !stdout.contains("&pwn;") && !stdout.contains("<script"),
                        "{stdout}"
                    );
                }
                _ => {
                    let obeyed = |line: &str| {
                        line.trim_start().starts_with("::")
                            || line.contains("##[")
                            || line.contains("##vso[")
                    };
                    assert!(
                        !stdout.lines().chain(stderr.lines()).any(obeyed),
                        "{text}: {stdout}{stderr}"
                    );
                }
            }
        }
    }
}
