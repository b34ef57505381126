//! CSV and TSV (RFC 4180): a header that names columns, one sample a row.
//!
//! Columns: `input` or `input_0`, `input_1` ...; `input_0.numbers` and
//! `input_0.number_lists` as JSON, likewise for `output`; `output`, or
//! `output.LABEL` for each label; `final`; `value`. A cell is text as it is.

use crate::diagnostics::{Diagnostics, duplicate_key, missing_key, syntax as rule, unknown_key};
use crate::source::{Origin, SourceMap, Span, Spanned, Text};
use crate::syntax;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Entry, Node, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Column<'s> {
    Input(usize, Part),
    Output(Part),
    /// A label, as it is called.
    Label(Cow<'s, str>),
    Final,
    Value,
}

/// What of a snippet a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Part {
    Text,
    Numbers,
    NumberLists,
}

/// The samples of a table; `None` for a row that is none, which is reported. `None`
/// for the whole if its header cannot be used.
pub fn table<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    delimiter: u8,
    findings: &mut Diagnostics,
) -> Option<Vec<Option<Item<'s>>>> {
    let text = sources.whole(origin);
    let mut rows = Rows::new(text, origin, delimiter);
    let Some(header) = rows.next() else {
        findings.push(missing_key::no_samples(Span::new(origin, 0, 0)));
        return None;
    };
    // A label is a key, and the keys of a table stand in its header.
    let places: Vec<Span> = header
        .iter()
        .map(|name| label_place(name, sources))
        .collect();
    let columns = columns(header, findings)?;
    let mut samples = Vec::new();
    while let Some(row) = rows.next() {
        if let Some((place, is_closed)) = rows.misquoted.take() {
            findings.push(rule::bad_quotes(place, is_closed));
            samples.push(None);
            continue;
        }
        let span = match (row.first(), row.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => continue,
        };
        if row.len() != columns.len() {
            findings.push(rule::row_length(span, row.len(), columns.len()));
            samples.push(None);
            continue;
        }
        samples.push(Some(sample(
            sources, &columns, &places, row, span, findings,
        )));
    }
    Some(samples)
}

fn columns<'s>(
    header: Vec<Text<'s>>,
    findings: &mut Diagnostics,
) -> Option<Vec<Option<Column<'s>>>> {
    const KNOWN: [&str; 9] = [
        "input",
        "input_0",
        "input_1",
        "input_0.numbers",
        "input_0.number_lists",
        "output",
        "output.LABEL",
        "final",
        "value",
    ];
    let mut seen: HashMap<Column<'_>, Span> = HashMap::new();
    let mut columns = Vec::new();
    for name in &header {
        let column = column(&name.value);
        match &column {
            None => findings.push(unknown_key::diagnostic(name, &KNOWN, &KNOWN)),
            Some(column) => {
                if let Some(first) = seen.insert(column.clone(), name.span) {
                    findings.push(duplicate_key::diagnostic(
                        &name.value,
                        name.span,
                        Some(first),
                    ));
                }
            }
        }
        columns.push(column);
    }
    let first = header.first()?.span;
    let has = |wanted: &dyn Fn(&Column<'_>) -> bool| columns.iter().flatten().any(wanted);
    if !has(&|column| matches!(column, Column::Input(..))) {
        findings.push(missing_key::diagnostic(first, "input"));
        return None;
    }
    let inputs = columns.iter().flatten().filter_map(|column| match column {
        Column::Input(index, Part::Text) => Some(*index),
        _ => None,
    });
    let last = inputs.clone().max().unwrap_or(0);
    if let Some(gap) = (0..last).find(|index| !inputs.clone().any(|known| known == *index)) {
        findings.push(missing_key::diagnostic(first, &format!("input_{gap}")));
        return None;
    }
    if !has(&|column| matches!(column, Column::Output(_) | Column::Label(_))) {
        findings.push(missing_key::diagnostic(first, "output"));
        return None;
    }
    Some(columns)
}

/// Where a header's cell names a label: behind `output.`.
fn label_place(name: &Text<'_>, sources: &SourceMap) -> Span {
    const PREFIX: &str = "output.";
    if !name.value.starts_with(PREFIX) {
        return name.span;
    }
    syntax::inside(
        sources,
        name.span,
        &name.value,
        PREFIX.len()..name.value.len(),
    )
}

