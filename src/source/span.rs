//! A place in a text, small enough to be kept beside every value.

use std::borrow::Cow;

/// What the offsets of a [`Span`] count in: a file read directly, or the part of
/// a file that a YAML alias brought to another place. [`crate::source::SourceMap`]
/// hands them out and knows which is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(pub(super) u32);

/// A range of bytes in an [`Origin`]: `start` from 0, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// What `start` and `end` count in.
    pub origin: Origin,
    /// First byte, from 0.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `origin`. Offsets beyond `u32` are cut: a file
    /// that large is refused before any span is made.
    pub fn new(origin: Origin, start: usize, end: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            origin,
            start: cut(start),
            end: cut(end.max(start)),
        }
    }

    /// From the start of `self` to the end of `other`, which has the same origin.
    pub fn to(self, other: Span) -> Span {
        Span {
            end: other.end.max(self.end),
            ..self
        }
    }

    /// The offsets as a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// What is written there.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts `value` at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

/// A piece of text, borrowed from its file wherever it stands there as it is, and
/// the span it was written at, quotes included.
pub type Text<'s> = Spanned<Cow<'s, str>>;

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
