//! `human`: snippets of the source with what is wrong under the text it is about.
//!
//! The only user of `miette`, which draws lines and labels. It is given small
//! windows that [`super::window`] has made safe, so that it never sees a file, and
//! headers with our own columns, since it counts bytes.

use super::window::{Drawn, Mark, Window, group, window, wrap};
use super::{Finding, Report, Spot, Style, escape::visible, grouped};
use crate::diagnostics::Severity;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::iter;

/// The widths that are used of what there is.
const WIDTH: std::ops::RangeInclusive<usize> = 40..=140;
/// A message longer than this many characters loses its middle.
const MESSAGE: usize = 320;

/// Writes the findings by file, at most so many of each as the style allows.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut text = String::new();
    for findings in report.findings.chunk_by(|a, b| a.path() == b.path()) {
        for finding in shown(findings, style.cap_per_file) {
            text.clear();
            render(finding, style, &mut text).map_err(io::Error::other)?;
            writeln!(out, "{text}")?;
        }
        if let Some(more) = more(findings, style.cap_per_file) {
            writeln!(out, "  {more}\n")?;
        }
        if let Some(named) = findings.first().and_then(named) {
            writeln!(out, "  {named}\n")?;
        }
    }
    if let Some(hint) = hint(&report.findings) {
        writeln!(out, "{hint}")?;
    }
    out.flush()
}

/// The findings of a file that are shown, in their order: errors before warnings
/// when there are too many.
fn shown<'f, 'a>(
    findings: &'f [Finding<'a>],
    cap: Option<usize>,
) -> impl Iterator<Item = &'f Finding<'a>> {
    let cap = cap.unwrap_or(usize::MAX);
    let is_error = |finding: &&Finding<'_>| finding.severity == Severity::Error;
    let errors = findings.iter().filter(is_error).count().min(cap);
    let (mut errors, mut others) = (errors, cap - errors);
    findings.iter().filter(move |finding| {
        let left = if is_error(finding) {
            &mut errors
        } else {
            &mut others
        };
        let show = *left > 0;
        *left = left.saturating_sub(1);
        show
    })
}

/// What is said about the findings of a file that are not shown.
fn more(findings: &[Finding<'_>], cap: Option<usize>) -> Option<String> {
    let hidden = findings
        .len()
        .checked_sub(cap?)
        .filter(|hidden| *hidden > 0)?;
    let path = visible(findings.first()?.path());
    Some(format!(
        "… and {} more in {path}; `--output-format short` lists them all",
        grouped(hidden)
    ))
}

/// Which place in a spec brought a file of data in.
fn named(finding: &Finding<'_>) -> Option<String> {
    let named_at = place(finding.named_at.as_ref()?);
    Some(format!(
        "{} is named at {named_at}",
        visible(finding.path())
    ))
}

/// Where to read on.
fn hint(findings: &[Finding<'_>]) -> Option<String> {
    let rule = findings.first()?.rule();
    let others = findings.iter().any(|finding| finding.rule() != rule);
    let name = if others { "RULE" } else { rule.name };
    Some(format!("`mtp explain {name}` says more, with examples."))
}

/// One snippet, the way `miette` takes it.
#[derive(Debug)]
struct Snippet {
    message: String,
    help: Option<String>,
    /// Path, line and column in characters.
    header: String,
    window: Window,
}

impl fmt::Display for Snippet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Snippet {}

impl miette::Diagnostic for Snippet {
    fn help<'h>(&'h self) -> Option<Box<dyn fmt::Display + 'h>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.marks.iter().map(|mark| {
            let text = Some(mark.text.clone()).filter(|text| !text.is_empty());
            LabeledSpan::new(text, mark.bytes.start, mark.bytes.len())
        })))
    }
}

impl SourceCode for Snippet {
    /// The whole window, whatever is asked for: it has been cut to what is shown.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.window.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(
            self.header.clone(),
            text,
            (0, text.len()).into(),
            self.window.first_line,
            0,
            self.window.line_count,
        )))
    }
}

