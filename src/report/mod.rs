//! Findings as people and programs read them: one output format a file.
//!
//! [`Report::new`] turns the spans of all findings into places once; a format
//! only writes. What is said was decided in [`crate::diagnostics`]; whether a
//! run succeeded is decided by whoever called it.

mod escape;
mod fingerprint;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod row;
mod sarif;
mod short;
mod window;

use crate::diagnostics::{Diagnostic, Rule, Severity};
use crate::source::{Position, SourceFile, SourceMap, Span};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::Path;

pub use escape::visible as escaped;
pub use escape::write_json;
pub use fingerprint::fingerprints;

/// What one spec's compile left behind: the files it read, the spec itself
/// first, and its findings as [`crate::diagnostics::Diagnostics::finish`] gave
/// them.
#[derive(Debug)]
pub struct Checked {
    /// The spec and every file it names.
    pub sources: SourceMap,
    /// What was found in them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Rules that hold of a shared file only if all specs that include it say so.
const OF_ALL_SPECS: [&str; 3] = ["unused-token", "unused-token-set", "unused-guardrail"];

/// How many specs each file belongs to, by its path.
fn holders<'a>(checked: &[&'a Checked]) -> HashMap<&'a str, usize> {
    let mut holders = HashMap::new();
    for file in checked.iter().flat_map(|spec| spec.sources.files()) {
        *holders.entry(file.path.as_str()).or_default() += 1;
    }
    holders
}

/// A piece of a file, with everything a format may want to say about where it is.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// The bytes, within the file and on the borders of characters.
    pub bytes: Range<usize>,
    /// Where the first byte stands.
    pub start: Position,
    /// Where the byte behind the last one stands.
    pub end: Position,
}

impl<'a> Spot<'a> {
    fn new(file: &'a SourceFile, bytes: Range<usize>) -> Self {
        let mut start = bytes.start.min(file.text.len());
        while !file.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = bytes.end.clamp(start, file.text.len());
        while !file.text.is_char_boundary(end) {
            end += 1;
        }
        Spot {
            file,
            bytes: start..end,
            start: file.position(start),
            end: file.position(end),
        }
    }

    /// The bytes of the file, of which the text may be a part.
    fn in_file(&self) -> Range<u64> {
        self.file.byte(self.bytes.start)..self.file.byte(self.bytes.end)
    }

    /// The bytes a span was read from, which for the content of an alias are
    /// those at its anchor.
    fn written(sources: &'a SourceMap, span: Span) -> Option<Self> {
        sources.file(span).map(|file| Spot::new(file, span.range()))
    }
}

/// A second place of a finding.
#[derive(Clone, Debug)]
pub struct Related<'a> {
    /// Where.
    pub spot: Spot<'a>,
    /// What this place is.
    pub message: Cow<'a, str>,
}

/// A replacement that belongs to a finding's fix.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// What is replaced.
    pub spot: Spot<'a>,
    /// By what.
    pub text: &'a str,
}

/// A finding at its place.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// What is said.
    pub diagnostic: &'a Diagnostic,
    /// How bad it is; the worst where several specs include the same file.
    pub severity: Severity,
    /// Where. In the content of an alias or a merged key: the place of use.
    pub spot: Spot<'a>,
    /// Where a spec names the file, if it is a file of data.
    pub named_at: Option<Spot<'a>>,
    /// The other places. The content of an alias comes first, as "defined here".
    pub labels: Vec<Related<'a>>,
    /// The edits of the diagnostic's fix.
    pub changes: Vec<Change<'a>>,
}

impl<'a> Finding<'a> {
    fn new(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Option<Self> {
        let mut labels = Vec::new();
        let spot = match sources.place(diagnostic.span) {
            Some(place) => {
                if let Some(definition) = place.definition {
                    let spot = Spot::new(place.file, definition.range());
                    labels.push(Related {
                        spot,
                        message: Cow::Borrowed("defined here"),
                    });
                }
                Spot::new(place.file, place.span.range())
            }
            // A finding is never lost for want of a place.
            None => Spot::new(sources.files().next()?, 0..0),
        };
        labels.extend(diagnostic.labels.iter().filter_map(|label| {
            let spot = Spot::written(sources, label.span)?;
            Some(Related {
                spot,
                message: Cow::Borrowed(&label.message),
            })
        }));
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        let changes = edits
            .filter_map(|edit| {
                Some(Change {
                    spot: Spot::written(sources, edit.span)?,
                    text: &edit.text,
                })
            })
            .collect();
        Some(Finding {
            diagnostic,
            severity: diagnostic.severity,
            named_at: spot
                .file
                .named_at
                .and_then(|span| Spot::written(sources, span)),
            spot,
            labels,
            changes,
        })
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &'static Rule {
        self.diagnostic.rule
    }

    /// The path of the file it is in, as it was given.
    pub fn path(&self) -> &'a str {
        &self.spot.file.path
    }
}

