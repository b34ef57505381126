//! `github`: annotations, as commands in the log of GitHub Actions.

use super::{Report, Style, escape::visible};
use std::borrow::Cow;
use std::io::{self, Write};

/// Text behind the last `::`.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Writes one `::error …` or `::warning …` line a finding.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for finding in &report.findings {
        let spot = &finding.spot;
        let file = property(&style.relative(finding.path()));
        write!(
            out,
            "::{} file={file},line={},col={}",
            finding.severity.name(),
            spot.start.line,
            spot.start.column
        )?;
        write!(out, ",endLine={}", spot.end.line)?;
        // A column of another line is refused.
        if spot.end.line == spot.start.line {
            write!(out, ",endColumn={}", spot.end.column)?;
        }
        let message = data(&finding.diagnostic.message);
        write!(out, ",title={}::{message}", property(finding.rule().name))?;
        let label = finding.diagnostic.label.as_deref().map(Cow::Borrowed);
        let others = finding.labels.iter().map(|label| {
            let at = label.spot.start;
            Cow::Owned(format!(
                "{} ({}:{}:{})",
                label.message, label.spot.file.path, at.line, at.column
            ))
        });
        let help = finding
            .diagnostic
            .help
            .as_ref()
            .map(|help| Cow::Owned(format!("help: {help}")));
        for line in label.into_iter().chain(others).chain(help) {
            write!(out, "%0A{}", data(&line))?;
        }
        writeln!(out)?;
    }
    out.flush()
}
