//! GGUF files made for the tests, byte by byte.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// A file that is written from its start.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub(crate) bytes: Vec<u8>,
    pub(crate) version: u32,
    pub(crate) is_big_endian: bool,
}

pub(crate) const U32: u32 = 4;
pub(crate) const I32: u32 = 5;
pub(crate) const BOOL: u32 = 7;
pub(crate) const STRING: u32 = 8;
pub(crate) const ARRAY: u32 = 9;
pub(crate) const U64: u32 = 10;

impl Maker {
    /// A header of `version` with so many tensors and keys to come.
    pub(crate) fn new(version: u32, is_big_endian: bool, tensors: u64, keys: u64) -> Maker {
        let mut maker = Maker {
            bytes: b"GGUF".to_vec(),
            version,
            is_big_endian,
        };
        maker.u32(version);
        maker.count(tensors).count(keys);
        maker
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u32(&mut self, number: u32) -> &mut Self {
        let bytes = match self.is_big_endian {
            true => number.to_be_bytes(),
            false => number.to_le_bytes(),
        };
        self.raw(&bytes)
    }

    pub(crate) fn u64(&mut self, number: u64) -> &mut Self {
        let bytes = match self.is_big_endian {
            true => number.to_be_bytes(),
            false => number.to_le_bytes(),
        };
        self.raw(&bytes)
    }

    pub(crate) fn count(&mut self, number: u64) -> &mut Self {
        match self.version {
            1 => self.u32(number as u32),
            _ => self.u64(number),
        }
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len() as u64).raw(text.as_bytes())
    }

    pub(crate) fn key_text(&mut self, key: &str, value: &str) -> &mut Self {
        self.text(key).u32(STRING).text(value)
    }

    pub(crate) fn key_u32(&mut self, key: &str, value: u32) -> &mut Self {
        self.text(key).u32(U32).u32(value)
    }

    pub(crate) fn key_i32(&mut self, key: &str, value: i32) -> &mut Self {
        self.text(key).u32(I32).u32(value.cast_unsigned())
    }

    pub(crate) fn key_texts(&mut self, key: &str, values: &[&str]) -> &mut Self {
        self.text(key)
            .u32(ARRAY)
            .u32(STRING)
            .count(values.len() as u64);
        for value in values {
            self.text(value);
        }
        self
    }

    pub(crate) fn key_u32s(&mut self, key: &str, values: &[u32]) -> &mut Self {
        self.text(key)
            .u32(ARRAY)
            .u32(U32)
            .count(values.len() as u64);
        for value in values {
            self.u32(*value);
        }
        self
    }

    pub(crate) fn tensor(
        &mut self,
        name: &str,
        dimensions: &[u64],
        kind: u32,
        offset: u64,
    ) -> &mut Self {
        self.text(name).u32(dimensions.len() as u32);
        for length in dimensions {
            self.count(*length);
        }
        self.u32(kind).u64(offset)
    }

    /// The file as it is, its data padded to `alignment` and of so many bytes.
    pub(crate) fn with_data(&mut self, alignment: usize, bytes: usize) -> Vec<u8> {
        let start = self.bytes.len().next_multiple_of(alignment);
        let mut file = self.bytes.clone();
        file.resize(start + bytes, 0);
        file
    }
}

/// A file that has nothing but zeros behind its beginning, without an end; it counts what is
/// read of it.
pub(crate) struct Sparse {
    bytes: Vec<u8>,
    at: u64,
    pub(crate) taken: u64,
}

impl Sparse {
    pub(crate) fn new(bytes: Vec<u8>) -> Sparse {
        let (at, taken) = (0, 0);
        Sparse { bytes, at, taken }
    }
}

impl BufRead for Sparse {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let written = self.bytes.get(at..).filter(|left| !left.is_empty());
        Ok(written.unwrap_or(&[0; 4096]))
    }

    fn consume(&mut self, count: usize) {
        self.at += count as u64;
        self.taken += count as u64;
    }
}

impl Read for Sparse {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) | SeekFrom::End(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// A small model with keys of several types, and tensors of several.
pub(crate) fn model(version: u32, is_big_endian: bool) -> Vec<u8> {
    let mut maker = Maker::new(version, is_big_endian, 3, 9);
    maker
        .key_text("general.architecture", "llama")
        .key_text("general.name", "Cheshire")
        .key_u32("general.alignment", 64)
        .key_u32("general.file_type", 15)
        .key_u32("llama.context_length", 2048)
        .key_texts("tokenizer.ggml.tokens", &["<s>", "</s>", "ç", "▁cat", "s"])
        .key_u32s("tokenizer.ggml.token_type", &[3, 3, 1, 1, 1])
        .key_text("tokenizer.chat_template", "{{ messages[0]['content'] }}")
        .text("general.odd")
        .u32(U64)
        .u64(u64::MAX);
    maker
        .tensor("token_embd.weight", &[256, 4], 14, 0)
        .tensor("blk.0.attn_q.weight", &[256, 8], 12, 896)
        .tensor("output_norm.weight", &[256], 0, 2048);
    maker.with_data(64, 2048 + 1024)
}
