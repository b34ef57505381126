//! The samples of an instruction. There may be a million of them: what they end in is kept
//! apart from what is written, so that counting it does not touch that, and what is written
//! stays where it was read to.

use super::{Ending, TokenId};
use crate::ast;
use std::collections::BTreeSet;

/// Samples, in order.
#[derive(Debug)]
pub struct Samples<'s> {
    written: ast::Samples<'s>,
    endings: Vec<Narrow>,
}

/// What a sample ends in, in four bytes.
#[derive(Clone, Copy, Debug)]
struct Narrow(u32);

/// The numbers of what is no final token.
const NON: u32 = u32::MAX;
const UNKNOWN: u32 = u32::MAX - 1;

impl From<Ending> for Narrow {
    fn from(ending: Ending) -> Self {
        Narrow(match ending {
            Ending::Non => NON,
            Ending::Unknown => UNKNOWN,
            // Files have fewer bytes than there would have to be tokens.
            Ending::Token(TokenId(at)) => u32::try_from(at).unwrap_or(UNKNOWN),
        })
    }
}

impl From<Narrow> for Ending {
    fn from(Narrow(number): Narrow) -> Self {
        match number {
            NON => Ending::Non,
            UNKNOWN => Ending::Unknown,
            at => Ending::Token(TokenId(at as usize)),
        }
    }
}

/// A sample that could be read.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'p, 's> {
    /// As it is written.
    pub written: &'p ast::Sample<'s>,
    /// The final token it ends in.
    pub ending: Ending,
}

impl<'s> Samples<'s> {
    /// Samples as they are written; `ending` tells what each ends in.
    pub(super) fn new(
        written: ast::Samples<'s>,
        mut ending: impl FnMut(&ast::Sample<'s>) -> Ending,
    ) -> Self {
        let of = |sample: &Option<_>| -> Narrow {
            let ending = sample.as_ref().map_or(Ending::Unknown, &mut ending);
            ending.into()
        };
        let mut endings = Vec::with_capacity(written.len());
        endings.extend(written.iter().map(of));
        Samples { written, endings }
    }

    /// The files of which only some samples are held.
    pub fn streams(&self) -> &[ast::Stream] {
        self.written.streams()
    }

    /// How many there are, with those of such files that are not held.
    pub fn count(&self) -> usize {
        let elsewhere = self.streams().iter();
        let elsewhere = elsewhere.map(|stream| stream.count - stream.held.len());
        self.len() + elsewhere.sum::<usize>()
    }

    /// Whether the sample of this number is one of those held of a file, all of which that
    /// file counts.
    pub fn is_streamed(&self, number: usize) -> bool {
        let mut streams = self.streams().iter();
        streams.any(|stream| stream.held.contains(&number))
    }

    /// How many there are, those counted that could not be read.
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The sample of this number, counted from 0; `None` if it could not be read or there is
    /// none.
    pub fn get(&self, number: usize) -> Option<Sample<'_, 's>> {
        let written = self.written.get(number)?;
        let ending = (*self.endings.get(number)?).into();
        Some(Sample { written, ending })
    }

    /// All of them; `None` for one that could not be read.
    pub fn iter(&self) -> impl Iterator<Item = Option<Sample<'_, 's>>> + Clone {
        let all = self.written.iter().zip(&self.endings);
        all.map(|(written, ending)| {
            let written = written.as_ref()?;
            let ending = (*ending).into();
            Some(Sample { written, ending })
        })
    }

    /// What they end in; [`Ending::Unknown`] for one that could not be read.
    pub fn endings(&self) -> impl Iterator<Item = Ending> {
        self.endings.iter().copied().map(Ending::from)
    }

    /// What they end in, each once.
    pub fn distinct_endings(&self) -> BTreeSet<Ending> {
        let mut distinct = BTreeSet::new();
        // To collect them would take memory for all.
        self.endings().for_each(|ending| {
            distinct.insert(ending);
        });
        distinct
    }
}
