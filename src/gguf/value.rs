//! The values of a header's keys.

use super::array::Array;
use super::bytes::Bytes;
use super::fault::Fault;
use std::borrow::Cow;
use std::io::{BufRead, Seek};

/// The types of values, by their numbers in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called what they are")]
pub enum ValueType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    String,
    Array,
    U64,
    I64,
    F64,
}

impl ValueType {
    const ALL: [(ValueType, &'static str, u64); 13] = [
        (ValueType::U8, "u8", 1),
        (ValueType::I8, "i8", 1),
        (ValueType::U16, "u16", 2),
        (ValueType::I16, "i16", 2),
        (ValueType::U32, "u32", 4),
        (ValueType::I32, "i32", 4),
        (ValueType::F32, "f32", 4),
        (ValueType::Bool, "bool", 1),
        (ValueType::String, "string", 8),
        (ValueType::Array, "array", 12),
        (ValueType::U64, "u64", 8),
        (ValueType::I64, "i64", 8),
        (ValueType::F64, "f64", 8),
    ];

    /// What it is called, such as `u32`.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// How many bytes a value takes, or the fewest of a text.
    pub(super) fn bytes(self) -> u64 {
        Self::ALL[self as usize].2
    }

    /// Refuses values, from the byte `at` on, that no value of this type is.
    pub(super) fn holds(self, values: &[u8], at: u64, shown: &str) -> Result<(), Fault> {
        let mut wrong = values.iter().zip(at..).filter(|(byte, _)| **byte > 1);
        match wrong.next().filter(|_| self == ValueType::Bool) {
            Some((byte, at)) => Err(Fault::new(
                at,
                format!("{shown} is a bool of {byte}, which is neither 0 nor 1"),
            )),
            None => Ok(()),
        }
    }

    fn read<R: BufRead + Seek>(input: &mut Bytes<R>, key: &str) -> Result<ValueType, Fault> {
        let at = input.at;
        let number = input.u32(&format!("the type of `{key}`"))?;
        let found = usize::try_from(number).ok();
        let found = found.and_then(|number| Self::ALL.get(number));
        let found = found.map(|(value_type, ..)| *value_type);
        found.ok_or_else(|| {
            Fault::new(
                at,
                format!("`{key}` has the type {number}, which does not exist"),
            )
        })
    }
}

/// A text as it is in the file, which is UTF-8 in all but damaged ones and some
/// vocabularies of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    /// The first bytes of it, or all.
    pub bytes: Vec<u8>,
    /// How many bytes it has in the file.
    pub length: u64,
}

impl Text {
    /// The text as far as it was kept; bytes that are no UTF-8 are replaced.
    pub fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The text, if all of it was kept and it is UTF-8.
    pub fn exact(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes)
            .ok()
            .filter(|_| self.is_whole())
    }

    /// Whether it is UTF-8, as far as it was kept.
    pub fn is_utf8(&self) -> bool {
        match std::str::from_utf8(&self.bytes) {
            Ok(_) => true,
            // A character may have been cut through.
            Err(error) => error.error_len().is_none() && !self.is_whole(),
        }
    }

    /// Whether all bytes are there.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.length
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "they are called what they are")]
pub enum Value {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    String(Text),
    Array(Array),
    U64(u64),
    I64(i64),
    F64(f64),
}

impl Value {
    /// Reads the type and the value of `key`, of an array no more than `most` values and of
    /// a text no more than `most_bytes` bytes.
    pub(super) fn read<R: BufRead + Seek>(
        input: &mut Bytes<R>,
        key: &str,
        (most, most_bytes): (u64, u64),
    ) -> Result<Value, Fault> {
        let value_type = ValueType::read(input, key)?;
        let shown = format!("`{key}`");
        match value_type {
            ValueType::Array => {
                let at = input.at;
                let value_type = ValueType::read(input, key)?;
                if value_type == ValueType::Array {
                    return Err(Fault::new(at, format!("{shown} is an array of arrays")));
                }
                Array::read(input, value_type, &shown, (most, most_bytes)).map(Value::Array)
            }
            ValueType::String => {
                let mut bytes = Vec::new();
                let length = input.text(&mut bytes, most_bytes, &shown)?;
                Ok(Value::String(Text { bytes, length }))
            }
            _ => {
                let at = input.at;
                let mut bytes = Vec::with_capacity(8);
                input.numbers(&mut bytes, value_type.bytes(), (1, 1), &shown)?;
                value_type.holds(&bytes, at, &shown)?;
                Ok(Value::number(value_type, &bytes))
            }
        }
    }

    /// A number from its bytes, the smallest one first.
    pub(super) fn number(value_type: ValueType, bytes: &[u8]) -> Value {
        let mut eight = [0; 8];
        for (byte, own) in eight.iter_mut().zip(bytes) {
            *byte = *own;
        }
        // What a type has no bits for is 0.
        let bits = u64::from_le_bytes(eight);
        match value_type {
            ValueType::U8 => Value::U8(bits as u8),
            ValueType::I8 => Value::I8(bits as i8),
            ValueType::Bool => Value::Bool(bits != 0),
            ValueType::U16 => Value::U16(bits as u16),
            ValueType::I16 => Value::I16(bits as i16),
            ValueType::U32 => Value::U32(bits as u32),
            ValueType::I32 => Value::I32(bits as i32),
            ValueType::F32 => Value::F32(f32::from_bits(bits as u32)),
            ValueType::I64 => Value::I64(bits as i64),
            ValueType::F64 => Value::F64(f64::from_bits(bits)),
            ValueType::U64 | ValueType::String | ValueType::Array => Value::U64(bits),
        }
    }

    /// What type it is of, such as `u32` or `array of string`.
    pub fn type_name(&self) -> String {
        match self {
            Value::Array(array) => format!("array of {}", array.value_type.name()),
            _ => self.value_type().name().to_owned(),
        }
    }

    fn value_type(&self) -> ValueType {
        match self {
            Value::U8(_) => ValueType::U8,
            Value::I8(_) => ValueType::I8,
            Value::U16(_) => ValueType::U16,
            Value::I16(_) => ValueType::I16,
            Value::U32(_) => ValueType::U32,
            Value::I32(_) => ValueType::I32,
            Value::F32(_) => ValueType::F32,
            Value::Bool(_) => ValueType::Bool,
            Value::String(_) => ValueType::String,
            Value::Array(_) => ValueType::Array,
            Value::U64(_) => ValueType::U64,
            Value::I64(_) => ValueType::I64,
            Value::F64(_) => ValueType::F64,
        }
    }

    /// The number, if it is a whole one and none below 0.
    pub fn whole(&self) -> Option<u64> {
        match *self {
            Value::U8(number) => Some(number.into()),
            Value::U16(number) => Some(number.into()),
            Value::U32(number) => Some(number.into()),
            Value::U64(number) => Some(number),
            Value::I8(number) => number.try_into().ok(),
            Value::I16(number) => number.try_into().ok(),
            Value::I32(number) => number.try_into().ok(),
            Value::I64(number) => number.try_into().ok(),
            _ => None,
        }
    }

    /// The number, if it is a whole one below 0.
    pub(super) fn below_zero(&self) -> Option<i64> {
        let number = match *self {
            Value::I8(number) => number.into(),
            Value::I16(number) => number.into(),
            Value::I32(number) => number.into(),
            Value::I64(number) => number,
            _ => return None,
        };
        (number < 0).then_some(number)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&Text> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn array(&self) -> Option<&Array> {
        match self {
            Value::Array(array) => Some(array),
            _ => None,
        }
    }
}