/// Everything one run found.
#[derive(Debug)]
pub struct Report<'a> {
    /// The findings, sorted by path, first byte and rule, each once.
    pub findings: Vec<Finding<'a>>,
    /// The paths of the specs that were checked, sorted, each once.
    pub specs: Vec<&'a str>,
    /// The paths of all files that were read, those that specs name included.
    pub paths: BTreeSet<&'a str>,
    /// How many files were checked.
    pub files: usize,
    /// How many findings are errors.
    pub errors: usize,
    /// How many findings are warnings.
    pub warnings: usize,
}

impl<'a> Report<'a> {
    /// Finds the places of all findings. One in a file that several specs include
    /// is kept once, as bad as the worst of them has it.
    pub fn new(checked: &'a [Checked], files: usize) -> Self {
        Report::of(checked, files)
    }

    /// The same, of specs that do not lie side by side.
    pub fn of(checked: impl IntoIterator<Item = &'a Checked>, files: usize) -> Self {
        let checked: Vec<&'a Checked> = checked.into_iter().collect();
        let mut findings: Vec<Finding<'a>> = checked
            .iter()
            .copied()
            .flat_map(|spec| {
                spec.diagnostics
                    .iter()
                    .filter_map(|found| Finding::new(&spec.sources, found))
            })
            .collect();
        findings.sort_by(|a, b| {
            let order = |f: &Finding<'a>| {
                (
                    f.path(),
                    f.spot.in_file().start,
                    f.rule().name,
                    f.spot.in_file().end,
                )
            };
            order(a).cmp(&order(b))
        });
        let mut kept: Vec<Finding<'a>> = Vec::with_capacity(findings.len());
        let mut known: HashMap<(&str, Range<u64>, &str, &str), usize> = HashMap::new();
        // How many specs say the same.
        let mut told: Vec<usize> = Vec::with_capacity(findings.len());
        for finding in findings {
            let text = finding.diagnostic.message.as_str();
            let key = (
                finding.path(),
                finding.spot.in_file(),
                finding.rule().name,
                text,
            );
            match known.get(&key).and_then(|index| kept.get_mut(*index)) {
                Some(twin) => {
                    twin.severity = twin.severity.min(finding.severity);
                    told[known[&key]] += 1;
                }
                None => {
                    known.insert(key, kept.len());
                    kept.push(finding);
                    told.push(1);
                }
            }
        }
        let mut told = told.into_iter();
        let holders = holders(&checked);
        kept.retain(|finding| {
            let told = told.next().unwrap_or_default();
            let is_shared = OF_ALL_SPECS.contains(&finding.rule().name);
            !is_shared
                || holders
                    .get(finding.path())
                    .is_none_or(|count| *count <= told)
        });
        let errors = kept
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        let specs: BTreeSet<&str> = checked
            .iter()
            .filter_map(|spec| Some(spec.sources.files().next()?.path.as_str()))
            .collect();
        let files_of = |spec: &'a Checked| spec.sources.files();
        let paths = checked.iter().copied().flat_map(files_of);
        let paths = paths.map(|file| file.path.as_str()).collect();
        Report {
            paths,
            warnings: kept.len() - errors,
            errors,
            files,
            specs: specs.into_iter().collect(),
            findings: kept,
        }
    }

    /// Keeps the findings that are wanted, asked in order, and counts anew.
    pub fn retain(&mut self, is_wanted: impl FnMut(&Finding<'a>) -> bool) {
        self.findings.retain(is_wanted);
        self.errors = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        self.warnings = self.findings.len() - self.errors;
    }

    /// One sentence for the end of a run: `Checked 12 specs: no problems.`
    pub fn summary(&self) -> String {
        format!("Checked {}: {}.", counted(self.files, "spec"), self.found())
    }

    /// How much was found: "1 error, 2 warnings".
    pub fn found(&self) -> String {
        match (self.errors, self.warnings) {
            (0, 0) => "no problems".to_owned(),
            (errors, 0) => counted(errors, "error"),
            (0, warnings) => counted(warnings, "warning"),
            (errors, warnings) => format!(
                "{}, {}",
                counted(errors, "error"),
                counted(warnings, "warning")
            ),
        }
    }
}

