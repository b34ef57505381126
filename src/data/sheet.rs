//! Workbooks of Excel: the first sheet as text that findings can point into.
//!
//! That text has a line for every row of the sheet, so that line 7 is row 7. What the
//! columns mean is not known here. Workbooks are read with the feature `xlsx`; without
//! it, the file is refused with a word about that.

use super::Fault;
use std::ops::Range;

/// A sheet as it was read.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What the sheet is called.
    pub name: String,
    /// What the other sheets of the workbook are called that hold cells or may.
    pub others: Vec<String>,
    /// A line for every row, its cells separated by commas.
    pub text: String,
    /// The cells of every row, up to the last that holds something.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a sheet.
#[derive(Debug)]
pub struct Cell {
    /// Where it stands in the text.
    pub place: Range<usize>,
    /// What it holds, if that is not what stands there.
    pub value: Option<String>,
    /// What it holds instead of text, a number or a truth value: "a date".
    pub refused: Option<&'static str>,
}

impl Sheet {
    /// What the cell in this row and column, from 0, is called: `B7`.
    pub fn cell_name(row: usize, column: usize) -> String {
        let mut letters = Vec::new();
        let mut left = column + 1;
        while left > 0 {
            left -= 1;
            letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
            left /= 26;
        }
        let letters: String = letters.iter().rev().collect();
        format!("{letters}{}", row + 1)
    }

    /// The column, from 0, of the cell in this row that stands at this byte of the text.
    pub fn column_at(&self, row: usize, at: usize) -> Option<usize> {
        let cells = self.rows.get(row)?;
        let behind = cells.partition_point(|cell| cell.place.start <= at);
        behind.checked_sub(1)
    }
}

/// The first sheet of a workbook, none of its parts and not its text being larger than
/// `limit` bytes.
#[cfg(not(feature = "xlsx"))]
pub fn sheet(_: &[u8], _: u64) -> Result<Sheet, Fault> {
    Err(Fault::LeftOut("xlsx"))
}

#[cfg(feature = "xlsx")]
pub use with_feature::sheet;

