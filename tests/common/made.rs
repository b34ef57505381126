//! A text compiled, for tests that only look at what came of it.

use mtp::source::{Disk, SourceMap};
use mtp::{Options, Taken, emit};
use std::path::Path;

/// What a text came to.
pub(crate) struct Made {
    /// The model file and the template file, if no finding is an error.
    pub(crate) built: Option<[Vec<u8>; 2]>,
    /// Rule, line and underlined text of every finding.
    pub(crate) findings: Vec<(&'static str, usize, String)>,
    /// All that is said, one finding a line.
    pub(crate) said: String,
}

/// Compiles a text as the file at `path`.
pub(crate) fn make(path: &str, text: &str, options: &Options) -> Made {
    let sources = SourceMap::default();
    let bytes = text.as_bytes().to_vec();
    let outcome = mtp::check(
        &sources,
        &Disk,
        Path::new(path),
        bytes,
        Taken::AsSpec,
        options,
    );
    let findings = outcome.diagnostics.iter().map(|finding| {
        let place = sources.place(finding.span).expect("a place");
        let line = place.file.position(place.span.start as usize).line;
        (finding.rule.name, line, sources.text(place.span).to_owned())
    });
    let findings = findings.collect();
    let said = outcome
        .diagnostics
        .iter()
        .map(|finding| format!("{}: {}\n", finding.rule.name, finding.message));
    let said = said.collect();
    let built = outcome.protocol.as_ref().map(|protocol| {
        let (mut model, mut template) = (Vec::new(), Vec::new());
        emit::model(protocol, &mut model).expect("a model");
        emit::template(protocol, &mut template).expect("a template");
        [model, template]
    });
    Made {
        built,
        findings,
        said,
    }
}
