//! The bytes of a header, one after another, with a count of those that are left. What
//! nobody wants is passed over, not read.

use super::fault::Fault;
use std::io::{BufRead, ErrorKind, Seek};

/// The most bytes of a header. The largest vocabularies take a thirtieth of them.
const HEADER: u64 = 1 << 30;
/// The most bytes that are kept of a header. The largest vocabularies have a quarter of
/// them.
const KEPT: u64 = 64 << 20;
/// The most texts in arrays, each of which has to be looked at to find the next one. The
/// largest vocabularies have a third of them, in two arrays.
const TEXTS: u64 = 1 << 21;

/// A file that is read from its start.
pub(super) struct Bytes<R> {
    input: R,
    /// How many bytes were read, or passed over.
    pub(super) at: u64,
    /// How many bytes the file has.
    length: u64,
    /// How many bytes were kept.
    kept: u64,
    /// How many texts of arrays there were.
    texts: u64,
    /// Whether numbers have their largest byte first.
    pub(super) is_big_endian: bool,
    /// Whether counts have four bytes and not eight, as in version 1.
    pub(super) has_short_counts: bool,
}

impl<R: BufRead + Seek> Bytes<R> {
    pub(super) fn new(input: R, length: u64) -> Self {
        Bytes {
            input,
            at: 0,
            length,
            kept: 0,
            texts: 0,
            is_big_endian: false,
            has_short_counts: false,
        }
    }

    /// The bytes of the file that are left.
    fn left(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    /// Those of them that may be part of the header.
    fn left_of_header(&self) -> u64 {
        self.length.min(HEADER).saturating_sub(self.at)
    }

    /// Fills `into`; `what` says with what.
    fn fill(&mut self, into: &mut [u8], what: &str) -> Result<(), Fault> {
        let wanted = into.len() as u64;
        if self.left_of_header() < wanted {
            return Err(self.cut_off(what));
        }
        match self.input.read_exact(into) {
            Ok(()) => {
                self.at += wanted;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.cut_off(what)),
            Err(error) => Err(Fault::new(self.at, error.to_string())),
        }
    }

    /// Reads `length` bytes to the end of `into`, which grows with what is there.
    fn append(&mut self, into: &mut Vec<u8>, mut length: u64, what: &str) -> Result<(), Fault> {
        while length > 0 {
            let there = self.input.fill_buf();
            let there = there.map_err(|error| Fault::new(self.at, error.to_string()))?;
            let taken =
                usize::try_from(length).map_or(there.len(), |length| length.min(there.len()));
            if taken == 0 {
                return Err(self.cut_off(what));
            }
            into.extend_from_slice(&there[..taken]);
            self.input.consume(taken);
            self.at += taken as u64;
            length -= taken as u64;
        }
        Ok(())
    }

    /// Passes over `length` bytes, of which it is known that the file should have them.
    fn pass(&mut self, length: u64, what: &str) -> Result<(), Fault> {
        let Some(all_but_one) = length.checked_sub(1) else {
            return Ok(());
        };
        let moved = self.input.seek_relative(all_but_one.cast_signed());
        moved.map_err(|error| Fault::new(self.at, error.to_string()))?;
        self.at += all_but_one;
        // One can go behind the end of a file; there is nothing to read there.
        self.fill(&mut [0], what)
    }

    fn cut_off(&self, what: &str) -> Fault {
        match self.length > HEADER && self.at <= HEADER {
            true => Fault::new(self.at, format!("the header has more than {HEADER} bytes")),
            false => Fault::new(self.at, format!("the file ends within {what}")),
        }
    }

    /// The next `N` bytes, the smallest one of a number first; `what` says what they are.
    fn number<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        if self.is_big_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// The next `N` bytes as they are.
    pub(super) fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what).map(|()| bytes)
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, Fault> {
        self.number(what).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, what: &str) -> Result<u64, Fault> {
        self.number(what).map(u64::from_le_bytes)
    }

