//! What a text is and where in it the cursor stands: a spec, the settings of a project, a file
//! of samples, or something that is not ours and of which there is nothing to say.

use super::cursor::{self, Cursor};
use super::documents::Document;
use super::readable;
use super::schema::{Language, Step};
use super::siblings::{self, Written};
use crate::source::SourceMap;
use crate::syntax::tree::{Notation, Value};

/// A place in a text.
pub(super) struct Place {
    pub(super) language: Language,
    pub(super) notation: Notation,
    pub(super) cursor: Cursor,
    /// What is written at each step of the way, where a key may stand.
    pub(super) written: Vec<Written>,
}

/// The place of a byte; none in a text that is not ours.
pub(super) fn at(document: &Document, offset: usize) -> Option<Place> {
    if let Some(place) = in_line(document, offset) {
        return Some(place);
    }
    let (text, notation) = (&document.text, document.notation());
    let cursor = cursor::at(text, offset, notation);
    let is_key = cursor.is_key && !cursor.is_header && !cursor.is_comment;
    let written = match is_key && !document.is_too_large() {
        true => siblings::written(text, &cursor, offset, notation),
        false => Vec::new(),
    };
    let language = language(document, written.first(), offset)?;
    Some(Place {
        language,
        notation,
        cursor,
        written,
    })
}

/// The place in a file that has a sample a line, each for itself.
fn in_line(document: &Document, offset: usize) -> Option<Place> {
    let ending = document.path.extension()?.to_str()?.to_ascii_lowercase();
    if ending != "jsonl" && ending != "ndjson" {
        return None;
    }
    let start = document.text.get(..offset)?.rfind('\n');
    let start = start.map_or(0, |at| at + 1);
    let line = document.text.get(start..)?.lines().next();
    let line = line.unwrap_or_default();
    let notation = Notation::Json;
    let mut cursor = cursor::at(line, offset - start, notation);
    let mut written = siblings::written(line, &cursor, offset - start, notation);
    cursor.start += start;
    cursor.path.insert(0, Step::Item);
    if !written.is_empty() {
        written.insert(0, Written::new());
    }
    Some(Place {
        language: Language::Samples,
        notation,
        cursor,
        written,
    })
}

/// What is written in a text. `top` is what is known to be written at its top, but for what
/// stands at the cursor.
fn language(document: &Document, top: Option<&Written>, offset: usize) -> Option<Language> {
    if super::is_project(&document.path) {
        return Some(Language::Project);
    }
    if document.is_too_large() {
        return Some(Language::Spec);
    }
    let text = &document.text;
    // Long ones are not read for that.
    if has_section(text, document.notation()) {
        return Some(Language::Spec);
    }
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(offset..).and_then(|rest| rest.find('\n'));
    let end = end.map_or(text.len(), |at| offset + at);
    let without = format!(
        "{}{}",
        text.get(..line).unwrap_or_default(),
        text.get(end..).unwrap_or_default()
    );
    let texts = [without.as_str(), text, &document.readable];
    let is_list = begins_a_list(text, document.notation());
    let top = match top.filter(|_| !is_list) {
        Some(top) => Top::Map(top.keys().cloned().collect()),
        None if is_list => Top::List,
        None => {
            let tops = texts.iter().map(|text| top_of(text, document.notation()));
            // Nothing can be read: most likely a spec that is begun.
            tops.flatten().next().unwrap_or(Top::Map(Vec::new()))
        }
    };
    let Top::Map(keys) = top else {
        return Some(Language::Samples);
    };
    let has = |key: &str| keys.iter().any(|written| written == key);
    if has("instructions") || has("tokens") {
        return Some(Language::Spec);
    }
    if has("samples") && keys.len() == 1 {
        return Some(Language::Samples);
    }
    let ours = Language::Spec.keys(&[], &[]);
    let is_ours = |key: &String| ours.iter().any(|(known, _)| key == known);
    keys.iter().all(is_ours).then_some(Language::Spec)
}

/// Whether a line at the top of a text begins what every spec or part of one has. Of JSON, lines
/// do not tell.
fn has_section(text: &str, notation: Notation) -> bool {
    let begins: &[&str] = match notation {
        Notation::Yaml => &["instructions:", "tokens:"],
        Notation::Toml => &["[instructions.", "[[instructions.", "[tokens]", "[tokens."],
        Notation::Json => &[],
    };
    let mut lines = text.lines();
    lines.any(|line| begins.iter().any(|begin| line.starts_with(begin)))
}

/// What stands at the top of a text.
enum Top {
    /// A map with these keys.
    Map(Vec<String>),
    List,
}

/// What stands at the top of a text, if it can be read and anything does.
fn top_of(text: &str, notation: Notation) -> Option<Top> {
    let sources = SourceMap::default();
    let (root, _) = readable::read(text, notation, &sources);
    match root?.value {
        Value::Map(entries) if !entries.is_empty() => {
            let keys = entries.iter().map(|entry| entry.key.value.to_string());
            Some(Top::Map(keys.collect()))
        }
        Value::List(_) => Some(Top::List),
        _ => None,
    }
}

/// Whether a text begins as a list does, complete or not.
fn begins_a_list(text: &str, notation: Notation) -> bool {
    let lines = text.lines().map(str::trim_end);
    let mut lines = lines.filter(|line| !line.trim().is_empty());
    match notation {
        Notation::Toml => false,
        Notation::Json => text.trim_start().starts_with('['),
        Notation::Yaml => {
            let first = lines.find(|line| *line != "---" && !line.trim_start().starts_with('#'));
            let first = first.unwrap_or_default();
            first == "-" || first.starts_with("- ") || first.starts_with('[')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, at};
    use crate::lsp::documents::Document;
    use std::path::PathBuf;

    #[test]
    fn a_text_is_told_by_what_stands_at_its_top() {
        let (spec, samples) = (Some(Language::Spec), Some(Language::Samples));
        let cases = [
            ("a.yaml", "^", spec),
            ("a.yaml", "in^", spec),
            ("a.yaml", "name: x\n^", spec),
            ("a.yaml", "tokens: [\n^", spec),
            ("a.yaml", "tokens:\nfoo: 1\n^", spec),
            ("a.yaml", "version: 3\nservices:\n  web:\n    ^", None),
            ("a.yaml", "version: 3\n^", None),
            ("a.yaml", "version: 3\nx: [^", None),
            (
                "package.json",
                "{\"name\": \"x\", \"version\": \"1\", \"^\"}",
                None,
            ),
            ("package.json", "{\n  \"version\": \"1\",\n  \"^\n}", None),
            ("a.json", "{\"^\"}", spec),
            ("Cargo.toml", "^\n[package]\nname = \"x\"\n", None),
            ("Cargo.toml", "[package]\nname = \"x\"\n[^", None),
            ("a.toml", "name = \"x\"\n[^", spec),
            ("a.toml", "[[samples]]\n^", samples),
            ("a.jsonl", "{\"^", samples),
            ("a.yaml", "# x\n- input: [a]\n  ^", samples),
            ("a.yaml", "samples:\n  - { ^", samples),
            ("a.json", "[{\"^", samples),
        ];
        for (name, text, wanted) in cases {
            let offset = text.find('^').unwrap_or(text.len());
            let uri = "file:///x".parse().unwrap_or_else(|_| unreachable!());
            let document = Document::new(uri, PathBuf::from(name), 1, text.replace('^', ""));
            let found = at(&document, offset).map(|place| place.language);
            assert_eq!(found, wanted, "{name}: {text}");
        }
    }
}
