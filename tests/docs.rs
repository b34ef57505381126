//! The documentation against the program: whatever a page shows is run.
//!
//! The info string of a fenced block says what it is:
//!
//! - `yaml file=NAME` (or `toml`, `json`, `csv` …): a file of the page. All files of a page
//!   are put into one folder; those that are whole specs have to build without any finding, or
//!   with an error if `bad` stands there too.
//! - `yaml part`: a spec with pieces left out. What is missing of `name`, `inputs`, `context`
//!   and `instructions` is added, and the page's `words.yaml` is included.
//! - `json of=FILE`: lines of a file that a spec of the page becomes, in order; `…` stands for
//!   lines that are left out.
//! - `console`: commands behind `$ ` and all that they print, run in the folder of the page, in
//!   which the project's `specs/` lies too.
//! - `sh`: commands that are not run here. `text`: anything else.
//!
//! `MTP_BLESS=1 cargo test --test docs` rewrites what the commands print.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod common;

use common::entries;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A fenced block of a page.
struct Block {
    /// The line of the page that opens it, from 0.
    line: usize,
    /// The first word of the info string.
    notation: String,
    /// The other words.
    words: Vec<String>,
    text: String,
}

impl Block {
    fn word(&self, name: &str) -> Option<&str> {
        self.words
            .iter()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    fn is(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }
}

struct Page {
    path: PathBuf,
    text: String,
    blocks: Vec<Block>,
}

impl Page {
    fn read(path: &Path) -> Page {
        let text = read(path);
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_open = false;
        for (line, content) in text.lines().enumerate() {
            match (content.strip_prefix("```"), is_open) {
                (Some(info), false) => {
                    let mut words = info.split_whitespace().map(str::to_owned);
                    let notation = words.next().unwrap_or_default();
                    blocks.push(Block {
                        line,
                        notation,
                        words: words.collect(),
                        text: String::new(),
                    });
                    is_open = true;
                }
                (Some(_), true) => is_open = false,
                (None, true) => {
                    let block = blocks.last_mut().expect("a block that is open");
                    block.text += content;
                    block.text.push('\n');
                }
                (None, false) => {}
            }
        }
        assert!(!is_open, "{}: a block is not closed", path.display());
        Page {
            path: path.to_path_buf(),
            text,
            blocks,
        }
    }

    fn place(&self, block: &Block) -> String {
        format!("{}:{}", self.path.display(), block.line + 1)
    }

    /// The text without its blocks and without what stands between `<!--` and `-->`.
    fn prose(&self) -> String {
        let mut prose = String::new();
        let mut inside = false;
        for line in self.text.lines() {
            let is_fence = line.starts_with("```");
            inside ^= is_fence;
            if !inside && !is_fence {
                prose += line;
            }
            prose.push('\n');
        }
        prose
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md")
}

/// The pages that are written by hand.
fn pages() -> Vec<Page> {
    let mut paths = vec![PathBuf::from("README.md"), PathBuf::from("CHANGELOG.md")];
    paths.extend(
        entries(Path::new("docs"))
            .into_iter()
            .filter(|path| is_markdown(path)),
    );
    assert!(paths.len() > 8, "only {} pages were found", paths.len());
    paths.iter().map(|path| Page::read(path)).collect()
}

/// The page's folder: its files, and a copy of the project's example specs.
fn folder(page: &Page) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    copy(Path::new("specs"), &folder.path().join("specs"));
    for block in &page.blocks {
        if let Some(name) = block.word("file") {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, &block.text).expect("a file");
        }
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for path in entries(from) {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).expect("a copy");
        }
    }
}

/// What a shell makes of a line: its exit code, and all it prints, standard output first.
fn shell(folder: &Path, line: &str, last: i32) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_mtp"));
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", program.parent().expect("a folder").display());
    let output = Command::new("sh")
        .args(["-c", &format!("(exit {last}); {line}")])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("COLUMNS")
        .output()
        .expect("a shell");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("UTF-8");
    (output.status.code().unwrap_or(-1), untimed(&text))
}

/// A text without how long something took, which a busy machine adds.
fn untimed(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let (told, took) = line.split_once(" Took ").unwrap_or((line, ""));
        match took.strip_suffix(" s.\n") {
            Some(seconds) if seconds.parse::<f64>().is_ok() => format!("{told}\n"),
            _ => line.to_owned(),
        }
    });
    lines.collect()
}