/// How a report is to look.
#[derive(Clone, Debug)]
pub struct Style {
    /// Whether `human` may use colours.
    pub color: bool,
    /// How many columns `human` has.
    pub width: usize,
    /// How many findings `human` shows of a file at most; `None` for all.
    pub cap_per_file: Option<usize>,
    /// Whether `human` draws with ASCII alone.
    pub ascii: bool,
    /// The folder, with `/` between names, that absolute paths are made relative
    /// to where a build service reads them.
    pub base: Option<String>,
    /// The folder that a build service counts paths from, likewise, if `base` is in it.
    pub root: Option<String>,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            width: 80,
            cap_per_file: Some(20),
            ascii: false,
            base: None,
            root: None,
        }
    }
}

impl Style {
    /// `path` as a build service wants it: relative to the root, else to the base, with `/`.
    fn relative<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let path = if cfg!(windows) {
            Cow::Owned(path.replace('\\', "/"))
        } else {
            Cow::Borrowed(path)
        };
        if let Some(path) = self.below_root(&path) {
            return Cow::Owned(path);
        }
        let inside = self.base.as_deref().and_then(|base| {
            let rest = path
                .strip_prefix(base.trim_end_matches('/'))?
                .strip_prefix('/')?;
            Some(path.len() - rest.len())
        });
        let mut skip = inside.unwrap_or(0);
        while let Some(rest) = path.get(skip..).and_then(|rest| rest.strip_prefix("./")) {
            skip = path.len() - rest.trim_start_matches('/').len();
        }
        match path {
            Cow::Borrowed(path) => Cow::Borrowed(path.get(skip..).unwrap_or(path)),
            Cow::Owned(path) => Cow::Owned(path.get(skip..).unwrap_or(&path).to_owned()),
        }
    }
}

impl Style {
    /// A path relative to the root, if it is in it.
    fn below_root(&self, path: &str) -> Option<String> {
        let (base, root) = (self.base.as_deref()?, self.root.as_deref()?);
        let is_absolute = Path::new(path).is_absolute();
        let whole = match is_absolute {
            true => path.to_owned(),
            false => format!("{base}/{path}"),
        };
        let mut names: Vec<&str> = Vec::new();
        for name in whole.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                name => names.push(name),
            }
        }
        let root: Vec<&str> = root.split('/').filter(|name| !name.is_empty()).collect();
        Some(names.strip_prefix(root.as_slice())?.join("/"))
    }
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Snippets with carets.
    Human,
    /// One line a finding.
    Short,
    /// One object, described in the documentation of the command line.
    Json,
    /// Static Analysis Results Interchange Format 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// A code quality report of GitLab.
    Gitlab,
    /// A JUnit test report.
    Junit,
}

impl Format {
    /// The formats as they are written.
    pub const NAMES: [&'static str; 7] = [
        "human", "short", "json", "sarif", "github", "gitlab", "junit",
    ];

    /// Reads one of [`Format::NAMES`].
    pub fn parse(name: &str) -> Option<Format> {
        match name {
            "human" => Some(Format::Human),
            "short" => Some(Format::Short),
            "json" => Some(Format::Json),
            "sarif" => Some(Format::Sarif),
            "github" => Some(Format::Github),
            "gitlab" => Some(Format::Gitlab),
            "junit" => Some(Format::Junit),
            _ => None,
        }
    }
}

/// Writes `report` in `format`. Only whole reports are ever written, so an error
/// is one of `out`.
pub fn write(
    format: Format,
    report: &Report<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, out),
        Format::Short => short::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, style, out),
        Format::Github => github::write(report, style, out),
        Format::Gitlab => gitlab::write(report, style, out),
        Format::Junit => junit::write(report, out),
    }
}

/// Where the page of a rule lies, relative to the project.
pub fn page(rule: &Rule) -> String {
    format!("docs/rules/{}.md", rule.name)
}

/// The address of the page of a rule, if the program's manifest says where its project lives.
pub fn address(rule: &Rule) -> Option<String> {
    let home = Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty())?;
    Some(format!("{home}/blob/main/{}", page(rule)))
}

/// `1 error`, `2 errors`, `10,000 errors`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        grouped(count),
        if count == 1 { "" } else { "s" }
    )
}

/// `10,000`.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
