//! Applying fixes: the edits that findings carry, until nothing is left to apply.

use crate::diagnostics::Safety;
use crate::report::{Finding, Report};
use std::collections::BTreeMap;

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
pub(super) fn apply(report: &Report<'_>, which: Which) -> BTreeMap<String, (String, usize)> {
    let mut edits: BTreeMap<&str, Vec<(usize, usize, &str)>> = BTreeMap::new();
    let mut cured: BTreeMap<&str, usize> = BTreeMap::new();
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    let is_wanted = |finding: &&Finding<'_>| {
        let safety = finding.diagnostic.fix.as_ref().map(|fix| fix.safety);
        safety.is_some_and(|safety| which == Which::All || safety == Safety::Safe)
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