/// Whether a text has a key at its top level.
fn has_key(block: &Block, key: &str) -> bool {
    match block.notation.as_str() {
        "json" => {
            serde_json::from_str::<Value>(&block.text).is_ok_and(|value| value.get(key).is_some())
        }
        "toml" => {
            let starts = [format!("{key} ="), format!("[{key}]"), format!("[{key}.")];
            block
                .text
                .lines()
                .any(|line| starts.iter().any(|start| line.starts_with(start)))
        }
        _ => block
            .text
            .lines()
            .any(|line| line.starts_with(&format!("{key}:"))),
    }
}

fn is_spec(block: &Block) -> bool {
    ["yaml", "toml", "json"].contains(&block.notation.as_str())
        && has_key(block, "name")
        && has_key(block, "inputs")
}

/// What a part leaves out, as a fragment beside it.
fn rest(page: &Page, part: &Block) -> String {
    let mut rest = String::new();
    if !has_key(part, "context") {
        let lines: Vec<String> = (1..=10).map(|n| format!("Line {n}.")).collect();
        rest += &format!("context: [{}]\n", lines.join(", "));
    }
    if !has_key(part, "instructions") {
        let samples: Vec<String> = (1..=3)
            .map(|n| format!("{{ input: [in {n}], output: out {n} }}"))
            .collect();
        rest += "tokens: { Question: , Reply: }\ninstructions:\n  example_of_the_test:\n    input: [[Question]]\n";
        rest += &format!(
            "    output: [Reply]\n    samples: [{}]\n",
            samples.join(", ")
        );
    }
    if page
        .blocks
        .iter()
        .any(|block| block.word("file") == Some("words.yaml"))
    {
        rest += "include: words.yaml\n";
    }
    rest
}

/// A part with what it leaves out.
fn completed(part: &Block) -> String {
    const LEFT_OUT: [(&str, &str); 3] = [
        ("name", "\"example\""),
        ("inputs", "1"),
        ("include", "\"rest.yaml\""),
    ];
    let missing: Vec<_> = LEFT_OUT
        .into_iter()
        .filter(|(key, _)| !has_key(part, key))
        .collect();
    match part.notation.as_str() {
        "json" => {
            let mut value: Value = serde_json::from_str(&part.text).expect("JSON");
            let map = value.as_object_mut().expect("an object");
            for (key, text) in missing {
                map.insert(key.to_owned(), serde_json::from_str(text).expect("JSON"));
            }
            value.to_string()
        }
        "toml" => {
            missing
                .iter()
                .map(|(key, text)| format!("{key} = {text}\n"))
                .collect::<String>()
                + &part.text
        }
        _ => {
            part.text.clone()
                + &missing
                    .iter()
                    .map(|(key, text)| format!("{key}: {text}\n"))
                    .collect::<String>()
        }
    }
}

#[test]
fn every_block_says_what_it_is() {
    for page in pages() {
        for block in &page.blocks {
            let is_known = match block.notation.as_str() {
                // What is shown of other languages is not run.
                "console" | "sh" | "text" | "python" => block.words.is_empty(),
                "yaml" | "toml" | "json" => {
                    block.is("part") || block.word("file").is_some() || block.word("of").is_some()
                }
                _ => block.word("file").is_some(),
            };
            assert!(
                is_known,
                "{}: no test knows what this block is",
                page.place(block)
            );
        }
    }
}

