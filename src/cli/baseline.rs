//! `--baseline`: findings that are known are left out, known ones that no longer
//! occur are told.
//!
//! A baseline is an earlier report in the format `json`. Findings are recognised by
//! their fingerprints, which hold no line numbers.

use super::shared::{Failure, shown, tell};
use crate::diagnostics::Severity;
use crate::report::{Report, fingerprints};
use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;

#[derive(Deserialize)]
struct Run {
    diagnostics: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    fingerprint: String,
}

/// Leaves the findings out of `report` that `file` knows, but for errors where
/// `errors_too` is not set.
pub(super) fn apply(file: &Path, report: &mut Report<'_>, errors_too: bool) -> Result<(), Failure> {
    let failure = |reason: &dyn std::fmt::Display| {
        Failure::of(format!("cannot use the baseline `{}`", shown(file)), reason)
    };
    let text = std::fs::read_to_string(file).map_err(|error| failure(&error))?;
    let run: Run = serde_json::from_str(&text).map_err(|error| {
        failure(&format!(
            "{error}; write one with --output-format json={}",
            shown(file)
        ))
    })?;
    let known: HashSet<String> = run
        .diagnostics
        .into_iter()
        .map(|entry| entry.fingerprint)
        .collect();
    let found = fingerprints(report);
    let mut gone = known.len();
    let mut keep = found.iter().map(|fingerprint| {
        let is_known = known.contains(fingerprint);
        gone -= usize::from(is_known);
        !is_known
    });
    report.retain(|finding| {
        let is_new = keep.next().unwrap_or(true);
        is_new || !errors_too && finding.severity == Severity::Error
    });
    drop(keep);
    if gone > 0 {
        let findings = if gone == 1 {
            "1 finding"
        } else {
            &format!("{gone} findings")
        };
        let verb = if gone == 1 { "occurs" } else { "occur" };
        tell(&format!(
            "{findings} of the baseline `{}` no longer {verb}; write it anew",
            shown(file)
        ));
    }
    Ok(())
}
