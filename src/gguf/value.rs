//! The values of a header's keys.

use super::bytes::Bytes;
use super::fault::Fault;
use std::borrow::Cow;
use std::io::BufRead;

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

    fn read<R: BufRead>(input: &mut Bytes<R>, key: &str) -> Result<ValueType, Fault> {
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
pub struct Text(pub Vec<u8>);

impl Text {
    /// The text; bytes that are no UTF-8 are replaced.
    pub fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The text, if it is UTF-8.
    pub fn exact(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
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

/// A list of values of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The type of all of them.
    pub value_type: ValueType,
    /// How many there are.
    pub count: u64,
    /// The first of them, or all.
    pub values: Vec<Value>,
}

impl Array {
    /// Whether all values are there.
    pub fn is_whole(&self) -> bool {
        self.values.len() as u64 == self.count
    }
}

impl Value {
    /// Reads the type and the value of `key`, of an array no more than `most` values.
    pub(super) fn read<R: BufRead>(
        input: &mut Bytes<R>,
        key: &str,
        most: u64,
    ) -> Result<Value, Fault> {
        let value_type = ValueType::read(input, key)?;
        let shown = format!("`{key}`");
        if value_type != ValueType::Array {
            return Value::of_type(input, value_type, &shown);
        }
        let at = input.at;
        let value_type = ValueType::read(input, key)?;
        let least = match value_type {
            ValueType::Array => {
                return Err(Fault::new(at, format!("`{key}` is an array of arrays")));
            }
            ValueType::String => input.count_bytes(),
            _ => ValueType::ALL[value_type as usize].2,
        };
        let at = input.at;
        let count = input.count_of(&format!("values of `{key}`"), least)?;
        input.keep(count.min(most), at)?;
        let mut values = Vec::new();
        for number in 0..count {
            let value = Value::of_type(input, value_type, &shown)?;
            if number < most {
                values.push(value);
            }
        }
        Ok(Value::Array(Array {
            value_type,
            count,
            values,
        }))
    }

    fn of_type<R: BufRead>(
        input: &mut Bytes<R>,
        value_type: ValueType,
        shown: &str,
    ) -> Result<Value, Fault> {
        // Of bytes that are numbers of either sign, the bits stay.
        Ok(match value_type {
            ValueType::U8 => Value::U8(input.take::<1>(shown)?[0]),
            ValueType::I8 => Value::I8(input.take::<1>(shown)?[0].cast_signed()),
            ValueType::Bool => Value::Bool(input.take::<1>(shown)?[0] != 0),
            ValueType::U16 => Value::U16(input.u16(shown)?),
            ValueType::I16 => Value::I16(input.u16(shown)?.cast_signed()),
            ValueType::U32 => Value::U32(input.u32(shown)?),
            ValueType::I32 => Value::I32(input.u32(shown)?.cast_signed()),
            ValueType::F32 => Value::F32(f32::from_bits(input.u32(shown)?)),
            ValueType::U64 => Value::U64(input.u64(shown)?),
            ValueType::I64 => Value::I64(input.u64(shown)?.cast_signed()),
            ValueType::F64 => Value::F64(f64::from_bits(input.u64(shown)?)),
            ValueType::String => Value::String(input.text(shown)?),
            ValueType::Array => {
                return Err(Fault::new(
                    input.at,
                    format!("{shown} is an array of arrays"),
                ));
            }
        })
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
