//! Every output format: golden files in `tests/report/CASE/`, rewritten with
//! `MTP_BLESS=1`, and what has to hold for any text whatever.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

use mtp::diagnostics::{Diagnostic, RULES, Rule, Safety, Severity};
use mtp::report::{Checked, Format, Report, Style, fingerprints, write};
use mtp::source::{Origin, SourceMap, Span};
use std::fmt::Write as _;
use std::path::Path;

/// Rules of these tests alone, so that expectations do not change with a page.
static DUPLICATE: Rule = Rule::locked(
    "duplicate-key",
    "# duplicate-key\n\nThe same `key` twice in one map.\n\nMore.\n",
);
static SYNTAX: Rule = Rule::locked("syntax", "# syntax\n\nNot valid YAML.\n");

fn duplicate() -> &'static Rule {
    &DUPLICATE
}

/// The span of the `n`th (from 0) `needle` in `text`.
fn nth(origin: Origin, text: &str, needle: &str, n: usize) -> Span {
    let (start, _) = text.match_indices(needle).nth(n).unwrap();
    Span::new(origin, start, start + needle.len())
}

fn checked(sources: SourceMap, diagnostics: Vec<Diagnostic>) -> Checked {
    Checked {
        sources,
        diagnostics,
    }
}

/// One file, with findings made from its origin.
fn one(path: &str, text: &str, make: impl FnOnce(Origin, &str) -> Vec<Diagnostic>) -> Vec<Checked> {
    let sources = SourceMap::default();
    let origin = sources.add(path, text.to_owned());
    let diagnostics = make(origin, text);
    vec![checked(sources, diagnostics)]
}

