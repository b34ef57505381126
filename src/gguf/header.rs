//! The header: the version, the keys with their values, the tensors.

use super::bytes::Bytes;
use super::fault::Fault;
use super::tensor::Tensor;
use super::value::Value;
use std::collections::HashSet;
use std::io::BufRead;

/// Where data begins if no key says otherwise: at a multiple of so many bytes.
const ALIGNMENT: u64 = 32;
const ALIGNMENT_KEY: &str = "general.alignment";
/// The most bytes of a key.
const KEY: usize = 65535;

/// How much of arrays is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many values of each.
    First(u64),
    /// All values.
    All,
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
pub fn read(input: impl BufRead, length: u64, keep: Keep) -> Result<Header, Fault> {
    let mut input = Bytes::new(input, length);
    if input.take::<4>("the first four bytes").ok() != Some(*b"GGUF") {
        return Err(Fault::new(0, "it does not begin with `GGUF`"));
    }
    let version = version(&mut input)?;
    input.has_short_counts = version == 1;
    let count_bytes = input.count_bytes();
    let least = Tensor::least(&input);
    let tensor_count = input.count_of("tensors", least)?;
    // The length of a key, a type, and a value of a byte.
    let key_count = input.count_of("keys", count_bytes + 4 + 1)?;
    let most = match keep {
        Keep::First(most) => most,
        Keep::All => u64::MAX,
    };
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
        let value = Value::read(&mut input, &key, most)?;
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
fn version<R: BufRead>(input: &mut Bytes<R>) -> Result<u32, Fault> {
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

fn key<R: BufRead>(input: &mut Bytes<R>) -> Result<String, Fault> {
    let at = input.at;
    let text = input.text("a key")?;
    if text.0.len() > KEY {
        return Err(Fault::new(at, format!("a key has more than {KEY} bytes")));
    }
    match String::from_utf8(text.0) {
        Ok(key) => Ok(key),
        Err(_) => Err(Fault::new(at, "a key is no UTF-8")),
    }
}
