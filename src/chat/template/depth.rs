//! How deep a template nests. The engine's parser, its compiler and what frees their trees
//! call themselves for every step of an expression; what would be too deep for any stack is
//! refused before they see it.

use super::scan::{Tag, outside};
use std::ops::Range;

/// The most operators that one expression may put one upon the other, and the most `elif`
/// among the blocks that are open. Real templates have a few dozen.
const MOST: usize = 1000;

/// Words that put an expression into another one.
const WORDS: [&str; 7] = ["not", "and", "or", "in", "is", "if", "else"];

/// Where a template becomes too deep, and what does; `None` if it does not.
pub(super) fn too_deep(text: &str) -> Option<(Range<usize>, String)> {
    let mut at = 0;
    // How many `elif` each open `if` has.
    let mut open: Vec<usize> = Vec::new();
    let mut branches = 0;
    while let Some(tag) = Tag::next(text, at) {
        at = tag.range.end;
        match tag.word {
            "if" => open.push(0),
            "elif" => {
                branches += 1;
                if let Some(last) = open.last_mut() {
                    *last += 1;
                }
            }
            "endif" => branches -= open.pop().unwrap_or(0).min(branches),
            _ => {}
        }
        if branches > MOST {
            let message = format!("more than {MOST} `elif` stand in one another");
            return Some((tag.range, message));
        }
        // A comment holds no expression.
        if !text[tag.range.clone()].starts_with("{#") {
            let inside = tag.range.start + 2..tag.range.end - 2;
            if let Some(found) = expression(text, inside) {
                return Some(found);
            }
        }
    }
    // A tag that is not closed is read to its end all the same.
    let rest = &text[at..];
    let tag = [rest.find("{{"), rest.find("{%")]
        .into_iter()
        .flatten()
        .min()?;
    expression(text, at + tag + 2..text.len())
}

/// What stands between two brackets, so far.
#[derive(Default)]
struct Level {
    /// The operators behind the last comma.
    operators: usize,
    /// The deepest of what stands in brackets behind it.
    within: usize,
    /// The deepest before it.
    before: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.before.max(self.operators + self.within)
    }
}

/// Where the expressions of `range` become too deep.
fn expression(text: &str, range: Range<usize>) -> Option<(Range<usize>, String)> {
    let bytes = text.as_bytes();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut around: Vec<Level> = Vec::new();
    let mut level = Level::default();
    // The operators of the levels around.
    let mut sum = 0;
    for (at, byte) in outside(text, range.clone()) {
        match byte {
            b'(' | b'[' | b'{' => {
                level.operators += 1;
                sum += level.operators;
                around.push(std::mem::take(&mut level));
            }
            b')' | b']' | b'}' => {
                let depth = level.depth();
                level = around.pop().unwrap_or_default();
                sum -= level.operators.min(sum);
                level.within = level.within.max(depth);
            }
            b',' => {
                level.before = level.depth();
                (level.operators, level.within) = (0, 0);
            }
            b'-' | b'+' | b'~' | b'*' | b'/' | b'%' | b'|' | b'.' => level.operators += 1,
            byte if is_letter(byte) && !(at > range.start && is_letter(bytes[at - 1])) => {
                let rest = &bytes[at..range.end];
                let length = rest.iter().take_while(|byte| is_letter(**byte)).count();
                let is_operator = WORDS.iter().any(|word| word.as_bytes() == &rest[..length]);
                level.operators += usize::from(is_operator);
            }
            _ => {}
        }
        if sum + level.depth() > MOST {
            let message =
                format!("an expression puts more than {MOST} operators one upon the other");
            return Some((at..at + 1, message));
        }
    }
    None
}
