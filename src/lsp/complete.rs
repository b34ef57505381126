//! What may be written at a place: keys and words of the language, names of the spec.

use super::cursor::Cursor;
use super::index::{Index, Kind};
use super::place::{self, Place};
use super::readable::names_of;
use super::schema::{Language, Step};
use super::state::State;
use super::{Settings, columns, documents::Document};
use crate::diagnostics::RULES;
use crate::syntax::tree::Notation;
use lsp_types as lsp;

pub(super) fn complete(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::CompletionParams,
) -> Option<Vec<lsp::CompletionItem>> {
    let at = params.text_document_position;
    let (file, _) = state.documents.find(&at.text_document.uri)?;
    let file = file.clone();
    let names = names_of(state, settings, &file);
    let document = state.documents.get(&file)?;
    let encoding = state.encoding;
    let offset = encoding.offset(&document.text, &document.lines, at.position);
    if let Some(separator) = columns::separator(&document.path) {
        let (offered, start) = columns::offered(&document.text, offset, separator, &names);
        let range = encoding.range(&document.text, &document.lines, start..offset);
        let items = offered.into_iter().enumerate().map(|(at, (name, about))| {
            let mut item = item(&name, lsp::CompletionItemKind::FIELD, "", &about);
            item.sort_text = Some(format!("{at:05}"));
            let edit = lsp::TextEdit::new(range, name);
            item.text_edit = Some(lsp::CompletionTextEdit::Edit(edit));
            item
        });
        return Some(items.collect());
    }
    let Some(place) = place::at(document, offset) else {
        return Some(Vec::new());
    };
    let cursor = &place.cursor;
    let range = encoding.range(&document.text, &document.lines, cursor.start..offset);
    let mut items = Vec::new();
    if cursor.is_comment {
        items.extend(rules(document, offset));
    } else {
        if cursor.is_header {
            items.extend(tables(&place));
        } else if cursor.is_key {
            items.extend(keys(&place, &names));
            let there = place.written.last();
            items.retain(|item| there.is_none_or(|there| !there.contains_key(&item.label)));
        }
        if cursor.is_value {
            items.extend(words(&place));
            items.extend(of_names(cursor, place.notation, &names));
        }
    }
    for (at, item) in items.iter_mut().enumerate() {
        let text = item
            .insert_text
            .take()
            .unwrap_or_else(|| item.label.clone());
        item.sort_text = Some(format!("{at:05}"));
        if !cursor.is_comment {
            let edit = lsp::TextEdit::new(range, text);
            item.text_edit = Some(lsp::CompletionTextEdit::Edit(edit));
        }
    }
    Some(items)
}

/// Rule ids in a comment that silences some.
fn rules(document: &Document, offset: usize) -> Vec<lsp::CompletionItem> {
    let before = document.text.get(..offset).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let open = line.rfind('(').map(|at| line.split_at(at));
    let is_ours = open.is_some_and(|(before, inside)| {
        before.contains("mtp:") && before.contains("allow") && !inside.contains(')')
    });
    if !is_ours {
        return Vec::new();
    }
    let silent = RULES.iter().filter(|rule| !rule.locked);
    let items = silent.map(|rule| {
        let kind = lsp::CompletionItemKind::ENUM_MEMBER;
        item(rule.name, kind, rule.severity.name(), rule.summary())
    });
    items.collect()
}

fn item(
    label: &str,
    kind: lsp::CompletionItemKind,
    detail: &str,
    documentation: &str,
) -> lsp::CompletionItem {
    lsp::CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        documentation: (!documentation.is_empty()).then(|| {
            lsp::Documentation::MarkupContent(lsp::MarkupContent {
                kind: lsp::MarkupKind::Markdown,
                value: documentation.to_owned(),
            })
        }),
        ..lsp::CompletionItem::default()
    }
}

/// The keys of the language, and names where they are keys.
fn keys(place: &Place, names: &Index) -> Vec<lsp::CompletionItem> {
    let Place {
        language,
        notation,
        cursor,
        written,
    } = place;
    let mut items = Vec::new();
    let kind = lsp::CompletionItemKind::PROPERTY;
    let insert = |key: &str| match (notation, cursor.quote) {
        (Notation::Yaml, None) => format!("{key}: "),
        (Notation::Toml, None) => format!("{key} = "),
        (Notation::Json, None) => format!("\"{key}\": "),
        (_, Some(_)) => key.to_owned(),
    };
    for (key, about) in language.keys(&cursor.path, written) {
        let mut item = item(key, kind, "", about);
        item.insert_text = Some(insert(key));
        items.push(item);
    }
    if *language == Language::Spec && is_at(&cursor.path, &["instructions", "*", "guardrails"]) {
        for (name, about) in names.names(Kind::TokenSet) {
            let mut item = item(name, kind, &about.summary, "");
            item.insert_text = Some(insert(name));
            items.push(item);
        }
    }
    items
}

