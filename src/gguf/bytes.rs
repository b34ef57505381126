//! The bytes of a header, one after another, with a count of those that are left.

use super::fault::Fault;
use super::value::Text;
use std::io::{BufRead, ErrorKind, Read};

/// The most bytes of one text: the largest `tokenizer.json` has half of them.
const TEXT: u64 = 64 << 20;
/// The most bytes of a header. The largest vocabularies take a thirtieth of them.
const HEADER: u64 = 1 << 30;

/// The most values of arrays that are kept, each of which takes more than it does in the
/// file. The largest vocabularies have a fifth of them, in four arrays.
const VALUES: u64 = 1 << 23;

/// A file that is read from its start.
pub(super) struct Bytes<R> {
    input: R,
    /// How many bytes were read.
    pub(super) at: u64,
    /// How many bytes the file has.
    pub(super) length: u64,
    /// How many values of arrays were kept.
    kept: u64,
    /// Whether numbers have their largest byte first.
    pub(super) is_big_endian: bool,
    /// Whether counts have four bytes and not eight, as in version 1.
    pub(super) has_short_counts: bool,
}

impl<R: BufRead> Bytes<R> {
    pub(super) fn new(input: R, length: u64) -> Self {
        Bytes {
            input,
            at: 0,
            length,
            kept: 0,
            is_big_endian: false,
            has_short_counts: false,
        }
    }

    /// The bytes that are left.
    pub(super) fn left(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    /// The next `N` bytes; `what` says what they are.
    pub(super) fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Fault> {
        let wanted = N as u64;
        if self.left() < wanted {
            return Err(self.cut_off(what));
        }
        if self.at + wanted > HEADER {
            return Err(Fault::new(
                self.at,
                format!("the header has more than {HEADER} bytes"),
            ));
        }
        let mut bytes = [0; N];
        match self.input.read_exact(&mut bytes) {
            Ok(()) => {
                self.at += wanted;
                Ok(bytes)
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.cut_off(what)),
            Err(error) => Err(Fault::new(self.at, error.to_string())),
        }
    }

    fn cut_off(&self, what: &str) -> Fault {
        Fault::new(self.at, format!("the file ends within {what}"))
    }

    pub(super) fn u16(&mut self, what: &str) -> Result<u16, Fault> {
        let bytes = self.take(what)?;
        Ok(match self.is_big_endian {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        })
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, Fault> {
        let bytes = self.take(what)?;
        Ok(match self.is_big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    }

    pub(super) fn u64(&mut self, what: &str) -> Result<u64, Fault> {
        let bytes = self.take(what)?;
        Ok(match self.is_big_endian {
            true => u64::from_be_bytes(bytes),
            false => u64::from_le_bytes(bytes),
        })
    }

    /// A number of things, or a length.
    pub(super) fn count(&mut self, what: &str) -> Result<u64, Fault> {
        match self.has_short_counts {
            true => self.u32(what).map(u64::from),
            false => self.u64(what),
        }
    }

    /// Allows so many further values to be kept; their count stands at the byte `at`.
    pub(super) fn keep(&mut self, count: u64, at: u64) -> Result<(), Fault> {
        self.kept = self.kept.saturating_add(count);
        match self.kept > VALUES {
            true => Err(Fault::new(
                at,
                format!("its arrays have more than {VALUES} values, which are too many to keep"),
            )),
            false => Ok(()),
        }
    }

    /// The bytes of a count.
    pub(super) fn count_bytes(&self) -> u64 {
        if self.has_short_counts { 4 } else { 8 }
    }

    /// A count of things of which each takes `least` bytes or more.
    pub(super) fn count_of(&mut self, noun: &str, least: u64) -> Result<u64, Fault> {
        let at = self.at;
        let count = self.count(&format!("the number of {noun}"))?;
        if count > self.left() / least.max(1) {
            let left = self.left();
            return Err(Fault::new(
                at,
                format!("it claims {count} {noun}, for which {left} bytes are left"),
            ));
        }
        Ok(count)
    }

    /// A text with its length before it.
    pub(super) fn text(&mut self, what: &str) -> Result<Text, Fault> {
        let start = self.at;
        let length = self.count(what)?;
        if length > self.left() {
            let left = self.left();
            return Err(Fault::new(
                start,
                format!("{what} claims {length} bytes, and {left} are left"),
            ));
        }
        if length > TEXT || self.at + length > HEADER {
            return Err(Fault::new(
                start,
                format!("{what} claims {length} bytes; more than {TEXT} are not read"),
            ));
        }
        // The vector grows with what is there.
        let mut bytes = Vec::new();
        let taken = (&mut self.input).take(length).read_to_end(&mut bytes);
        let taken = taken.map_err(|error| Fault::new(self.at, error.to_string()))?;
        self.at += taken as u64;
        if taken as u64 != length {
            return Err(self.cut_off(what));
        }
        Ok(Text(bytes))
    }
}
