//! CSV and TSV as samples: a header that names columns, one sample a row.
//!
//! Columns: `input` or `input_0`, `input_1` ...; `input_0.numbers` and
//! `input_0.number_lists` as JSON, likewise for `output`; `output`, or
//! `output.LABEL` for each label; `final`; `value`. A cell is text as it is.

use super::rows::{Rows, delimiter_named_in};
use crate::diagnostics::{Diagnostics, duplicate_key, missing_key, nearest, unknown_key};
use crate::source::{Origin, SourceMap, Span, Spanned, Text};
use crate::syntax;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Entry, Node, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

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

/// A table of samples, of which the header has been read.
#[derive(Debug)]
pub struct Table<'s> {
    sources: &'s SourceMap,
    shape: Shape<'s>,
    rows: Rows<'s>,
    /// The first column that holds the output or a label of it.
    pub output: Text<'s>,
    /// Whether every label has a column.
    pub has_labels: bool,
    /// Whether all rows could be told apart so far; else nobody knows how many there are.
    pub is_whole: bool,
}

/// The table of a text; `None` if its header cannot be used.
pub fn table<'s>(
    sources: &'s SourceMap,
    origin: Origin,
    delimiter: u8,
    findings: &mut Diagnostics,
) -> Option<Table<'s>> {
    let text = sources.whole(origin);
    let delimiter = delimiter_named_in(text).unwrap_or(delimiter);
    let mut rows = Rows::new(text, origin, delimiter);
    let Some(header) = rows.next() else {
        findings.push(missing_key::no_samples(Span::new(origin, 0, 0)));
        return None;
    };
    if let Some(fault) = header.fault(header.cells.len()) {
        findings.push(fault);
        return None;
    }
    let header = header.cells;
    let columns = columns(&header, findings)?;
    let is_output = |holds: &Holds<'_>| {
        let column = holds.column();
        matches!(column, Some(Column::Output(_) | Column::Label(_)))
    };
    let output = header.get(columns.iter().position(is_output)?)?.clone();
    let has_labels = columns
        .iter()
        .any(|holds| matches!(holds.column(), Some(Column::Label(_))));
    let shape = Shape {
        // A label is a key, and the keys of a table stand in its header.
        places: header
            .iter()
            .map(|name| label_place(name, sources))
            .collect(),
        columns,
        has_labels,
    };
    Some(Table {
        sources,
        shape,
        rows,
        output,
        has_labels,
        is_whole: true,
    })
}

impl<'s> Table<'s> {
    /// The next sample; `Some(None)` for a row that is none, which is reported.
    pub fn next(&mut self, findings: &mut Diagnostics) -> Option<Option<Item<'s>>> {
        let row = self.rows.next()?;
        self.is_whole &= !row.holds_all_behind();
        if let Some(fault) = row.fault(self.shape.columns.len()) {
            findings.push(fault);
            return Some(None);
        }
        let span = row.span()?;
        let sample = self.shape.sample(self.sources, row.cells, span, findings);
        Some(Some(sample))
    }
}

/// What the cells of a column are.
#[derive(Clone, Debug)]
enum Holds<'s> {
    /// What its name says.
    Named(Column<'s>),
    /// What its name was meant to say, which is reported; its cells count as written, but
    /// unknown.
    Meant(Column<'s>),
    /// Nobody knows, which is reported.
    Unknown,
}

impl<'s> Holds<'s> {
    fn column(&self) -> Option<&Column<'s>> {
        match self {
            Holds::Named(column) | Holds::Meant(column) => Some(column),
            Holds::Unknown => None,
        }
    }
}

/// What the header says of the rows.
#[derive(Debug)]
struct Shape<'s> {
    columns: Vec<Holds<'s>>,
    /// Where each column is named; of a label, the label alone.
    places: Vec<Span>,
    has_labels: bool,
}

