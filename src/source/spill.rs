//! A text too large to be held that stands in no file as it is: it waits in one without a
//! name, from which it can be read again and again. What it holds is not known here.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// The text. Its file is gone with the last of these, even if the process is killed.
#[derive(Clone, Debug)]
pub struct Spill(Arc<File>);

impl Spill {
    /// Spills what `write` writes onto the disk that `folder` is on, or, without one or if it
    /// cannot be written to, where the system has its temporary files. Errors are those of
    /// `write` and, made into such by `failed`, those of the disk.
    pub fn of<E>(
        folder: Option<&Path>,
        write: impl FnOnce(&mut File) -> Result<(), E>,
        failed: impl FnOnce(io::Error) -> E,
    ) -> Result<Spill, E> {
        let beside = folder.and_then(|folder| tempfile::tempfile_in(folder).ok());
        let mut file = match beside.map_or_else(tempfile::tempfile, Ok) {
            Ok(file) => file,
            Err(error) => return Err(failed(error)),
        };
        write(&mut file)?;
        Ok(Spill(Arc::new(file)))
    }

    /// The text from its start; several can be read at a time.
    pub fn reader(&self) -> impl Read + Send + 'static {
        Reader {
            file: Arc::clone(&self.0),
            at: 0,
        }
    }
}

struct Reader {
    file: Arc<File>,
    at: u64,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_was_spilled_is_read_as_often_as_wanted() -> io::Result<()> {
        let text = "line\n".repeat(5000);
        let write = |file: &mut File| file.write_all(text.as_bytes());
        for folder in [
            None,
            Some(std::env::temp_dir()),
            Some("no such folder".into()),
        ] {
            let spill = Spill::of(folder.as_deref(), write, |error| error)?;
            let (mut one, mut other) = (spill.reader(), spill.reader());
            let (mut first, mut second) = (String::new(), String::new());
            one.by_ref().take(7).read_to_string(&mut first)?;
            other.read_to_string(&mut second)?;
            one.read_to_string(&mut first)?;
            assert_eq!((&first, &second), (&text, &text));
        }
        let refused = Spill::of(None, |_| Err("no"), |_| "disk");
        assert_eq!(refused.err(), Some("no"));
        Ok(())
    }
}
