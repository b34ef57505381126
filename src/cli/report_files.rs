//! Files that reports go to: never one that is read, and in their places only once
//! all else that a run writes is known to be good.

use super::outputs::{self, Staged};
use super::shared::{Failure, shown};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A report that is made, but not yet in its place.
pub(super) enum ReportFile {
    /// For a regular file, or where nothing stands.
    Staged(Staged),
    /// For what is written to as it is, such as a device.
    Bytes(PathBuf, Vec<u8>),
}

/// Refuses files that two reports, or reports and something else, would share.
pub(super) fn usable(files: &[&Path], baseline: Option<&Path>) -> Result<(), Failure> {
    for (at, file) in files.iter().enumerate() {
        if files.iter().take(at).any(|other| is_same(file, other)) {
            return Err(Failure::Told(format!(
                "two output formats cannot go to one file: `{}`",
                shown(file)
            )));
        }
        if baseline.is_some_and(|baseline| is_same(file, baseline)) {
            return Err(refused(
                file,
                "it is the baseline; write a new one in a run without --baseline",
            ));
        }
        let real = std::fs::canonicalize(file);
        let real = real.as_deref().unwrap_or(file);
        let is_project = |path: &Path| path.file_name().is_some_and(|name| name == "mtp.toml");
        if is_project(file) || is_project(real) {
            return Err(refused(file, "a file of this name configures a project"));
        }
    }
    Ok(())
}

impl ReportFile {
    /// Prepares a report for `file`, which may be none of `others`.
    pub(super) fn new<'p>(
        file: &Path,
        bytes: Vec<u8>,
        mut others: impl Iterator<Item = &'p Path>,
    ) -> Result<ReportFile, Failure> {
        if others.any(|other| is_same(file, other)) {
            return Err(refused(
                file,
                "it is one of the files that are checked or built",
            ));
        }
        let is_special =
            std::fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir());
        if is_special {
            return Ok(ReportFile::Bytes(file.to_path_buf(), bytes));
        }
        outputs::make_folder_of(file)?;
        Staged::write(file, |out| out.write_all(&bytes)).map(ReportFile::Staged)
    }

    /// Puts the report in its place.
    pub(super) fn commit(self) -> Result<(), Failure> {
        match self {
            ReportFile::Staged(staged) => staged.commit(),
            ReportFile::Bytes(path, bytes) => {
                let file = std::fs::OpenOptions::new().write(true).open(&path);
                let written = file.and_then(|mut file| file.write_all(&bytes));
                written
                    .map_err(|error| Failure::of(format!("cannot write `{}`", shown(&path)), error))
            }
        }
    }
}

fn refused(file: &Path, reason: &str) -> Failure {
    Failure::of(
        format!("cannot write a report to `{}`", shown(file)),
        reason,
    )
}

/// Whether two paths lead to one file, be it by links of either kind.
pub(super) fn is_same(path: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).ok();
    same_file::is_same_file(path, other).unwrap_or(false)
        || absolute(path).is_some_and(|path| Some(path) == absolute(other))
}
