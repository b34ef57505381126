//! A file in pieces of whole lines, of which only some are held at a time. What stands in
//! the lines is not known here.

use std::io::{self, Read};

/// Lines that stand one behind the other.
#[derive(Debug)]
pub struct Piece {
    /// Its number, from 0.
    pub number: usize,
    /// Its bytes. Only the last piece of a file may lack the line feed at its end.
    pub bytes: Vec<u8>,
}

/// The pieces of what a reader gives. The same bytes give the same pieces.
pub struct Pieces<R> {
    reader: R,
    size: usize,
    /// Bytes that a line may have.
    longest: u64,
    /// What was read behind the last piece.
    rest: Vec<u8>,
    number: usize,
    ended: bool,
}

/// Why there is no further piece.
#[derive(Debug)]
pub enum Stopped {
    /// The system's error.
    Io(io::Error),
    /// A line is longer than may be.
    TooLong,
}

impl<R: Read> Pieces<R> {
    /// Pieces of about `size` bytes, more where a line is longer; none may have more than
    /// `longest` bytes.
    pub fn new(reader: R, size: usize, longest: u64) -> Self {
        Pieces {
            reader,
            size: size.max(1),
            longest,
            rest: Vec::new(),
            number: 0,
            ended: false,
        }
    }

    fn read(&mut self) -> Result<Option<Piece>, Stopped> {
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.reserve((2 * self.size).saturating_sub(bytes.len()));
        let mut searched = 0;
        while !self.ended {
            // The same number of bytes each time, however few the system gives at once.
            let wanted = self.size as u64;
            let read = self.reader.by_ref().take(wanted).read_to_end(&mut bytes);
            let read = read.map_err(Stopped::Io)? as u64;
            self.ended = read < wanted;
            if self.ended {
                break;
            }
            if let Some(at) = memchr::memrchr(b'\n', &bytes[searched..]) {
                self.rest = bytes.split_off(searched + at + 1);
                break;
            }
            searched = bytes.len();
            if searched as u64 > self.longest {
                return Err(Stopped::TooLong);
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let number = self.number;
        self.number += 1;
        Ok(Some(Piece { number, bytes }))
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece, Stopped>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one to three bytes at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = 1 + self.0.len() % 3;
            let count = most.min(buffer.len());
            self.0.read(&mut buffer[..count])
        }
    }

    #[test]
    fn pieces_join_into_the_whole_and_depend_on_nothing_else() {
        let text = "a\nbb\n\nccc\r\n".repeat(50) + &"long".repeat(40) + "\nend";
        for size in [1, 2, 3, 10, 100, 10_000] {
            let pieces = |reader: &mut dyn Read| -> Vec<Vec<u8>> {
                let all = Pieces::new(reader, size, 1000);
                all.map(|piece| piece.expect("a piece").bytes).collect()
            };
            let fast = pieces(&mut text.as_bytes());
            assert_eq!(fast, pieces(&mut Slow(text.as_bytes())));
            assert_eq!(fast.concat(), text.as_bytes());
            let (_, others) = fast.split_last().expect("a piece");
            assert!(others.iter().all(|piece| piece.ends_with(b"\n")));
        }
        assert_eq!(Pieces::new(&b""[..], 10, 10).count(), 0);
        let mut refused = Pieces::new(text.as_bytes(), 10, 100);
        assert!(refused.any(|piece| matches!(piece, Err(Stopped::TooLong))));
    }
}
