//! `mtp watch`: specs built again whenever one of their files changes.
//!
//! The files are looked at a few times a second. They are few, and what systems tell of
//! changes differs for network drives, containers and editors that replace a file.

use super::build::Build;
use super::inputs;
use super::shared::{Checking, Failure, Outcome, shown, tell};
use crate::source::{Disk, Files};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Arguments of `watch`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp watch specs/wonderland.yaml -o out\n\n\
Builds at once, and again whenever a spec, a file that it reads or mtp.toml changes, until it is\n\
interrupted. A file that vanishes meanwhile is told of and waited for.")]
pub(super) struct Watch {
    /// Spec files, or patterns such as 'specs/*.yaml'
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<String>,
    /// The folder for the files [default: that of mtp.toml, else the current one]
    #[arg(short, long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    checking: Checking,
}

/// The time between two looks.
const TICK: Duration = Duration::from_millis(150);

impl Watch {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        self.checking.usable()?;
        if self.specs.iter().any(|spec| spec == "-") {
            return Err(Failure::Told(
                "standard input does not change; name a file".to_owned(),
            ));
        }
        // What is not there at the start may be a slip; waiting would not show it.
        for input in inputs::named(&self.specs, Path::new(""))? {
            let is_there = std::fs::metadata(&input.path).is_ok();
            let read = || Disk.read(&input.path, u64::MAX).map(drop);
            (if is_there { Ok(()) } else { read() }).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
            })?;
        }
        let mut files: BTreeSet<PathBuf> = self.specs.iter().map(PathBuf::from).collect();
        let quiet = self.checking.reporting.quiet;
        let build = Build::of(self.specs, self.out_dir, self.checking);
        loop {
            clear();
            let started = SystemTime::now();
            let mut read = BTreeSet::new();
            match build.once(&mut read) {
                Ok(_) => {}
                Err(Failure::Told(message)) => tell(&message),
                Err(Failure::ClosedPipe) => return Ok(Outcome::Clean),
            }
            // What could not be read this time may come back.
            files.extend(read);
            let now = Stamps::of(&files);
            if !quiet {
                told(files.len())?;
            }
            if !now.changed_since(started) {
                wait(&files, &now);
            }
        }
    }
}

/// Tells that all is done; whoever hangs up ends it.
fn told(files: usize) -> Result<(), Failure> {
    let files = match files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    writeln!(io::stderr().lock(), "Watching {files}.").map_err(|error| Failure::stream(&error))
}

/// Clears a terminal, so that only what holds now is to be seen.
fn clear() {
    let mut out = io::stderr().lock();
    if out.is_terminal() {
        // If standard error is closed, there is nobody left to show something to.
        let _ = out.write_all(b"\x1b[2J\x1b[3J\x1b[H");
    }
}

/// Waits until something is not as it was, and then until nothing is being written.
fn wait(files: &BTreeSet<PathBuf>, before: &Stamps) {
    loop {
        std::thread::sleep(TICK);
        let mut now = Stamps::of(files);
        if now == *before {
            continue;
        }
        loop {
            std::thread::sleep(TICK / 3);
            let next = Stamps::of(files);
            if next == now {
                return;
            }
            now = next;
        }
    }
}

/// What can be seen of files without reading them.
#[derive(PartialEq, Eq)]
struct Stamps {
    /// Size and time of change; `None` for a file that is not there.
    files: BTreeMap<PathBuf, Option<(u64, SystemTime)>>,
    /// The names in their folders that a pattern may mean.
    names: BTreeSet<PathBuf>,
}

/// The endings of what specs read.
const ENDINGS: [&str; 11] = [
    "yaml", "yml", "toml", "json", "jsonl", "ndjson", "csv", "tsv", "parquet", "gz", "zst",
];

impl Stamps {
    fn of(files: &BTreeSet<PathBuf>) -> Stamps {
        let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
        for file in files {
            let folder = match file.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            folders.insert(folder.to_path_buf());
        }
        let mut stamps = BTreeMap::new();
        let mut names = BTreeSet::new();
        let mut stamp = |path: PathBuf| {
            let metadata = std::fs::metadata(&path)
                .ok()
                .filter(std::fs::Metadata::is_file);
            let stamp = metadata.and_then(|it| Some((it.len(), it.modified().ok()?)));
            stamps.insert(path, stamp);
        };
        files.iter().cloned().for_each(&mut stamp);
        for folder in folders {
            let absolute = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
            absolute
                .ancestors()
                .for_each(|folder| stamp(folder.join("mtp.toml")));
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            names.extend(
                entries
                    .map(|entry| entry.path())
                    .filter(|path| is_read(path)),
            );
        }
        Stamps {
            files: stamps,
            names,
        }
    }

    /// Whether a file was changed after that time. What says that it will be changed is the
    /// fault of a clock.
    fn changed_since(&self, time: SystemTime) -> bool {
        let now = SystemTime::now();
        let mut times = self.files.values().flatten();
        times.any(|(_, changed)| time < *changed && *changed <= now)
    }
}

/// Whether a file may be one that a spec reads, and none that is built.
fn is_read(path: &Path) -> bool {
    let name = path.to_string_lossy();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ENDINGS.contains(&ending))
        && !name.ends_with("_model.json")
        && !name.ends_with("_template.json")
}
