//! The header: the version, the keys with their values, the tensors.

use super::bytes::Bytes;
use super::fault::Fault;
use super::tensor::Tensor;
use super::value::Value;
use std::collections::HashSet;
use std::io::{BufRead, Seek};

/// Where data begins if no key says otherwise: at a multiple of so many bytes.
const ALIGNMENT: u64 = 32;
const ALIGNMENT_KEY: &str = "general.alignment";
/// The most bytes of a key.
const KEY: u64 = 65_535;
/// The most keys. Files have less than a hundred.
const KEYS: u64 = 1 << 13;
/// The most tensors. The largest models have some two thousand.
const TENSORS: u64 = 1 << 14;

/// How much of the values is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// So many values of an array, from the first.
    pub values: u64,
    /// So many bytes of a text, from the first.
    pub bytes: u64,
    /// The keys whose values are kept whole: those that begin like one of these.
    pub whole: &'static [&'static str],
}

impl Keep {
    /// What people look at: the beginnings of all values.
    pub const BEGINNINGS: Keep = Keep {
        values: 6,
        bytes: 1 << 16,
        whole: &[],
    };
    /// A chat template and the texts of the tokens that it names.
    pub const TEMPLATES: Keep = Keep {
        whole: &["tokenizer.chat_template", "tokenizer.ggml.tokens"],
        ..Keep::BEGINNINGS
    };
    /// The vocabulary.
    pub const VOCABULARY: Keep = Keep {
        whole: &[
            "tokenizer.ggml.tokens",
            "tokenizer.ggml.token_type",
            "tokenizer.ggml.scores",
            "tokenizer.ggml.merges",
        ],
        ..Keep::BEGINNINGS
    };
    /// All of it.
    pub const ALL: Keep = Keep {
        values: u64::MAX,
        bytes: u64::MAX,
        whole: &[],
    };

    /// How many values of an array, and bytes of a text, are kept for a key.
    fn of(self, key: &str) -> (u64, u64) {
        match self.whole.iter().any(|start| key.starts_with(start)) {
            true => (u64::MAX, u64::MAX),
            false => (self.values, self.bytes),
        }
    }
}

/// What a file says before its weights begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The version of the format: 1, 2 or 3.
    pub version: u32,
    /// Whether numbers have their largest byte first.
    pub is_big_endian: bool,
    /// The keys and their values, in the order of the file.
    pub keys: Vec<(String, Value)>,
    /// The tensors, in the order of the file.
    pub tensors: Vec<Tensor>,
    /// Data begins at multiples of so many bytes.
    pub alignment: u64,
    /// The bytes of the header; behind them, up to the next multiple of the alignment,
    /// nothing stands.
    pub bytes: u64,
    /// The bytes that the file has.
    pub file_bytes: u64,
}

impl Header {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let found = self.keys.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    /// Where data begins.
    pub fn data_start(&self) -> u64 {
        self.bytes.next_multiple_of(self.alignment)
    }

    /// The tensors that do not begin where the data of those before them ends, with the place
    /// where each should: programs that run models take no others.
    pub fn displaced(&self) -> Vec<(&Tensor, u64)> {
        let mut end = 0u64;
        let places = self.tensors.iter().map(|tensor| {
            let bytes = tensor.bytes.checked_next_multiple_of(self.alignment);
            let place = end;
            end = end.saturating_add(bytes.unwrap_or(u64::MAX));
            (tensor, place)
        });
        places
            .filter(|(tensor, place)| tensor.offset != *place)
            .collect()
    }

    /// The bytes that the file has to have for all its tensors.
    pub fn expected_bytes(&self) -> u64 {
        let ends = self.tensors.iter();
        let ends = ends.map(|tensor| tensor.offset.saturating_add(tensor.bytes));
        match ends.max() {
            Some(end) => self.data_start().saturating_add(end),
            None => self.bytes,
        }
    }
}

/// Reads the header of a file of `length` bytes.
pub fn read(input: impl BufRead + Seek, length: u64, keep: Keep) -> Result<Header, Fault> {
    let mut input = Bytes::new(input, length);
    if input.take::<4>("the first four bytes").ok() != Some(*b"GGUF") {
        return Err(Fault::new(0, "it does not begin with `GGUF`"));
    }
    let version = version(&mut input)?;
    input.has_short_counts = version == 1;
    let count_bytes = input.count_bytes();
    let least = Tensor::least(&input);
    let tensor_count = input.few("tensors", least, TENSORS)?;
    // The length of a key, a type, and a value of a byte.
    let key_count = input.few("keys", count_bytes + 4 + 1, KEYS)?;
    let mut keys: Vec<(String, Value)> = Vec::new();
    let mut known = HashSet::new();
    let mut alignment = ALIGNMENT;
    for _ in 0..key_count {
        let start = input.at;
        let key = key(&mut input)?;
        if !known.insert(key.clone()) {
            return Err(Fault::new(start, format!("the key `{key}` stands twice")));
        }
        let at = input.at;
        let value = Value::read(&mut input, &key, keep.of(&key))?;
        if key == ALIGNMENT_KEY {
            alignment = match value {
                Value::U32(number) if number.is_power_of_two() => number.into(),
                Value::U32(number) => {
                    let message = format!("`{key}` is {number}, which is no power of two");
                    return Err(Fault::new(at, message));
                }
                other => {
                    let message = format!("`{key}` is of type {} and not u32", other.type_name());
                    return Err(Fault::new(at, message));
                }
            };
        }
        keys.push((key, value));
    }
    drop(known);
    let mut tensors: Vec<Tensor> = Vec::new();
    let mut known = HashSet::new();
    for _ in 0..tensor_count {
        let start = input.at;
        let tensor = Tensor::read(&mut input, alignment)?;
        if !known.insert(tensor.name.clone()) {
            let name = &tensor.name;
            return Err(Fault::new(
                start,
                format!("the tensor `{name}` stands twice"),
            ));
        }
        tensors.push(tensor);
    }
    Ok(Header {
        version,
        is_big_endian: input.is_big_endian,
        keys,
        tensors,
        alignment,
        bytes: input.at,
        file_bytes: length,
    })
}

/// Reads the version, which also tells the order of bytes: it is a small number in the
/// right one.
fn version<R: BufRead + Seek>(input: &mut Bytes<R>) -> Result<u32, Fault> {
    let at = input.at;
    let mut version = input.u32("the version")?;
    if version & 0xffff == 0 && version != 0 {
        version = version.swap_bytes();
        input.is_big_endian = true;
    }
    match version {
        1..=3 => Ok(version),
        _ => Err(Fault::new(
            at,
            format!("it is of version {version}; versions 1 to 3 are known"),
        )),
    }
}

fn key<R: BufRead + Seek>(input: &mut Bytes<R>) -> Result<String, Fault> {
    let at = input.at;
    let mut text = Vec::new();
    if input.text(&mut text, KEY, "a key")? > KEY {
        return Err(Fault::new(at, format!("a key has more than {KEY} bytes")));
    }
    if text.is_empty() {
        return Err(Fault::new(at, "a key is empty"));
    }
    String::from_utf8(text).map_err(|_| Fault::new(at, "a key is no UTF-8"))
}
