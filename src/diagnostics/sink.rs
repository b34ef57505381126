//! Where findings are put, and what becomes of them when levels are applied.

use super::allow::Allows;
use super::{Comment, Diagnostic, Edit, Level, Rule, Severity, edit};
use crate::source::{SourceMap, Span};
use std::collections::{BTreeMap, HashSet};

/// The levels that are set for a run or a spec, by rule id.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    set: BTreeMap<&'static str, Level>,
    /// Turns what is left a warning into an error.
    pub deny_warnings: bool,
}

impl Levels {
    /// Sets the level of a rule. Locked rules keep theirs.
    pub fn set(&mut self, rule: &'static Rule, level: Level) {
        self.set.insert(rule.name, level);
    }

    /// These levels, with those of `nearer` before them.
    #[must_use]
    pub fn under(&self, nearer: &Levels) -> Levels {
        let mut all = self.clone();
        all.set
            .extend(nearer.set.iter().map(|(rule, level)| (*rule, *level)));
        all.deny_warnings |= nearer.deny_warnings;
        all
    }

    /// What a finding of `rule` is; `None` if it is not to be reported.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        let level = self.set.get(rule.name).filter(|_| !rule.locked);
        let severity = match level {
            None => rule.severity,
            Some(Level::Error) => Severity::Error,
            Some(Level::Warn) => Severity::Warning,
            Some(Level::Off) => return None,
        };
        Some(if self.deny_warnings {
            Severity::Error
        } else {
            severity
        })
    }
}

/// The findings of one compile, in the order they were made.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    comments: Vec<Comment>,
}

impl Diagnostics {
    /// Takes a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Takes the comments of a file, some of which may silence findings in it.
    pub fn comments(&mut self, comments: &[Comment]) {
        self.comments.extend_from_slice(comments);
    }

    /// Takes all findings of another sink.
    pub fn append(&mut self, other: Diagnostics) {
        self.list.extend(other.list);
        self.comments.extend(other.comments);
    }

    /// The findings so far.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Applies suppressions and levels, drops repetitions and sorts by file, place and rule.
    ///
    /// A mistake inside an anchor shows at the anchor and again at each alias of
    /// it; it is one mistake, so it stays at the anchor where it is found there.
    pub fn finish(self, sources: &SourceMap, levels: &Levels) -> Vec<Diagnostic> {
        let mut allows = Allows::read(&self.comments, sources);
        let mut list = self.list;
        list.retain(|diagnostic| !allows.silences(diagnostic, sources));
        list.extend(allows.finish());
        let mut all: Vec<_> = list
            .into_iter()
            .filter_map(|mut diagnostic| {
                diagnostic.severity = levels.severity(diagnostic.rule)?;
                // Nobody can edit the text in an archive.
                let is_editable = |edit: &Edit| {
                    let file = sources.file(edit.span);
                    file.is_none_or(|file| file.is_verbatim)
                };
                diagnostic.fix = diagnostic
                    .fix
                    .filter(|fix| fix.edits.iter().all(is_editable));
                for edit in diagnostic.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
                    if std::mem::take(&mut edit.scalar) {
                        let written = sources.text(edit.span);
                        let path = sources
                            .file(edit.span)
                            .map_or("", |file| &file.path)
                            .to_lowercase();
                        let is_table = path.ends_with(".csv") || path.ends_with(".tsv");
                        edit.text = match is_table {
                            true => edit::in_place_of_cell(written, &edit.text),
                            false => edit::in_place_of(written, &edit.text),
                        };
                    }
                }
                let place = sources.place(diagnostic.span)?;
                Some((
                    place.file.path.as_str(),
                    place.span,
                    place.definition,
                    diagnostic,
                ))
            })
            .collect();
        all.sort_by(|a, b| {
            let order = |entry: &(&str, Span, Option<Span>, Diagnostic)| {
                (entry.1.start, entry.1.end, entry.3.rule.name)
            };
            (a.0.cmp(b.0)).then_with(|| order(a).cmp(&order(b)))
        });
        let key = |span: Span, diagnostic: &Diagnostic| {
            let labels = diagnostic.labels.iter();
            let labels: Vec<_> = labels
                .map(|label| (label.span.start, label.span.end))
                .collect();
            (
                span,
                diagnostic.rule.name,
                diagnostic.message.clone(),
                labels,
            )
        };
        let at_home: HashSet<_> = all
            .iter()
            .filter(|(_, _, definition, _)| definition.is_none())
            .map(|(_, span, _, diagnostic)| key(*span, diagnostic))
            .collect();
        let mut seen = HashSet::new();
        all.into_iter()
            .filter(|(_, span, definition, diagnostic)| match definition {
                Some(origin) => {
                    !at_home.contains(&key(*origin, diagnostic))
                        && seen.insert((
                            *span,
                            Some(*origin),
                            diagnostic.rule.name,
                            diagnostic.message.clone(),
                        ))
                }
                None => seen.insert((
                    *span,
                    None,
                    diagnostic.rule.name,
                    diagnostic.message.clone(),
                )),
            })
            .map(|(_, _, _, diagnostic)| diagnostic)
            .collect()
    }
}
