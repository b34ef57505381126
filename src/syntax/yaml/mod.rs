//! YAML: from the events of the parser to the tree.

mod alias;
mod build;
mod errors;
mod frame;
mod places;
mod scalar;
mod written;

use super::tree::{Anchors, Document};
use super::{Limits, Take, TakeNothing, byte_order_mark, character, comment};
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
    let builder = Builder::new(sources, text, origin, limits, take, findings);
    read_with(builder)
}

/// The same with aliases, anchors and merge keys as they stand there.
pub(super) fn read_as_written<'s>(
    sources: &'s SourceMap,
    text: &'s str,
    origin: Origin,
    findings: &mut Diagnostics,
) -> Document<'s> {
    let limits = Limits::default();
    let take = &mut TakeNothing;
    let builder = Builder::new(sources, text, origin, &limits, take, findings);
    read_with(builder.unresolved())
}

fn read_with<'s>(mut builder: Builder<'s, '_>) -> Document<'s> {
    let (text, origin) = (builder.text, builder.origin);
    let mark = byte_order_mark(text);
    let mut comments = Vec::new();
    // For the parser it is the end of the file.
    if let Some(at) = text.find('\0') {
        builder.report(syntax::forbidden_character(
            character(text, origin, at),
            "YAML",
            '\0',
        ));
        return Document {
            root: None,
            comments,
            anchors: Anchors::default(),
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
    let (root, anchors) = builder.finish();
    Document {
        root: root.filter(|_| sound),
        comments,
        anchors,
    }
}

/// The nesting at which the parser itself gives up. The tree ends before that: the parser
/// reads ahead of it, by at most the 1024 characters within which a `:` makes a key of
/// what stands before it.
const PARSER_NESTING: usize = 2000;
