//! Files that are made to do harm end soon, with a finding.

use super::{walk, with};
use mtp::syntax::tree::Notation;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Reads `text` in little time and finds `rule`, or nothing.
fn ends(text: &str, notation: Notation, rule: Option<&str>) {
    let start = Instant::now();
    with(text, notation, |_, _, document, findings| {
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.rule.name, &finding.message))
            .collect();
        match rule {
            Some(rule) => assert!(found.iter().any(|(name, _)| *name == rule), "{found:?}"),
            None => assert!(found.is_empty(), "{found:?}"),
        }
        let mut nodes = 0;
        if let Some(root) = &document.root {
            walk(root, &mut |_| nodes += 1);
        }
        assert!(nodes < 3_000_000, "{nodes} nodes");
    });
    // A debug build takes some twenty times as long.
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn nesting_has_a_limit_in_every_notation() {
    let deep = Some("limit-exceeded");
    ends(
        &format!("{}{}", "[".repeat(129), "]".repeat(129)),
        Notation::Json,
        deep,
    );
    ends(
        &format!("a = {}{}", "[".repeat(128), "]".repeat(128)),
        Notation::Toml,
        deep,
    );
    ends(
        &format!("{}{}", "[".repeat(129), "]".repeat(129)),
        Notation::Yaml,
        deep,
    );
    for levels in [1500, 300_000] {
        ends(&"[".repeat(levels), Notation::Yaml, deep);
        ends(&"{a: ".repeat(levels), Notation::Yaml, deep);
        ends(&"- ".repeat(levels), Notation::Yaml, deep);
        ends(&"? ".repeat(levels), Notation::Yaml, deep);
        ends(&"[".repeat(levels), Notation::Json, deep);
        ends(&"{\"a\":".repeat(levels), Notation::Json, deep);
        ends(&format!("a = {}", "[".repeat(levels)), Notation::Toml, deep);
        ends(
            &format!("a = {}", "{a = ".repeat(levels)),
            Notation::Toml,
            deep,
        );
        ends(
            &format!("{}a = 1", "a.".repeat(levels)),
            Notation::Toml,
            deep,
        );
        ends(&format!("[{}a]", "a.".repeat(levels)), Notation::Toml, deep);
    }
    let mut indented = String::new();
    for level in 0..1000 {
        writeln!(indented, "{}a:", " ".repeat(level)).unwrap();
    }
    ends(&indented, Notation::Yaml, deep);
}

#[test]
fn nesting_is_told_where_it_exceeds_the_limit() {
    for levels in [129, 1500, 300_000] {
        for (open, notation) in [
            ("[", Notation::Json),
            ("{\"a\":", Notation::Json),
            ("[", Notation::Yaml),
            ("[ ", Notation::Yaml),
            ("{a: ", Notation::Yaml),
            ("- ", Notation::Yaml),
        ] {
            let places = with(&open.repeat(levels), notation, |_, _, _, findings| {
                let starts = findings.iter().map(|found| found.span.start as usize);
                starts.collect::<Vec<_>>()
            });
            assert_eq!(places.first(), Some(&(128 * open.len())), "{open}");
        }
    }
}

#[test]
fn the_deepest_nesting_that_is_allowed_is_read() {
    ends(
        &format!("{}{}", "[".repeat(128), "]".repeat(128)),
        Notation::Yaml,
        None,
    );
    ends(
        &format!("{}{}", "[".repeat(128), "]".repeat(128)),
        Notation::Json,
        None,
    );
    ends(
        &format!("a = {}{}", "[".repeat(127), "]".repeat(127)),
        Notation::Toml,
        None,
    );
    ends(&format!("{}a = 1", "a.".repeat(127)), Notation::Toml, None);
}

#[test]
fn aliases_stand_for_a_limited_number_of_values() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..30 {
        writeln!(
            bomb,
            "a{n}: &a{n} [{}]",
            vec![format!("*a{}", n - 1); 9].join(",")
        )
        .unwrap();
    }
    ends(&bomb, Notation::Yaml, Some("limit-exceeded"));
    let flat = format!(
        "a: &a {{a: x, b: x, c: x}}\nz:\n{}",
        "- *a\n".repeat(100_000)
    );
    ends(&flat, Notation::Yaml, None);
    let flat = format!(
        "a: &a [{}]\nz:\n{}",
        "x,".repeat(1000),
        "- *a\n".repeat(150_000)
    );
    ends(&flat, Notation::Yaml, Some("limit-exceeded"));
    let long = format!(
        "a: &a \"{}\\n\"\nz:\n{}",
        "x".repeat(100_000),
        "- *a\n".repeat(20_000)
    );
    ends(&long, Notation::Yaml, Some("limit-exceeded"));
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for n in 1..1000 {
        writeln!(chain, "a{n}: &a{n} [*a{}]", n - 1).unwrap();
    }
    ends(&chain, Notation::Yaml, Some("limit-exceeded"));
}

#[test]
fn merging_one_map_many_times_is_fast() {
    let keys: String = (0..5000).fold(String::new(), |mut keys, n| {
        writeln!(keys, "  k{n}: v").unwrap();
        keys
    });
    let text = format!("a: &a\n{keys}b:\n  <<: [{}]\n", "*a, ".repeat(50_000));
    ends(&text, Notation::Yaml, None);
}

#[test]
fn a_map_of_many_keys_is_read_in_linear_time() {
    let count = 200_000;
    let yaml = (0..count).fold(String::new(), |text, n| {
        text + "k" + &n.to_string() + ": v\n"
    });
    ends(&yaml, Notation::Yaml, None);
    ends(&yaml.replace(": v", " = 1"), Notation::Toml, None);
    ends(
        &format!(
            "{{\"x\": 1,\"{}\": 1}}",
            yaml.trim_end().replace(": v\n", "\":1,\"")
        ),
        Notation::Json,
        None,
    );
    ends(&(yaml + "k7: w\n"), Notation::Yaml, Some("duplicate-key"));
}

#[test]
fn many_comments_are_no_error() {
    let comments = "# x\n".repeat(50_000);
    ends(&format!("a:\n{comments}  b: 1\n"), Notation::Yaml, None);
    ends(&format!("{comments}a: 1\n{comments}"), Notation::Yaml, None);
}
