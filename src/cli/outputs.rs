//! Output files that appear whole or not at all: written beside their place, then
//! renamed once everything is known to be good.

use super::behind::Behind;
use super::leftovers;
use super::shared::{Failure, shown};
use crate::source::SourceMap;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use tempfile::NamedTempFile;

/// A file that is written but not yet in its place.
pub(super) struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

/// The files that are not in their places yet: who interrupts the command is not left
/// with them.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Makes a file that is removed when the command is interrupted. Of the `mode`, the process's
/// mask takes away what it does; without one, nobody else can read it.
fn temporary(folder: &Path, mode: Option<u32>) -> io::Result<NamedTempFile> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Without a handler the files stay, and nothing else is different.
        let _ = ctrlc::set_handler(|| {
            // Held until the end, so that no other file is made meanwhile.
            let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
            for path in unfinished.iter() {
                let _ = std::fs::remove_file(path);
            }
            std::process::exit(INTERRUPTED);
        });
    });
    leftovers::clear(folder);
    // An interruption waits for the lock, so that no file is missed.
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let file = builder
        .prefix(leftovers::PREFIX)
        .suffix(leftovers::SUFFIX)
        .tempfile_in(folder)?;
    // While it is locked, nobody takes it for one that was left behind.
    let _ = file.as_file().try_lock();
    unfinished.push(file.path().to_path_buf());
    Ok(file)
}

/// The exit code of a command that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

/// The mode of a file that replaces none, before the process's mask.
const NEW: u32 = 0o666;

impl Staged {
    /// Writes what `emit` gives to a temporary file in the folder of `path`, or of
    /// the file that `path` links to.
    pub(super) fn write(
        path: &Path,
        emit: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Staged, Failure> {
        let failure = |error: io::Error| Failure::writing(format!("`{}`", shown(path)), &error);
        let refused = |why: &str| Failure::of(format!("cannot write `{}`", shown(path)), why);
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let there = std::fs::metadata(&target).ok();
        match &there {
            Some(there) if there.is_dir() => return Err(refused("it is a folder")),
            // A device would be replaced by a file.
            Some(there) if !there.is_file() => return Err(refused("it is no regular file")),
            _ => {}
        }
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mode = there.is_none().then_some(NEW);
        // Of the temporary file nobody need know.
        let temporary = temporary(folder, mode).map_err(|error| io::Error::from(error.kind()));
        let mut file = temporary.map_err(failure)?;
        let mut out = Behind::new(file.as_file_mut());
        emit(&mut out).map_err(failure)?;
        out.finish().map_err(failure)?;
        if let Some(there) = there {
            // Its mode, and on some systems that it is not to be written.
            let set = file.as_file().set_permissions(there.permissions());
            set.map_err(failure)?;
        }
        Ok(Staged { file, path: target })
    }

    /// The same for the file `name` in `folder`, both as somebody else has it: no link leads out
    /// of the folder.
    pub(super) fn write_in(
        folder: &Path,
        name: &str,
        emit: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Staged, Failure> {
        let path = folder.join(name);
        let real = std::fs::canonicalize(&path).ok();
        let inside = std::fs::canonicalize(folder).ok();
        if let Some((real, inside)) = real.zip(inside)
            && !real.starts_with(&inside)
        {
            return Err(Failure::of(
                format!("cannot write `{}`", shown(&path)),
                "it is a link that leads out of its folder",
            ));
        }
        Staged::write(&path, emit)
    }

    /// Puts the file in its place.
    pub(super) fn commit(self) -> Result<(), Failure> {
        let path = self.path;
        let result = self.file.persist(&path).map(drop);
        result.map_err(|error| {
            Failure::of(format!("cannot write `{}`", shown(&path)), error.error)
        })?;
        synchronise_folder(&path);
        Ok(())
    }

    /// Puts the file in its place, where nothing may stand.
    fn commit_new(self) -> Result<PathBuf, Failure> {
        let path = self.path;
        let result = self.file.persist_noclobber(&path).map(drop);
        result.map_err(|error| {
            Failure::of(format!("cannot write `{}`", shown(&path)), error.error)
        })?;
        synchronise_folder(&path);
        Ok(path)
    }
}

/// Puts files in their places that belong together: another build into the same folders waits
/// until all are there, so that no two builds mix.
pub(super) fn commit_all(files: Vec<Staged>) -> Result<(), Failure> {
    let folders = files.iter().filter_map(|file| match file.path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new(".").canonicalize().ok(),
        folder => folder.canonicalize().ok(),
    });
    // In one order everywhere, so that nobody waits for another who waits for them.
    let folders: BTreeSet<PathBuf> = folders.collect();
    let locks = folders.iter().filter_map(|folder| leftovers::lock(folder));
    let locks: Vec<_> = locks.collect();
    let result = files.into_iter().try_for_each(Staged::commit);
    drop(locks);
    result
}

/// Refuses to write over the file that is `read`, and over any other unless by `force`.
pub(super) fn may_replace(path: &Path, read: Option<&Path>, force: bool) -> Result<(), Failure> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(path).is_some_and(|path| Some(path) == read.and_then(real)) {
        return Err(Failure::Told(format!(
            "`{}` is the file that is read; write to another one",
            shown(path)
        )));
    }
    if !force && path.symlink_metadata().is_ok() {
        return Err(Failure::Told(format!(
            "`{}` is there already; --force replaces it",
            shown(path)
        )));
    }
    Ok(())
}

