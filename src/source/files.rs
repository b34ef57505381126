//! Reading files, behind a trait so that an editor's unsaved text can stand in.

use globset::{Glob, GlobBuilder};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Why a file could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The system's error.
    Io(std::io::Error),
    /// A folder, device, socket or pipe.
    NotAFile,
    /// More bytes than allowed; the limit.
    TooLarge(u64),
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                out.write_str("there is no such file")
            }
            ReadError::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                out.write_str("permission denied")
            }
            ReadError::Io(error) => error.fmt(out),
            ReadError::NotAFile => out.write_str("it is not a regular file"),
            ReadError::TooLarge(limit) => write!(out, "it has more than {limit} bytes"),
        }
    }
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        ReadError::Io(error)
    }
}

/// Whether a path is a pattern for several files.
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// The folders at the start of a pattern that every match is below: those before the
/// first part that is a pattern itself.
pub fn fixed_part(pattern: &str) -> PathBuf {
    let parts = Path::new(pattern).components();
    parts
        .take_while(|part| !is_pattern(&part.as_os_str().to_string_lossy()))
        .collect()
}

/// The most bytes of a pattern: what it is made into is many times as large.
const PATTERN_BYTES: usize = 1000;

/// What a pattern matches, where `*` and `?` stop at a `/`; or why it cannot be used.
pub fn pattern(pattern: &str) -> Result<Glob, String> {
    if pattern.len() > PATTERN_BYTES {
        return Err(format!("the pattern has more than {PATTERN_BYTES} bytes"));
    }
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

/// A file that is read piece by piece.
pub struct Opened {
    /// Its bytes.
    pub reader: Box<dyn Read + Send>,
    /// How many there are.
    pub size: u64,
    /// When it was changed last, if that can be told.
    pub changed: Option<SystemTime>,
}

/// What a compile needs of a file system.
pub trait Files: Sync {
    /// The bytes of a regular file of at most `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;
    /// The same file to be read piece by piece, whatever its size; `None` if it can only be
    /// had whole.
    fn open(&self, path: &Path) -> Option<Result<Opened, ReadError>> {
        let _ = path;
        None
    }
    /// The path with links and `..` resolved.
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError>;
    /// Whether something is there.
    fn exists(&self, path: &Path) -> bool;
    /// The regular files below `folder`, sorted by path.
    fn below(&self, folder: &Path) -> Vec<PathBuf>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(ReadError::NotAFile);
        }
        if metadata.len() > limit {
            return Err(ReadError::TooLarge(limit));
        }
        let mut bytes = Vec::with_capacity(
            usize::try_from(metadata.len())
                .unwrap_or(0)
                .saturating_add(1),
        );
        std::fs::File::open(path)?
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::TooLarge(limit));
        }
        Ok(bytes)
    }

    fn open(&self, path: &Path) -> Option<Result<Opened, ReadError>> {
        let open = || {
            if !std::fs::metadata(path)?.is_file() {
                return Err(ReadError::NotAFile);
            }
            let file = std::fs::File::open(path)?;
            let metadata = file.metadata()?;
            Ok(Opened {
                size: metadata.len(),
                changed: metadata.modified().ok(),
                reader: Box::new(file),
            })
        };
        Some(open())
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Ok(std::fs::canonicalize(path)?)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn below(&self, folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = ignore::WalkBuilder::new(folder)
            .standard_filters(false)
            .follow_links(false)
            .build()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .map(ignore::DirEntry::into_path)
            .collect();
        files.sort();
        files
    }
}
