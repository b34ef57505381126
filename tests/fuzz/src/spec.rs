//! Specs: what is found in one can be told in every format, and what is built from one is
//! JSON that becomes a spec again that builds the same.

use super::files::Input;
use mtp::diagnostics::{Level, RULES};
use mtp::load::Limits;
use mtp::report::{self, Checked, Format, Report, Style};
use mtp::source::{Disk, Files, SourceMap};
use mtp::syntax::tree::Notation;
use mtp::{Options, Taken, emit, import_model, print};
use std::num::NonZeroUsize;
use std::path::Path;

pub(crate) fn options() -> Options {
    Options {
        limits: Limits {
            threads: NonZeroUsize::MIN,
            ..Limits::default()
        },
        ..Options::default()
    }
}

/// The same with nothing an error that may be a warning: a spec can say so, its model file
/// cannot.
fn lenient() -> Options {
    let mut options = options();
    let open = RULES.iter().filter(|rule| !rule.locked);
    open.for_each(|rule| options.levels.set(rule, Level::Warn));
    options
}

/// A spec to its findings, and these to every format of reports.
pub fn findings(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    let sources = SourceMap::default();
    let bytes = input.text.clone().into_bytes();
    let outcome = mtp::check(
        &sources,
        &input.files,
        Path::new(input.path),
        bytes,
        Taken::AsSpec,
        &options(),
    );
    let diagnostics = outcome.diagnostics;
    for finding in &diagnostics {
        let place = sources.place(finding.span).expect("a place");
        assert!(
            place.file.text.get(place.span.range()).is_some(),
            "{finding:?}"
        );
        assert!(!finding.message.is_empty());
    }
    drop(outcome.protocol);
    told(sources, diagnostics);
}

/// Reports in every format: whole, and with nothing in them that a terminal obeys.
pub(crate) fn told(sources: SourceMap, diagnostics: Vec<mtp::diagnostics::Diagnostic>) {
    let checked = [Checked {
        sources,
        diagnostics,
    }];
    let report = Report::new(&checked, 1);
    for name in Format::NAMES {
        let format = Format::parse(name).expect("a format");
        let mut out = Vec::new();
        report::write(format, &report, &Style::default(), &mut out).expect("a vector takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        let is_bad = |c: char| {
            (c.is_control() && c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c)
        };
        assert!(
            !text.contains(is_bad),
            "{name} lets a character through: {text:?}"
        );
        if ["json", "sarif", "gitlab"].contains(&name) {
            serde_json::from_str::<serde_json::Value>(&text).expect(name);
        }
        if name == "github" {
            assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
        }
    }
}

/// The model file of a text; `None` if it has errors.
pub(crate) fn model(files: &dyn Files, path: &str, text: &str) -> Option<Vec<u8>> {
    model_by(files, path, text, &options())
}

fn model_by(files: &dyn Files, path: &str, text: &str, options: &Options) -> Option<Vec<u8>> {
    let sources = SourceMap::default();
    let bytes = text.as_bytes().to_vec();
    let outcome = mtp::check(
        &sources,
        files,
        Path::new(path),
        bytes,
        Taken::AsSpec,
        options,
    );
    let protocol = outcome.protocol?;
    let (mut model, mut template) = (Vec::new(), Vec::new());
    emit::model(&protocol, &mut model).expect("a vector takes all");
    emit::template(&protocol, &mut template).expect("a vector takes all");
    for bytes in [&model, &template] {
        serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON");
    }
    Some(model)
}

/// A spec to its two files, and the model file back to a spec.
pub fn compile(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    let Some(built) = model(&input.files, input.path, &input.text) else {
        return;
    };
    assert!(
        model(&input.files, input.path, &input.text).as_ref() == Some(&built),
        "other bytes"
    );
    returns(&built);
}

/// What is built becomes a spec that builds the same.
pub(crate) fn returns(built: &[u8]) {
    let sources = SourceMap::default();
    let imported = import_model(
        &sources,
        Path::new("model.json"),
        built.to_vec(),
        &lenient(),
    );
    let told: Vec<&String> = imported
        .diagnostics
        .iter()
        .map(|found| &found.message)
        .collect();
    let spec = imported
        .spec
        .unwrap_or_else(|| panic!("not imported: {told:?}"));
    for (notation, path) in [
        (Notation::Yaml, "spec.yaml"),
        (Notation::Toml, "spec.toml"),
        (Notation::Json, "spec.json"),
    ] {
        let text = print::text(&print::from_ast(&spec, notation), notation);
        let again = model_by(&Disk, path, &text, &lenient());
        assert!(
            again.as_deref() == Some(built),
            "{path} builds something else:\n{text}"
        );
    }
}
