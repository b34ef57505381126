//! What the notations share of the layout: the width, what may stand on one line, how
//! comments are written.

use super::node::{Line, Node, Value};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// The columns that a line should not exceed.
pub const WIDTH: usize = 100;

/// The columns of a text on one line.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The columns of the last line of `out`.
pub(super) fn column(out: &str) -> usize {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    width(out.get(line..).unwrap_or_default())
}

/// Where in the tree a node stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The lists and maps around it.
    pub(super) depth: usize,
    /// Whether one of them is a list.
    pub(super) in_list: bool,
    /// Whether a map here takes several lines because one beside it does.
    pub(super) is_spread: bool,
}

impl Place {
    /// The place of an entry of a map that stands here.
    pub(super) fn entry(self) -> Place {
        Place {
            depth: self.depth + 1,
            is_spread: false,
            ..self
        }
    }

    /// The place of an item of a list that stands here.
    pub(super) fn item(self) -> Place {
        Place {
            depth: self.depth + 1,
            in_list: true,
            is_spread: false,
        }
    }

    /// The place of the items of a list that stands here: of maps all are written in one
    /// way, so if one of them needs several lines, all get them.
    pub(super) fn items(
        self,
        items: &[Node<'_>],
        needs_lines: impl Fn(&Node<'_>, Place) -> bool,
    ) -> Place {
        let place = self.item();
        let is_map = |item: &Node<'_>| matches!(item.value, Value::Map(_));
        let is_spread =
            items.iter().all(is_map) && items.iter().any(|item| needs_lines(item, place));
        Place { is_spread, ..place }
    }

    /// Whether the order of a map's entries says nothing: its keys are those of the
    /// language. Below the top level such maps and those whose keys are names take turns.
    pub(super) fn is_record(self) -> bool {
        self.in_list || self.depth.is_multiple_of(2)
    }
}

/// Whether people would write a list or map of this shape on one line, if it is short
/// enough. The top level, its sections and the lists of samples never are, however
/// short.
pub(super) fn may_flow(node: &Node<'_>, place: Place) -> bool {
    let is_collection = |node: &Node<'_>| matches!(node.value, Value::List(_) | Value::Map(_));
    match &node.value {
        Value::List(_) if place.in_list => true,
        Value::List(items) => {
            let is_map = |item: &Node<'_>| matches!(item.value, Value::Map(_));
            place.depth > 0 && !items.iter().any(is_map)
        }
        Value::Map(_) if place.in_list => !place.is_spread,
        Value::Map(entries) => match place.depth {
            0 | 1 => false,
            2 => !entries.iter().any(|entry| is_collection(&entry.value)),
            _ => true,
        },
        _ => true,
    }
}

/// Whether it is a list or map with nothing in it.
pub(super) fn is_empty(node: &Node<'_>) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether a comment stands before, beside or behind it.
pub(super) fn has_comments(node: &Node<'_>) -> bool {
    let lines = || node.above.iter().chain(&node.below);
    node.beside.is_some() || lines().any(|line| matches!(line, Line::Comment(_)))
}

/// Whether a comment stands inside of it.
pub(super) fn has_inner_comments(node: &Node<'_>) -> bool {
    let has_below = node
        .below
        .iter()
        .any(|line| matches!(line, Line::Comment(_)));
    has_below
        || node
            .children()
            .any(|child| has_comments(child) || has_inner_comments(child))
}

/// Adds an empty line, unless one stands there already.
pub(super) fn blank(out: &mut String) {
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

/// Adds lines without values.
pub(super) fn lines<'l, 's: 'l>(
    out: &mut String,
    lines: impl IntoIterator<Item = &'l Line<'s>>,
    indent: usize,
) {
    for line in lines {
        match line {
            Line::Empty => blank(out),
            Line::Comment(text) => {
                // A text that is empty is a comment, too.
                for text in text.split('\n') {
                    pad(out, indent);
                    out.push_str(&comment(text));
                    out.push('\n');
                }
            }
        }
    }
}

/// Adds the comment beside a value, and ends the line.
pub(super) fn end_line(out: &mut String, beside: Option<&Cow<'_, str>>) {
    if let Some(text) = beside {
        out.push(' ');
        out.push_str(&comment(text));
    }
    out.push('\n');
}

/// Adds spaces.
pub(super) fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A comment as it is written, on one line.
fn comment(text: &str) -> String {
    let is_glued = text.is_empty() || text.starts_with([' ', '\t', '#', '!', ':']);
    let visible = |c: char| {
        let is_kept = c == '\t' || !is_unprintable(c);
        if is_kept { c } else { ' ' }
    };
    let text: String = text.chars().map(visible).collect();
    let space = if is_glued { "" } else { " " };
    format!("#{space}{}", text.trim_end())
}

/// Whether a character is to be written as an escape where that is possible: it cannot be
/// seen, or looks like the space that it is not. The wide space of East Asian scripts does not.
pub(super) fn is_unseen(c: char) -> bool {
    is_unprintable(c) || !c.is_ascii() && c.is_whitespace() && c != '\u{3000}'
}

/// Whether a character cannot be seen, or changes how the text around it is shown:
/// readers of a spec would not know that it is there, and some readers of YAML take it
/// for something else. The joiners and variation selectors that build emoji and some
/// scripts are not among them.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}')
        || (c as u32) & 0xfffe == 0xfffe
}
