//! Temporary files that were left behind, since a process was killed or a machine went off: the
//! next one that writes into the folder takes them away. And the lock of a folder, which keeps
//! the files of two builds apart.

use std::collections::HashSet;
use std::fs::{DirEntry, File};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the names of temporary files begin with.
pub(super) const PREFIX: &str = ".mtp-";
/// What they end with.
pub(super) const SUFFIX: &str = ".tmp";
/// The letters and digits between the two.
const RANDOM: usize = 6;
/// A younger file may be one that is not locked yet.
const AGE: Duration = Duration::from_secs(60);
/// A lock that is held longer is none of ours.
const PATIENCE: Duration = Duration::from_secs(10);

/// Removes what was left behind in `folder`, once in a process. A file that a process still
/// writes is locked by it.
pub(super) fn clear(folder: &Path) {
    static CLEARED: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);
    let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
    if !cleared.insert(folder.to_path_buf()) {
        return;
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_left_behind(&entry) {
            // Who may not remove it need not.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn is_left_behind(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let random = name
        .to_str()
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    let is_named = random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    // Not of what a link leads to.
    let metadata = entry
        .metadata()
        .ok()
        .filter(|there| is_named && there.is_file());
    let changed = metadata.and_then(|there| there.modified().ok());
    let age = changed.and_then(|changed| changed.elapsed().ok());
    let is_old = age.is_some_and(|age| age >= AGE);
    is_old && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
}

/// Locks a folder among processes of this program, until what is given is dropped. Where there
/// are no such locks, and where one is held too long, there is none.
pub(super) fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(std::fs::TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(_) => return None,
        }
    }
}
