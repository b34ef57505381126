//! `--baseline`: findings that are known are left out, known ones that no longer
//! occur are told.
//!
//! A baseline is an earlier report in the format `json`. Findings are recognised by
//! their fingerprints, which hold no line numbers.

use super::shared::{Failure, shown, tell};
use crate::diagnostics::Severity;
use crate::report::{Report, fingerprints};
use crate::source::{Disk, Files};
use serde::Deserialize;
use serde_json::error::Category;
use std::collections::HashSet;
use std::path::Path;

#[derive(Deserialize)]
struct Run {
    version: u64,
    diagnostics: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    rule: String,
    message: String,
    file: String,
    fingerprint: String,
}

/// The bytes that a baseline may have.
const MOST: u64 = 1 << 30;

/// Leaves the findings out of `report` that `file` knows, but for errors where
/// `errors_too` is not set.
pub(super) fn apply(file: &Path, report: &mut Report<'_>, errors_too: bool) -> Result<(), Failure> {
    let failure = |reason: &dyn std::fmt::Display| {
        Failure::of(format!("cannot use the baseline `{}`", shown(file)), reason)
    };
    if file.is_dir() {
        return Err(failure(&"it is a folder"));
    }
    let text = Disk.read(file, MOST).map_err(|error| failure(&error))?;
    let run: Run = serde_json::from_slice(&text).map_err(|error| {
        let reason = match error.classify() {
            Category::Data => "it is no report of `mtp` in the format json".to_owned(),
            _ => format!("it is not valid JSON: {error}"),
        };
        failure(&format!(
            "{reason}; --output-format json=FILE writes one, in a run without --baseline"
        ))
    })?;
    if run.version != VERSION {
        return Err(failure(&format!(
            "it is a report of version {}, and this `mtp` reads version {VERSION}",
            run.version
        )));
    }
    let found = fingerprints(report);
    let known: HashSet<&str> = run
        .diagnostics
        .iter()
        .map(|entry| entry.fingerprint.as_str())
        .collect();
    let mut keep = found
        .iter()
        .map(|fingerprint| !known.contains(fingerprint.as_str()));
    // What was not looked at is not gone.
    let paths: HashSet<&str> = report.paths.iter().map(|path| plain(path)).collect();
    report.retain(|finding| {
        let is_new = keep.next().unwrap_or(true);
        is_new || !errors_too && finding.severity == Severity::Error
    });
    drop(keep);
    let found: HashSet<&str> = found.iter().map(String::as_str).collect();
    let gone = run.diagnostics.iter().filter(|entry| {
        paths.contains(plain(&entry.file)) && !found.contains(entry.fingerprint.as_str())
    });
    let gone: Vec<&Entry> = gone.collect();
    for Entry {
        file,
        rule,
        message,
        ..
    } in gone.iter().take(SHOWN)
    {
        tell(&format!("no longer found in `{file}`: {message} [{rule}]"));
    }
    if !gone.is_empty() {
        let findings = match gone.len() {
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        let verb = if gone.len() == 1 { "occurs" } else { "occur" };
        tell(&format!(
            "{findings} of the baseline `{}` no longer {verb}; write it anew",
            shown(file)
        ));
    }
    Ok(())
}

/// The version of the reports that are read, and written.
const VERSION: u64 = 1;

/// How many findings that are gone are named.
const SHOWN: usize = 5;

/// A path as baselines compare it.
fn plain(path: &str) -> &str {
    path.trim_start_matches("./")
}
