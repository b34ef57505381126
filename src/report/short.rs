//! `short`: one line a finding, as compilers print it and editors parse it.

use super::{Report, escape::visible};
use std::io::{self, Write};

/// Writes `file:line:column: error[rule]: message (help: …)`.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for finding in &report.findings {
        let path = visible(finding.path());
        // A line that begins with `::` is a command to some build services.
        let guard = if path.trim_start().starts_with("::") {
            "./"
        } else {
            ""
        };
        let at = finding.spot.start;
        let (severity, rule) = (finding.severity.name(), finding.rule().name);
        let message = visible(&finding.diagnostic.message);
        write!(
            out,
            "{guard}{path}:{}:{}: {severity}[{rule}]: {message}",
            at.line, at.column
        )?;
        if let Some(help) = &finding.diagnostic.help {
            write!(out, " (help: {})", visible(help))?;
        }
        writeln!(out)?;
    }
    out.flush()
}
