//! Text from specs made harmless: nothing that a terminal, a log or a reader of
//! lines would take for more than text gets past here.

pub(super) use crate::print::is_unprintable;
use std::borrow::Cow;
use std::io;

/// Whether `text` begins with what some build services take for a command
/// wherever it stands in a line: `##[` or `##vso[`.
pub(super) fn is_log_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        rest.starts_with('[')
            || rest
                .get(..4)
                .is_some_and(|name| name.eq_ignore_ascii_case("vso["))
    })
}

/// What is shown for the first `#` of such a command.
pub(super) const SHARP: char = '\u{266f}';

/// `text` on one line, with what cannot be seen written as an escape.
pub fn visible(text: &str) -> Cow<'_, str> {
    let plain =
        text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.contains(is_unprintable);
    if plain && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '#' if text.get(at..).is_some_and(is_log_command) => out.push(SHARP),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Bytes of a path percent-encoded for a relative URI.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => {
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    out.push(
                        char::from_digit(u32::from(half), 16)
                            .unwrap_or('0')
                            .to_ascii_uppercase(),
                    );
                }
            }
        }
    }
    out
}

/// Indented JSON in which every unprintable character is a `\u` escape, so that
/// it can be looked at in a terminal. It reads back as the same text.
struct Guarded<'i>(serde_json::ser::PrettyFormatter<'i>);

impl serde_json::ser::Formatter for Guarded<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unprintable) {
            let (before, after) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            let mut characters = after.chars();
            let mut units = [0; 2];
            for unit in characters
                .next()
                .unwrap_or_default()
                .encode_utf16(&mut units)
            {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

/// Writes `value` as indented JSON with a final line break.
pub fn write_json(value: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut buffered = io::BufWriter::with_capacity(1 << 16, out);
    let formatter = Guarded(serde_json::ser::PrettyFormatter::new());
    let mut serializer = serde_json::Serializer::with_formatter(&mut buffered, formatter);
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    io::Write::write_all(&mut buffered, b"\n")?;
    io::Write::flush(&mut buffered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        assert_eq!(visible("plain é 😀 👨‍👩‍👧 ❤️"), "plain é 😀 👨‍👩‍👧 ❤️");
        assert_eq!(
            visible("a\nb\t\u{1b}[31m\u{202e}\u{9b}"),
            "a\\nb\\t\\u{1b}[31m\\u{202e}\\u{9b}"
        );
        assert_eq!(
            visible("##vso[task.x] ##[y] ## z"),
            "♯#vso[task.x] ♯#[y] ## z"
        );
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/é:%.yaml"), "a%20b/%C3%A9%3A%25.yaml");
    }
}
