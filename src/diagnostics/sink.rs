//! Where findings are put, and what becomes of them when levels are applied.

use super::allow::Allows;
use super::{
    Comment, Diagnostic, Level, Rule, Severity, edit, invalid_value, limit_exceeded, rule,
};
use crate::source::{Place, SourceMap, Span, Text};
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

    /// Takes rules and their levels as they are written, `None` for a level that was
    /// refused; what is wrong with them is reported.
    pub fn read(&mut self, written: &[(Text<'_>, Option<Text<'_>>)], findings: &mut Diagnostics) {
        let is_written: HashSet<&str> = written.iter().map(|(name, _)| &*name.value).collect();
        for (name, level) in written {
            let rule = rule(&name.value);
            if rule.is_none() && !findings.is_full(&invalid_value::RULE) {
                let rules: Vec<&'static str> = super::RULES.iter().map(|rule| rule.name).collect();
                let mut finding = invalid_value::unknown(name, "rule", &rules);
                let meant = super::nearest(&name.value, rules.iter().copied());
                if meant.is_some_and(|near| is_written.contains(near.name)) {
                    // It cannot be put in place here, where it stands already.
                    finding.fix = None;
                }
                findings.push(finding);
            }
            if let Some(level) = level {
                self.read_level(rule, level, findings);
            }
        }
    }

    fn read_level(
        &mut self,
        rule: Option<&'static Rule>,
        written: &Text<'_>,
        findings: &mut Diagnostics,
    ) {
        let level = Level::parse(&written.value);
        if level.is_none() {
            findings.push(invalid_value::unknown(written, "level", &Level::NAMES));
        }
        match (rule, level) {
            (Some(rule), Some(level)) if rule.locked && level != Level::Error => {
                findings.push(invalid_value::locked_rule(written.span, rule.name));
            }
            (Some(rule), Some(level)) => self.set(rule, level),
            _ => {}
        }
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
#[derive(Debug)]
pub struct Diagnostics {
    /// How many of one rule are kept.
    most: usize,
    list: Vec<Diagnostic>,
    comments: Vec<Comment>,
    /// How many there are of each rule, by its name.
    counts: BTreeMap<&'static str, Count>,
}

/// How many findings of a rule there are.
#[derive(Debug, Default)]
struct Count {
    kept: usize,
    /// Of those that are left out: the rule, where the first of them is, how many.
    left_out: Option<(&'static Rule, Span, usize)>,
}

impl Count {
    fn leave_out(&mut self, rule: &'static Rule, span: Span, more: usize) {
        self.left_out.get_or_insert((rule, span, 0)).2 += more;
    }
}

impl Default for Diagnostics {
    fn default() -> Self {
        Diagnostics::of_at_most(Diagnostics::MOST)
    }
}

impl Diagnostics {
    /// The findings of one rule that are kept unless something else is said.
    pub const MOST: usize = 10_000;

    /// A place for findings that keeps `most` of each rule.
    pub fn of_at_most(most: usize) -> Self {
        Diagnostics {
            most,
            list: Vec::new(),
            comments: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Another place that keeps as many.
    #[must_use]
    pub fn another(&self) -> Self {
        Diagnostics::of_at_most(self.most)
    }

    /// Takes a finding. Of one rule, no more are kept than this place is for, and one more tells how many are left out: nobody reads them, and a hostile file may be
    /// nothing else.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let count = self.counts.entry(diagnostic.rule.name).or_default();
        if count.kept < self.most {
            count.kept += 1;
            self.list.push(diagnostic);
        } else {
            count.leave_out(diagnostic.rule, diagnostic.span, 1);
        }
    }

    /// Takes the finding of `rule` at `span` that `make` makes, which is spared where it would
    /// not be kept: what most findings cost is their wording.
    pub fn push_made(
        &mut self,
        rule: &'static Rule,
        span: Span,
        make: impl FnOnce() -> Diagnostic,
    ) {
        if self.is_full(rule) {
            let count = self.counts.entry(rule.name).or_default();
            count.leave_out(rule, span, 1);
        } else {
            self.push(make());
        }
    }

    /// Whether no more findings of `rule` are kept.
    pub fn is_full(&self, rule: &Rule) -> bool {
        let count = self.counts.get(rule.name);
        count.is_some_and(|count| count.kept >= self.most)
    }

    /// Takes the comments of a file, some of which may silence findings in it.
    pub fn comments(&mut self, comments: &[Comment]) {
        self.comments.extend_from_slice(comments);
    }

    /// Takes all findings of another sink.
    pub fn append(&mut self, other: Diagnostics) {
        if self.list.is_empty() && self.counts.is_empty() && other.most <= self.most {
            self.list = other.list;
            self.counts = other.counts;
        } else {
            other.list.into_iter().for_each(|found| self.push(found));
            for (name, count) in other.counts {
                if let Some((rule, span, more)) = count.left_out {
                    let own = self.counts.entry(name).or_default();
                    own.leave_out(rule, span, more);
                }
            }
        }
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
        let left_out = self.counts.into_values().filter_map(|count| count.left_out);
        list.extend(left_out.map(|(rule, span, more)| limit_exceeded::findings(rule, span, more)));
        list.retain(|diagnostic| !allows.silences(diagnostic, sources));
        list.extend(allows.finish(sources));
        let mut all: Vec<_> = list
            .into_iter()
            .filter_map(|mut diagnostic| {
                diagnostic.severity = levels.severity(diagnostic.rule)?;
                let fix = diagnostic.fix.take();
                diagnostic.fix = fix.and_then(|fix| edit::settled(fix, sources));
                let place = sources.place(diagnostic.span)?;
                Some(Found {
                    at: At::of(&place),
                    span: place.span,
                    definition: place.definition,
                    diagnostic,
                })
            })
            .collect();
        all.sort_by(|a, b| (a.at, a.diagnostic.rule.name).cmp(&(b.at, b.diagnostic.rule.name)));
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
            .filter(|found| found.definition.is_none())
            .map(|found| key(found.span, &found.diagnostic))
            .collect();
        let mut seen = HashSet::new();
        all.into_iter()
            .filter(|found| {
                let Found {
                    definition,
                    diagnostic,
                    ..
                } = found;
                let home = definition.map(|origin| key(origin, diagnostic));
                let message = diagnostic.message.clone();
                home.is_none_or(|home| !at_home.contains(&home))
                    && seen.insert((found.at, *definition, diagnostic.rule.name, message))
            })
            .map(|found| found.diagnostic)
            .collect()
    }
}

/// A finding and where it is to be shown.
struct Found<'m> {
    at: At<'m>,
    span: Span,
    definition: Option<Span>,
    diagnostic: Diagnostic,
}

/// A place in a file, which may be read more than once: its path, and the first byte and the one
/// behind the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct At<'m>(&'m str, u64, u64);

impl<'m> At<'m> {
    fn of(place: &Place<'m>) -> Self {
        let byte = |offset: u32| place.file.byte(offset as usize);
        At(
            &place.file.path,
            byte(place.span.start),
            byte(place.span.end),
        )
    }
}