fn columns<'s>(header: &[Text<'s>], findings: &mut Diagnostics) -> Option<Vec<Holds<'s>>> {
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
    let given: HashSet<Column<'_>> = header
        .iter()
        .filter_map(|name| column(&name.value))
        .collect();
    let is_absent = |known: &&str| column(known).is_none_or(|known| !given.contains(&known));
    let absent: Vec<&str> = KNOWN.into_iter().filter(is_absent).collect();
    for name in header {
        columns.push(match column(&name.value) {
            None => {
                findings.push(unknown_key::diagnostic(name, &absent, &KNOWN));
                let near = nearest(&name.value, absent.iter().copied());
                match near.and_then(|near| column(near.name)) {
                    None | Some(Column::Label(_)) => Holds::Unknown,
                    Some(meant) => Holds::Meant(meant),
                }
            }
            Some(column) => {
                if let Some(first) = seen.insert(column.clone(), name.span) {
                    findings.push(duplicate_key::diagnostic(
                        &name.value,
                        name.span,
                        Some(first),
                    ));
                }
                Holds::Named(column)
            }
        });
    }
    let first = header.first()?.span;
    let has =
        |wanted: &dyn Fn(&Column<'_>) -> bool| columns.iter().filter_map(Holds::column).any(wanted);
    if !has(&|column| matches!(column, Column::Input(..))) {
        findings.push(missing_key::diagnostic(first, "input"));
        return None;
    }
    let inputs = columns.iter().filter_map(Holds::column);
    let inputs = inputs.filter_map(|column| match column {
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
    let place = |is_such: &dyn Fn(&Column<'_>) -> bool| {
        let mut all = columns.iter().zip(header);
        all.find_map(|(holds, name)| {
            holds
                .column()
                .filter(|column| is_such(column))
                .map(|_| name)
        })
    };
    let whole = place(&|column| matches!(column, Column::Output(_)));
    let label = place(&|column| matches!(column, Column::Label(_)));
    if let (Some(whole), Some(label)) = (whole, label) {
        findings.push(duplicate_key::output_and_label(whole, label));
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

impl<'s> Shape<'s> {
    /// A row as the map that a sample is in other notations.
    fn sample(
        &self,
        sources: &'s SourceMap,
        row: Vec<Text<'s>>,
        span: Span,
        findings: &mut Diagnostics,
    ) -> Item<'s> {
        let mut inputs: Vec<Parts<'s>> = Vec::new();
        let mut output = Parts::default();
        let mut labels = Vec::new();
        let mut rest = Vec::new();
        for ((holds, place), cell) in self.columns.iter().zip(&self.places).zip(row) {
            let (Holds::Named(column) | Holds::Meant(column)) = holds else {
                continue;
            };
            let is_meant = matches!(holds, Holds::Meant(_));
            let unknown = is_meant.then(|| broken(&cell));
            match column {
                Column::Input(index, part) => {
                    if inputs.len() <= *index {
                        inputs.resize_with(index + 1, Parts::default);
                    }
                    let node = unknown.or_else(|| part.node(cell, sources, findings));
                    inputs[*index].put(*part, node);
                }
                Column::Output(part) => {
                    output.put(
                        *part,
                        unknown.or_else(|| part.node(cell, sources, findings)),
                    );
                }
                Column::Label(_) if cell.value.is_empty() => {}
                Column::Label(label) => labels.push(Entry {
                    key: Spanned::new(label.clone(), *place),
                    value: plain(cell),
                }),
                Column::Final | Column::Value => {
                    let key = match column {
                        Column::Final => "final",
                        _ => "value",
                    };
                    let node = unknown.unwrap_or_else(|| or_nothing(cell));
                    rest.push(entry(key, *place, node));
                }
            }
        }
        let output = if self.has_labels {
            Node {
                span,
                value: Value::Map(labels),
            }
        } else {
            output.node(span)
        };
        let inputs = Node {
            span,
            value: Value::List(inputs.into_iter().map(|parts| parts.node(span)).collect()),
        };
        let mut entries = vec![
            entry("input", span, inputs),
            entry("output", output.span, output),
        ];
        entries.extend(rest);
        Item::of(Node {
            span,
            value: Value::Map(entries),
        })
    }
}

impl Part {
    /// A cell as what it is in other notations; `None` if that may be left out and is.
    fn node<'s>(
        self,
        cell: Text<'s>,
        sources: &'s SourceMap,
        findings: &mut Diagnostics,
    ) -> Option<Node<'s>> {
        match self {
            Part::Text => Some(plain(cell)),
            Part::Numbers | Part::NumberLists => json(cell, sources, findings),
        }
    }
}

/// The cells of one snippet.
#[derive(Default)]
struct Parts<'s> {
    text: Option<Node<'s>>,
    numbers: Option<Node<'s>>,
    number_lists: Option<Node<'s>>,
}

impl<'s> Parts<'s> {
    fn put(&mut self, part: Part, node: Option<Node<'s>>) {
        match part {
            Part::Text => self.text = node,
            Part::Numbers => self.numbers = node,
            Part::NumberLists => self.number_lists = node,
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
        let mut entries = vec![entry("string", span, text)];
        let numbers = self.numbers.map(|node| entry("numbers", node.span, node));
        let lists = self
            .number_lists
            .map(|node| entry("number_lists", node.span, node));
        entries.extend(numbers.into_iter().chain(lists));
        Node {
            span,
            value: Value::Map(entries),
        }
    }
}

fn entry<'s>(key: &'static str, place: Span, value: Node<'s>) -> Entry<'s> {
    Entry {
        key: Spanned::new(Cow::Borrowed(key), place),
        value,
    }
}

fn plain<'s>(cell: Text<'s>) -> Node<'s> {
    Node {
        span: cell.span,
        value: Value::Plain(cell.value),
    }
}

fn broken<'s>(cell: &Text<'s>) -> Node<'s> {
    Node {
        span: cell.span,
        value: Value::Broken,
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