fn rendered(format: Format, checked: &[Checked], style: &Style) -> String {
    let mut out = Vec::new();
    write(
        format,
        &Report::new(checked, checked.len()),
        style,
        &mut out,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn human(checked: &[Checked]) -> String {
    rendered(Format::Human, checked, &Style::default())
}

/// The cells over which the first underline of a human report runs, and the text
/// in these cells of the line above, by a width of our own: wide characters are
/// those at and above U+1100 in these tests.
fn underlined(report: &str) -> String {
    let lines: Vec<&str> = report.lines().collect();
    for pair in lines.windows(2) {
        let (source, below) = (pair[0], pair[1]);
        let Some(marks) = below.split_once("· ").map(|(_, marks)| marks) else {
            continue;
        };
        let Some((_, source)) = source.split_once("│ ") else {
            continue;
        };
        let from = marks.chars().position(|c| c != ' ').unwrap();
        let to = marks.chars().count();
        let mut cell = 0;
        let mut out = String::new();
        for c in source.chars() {
            let width = match c {
                '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' => 0,
                '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7a3}' | '\u{ff00}'..='\u{ff60}' => 2,
                '\u{1f1e6}'..='\u{1f1ff}' => 1,
                '\u{1f000}'.. => 2,
                _ => 1,
            };
            if cell >= from && cell < to || (width == 0 && cell > from && cell <= to) {
                out.push(c);
            }
            cell += width;
        }
        while cell < to {
            out.push('⏎');
            cell += 1;
        }
        return out;
    }
    panic!("nothing underlined in\n{report}");
}

const TEXT: &str = "\
# The tokens of a small protocol.
tokens:
  Tree: {}
  English: {}
  Talk: {}
  Tree: {}

instructions:
  - name: chat
    input: [[Tree, English, Talk], [Tree]]
    samples:
      - input: [Hello there, Hi]
        output: How are you?
      - input: [Hello]
        output: Fine.
        final: End
";

fn basic() -> Vec<Checked> {
    one("specs/a.yaml", TEXT, |o, t| {
        let missing = t.find("- input: [Hello]").unwrap();
        let mut warning = Diagnostic::new(
            duplicate(),
            nth(o, t, "Talk", 1),
            "`Talk` stands in two sets",
        )
        .also(nth(o, t, "[Tree]", 0), "in this set too");
        warning.severity = Severity::Warning;
        vec![
            Diagnostic::new(
                duplicate(),
                nth(o, t, "Tree", 1),
                "the key `Tree` is used twice in this map",
            )
            .also(nth(o, t, "Tree", 0), "first used here")
            .help("remove one of the two, or give it another name"),
            warning,
            Diagnostic::new(
                duplicate(),
                Span::new(o, missing + 2, t.len() - 1),
                "this sample has one input, 2 are asked for",
            )
            .label("one input")
            .also(
                nth(o, t, "[[Tree, English, Talk], [Tree]]", 0),
                "2 inputs are declared",
            )
            .help("add the input that is missing, or take the sample out"),
            Diagnostic::new(
                &SYNTAX,
                nth(o, t, "End", 0),
                "no final token is named `End`",
            )
            .help("did you mean `<END>`?")
            .fix(
                Safety::Safe,
                "replace `End` by `<END>`",
                nth(o, t, "End", 0),
                "\"<END>\"",
            ),
        ]
    })
}

fn include() -> Vec<Checked> {
    let tokens = "tokens:\n  Tree: {key: 🌳}\n  Talk: {}\n";
    ["b.yaml", "specs/with space/ä.yaml"]
        .into_iter()
        .map(|path| {
            let sources = SourceMap::default();
            let text = "name: x\ninclude: tokens.yaml\ntokens:\n  Talk: {}\n";
            let spec = sources.add(path, text.to_owned());
            let included = sources.add("tokens.yaml", tokens.to_owned());
            let found = vec![
                Diagnostic::new(
                    duplicate(),
                    nth(included, tokens, "🌳", 0),
                    "the key `🌳` is no single code point",
                ),
                Diagnostic::new(
                    duplicate(),
                    nth(spec, text, "Talk", 0),
                    "the token `Talk` is defined in two files",
                )
                .also(nth(included, tokens, "Talk", 0), "first defined here")
                .help("remove one of the two, or give it another name"),
            ];
            checked(sources, found)
        })
        .collect()
}

fn alias() -> Vec<Checked> {
    let text = "sets:\n  a: &set [Tree, Tlak]\nx: 1\ny: 2\n# far away\ny2: 2\ny3: 3\ny4: 4\ny5: 5\ninput: [*set, *set]\n";
    let sources = SourceMap::default();
    let file = sources.add("a.yaml", text.to_owned());
    let origin = sources.alias(nth(file, text, "*set", 1));
    let found = Diagnostic::new(
        duplicate(),
        nth(origin, text, "Tlak", 0),
        "undefined token `Tlak`",
    )
    .help("did you mean `Talk`?")
    .fix(
        Safety::Unsafe,
        "replace it by `Talk`",
        nth(origin, text, "Tlak", 0),
        "Talk",
    );
    vec![checked(sources, vec![found])]
}

const HOSTILE: &str = "a\u{1b}[31m: \u{202e}evil\u{2066} \u{9b}1m \u{7f} \u{200b}x\r\n\
    \u{1b}]8;;http://x\u{7} ##vso[task.setvariable] \u{2028}::error::pwn\n::warning file=x::pwn\r\n";

fn hostile() -> Vec<Checked> {
    one("x\u{1b}[2J\n::error::\u{202e}.yaml", HOSTILE, |o, t| {
        let mut all = vec![
            Diagnostic::new(duplicate(), nth(o, t, "evil", 0), HOSTILE)
                .label(HOSTILE)
                .help(HOSTILE),
            Diagnostic::new(
                duplicate(),
                nth(o, t, "x", 0),
                "a, b: 100% <b> & \"q\" ]]> \u{fffe}",
            )
            .also(nth(o, t, "pwn", 1), HOSTILE)
            .fix(Safety::Safe, HOSTILE, nth(o, t, "x", 0), HOSTILE),
        ];
        let colons = "word ::error::x".repeat(20);
        all.push(Diagnostic::new(duplicate(), nth(o, t, "pwn", 0), colons.clone()).help(colons));
        all
    })
}

fn wide() -> Vec<Checked> {
    let lines = [
        "é 😀 here",
        "e\u{301}a\u{308}\u{323} here",
        "漢字 here",
        "\there",
        "a\tb\there",
        "👨\u{200d}👩\u{200d}👧 here",
        "❤\u{fe0f} here",
        "🇩🇪🇫🇷 here",
        "👍🏽 here",
        "1\u{fe0f}\u{20e3} here",
        "🏴\u{e0067}\u{e0062}\u{e007f} here",
        "\u{1b}[0m here",
        "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306} here",
        "\u{200b}\u{feff}\u{ad} here",
        "ключ: \u{644}\u{627} here",
    ];
    one("wide.yaml", &(lines.join("\n\n") + "\n"), |o, t| {
        (0..lines.len())
            .map(|n| Diagnostic::new(duplicate(), nth(o, t, "here", n), "it is here").label("this"))
            .collect()
    })
}

fn long() -> Vec<Checked> {
    let text = format!(
        "short: [{}, here, {}]\nb: {}here{}\nlist:\n{}end: 1\nc: a label far right at the end of the line, {}here\n",
        "word, ".repeat(40),
        "word, ".repeat(40),
        "é".repeat(10_000),
        "ü".repeat(10_000),
        "  - item\n".repeat(30),
        "x".repeat(24),
    );
    one("long.yaml", &text, |o, t| {
        let list = Span::new(o, t.find("- item").unwrap(), t.find("\nend").unwrap());
        let label = "a label that has quite a lot to say about the place it points at, more than a line holds";
        vec![
            Diagnostic::new(
                duplicate(),
                nth(o, t, "here", 0),
                "in a line of 500 characters",
            )
            .label("this"),
            Diagnostic::new(
                duplicate(),
                nth(o, t, "here", 1),
                "in a line of 20,000 characters",
            )
            .label(label)
            .also(
                Span::new(o, t.find("b: ").unwrap(), t.find("b: ").unwrap() + 1),
                "far to the left",
            ),
            Diagnostic::new(duplicate(), list, "a list of 30 lines is too long").help("cut it"),
            Diagnostic::new(
                duplicate(),
                nth(o, t, "here", 2),
                format!(
                    "a name of 2,000 characters: `{}` is no token",
                    "n".repeat(2000)
                ),
            )
            .label(label),
        ]
    })
}

fn edges() -> Vec<Checked> {
    let mut all = one("empty.yaml", "", |o, _| {
        vec![Diagnostic::new(
            &SYNTAX,
            Span::new(o, 0, 0),
            "the file is empty",
        )]
    });
    all.extend(one("end.yaml", "a: [1\r\nb: 2\r\n", |o, t| {
        vec![
            Diagnostic::new(duplicate(), nth(o, t, "b", 0), "columns behind a CRLF"),
            Diagnostic::new(duplicate(), Span::new(o, 5, 7), "the line break"),
            Diagnostic::new(
                &SYNTAX,
                Span::new(o, t.len(), t.len()),
                "not valid YAML: `]` is missing",
            )
            .label("the file ends here"),
        ]
    }));
    all.extend(one("bom.yaml", "\u{feff}a: 1\n", |o, _| {
        vec![
            Diagnostic::new(duplicate(), Span::new(o, 0, 3), "the mark itself"),
            Diagnostic::new(
                duplicate(),
                Span::new(o, 3, 4),
                "a key behind a byte order mark",
            ),
            Diagnostic::new(
                duplicate(),
                Span::new(o, 4000, 5000),
                "a span behind the end",
            ),
            Diagnostic::new(duplicate(), Span::new(o, 1, 2), "a span inside a character"),
        ]
    }));
    all.extend(one("clean.yaml", "a: 1\n", |_, _| Vec::new()));
    all.extend(one(
        "cross.yaml",
        "a: [b, c, d]\nx: [\n  1, 2,\n]\n",
        |o, t| {
            vec![
                Diagnostic::new(duplicate(), nth(o, t, "c", 0), "nested labels")
                    .label("this one")
                    .also(nth(o, t, "[b, c, d]", 0), "in this list"),
                Diagnostic::new(duplicate(), nth(o, t, "b", 0), "three labels in a line")
                    .label("one")
                    .also(nth(o, t, "c", 0), "two")
                    .also(nth(o, t, "d", 0), "three"),
                Diagnostic::new(duplicate(), nth(o, t, "d", 0), "one place twice")
                    .label("one")
                    .also(nth(o, t, "d", 0), "two"),
                Diagnostic::new(
                    duplicate(),
                    nth(o, t, "[\n  1, 2,\n]", 0),
                    "a list of three lines",
                )
                .label("all of this"),
            ]
        },
    ));
    all
}

fn many(count: usize) -> Vec<Checked> {
    let mut text = String::from("tokens:\n");
    for n in 0..count {
        let _ = writeln!(text, "  - {{name: Token{n}, key: é😀}}");
    }
    one("many.yaml", &text, |o, t| {
        let lines: Vec<usize> = t.match_indices("name").map(|(at, _)| at).collect();
        let make = |at: &usize| {
            Diagnostic::new(
                duplicate(),
                Span::new(o, *at, at + 4),
                format!("the key at {at} is used twice"),
            )
            .label("second")
            .also(Span::new(o, 0, 6), "first used here")
            .help("remove one of the two")
        };
        lines.iter().map(make).collect()
    })
}

fn cases() -> Vec<(&'static str, Vec<Checked>)> {
    vec![
        ("basic", basic()),
        ("include", include()),
        ("alias", alias()),
        ("hostile", hostile()),
        ("wide", wide()),
        ("long", long()),
        ("edges", edges()),
        ("clean", one("clean.yaml", "a: 1\n", |_, _| Vec::new())),
    ]
}

#[test]
fn the_formats_look_as_they_did() {
    let mut wrong = Vec::new();
    for (name, checked) in cases() {
        for format in Format::NAMES {
            let text = rendered(Format::parse(format).unwrap(), &checked, &Style::default());
            let version = format!("ersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
            let text = text.replace(&version, "ersion\": \"0.0.0\"");
            let ending = match format {
                "human" | "short" | "github" => "txt",
                "junit" => "xml",
                "sarif" => "sarif",
                _ => "json",
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("tests/report/{name}/{format}.{ending}"));
            if std::env::var_os("MTP_BLESS").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                wrong.push(path);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "changed, or MTP_BLESS=1 is needed: {wrong:#?}"
    );
}

/// Nothing but text and line breaks.
fn assert_harmless(text: &str) {
    for c in text.chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?} in\n{text:?}");
        let bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(
            !bidi && !matches!(c, '\u{2028}' | '\u{2029}'),
            "{c:?} in\n{text:?}"
        );
    }
}

#[test]
fn no_text_of_a_spec_commands_a_terminal_or_a_build_service() {
    for (name, checked) in cases() {
        for format in Format::NAMES {
            let text = rendered(Format::parse(format).unwrap(), &checked, &Style::default());
            assert_harmless(&text);
            let findings = checked
                .iter()
                .map(|spec| spec.diagnostics.len())
                .sum::<usize>();
            match format {
                "short" => assert!(text.lines().count() <= findings, "{name}"),
                "github" => {
                    assert!(text.lines().count() <= findings, "{name}");
                    assert!(text.lines().all(|line| line.starts_with("::error file=")
                        || line.starts_with("::warning file=")));
                }
                _ => {}
            }
            if matches!(format, "human" | "short") {
                assert!(
                    !text.lines().any(|line| line.trim_start().starts_with("::")),
                    "{name}: {text}"
                );
                assert!(
                    !text.contains("##[") && !text.contains("##vso["),
                    "{name}: {text}"
                );
            }
        }
    }
}

#[test]
fn json_keeps_every_character_and_every_key_in_order() {
    for (name, checked) in cases() {
        let text = rendered(Format::Json, &checked, &Style::default());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let report = Report::new(&checked, checked.len());
        for (entry, finding) in value["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&report.findings)
        {
            assert_eq!(entry["message"], finding.diagnostic.message, "{name}");
            assert_eq!(entry["file"], finding.path(), "{name}");
            let span = &entry["span"];
            let bytes =
                span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize;
            let before = &finding.spot.file.text[..bytes.start];
            let line = before
                .rsplit('\n')
                .next()
                .unwrap()
                .trim_start_matches('\u{feff}');
            assert_eq!(span["line"], before.matches('\n').count() + 1, "{name}");
            assert_eq!(span["column"], line.chars().count() + 1, "{name}");
        }
        let mut last = 0;
        let first = text.split("    {\n").nth(1).unwrap_or_default();
        for key in [
            "rule", "severity", "message", "help", "url", "file", "span", "labels", "fix",
        ] {
            if let Some(at) = first.find(&format!("      \"{key}\": ")) {
                assert!(at >= last, "{key} in {first}");
                last = at;
            }
        }
    }
}

#[test]
fn carets_are_under_the_text() {
    for spec in wide() {
        for found in &spec.diagnostics {
            let sources = SourceMap::default();
            let file = spec.sources.file(found.span).unwrap();
            let origin = sources.add("x", file.text.clone());
            let span = Span {
                origin,
                ..found.span
            };
            let alone = [checked(
                sources,
                vec![Diagnostic::new(duplicate(), span, "x")],
            )];
            assert_eq!(underlined(&human(&alone)), "here");
        }
    }
}

#[test]
fn any_span_of_any_text_is_drawn_within_the_width() {
    let texts = [
        HOSTILE.to_owned(),
        TEXT.to_owned(),
        String::new(),
        "\u{feff}".to_owned(),
        "\n\n\n".to_owned(),
        "\r".to_owned(),
        "a\r\nb\rc".to_owned(),
        "\u{300}\u{200d}\u{fe0f}".to_owned(),
        "漢".repeat(300),
        "\t".repeat(100) + "x",
        "e\u{301}".repeat(2500),
        "👩\u{200d}".repeat(2000) + "\n" + &"x".repeat(200),
        "    x\n\n".repeat(4) + &"漢a".repeat(100),
        " ".repeat(300) + "\nx",
    ];
    let mut seed = 1u64;
    let mut random = move |most: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % (most + 1)
    };
    for text in &texts {
        for n in 0..if cfg!(debug_assertions) { 30 } else { 300 } {
            let sources = SourceMap::default();
            let origin = sources.add("a.yaml", text.clone());
            let mut span = || {
                let start = random(text.len() + 2);
                Span::new(origin, start, start + random(12) * random(12))
            };
            let mut found = Diagnostic::new(duplicate(), span(), "x")
                .also(span(), "second")
                .also(span(), "third");
            if n % 2 == 0 {
                found = found.label("a label of some length, here");
            }
            let checked = [checked(sources, vec![found])];
            let style = Style {
                width: 60,
                ascii: n % 3 == 0,
                ..Style::default()
            };
            let report = rendered(Format::Human, &checked, &style);
            assert_harmless(&report);
            assert!(!report.contains("Failed to read"), "{report}");
            for line in report.lines() {
                let cells: usize = line
                    .chars()
                    .map(|c| {
                        if ('\u{1100}'..'\u{fffd}').contains(&c) && c > '\u{2fff}'
                            || c > '\u{1f000}'
                        {
                            2
                        } else {
                            1
                        }
                    })
                    .sum();
                let marks = line
                    .chars()
                    .filter(|c| {
                        ('\u{300}'..='\u{36f}').contains(c) || *c == '\u{fe0f}' || *c == '\u{200d}'
                    })
                    .count();
                assert!(cells - marks <= 60 + 24, "{report}");
            }
            for format in Format::NAMES {
                assert_harmless(&rendered(Format::parse(format).unwrap(), &checked, &style));
            }
        }
    }
}

#[test]
fn long_lines_are_cut() {
    let text = format!(
        "[\"{}\", here, \"{}\"]",
        "é".repeat(250_000),
        "ü".repeat(250_000)
    );
    let spec = one("line.json", &text, |o, t| {
        vec![Diagnostic::new(duplicate(), nth(o, t, "here", 0), "x")]
    });
    let report = human(&spec);
    assert!(report.len() < 2_000, "{} bytes", report.len());
    assert!(report.contains("[line.json:1:250006]"), "{report}");
    assert_eq!(underlined(&report), "here");
    assert!(rendered(Format::Sarif, &spec, &Style::default()).len() < 4_000);
}

#[test]
fn of_ten_thousand_findings_people_see_the_first() {
    let spec = many(10_000);
    for (format, style) in [
        (Format::Human, Style::default()),
        (Format::Json, Style::default()),
        (Format::Short, Style::default()),
        (Format::Sarif, Style::default()),
        (Format::Gitlab, Style::default()),
    ] {
        let text = rendered(format, &spec, &style);
        if format == Format::Human {
            assert_eq!(text.matches("error[").count(), 20);
            assert!(text.contains("… and 9,980 more in many.yaml"), "{text}");
        }
    }
}

#[test]
fn the_cap_hides_warnings_before_errors() {
    let mut spec = many(10);
    for found in spec[0].diagnostics.iter_mut().take(8) {
        found.severity = Severity::Warning;
    }
    let report = rendered(
        Format::Human,
        &spec,
        &Style {
            cap_per_file: Some(3),
            ..Style::default()
        },
    );
    assert_eq!(
        (
            report.matches("error[").count(),
            report.matches("warning[").count()
        ),
        (2, 1)
    );
    assert!(report.contains("… and 7 more in many.yaml"));
}

#[test]
fn what_two_specs_include_is_counted_once() {
    let checked = include();
    let report = Report::new(&checked, 2);
    assert_eq!(
        (report.findings.len(), report.errors, report.warnings),
        (3, 3, 0)
    );
    assert_eq!(report.summary(), "Checked 2 specs: 3 errors.");
    let clean = Report::new(&[], 12);
    assert_eq!(clean.summary(), "Checked 12 specs: no problems.");
}

#[test]
fn fingerprints_know_no_line_numbers_and_are_unique() {
    let spec = |text: &str| {
        one("a.yaml", text, |o, t| {
            (0..2)
                .map(|n| Diagnostic::new(duplicate(), nth(o, t, "x", n), "m"))
                .collect()
        })
    };
    let (a, b) = (spec("  a: x\n  a: x\n"), spec("# new\n\n  a: x\n  a: x\n"));
    let (a, b) = (
        fingerprints(&Report::new(&a, 1)),
        fingerprints(&Report::new(&b, 1)),
    );
    assert_eq!(a, b);
    assert_ne!(a[0], a[1]);
}

#[test]
fn colour_is_only_used_when_asked_for() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    let (plain, coloured) = (human(&basic()), rendered(Format::Human, &basic(), &style));
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, plain);
    assert!(
        rendered(
            Format::Human,
            &basic(),
            &Style {
                ascii: true,
                ..Style::default()
            }
        )
        .is_ascii()
    );
}

