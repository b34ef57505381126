//! Lists of values, which are most of a header: they are kept as close together as in the
//! file.

use super::bytes::Bytes;
use super::fault::Fault;
use super::value::{Text, Value, ValueType};
use std::collections::BTreeMap;
use std::io::{BufRead, Seek};

/// The most values of an array that are kept. The largest vocabularies have an eighth of them.
const VALUES: u64 = 1 << 21;

/// A list of values of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The type of all of them.
    pub value_type: ValueType,
    /// How many there are in the file.
    pub count: u64,
    /// How many of them were kept: the first ones, or all.
    pub kept: usize,
    /// The bytes of those that were kept, of numbers the smallest byte first.
    bytes: Vec<u8>,
    /// Where each text ends among the bytes.
    ends: Vec<u32>,
    /// How long texts are that were not kept whole, by their places.
    lengths: BTreeMap<usize, u64>,
}

impl Array {
    /// Reads the values of an array, no more than `most` of them and of a text no more than
    /// `most_bytes` bytes; `shown` is what it is called.
    pub(super) fn read<R: BufRead + Seek>(
        input: &mut Bytes<R>,
        value_type: ValueType,
        shown: &str,
        (most, most_bytes): (u64, u64),
    ) -> Result<Array, Fault> {
        let is_text = value_type == ValueType::String;
        let size = match is_text {
            true => input.count_bytes(),
            false => value_type.bytes(),
        };
        let at = input.at;
        let count = input.count_of(&format!("values of {shown}"), size)?;
        let kept = count.min(most);
        if kept > VALUES {
            let message = format!("{shown} has {count} values; no more than {VALUES} are kept");
            return Err(Fault::new(at, message));
        }
        let mut array = Array {
            value_type,
            count,
            kept: 0,
            bytes: Vec::new(),
            ends: Vec::new(),
            lengths: BTreeMap::new(),
        };
        if !is_text {
            let start = input.at;
            input.numbers(&mut array.bytes, size, (kept, count), shown)?;
            value_type.holds(&array.bytes, start, shown)?;
            array.kept = array.bytes.len() / size as usize;
            return Ok(array);
        }
        input.count_texts(count, at)?;
        for _ in 0..kept {
            let start = array.bytes.len();
            let length = input.text(&mut array.bytes, most_bytes, shown)?;
            if length != (array.bytes.len() - start) as u64 {
                array.lengths.insert(array.kept, length);
            }
            // What is kept of a header has no more bytes than that.
            array.ends.push(array.bytes.len() as u32);
            array.kept += 1;
        }
        input.pass_texts(count - kept, shown)?;
        Ok(array)
    }

    /// Whether all values are there.
    pub fn is_whole(&self) -> bool {
        self.kept as u64 == self.count && self.lengths.is_empty()
    }

    /// The value at a place, from 0, if it was kept.
    pub fn get(&self, place: usize) -> Option<Value> {
        if let Some(bytes) = self.text(place) {
            let length = self.lengths.get(&place).copied();
            return Some(Value::String(Text {
                bytes: bytes.to_vec(),
                length: length.unwrap_or(bytes.len() as u64),
            }));
        }
        let size = self.value_type.bytes() as usize;
        let bytes = self.bytes.get(place * size..(place + 1) * size)?;
        (place < self.kept).then(|| Value::number(self.value_type, bytes))
    }

    /// The bytes of the text at a place, from 0, if it was kept.
    pub fn text(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.get(start as usize..end as usize)
    }

    /// The values that were kept.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        (0..self.kept).filter_map(|place| self.get(place))
    }
}
