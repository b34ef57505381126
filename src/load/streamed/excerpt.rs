//! The second reading of a large file: of what is to be held, an excerpt.

use super::reading::Known;
use super::{Fault, Learned, Loader, Streaming};
use crate::data::{Form, Pieces};
use crate::load::readable;
use crate::source::Excerpt;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

impl Loader<'_, '_> {
    /// The samples that are wanted, by piece and number in it, with a line before and behind
    /// each; if a piece is `invalid`, just the line in it that is at fault with its neighbours.
    pub(super) fn excerpt(
        &self,
        learned: &Learned,
        streaming: &Streaming,
        wanted: &BTreeMap<usize, HashSet<usize>>,
        invalid: Option<usize>,
    ) -> Result<(Vec<u8>, Excerpt), Fault> {
        let mut taken = Taken::default();
        let opened = super::reopened(&learned.file, self.files)?;
        let mut form = learned.form;
        let pieces = Pieces::new(opened.reader, form, streaming.piece, self.limits.bytes);
        let (mut byte, mut line) = (0, 0);
        for piece in pieces {
            let piece = piece.map_err(|_| Fault::Changed)?;
            let start = (byte, line);
            let known = learned.pieces.get(piece.number);
            byte += piece.bytes.len() as u64;
            line += known.map_or(0, |known| known.lines);
            if invalid.is_some_and(|number| number < piece.number) && !taken.wants_next {
                break;
            }
            if let Some(at) = known.and_then(|known| known.invalid) {
                // Of a file that is no text, the lines are shown.
                let text = readable(piece.bytes.clone());
                let lines = Form::Lines.samples(&text, piece.number == 0);
                let lines = lines.into_iter().enumerate();
                taken.samples(&piece.bytes, start, lines, |_, bytes| bytes.contains(&at));
                continue;
            }
            if invalid.is_none() && piece.number == 0 {
                let text = std::str::from_utf8(&piece.bytes).map_err(|_| Fault::Changed)?;
                taken.header(&piece.bytes, form.header(text));
                form = form.named_in(text);
            }
            let rows = wanted.get(&piece.number).filter(|_| invalid.is_none());
            let next = piece.number + 1;
            let next_wants =
                invalid == Some(next) || wanted.get(&next).is_some_and(|rows| rows.contains(&0));
            if rows.is_none() && !next_wants && !taken.wants_next {
                taken.before = None;
                continue;
            }
            let text = readable(piece.bytes.clone());
            let samples = form.samples(&text, piece.number == 0);
            let there = known.map(Known::rows).unwrap_or_default();
            let samples = samples.into_iter().enumerate();
            let samples = samples.filter(|(row, _)| !learned.is_part || there.contains(row));
            let is_wanted = |row| rows.is_some_and(|rows| rows.contains(&row));
            taken.samples(&piece.bytes, start, samples, |row, _| is_wanted(row));
        }
        Ok((taken.text, taken.excerpt))
    }
}

/// The lines that were taken of a file.
#[derive(Default)]
struct Taken {
    text: Vec<u8>,
    excerpt: Excerpt,
    /// The last line that was passed over.
    before: Option<(Vec<u8>, u64, usize)>,
    /// The next line is to be taken, too.
    wants_next: bool,
}

impl Taken {
    /// Takes what stands before the samples in the first piece.
    fn header(&mut self, piece: &[u8], length: usize) {
        if length > 0 {
            self.excerpt.add(&mut self.text, &piece[..length], 0, 0);
        }
    }

    /// Takes the samples that are wanted, and one before and behind each, from a piece that
    /// begins at a byte and a line of the file and holds samples at `places`. `is_wanted` gets
    /// the number of a sample and its place.
    fn samples(
        &mut self,
        piece: &[u8],
        (byte, mut line): (u64, usize),
        places: impl Iterator<Item = (usize, Range<usize>)>,
        is_wanted: impl Fn(usize, Range<usize>) -> bool,
    ) {
        let mut end = 0;
        for (row, place) in places {
            line += memchr::memchr_iter(b'\n', &piece[end..place.start]).count();
            end = place.end;
            let text = &piece[place.clone()];
            let at = (byte + place.start as u64, line);
            line += memchr::memchr_iter(b'\n', text).count();
            let is_wanted = is_wanted(row, place);
            if is_wanted && let Some((text, byte, line)) = self.before.take() {
                self.excerpt.add(&mut self.text, &text, byte, line);
            }
            self.before = None;
            if is_wanted || self.wants_next {
                self.excerpt.add(&mut self.text, text, at.0, at.1);
            } else {
                self.before = Some((text.to_vec(), at.0, at.1));
            }
            self.wants_next = is_wanted;
        }
    }
}
