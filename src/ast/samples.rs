//! The samples of an instruction in order. A million of them stand in many pieces, so that
//! none is moved when more come and several threads can each fill pieces of their own.

use super::Sample;
use crate::aside::Aside;
use crate::source::{Span, Spill};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::PathBuf;
use std::time::SystemTime;

/// Samples in order; `None` for one that was refused.
#[derive(Debug, Default)]
pub struct Samples<'s> {
    /// All but the last are full or were put behind each other; none is empty.
    pieces: VecDeque<Vec<Option<Sample<'s>>>>,
    /// Where each piece begins.
    starts: Vec<usize>,
    len: usize,
    streams: Vec<Stream>,
}

/// A file of which only those samples are held that something is to be said of, or told by.
#[derive(Debug)]
pub struct Stream {
    /// The file.
    pub file: StreamedFile,
    /// The numbers, among all samples that are held, of those that are this file's.
    pub held: Range<usize>,
    /// How many samples the file has.
    pub count: usize,
    /// How often its samples, those counted that are held, answer what.
    pub answers: BTreeMap<Answer, usize>,
    /// Its samples as they stand in the model file, by their results, if they are wanted.
    pub emitted: Option<Aside>,
}

/// A file that is too large to be held, as it was when it was read.
#[derive(Clone, Debug)]
pub struct StreamedFile {
    /// Its path, without links.
    pub path: PathBuf,
    /// The path to show.
    pub shown: String,
    /// Where a spec names it.
    pub named_at: Span,
    /// Its bytes.
    pub size: u64,
    /// When it was changed last, if that can be told.
    pub changed: Option<SystemTime>,
    /// The text that was made of it, if it is packed.
    pub text: Option<Spill>,
    /// SHA-256 of its text, if it was read to take a part of it.
    pub digest: Option<[u8; 32]>,
}

/// What a sample answers, as far as samples are counted by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It ends in no final token, or in one that cannot be told.
    Other,
    /// It ends in the final token of this name.
    Final(String),
    /// It gives this state.
    State(String),
    /// It gives a label this value.
    Value(String, String),
}

/// Samples of a piece.
const PIECE: usize = 1024;

impl<'s> Samples<'s> {
    /// Puts a sample behind the others.
    pub fn push(&mut self, sample: Option<Sample<'s>>) {
        match self.pieces.back_mut() {
            // A few samples take no more memory than they need.
            Some(last) if last.len() < last.capacity().max(PIECE) => last.push(sample),
            _ => {
                let mut piece = match self.pieces.is_empty() {
                    true => Vec::new(),
                    false => Vec::with_capacity(PIECE),
                };
                piece.push(sample);
                self.starts.push(self.len);
                self.pieces.push_back(piece);
            }
        }
        self.len += 1;
    }

    /// Puts others behind these.
    pub fn append(&mut self, others: Samples<'s>) {
        let len = self.len;
        let moved = others.streams.into_iter().map(|stream| Stream {
            held: stream.held.start + len..stream.held.end + len,
            ..stream
        });
        self.streams.extend(moved);
        for piece in others.pieces {
            self.starts.push(self.len);
            self.len += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// Those with the numbers in `range`, counted from 0.
    pub fn cut(self, range: Range<usize>) -> Samples<'s> {
        if range == (0..self.len) {
            return self;
        }
        let all = self.pieces.into_iter().flatten();
        all.skip(range.start).take(range.len()).collect()
    }

    /// Says that all of these are what is held of `file`, which has `count`.
    pub fn streamed(
        mut self,
        file: StreamedFile,
        count: usize,
        answers: BTreeMap<Answer, usize>,
        emitted: Option<Aside>,
    ) -> Self {
        self.streams = vec![Stream {
            file,
            held: 0..self.len,
            count,
            answers,
            emitted,
        }];
        self
    }

    /// The files of which not all is held, in order.
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The sample of this number, counted from 0; `None` if it was refused or there is none.
    pub fn get(&self, number: usize) -> Option<&Sample<'s>> {
        let piece = self.starts.partition_point(|start| *start <= number);
        let piece = piece.checked_sub(1)?;
        let start = *self.starts.get(piece)?;
        self.pieces.get(piece)?.get(number - start)?.as_ref()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Option<Sample<'s>>> + Clone {
        self.pieces.iter().flatten()
    }

    /// All of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Option<Sample<'s>>> {
        self.pieces.iter_mut().flatten()
    }
}

impl<'s> FromIterator<Option<Sample<'s>>> for Samples<'s> {
    fn from_iter<T: IntoIterator<Item = Option<Sample<'s>>>>(samples: T) -> Self {
        let mut all = Samples::default();
        samples.into_iter().for_each(|sample| all.push(sample));
        all
    }
}

impl<'s> FromIterator<Samples<'s>> for Samples<'s> {
    fn from_iter<T: IntoIterator<Item = Samples<'s>>>(pieces: T) -> Self {
        let mut all = Samples::default();
        pieces.into_iter().for_each(|piece| all.append(piece));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::Optional;
    use crate::source::{SourceMap, Span};

    #[test]
    fn samples_stand_in_order_however_they_came() {
        let sources = SourceMap::default();
        let origin = sources.add("a", String::new());
        let sample = |number: usize| {
            Some(Sample {
                span: Span::new(origin, number, number),
                input: None,
                output: None,
                final_token: Optional::Absent,
                value: Optional::Absent,
            })
        };
        for sizes in [
            vec![1],
            vec![0, 3, 0, 1],
            vec![PIECE, 1],
            vec![5000, 2, 3000],
        ] {
            let mut all = Samples::default();
            for size in &sizes {
                let start = all.len();
                all.append((start..start + size).map(sample).collect());
                all.push(sample(all.len()));
            }
            let count = sizes.iter().sum::<usize>() + sizes.len();
            assert_eq!(all.len(), count);
            let place = |sample: &Sample<'_>| sample.span.start as usize;
            assert!(all.iter().flatten().map(place).eq(0..count));
            assert!((0..count).all(|at| all.get(at).map(place) == Some(at)));
            assert!(all.get(count).is_none());
        }
    }
}
