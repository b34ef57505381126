//! Block scalars of YAML, literal and folded.

use super::pieces::Pieces;
use std::ops::Range;

/// A line below the indicator, by its place.
struct Line {
    /// Without its indentation and its line break.
    text: Range<usize>,
    /// Its line break; empty at the end of the file.
    line_break: Range<usize>,
    /// Whether there is nothing on it.
    blank: bool,
    /// Whether it is indented further than the scalar.
    further: bool,
}

/// The pieces of the block scalar at the start of `rest` that means `wanted`. Its last
/// line of text ends at `length`; line breaks behind that may belong to it.
pub(super) fn block(rest: &str, length: usize, wanted: &str) -> Option<Pieces> {
    let header = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let end = end_of_blank_lines(rest, length.max(header));
    let body = rest.get(..end)?;
    let first = body
        .get(header..)?
        .lines()
        .find(|line| !line.trim().is_empty());
    let most = first.map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
    // An indicator may say that some of the spaces are text.
    (0..=most).rev().find_map(|indent| {
        let lines = lines(body, header, indent);
        let mut pieces = if rest.starts_with('>') {
            folded(body, &lines)
        } else {
            literal(body, &lines)
        };
        pieces.end_as(wanted).then_some(pieces)
    })
}

/// The end of the blank lines that follow the line that ends at `at`.
fn end_of_blank_lines(rest: &str, at: usize) -> usize {
    let behind = rest.get(at..).unwrap_or_default();
    let next = behind.trim_start_matches([' ', '\t', '\r', '\n']);
    let run = behind.get(..behind.len() - next.len()).unwrap_or_default();
    at + run.rfind('\n').map_or(0, |n| n + 1)
}

fn lines(body: &str, from: usize, indent: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = from;
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let whole = rest.find('\n').map_or(rest.len(), |n| n + 1);
        let line = rest.get(..whole).unwrap_or_default();
        let kept = line.trim_end_matches(['\n', '\r']);
        let spaces = kept
            .bytes()
            .take(indent)
            .take_while(|byte| *byte == b' ')
            .count();
        let text = at + spaces..at + kept.len();
        let written = body.get(text.clone()).unwrap_or_default();
        lines.push(Line {
            blank: written.is_empty(),
            further: written.starts_with([' ', '\t']),
            line_break: text.end..at + whole,
            text,
        });
        at += whole;
    }
    lines
}

fn literal(body: &str, lines: &[Line]) -> Pieces {
    let mut pieces = Pieces::default();
    for line in lines {
        pieces.copy(body, line.text.clone());
        line_break(&mut pieces, line);
    }
    pieces
}

fn folded(body: &str, lines: &[Line]) -> Pieces {
    let mut pieces = Pieces::default();
    let mut rest = lines;
    while let Some((line, below)) = rest.split_first() {
        if !line.blank {
            pieces.copy(body, line.text.clone());
            rest = below;
            let blanks = below.iter().take_while(|line| line.blank).count();
            let Some(next) = below.get(blanks) else {
                line_break(&mut pieces, line);
                continue;
            };
            let joined = !line.further && !next.further;
            if joined && blanks == 0 {
                pieces.put(" ", line.line_break.start..next.text.start);
            } else if !joined {
                line_break(&mut pieces, line);
            }
            continue;
        }
        line_break(&mut pieces, line);
        rest = below;
    }
    pieces
}

/// The line break of a line, if it has one.
fn line_break(pieces: &mut Pieces, line: &Line) {
    if !line.line_break.is_empty() {
        pieces.put("\n", line.line_break.clone());
    }
}