/// The tables that a header of TOML may name.
fn tables(place: &Place) -> Vec<lsp::CompletionItem> {
    let (language, cursor) = (place.language, &place.cursor);
    let is_list = cursor.is_list;
    let keys = language.keys(&cursor.path, &[]).into_iter();
    let tables = keys.filter(|(key, _)| {
        let mut path = cursor.path.clone();
        path.push(Step::Key((*key).to_owned()));
        path.extend(is_list.then_some(Step::Item));
        language.is_map(&path)
    });
    let items = tables.map(|(key, about)| item(key, lsp::CompletionItemKind::MODULE, "", about));
    items.collect()
}

/// The words that the schema lists.
fn words(place: &Place) -> Vec<lsp::CompletionItem> {
    let (language, notation) = (place.language, place.notation);
    let cursor = &place.cursor;
    let about = language.about(&cursor.path).unwrap_or_default();
    let words = language.words(&cursor.path).into_iter();
    let items = words.map(|word| {
        let mut item = item(word, lsp::CompletionItemKind::VALUE, "", about);
        let is_bare = matches!(word, "true" | "false");
        item.insert_text = Some(written(word, cursor, notation, is_bare));
        item
    });
    items.collect()
}

/// A value as the notation writes it.
fn written(word: &str, cursor: &Cursor, notation: Notation, is_bare: bool) -> String {
    let is_simple = word
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    match notation {
        _ if cursor.quote.is_some() || is_bare => word.to_owned(),
        Notation::Yaml if is_simple => word.to_owned(),
        _ => format!("\"{word}\""),
    }
}

/// The names that may stand at a place.
fn of_names(cursor: &Cursor, notation: Notation, names: &Index) -> Vec<lsp::CompletionItem> {
    let path = &cursor.path;
    let is = |pattern: &[&str]| is_at(path, pattern);
    let mut wanted: Vec<(Kind, bool)> = Vec::new();
    if is(&["token_sets", "*", "-"])
        || is(&["instructions", "*", "input", "-", "-"])
        || is(&["instructions", "*", "output", "-"])
    {
        wanted.push((Kind::Token, false));
    }
    if is(&["instructions", "*", "input", "-"]) || is(&["instructions", "*", "output"]) {
        wanted.push((Kind::TokenSet, false));
    }
    if is(&["instructions", "*", "final"])
        || is(&["instructions", "*", "final", "-"])
        || is(&["instructions", "*", "samples", "-", "final"])
        || is(&["samples", "-", "final"])
        || is(&["-", "final"])
    {
        wanted.push((Kind::Token, true));
    }
    if is(&["instructions", "*", "guardrails", "*"]) {
        wanted.push((Kind::Guardrail, false));
    }
    let mut items = Vec::new();
    for (kind, only_finals) in wanted {
        let shown = match kind {
            Kind::Token => lsp::CompletionItemKind::VARIABLE,
            Kind::TokenSet => lsp::CompletionItemKind::STRUCT,
            Kind::Guardrail => lsp::CompletionItemKind::INTERFACE,
            Kind::Instruction => lsp::CompletionItemKind::FUNCTION,
        };
        for (name, about) in names.names(kind) {
            // A final token cannot stand in a set.
            if kind == Kind::Token && about.is_final != only_finals {
                continue;
            }
            let description = about.description.as_deref().unwrap_or_default();
            let mut item = item(name, shown, &about.summary, description);
            item.insert_text = Some(written(name, cursor, notation, false));
            items.push(item);
        }
    }
    items
}

/// Whether a way is that of a pattern: `*` is any key, `-` an item.
fn is_at(path: &[Step], pattern: &[&str]) -> bool {
    path.len() == pattern.len()
        && path.iter().zip(pattern).all(|(step, wanted)| match step {
            Step::Key(key) => *wanted == "*" || key == wanted,
            Step::Item => *wanted == "-",
        })
}
