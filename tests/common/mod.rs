//! What the tests share: finding cases, compiling them, comparing with what is
//! committed.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub(crate) mod command;
pub(crate) mod made;

use mtp::chat::template::{Call, Template};
use mtp::chat::{Budget, Checks, Limit, Named, Platform};
use mtp::diagnostics::{Diagnostic, Severity};
use mtp::source::{Disk, SourceMap, Span};
use mtp::tokenizer::{Special, Tokenizer};
use mtp::{Options, Taken};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file or folder below `tests/KIND/RULE/`.
pub(crate) struct Case {
    /// The name of the folder it is in.
    pub(crate) rule: String,
    /// The file, or the folder with its `spec.*`.
    pub(crate) path: PathBuf,
}

/// All cases below a folder, sorted; expectations and data are none.
pub(crate) fn cases(folder: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in entries(Path::new(folder)) {
        for path in entries(&rule)
            .into_iter()
            .filter(|path| is_spec(path) || path.is_dir())
        {
            let rule = rule
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            cases.push(Case { rule, path });
        }
    }
    cases
}

/// What is in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let found =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = found
        .map(|entry| entry.expect("a folder that can be read").path())
        .collect();
    paths.sort();
    paths
}

fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["yaml", "toml", "json"]
            .iter()
            .any(|known| ending == *known)
    })
}

/// The spec of a case: the file itself, or `spec.*` in its folder.
pub(crate) fn spec_of(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_path_buf();
    }
    let spec = entries(path)
        .into_iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == "spec"));
    spec.unwrap_or_else(|| panic!("{} holds no spec", path.display()))
}

/// A finding as tests compare it.
pub(crate) struct Found {
    /// The rule's id.
    pub(crate) rule: &'static str,
    /// Error or warning.
    pub(crate) severity: Severity,
    /// The file, the place as `line:column`, the underlined text, and all that is said.
    pub(crate) shown: String,
    /// Whether it carries a fix.
    pub(crate) fix: bool,
    /// Whether something else than ASCII stands before its place.
    pub(crate) behind_unicode: bool,
}

/// Compiles a case and gives its findings.
pub(crate) fn findings(path: &Path) -> Vec<Found> {
    findings_with(path, &Options::default())
}

/// What the cases of a rule are checked with besides, by the file `chat.options` of their
/// folder: `template=`, a name or a file; `answer=`, with `\\n` for a line break.
pub(crate) fn chat_checks(folder: &Path, sources: &SourceMap) -> Option<Arc<Checks>> {
    let text = std::fs::read_to_string(folder.join("chat.options")).ok()?;
    let mut checks = Checks::default();
    for line in text.lines() {
        let (key, value) = line.split_once('=').expect("KEY=VALUE");
        match key {
            "template" => {
                let template = Named::builtin(value).unwrap_or_else(|| {
                    let source = std::fs::read_to_string(folder.join(value)).expect("a template");
                    Named {
                        name: value.to_owned(),
                        template: Template::new(&source, None).expect("a template"),
                        origin: None,
                        is_own: false,
                        call: Call::default(),
                    }
                });
                checks.template = Some(template);
            }
            "answer" => {
                let text = value.replace("\\n", "\n");
                let origin = sources.add(folder.join("answer.txt").to_string_lossy(), text.clone());
                let span = Span::new(origin, 0, text.len());
                checks.answer = Some((text, span));
            }
            "platform" => checks.platform = Platform::parse(value),
            "tokens" => {
                let (encoding, most) = value.split_once(' ').expect("ENCODING NUMBER");
                let tokenizer = Tokenizer::of_encoding(encoding, Special::Tokens);
                let limit = Limit::Budget(most.parse().expect("a number"));
                checks.tokens = Some(Budget::new(tokenizer.expect("an encoding"), Some(limit)));
            }
            _ => panic!("unknown option {key}"),
        }
    }
    Some(Arc::new(checks))
}

/// The same, with options.
pub(crate) fn findings_with(path: &Path, options: &Options) -> Vec<Found> {
    let spec = spec_of(path);
    let bytes = std::fs::read(&spec).unwrap_or_else(|error| panic!("{}: {error}", spec.display()));
    let sources = SourceMap::default();
    let base = spec.parent().unwrap_or(Path::new(""));
    let mut options = options.clone();
    options.chat = chat_checks(base, &sources).or(options.chat);
    let diagnostics =
        mtp::check(&sources, &Disk, &spec, bytes, Taken::AsSpec, &options).diagnostics;
    diagnostics
        .iter()
        .map(|diagnostic| Found {
            rule: diagnostic.rule.name,
            severity: diagnostic.severity,
            shown: shown(&sources, diagnostic, base),
            fix: diagnostic.fix.is_some(),
            behind_unicode: sources.place(diagnostic.span).is_some_and(|place| {
                let before = place.file.text.get(..place.span.start as usize);
                before.is_some_and(|before| !before.is_ascii())
            }),
        })
        .collect()
}

pub(crate) fn shown(sources: &SourceMap, diagnostic: &Diagnostic, base: &Path) -> String {
    let mut text = String::new();
    let place = sources
        .place(diagnostic.span)
        .expect("a place for every finding");
    let _ = writeln!(
        text,
        "{}: {}[{}]: {}",
        spot(sources, place.span, base),
        diagnostic.severity.name(),
        diagnostic.rule.name,
        diagnostic.message
    );
    if let Some(definition) = place.definition {
        let _ = writeln!(text, "  {}: defined here", spot(sources, definition, base));
    }
    if let Some(label) = &diagnostic.label {
        let _ = writeln!(text, "  here: {label}");
    }
    for label in &diagnostic.labels {
        let _ = writeln!(
            text,
            "  {}: {}",
            spot(sources, label.span, base),
            label.message
        );
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(text, "  help: {help}");
    }
    if let Some(fix) = &diagnostic.fix {
        let _ = writeln!(text, "  fix ({:?}): {}", fix.safety, fix.title);
    }
    text
}

/// `file:line:column "text"`, the file left out where it is the only one, a text of
/// several lines cut after the first.
fn spot(sources: &SourceMap, span: Span, base: &Path) -> String {
    let file = sources.file(span).expect("a file for every span");
    let position = file.position(span.start as usize);
    let path = Path::new(&file.path);
    let name = path
        .strip_prefix(base)
        .unwrap_or(path)
        .display()
        .to_string()
        .replace('\\', "/");
    let shown = if sources.files().count() == 1 {
        String::new()
    } else {
        format!("{name}:")
    };
    let text = file
        .text
        .get(span.range())
        .expect("a span within its file, on character borders");
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let more = lines.count();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "{shown}{}:{} {first:?}{rest}",
        position.line, position.column
    )
}

/// Compares `actual` with the committed `PATH.ENDING`, or writes that file where
/// `MTP_BLESS` is set. A difference comes back as text.
pub(crate) fn blessed(path: &Path, ending: &str, actual: &str) -> Option<String> {
    let mut file = path.as_os_str().to_owned();
    file.push(format!(".{ending}"));
    let file = PathBuf::from(file);
    if std::env::var_os("MTP_BLESS").is_some() {
        std::fs::write(&file, actual).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        return None;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    (expected != actual).then(|| {
        format!(
            "{}:\nexpected:\n{expected}\nfound:\n{actual}",
            file.display()
        )
    })
}
