//! How Python spells strings, lists and dictionaries inside a message.

use std::fmt::Write as _;

use super::characters::is_printable;

/// A value that has a Python spelling.
pub trait Repr {
    /// Appends `repr(self)` to `out`.
    fn repr(&self, out: &mut String);
}

impl Repr for str {
    fn repr(&self, out: &mut String) {
        string(out, self);
    }
}

impl Repr for String {
    fn repr(&self, out: &mut String) {
        string(out, self);
    }
}

impl<T: Repr> Repr for [T] {
    fn repr(&self, out: &mut String) {
        enclose(out, "[", "]", self, |out, item| item.repr(out));
    }
}

impl<T: Repr> Repr for Vec<T> {
    fn repr(&self, out: &mut String) {
        self.as_slice().repr(out);
    }
}

impl<T: Repr + ?Sized> Repr for &T {
    fn repr(&self, out: &mut String) {
        (**self).repr(out);
    }
}

/// Appends `repr(text)`: `'it'`, but `"it's"`; what Python does not print is
/// escaped.
pub fn string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.reserve(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            _ if is_printable(c) => out.push(c),
            _ => escape(out, c),
        }
    }
    out.push(quote);
}

/// `repr` of a list of strings: `['a', 'b']`.
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    enclose(&mut out, "[", "]", items, string);
    out
}

/// `repr` of a dictionary, in the order given: `{'label': 'a'}` if the values
/// are strings, `{'label': ['a', 'b']}` if they are lists of strings.
pub fn map<'a, V: Repr>(entries: impl IntoIterator<Item = (&'a str, V)>) -> String {
    let mut out = String::new();
    enclose(&mut out, "{", "}", entries, |out, (key, value)| {
        string(out, key);
        out.push_str(": ");
        value.repr(out);
    });
    out
}

/// Appends the `items`, separated by commas, between `open` and `close`.
fn enclose<T>(
    out: &mut String,
    open: &str,
    close: &str,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    out.push_str(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        each(out, item);
    }
    out.push_str(close);
}

/// Appends the shortest of `\xNN`, `\uNNNN` and `\UNNNNNNNN` that fits.
fn escape(out: &mut String, c: char) {
    let point = u32::from(c);
    // Writing to a string cannot fail.
    let _ = match point {
        0..=0xff => write!(out, "\\x{point:02x}"),
        0x100..=0xffff => write!(out, "\\u{point:04x}"),
        _ => write!(out, "\\U{point:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::from("got ");
        string(&mut out, text);
        assert_eq!(out, format!("got {expected}"));
    }

    #[test]
    fn quotes_are_single_unless_that_costs_an_escape() {
        check("", "''");
        check("it", "'it'");
        check("it's", r#""it's""#);
        check(r#"say "it""#, r#"'say "it"'"#);
        check(r#"say "it's""#, r#"'say "it\'s"'"#);
    }

    #[test]
    fn the_unprintable_is_escaped() {
        check("a\\b\n\r\t", r"'a\\b\n\r\t'");
        check("\0\u{b}\u{1b}\u{7f}", r"'\x00\x0b\x1b\x7f'");
        check("é\u{85}\u{a0}\u{ad}", r"'é\x85\xa0\xad'");
        check(
            "\u{200d}\u{2028}\u{fe0f}\u{feff}",
            "'\\u200d\\u2028\u{fe0f}\\ufeff'",
        );
        check("😀\u{e0001}\u{10ffff}", r"'😀\U000e0001\U0010ffff'");
    }

    #[test]
    fn lists_and_maps() {
        assert_eq!(list([]), "[]");
        assert_eq!(list(["a", "b'c"]), r#"['a', "b'c"]"#);
        assert_eq!(map::<&str>([]), "{}");
        assert_eq!(map([("x", "a"), ("y", "b")]), "{'x': 'a', 'y': 'b'}");
        assert_eq!(
            map([("x", vec!["a", "b"]), ("y", vec![])]),
            "{'x': ['a', 'b'], 'y': []}"
        );
        let owned = [String::from("a")];
        assert_eq!(map([("x", owned.as_slice())]), "{'x': ['a']}");
    }
}
