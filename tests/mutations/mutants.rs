//! From a text to its mutants: one place changed in each, found by the spans of the tree.

use mtp::diagnostics::Diagnostics;
use mtp::source::SourceMap;
use mtp::syntax::tree::{Entry, Node, Notation, Value};
use mtp::syntax::{Limits, read, read_json_part};
use std::ops::Range;

/// A text with one place changed.
pub(crate) struct Mutant {
    /// What was done, such as `removed`.
    pub(crate) mutation: &'static str,
    /// To what, such as `tokens.*.min`.
    pub(crate) pattern: String,
    /// The whole text.
    pub(crate) text: String,
    /// Where in it an error touches the change.
    pub(crate) marks: Vec<Range<usize>>,
    /// Something was taken away, so that its owner is to blame.
    pub(crate) removal: bool,
    /// The beginning of the change, and where.
    pub(crate) shown: String,
}

/// A replacement of some bytes.
type Edit = (Range<usize>, String);

/// All mutants of a file.
pub(crate) fn of(file: &str, text: &str) -> Vec<Mutant> {
    let (_, ending) = file.rsplit_once('.').expect("a file with an ending");
    let sources = SourceMap::default();
    let origin = sources.add(file, text.to_owned());
    let mut findings = Diagnostics::default();
    let notation = if ending == "jsonl" {
        Some(Notation::Json)
    } else {
        Notation::of_path(file)
    };
    let mut maker = Maker {
        text,
        notation: notation.unwrap_or(Notation::Json),
        headers: Vec::new(),
        made: Vec::new(),
    };
    match ending {
        "csv" => maker.table(),
        "jsonl" => {
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                let range = start..start + line.trim_end().len();
                start += line.len();
                let node = read_json_part(&sources, origin, range.clone(), &mut findings)
                    .expect("a line of JSON");
                let place = Place {
                    pattern: "basic.samples[]".to_owned(),
                    ..Place::default()
                };
                maker.make(
                    "removed",
                    &place,
                    vec![(range.start..start, String::new())],
                    &[],
                );
                maker.make(
                    "duplicated",
                    &place,
                    vec![(start..start, line.to_owned())],
                    &[range],
                );
                maker.node(&node, &place, true);
            }
        }
        _ => {
            let document = read(
                &sources,
                origin,
                maker.notation,
                &Limits::default(),
                &mut findings,
            );
            let root = document.root.expect("a document");
            maker.headers = headers(text, maker.notation);
            if maker.notation != Notation::Toml {
                let place = Place {
                    pattern: "root".to_owned(),
                    ..Place::default()
                };
                maker.retyped(&root, &place, false);
            }
            maker.node(&root, &Place::default(), maker.notation == Notation::Json);
        }
    }
    assert!(
        findings.iter().next().is_none(),
        "{file} is no good document"
    );
    maker.made
}

/// A header of TOML: its path, and the bytes to the next one.
struct Header {
    path: Vec<String>,
    line: Range<usize>,
    all: Range<usize>,
}

fn headers(text: &str, notation: Notation) -> Vec<Header> {
    let mut found: Vec<Header> = Vec::new();
    let mut at = 0;
    for line in text
        .split_inclusive('\n')
        .filter(|_| notation == Notation::Toml)
    {
        if line.starts_with('[') {
            let path = line
                .trim()
                .trim_matches(['[', ']'])
                .split('.')
                .map(str::to_owned)
                .collect();
            if let Some(last) = found.last_mut() {
                last.all.end = at;
            }
            found.push(Header {
                path,
                line: at..at + line.trim_end().len(),
                all: at..text.len(),
            });
        }
        at += line.len();
    }
    found
}

/// Where a node stands.
#[derive(Clone, Default)]
struct Place {
    pattern: String,
    /// The keys from the top, for TOML's headers.
    path: Vec<String>,
    /// Its own key.
    key: Option<Range<usize>>,
    /// Who is to blame for what is missing in it.
    owners: Vec<Range<usize>>,
}

struct Maker<'t> {
    text: &'t str,
    notation: Notation,
    headers: Vec<Header>,
    made: Vec<Mutant>,
}

