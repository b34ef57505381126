//! Bytes put aside in a file without a name, until they are wanted again: what would not fit
//! into the memory. They are compressed, since disks are slower than that. What they are is
//! not known here.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

/// Pieces of bytes, by a key and a number. The file is gone with this value, even if the
/// process is killed.
#[derive(Debug)]
pub struct Aside {
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    file: File,
    end: u64,
    /// Why something could not be put aside.
    failed: Option<io::Error>,
    pieces: BTreeMap<String, BTreeMap<usize, Range<u64>>>,
}

impl Aside {
    /// Puts bytes aside on the disk that the folder `folder` is on, or, if it cannot be
    /// written to, where the system has its temporary files.
    pub fn beside(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder).or_else(|_| tempfile::tempfile())?;
        let held = Held {
            file,
            end: 0,
            failed: None,
            pieces: BTreeMap::new(),
        };
        Ok(Aside {
            held: Mutex::new(held),
        })
    }

    /// Puts pieces aside under a number. Each key has at most one of the number. What cannot
    /// be written is told when it is wanted again.
    pub fn put(&self, number: usize, pieces: Vec<(String, Vec<u8>)>) {
        let pieces: Vec<(String, Vec<u8>)> = pieces
            .into_iter()
            .map(|(key, bytes)| (key, compress_prepend_size(&bytes)))
            .collect();
        let Ok(mut held) = self.held.lock() else {
            return;
        };
        for (key, bytes) in pieces {
            if held.failed.is_some() {
                return;
            }
            if let Err(error) = held.file.write_all(&bytes) {
                held.failed = Some(error);
                return;
            }
            let start = held.end;
            held.end += bytes.len() as u64;
            let range = start..held.end;
            held.pieces.entry(key).or_default().insert(number, range);
        }
    }

    /// Writes the pieces of a key in the order of their numbers: `before` the first, `between`
    /// two. Whether there are any.
    pub fn copy(
        &self,
        key: &str,
        before: &[u8],
        between: &[u8],
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let mut held = self.held.lock().map_err(|_| poisoned())?;
        if let Some(error) = held.failed.take() {
            return Err(error);
        }
        let ranges: Vec<Range<u64>> = match held.pieces.get(key) {
            Some(pieces) => pieces.values().cloned().collect(),
            None => return Ok(false),
        };
        let mut joint = before;
        let mut buffer = Vec::new();
        for range in ranges {
            out.write_all(joint)?;
            joint = between;
            buffer.clear();
            held.file.seek(SeekFrom::Start(range.start))?;
            let wanted = range.end - range.start;
            let read = (&held.file).take(wanted).read_to_end(&mut buffer)?;
            if read as u64 != wanted {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let bytes = decompress_size_prepended(&buffer).map_err(io::Error::other)?;
            out.write_all(&bytes)?;
        }
        held.file.seek(SeekFrom::End(0))?;
        Ok(true)
    }
}

/// Another thread has failed while it wrote.
fn poisoned() -> io::Error {
    io::Error::other("what was put aside cannot be relied on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_in_the_order_of_their_numbers() -> io::Result<()> {
        let aside = Aside::beside(&std::env::temp_dir())?;
        let piece = |key: &str, text: &str| (key.to_owned(), text.as_bytes().to_vec());
        aside.put(1, vec![piece("a", "second"), piece("b", "only")]);
        aside.put(0, vec![piece("a", "first")]);
        aside.put(7, vec![piece("a", "third")]);
        let copied = |key: &str| {
            let mut out = Vec::new();
            let any = aside.copy(key, b"<", b", ", &mut out).expect("a copy");
            (any, String::from_utf8(out).expect("text"))
        };
        assert_eq!(copied("a"), (true, "<first, second, third".into()));
        aside.put(2, vec![piece("b", "more")]);
        assert_eq!(copied("b"), (true, "<only, more".into()));
        assert_eq!(copied("c"), (false, String::new()));
        Ok(())
    }
}