/// Refuses to write over a file that was read: one of the `sources`, or of the `others`.
pub(super) fn spare<'p>(
    paths: impl IntoIterator<Item = &'p Path>,
    sources: &SourceMap,
    others: &[&Path],
) -> Result<(), Failure> {
    // What is not there yet was not read.
    let paths = paths.into_iter().filter(|path| path.exists());
    let paths: Vec<&Path> = paths.collect();
    let read = sources.files().map(|file| Path::new(&file.path));
    read.chain(others.iter().copied()).try_for_each(|read| {
        paths
            .iter()
            .try_for_each(|path| may_replace(path, Some(read), true))
    })
}

/// Writes to the file at `path`, with the folder it needs, or else to standard output.
pub(super) fn put(path: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    let Some(path) = path else {
        let mut out = io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        return written.map_err(|error| Failure::stream(&error));
    };
    make_folder_of(path)?;
    Staged::write(path, |out| out.write_all(bytes))?.commit()
}

fn synchronise_folder(path: &Path) {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        // A folder that cannot be synchronised still holds the file.
        let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Makes the folder that a file is to stand in.
pub(super) fn make_folder_of(path: &Path) -> Result<(), Failure> {
    match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error)),
        None => Ok(()),
    }
}

/// Why a folder cannot be made.
pub(super) fn no_folder(folder: &Path, error: &io::Error) -> Failure {
    let what = format!("cannot make the folder `{}`", shown(folder));
    let file = folder.ancestors().find(|path| path.is_file());
    match file {
        Some(file) => Failure::of(what, format!("`{}` is a file", shown(file))),
        None => Failure::of(what, error),
    }
}

/// Writes files that are not there yet, with the folders they need: all, or nothing.
/// `way_out` is what to do where one is there.
pub(super) fn create(files: &[(&Path, &str)], way_out: &str) -> Result<(), Failure> {
    let there: Vec<String> = files
        .iter()
        .filter(|(path, _)| std::fs::symlink_metadata(path).is_ok())
        .map(|(path, _)| format!("`{}`", shown(path)))
        .collect();
    if !there.is_empty() {
        let verb = if there.len() == 1 { "is" } else { "are" };
        return Err(Failure::Told(format!(
            "nothing was written: {} {verb} there already; {way_out}",
            there.join(", "),
        )));
    }
    let mut made = Made::default();
    let result = made.create(files);
    if result.is_err() {
        made.undo();
    }
    result
}

/// What was made so far.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    fn create(&mut self, files: &[(&Path, &str)]) -> Result<(), Failure> {
        let mut staged = Vec::new();
        for (path, text) in files {
            if let Some(folder) = path.parent() {
                self.folder(folder)?;
            }
            staged.push(Staged::write(path, |out| out.write_all(text.as_bytes()))?);
        }
        for file in staged {
            self.files.push(file.commit_new()?);
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
            .collect();
        for folder in missing.into_iter().rev() {
            std::fs::create_dir(folder).map_err(|error| no_folder(folder, &error))?;
            self.folders.push(folder.to_path_buf());
        }
        Ok(())
    }

    /// Removes it again; what another process has put there meanwhile stays.
    fn undo(&self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
