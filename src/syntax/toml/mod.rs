//! TOML: from the events of the parser to the tree.
//!
//! The events are used and not the tree of the crate `toml`, which moves a table to the
//! place where it is last extended and keeps no spans of tables.

mod errors;
mod reasons;
mod receive;
mod scalar;
mod tables;

use super::tree::{Anchors, Document};
use super::{Limits, byte_order_mark, character, comment};
use crate::diagnostics::{Diagnostics, syntax};
use crate::source::Origin;
use errors::Errors;
use receive::Receiver;
use tables::Tables;
use toml_parser::Source;
use toml_parser::parser::{ValidateWhitespace, parse_document};

/// Reads `text`, the whole text of `origin`.
pub(super) fn read<'s>(
    text: &'s str,
    origin: Origin,
    limits: &Limits,
    findings: &mut Diagnostics,
) -> Document<'s> {
    let mark = byte_order_mark(text);
    let body = text.get(mark..).unwrap_or_default();
    if body.starts_with('\u{feff}') {
        // The parser would pass over it.
        findings.push(syntax::forbidden_character(
            character(text, origin, mark),
            "TOML",
            '\u{feff}',
        ));
        return Document {
            root: None,
            comments: Vec::new(),
            anchors: Anchors::default(),
        };
    }
    let source = Source::new(body);
    let tokens = source.lex().into_vec();
    let errors = Errors::default();
    let tables = Tables::new(origin, limits.nesting);
    let mut receiver = Receiver::new((text, mark), source, tables, &errors, findings);
    let mut checked = ValidateWhitespace::new(&mut receiver, source);
    parse_document(&tokens, &mut checked, &mut errors.sink());
    let (tables, comments) = receiver.finish();
    let comments = comments
        .into_iter()
        .map(|range| comment(text, origin, range.start, range.end))
        .collect();
    let trusted = errors.report(text, mark, origin, findings);
    let root = tables.into_root(text.len()).filter(|_| trusted);
    Document {
        root,
        comments,
        anchors: Anchors::default(),
    }
}
