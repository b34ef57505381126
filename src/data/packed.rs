//! Files that are compressed: gzip and Zstandard, of one member or several.
//!
//! What comes out is bounded before it is kept, so that a small file cannot fill the
//! memory. What the bytes hold is not looked at here.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read, Write};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// `.gz`.
    Gzip,
    /// `.zst`.
    Zstandard,
}

/// Why a file cannot be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It holds more bytes than allowed.
    TooLarge,
    /// It is not what its name says, cut off or damaged: what is to be said of it.
    Broken(String),
    /// It is of a kind that is read only with this feature, which was left out.
    LeftOut(&'static str),
    /// What it holds cannot be written to the disk: the system's reason.
    Unwritten(String),
}

impl Packing {
    /// The packing that the ending of a file's name stands for.
    pub fn of_ending(ending: &str) -> Option<Packing> {
        match ending {
            "gz" => Some(Packing::Gzip),
            "zst" => Some(Packing::Zstandard),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstandard => "Zstandard",
        }
    }

    /// A file of so many bytes holds at most this many times as much. Zstandard has no
    /// such bound that would be of use.
    fn most(self) -> Option<u64> {
        match self {
            Packing::Gzip => Some(1032),
            Packing::Zstandard => None,
        }
    }

    fn open<'b>(self, bytes: &'b [u8]) -> Box<dyn Read + 'b> {
        match self {
            Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
            Packing::Zstandard => Box::new(Frames::new(bytes)),
        }
    }

    /// Whether what can be unpacked ends well, and other bytes stand behind it.
    fn holds_more(self, bytes: &[u8]) -> bool {
        if self != Packing::Gzip {
            return false;
        }
        let mut left = bytes;
        while left.starts_with(&[0x1f, 0x8b]) {
            let mut member = flate2::bufread::GzDecoder::new(left);
            if io::copy(&mut member, &mut io::sink()).is_err() {
                return false;
            }
            left = member.into_inner();
        }
        !left.is_empty()
    }

    fn fault(self, bytes: &[u8], error: &io::Error) -> Fault {
        let name = self.name();
        let is_such = match self {
            Packing::Gzip => bytes.starts_with(&[0x1f, 0x8b]),
            // A frame, or one that is to be skipped.
            Packing::Zstandard => {
                bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                    || matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
            }
        };
        Fault::Broken(match error.kind() {
            _ if !is_such => format!("it is not compressed with {name}"),
            _ if self.holds_more(bytes) => {
                format!("behind its {name} data stands something else")
            }
            io::ErrorKind::UnexpectedEof => format!("its {name} data ends too early"),
            io::ErrorKind::Unsupported => error.to_string(),
            _ => format!("its {name} data is damaged"),
        })
    }
}

/// What the packed `bytes` hold, if that is not more than `limit` bytes.
pub fn unpack(packing: Packing, bytes: &[u8], limit: u64) -> Result<Vec<u8>, Fault> {
    let fault = |error: io::Error| packing.fault(bytes, &error);
    let most = packing
        .most()
        .map(|most| most.saturating_mul(bytes.len() as u64));
    let mut out = Vec::new();
    // What may be too much is counted before any of it is kept.
    if most.is_none_or(|most| most > limit) {
        let mut counted = packing.open(bytes).take(limit.saturating_add(1));
        let count = io::copy(&mut counted, &mut io::sink()).map_err(fault)?;
        if count > limit {
            return Err(Fault::TooLarge);
        }
        out.reserve_exact(usize::try_from(count).unwrap_or(0).saturating_add(1));
    }
    packing.open(bytes).read_to_end(&mut out).map_err(fault)?;
    Ok(out)
}

/// Writes what the packed `bytes` hold to `out`, if that is not more than `limit` bytes; else
/// so many of them and one more.
pub fn unpack_to(
    packing: Packing,
    bytes: &[u8],
    limit: u64,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let mut unpacked = packing.open(bytes).take(limit.saturating_add(1));
    let (mut buffer, mut count) = (vec![0; BUFFER], 0);
    loop {
        let read = unpacked.read(&mut buffer);
        let read = read.map_err(|error| packing.fault(bytes, &error))?;
        if read == 0 {
            return Ok(());
        }
        count += read as u64;
        if count > limit {
            return Err(Fault::TooLarge);
        }
        let written = out.write_all(&buffer[..read]);
        written.map_err(|error| Fault::Unwritten(error.to_string()))?;
    }
}

/// Bytes that are unpacked at a time.
const BUFFER: usize = 1 << 17;

/// The contents of all frames of a Zstandard file, one behind the other.
struct Frames<'b> {
    left: &'b [u8],
    decoder: FrameDecoder,
    /// A frame has begun and is not read to its end.
    open: bool,
    begun: bool,
}