fn column<'s>(name: &str) -> Option<Column<'s>> {
    if let Some(label) = name.strip_prefix("output.") {
        return Some(match label {
            "numbers" => Column::Output(Part::Numbers),
            "number_lists" => Column::Output(Part::NumberLists),
            label => Column::Label(Cow::Owned(label.to_owned())),
        });
    }
    let (base, part) = match name.split_once('.') {
        None => (name, Part::Text),
        Some((base, "numbers")) => (base, Part::Numbers),
        Some((base, "number_lists")) => (base, Part::NumberLists),
        Some(_) => return None,
    };
    match base {
        "input" => Some(Column::Input(0, part)),
        "output" => Some(Column::Output(part)),
        "final" if part == Part::Text => Some(Column::Final),
        "value" if part == Part::Text => Some(Column::Value),
        _ => {
            let index = base.strip_prefix("input_")?;
            index
                .parse()
                .ok()
                .filter(|index: &usize| *index < 10_000)
                .map(|index| Column::Input(index, part))
        }
    }
}

/// A row as the map that a sample is in other notations.
fn sample<'s>(
    sources: &'s SourceMap,
    columns: &[Option<Column<'s>>],
    places: &[Span],
    row: Vec<Text<'s>>,
    span: Span,
    findings: &mut Diagnostics,
) -> Item<'s> {
    let mut inputs: Vec<Parts<'s>> = Vec::new();
    let mut output = Parts::default();
    let mut labels = Vec::new();
    let mut rest = Vec::new();
    for ((column, place), cell) in columns.iter().zip(places).zip(row) {
        match column {
            Some(Column::Input(index, part)) => {
                if inputs.len() <= *index {
                    inputs.resize_with(index + 1, Parts::default);
                }
                inputs[*index].put(*part, cell, sources, findings);
            }
            Some(Column::Output(part)) => output.put(*part, cell, sources, findings),
            Some(Column::Label(_)) if cell.value.is_empty() => {}
            Some(Column::Label(label)) => labels.push(Entry {
                key: Spanned::new(label.clone(), *place),
                value: plain(cell),
            }),
            Some(Column::Final) => rest.push(entry("final", or_nothing(cell))),
            Some(Column::Value) => rest.push(entry("value", or_nothing(cell))),
            None => {}
        }
    }
    let output = if columns
        .iter()
        .flatten()
        .any(|column| matches!(column, Column::Label(_)))
    {
        Node {
            span,
            value: Value::Map(labels),
        }
    } else {
        output.node(span)
    };
    let inputs = inputs.into_iter().map(|parts| parts.node(span)).collect();
    let mut entries = vec![
        entry(
            "input",
            Node {
                span,
                value: Value::List(inputs),
            },
        ),
        entry("output", output),
    ];
    entries.extend(rest);
    Item::of(Node {
        span,
        value: Value::Map(entries),
    })
}

/// The cells of one snippet.
#[derive(Default)]
struct Parts<'s> {
    text: Option<Node<'s>>,
    numbers: Option<Node<'s>>,
    number_lists: Option<Node<'s>>,
}

impl<'s> Parts<'s> {
    fn put(
        &mut self,
        part: Part,
        cell: Text<'s>,
        sources: &'s SourceMap,
        findings: &mut Diagnostics,
    ) {
        match part {
            Part::Text => self.text = Some(plain(cell)),
            Part::Numbers => self.numbers = json(cell, sources, findings),
            Part::NumberLists => self.number_lists = json(cell, sources, findings),
        }
    }

    fn node(self, row: Span) -> Node<'s> {
        let text = self.text.unwrap_or(Node {
            span: row,
            value: Value::Empty,
        });
        if self.numbers.is_none() && self.number_lists.is_none() {
            return text;
        }
        let span = text.span;
        let mut entries = vec![entry("string", text)];
        entries.extend(self.numbers.map(|node| entry("numbers", node)));
        entries.extend(self.number_lists.map(|node| entry("number_lists", node)));
        Node {
            span,
            value: Value::Map(entries),
        }
    }
}

fn entry<'s>(key: &'static str, value: Node<'s>) -> Entry<'s> {
    Entry {
        key: Spanned::new(Cow::Borrowed(key), value.span),
        value,
    }
}

fn plain<'s>(cell: Text<'s>) -> Node<'s> {
    Node {
        span: cell.span,
        value: Value::Plain(cell.value),
    }
}

fn or_nothing<'s>(cell: Text<'s>) -> Node<'s> {
    if cell.value.is_empty() {
        Node {
            span: cell.span,
            value: Value::Empty,
        }
    } else {
        plain(cell)
    }
}

