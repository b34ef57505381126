//! Findings as the editor shows them, and what it needs to act on them.

use super::documents::{Documents, resolved};
use super::position::Encoding;
use super::uri;
use crate::diagnostics::{Diagnostic, Rule, Safety, Severity};
use crate::report::{Checked, Finding, Report, Spot, address};
use crate::source::SourceMap;
use lsp_types as lsp;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A finding in a file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    /// The bytes it is at.
    pub(super) bytes: Range<usize>,
    /// As it is shown.
    pub(super) shown: lsp::Diagnostic,
    /// What would cure it.
    pub(super) cure: Option<Cure>,
}

/// A change that cures a finding.
#[derive(Clone, Debug)]
pub(super) struct Cure {
    pub(super) title: String,
    /// It may be made unseen.
    pub(super) is_safe: bool,
    /// The replacements by file.
    pub(super) edits: BTreeMap<PathBuf, Vec<lsp::TextEdit>>,
}

/// What a check of a spec gave: findings by the files they are shown in, every file that
/// was read among the keys.
pub(super) type ByFile = BTreeMap<PathBuf, Vec<Found>>;

/// The findings of one check by file.
pub(super) fn by_file(
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
    documents: &Addresses,
    encoding: Encoding,
) -> ByFile {
    let checked = [Checked {
        sources,
        diagnostics,
    }];
    let mut all = ByFile::new();
    for file in checked.iter().flat_map(|checked| checked.sources.files()) {
        all.entry(resolved(Path::new(&file.path))).or_default();
    }
    for finding in &Report::new(&checked, 1).findings {
        // Nobody can edit the text in an archive.
        let spot = match &finding.named_at {
            Some(named_at) if !finding.spot.file.is_verbatim => named_at,
            _ => &finding.spot,
        };
        let found = found(finding, spot, documents, encoding);
        let path = resolved(Path::new(&spot.file.path));
        all.entry(path).or_default().push(found);
    }
    all
}

fn found(
    finding: &Finding<'_>,
    spot: &Spot<'_>,
    documents: &Addresses,
    encoding: Encoding,
) -> Found {
    let diagnostic = finding.diagnostic;
    let mut message = diagnostic.message.clone();
    for more in [&diagnostic.label, &diagnostic.help].into_iter().flatten() {
        message.push('\n');
        message.push_str(more);
    }
    let related = finding.labels.iter().filter_map(|label| {
        Some(lsp::DiagnosticRelatedInformation {
            location: lsp::Location::new(
                documents.of(Path::new(&label.spot.file.path))?,
                range(&label.spot, encoding),
            ),
            message: label.message.to_string(),
        })
    });
    let related: Vec<_> = related.collect();
    let is_unused = finding.rule().name.starts_with("unused-");
    let shown = lsp::Diagnostic {
        range: range(spot, encoding),
        severity: Some(match finding.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        }),
        code: Some(lsp::NumberOrString::String(finding.rule().name.to_owned())),
        code_description: address(finding.rule())
            .and_then(|address| address.parse().ok())
            .map(|href| lsp::CodeDescription { href }),
        source: Some("mtp".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: is_unused.then(|| vec![lsp::DiagnosticTag::UNNECESSARY]),
        ..lsp::Diagnostic::default()
    };
    let cure = diagnostic.fix.as_ref().map(|fix| {
        let mut edits: BTreeMap<PathBuf, Vec<lsp::TextEdit>> = BTreeMap::new();
        for change in &finding.changes {
            let path = resolved(Path::new(&change.spot.file.path));
            let range = range(&change.spot, encoding);
            let edit = lsp::TextEdit::new(range, change.text.to_owned());
            edits.entry(path).or_default().push(edit);
        }
        Cure {
            title: fix.title.clone(),
            is_safe: fix.safety == Safety::Safe,
            edits,
        }
    });
    Found {
        rule: finding.rule(),
        bytes: spot.bytes.clone(),
        shown,
        cure,
    }
}

fn range(spot: &Spot<'_>, encoding: Encoding) -> lsp::Range {
    encoding.range(&spot.file.text, spot.file.lines(), spot.bytes.clone())
}

/// The addresses of files: an open one has the address that the editor knows it by.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses(BTreeMap<PathBuf, lsp::Uri>);

impl Addresses {
    pub(super) fn new(documents: &Documents) -> Self {
        let keys = documents.keys();
        let known = keys.filter_map(|key| Some((key.clone(), documents.get(key)?.uri.clone())));
        Addresses(known.collect())
    }

    pub(super) fn of(&self, path: &Path) -> Option<lsp::Uri> {
        let known = self.0.get(&resolved(path)).cloned();
        known.or_else(|| uri::of(path))
    }
}
