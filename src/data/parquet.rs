//! Parquet files as the table that holds the same, in CSV.
//!
//! That text is what findings point into: the file itself has no lines. It is read
//! with the feature `parquet`; without it, the file is refused with a word about that.

use super::Fault;

/// The table in a Parquet file, as CSV of at most `limit` bytes: its columns, those of
/// structures with a dot between the names, and one line for each row.
#[cfg(not(feature = "parquet"))]
pub fn parquet(_: Vec<u8>, _: u64) -> Result<Vec<u8>, Fault> {
    Err(Fault::LeftOut("parquet"))
}

/// Writes that table to `out`.
#[cfg(not(feature = "parquet"))]
pub fn parquet_to(_: Vec<u8>, _: u64, _: &mut dyn std::io::Write) -> Result<(), Fault> {
    Err(Fault::LeftOut("parquet"))
}

#[cfg(feature = "parquet")]
pub use with_feature::{parquet, parquet_to};

#[cfg(feature = "parquet")]
mod with_feature {
    use super::Fault;
    use crate::guard::guarded;
    use parquet::basic::ConvertedType;
    use parquet::errors::ParquetError;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, List};
    use parquet::schema::types::Type;
    use std::io::Write;

    /// Bytes that are written at a time.
    const BUFFER: usize = 1 << 16;

    /// The table in a Parquet file, as CSV of at most `limit` bytes: its columns, those
    /// of structures with a dot between the names, and one line for each row.
    pub fn parquet(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Fault> {
        let mut text = Vec::new();
        parquet_to(bytes, limit, &mut text)?;
        Ok(text)
    }

    /// Writes that table to `out`.
    pub fn parquet_to(bytes: Vec<u8>, limit: u64, out: &mut dyn Write) -> Result<(), Fault> {
        let read = || read(bytes, limit, out);
        guarded(read, || Fault::Broken(DAMAGED.to_owned()))
    }

    const DAMAGED: &str = "its Parquet data is damaged or ends too early";

    fn read(bytes: Vec<u8>, limit: u64, out: &mut dyn Write) -> Result<(), Fault> {
        if !bytes.starts_with(b"PAR1") {
            return Err(Fault::Broken("it is no Parquet file".to_owned()));
        }
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(damaged)?;
        let metadata = reader.metadata();
        let told: u64 = metadata
            .row_groups()
            .iter()
            .map(|group| u64::try_from(group.total_byte_size()).unwrap_or(0))
            .fold(0, u64::saturating_add);
        if told > limit {
            return Err(Fault::TooLarge);
        }
        let schema = metadata.file_metadata().schema();
        let mut table = Table {
            out,
            left: limit,
            text: String::new(),
            names: Vec::new(),
        };
        for column in schema.get_fields() {
            table.names_of(column, "");
        }
        let header = std::mem::take(&mut table.names);
        table.line(&header)?;
        table.names = header;
        for row in reader.get_row_iter(None).map_err(damaged)? {
            let row = row.map_err(damaged)?;
            let mut cells = Vec::with_capacity(table.names.len());
            for (column, (_, field)) in schema.get_fields().iter().zip(row.get_column_iter()) {
                table.cells_of(column, field, &mut cells)?;
            }
            table.line(&cells)?;
        }
        table.flush()
    }

    fn damaged(error: ParquetError) -> Fault {
        Fault::Broken(match error {
            ParquetError::NYI(told) => format!("it needs what is not supported: {told}"),
            ParquetError::General(told) if told.starts_with("Disabled feature") => {
                "it is compressed in a way that is not supported; use snappy, gzip or zstd"
                    .to_owned()
            }
            _ => DAMAGED.to_owned(),
        })
    }

    /// The table as it is written.
    struct Table<'o> {
        out: &'o mut dyn Write,
        /// Bytes that may still come.
        left: u64,
        /// What is not written yet.
        text: String,
        /// The columns.
        names: Vec<String>,
    }

    impl Table<'_> {
        /// Adds the columns that a column of the schema stands for.
        fn names_of(&mut self, column: &Type, before: &str) {
            let name = format!("{before}{}", column.name());
            if is_structure(column) {
                for part in column.get_fields() {
                    self.names_of(part, &format!("{name}."));
                }
            } else {
                self.names.push(name);
            }
        }

        /// Adds the cells that a column of the schema stands for.
        fn cells_of(
            &self,
            column: &Type,
            field: &Field,
            cells: &mut Vec<String>,
        ) -> Result<(), Fault> {
            if is_structure(column) {
                let parts = match field {
                    Field::Group(row) => row.get_column_iter().map(|(_, part)| part).collect(),
                    _ => Vec::new(),
                };
                let mut parts = parts.into_iter();
                for part in column.get_fields() {
                    self.cells_of(part, parts.next().unwrap_or(&Field::Null), cells)?;
                }
                return Ok(());
            }
            let name = self.names.get(cells.len()).map_or("", String::as_str);
            let is_json = name.ends_with(".numbers") || name.ends_with(".number_lists");
            let text = match field {
                Field::Null => String::new(),
                Field::ListInternal(list) if is_json => json_list(list),
                Field::ListInternal(_) => {
                    return Err(Fault::Broken(format!(
                        "its column `{name}` holds lists, and only columns of numbers may"
                    )));
                }
                Field::MapInternal(_) | Field::Group(_) => {
                    return Err(Fault::Broken(format!("its column `{name}` holds maps")));
                }
                Field::Bytes(bytes) => std::str::from_utf8(bytes.data())
                    .map_err(|_| {
                        Fault::Broken(format!("its column `{name}` holds bytes that are no text"))
                    })?
                    .to_owned(),
                field => plain(field),
            };
            cells.push(text);
            Ok(())
        }

        /// Writes a line: cells that need it in quotes, a comma between two.
        fn line(&mut self, cells: &[String]) -> Result<(), Fault> {
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 {
                    self.text.push(',');
                }
                if cell.contains([',', '"', '\n', '\r']) {
                    self.text.push('"');
                    self.text.push_str(&cell.replace('"', "\"\""));
                    self.text.push('"');
                } else {
                    self.text.push_str(cell);
                }
            }
            self.text.push('\n');
            match self.text.len() {
                0..BUFFER => Ok(()),
                _ => self.flush(),
            }
        }

        /// Writes what is not written yet.
        fn flush(&mut self) -> Result<(), Fault> {
            let left = self.left.checked_sub(self.text.len() as u64);
            self.left = left.ok_or(Fault::TooLarge)?;
            let written = self.out.write_all(self.text.as_bytes());
            self.text.clear();
            written.map_err(|error| Fault::Unwritten(error.to_string()))
        }
    }

    /// Whether a column of the schema is a structure and not a list or map.
    fn is_structure(column: &Type) -> bool {
        let info = column.get_basic_info();
        let is_repeated =
            info.has_repetition() && info.repetition() == parquet::basic::Repetition::REPEATED;
        column.is_group() && !is_repeated && info.converted_type() == ConvertedType::NONE
    }

    /// A value that is neither list nor structure.
    fn plain(field: &Field) -> String {
        match field {
            Field::Str(text) => text.clone(),
            Field::Double(number) => number.to_string(),
            Field::Float(number) => number.to_string(),
            other => other.to_string(),
        }
    }

    /// A list of numbers, or of such lists, as JSON.
    fn json_list(list: &List) -> String {
        let items = list.elements().iter().map(|item| match item {
            Field::ListInternal(list) => json_list(list),
            Field::Null => "null".to_owned(),
            Field::Str(text) => format!("{text:?}"),
            other => plain(other),
        });
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    }
}
