//! From a place in a scalar's text back to the place in the file that stands for it.
//!
//! The scalar is decoded a second time, with a note of where every piece came from.
//! How it was written shows in its first character; of the ways that begin with the same
//! one, the way that gives the text is the right one. So nothing is kept per scalar.

mod block;
mod pieces;
mod quoted;

use crate::source::{SourceMap, Span};
use pieces::Pieces;
use std::ops::Range;

/// The part of the file that stands for the bytes `range` of `text`, which is what the
/// scalar written at `written` means: [`Scalar::inside`] for one part.
pub fn inside(sources: &SourceMap, written: Span, text: &str, range: Range<usize>) -> Span {
    Scalar::new(sources, written, text).inside(range)
}

/// A scalar of which several parts are looked for: it is decoded once.
pub struct Scalar {
    written: Span,
    /// Bytes of the whole file.
    whole: usize,
    way: Way,
}

/// How a scalar gives its text.
enum Way {
    /// It stands in it as it is, from this byte on.
    Verbatim(usize),
    Decoded(Pieces),
    Unknown,
}

impl Scalar {
    /// The scalar written at `written`, which means `text`.
    pub fn new(sources: &SourceMap, written: Span, text: &str) -> Scalar {
        let whole = sources.whole(written.origin);
        let way = whole.get(written.range()).and_then(|raw| {
            let verbatim = verbatim(raw, text).map(Way::Verbatim);
            verbatim.or_else(|| decoded(whole, raw, written.start as usize, text).map(Way::Decoded))
        });
        Scalar {
            written,
            whole: whole.len(),
            way: way.unwrap_or(Way::Unknown),
        }
    }

    /// The part of the file that stands for the bytes `range` of the text. An escape sequence
    /// is covered whole.
    ///
    /// Works for every way of writing text in YAML, TOML, JSON and CSV. The span keeps the
    /// origin of the scalar. It is that of the whole scalar if that does not mean the text.
    pub fn inside(&self, range: Range<usize>) -> Span {
        let place = match &self.way {
            Way::Verbatim(offset) => Some(offset + range.start..offset + range.end),
            Way::Decoded(pieces) => pieces.raw(&range),
            Way::Unknown => None,
        };
        let start = self.written.start as usize;
        let fits =
            |place: &Range<usize>| start + place.end <= self.whole && place.start <= place.end;
        match place.filter(fits) {
            Some(place) => Span::new(self.written.origin, start + place.start, start + place.end),
            None => self.written,
        }
    }
}

/// Where `text` begins in `raw`, if it stands there as it is.
fn verbatim(raw: &str, text: &str) -> Option<usize> {
    if raw == text {
        return Some(0);
    }
    ["\"\"\"", "'''", "\"", "'"].into_iter().find_map(|quote| {
        let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
        (inner == text).then_some(quote.len())
    })
}

/// The pieces of the scalar that begins at `start`, decoded in the way that gives `text`.
fn decoded(whole: &str, raw: &str, start: usize, text: &str) -> Option<Pieces> {
    let fits = |pieces: &Pieces| pieces.text() == text;
    match raw.as_bytes().first()? {
        b'"' => quoted::toml(raw, "\"\"\"", true)
            .filter(fits)
            .or_else(|| Some(quoted::double(raw)).filter(fits))
            .or_else(|| Some(quoted::doubled(raw, '"')).filter(fits)),
        b'\'' => quoted::toml(raw, "'''", false)
            .filter(fits)
            .or_else(|| Some(quoted::single(raw)).filter(fits)),
        b'|' | b'>' => block::block(whole.get(start..)?, raw.len(), text)
            .or_else(|| Some(quoted::plain(raw)).filter(fits)),
        _ => Some(quoted::plain(raw)).filter(fits),
    }
}
