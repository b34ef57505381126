//! YAML: from the events of the parser to the tree.

mod alias;
mod build;
mod errors;
mod frame;
mod places;
mod scalar;

use super::tree::Document;
use super::{Limits, Take, byte_order_mark, character, comment};
use crate::diagnostics::{Diagnostics, syntax};
use crate::source::{Origin, SourceMap, Span};
use build::Builder;
use granit_parser::{Event, Parser, options};

/// Reads `text`, the whole text of `origin`.
pub(super) fn read<'s>(
    sources: &'s SourceMap,
    text: &'s str,
    origin: Origin,
    limits: &Limits,
    take: &mut dyn Take<'s>,
    findings: &mut Diagnostics,
) -> Document<'s> {
    let mark = byte_order_mark(text);
    let mut comments = Vec::new();
    // For the parser it is the end of the file.
    if let Some(at) = text.find('\0') {
        findings.push(syntax::forbidden_character(
            character(text, origin, at),
            "YAML",
            '\0',
        ));
        return Document {
            root: None,
            comments,
        };
    }
    let options = options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: PARSER_NESTING,
        block_nesting_limit: PARSER_NESTING,
    };
    let body = text.get(mark..).unwrap_or_default();
    let mut builder = Builder::new(sources, text, origin, limits, take, findings);
    let mut documents = 0;
    let mut sound = true;
    for result in Parser::new_from_str_with_options(body, options) {
        let (event, place) = match result {
            Ok(parsed) => parsed,
            Err(error) => {
                builder.refuse(&error, mark);
                sound = false;
                break;
            }
        };
        let range = place.byte_range().unwrap_or_default();
        let range = range.start + mark..range.end + mark;
        match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    let span = Span::new(origin, range.start, range.end);
                    builder.report(syntax::second_document(span));
                    break;
                }
            }
            Event::Comment(..) => comments.push(comment(text, origin, range.start, range.end)),
            event => {
                if !builder.event(event, range, &place, mark) {
                    sound = false;
                    break;
                }
            }
        }
    }
    let root = builder.finish().filter(|_| sound);
    Document { root, comments }
}

/// The nesting at which the parser itself gives up; the tree ends before that.
const PARSER_NESTING: usize = 1000;
