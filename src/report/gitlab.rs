//! `gitlab`: a code quality report, which GitLab shows in merge requests.

use super::{Report, Style, escape, escape::visible, fingerprints};
use crate::diagnostics::Severity;
use serde::Serialize;
use std::borrow::Cow;
use std::io;

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the array of findings.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let entries = report
        .findings
        .iter()
        .zip(fingerprints(report))
        .map(|(finding, fingerprint)| {
            let message = visible(&finding.diagnostic.message);
            let help = finding.diagnostic.help.as_deref().map(visible);
            Entry {
                description: match help {
                    Some(help) => format!("{message} (help: {help})"),
                    None => message.into_owned(),
                },
                check_name: finding.rule().name,
                fingerprint,
                severity: match finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                },
                location: Location {
                    path: style.relative(finding.path()),
                    lines: Lines {
                        begin: finding.spot.start.line,
                        end: finding.spot.end.line,
                    },
                },
            }
        });
    escape::write_json(&entries.collect::<Vec<_>>(), out)
}
