//! Applying fixes: the edits that findings carry, until nothing is left to apply.

use super::validate::{AllLooked, Looked};
use crate::diagnostics::Safety;
use crate::report::{Finding, Report};
use crate::source::Overlay;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What came of applying fixes.
pub(super) struct Fixed {
    /// What is found once they are made.
    pub(super) looked: AllLooked,
    /// The new texts.
    pub(super) texts: Overlay,
    /// The files that changed, with the number of findings cured in each.
    pub(super) cured: BTreeMap<String, usize>,
    /// The files of which some fixes were left out, since they would bring new errors.
    pub(super) refused: BTreeSet<String>,
}

/// Applies fixes in rounds, for one may uncover another. `look` compiles all files with
/// the texts it is given. A file whose changes would make a spec worse keeps its text.
pub(super) fn rounds(
    looked: AllLooked,
    which: Which,
    look: impl Fn(&Overlay) -> AllLooked,
) -> Fixed {
    const ROUNDS: usize = 50;
    let mut fixed = Fixed {
        looked,
        texts: Overlay::default(),
        cured: BTreeMap::new(),
        refused: BTreeSet::new(),
    };
    for _ in 0..ROUNDS {
        let mut changes = {
            let specs = fixed.looked.iter().flatten().map(|looked| &looked.checked);
            apply(&Report::of(specs, 0), which, &fixed.refused)
        };
        while !changes.is_empty() {
            let mut next = fixed.texts.clone();
            for (path, (text, _)) in &changes {
                next.put(Path::new(path), text.clone());
            }
            let again = look(&next);
            let harmful = harmful(&fixed.looked, &again, &changes);
            if harmful.is_empty() {
                fixed.texts = next;
                fixed.looked = again;
                break;
            }
            changes.retain(|path, _| !harmful.contains(path));
            fixed.refused.extend(harmful);
        }
        if changes.is_empty() {
            break;
        }
        for (path, (_, count)) in changes {
            *fixed.cured.entry(path).or_default() += count;
        }
    }
    fixed
}

/// The changed files of specs that have more errors than before, or no longer parse.
fn harmful(
    before: &AllLooked,
    after: &AllLooked,
    changes: &BTreeMap<String, (String, usize)>,
) -> BTreeSet<String> {
    let mut harmful = BTreeSet::new();
    for (before, after) in before.iter().flatten().zip(after.iter().flatten()) {
        let (errors, syntax) = (errors(before), syntax(before));
        if self::errors(after) > errors || self::syntax(after) > syntax {
            let files = after.checked.sources.files().map(|file| &file.path);
            harmful.extend(files.filter(|path| changes.contains_key(*path)).cloned());
        }
    }
    harmful
}

fn errors(looked: &Looked) -> usize {
    let findings = looked.checked.diagnostics.iter();
    findings.filter(|finding| finding.is_error()).count()
}

fn syntax(looked: &Looked) -> usize {
    let findings = looked.checked.diagnostics.iter();
    findings
        .filter(|finding| finding.rule.name == "syntax")
        .count()
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that can be made unseen.
    Safe,
    /// All.
    All,
}

/// The files that fixes change, by path: the new text and the number of findings
/// that were cured. Fixes whose edits overlap wait for the next round.
fn apply(
    report: &Report<'_>,
    which: Which,
    refused: &BTreeSet<String>,
) -> BTreeMap<String, (String, usize)> {
    let mut edits: BTreeMap<&str, Vec<(usize, usize, &str)>> = BTreeMap::new();
    let mut cured: BTreeMap<&str, usize> = BTreeMap::new();
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    let is_wanted = |finding: &&Finding<'_>| {
        let safety = finding.diagnostic.fix.as_ref().map(|fix| fix.safety);
        let files = finding.changes.iter();
        let mut paths = files.map(|change| &change.spot.file.path);
        safety.is_some_and(|safety| which == Which::All || safety == Safety::Safe)
            && !paths.any(|path| refused.contains(path))
    };
    for finding in report.findings.iter().filter(is_wanted) {
        let overlaps = finding.changes.iter().any(|change| {
            let taken = edits
                .get(change.spot.file.path.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let (start, end) = (change.spot.bytes.start, change.spot.bytes.end);
            taken.iter().any(|(other_start, other_end, _)| {
                start < *other_end && *other_start < end || start == *other_start
            })
        });
        let Some(first) = finding.changes.first().filter(|_| !overlaps) else {
            continue;
        };
        for change in &finding.changes {
            let path = change.spot.file.path.as_str();
            texts.insert(path, &change.spot.file.text);
            edits.entry(path).or_default().push((
                change.spot.bytes.start,
                change.spot.bytes.end,
                change.text,
            ));
        }
        *cured.entry(first.spot.file.path.as_str()).or_default() += 1;
    }
    let mut changed = BTreeMap::new();
    for (path, mut edits) in edits {
        edits.sort_unstable();
        let old = texts.get(path).copied().unwrap_or_default();
        let mut new = String::with_capacity(old.len());
        let mut at = 0;
        for (start, end, text) in edits {
            new.push_str(old.get(at..start).unwrap_or_default());
            new.push_str(text);
            at = end;
        }
        new.push_str(old.get(at..).unwrap_or_default());
        changed.insert(
            path.to_owned(),
            (new, cured.get(path).copied().unwrap_or(0)),
        );
    }
    changed
}
