//! The parts of a text: what it holds, by names, and what can be folded.

use super::documents::Document;
use super::position::Encoding;
use super::readable::{Moved, tree};
use super::state::State;
use crate::source::{SourceMap, Span};
use crate::syntax::tree::{Entry, Value};
use lsp_types as lsp;

/// The sections of a spec and the names in them.
pub(super) fn symbols(
    state: &State,
    params: lsp::DocumentSymbolParams,
) -> Option<Vec<lsp::DocumentSymbol>> {
    let (_, document) = state.documents.find(&params.text_document.uri)?;
    let sources = SourceMap::default();
    let (root, moved) = tree(document, &sources)?;
    let Value::Map(entries) = &root.value else {
        return Some(Vec::new());
    };
    let outline = Outline {
        document,
        encoding: state.encoding,
        sources: &sources,
        moved,
    };
    let symbols = entries.iter().filter_map(|entry| {
        let section = entry.key.value.as_ref();
        let kind = match section {
            "tokens" => lsp::SymbolKind::VARIABLE,
            "token_sets" => lsp::SymbolKind::STRUCT,
            "guardrails" => lsp::SymbolKind::INTERFACE,
            "instructions" => lsp::SymbolKind::FUNCTION,
            _ => return outline.symbol(entry, lsp::SymbolKind::PROPERTY, Vec::new()),
        };
        let Value::Map(named) = &entry.value.value else {
            return outline.symbol(entry, lsp::SymbolKind::NAMESPACE, Vec::new());
        };
        let named = named.iter();
        let named = named.filter_map(|entry| outline.symbol(entry, kind, Vec::new()));
        outline.symbol(entry, lsp::SymbolKind::NAMESPACE, named.collect())
    });
    Some(symbols.collect())
}

struct Outline<'d> {
    document: &'d Document,
    encoding: Encoding,
    sources: &'d SourceMap,
    moved: Moved,
}

impl Outline<'_> {
    #[allow(deprecated, reason = "the field has to be given")]
    fn symbol(
        &self,
        entry: &Entry<'_>,
        kind: lsp::SymbolKind,
        children: Vec<lsp::DocumentSymbol>,
    ) -> Option<lsp::DocumentSymbol> {
        let key = self.sources.place(entry.key.span)?.span;
        let value = self.sources.place(entry.value.span)?.span;
        // A client takes a symbol without a name for a mistake.
        let name = match entry.key.value.trim() {
            "" => "\"\"".to_owned(),
            name => name.to_owned(),
        };
        Some(lsp::DocumentSymbol {
            name,
            detail: None,
            kind,
            tags: None,
            deprecated: None,
            range: self.range(key.to(value)),
            selection_range: self.range(key),
            children: (!children.is_empty()).then_some(children),
        })
    }

    fn range(&self, span: Span) -> lsp::Range {
        let Document { text, lines, .. } = self.document;
        let bytes = span.range();
        let bytes = self.moved.to_now(bytes.start)..self.moved.to_now(bytes.end);
        self.encoding.range(text, lines, bytes)
    }
}

/// Every list and map of several lines.
pub(super) fn folds(
    state: &State,
    params: lsp::FoldingRangeParams,
) -> Option<Vec<lsp::FoldingRange>> {
    let (_, document) = state.documents.find(&params.text_document.uri)?;
    let sources = SourceMap::default();
    let (root, moved) = tree(document, &sources)?;
    let mut folds: Vec<(usize, usize)> = Vec::new();
    let mut left = vec![(None, &root)];
    while let Some((key, node)) = left.pop() {
        // What an alias brings is folded where it is written.
        if node.span.origin != root.span.origin {
            continue;
        }
        let key: Option<Span> = key;
        let start = key.map_or(node.span.start, |key| key.start.min(node.span.start));
        let line = |at: u32| document.lines.line_of(moved.to_now(at as usize));
        let (first, last) = (
            line(start),
            line(node.span.end.saturating_sub(1).max(start)),
        );
        let is_text = matches!(node.value, Value::Text(_));
        if last > first && (key.is_some() || !is_text) && node.span != root.span {
            folds.push((first, last));
        }
        match &node.value {
            Value::List(items) => left.extend(items.iter().map(|item| (None, item))),
            Value::Map(entries) => {
                left.extend(
                    entries
                        .iter()
                        .map(|entry| (Some(entry.key.span), &entry.value)),
                );
            }
            _ => {}
        }
    }
    folds.sort_unstable();
    folds.dedup_by_key(|(first, _)| *first);
    let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
    let folds = folds.into_iter().map(|(first, last)| lsp::FoldingRange {
        start_line: number(first),
        end_line: number(last),
        kind: Some(lsp::FoldingRangeKind::Region),
        ..lsp::FoldingRange::default()
    });
    Some(folds.collect())
}