impl Maker<'_> {
    /// Makes a mutant; `marks` are places of the old text that belong to the change.
    fn make(
        &mut self,
        mutation: &'static str,
        place: &Place,
        edits: Vec<Edit>,
        marks: &[Range<usize>],
    ) {
        let removal = matches!(mutation, "removed" | "emptied" | "to-nothing");
        let mut text = self.text.to_owned();
        let mut edits = edits;
        edits.sort_by_key(|(range, _)| range.start);
        for (range, with) in edits.iter().rev() {
            text.replace_range(range.clone(), with);
        }
        if text == self.text {
            return;
        }
        let moved = |at: usize| {
            let before = edits.iter().filter(|(range, _)| range.end <= at);
            before.fold(at, |at, (range, with)| at + with.len() - range.len())
        };
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut shift = 0isize;
        for (range, with) in &edits {
            let start = range
                .start
                .checked_add_signed(shift)
                .expect("a place in the text");
            all.push(start..start + with.len());
            shift += with.len() as isize - range.len() as isize;
        }
        let owners = place.owners.iter().filter(|_| removal);
        for mark in marks.iter().chain(owners).chain(&place.key) {
            if !edits
                .iter()
                .any(|(range, _)| range.start < mark.end && mark.start < range.end)
            {
                // An insertion at the end of a mark is none of it.
                let end = moved(mark.start) + mark.len();
                all.push(moved(mark.start)..end);
            }
        }
        let at = edits[0].0.start;
        let line = self.text[..at].matches('\n').count() + 1;
        let shown: String = edits[0].1.chars().take(24).collect();
        let was: String = self.text[edits[0].0.clone()].chars().take(24).collect();
        let shown = format!("{line}: {was:?} → {shown:?}");
        self.made.push(Mutant {
            mutation,
            pattern: place.pattern.clone(),
            text,
            marks: all,
            removal,
            shown,
        });
    }

    /// Breaks what a collection holds.
    fn node(&mut self, node: &Node<'_>, place: &Place, flow: bool) {
        let flow =
            flow || self.text[node.span.range()].starts_with(['{', '[']) && !self.headed(node);
        match &node.value {
            Value::Map(entries) => self.map(node, entries, place, flow),
            Value::List(items) => self.list(node, items, place, flow),
            _ => {}
        }
    }

    /// Whether a node of TOML is made of headers.
    fn headed(&self, node: &Node<'_>) -> bool {
        self.notation == Notation::Toml
            && match &node.value {
                Value::Map(_) => !self.text[node.span.range()].starts_with('{'),
                Value::List(items) => items
                    .iter()
                    .any(|item| matches!(item.value, Value::Map(_)) && self.headed(item)),
                _ => false,
            }
    }

    fn map(&mut self, node: &Node<'_>, entries: &[Entry<'_>], place: &Place, flow: bool) {
        let kind = entries.iter().find(|entry| entry.key.value == "type");
        let kind = kind.map_or("basic".to_owned(), |entry| {
            self.text[entry.value.span.range()]
                .trim_matches('"')
                .to_owned()
        });
        for (at, entry) in entries.iter().enumerate() {
            let key = entry.key.span.range();
            let inner = self.inner(node, place, entry, &kind);
            let whole = key.start..self.end_of(entry);
            if self.headed(&entry.value) {
                self.header(&inner, &key);
            } else {
                let line = self.notation == Notation::Toml && !flow;
                let removed = match (
                    entries.get(at + 1),
                    at.checked_sub(1).and_then(|at| entries.get(at)),
                ) {
                    _ if line => (self.lines(&whole), String::new()),
                    (Some(next), _) => (key.start..next.key.span.range().start, String::new()),
                    (None, Some(last)) => (self.end_of(last)..whole.end, String::new()),
                    (None, None) if flow => (node.span.range(), "{}".to_owned()),
                    (None, None) => (whole.clone(), String::new()),
                };
                let lost = Place {
                    owners: inner.owners.clone(),
                    ..inner.clone()
                };
                self.make("removed", &lost, vec![removed], &[]);
                let copy = match (line, flow) {
                    (true, _) => (
                        self.lines(&whole).end..self.lines(&whole).end,
                        format!("{}\n", &self.text[whole.clone()]),
                    ),
                    (_, true) => (
                        whole.end..whole.end,
                        format!(", {}", &self.text[whole.clone()]),
                    ),
                    _ => (
                        whole.end..whole.end,
                        format!(
                            "\n{}{}",
                            " ".repeat(self.column(key.start)),
                            &self.text[whole.clone()]
                        ),
                    ),
                };
                self.make("duplicated", &inner, vec![copy], &[]);
                for (mutation, with) in self.renamed(&key) {
                    let place = Place {
                        key: None,
                        ..inner.clone()
                    };
                    self.make(mutation, &place, vec![(key.clone(), with)], &[]);
                }
                self.retyped(&entry.value, &inner, flow);
            }
            self.node(&entry.value, &inner, flow);
        }
    }

    fn list(&mut self, node: &Node<'_>, items: &[Node<'_>], place: &Place, flow: bool) {
        for (at, item) in items.iter().enumerate() {
            let range = item.span.range();
            let mut inner = Place {
                pattern: format!("{}[]", place.pattern),
                key: None,
                ..place.clone()
            };
            inner.owners.extend(place.key.clone());
            if self.headed(item) {
                let headers: Vec<_> = self
                    .headers
                    .iter()
                    .filter(|header| header.path == place.path)
                    .collect();
                let all = headers[at].all.clone();
                let copy = self.text[all.clone()].trim_end().to_owned() + "\n\n";
                self.make("removed", &inner, vec![(all.clone(), String::new())], &[]);
                self.make("duplicated", &inner, vec![(all.end..all.end, copy)], &[]);
            } else {
                let removed = match (
                    items.get(at + 1),
                    at.checked_sub(1).and_then(|at| items.get(at)),
                ) {
                    (Some(next), _) => (range.start..next.span.range().start, String::new()),
                    (None, Some(last)) => (last.span.range().end..range.end, String::new()),
                    (None, None) => (
                        node.span.range(),
                        if flow { "[]".to_owned() } else { String::new() },
                    ),
                };
                self.make("removed", &inner, vec![removed], &[]);
                let written = &self.text[range.clone()];
                let copy = match flow {
                    true => format!(", {written}"),
                    false => format!("\n{}- {written}", " ".repeat(self.column(range.start) - 2)),
                };
                self.make(
                    "duplicated",
                    &inner,
                    vec![(range.end..range.end, copy)],
                    std::slice::from_ref(&range),
                );
                self.retyped(item, &inner, flow);
            }
            let mut below = inner.clone();
            below.owners.push(range.start..range.start + 1);
            self.node(item, &below, flow);
        }
    }

    /// The place of an entry's value.
    fn inner(&self, node: &Node<'_>, place: &Place, entry: &Entry<'_>, kind: &str) -> Place {
        const NAMED: [&str; 4] = ["tokens", "token_sets", "guardrails", "instructions"];
        let parent = place.pattern.as_str();
        let named = NAMED.contains(&parent)
            || [
                ".guardrails",
                ".states",
                "multi_classifier.samples[].output",
            ]
            .iter()
            .any(|end| parent.ends_with(end));
        let name = entry.key.value.as_ref();
        let pattern = match parent {
            "" => name.to_owned(),
            // What an instruction may hold depends on its type.
            "instructions.*" => format!("{kind}.{name}"),
            _ if named => format!("{parent}.*"),
            _ => format!("{parent}.{name}"),
        };
        let mut path = place.path.clone();
        path.push(name.to_owned());
        let mut owners = place.owners.clone();
        owners.extend(place.key.clone());
        if parent.is_empty() {
            owners.extend(first_key(node));
        }
        Place {
            pattern,
            path,
            key: Some(entry.key.span.range()),
            owners,
        }
    }

    /// Breaks a table or list that is written with headers.
    fn header(&mut self, place: &Place, key: &Range<usize>) {
        let below: Vec<_> = self
            .headers
            .iter()
            .filter(|header| header.path.starts_with(&place.path))
            .collect();
        let (Some(first), Some(last)) = (below.first(), below.last()) else {
            return;
        };
        let all = first.all.start..last.all.end;
        // A header of a list is an item; a second list cannot be told from one.
        let is_table = !self.text[first.line.clone()].starts_with("[[");
        let doubled = is_table && below.iter().any(|header| header.path == place.path);
        let depth = place.path.len() - 1;
        let names: Vec<Range<usize>> = below
            .iter()
            .map(|header| {
                let brackets = self.text[header.line.clone()]
                    .bytes()
                    .take_while(|byte| *byte == b'[')
                    .count();
                let before: usize = header.path[..depth].iter().map(|part| part.len() + 1).sum();
                let start = header.line.start + brackets + before;
                start..start + header.path[depth].len()
            })
            .collect();
        let copy = self.text[all.clone()].trim_end().to_owned() + "\n\n";
        let whole = Place {
            key: None,
            ..place.clone()
        };
        self.make("removed", &whole, vec![(all.clone(), String::new())], &[]);
        if doubled {
            self.make("duplicated", place, vec![(all.end..all.end, copy)], &[]);
        }
        for (mutation, with) in self.renamed(key) {
            let edits = names
                .iter()
                .map(|name| (name.clone(), with.clone()))
                .collect();
            self.make(mutation, &whole, edits, &[]);
        }
    }

    /// The ways to rename what is written at `key`, quotes and all.
    fn renamed(&self, key: &Range<usize>) -> Vec<(&'static str, String)> {
        let written = &self.text[key.clone()];
        let quotes = usize::from(written.starts_with(['"', '\'']));
        let inside = &written[quotes..written.len() - quotes];
        let (open, close) = (&written[..quotes], &written[written.len() - quotes..]);
        let mut all = vec![
            ("key-lengthened", format!("{open}{inside}q{close}")),
            ("key-emptied", "\"\"".to_owned()),
        ];
        all.extend(changed(inside).map(|inside| ("key-changed", format!("{open}{inside}{close}"))));
        all
    }

    /// Puts something else in the place of a value.
    fn retyped(&mut self, node: &Node<'_>, place: &Place, flow: bool) {
        if self.headed(node) {
            return;
        }
        let range = node.span.range();
        let written = self.text[range.clone()].to_owned();
        let is_number = match &node.value {
            Value::Number(_) => true,
            Value::Plain(text) => text.parse::<f64>().is_ok(),
            _ => false,
        };
        let (is_list, is_map) = (
            matches!(node.value, Value::List(_)),
            matches!(node.value, Value::Map(_)),
        );
        let is_text = !is_number && matches!(node.value, Value::Text(_) | Value::Plain(_));
        let map = if self.notation == Notation::Toml {
            "{ Zq = \"Zq\" }"
        } else {
            "{\"Zq\": \"Zq\"}"
        };
        let mut all: Vec<(&'static str, String)> = vec![("to-bool", "true".to_owned())];
        match self.notation {
            Notation::Json => all.push(("to-nothing", "null".to_owned())),
            Notation::Yaml if place.key.is_some() || !flow => {
                all.push(("to-nothing", String::new()))
            }
            _ => {}
        }
        let mut add =
            |wanted: bool, name, with: &str| all.extend(wanted.then(|| (name, with.to_owned())));
        add(!is_number, "to-number", "7");
        add(!is_text, "to-text", "\"Zq\"");
        add(!is_list, "to-list", "[\"Zq\"]");
        add(!is_map, "to-map", map);
        add(is_list, "emptied", "[]");
        add(is_map, "emptied", "{}");
        add(is_text, "emptied", "\"\"");
        if is_number {
            for (name, with) in [
                ("to-zero", "0"),
                ("to-negative", "-1"),
                ("to-fraction", "2.5"),
                ("to-large", "1000001"),
                (
                    "to-beyond",
                    "99999999999999999999999999999999999999999999999",
                ),
                ("to-infinite", "1e400"),
            ] {
                add(true, name, with);
            }
            if let Ok(number) = written.parse::<i64>() {
                add(true, "one-more", &(number + 1).to_string());
                add(true, "one-less", &(number - 1).to_string());
            }
        }
        if is_text {
            let quotes = usize::from(written.starts_with(['"', '\'']));
            let (body, close) = written.split_at(written.len() - quotes);
            add(true, "lengthened", &format!("{body}q{close}"));
            if let Some(body) = changed(&body[quotes..]) {
                add(
                    true,
                    "changed",
                    &format!("{}{body}{close}", &written[..quotes]),
                );
            }
        }
        for (mutation, with) in all {
            self.make(mutation, place, vec![(range.clone(), with)], &[]);
        }
    }

    /// The end of an entry, also of one without a value.
    fn end_of(&self, entry: &Entry<'_>) -> usize {
        let (key, value) = (entry.key.span.range().end, entry.value.span.range().end);
        match entry.value.value {
            Value::Empty => self.text[key..].find(':').map_or(key, |at| key + at + 1),
            _ => value,
        }
    }

    /// The whole lines of a range.
    fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[range.end..]
            .find('\n')
            .map_or(self.text.len(), |at| range.end + at + 1);
        start..end
    }

    /// The number of characters before a place in its line.
    fn column(&self, at: usize) -> usize {
        let start = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        self.text[start..at].chars().count()
    }

    /// Breaks the header, rows, columns and cells of a CSV file.
    fn table(&mut self) {
        let rows = rows(self.text);
        let header: Vec<String> = rows[0]
            .iter()
            .map(|cell| self.text[cell.clone()].to_owned())
            .collect();
        for (number, row) in rows.iter().enumerate() {
            let whole = self.lines(&(row[0].start..row[row.len() - 1].end));
            let pattern = if number == 0 { "csv.header" } else { "csv.row" };
            let place = Place {
                pattern: pattern.to_owned(),
                owners: vec![0..rows[0][3].end],
                ..Place::default()
            };
            let copy = self.text[whole.clone()].to_owned();
            self.make("removed", &place, vec![(whole.clone(), String::new())], &[]);
            self.make(
                "duplicated",
                &place,
                vec![(whole.end..whole.end, copy)],
                &[],
            );
            for (at, cell) in row.iter().enumerate() {
                let kind = if number == 0 { "csv.header" } else { "csv" };
                let place = Place {
                    pattern: format!("{kind}.{}", header[at]),
                    ..Place::default()
                };
                let place = Place {
                    owners: vec![row[0].start..row[row.len() - 1].end],
                    ..place
                };
                let written = &self.text[cell.clone()];
                let quotes = usize::from(written.starts_with('"'));
                let (body, close) = written.split_at(written.len() - quotes);
                let (lengthened, body) = (format!("{body}q{close}"), changed(&body[quotes..]));
                let body = body.map(|body| format!("{}{body}{close}", &written[..quotes]));
                let removed = if at == 0 {
                    cell.start..row[1].start
                } else {
                    row[at - 1].end..cell.end
                };
                let copy = (cell.end..cell.end, format!(",{written}"));
                self.make(
                    "removed",
                    &place,
                    vec![(removed, String::new())],
                    std::slice::from_ref(&(row[0].start..row[row.len() - 1].end)),
                );
                self.make("duplicated", &place, vec![copy], &[row[0].clone()]);
                let mut all = vec![("lengthened", lengthened), ("emptied", String::new())];
                all.extend(body.map(|body| ("changed", body)));
                all.extend(
                    [
                        ("to-number", "7"),
                        ("to-negative", "-1"),
                        ("to-large", "1000001"),
                        ("to-text", "Zq"),
                        ("to-list", "[1]"),
                    ]
                    .map(|(name, with)| (name, with.to_owned())),
                );
                for (mutation, with) in all {
                    self.make(mutation, &place, vec![(cell.clone(), with)], &[]);
                }
            }
        }
        for at in 0..header.len() {
            let place = Place {
                pattern: format!("csv.column.{}", header[at]),
                ..Place::default()
            };
            let removed = |row: &Vec<Range<usize>>| {
                if at == 0 {
                    row[0].start..row[1].start
                } else {
                    row[at - 1].end..row[at].end
                }
            };
            let edits = rows
                .iter()
                .map(|row| (removed(row), String::new()))
                .collect();
            self.make(
                "removed",
                &place,
                edits,
                &[rows[0][0].start..rows[0][0].start],
            );
            let copy = |row: &Vec<Range<usize>>| {
                (
                    row[at].end..row[at].end,
                    format!(",{}", &self.text[row[at].clone()]),
                )
            };
            let edits = rows.iter().map(copy).collect();
            self.make("duplicated", &place, edits, &[]);
        }
    }
}

fn first_key(node: &Node<'_>) -> Option<Range<usize>> {
    match &node.value {
        Value::Map(entries) => entries.first().map(|entry| entry.key.span.range()),
        _ => None,
    }
}

/// The text with its last letter changed; `None` if it has none.
fn changed(text: &str) -> Option<String> {
    let (at, last) = text
        .char_indices()
        .rev()
        .find(|(_, c)| c.is_alphanumeric() || !c.is_ascii())?;
    let with = match last {
        'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(last) + 1)?,
        '0'..='8' => char::from_u32(u32::from(last) + 1)?,
        c if c.is_ascii() => 'b',
        _ => '🦊',
    };
    Some(format!(
        "{}{with}{}",
        &text[..at],
        &text[at + last.len_utf8()..]
    ))
}

/// The cells of a table by rows.
fn rows(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut rows = vec![Vec::new()];
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => {
                rows.last_mut().expect("a row").push(start..at);
                start = at + 1;
                if c == '\n' {
                    rows.push(Vec::new());
                }
            }
            _ => {}
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}
