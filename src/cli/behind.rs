//! A file that is written by a thread of its own, while what comes next is made.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Pieces that wait to be written, at most.
const WAITING: usize = 2;
/// Bytes after which the disk is told to write, so that it need not all at the end.
const AT_ONCE: usize = 16 << 20;

/// A writer to a file. What is written is handed on piece by piece; the thread is started
/// for the second one.
pub(super) struct Behind<'f> {
    file: &'f mut File,
    /// The first piece.
    first: Option<Vec<u8>>,
    thread: Option<Thread>,
}

struct Thread {
    full: SyncSender<Vec<u8>>,
    /// Pieces that were written, to be filled again.
    empty: Receiver<Vec<u8>>,
    handle: JoinHandle<io::Result<()>>,
}

impl<'f> Behind<'f> {
    pub(super) fn new(file: &'f mut File) -> Self {
        Behind {
            file,
            first: None,
            thread: None,
        }
    }

    /// Waits until all is written and on the disk.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Some(thread) = self.thread.take() {
            thread.finish()?;
        }
        if let Some(first) = self.first.take() {
            self.file.write_all(&first)?;
        }
        self.file.sync_all()
    }
}

impl Thread {
    fn start(mut file: File) -> io::Result<Thread> {
        let (full, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let (written, empty) = sync_channel(WAITING);
        let handle = std::thread::Builder::new().spawn(move || {
            let mut unsynchronised = 0;
            for mut piece in waiting {
                file.write_all(&piece)?;
                unsynchronised += piece.len();
                if unsynchronised >= AT_ONCE {
                    file.sync_data()?;
                    unsynchronised = 0;
                }
                piece.clear();
                match written.try_send(piece) {
                    Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
                }
            }
            Ok(())
        })?;
        Ok(Thread {
            full,
            empty,
            handle,
        })
    }

    fn finish(self) -> io::Result<()> {
        drop(self.full);
        match self.handle.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Write for Behind<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let thread = match (&mut self.thread, self.first.take()) {
            (None, None) => {
                self.first = Some(piece.to_vec());
                return Ok(piece.len());
            }
            (thread, first) => {
                let thread = match thread {
                    Some(thread) => thread,
                    None => thread.insert(Thread::start(self.file.try_clone()?)?),
                };
                // Nothing waits yet: this one finds room.
                let sent = first.is_none_or(|first| thread.full.send(first).is_ok());
                sent.then_some(thread)
            }
        };
        let sent = thread.is_some_and(|thread| {
            let mut filled = thread.empty.try_recv().unwrap_or_default();
            filled.extend_from_slice(piece);
            thread.full.send(filled).is_ok()
        });
        if sent {
            return Ok(piece.len());
        }
        // The thread ends early where writing fails, and says why.
        match self.thread.take().map(Thread::finish) {
            Some(Err(error)) => Err(error),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
