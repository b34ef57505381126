//! Suppression comments: `# mtp: allow(rule-id, …)` behind a line or above it, and
//! `# mtp: allow-file(rule-id, …)` anywhere.

use super::{Diagnostic, invalid_value, rule, unused_allow};
use crate::source::{SourceMap, Span, Spanned};
use std::borrow::Cow;
use std::collections::HashMap;

/// A comment of a file.
#[derive(Clone, Copy, Debug)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// Whether nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// One rule that one comment silences.
struct Allow {
    comment: Span,
    rule: &'static str,
    /// What to take out if it is of no use, and what to put there: the name, or the
    /// comment if it names no other rule.
    removal: (Span, &'static str),
    /// It has silenced a finding, or its rule may not have been looked at.
    used: bool,
}

/// The suppressions of a compile's comments.
pub(super) struct Allows {
    list: Vec<Allow>,
    /// Their places in the list, by rule, path and the line (from 0) whose findings are
    /// silenced, `None` for the whole file.
    places: HashMap<(&'static str, String, Option<usize>), Vec<usize>>,
    /// What is wrong with comments that are meant to suppress.
    pub(super) findings: Vec<Diagnostic>,
}

impl Allows {
    /// Reads those comments that speak to this program.
    pub(super) fn read(comments: &[Comment], sources: &SourceMap) -> Allows {
        let mut allows = Allows {
            list: Vec::new(),
            places: HashMap::new(),
            findings: Vec::new(),
        };
        for comment in comments {
            if let Some(at) = behind_a_note(sources.text(comment.span)) {
                let start = comment.span.start as usize + at;
                let span = Span::new(comment.span.origin, start, comment.span.end as usize);
                let reason = "no suppression, since it stands behind other text of its comment";
                let finding = unused_allow::not_possible(span, reason);
                let help = "begin the comment with `mtp:`, and put the other text behind it";
                allows.findings.push(finding.help(help));
            }
        }
        let is_ours = |comment: &&Comment| directive(sources.text(comment.span)).is_some();
        if !comments.iter().any(|comment| is_ours(&comment)) {
            return allows;
        }
        // The line behind the comments that a comment stands among.
        let mut behind: HashMap<(String, usize), usize> = HashMap::new();
        for comment in comments.iter().rev().filter(|comment| comment.own_line) {
            if let Some((path, line)) = line_of(comment.span, sources) {
                let next = (path, line + 1);
                let end = behind.get(&next).copied().unwrap_or(line + 1);
                behind.insert((next.0, line), end);
            }
        }
        for comment in comments.iter().filter(is_ours) {
            let Some((path, mut line)) = line_of(comment.span, sources) else {
                continue;
            };
            if comment.own_line {
                let place = (path.clone(), line);
                line = behind.get(&place).copied().unwrap_or(line + 1);
            }
            allows.add(*comment, path, line, sources);
        }
        allows
    }

    fn add(&mut self, comment: Comment, path: String, line: usize, sources: &SourceMap) {
        let Comment {
            span: comment,
            own_line,
        } = comment;
        let text = sources.text(comment);
        let Some(directive) = directive(text) else {
            return;
        };
        let whole_file = directive.starts_with("allow-file");
        let names = directive
            .strip_prefix(if whole_file { "allow-file" } else { "allow" })
            .and_then(|rest| rest.trim_start().strip_prefix('('))
            .and_then(|rest| rest.split_once(')'));
        let Some((names, _)) = names.filter(|(names, _)| !names.trim().is_empty()) else {
            let reason =
                "not a suppression; write `# mtp: allow(rule-id)` or `# mtp: allow-file(rule-id)`";
            self.findings
                .push(unused_allow::not_possible(comment, reason));
            return;
        };
        let several = names.contains(',');
        if names.split(',').count() > 2 * super::RULES.len() {
            let reason = "no suppression, since it names more rules than there are";
            self.findings
                .push(unused_allow::not_possible(comment, reason));
            return;
        }
        let known: Vec<&'static str> = super::RULES.iter().map(|rule| rule.name).collect();
        for name in names.split(',') {
            let at = comment.start as usize + (name.as_ptr() as usize - text.as_ptr() as usize);
            let start = at + name.len() - name.trim_start().len();
            let name = name.trim();
            let span = Span::new(comment.origin, start, start + name.len());
            match rule(name) {
                None if name.is_empty() => {
                    let reason = "a comma too many, or a rule is missing";
                    self.findings
                        .push(unused_allow::not_possible(comment, reason));
                }
                None => {
                    let name = Spanned::new(Cow::Borrowed(name), span);
                    self.findings
                        .push(invalid_value::unknown(&name, "rule", &known));
                }
                Some(rule) if rule.locked => {
                    let reason =
                        format!("`{name}` cannot be silenced: without it nothing could be built");
                    self.findings
                        .push(unused_allow::not_possible(comment, &reason));
                }
                Some(rule) => {
                    let place = (rule.name, path.clone(), (!whole_file).then_some(line));
                    self.places.entry(place).or_default().push(self.list.len());
                    let removal = if several {
                        (with_comma(span, sources), "")
                    } else {
                        removal(comment, own_line, sources)
                    };
                    self.list.push(Allow {
                        comment,
                        rule: rule.name,
                        removal,
                        used: rule.on_request,
                    });
                }
            }
        }
    }