impl<'b> Frames<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Frames {
            left: bytes,
            decoder: FrameDecoder::new(),
            open: false,
            begun: false,
        }
    }

    /// Begins the next frame; `false` if there is none.
    fn next(&mut self) -> io::Result<bool> {
        while !self.left.is_empty() || !self.begun {
            self.begun = true;
            match self.decoder.init(&mut self.left) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let rest = usize::try_from(length)
                        .ok()
                        .and_then(|length| self.left.get(length..));
                    self.left = rest.ok_or(io::ErrorKind::UnexpectedEof)?;
                }
                Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                    let told = "it was compressed with a larger window than can be read";
                    return Err(io::Error::new(io::ErrorKind::Unsupported, told));
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => {
                    let told = "it was compressed with a dictionary";
                    return Err(io::Error::new(io::ErrorKind::Unsupported, told));
                }
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(false)
    }

    /// A frame that cannot be read to its end, because the data ends or is damaged.
    fn error(&self, error: FrameDecoderError) -> io::Error {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(one) = cause {
            if let Some(one) = one.downcast_ref::<io::Error>() {
                return io::Error::new(one.kind(), "");
            }
            cause = one.source();
        }
        io::Error::other(error)
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.open && !self.next()? {
                return Ok(0);
            }
            self.open = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.left, strategy) {
                    return Err(self.error(error));
                }
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.open = false;
            let told = self.decoder.get_checksum_from_data();
            if told.is_some() && told != self.decoder.get_calculated_checksum() {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::Write;

    fn packed(packing: Packing, text: &[u8]) -> Vec<u8> {
        match packing {
            Packing::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), Default::default());
                out.write_all(text).expect("memory");
                out.finish().expect("memory")
            }
            Packing::Zstandard => compress_to_vec(text, CompressionLevel::Fastest),
        }
    }

    const BOTH: [Packing; 2] = [Packing::Gzip, Packing::Zstandard];

    #[test]
    fn what_was_packed_comes_out_members_joined() {
        for packing in BOTH {
            let mut bytes = packed(packing, b"one\n");
            bytes.extend(packed(packing, b""));
            if packing == Packing::Zstandard {
                bytes.extend([0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]);
            }
            bytes.extend(packed(packing, b"two\n"));
            assert_eq!(unpack(packing, &bytes, 8), Ok(b"one\ntwo\n".to_vec()));
            assert_eq!(unpack(packing, &bytes, 7), Err(Fault::TooLarge));
            let mut out = Vec::new();
            assert_eq!(unpack_to(packing, &bytes, 8, &mut out), Ok(()));
            assert_eq!(out, b"one\ntwo\n");
            let refused = unpack_to(packing, &bytes, 7, &mut io::sink());
            assert_eq!(refused, Err(Fault::TooLarge));
            let refused = unpack_to(packing, &bytes, 8, &mut [0; 3].as_mut_slice());
            assert!(matches!(refused, Err(Fault::Unwritten(_))));
        }
    }

    #[test]
    fn what_stands_behind_is_told_apart_from_what_is_cut_off() {
        let whole = packed(Packing::Gzip, b"one");
        for more in [&b"x"[..], b"something else that is long", &[0x1f, 0x8a]] {
            let bytes = [&whole, more].concat();
            let told = "behind its gzip data stands something else".to_owned();
            assert_eq!(unpack(Packing::Gzip, &bytes, 99), Err(Fault::Broken(told)));
        }
        let cut = [&whole[..], &whole[..9]].concat();
        let told = "its gzip data ends too early".to_owned();
        assert_eq!(unpack(Packing::Gzip, &cut, 99), Err(Fault::Broken(told)));
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_told() {
        let text: Vec<u8> = (0..20_000u32)
            .flat_map(|n| (n * 7919 % 1000).to_string().into_bytes())
            .collect();
        for packing in BOTH {
            let bytes = packed(packing, &text);
            for end in (0..bytes.len()).step_by(7) {
                let cut = bytes.get(..end).unwrap_or_default();
                let Err(Fault::Broken(told)) = unpack(packing, cut, 1 << 20) else {
                    unreachable!("{packing:?} cut to {end} was read");
                };
                let again = unpack_to(packing, cut, 1 << 20, &mut io::sink());
                assert_eq!(again, Err(Fault::Broken(told.clone())));
                assert!(
                    end < 4 || told.ends_with("ends too early"),
                    "{packing:?} cut to {end}: {told}"
                );
            }
            for at in (0..bytes.len()).step_by(3) {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << (at % 8);
                let _ = unpack(packing, &bytes, 1 << 20);
            }
            let told = Fault::Broken(format!("it is not compressed with {}", packing.name()));
            assert_eq!(unpack(packing, b"input,output\n", 1 << 20), Err(told));
        }
    }

    #[test]
    fn a_bomb_is_not_kept() {
        let bytes = packed(Packing::Gzip, &vec![0; 4_000_000]);
        assert_eq!(
            unpack(Packing::Gzip, &bytes, 1_000_000),
            Err(Fault::TooLarge)
        );
    }
}
