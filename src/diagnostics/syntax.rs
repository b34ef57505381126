//! Wording of `syntax`.

use super::{Diagnostic, Rule};
use crate::source::Span;
use std::borrow::Cow;

/// The longest piece of a file, in characters, that a message repeats.
const LONGEST: usize = 60;

/// `written`, cut where it is too long for a message.
pub(super) fn short(written: &str) -> Cow<'_, str> {
    match written.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", written.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(written),
    }
}

/// The rule.
pub static RULE: Rule = Rule::locked("syntax", include_str!("syntax.md"));

/// The parser of `notation` ("YAML") stopped at `span`; `reason` is its complaint.
pub fn not_valid(span: Span, notation: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("not valid {notation}: {reason}"))
}

/// The bytes at `span` are no UTF-8.
pub fn not_utf8(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "not valid UTF-8")
        .label("first byte that is no UTF-8")
        .help("save the file as UTF-8")
}

/// A YAML tag.
pub fn tag(span: Span, tag: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the tag `{}` has no meaning in a spec", short(tag)))
        .help("remove the tag; text is read as written, quoted or not")
}

/// An alias without its anchor.
pub fn unknown_alias(span: Span, name: &str, nearest: Option<&str>) -> Diagnostic {
    let name = short(name);
    let diagnostic = Diagnostic::new(&RULE, span, format!("no anchor `&{name}` stands before this alias"));
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean `*{nearest}`?")),
        None => diagnostic.help(format!("put `&{name}` before the value that is meant")),
    }
}

/// A merge key whose value is no map.
pub fn bad_merge(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "`<<` merges maps, and this is none")
        .help("give `<<` an alias of a map, or a list of such aliases")
}

/// A key that is a list or a map.
pub fn bad_key(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a key has to be text")
}

/// More than one YAML document in a file.
pub fn second_document(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a second document begins here")
        .help("a spec is one document: remove what stands behind `---`, or move it to a file of its own")
}

/// An alias that stands inside of what it stands for.
pub fn endless_alias(span: Span, anchor: Option<Span>) -> Diagnostic {
    Diagnostic::new(&RULE, span, "this alias stands inside of the value it stands for")
        .also(anchor, "the value begins here")
}

/// A character that may not be written in a file of `notation`.
pub fn forbidden_character(span: Span, notation: &str, character: char) -> Diagnostic {
    let code = u32::from(character);
    Diagnostic::new(&RULE, span, format!("the character U+{code:04X} may not stand in {notation}"))
        .help("remove it, or write it as an escape sequence in double quotes")
}

/// A quote that is not closed, at the quote.
pub fn unclosed_quote(span: Span, notation: &str) -> Diagnostic {
    not_valid(span, notation, "this quote is not closed").help(match notation {
        "JSON" => "add the closing quote; a line break in text is written `\\n`",
        _ => "add the closing quote",
    })
}

/// A bracket that is not closed, at the bracket.
pub fn unclosed_bracket(span: Span, notation: &str, bracket: &str) -> Diagnostic {
    let closing = match bracket {
        "{" => "}",
        "[[" => "]]",
        _ => "]",
    };
    not_valid(span, notation, &format!("this `{bracket}` is not closed")).help(format!("add `{closing}`"))
}

/// Text that needs quotes.
pub fn unquoted(span: Span, notation: &str, written: &str) -> Diagnostic {
    let diagnostic = not_valid(span, notation, "text stands in quotes");
    match written.to_ascii_lowercase().as_str() {
        word @ ("true" | "false" | "inf" | "nan") => diagnostic.help(format!("write `{word}`, or text in quotes")),
        word if word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(' ') => {
            diagnostic.help("put text in quotes, and a comma between two values")
        }
        _ if written.len() > LONGEST || written.contains(['"', '\\', '\'']) => diagnostic.help("put the text in quotes"),
        _ => diagnostic.help(format!("write `\"{written}\"`")),
    }
}

/// A key that needs quotes.
pub fn unquoted_key(span: Span, notation: &str, written: &str) -> Diagnostic {
    let diagnostic = not_valid(span, notation, "a key without quotes has letters A to Z, digits, `-` and `_` only");
    if written.len() > LONGEST || written.contains(['"', '\\', '\'']) {
        return diagnostic.help("put the key in quotes");
    }
    diagnostic.help(format!("write `\"{written}\"`"))
}

/// Something that begins like a number and is none, for `reason`.
pub fn no_number(span: Span, notation: &str, written: &str, reason: &str) -> Diagnostic {
    let digits = written.strip_prefix(['-', '+']).unwrap_or(written);
    let word = digits.contains(|c: char| c.is_alphabetic() && c != 'e') && !digits.starts_with('0');
    if word {
        return unquoted(span, notation, written);
    }
    not_valid(span, notation, &format!("`{}` is no number: {reason}", short(written)))
}

/// A comma with nothing behind it.
pub fn trailing_comma(span: Span, notation: &str) -> Diagnostic {
    not_valid(span, notation, "nothing follows this comma").help("remove the comma")
}

/// A comment in JSON.
pub fn json_comment(span: Span) -> Diagnostic {
    not_valid(span, "JSON", "it has no comments").help("remove the comment, or write the spec in YAML or TOML; levels go to `rules` at the top")
}

/// Text in single quotes where double quotes are needed.
pub fn single_quotes(span: Span, notation: &str) -> Diagnostic {
    not_valid(span, notation, "text stands in double quotes").help("replace the single quotes by `\"`")
}

/// A backslash sequence that means nothing.
pub fn unknown_escape(span: Span, notation: &str, escape: &str) -> Diagnostic {
    not_valid(span, notation, &format!("there is no escape sequence `{escape}`"))
        .help("write `\\\\` for a backslash")
}

/// Half of a surrogate pair.
pub fn lone_surrogate(span: Span, notation: &str) -> Diagnostic {
    not_valid(span, notation, "this escape sequence is half of a character")
        .help("a character beyond U+FFFF takes two escape sequences, `\\ud83d\\ude00`; or write the character itself")
}

/// A row of a table has not as many cells as its header.
pub fn row_length(span: Span, cells: usize, columns: usize) -> Diagnostic {
    let noun = if cells == 1 { "cell" } else { "cells" };
    Diagnostic::new(&RULE, span, format!("the row has {cells} {noun} and the header {columns}"))
        .help(if cells < columns {
            "give every column a cell, empty ones too, and put line breaks within a cell in double quotes"
        } else {
            "put cells that hold the delimiter or a line break in double quotes"
        })
}

/// A quoted cell of a table that is never closed, or with text behind the closing quote.
pub fn bad_quotes(span: Span, is_closed: bool) -> Diagnostic {
    let message = if is_closed {
        "text stands behind the closing quote of this cell"
    } else {
        "the quote of this cell is never closed"
    };
    Diagnostic::new(&RULE, span, message).help(if is_closed {
        "write a quote in a quoted cell twice: `\"\"`"
    } else {
        "add the closing quote; a quote in a quoted cell is written twice: `\"\"`"
    })
}

/// A cell stands behind the last column of a sheet.
pub fn cell_without_column(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "this cell stands in a column that the header does not name")
        .help("name the column in the first row, or empty the cell")
}

/// The file is no workbook that can be read; `reason` says why.
pub fn workbook(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the workbook cannot be read: {reason}"))
        .help("save it anew as an Excel workbook (`.xlsx`) without a password, or as CSV")
}
