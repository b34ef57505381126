//! `junit`: a test report, for build services that know nothing else.
//!
//! A file is a test suite and a finding a test: an error is a failure, a warning
//! a skipped test, since it fails no run. A spec without findings is one test
//! that passed, so that what was checked can be seen.

use super::{Finding, Report, escape::visible};
use crate::diagnostics::Severity;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Text for an attribute or an element. Characters that XML forbids are gone
/// after [`visible`].
fn xml(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

fn test(finding: &Finding<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (path, at, rule) = (xml(finding.path()), finding.spot.start, finding.rule().name);
    let message = xml(&finding.diagnostic.message);
    let name = format!("{rule} at {}:{}", at.line, at.column);
    writeln!(
        out,
        "    <testcase classname=\"{path}\" name=\"{name}\" file=\"{path}\" line=\"{}\" time=\"0\">",
        at.line
    )?;
    let element = match finding.severity {
        Severity::Error => {
            write!(out, "      <failure type=\"{rule}\" message=\"{message}\">")?;
            "failure"
        }
        Severity::Warning => {
            write!(out, "      <skipped message=\"{message}\">")?;
            "skipped"
        }
    };
    write!(
        out,
        "{path}:{}:{}: {}[{rule}]: {message}",
        at.line,
        at.column,
        finding.severity.name()
    )?;
    for label in &finding.labels {
        let (path, at) = (xml(&label.spot.file.path), label.spot.start);
        write!(
            out,
            "\n{path}:{}:{}: {}",
            at.line,
            at.column,
            xml(&label.message)
        )?;
    }
    if let Some(help) = &finding.diagnostic.help {
        write!(out, "\nhelp: {}", xml(help))?;
    }
    writeln!(out, "</{element}>\n    </testcase>")
}

/// Writes a suite for every checked spec and every other file with findings.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, &[Finding<'_>]> =
        report.specs.iter().map(|path| (*path, &[][..])).collect();
    for findings in report.findings.chunk_by(|a, b| a.path() == b.path()) {
        if let Some(first) = findings.first() {
            suites.insert(first.path(), findings);
        }
    }
    let mut out = io::BufWriter::new(out);
    let tests: usize = suites.values().map(|findings| findings.len().max(1)).sum();
    let counts = |tests: usize, failures: usize, skipped: usize| {
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\""
        )
    };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"mtp\" {}>",
        counts(tests, report.errors, report.warnings)
    )?;
    for (path, findings) in suites {
        let path = xml(path);
        let failures = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        let counts = counts(findings.len().max(1), failures, findings.len() - failures);
        writeln!(out, "  <testsuite name=\"{path}\" {counts}>")?;
        if findings.is_empty() {
            writeln!(
                out,
                "    <testcase classname=\"{path}\" name=\"no problems\" file=\"{path}\" time=\"0\"/>"
            )?;
        }
        for finding in findings {
            test(finding, &mut out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}