#[test]
fn paths_are_relative_uris() {
    let style = Style {
        base: Some("/repo".to_owned()),
        ..Style::default()
    };
    let spec = one("/repo/./a b/ä:x.yaml", "a", |o, _| {
        vec![Diagnostic::new(duplicate(), Span::new(o, 0, 1), "m")]
    });
    assert!(rendered(Format::Sarif, &spec, &style).contains("\"uri\": \"a%20b/%C3%A4%3Ax.yaml\""));
    assert!(
        rendered(Format::Github, &spec, &style)
            .starts_with("::error file=a b/ä%3Ax.yaml,line=1,col=1,")
    );
    assert!(rendered(Format::Gitlab, &spec, &style).contains("\"path\": \"a b/ä:x.yaml\""));
    assert!(
        rendered(Format::Sarif, &spec, &Style::default())
            .contains("\"uri\": \"file:///repo/./a%20b/")
    );
}

#[test]
fn every_name_is_a_format() {
    assert!(
        Format::NAMES
            .iter()
            .all(|name| Format::parse(name).is_some())
    );
    assert_eq!(Format::parse("Human"), None);
}

#[test]
fn every_rule_can_be_reported_in_every_format() {
    let spec = one("a.yaml", "a: 1\n", |o, _| {
        RULES
            .iter()
            .map(|rule| Diagnostic::new(rule, Span::new(o, 0, 1), rule.name))
            .collect()
    });
    for format in Format::NAMES {
        let style = Style {
            cap_per_file: None,
            ..Style::default()
        };
        let text = rendered(Format::parse(format).unwrap(), &spec, &style);
        assert_harmless(&text);
        assert!(
            RULES.iter().all(|rule| text.contains(rule.name)),
            "{format}"
        );
    }
}

#[test]
fn sarif_points_at_its_rules_and_counts_in_characters() {
    for (_, checked) in cases() {
        let text = rendered(Format::Sarif, &checked, &Style::default());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let run = &value["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"],
                result["ruleId"]
            );
        }
    }
}
