//! The rules' pages: their examples are run, and `docs/rules/` is made from them.
//!
//! A block ```` ```yaml,bad ```` breaks the page's rule and nothing else, a block
//! ```` ```yaml,good ```` has no finding of the rule and no error. `name`, `inputs: 1` and ten
//! lines of `context` are added where a block leaves them out, unless it says `whole`. `toml`
//! and `json` (always whole) work the same.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;

use mtp::diagnostics::{RULES, Rule, Severity};
use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken};
use std::collections::BTreeSet;
use std::path::Path;

struct Block<'p> {
    notation: &'p str,
    bad: bool,
    whole: bool,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```") else {
            continue;
        };
        let words: Vec<&str> = words.split(',').map(str::trim).collect();
        let text = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .fold(String::new(), |text, line| text + line + "\n");
        let (bad, good) = (words.contains(&"bad"), words.contains(&"good"));
        if bad || good {
            blocks.push(Block {
                notation: words[0],
                bad,
                whole: words.contains(&"whole"),
                text,
            });
        }
    }
    blocks
}

/// The block with what it leaves out.
fn completed(block: &Block<'_>) -> String {
    let mut text = block.text.clone();
    if block.whole || block.notation == "json" {
        return text;
    }
    let has = |key: &str| block.text.lines().any(|line| line.starts_with(key));
    let context: Vec<String> = (1..=10).map(|n| format!("\"Line {n}.\"")).collect();
    let sign = if block.notation == "toml" { "=" } else { ":" };
    let mut before = String::new();
    for (key, value) in [
        ("name", "example".to_owned()),
        ("inputs", "1".to_owned()),
        ("context", format!("[{}]", context.join(", "))),
    ] {
        if !has(key) {
            let value = if key == "name" {
                format!("\"{value}\"")
            } else {
                value
            };
            before += &format!(
                "{key}{}{sign} {value}\n",
                if sign == "=" { " " } else { "" }
            );
        }
    }
    if block.notation == "toml" {
        text.insert_str(0, &before)
    } else {
        text += &before
    }
    text
}

#[test]
fn the_examples_of_every_page_show_what_they_say() {
    let mut failures = Vec::new();
    for rule in RULES {
        let all = blocks(rule.page);
        if !all.iter().any(|block| block.bad) || all.iter().all(|block| block.bad) {
            failures.push(format!(
                "{}: its page needs a bad and a good example",
                rule.name
            ));
        }
        for block in &all {
            let text = completed(block);
            let sources = SourceMap::default();
            let name = format!("example.{}", block.notation);
            let outcome = mtp::check(
                &sources,
                &Disk,
                Path::new(&name),
                text.clone().into_bytes(),
                Taken::AsSpec,
                &Options {
                    chat: common::chat_checks(
                        &Path::new("tests/diagnostics").join(rule.name),
                        &sources,
                    ),
                    ..Options::default()
                },
            );
            let found: Vec<_> = outcome
                .diagnostics
                .iter()
                .map(|finding| (finding.rule.name, finding.severity))
                .collect();
            let rules: BTreeSet<&str> = found.iter().map(|(rule, _)| *rule).collect();
            let fits = if block.bad {
                rules == BTreeSet::from([rule.name])
            } else {
                !rules.contains(rule.name)
                    && found
                        .iter()
                        .all(|(_, severity)| *severity == Severity::Warning)
            };
            if !fits {
                let told: Vec<String> = outcome
                    .diagnostics
                    .iter()
                    .map(|f| format!("{}: {}", f.rule.name, f.message))
                    .collect();
                let kind = if block.bad { "bad" } else { "good" };
                failures.push(format!("{} ({kind}): {told:?} in\n{text}", rule.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A page as `docs/rules/` has it.
fn documented(rule: &Rule) -> String {
    let kind = match (rule.severity, rule.locked) {
        (Severity::Error, true) => {
            "Error; it cannot be switched off, since nothing could be built without it."
        }
        _ if rule.on_request => {
            "Looked at only where a template, a platform or a budget is chosen."
        }
        (Severity::Error, false) => "Error by default.",
        (Severity::Warning, _) => "Warning by default.",
    };
    let source = format!(
        "<!-- made from src/diagnostics/{}.md by `MTP_BLESS=1 cargo test --test pages` -->",
        rule.name.replace('-', "_")
    );
    let (title, rest) = rule.page.split_once('\n').unwrap_or((rule.page, ""));
    let page = format!("{source}\n{title}\n\n*{kind}*\n{rest}");
    page.replace(",bad,whole\n", "\n")
        .replace(",good,whole\n", "\n")
        .replace(",bad\n", "\n")
        .replace(",good\n", "\n")
}

#[test]
fn the_documentation_of_the_rules_is_made_from_their_pages() {
    let folder = Path::new("docs/rules");
    let bless = std::env::var_os("MTP_BLESS").is_some();
    let mut wanted: Vec<(String, String)> = RULES
        .iter()
        .map(|rule| (format!("{}.md", rule.name), documented(rule)))
        .collect();
    let mut index =
        String::from("<!-- made by `MTP_BLESS=1 cargo test --test pages` -->\n# The rules\n\n");
    index += "Rules marked **!** cannot be switched off: without them nothing could be built.\n\n";
    index += "| rule | default | what it reports |\n| --- | --- | --- |\n";
    for rule in RULES {
        let lock = if rule.locked { " **!**" } else { "" };
        index += &format!(
            "| [{0}]({0}.md) | {1}{lock} | {2} |\n",
            rule.name,
            rule.severity.name(),
            rule.summary()
        );
    }
    wanted.push(("README.md".to_owned(), index));
    if bless {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).expect("a folder for the rules");
        wanted
            .iter()
            .for_each(|(name, text)| std::fs::write(folder.join(name), text).expect("a page"));
    }
    let stale: Vec<&str> = wanted
        .iter()
        .filter(|(name, text)| {
            std::fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(
        stale.is_empty(),
        "stale in docs/rules, run `MTP_BLESS=1 cargo test --test pages`: {stale:?}"
    );
    assert_eq!(
        common::entries(folder).len(),
        wanted.len(),
        "docs/rules holds a page of no rule"
    );
}