/// A cell with JSON in it; `None` where it is empty.
fn json<'s>(
    cell: Text<'s>,
    sources: &'s SourceMap,
    findings: &mut Diagnostics,
) -> Option<Node<'s>> {
    if cell.value.trim().is_empty() {
        return None;
    }
    let written = sources.text(cell.span);
    let quotes = usize::from(written.starts_with('"'));
    let range = cell.span.range().start + quotes..cell.span.range().end - quotes;
    let node = syntax::read_json_part(sources, cell.span.origin, range, findings);
    Some(node.unwrap_or(Node {
        span: cell.span,
        value: Value::Broken,
    }))
}

/// The rows of a table with the place of every cell.
struct Rows<'s> {
    text: &'s str,
    origin: Origin,
    reader: csv_core::Reader,
    at: usize,
    /// The next cell is the first of a row.
    at_row: bool,
    delimiter: u8,
    /// Where the quotes of a cell of the row that was read go wrong, and whether there
    /// is text behind the closing one.
    misquoted: Option<(Span, bool)>,
}

impl<'s> Rows<'s> {
    fn new(text: &'s str, origin: Origin, delimiter: u8) -> Self {
        let at = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Rows {
            text,
            origin,
            reader,
            at,
            at_row: true,
            delimiter,
            misquoted: None,
        }
    }

    /// The next cell and whether it is the last of its row.
    fn cell(&mut self) -> Option<(Text<'s>, bool)> {
        let bytes = self.text.as_bytes();
        let mut out = Vec::new();
        let mut buffer = [0; 1024];
        let mut start = self.at;
        let is_first = std::mem::replace(&mut self.at_row, false);
        loop {
            let (result, read, written) = self.reader.read_field(&bytes[self.at..], &mut buffer);
            self.at += read;
            out.extend_from_slice(&buffer[..written]);
            match result {
                csv_core::ReadFieldResult::Field { record_end } => {
                    // The reader skips line breaks in front of a row; they are no part of a cell.
                    while is_first && start < self.at && matches!(bytes[start], b'\n' | b'\r') {
                        start += 1;
                    }
                    self.at_row = record_end;
                    self.misquoted = self.misquoted.or(self.misquoted_from(start));
                    return Some((self.text_of(start, out), record_end));
                }
                csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
                csv_core::ReadFieldResult::End => return None,
            }
        }
    }

    /// Where the quotes of the cell from `start` up to here go wrong: the quote that is
    /// never closed, or the text behind the closing one.
    fn misquoted_from(&self, start: usize) -> Option<(Span, bool)> {
        let raw = &self.text[start..self.at];
        if !raw.starts_with('"') {
            return None;
        }
        let Some(close) = closing_quote(raw) else {
            return Some((Span::new(self.origin, start, start + 1), false));
        };
        let rest = raw
            .get(close + 1..)
            .unwrap_or_default()
            .trim_end_matches(['\n', '\r']);
        let rest = rest
            .strip_suffix(char::from(self.delimiter))
            .unwrap_or(rest);
        let behind = start + close + 1;
        (!rest.is_empty()).then(|| (Span::new(self.origin, behind, behind + rest.len()), true))
    }

    /// The cell that was read from `start` up to here, its delimiter behind it.
    fn text_of(&self, start: usize, content: Vec<u8>) -> Text<'s> {
        let raw = &self.text[start..self.at];
        let quoted = raw.starts_with('"');
        let written = if quoted {
            &raw[..closing_quote(raw).map_or(raw.len(), |at| at + 1)]
        } else {
            let raw = raw.strip_suffix(['\n']).unwrap_or(raw);
            let raw = raw.strip_suffix(['\r']).unwrap_or(raw);
            let content_length = content.len().min(raw.len());
            raw.get(..content_length).unwrap_or(raw)
        };
        let span = Span::new(self.origin, start, start + written.len());
        let inner = if quoted {
            written.trim_matches('"')
        } else {
            written
        };
        if inner.as_bytes() == content {
            return Spanned::new(Cow::Borrowed(inner), span);
        }
        Spanned::new(
            Cow::Owned(String::from_utf8_lossy(&content).into_owned()),
            span,
        )
    }
}

/// Where the quote at the start of a cell is closed, in bytes from its start.
fn closing_quote(raw: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += raw.get(at..)?.find('"')?;
        if raw.as_bytes().get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

impl<'s> Iterator for Rows<'s> {
    type Item = Vec<Text<'s>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = Vec::new();
        loop {
            let (cell, is_last) = self.cell()?;
            row.push(cell);
            if is_last {
                return Some(row);
            }
        }
    }
}
