//! The options by which commands are told how findings are judged and shown, and how that is
//! done.

use super::report_files::{self, ReportFile};
use super::shared::{Failure, did_you_mean};
use crate::diagnostics::{self, Level, Levels};
use crate::report::{Format, Report, Style, write};
use clap::Args;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// An output format and where it goes.
#[derive(Clone, Debug)]
pub(super) struct FormatTo {
    format: Format,
    file: Option<PathBuf>,
}

impl FromStr for FormatTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        if file
            .as_ref()
            .is_some_and(|file| file.as_os_str().is_empty())
        {
            return Err("name a file behind the `=`".to_owned());
        }
        // As with arguments, `-` is the standard stream.
        let file = file.filter(|file| file.as_os_str() != "-");
        let format = Format::parse(name).ok_or_else(|| did_you_mean(name, &Format::NAMES))?;
        Ok(FormatTo { format, file })
    }
}

/// A rule and its level, as `id=level`.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleLevel {
    rule: &'static diagnostics::Rule,
    level: Level,
}

impl FromStr for RuleLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, level) = text.split_once('=').ok_or("write it as RULE=LEVEL")?;
        let names: Vec<&str> = diagnostics::RULES.iter().map(|rule| rule.name).collect();
        let rule = diagnostics::rule(name).ok_or_else(|| did_you_mean(name, &names))?;
        let level = Level::parse(level).ok_or_else(|| did_you_mean(level, &Level::NAMES))?;
        if rule.locked && level != Level::Error {
            return Err(format!("the rule `{name}` is always an error"));
        }
        Ok(RuleLevel { rule, level })
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether colours are to be used on a stream that is a terminal or not.
    pub(super) fn wanted(self, is_terminal: bool) -> bool {
        let no_color = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !no_color(),
        }
    }
}

/// The options of commands that show findings.
#[derive(Debug, Args)]
pub(super) struct Reporting {
    /// How findings are shown: human, short, json, sarif, github, gitlab or junit; may be
    /// given several times, each with a file: sarif=out.sarif
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human")]
    output_format: Vec<FormatTo>,
    /// Set the level of a rule: error, warn or off
    #[arg(long = "rule", value_name = "RULE=LEVEL")]
    rules: Vec<RuleLevel>,
    /// Take warnings for errors
    #[arg(long)]
    deny_warnings: bool,
    /// Show findings only: no summary
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto")]
    color: Color,
}

/// Where findings go that are not sent to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Reporting {
    /// Whether the formats can be written: only one can go where the others would, and none
    /// over `baseline`.
    pub(super) fn usable(&self, baseline: Option<&Path>) -> Result<(), Failure> {
        let streamed = self
            .output_format
            .iter()
            .filter(|format| format.file.is_none());
        if streamed.count() > 1 {
            let message = "several output formats need files of their own, such as --output-format sarif=out.sarif";
            return Err(Failure::Told(message.to_owned()));
        }
        let files = self.output_format.iter();
        let files: Vec<&Path> = files.filter_map(|to| to.file.as_deref()).collect();
        report_files::usable(&files, baseline)
    }

    /// The levels of the command line.
    pub(super) fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        levels.deny_warnings = self.deny_warnings;
        for RuleLevel { rule, level } in &self.rules {
            levels.set(rule, *level);
        }
        levels
    }

    /// Writes the findings in every format asked for, to `stream` or to files.
    /// No file may be one of `others`.
    pub(super) fn report(
        &self,
        report: &Report<'_>,
        others: &[&Path],
        stream: Stream,
    ) -> Result<(), Failure> {
        let files = self.report_files(report, others)?;
        files.into_iter().try_for_each(ReportFile::commit)?;
        self.report_to_stream(report, stream)
    }

    /// Writes the findings in the format that goes to no file.
    pub(super) fn report_to_stream(
        &self,
        report: &Report<'_>,
        stream: Stream,
    ) -> Result<(), Failure> {
        let streamed = self.output_format.iter();
        for to in streamed.filter(|to| to.file.is_none()) {
            let result = match stream {
                Stream::Out => {
                    let style = self.style(io::stdout().is_terminal());
                    let mut out = io::BufWriter::new(io::stdout().lock());
                    write(to.format, report, &style, &mut out).and_then(|()| out.flush())
                }
                Stream::Err => {
                    let style = self.style(io::stderr().is_terminal());
                    let mut out = io::BufWriter::new(io::stderr().lock());
                    write(to.format, report, &style, &mut out).and_then(|()| out.flush())
                }
            };
            result.map_err(|error| Failure::stream(&error))?;
        }
        Ok(())
    }

    /// Prepares the findings in the formats that go to files, none of which may be a file
    /// that the report tells of, or one of `others`.
    pub(super) fn report_files(
        &self,
        report: &Report<'_>,
        others: &[&Path],
    ) -> Result<Vec<ReportFile>, Failure> {
        let mut files = Vec::new();
        for FormatTo { format, file } in &self.output_format {
            let Some(file) = file else { continue };
            let told = report.paths.iter().copied().map(Path::new);
            let mut out = Vec::new();
            let style = Style {
                color: false,
                ..self.style(false)
            };
            write(*format, report, &style, &mut out).map_err(|error| Failure::stream(&error))?;
            files.push(ReportFile::new(
                file,
                out,
                told.chain(others.iter().copied()),
            )?);
        }
        Ok(files)
    }

    fn style(&self, is_terminal: bool) -> Style {
        style(self.color, is_terminal)
    }

    /// Tells the summary, unless it is not wanted.
    pub(super) fn summary(&self, text: &str) {
        if !self.quiet {
            // If standard error is closed, there is nobody left to tell.
            let _ = writeln!(io::stderr().lock(), "{}", crate::report::escaped(text));
        }
    }
}

/// Shows findings to people, on standard error.
pub(super) fn show(report: &Report<'_>, color: Color) -> Result<(), Failure> {
    let style = style(color, io::stderr().is_terminal());
    let mut out = io::BufWriter::new(io::stderr().lock());
    let written = write(Format::Human, report, &style, &mut out).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))
}

/// How findings are drawn.
fn style(color: Color, is_terminal: bool) -> Style {
    let width = if is_terminal { terminal_width() } else { 80 };
    let base = std::env::current_dir()
        .ok()
        .map(|folder| folder.to_string_lossy().replace('\\', "/"));
    Style {
        color: color.wanted(is_terminal),
        width,
        root: base.as_deref().and_then(root),
        base,
        ..Style::default()
    }
}

/// The folder of the repository on a runner of GitHub or GitLab, if the current one, `base`, is
/// in it: what they are told of files counts from there.
fn root(base: &str) -> Option<String> {
    let roots = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter();
    let mut roots = roots.filter_map(|name| std::fs::canonicalize(std::env::var_os(name)?).ok());
    let root = roots.find(|root| Path::new(base).starts_with(root))?;
    Some(root.to_string_lossy().replace('\\', "/"))
}

/// The columns of the terminal that standard output or standard error is.
fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let size = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns
        .or_else(size)
        .filter(|width| *width > 0)
        .unwrap_or(80)
}
