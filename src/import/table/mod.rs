//! A table of prompts and answers to a spec: CSV, TSV, or the first sheet of a workbook.
//!
//! The shapes are those of the reference: with `Input`, `Output` and `Reference` a state
//! machine, with `Input`, `Reference` and other columns a multi classifier. Cells are
//! text as they stand; nothing is taken for a number or for absent but an empty cell.

mod columns;
mod samples;

use crate::ast::Spec;
use crate::data::{self, Fault, Row, Rows, Sheet};
use crate::diagnostics::{
    Diagnostic, Diagnostics, limit_exceeded, missing_key, quoted_list, syntax, unreadable_file,
    wrong_type,
};
use crate::load::readable;
use crate::source::{Origin, SourceMap, Span, Spanned, Text};
use std::borrow::Cow;
use std::path::Path;

/// The endings of tables.
pub const ENDINGS: [&str; 3] = ["csv", "tsv", "xlsx"];

/// How a table is to be read, and what the spec gets that stands in no table.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What separates the cells of CSV; by default what the header shows.
    pub delimiter: Option<u8>,
    /// The name of the protocol.
    pub name: String,
    /// Background lines of the protocol.
    pub context: Vec<String>,
}

/// A row with a cell for every column, or what is wrong with it.
type TableRow<'s> = Result<Vec<Text<'s>>, Box<Diagnostic>>;

/// A table that was read.
#[derive(Debug)]
pub struct Table<'s> {
    header: Vec<Text<'s>>,
    rows: Vec<TableRow<'s>>,
    /// The sheet that the table stands in, if it is one of a workbook.
    sheet: Option<Sheet>,
}

/// Whether a file is a table, by the ending of its name.
pub fn is_table(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// The delimiter that is meant by a text such as `;` or `tab`; `None` if it can be none.
pub fn delimiter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Some(b'\t'),
        [b'"' | b'\n' | b'\r'] => None,
        [only] if only.is_ascii() && !only.is_ascii_alphanumeric() => Some(*only),
        _ => None,
    }
}

fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

