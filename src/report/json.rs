//! `json`: one object a run, the shape that scripts and editors rely on.

use super::{Finding, Report, Spot, escape, fingerprints, page};
use crate::diagnostics::Safety;
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Run<'a> {
    version: u32,
    files: usize,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    url: String,
    file: &'a str,
    span: Place,
    labels: Vec<Second<'a>>,
    fix: Option<Cure<'a>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Place {
    start: u64,
    end: u64,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Second<'a> {
    message: &'a str,
    file: &'a str,
    span: Place,
}

#[derive(Serialize)]
struct Cure<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    file: &'a str,
    span: Place,
    text: &'a str,
}

impl Place {
    fn new(spot: &Spot<'_>) -> Self {
        Place {
            start: spot.file.byte(spot.bytes.start),
            end: spot.file.byte(spot.bytes.end),
            line: spot.start.line,
            column: spot.start.column,
            end_line: spot.end.line,
            end_column: spot.end.column,
        }
    }
}

fn entry<'a>(finding: &'a Finding<'a>, fingerprint: String) -> Entry<'a> {
    let labels = finding.labels.iter().map(|label| Second {
        message: &label.message,
        file: &label.spot.file.path,
        span: Place::new(&label.spot),
    });
    let edits = finding.changes.iter().map(|change| Replacement {
        file: &change.spot.file.path,
        span: Place::new(&change.spot),
        text: change.text,
    });
    let fix = finding.diagnostic.fix.as_ref().map(|fix| Cure {
        title: &fix.title,
        safety: match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        },
        edits: edits.collect(),
    });
    Entry {
        rule: finding.rule().name,
        severity: finding.severity.name(),
        message: &finding.diagnostic.message,
        help: finding.diagnostic.help.as_deref(),
        url: page(finding.rule()),
        file: finding.path(),
        span: Place::new(&finding.spot),
        labels: labels.collect(),
        fix,
        fingerprint,
    }
}

/// Writes the object.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let run = Run {
        version: 1,
        files: report.files,
        errors: report.errors,
        warnings: report.warnings,
        diagnostics: report
            .findings
            .iter()
            .zip(fingerprints(report))
            .map(|(finding, print)| entry(finding, print))
            .collect(),
    };
    escape::write_json(&run, out)
}
