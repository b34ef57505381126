//! `mtp fmt`: what is laid out once stays as it is, and builds the same.

use super::files::Input;
use super::spec::model;
use mtp::diagnostics::Diagnostics;
use mtp::format::{Formatted, format};
use mtp::source::SourceMap;
use mtp::syntax::tree::Notation;

fn laid_out(path: &str, text: &str) -> Option<String> {
    let sources = SourceMap::default();
    let origin = sources.add(path, text.to_owned());
    let notation = Notation::of_path(path).expect("a notation");
    let mut findings = Diagnostics::default();
    match format(&sources, origin, notation, &mut findings) {
        Formatted::Text(text) => Some(text),
        Formatted::Refused => {
            assert!(findings.iter().next().is_some(), "refused for nothing");
            None
        }
        Formatted::Changed => {
            // Anchors on keys may be declined: that is told, and the file stays as it is.
            assert!(text.contains('&'), "it would not mean the same");
            None
        }
    }
}

/// A text in its layout.
pub fn fmt(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    let Some(once) = laid_out(input.path, &input.text) else {
        return;
    };
    let twice = laid_out(input.path, &once).unwrap_or_else(|| panic!("broken:\n{once}"));
    assert!(once == twice, "once:\n{once}\ntwice:\n{twice}");
    let before = model(&input.files, input.path, &input.text);
    let after = model(&input.files, input.path, &once);
    assert!(before == after, "it builds something else:\n{once}");
}