impl<'s> Table<'s> {
    /// Reads the table in the file at `path` from its bytes, which in a workbook may be
    /// no more than `limit` when they are unpacked. `None` if there is none, which is
    /// reported.
    pub fn read(
        sources: &'s SourceMap,
        path: &Path,
        bytes: Vec<u8>,
        limit: u64,
        delimiter: Option<u8>,
        findings: &mut Diagnostics,
    ) -> Option<Table<'s>> {
        let shown = path.to_string_lossy();
        let table = match ending(path).as_deref() {
            Some("xlsx") => Self::of_workbook(sources, &shown, &bytes, limit, findings),
            ending => {
                let origin = match String::from_utf8(bytes) {
                    Ok(text) => sources.add(shown, text),
                    Err(error) => {
                        let at = error.utf8_error().valid_up_to();
                        let text = readable(error.into_bytes());
                        let origin = sources.add(shown, text);
                        findings.push(syntax::not_utf8(Span::new(origin, at, at + 1)));
                        return None;
                    }
                };
                let text = sources.whole(origin);
                let prefers_tabs = ending == Some("tsv");
                let delimiter = delimiter.or(data::delimiter_named_in(text));
                let delimiter = delimiter.unwrap_or_else(|| sniffed(text, origin, prefers_tabs));
                Self::of_rows(Rows::new(text, origin, delimiter), origin, findings)
            }
        }?;
        Some(table)
    }

    fn of_rows(
        mut rows: impl Iterator<Item = Row<'s>>,
        origin: Origin,
        findings: &mut Diagnostics,
    ) -> Option<Self> {
        let Some(header) = rows.next() else {
            findings.push(missing_key::no_samples(Span::new(origin, 0, 0)));
            return None;
        };
        if let Some(fault) = header.fault(header.cells.len()) {
            findings.push(fault);
            return None;
        }
        let header = header.cells;
        let rows = rows.map(|row| match row.fault(header.len()) {
            Some(fault) => Err(Box::new(fault)),
            None => Ok(row.cells),
        });
        Some(Table {
            rows: rows.collect(),
            header,
            sheet: None,
        })
    }

    fn of_workbook(
        sources: &'s SourceMap,
        shown: &str,
        bytes: &[u8],
        limit: u64,
        findings: &mut Diagnostics,
    ) -> Option<Self> {
        let mut sheet = match data::sheet(bytes, limit) {
            Ok(sheet) => sheet,
            Err(fault) => {
                let origin = sources.add_data(shown, String::new(), None, false);
                let place = Span::new(origin, 0, 0);
                findings.push(match fault {
                    Fault::TooLarge => limit_exceeded::unpacked(place, limit),
                    Fault::Broken(reason) | Fault::Unwritten(reason) => {
                        syntax::workbook(place, &reason)
                    }
                    Fault::LeftOut(feature) => unreadable_file::workbooks_left_out(place, feature),
                });
                return None;
            }
        };
        let text = std::mem::take(&mut sheet.text);
        let origin = sources.add_data(shown, text, None, false);
        let text = sources.whole(origin);
        let columns = sheet.rows.iter().map(Vec::len).find(|cells| *cells > 0);
        let mut rows = Vec::new();
        for row in sheet.rows.iter().filter(|row| !row.is_empty()) {
            let mut cells: Vec<Text<'s>> = Vec::with_capacity(row.len());
            for cell in row {
                let span = Span::new(origin, cell.place.start, cell.place.end);
                let value = match &cell.value {
                    Some(value) => Cow::Owned(value.clone()),
                    None => Cow::Borrowed(text.get(cell.place.clone()).unwrap_or_default()),
                };
                if let Some(found) = cell.refused {
                    findings.push(wrong_type::cell(span, found));
                }
                if columns.is_some_and(|columns| cells.len() >= columns) {
                    if !value.is_empty() {
                        findings.push(syntax::cell_without_column(span));
                    }
                    continue;
                }
                cells.push(Spanned::new(value, span));
            }
            // Cells behind the last that holds something are empty.
            let end = cells.last().map_or(0, |cell| cell.span.end as usize);
            while columns.is_some_and(|columns| cells.len() < columns) {
                let empty = Span::new(origin, end, end);
                cells.push(Spanned::new(Cow::Borrowed(""), empty));
            }
            rows.push(Row::of(cells));
        }
        let table = Self::of_rows(rows.into_iter(), origin, findings)?;
        Some(Table {
            sheet: Some(sheet),
            ..table
        })
    }

    /// The spec that says what the table says; `None` if its columns cannot be used. What
    /// is wrong with single rows and cells is reported; they are left out, and known to
    /// be there.
    pub fn spec(&self, options: &Options, findings: &mut Diagnostics) -> Option<Spec<'s>> {
        // Where there is one column, the cells are separated in another way.
        let faults = self.rows.iter().filter(|_| self.header.len() > 1);
        for fault in faults.filter_map(|row| row.as_ref().err()) {
            findings.push(Diagnostic::clone(fault));
        }
        let columns = columns::columns(&self.header, &self.rows, findings)?;
        samples::spec(&columns, &self.rows, options, findings)
    }

    /// Which sheet it is, where a workbook has several.
    pub fn of_several(&self) -> Option<String> {
        let sheet = self.sheet.as_ref()?;
        let others = quoted_list(sheet.others.iter().map(String::as_str), 4);
        (!sheet.others.is_empty()).then(|| {
            format!(
                "of the workbook, the sheet `{}` was read, not {others}",
                sheet.name
            )
        })
    }

    /// Gives findings the words that are right for a table, and the names of cells if it
    /// is a sheet.
    pub fn adapt(&self, sources: &SourceMap, findings: &mut [Diagnostic]) {
        for finding in findings {
            finding.fix = None;
            match finding.rule.name {
                "too-little-context" => {
                    let help =
                        "fill more cells of the column `Reference`, or add lines with `--context`";
                    finding.help = Some(help.to_owned());
                }
                "too-few-guardrail-samples" => {
                    let help = "add rows whose `Output` is `GUARDRAIL`";
                    finding.help = Some(help.to_owned());
                }
                _ => {}
            }
            let Some(sheet) = &self.sheet else { continue };
            let at = finding.span.start as usize;
            let row = sources
                .file(finding.span)
                .map(|file| file.position(at).line - 1);
            let cell = row.and_then(|row| Some((row, sheet.column_at(row, at)?)));
            if let Some((row, column)) = cell {
                let cell = Sheet::cell_name(row, column);
                finding.message = format!(
                    "{} (cell {cell} of the sheet `{}`)",
                    finding.message, sheet.name
                );
            }
        }
    }
}

/// What separates the cells of the header: what gives most of the columns that a table
/// needs, and then most columns.
fn sniffed(text: &str, origin: Origin, prefers_tabs: bool) -> u8 {
    let candidates = if prefers_tabs {
        [b';', b',', b'\t']
    } else {
        [b'\t', b';', b',']
    };
    let worth = |delimiter: &u8| {
        let header = Rows::new(text, origin, *delimiter).next();
        let cells = header.map(|row| row.cells).unwrap_or_default();
        let known = cells
            .iter()
            .filter(|cell| columns::KNOWN.contains(&cell.value.as_ref()));
        (known.count(), cells.len())
    };
    // Of several that are worth the same, the last is taken.
    candidates.into_iter().max_by_key(worth).unwrap_or(b',')
}