    /// A number of things, or a length.
    pub(super) fn count(&mut self, what: &str) -> Result<u64, Fault> {
        match self.has_short_counts {
            true => self.u32(what).map(u64::from),
            false => self.u64(what),
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
        let wanted = u128::from(count) * u128::from(least);
        self.hold(wanted, at, || {
            format!("it claims {}, for which", counted(count, noun))
        })
        .map(|()| count)
    }

    /// A count of things that is no greater than `most`.
    pub(super) fn few(&mut self, noun: &str, least: u64, most: u64) -> Result<u64, Fault> {
        let at = self.at;
        let count = self.count_of(noun, least)?;
        match count > most {
            true => Err(Fault::new(
                at,
                format!("it claims {}; {most} is the most", counted(count, noun)),
            )),
            false => Ok(count),
        }
    }

    /// Holds what is claimed at the byte `at` against the bytes that are left.
    fn hold(&self, wanted: u128, at: u64, claim: impl Fn() -> String) -> Result<(), Fault> {
        let left = self.left();
        if wanted > u128::from(left) {
            let left = match left {
                1 => "1 byte is left".to_owned(),
                left => format!("{left} bytes are left"),
            };
            return Err(Fault::new(at, format!("{} {left}", claim())));
        }
        let left = self.left_of_header();
        if wanted > u128::from(left) {
            let message = format!(
                "{} {left} of the {HEADER} bytes of a header are left",
                claim()
            );
            return Err(Fault::new(at, message));
        }
        Ok(())
    }

    /// Counts what is kept for the value that begins at the byte `at`.
    fn keep(&mut self, bytes: u64, at: u64) -> Result<(), Fault> {
        self.kept = self.kept.saturating_add(bytes);
        let told = || format!("what is to be kept of it has more than {KEPT} bytes");
        match self.kept > KEPT {
            true => Err(Fault::new(at, told())),
            false => Ok(()),
        }
    }

    /// Counts the texts of an array; the number of them stands at the byte `at`.
    pub(super) fn count_texts(&mut self, count: u64, at: u64) -> Result<(), Fault> {
        self.texts = self.texts.saturating_add(count);
        let told = || format!("its arrays have more than {TEXTS} texts");
        match self.texts > TEXTS {
            true => Err(Fault::new(at, told())),
            false => Ok(()),
        }
    }

    /// A text with its length before it: its first `most` bytes go to the end of `into`.
    /// How long it is.
    pub(super) fn text(&mut self, into: &mut Vec<u8>, most: u64, what: &str) -> Result<u64, Fault> {
        let start = self.at;
        let length = self.count(what)?;
        self.hold(length.into(), start, || {
            format!("{what} claims {}, and", counted(length, "bytes"))
        })?;
        let kept = length.min(most);
        self.keep(kept, start)?;
        self.append(into, kept, what)?;
        self.pass(length - kept, what)?;
        Ok(length)
    }

    /// Passes over `count` texts.
    pub(super) fn pass_texts(&mut self, mut count: u64, what: &str) -> Result<(), Fault> {
        let size = self.count_bytes() as usize;
        while count > 0 {
            let there = self.input.fill_buf();
            let there = there.map_err(|error| Fault::new(self.at, error.to_string()))?;
            // Those that are there as a whole are passed over together.
            let mut passed = 0;
            while let Some(length) = there.get(passed..passed + size).filter(|_| count > 0) {
                let mut eight = [0; 8];
                eight[..size].copy_from_slice(length);
                if self.is_big_endian {
                    eight[..size].reverse();
                }
                let left = (there.len() - passed - size) as u64;
                let length = u64::from_le_bytes(eight);
                if length > left {
                    break;
                }
                passed += size + length as usize;
                count -= 1;
            }
            self.input.consume(passed);
            self.at += passed as u64;
            if count > 0 {
                self.text(&mut Vec::new(), 0, what)?;
                count -= 1;
            }
        }
        Ok(())
    }

    /// Numbers of `size` bytes each: the first `kept` of `count` go to the end of `into`,
    /// the smallest byte of each first.
    pub(super) fn numbers(
        &mut self,
        into: &mut Vec<u8>,
        size: u64,
        (kept, count): (u64, u64),
        what: &str,
    ) -> Result<(), Fault> {
        self.keep(kept * size, self.at)?;
        let start = into.len();
        self.append(into, kept * size, what)?;
        if self.is_big_endian {
            let each = into[start..].chunks_exact_mut(size as usize);
            each.for_each(<[u8]>::reverse);
        }
        self.pass((count - kept) * size, what)
    }
}

/// `1 key`, `2 keys`: so many of what `noun` names, whose first word is a plural.
fn counted(count: u64, noun: &str) -> String {
    let (first, rest) = noun.split_at(noun.find(' ').unwrap_or(noun.len()));
    let first = match count {
        1 => first.strip_suffix('s').unwrap_or(first),
        _ => first,
    };
    format!("{count} {first}{rest}")
}
