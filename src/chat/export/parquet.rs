//! Rows as a Parquet file, with the feature `parquet`: JSON objects taken apart into
//! columns, as the format describes (Apache Parquet, "Nested Encoding").

use super::format::Format;
use super::schema::{Kind, columns};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::Value;
use std::io::Write;
use std::sync::Arc;

/// The rows of one row group: what is held at a time.
const ROWS: usize = 10_000;
/// The bytes of one row group, before it is written even with fewer rows.
const BYTES: usize = 64 << 20;

/// Writes rows into a Parquet file.
pub struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    fields: Vec<(&'static str, Kind)>,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
}

/// The values of a column that wait to be written.
#[derive(Debug, Default)]
struct Column {
    is_bool: bool,
    texts: Vec<ByteArray>,
    bools: Vec<bool>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file for the rows of a format; see the columns of the format for the two
    /// flags: whether a template makes text of messages, and whether answers call tools.
    pub fn new(
        out: W,
        format: Format,
        is_text: bool,
        has_tools: bool,
    ) -> Result<Self, ParquetError> {
        let fields = columns(format, is_text, has_tools);
        let types = fields.iter().map(|(name, kind)| group_field(name, kind));
        let schema = Type::group_type_builder("schema")
            .with_fields(types.collect::<Result<_, _>>()?)
            .build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        let mut columns = Vec::new();
        fields
            .iter()
            .for_each(|(_, kind)| columns_of(kind, &mut columns));
        Ok(ParquetWriter {
            file,
            fields,
            columns,
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds a row: a JSON object of the format.
    pub fn row(&mut self, json: &[u8]) -> Result<(), ParquetError> {
        let row: Value = serde_json::from_slice(json)
            .map_err(|error| ParquetError::General(error.to_string()))?;
        let mut at = 0;
        for (name, kind) in &self.fields {
            let value = row.get(*name);
            put(&mut self.columns, &mut at, kind, value, 0, 0, 0);
        }
        self.rows += 1;
        self.bytes += json.len();
        if self.rows >= ROWS || self.bytes >= BYTES {
            self.group()?;
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<(), ParquetError> {
        self.group()?;
        self.file.close().map(drop)
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else {
                return Err(ParquetError::General(
                    "the file has fewer columns than its rows".to_owned(),
                ));
            };
            column.write(&mut writer)?;
            writer.close()?;
            column.clear();
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Column {
    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let (definitions, repetitions) = (
            Some(self.definitions.as_slice()),
            Some(self.repetitions.as_slice()),
        );
        if self.is_bool {
            let writer = writer.typed::<BoolType>();
            writer.write_batch(&self.bools, definitions, repetitions)?;
        } else {
            let writer = writer.typed::<ByteArrayType>();
            writer.write_batch(&self.texts, definitions, repetitions)?;
        }
        Ok(())
    }

    /// The column without its values.
    fn clear(&mut self) {
        self.texts.clear();
        self.bools.clear();
        self.definitions.clear();
        self.repetitions.clear();
    }
}

/// The columns of a field.
fn columns_of(kind: &Kind, columns: &mut Vec<Column>) {
    match kind {
        Kind::Text | Kind::Bool => columns.push(Column {
            is_bool: *kind == Kind::Bool,
            ..Column::default()
        }),
        Kind::List(item) => columns_of(item, columns),
        Kind::Fields(fields) => fields
            .iter()
            .for_each(|(_, kind)| columns_of(kind, columns)),
    }
}

fn leaves(kind: &Kind) -> usize {
    match kind {
        Kind::Text | Kind::Bool => 1,
        Kind::List(item) => leaves(item),
        Kind::Fields(fields) => fields.iter().map(|(_, kind)| leaves(kind)).sum(),
    }
}

/// A field that may be missing.
fn group_field(name: &str, kind: &Kind) -> Result<TypePtr, ParquetError> {
    let field = match kind {
        Kind::Text => Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .with_converted_type(ConvertedType::UTF8)
            .build()?,
        Kind::Bool => Type::primitive_type_builder(name, Physical::BOOLEAN)
            .with_repetition(Repetition::OPTIONAL)
            .build()?,
        Kind::List(item) => {
            let list = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![group_field("element", item)?])
                .build()?;
            Type::group_type_builder(name)
                .with_repetition(Repetition::OPTIONAL)
                .with_converted_type(ConvertedType::LIST)
                .with_fields(vec![Arc::new(list)])
                .build()?
        }
        Kind::Fields(fields) => {
            let fields = fields.iter().map(|(name, kind)| group_field(name, kind));
            Type::group_type_builder(name)
                .with_repetition(Repetition::OPTIONAL)
                .with_fields(fields.collect::<Result<_, _>>()?)
                .build()?
        }
    };
    Ok(Arc::new(field))
}

/// Puts a value into its columns, which begin at `at`; `definition` and `repetition` are
/// the levels so far, `depth` that of the lists around it.
fn put(
    columns: &mut [Column],
    at: &mut usize,
    kind: &Kind,
    value: Option<&Value>,
    definition: i16,
    repetition: i16,
    depth: i16,
) {
    let value = value.filter(|value| !value.is_null());
    let Some(value) = value else {
        for column in &mut columns[*at..*at + leaves(kind)] {
            column.definitions.push(definition);
            column.repetitions.push(repetition);
        }
        *at += leaves(kind);
        return;
    };
    match kind {
        Kind::Text => {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            columns[*at].texts.push(ByteArray::from(text.into_bytes()));
            columns[*at].definitions.push(definition + 1);
            columns[*at].repetitions.push(repetition);
            *at += 1;
        }
        Kind::Bool => {
            columns[*at].bools.push(value.as_bool().unwrap_or_default());
            columns[*at].definitions.push(definition + 1);
            columns[*at].repetitions.push(repetition);
            *at += 1;
        }
        Kind::Fields(fields) => {
            for (name, kind) in fields {
                put(
                    columns,
                    at,
                    kind,
                    value.get(*name),
                    definition + 1,
                    repetition,
                    depth,
                );
            }
        }
        Kind::List(item) => {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let start = *at;
            if items.is_empty() {
                // A list without items is there, unlike a missing one.
                for column in &mut columns[start..start + leaves(item)] {
                    column.definitions.push(definition + 1);
                    column.repetitions.push(repetition);
                }
                *at += leaves(item);
                return;
            }
            for (number, value) in items.iter().enumerate() {
                *at = start;
                let repetition = if number == 0 { repetition } else { depth + 1 };
                put(
                    columns,
                    at,
                    item,
                    Some(value),
                    definition + 2,
                    repetition,
                    depth + 1,
                );
            }
        }
    }
}