#[test]
fn every_spec_of_a_page_builds() {
    let mut failures = Vec::new();
    let (mut specs, mut parts) = (0, 0);
    for page in pages() {
        let folder = folder(&page);
        for block in &page.blocks {
            if let Some(name) = block.word("file").filter(|_| is_spec(block)) {
                specs += 1;
                let (code, told) = shell(
                    folder.path(),
                    &format!("mtp build {name} -o out --output-format short"),
                    0,
                );
                let is_right = match block.is("bad") {
                    true => code == 1,
                    false => code == 0 && told == "Checked 1 spec: no problems.\n",
                };
                if !is_right {
                    failures.push(format!("{}: {told}", page.place(block)));
                }
            }
            if block.is("part") {
                parts += 1;
                let name = format!("part.{}", block.notation);
                std::fs::write(folder.path().join(&name), completed(block)).expect("a file");
                std::fs::write(folder.path().join("rest.yaml"), rest(&page, block))
                    .expect("a file");
                let (code, told) = shell(
                    folder.path(),
                    &format!("mtp validate {name} --output-format short"),
                    0,
                );
                // Of the words that the parts of a page share, one part uses but a few.
                let others = told.lines().filter(|line| {
                    !line.contains("[unused-token") && !line.starts_with("Checked 1 ")
                });
                let others: Vec<&str> = others.collect();
                if code != 0 || !others.is_empty() {
                    failures.push(format!("{}:\n{told}", page.place(block)));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(
        specs >= 5 && parts >= 10,
        "only {specs} specs and {parts} parts were found"
    );
}

#[test]
fn every_excerpt_stands_in_its_file() {
    for page in pages() {
        if !page.blocks.iter().any(|block| block.word("of").is_some()) {
            continue;
        }
        let folder = folder(&page);
        let specs = page
            .blocks
            .iter()
            .filter(|block| is_spec(block) && !block.is("bad"));
        for name in specs.filter_map(|block| block.word("file")) {
            let (code, told) = shell(folder.path(), &format!("mtp build {name} -o out"), 0);
            assert_eq!(code, 0, "{told}");
        }
        for block in &page.blocks {
            let Some(file) = block.word("of") else {
                continue;
            };
            let bare = |text: &str| -> Vec<String> {
                text.lines()
                    .map(|line| line.trim().trim_end_matches(',').to_owned())
                    .collect()
            };
            let whole = bare(&read(&folder.path().join(file)));
            let excerpt = bare(&block.text);
            let mut at = 0;
            for piece in excerpt
                .split(|line| line == "…")
                .filter(|piece| !piece.is_empty())
            {
                let found = whole[at..]
                    .windows(piece.len())
                    .position(|lines| lines == piece);
                let found = found.unwrap_or_else(|| {
                    panic!(
                        "{}: not in {file}:\n{}",
                        page.place(block),
                        piece.join("\n")
                    )
                });
                at += found + piece.len();
            }
        }
    }
}

#[test]
fn every_command_prints_what_its_page_shows() {
    let bless = std::env::var_os("MTP_BLESS").is_some();
    let mut failures = Vec::new();
    for page in pages() {
        let folder = folder(&page);
        let mut lines: Vec<String> = page.text.lines().map(str::to_owned).collect();
        let mut is_changed = false;
        // From the last block to the first, so that lines keep their numbers; but run in order.
        let mut shown = Vec::new();
        for block in page
            .blocks
            .iter()
            .filter(|block| block.notation == "console")
        {
            let mut actual = String::new();
            let mut last = 0;
            for line in block.text.lines() {
                let Some(command) = line.strip_prefix("$ ") else {
                    continue;
                };
                let (code, text) = shell(folder.path(), command, last);
                last = code;
                actual += &format!("{line}\n{text}");
                if !text.is_empty() && !text.ends_with('\n') {
                    actual.push('\n');
                }
            }
            shown.push((block, actual));
        }
        for (block, actual) in shown.into_iter().rev() {
            let actual: String = actual
                .lines()
                .map(|line| line.trim_end().to_owned() + "\n")
                .collect();
            if actual == block.text {
                continue;
            }
            is_changed = true;
            if bless {
                let from = block.line + 1;
                let to = from + block.text.lines().count();
                lines.splice(from..to, actual.lines().map(str::to_owned));
            } else {
                failures.push(format!("{}: it prints\n{actual}", page.place(block)));
            }
        }
        if bless && is_changed {
            std::fs::write(&page.path, lines.join("\n") + "\n").expect("a page");
        }
    }
    assert!(
        failures.is_empty(),
        "`MTP_BLESS=1 cargo test --test docs` rewrites them\n{}",
        failures.join("\n")
    );
}

#[test]
fn every_command_has_its_help_and_every_format_its_word() {
    let page = read(Path::new("docs/command-line.md"));
    let (_, help) = shell(Path::new("."), "mtp --help", 0);
    // Between the usage and the options, what is indented is a command.
    let commands = help
        .lines()
        .skip_while(|line| !line.starts_with("Usage:"))
        .take_while(|line| *line != "Options:");
    let names: Vec<&str> = commands
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(names.len() > 4, "{help}");
    for name in names {
        assert!(
            page.contains(&format!("\n$ mtp {name} --help\n")),
            "docs/command-line.md lacks the help of {name}"
        );
    }
    for format in mtp::report::Format::NAMES {
        assert!(
            page.contains(&format!("| `{format}` |")),
            "docs/command-line.md lacks the format {format}"
        );
    }
}

/// The targets of a text's links.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
}

/// What a heading is called in links.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut failures = Vec::new();
    for page in pages() {
        let prose = page.prose();
        for link in links(&prose).filter(|link| !link.contains("://")) {
            let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
            let base = page.path.parent().unwrap_or(Path::new(""));
            let path = if target.is_empty() {
                page.path.clone()
            } else {
                base.join(target)
            };
            let is_there = path.exists()
                && (fragment.is_empty() || {
                    let text = read(&path);
                    text.lines()
                        .filter(|line| line.starts_with('#'))
                        .any(|line| anchor(line) == fragment)
                });
            if !is_there {
                failures.push(format!("{}: {link}", page.path.display()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "links that lead nowhere:\n{}",
        failures.join("\n")
    );
}

#[test]
fn every_path_that_is_named_exists() {
    const ROOTS: [&str; 7] = [
        "src/", "tests/", "benches/", "docs/", "specs/", "schemas/", ".ci/",
    ];
    // A word that stands for any name.
    const PLACEHOLDERS: [&str; 4] = ["NAME", "CASE", "RULE", "*"];
    let mut failures = Vec::new();
    for page in pages() {
        let prose = page.prose();
        for code in prose.split('`').skip(1).step_by(2) {
            let is_path = ROOTS.iter().any(|root| code.starts_with(root))
                && !code.contains(char::is_whitespace);
            if !is_path {
                continue;
            }
            let known: PathBuf = Path::new(code)
                .components()
                .take_while(|part| {
                    let part = part.as_os_str().to_string_lossy();
                    !PLACEHOLDERS.iter().any(|word| part.contains(word))
                })
                .collect();
            if !known.exists() {
                failures.push(format!("{}: {code}", page.path.display()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "paths that do not exist:\n{}",
        failures.join("\n")
    );
}

#[test]
fn every_dependency_is_explained_and_no_other() {
    let manifest: toml::Table = toml::from_str(&read(Path::new("Cargo.toml"))).expect("TOML");
    let page = read(Path::new("docs/dependencies.md"));
    for (section, heading) in [
        ("dependencies", "## In the program"),
        ("dev-dependencies", "## In the tests"),
    ] {
        let table = manifest
            .get(section)
            .and_then(toml::Value::as_table)
            .expect("a table");
        let declared: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        let (_, rest) = page
            .split_once(heading)
            .unwrap_or_else(|| panic!("no {heading}"));
        let rows = rest
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with("## "));
        let rows = rows.filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let explained: Vec<&str> = rows.map(|(name, _)| name).collect();
        let unique: BTreeSet<&str> = explained.iter().copied().collect();
        assert_eq!(
            unique, declared,
            "docs/dependencies.md, {heading}, against Cargo.toml"
        );
        assert_eq!(
            unique.len(),
            explained.len(),
            "{heading}: a name stands twice"
        );
    }
}

/// The names of all properties in a schema.
fn properties<'v>(value: &'v Value, names: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Object(own)) = map.get("properties") {
                names.extend(own.keys().map(String::as_str));
            }
            map.iter()
                .filter(|(key, _)| *key != "rules")
                .for_each(|(_, value)| properties(value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| properties(value, names)),
        _ => {}
    }
}

#[test]
fn every_key_is_explained() {
    let files = [
        ("schemas/spec.json", "docs/spec-language.md"),
        ("schemas/model/2.0.1.json", "docs/output-files.md"),
        ("schemas/model/1.2.1.json", "docs/output-files.md"),
        ("schemas/template/2.1.0.json", "docs/output-files.md"),
        ("schemas/template/1.2.0.json", "docs/output-files.md"),
    ];
    for (schema, page) in files {
        let schema: Value = serde_json::from_str(&read(Path::new(schema))).expect("JSON");
        let page_text = read(Path::new(page));
        let mut names = BTreeSet::new();
        properties(&schema, &mut names);
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|name| !page_text.contains(&format!("`{name}`")))
            .collect();
        assert!(missing.is_empty(), "{page} does not explain {missing:?}");
    }
}

#[test]
fn the_readme_tests_as_continuous_integration_does() {
    let readme = Page::read(Path::new("README.md"));
    assert!(
        readme.text.lines().count() <= 150,
        "README.md has more than 150 lines"
    );
    let commands: Vec<&str> = readme
        .blocks
        .iter()
        .filter(|block| block.notation == "sh")
        .flat_map(|block| block.text.lines())
        .collect();
    assert_eq!(
        commands.len(),
        2,
        "the README has one command to build and run, and one to test: {commands:?}"
    );
    let script = read(Path::new(".ci/run"));
    assert!(
        script.lines().any(|line| line.trim() == commands[1]),
        ".ci/run does not run `{}`",
        commands[1]
    );
}
