//! A large file of which a part is wanted: how many samples it has has to be known first.

use super::{Loader, reopened};
use crate::ast::StreamedFile;
use crate::data::{Form, Pieces, Stopped};
use crate::load::readable;
use crate::source::ReadError;
use sha2::{Digest, Sha256};

/// A large file whose samples were counted.
pub(in crate::load) struct Counted {
    pub(in crate::load) file: StreamedFile,
    pub(in crate::load) form: Form,
    count: usize,
}

impl Counted {
    /// How many samples it has.
    pub(in crate::load) fn len(&self) -> usize {
        self.count
    }
}

impl Loader<'_, '_> {
    /// Counts the samples of a file, and learns its digest.
    pub(super) fn count(&self, file: StreamedFile, form: Form) -> Result<Counted, ReadError> {
        let piece = self
            .streaming
            .map_or(1 << 18, |(streaming, _)| streaming.piece);
        let opened = reopened(&file, self.files).map_err(super::Fault::into_error)?;
        let (mut form, mut count) = (form, 0);
        let mut hasher = Sha256::new();
        for piece in Pieces::new(opened.reader, form, piece, self.row_bytes()) {
            let piece = piece.map_err(|stopped| match stopped {
                Stopped::Io(error) => ReadError::Io(error),
                Stopped::TooLong => ReadError::TooLarge(self.row_bytes()),
            })?;
            hasher.update(&piece.bytes);
            // What is no text is told of when it is looked at.
            let text = readable(piece.bytes);
            count += form.samples(&text, piece.number == 0).len();
            if piece.number == 0 {
                form = form.named_in(&text);
            }
        }
        let digest = Some(hasher.finalize().into());
        Ok(Counted {
            file: StreamedFile { digest, ..file },
            form,
            count,
        })
    }
}