#[cfg(feature = "xlsx")]
mod with_feature {
    use super::{Cell, Fault, Sheet};
    use crate::guard::guarded;
    use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read};

    const DAMAGED: &str = "it is damaged, or no Excel workbook (`.xlsx`)";

    /// The first sheet of a workbook, its parts together and its text being no larger
    /// than `limit` bytes.
    pub fn sheet(bytes: &[u8], limit: u64) -> Result<Sheet, Fault> {
        guarded(
            || {
                measure(bytes, limit)?;
                read(bytes, limit)
            },
            || Fault::Broken(DAMAGED.to_owned()),
        )
    }

    fn damaged(_: XlsxError) -> Fault {
        Fault::Broken(DAMAGED.to_owned())
    }

    /// Holds what the workbook's parts are when they are unpacked against the limit,
    /// before any of it is kept.
    fn measure(bytes: &[u8], limit: u64) -> Result<(), Fault> {
        let broken = |told: &str| Fault::Broken(told.to_owned());
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(broken(
                "it is protected by a password, or of an Excel before 2007",
            ));
        }
        let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken(DAMAGED))?;
        let mut left = limit;
        for at in 0..parts.len() {
            let part = parts.by_index(at).map_err(|_| broken(DAMAGED))?;
            let mut part = part.take(left.saturating_add(1));
            let count =
                std::io::copy(&mut part, &mut std::io::sink()).map_err(|_| broken(DAMAGED))?;
            left = left.checked_sub(count).ok_or(Fault::TooLarge)?;
        }
        Ok(())
    }

    fn read(bytes: &[u8], limit: u64) -> Result<Sheet, Fault> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
        let sheets = book.sheets_metadata();
        let mut sheets = sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let all = sheets.clone();
        let hidden = sheets.clone().next();
        let first = sheets.find(|sheet| sheet.visible == SheetVisible::Visible);
        let Some(name) = first.or(hidden).map(|sheet| sheet.name.clone()) else {
            return Err(Fault::Broken("it has no sheet with cells".to_owned()));
        };
        let others = all.map(|sheet| sheet.name.clone());
        let others = others.filter(|other| *other != name).collect();
        let mut cells = BTreeMap::new();
        let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            if let Some(held) = held(cell.get_value()) {
                cells.insert(cell.get_position(), held);
            }
        }
        drop(reader);
        // What a formula comes to is saved beside it, but not by every program.
        let formulas = book.worksheet_formula(&name).map_err(damaged)?;
        let (top, left) = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            let place = (top + row as u32, left + column as u32);
            if !formula.is_empty() {
                cells.entry(place).or_insert_with(|| {
                    (
                        format!("={formula}"),
                        Some("a formula whose value was not saved"),
                    )
                });
            }
        }
        let mut sheet = Sheet {
            name,
            others,
            ..Sheet::default()
        };
        for ((row, column), (value, refused)) in cells {
            let (row, column) = (row as usize, column as usize);
            while sheet.rows.len() <= row {
                if !sheet.rows.is_empty() {
                    sheet.text.push('\n');
                }
                sheet.rows.push(Vec::new());
            }
            let Some(cells) = sheet.rows.last_mut() else {
                continue;
            };
            while cells.len() <= column {
                if !cells.is_empty() {
                    sheet.text.push(',');
                }
                let at = sheet.text.len();
                cells.push(Cell {
                    place: at..at,
                    value: None,
                    refused: None,
                });
            }
            let is_verbatim = write_value(&value, &mut sheet.text);
            if let Some(cell) = cells.last_mut() {
                cell.place.end = sheet.text.len();
                cell.value = (!is_verbatim).then_some(value);
                cell.refused = refused;
            }
            if sheet.text.len() as u64 > limit {
                return Err(Fault::TooLarge);
            }
        }
        if !sheet.rows.is_empty() {
            sheet.text.push('\n');
        }
        Ok(sheet)
    }

    /// The text of a cell, and what it holds if that is none; `None` if it is empty.
    fn held(value: &DataRef<'_>) -> Option<(String, Option<&'static str>)> {
        Some(match value {
            DataRef::Empty => return None,
            DataRef::SharedString("") => return None,
            DataRef::String(text) if text.is_empty() => return None,
            DataRef::String(text) => (text.clone(), None),
            DataRef::SharedString(text) => ((*text).to_owned(), None),
            DataRef::Int(number) => (number.to_string(), None),
            DataRef::Float(number) => (number_text(*number), None),
            DataRef::Bool(value) => (value.to_string().to_uppercase(), None),
            DataRef::DateTime(date) => (number_text(date.as_f64()), Some("a date or time")),
            DataRef::DateTimeIso(date) => (date.clone(), Some("a date or time")),
            DataRef::DurationIso(time) => (time.clone(), Some("a date or time")),
            DataRef::Error(error) => (error.to_string(), Some("an error of a formula")),
        })
    }

    /// A number as a cell without a format of its own shows it: 15 digits at most, no
    /// decimals where there are none.
    fn number_text(number: f64) -> String {
        let rounded = format!("{number:.14e}").parse().unwrap_or(number);
        format!("{rounded}")
    }

    /// Writes a cell, in quotes and on one line where it needs that; whether it stands
    /// there as it is.
    fn write_value(value: &str, out: &mut String) -> bool {
        if !value.contains([',', '"', '\\', '\n', '\r']) {
            out.push_str(value);
            return true;
        }
        out.push('"');
        for character in value.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                other => out.push(other),
            }
        }
        out.push('"');
        false
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn numbers_are_those_that_a_cell_shows() {
            for (number, text) in [
                (1.0, "1"),
                (-0.5, "-0.5"),
                (0.1 + 0.2, "0.3"),
                (1e15, "1000000000000000"),
                (2.0 / 3.0, "0.666666666666667"),
            ] {
                assert_eq!(number_text(number), text);
            }
        }

        #[test]
        fn cells_are_called_as_in_a_sheet() {
            for (row, column, name) in [(0, 0, "A1"), (6, 1, "B7"), (0, 25, "Z1"), (9, 26, "AA10")]
            {
                assert_eq!(Sheet::cell_name(row, column), name);
            }
            assert_eq!(Sheet::cell_name(0, 16_383), "XFD1");
        }
    }
}