/// Draws one finding.
fn render(finding: &Finding<'_>, style: &Style, out: &mut String) -> fmt::Result {
    let width = style.width.clamp(*WIDTH.start(), *WIDTH.end());
    let title = format!("{}[{}]:", finding.severity.name(), finding.rule().name);
    let message = shorten(visible(&finding.diagnostic.message));
    let mut message = wrap(&message, width.saturating_sub(title.len() + 3), width - 4).join("\n");
    let help = finding.diagnostic.help.as_ref();
    let mut help = help.map(|help| wrap(&shorten(visible(help)), width - 8, width - 8).join("\n"));
    let groups = group(marks(finding), width);
    let count = groups.len();
    for (n, marks) in groups.iter().enumerate() {
        let (Some(window), Some(first)) = (window(marks, width), marks.first()) else {
            // Never without what is said.
            if n == 0 {
                writeln!(out, "  {title} {message}")?;
            }
            continue;
        };
        let at = &first.spot;
        let header = place(at);
        let title = if n == 0 { title.as_str() } else { "" };
        let theme = theme(finding.severity, title, &window.marks, style);
        let help = if n + 1 == count { help.take() } else { None };
        let snippet = Snippet {
            message: std::mem::take(&mut message),
            help,
            header,
            window,
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_links(false)
            .with_wrap_lines(false)
            .without_cause_chain()
            .without_primary_span_start()
            .without_syntax_highlighting()
            .render_report(out, &snippet)?;
    }
    Ok(())
}

/// `path:line:column`.
fn place(spot: &Spot<'_>) -> String {
    let path = visible(&spot.file.path);
    format!("{path}:{}:{}", spot.start.line, spot.start.column)
}

/// The places of a finding, its own first; what is said twice of one place is
/// said together.
fn marks<'a>(finding: &Finding<'a>) -> Vec<Mark<'a>> {
    let own = finding.diagnostic.label.as_deref().unwrap_or_default();
    let own = (
        finding.spot.clone(),
        shorten(Cow::Borrowed(own)).into_owned(),
        true,
    );
    let others = finding.labels.iter().map(|label| {
        (
            label.spot.clone(),
            shorten(Cow::Borrowed(&label.message)).into_owned(),
            false,
        )
    });
    let mut marks: Vec<Mark<'a>> = Vec::new();
    for (spot, text, primary) in iter::once(own).chain(others) {
        let same = |mark: &&mut Mark<'a>| {
            std::ptr::eq(mark.spot.file, spot.file) && mark.spot.bytes == spot.bytes
        };
        match marks.iter_mut().find(same) {
            Some(mark) if mark.text.is_empty() || mark.text == text => mark.text = text,
            Some(mark) => mark.text = format!("{}; {text}", mark.text),
            None => marks.push(Mark {
                spot,
                text,
                primary,
            }),
        }
    }
    marks
}

/// Takes the middle out of a text that is too long to be read.
fn shorten(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= MESSAGE || text.chars().count() <= MESSAGE {
        return text;
    }
    let head: String = text.chars().take(MESSAGE * 2 / 3).collect();
    let tail: Vec<char> = text.chars().rev().take(MESSAGE / 4).collect();
    Cow::Owned(head + " … " + &tail.iter().rev().collect::<String>())
}

/// Lines and colours: the finding's own place in the colour of its severity.
fn theme(severity: Severity, title: &str, marks: &[Drawn], style: &Style) -> GraphicalTheme {
    let mut characters = if style.ascii {
        ThemeCharacters::ascii()
    } else {
        ThemeCharacters::unicode()
    };
    characters.error = title.to_owned();
    let mut styles = if style.color {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    if style.color {
        let loud = if severity == Severity::Error {
            styles.error.bold()
        } else {
            styles.warning.bold()
        };
        styles.error = loud;
        styles.highlights = marks
            .iter()
            .map(|mark| if mark.primary { loud } else { styles.advice })
            .collect();
    }
    GraphicalTheme { characters, styles }
}