    /// Whether a finding is silenced.
    pub(super) fn silences(&mut self, diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
        if self.list.is_empty() || diagnostic.rule.locked {
            return false;
        }
        let Some(place) = sources.place(diagnostic.span) else {
            return false;
        };
        let Some((path, line)) = line_of(place.span, sources) else {
            return false;
        };
        let mut silenced = false;
        for line in [Some(line), None] {
            let place = (diagnostic.rule.name, path.clone(), line);
            if let Some(meant) = self.places.get_mut(&place) {
                // Each is marked once, however many findings it silences.
                for at in meant.drain(..) {
                    self.list[at].used = true;
                }
                silenced = true;
            }
        }
        silenced
    }

    /// What is to say about the comments themselves, once all findings were asked for.
    pub(super) fn finish(mut self, sources: &SourceMap) -> Vec<Diagnostic> {
        let mut findings = std::mem::take(&mut self.findings);
        let unused = |allow: &&Allow| !allow.used;
        let told =
            |allow: &Allow| unused_allow::diagnostic(allow.comment, allow.rule, allow.removal);
        let own = unused_allow::RULE.name;
        let others = self.list.iter().filter(unused);
        findings.extend(others.filter(|allow| allow.rule != own).map(told));
        // A suppression of this very rule has its say before it is judged itself.
        findings.retain(|finding| !self.silences(finding, sources));
        let own = self
            .list
            .iter()
            .filter(unused)
            .filter(|allow| allow.rule == own);
        findings.extend(own.map(told));
        findings
    }
}

/// What a comment tells this program, behind `# mtp:`.
fn directive(comment: &str) -> Option<&str> {
    Some(
        comment
            .strip_prefix('#')?
            .trim_start()
            .strip_prefix("mtp:")?
            .trim_start(),
    )
}

/// Where in a comment a suppression begins that something else stands before.
fn behind_a_note(comment: &str) -> Option<usize> {
    let inner = comment.get(1..)?;
    let mut starts = inner.match_indices('#').map(|(at, _)| at + 1);
    starts.find(|at| {
        let text = directive(&comment[*at..]);
        text.is_some_and(|text| text.starts_with("allow"))
    })
}

/// What goes of a comment whose suppression is of no use, and what comes in its place: a
/// note behind it stays.
fn removal(comment: Span, own_line: bool, sources: &SourceMap) -> (Span, &'static str) {
    let text = sources.text(comment);
    let note = text.find(')').and_then(|at| text.get(at + 1..));
    let between = |c: char| c.is_whitespace() || ":,;-–—".contains(c);
    let note = note
        .unwrap_or_default()
        .trim_start_matches(between)
        .trim_end();
    match text.rfind(note).filter(|_| !note.is_empty()) {
        Some(at) => {
            let start = comment.start as usize;
            (Span::new(comment.origin, start, start + at), "# ")
        }
        None => (whole(comment, own_line, sources), ""),
    }
}

/// A comment with the white space before it, and its line if it has one of its own.
fn whole(comment: Span, own_line: bool, sources: &SourceMap) -> Span {
    let text = sources.whole(comment.origin);
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let behind = text.get(comment.end as usize..).unwrap_or_default();
    let line_break = if behind.starts_with("\r\n") {
        2
    } else {
        usize::from(behind.starts_with('\n'))
    };
    let end = comment.end as usize + if own_line { line_break } else { 0 };
    Span::new(comment.origin, start, end)
}

/// A name in a list with the comma behind it, else the one before it.
fn with_comma(name: Span, sources: &SourceMap) -> Span {
    let text = sources.whole(name.origin);
    let behind = text.get(name.end as usize..).unwrap_or_default();
    if let Some(rest) = behind.trim_start().strip_prefix(',') {
        let end = text.len() - rest.trim_start_matches(' ').len();
        return Span::new(name.origin, name.start as usize, end);
    }
    let before = text
        .get(..name.start as usize)
        .unwrap_or_default()
        .trim_end();
    let start = before.strip_suffix(',').unwrap_or(before).len();
    Span::new(name.origin, start, name.end as usize)
}

fn line_of(span: Span, sources: &SourceMap) -> Option<(String, usize)> {
    let file = sources.file(span)?;
    Some((file.path.clone(), file.lines().line_of(span.start as usize)))
}
