//! Where in a spec the cursor stands, in a text that is being written: half a line is
//! enough. Nothing is parsed; what is open before the cursor is counted.

mod toml;
mod yaml;

use super::schema::Step;
use crate::syntax::tree::Notation;

/// A place in a text that need not be complete.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The way to the list, map or value that the cursor is in.
    pub(super) path: Vec<Step>,
    /// A key may stand here.
    pub(super) is_key: bool,
    /// A value may stand here.
    pub(super) is_value: bool,
    /// The byte at which the word begins that is being written, quotes left out.
    pub(super) start: usize,
    /// The quote that is open.
    pub(super) quote: Option<char>,
    /// The text is that of a comment.
    pub(super) is_comment: bool,
    /// The word is within the header of a table of TOML.
    pub(super) is_header: bool,
    /// That table is one of a list.
    pub(super) is_list: bool,
    /// What would close the brackets that are open.
    pub(super) closing: String,
}

/// Finds the place of the byte at `offset`.
pub(super) fn at(text: &str, offset: usize, notation: Notation) -> Cursor {
    let before = text.get(..offset).unwrap_or(text);
    let mut scan = Scan {
        notation,
        base: Vec::new(),
        open: Vec::new(),
        quote: None,
        word: 0,
        is_comment: false,
        header: None,
    };
    match notation {
        Notation::Json => scan.feed(before, 0),
        Notation::Toml => scan.toml(before),
        Notation::Yaml => scan.yaml(before),
    }
    scan.cursor(before)
}

/// A bracket that is open.
struct Open {
    is_map: bool,
    /// The key of a map whose value is being written.
    key: Option<String>,
}

struct Scan {
    notation: Notation,
    /// The way to where the brackets begin.
    base: Vec<Step>,
    open: Vec<Open>,
    quote: Option<char>,
    /// Where the current word begins.
    word: usize,
    is_comment: bool,
    /// Within the header of a table: whether that is one of a list.
    header: Option<bool>,
}

impl Scan {
    /// Goes through what is written in brackets, or in JSON. `at` is the place of the text.
    fn feed(&mut self, text: &str, at: usize) {
        let mut characters = text.char_indices().peekable();
        let mut is_behind_space = true;
        while let Some((offset, c)) = characters.next() {
            let was_space = std::mem::replace(&mut is_behind_space, c.is_whitespace());
            let (here, behind) = (at + offset, at + offset + c.len_utf8());
            if self.is_comment {
                self.is_comment = c != '\n';
                self.word = behind;
                continue;
            }
            if let Some(quote) = self.quote {
                if c == '\\' && quote == '"' {
                    characters.next();
                } else if c == quote {
                    self.quote = None;
                }
                continue;
            }
            match c {
                '"' | '\'' if self.word == here => {
                    self.quote = Some(c);
                    self.word = behind;
                }
                '#' if self.notation != Notation::Json && was_space => {
                    self.is_comment = true;
                }
                '[' | '{' => {
                    self.open.push(Open {
                        is_map: c == '{',
                        key: None,
                    });
                    self.word = behind;
                }
                ']' | '}' => {
                    self.open.pop();
                    self.word = behind;
                }
                ',' => {
                    if let Some(open) = self.open.last_mut() {
                        open.key = None;
                    }
                    self.word = behind;
                }
                ':' | '=' if (c == '=') == (self.notation == Notation::Toml) => {
                    let written = text.get(self.word.saturating_sub(at)..offset);
                    let is_spaced = characters.peek().is_none_or(|(_, c)| c.is_whitespace());
                    if let Some(open) = self.open.last_mut()
                        && open.is_map
                        && open.key.is_none()
                        && (is_spaced || self.notation != Notation::Yaml)
                    {
                        let key = unquoted(written.unwrap_or_default());
                        open.key = Some(key);
                        self.word = behind;
                    }
                }
                c if c.is_whitespace() && self.word == here => self.word = behind,
                _ => {}
            }
        }
    }

    fn cursor(self, before: &str) -> Cursor {
        let mut path = self.base;
        for open in &self.open {
            match (open.is_map, &open.key) {
                (true, Some(key)) => path.push(Step::Key(key.clone())),
                (true, None) => {}
                (false, _) => path.push(Step::Item),
            }
        }
        let (is_key, is_value) = match self.open.last() {
            Some(open) => (
                open.is_map && open.key.is_none(),
                !open.is_map || open.key.is_some(),
            ),
            None => {
                let line = before.rfind('\n').map_or(0, |at| at + 1);
                let written = before.get(line..).unwrap_or_default().trim_start();
                let written = written.trim_start_matches("- ");
                let has_key = match self.notation {
                    Notation::Yaml => entry(written).is_some(),
                    Notation::Toml => written.contains('='),
                    Notation::Json => false,
                };
                (!has_key, has_key || self.notation == Notation::Yaml)
            }
        };
        let closing = self.open.iter().rev();
        let closing = closing.map(|open| if open.is_map { '}' } else { ']' });
        Cursor {
            closing: closing.collect(),
            path,
            is_key,
            is_value,
            start: self.word.min(before.len()),
            quote: self.quote,
            is_comment: self.is_comment,
            is_header: self.header.is_some(),
            is_list: self.header == Some(true),
        }
    }
}

/// The key of a line and what stands behind its colon.
fn entry(line: &str) -> Option<(&str, &str)> {
    let from = match line.chars().next()? {
        quote @ ('"' | '\'') => line.get(1..)?.find(quote)? + 2,
        '[' | '{' | '#' => return None,
        _ => 0,
    };
    let colon = line.get(from..)?.match_indices(':').find(|(at, _)| {
        let behind = line.get(from + at + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with(char::is_whitespace)
    })?;
    let at = from + colon.0;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

fn unquoted(text: &str) -> String {
    text.trim().trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Cursor, at};
    use crate::lsp::schema::Step;
    use crate::syntax::tree::Notation;

    /// The place of the `^` in a text: the way, and what may stand there.
    fn place(text: &str, notation: Notation) -> (String, bool, bool, String) {
        let offset = text.find('^').unwrap_or(text.len());
        let text = text.replace('^', "");
        let Cursor {
            path,
            is_key,
            is_value,
            start,
            ..
        } = at(&text, offset, notation);
        let steps = path.iter().map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Item => "-",
        });
        let path = steps.collect::<Vec<_>>().join("/");
        (path, is_key, is_value, text[start..offset].to_owned())
    }

    fn check(notation: Notation, cases: &[(&str, &str, bool, bool, &str)]) {
        for (text, path, is_key, is_value, word) in cases {
            let expected = ((*path).to_owned(), *is_key, *is_value, (*word).to_owned());
            assert_eq!(place(text, notation), expected, "{text}");
        }
    }

    #[test]
    fn places_in_yaml() {
        check(
            Notation::Yaml,
            &[
                ("na^", "", true, true, "na"),
                ("name: x\nin^", "", true, true, "in"),
                (
                    "tokens:\n  Cat: { type: n^",
                    "tokens/Cat/type",
                    false,
                    true,
                    "n",
                ),
                ("tokens:\n  Cat: { ty^", "tokens/Cat", true, false, "ty"),
                ("tokens:\n  Cat:\n    ty^", "tokens/Cat", true, true, "ty"),
                (
                    "token_sets:\n  a: [Tree, C^",
                    "token_sets/a/-",
                    false,
                    true,
                    "C",
                ),
                (
                    "instructions:\n  x:\n    input: [a, [T^",
                    "instructions/x/input/-/-",
                    false,
                    true,
                    "T",
                ),
                (
                    "instructions:\n  x:\n    output: ^",
                    "instructions/x/output",
                    false,
                    true,
                    "",
                ),
                (
                    "instructions:\n  x:\n    samples:\n      - input: [\"a: b\", c]\n        fi^",
                    "instructions/x/samples/-",
                    true,
                    true,
                    "fi",
                ),
                (
                    "instructions:\n  x:\n    samples:\n    - {input: [q], final: C^",
                    "instructions/x/samples/-/final",
                    false,
                    true,
                    "C",
                ),
                (
                    "context:\n  - |\n    a: [\n  - ключ\ntokens:\n  ^",
                    "tokens",
                    true,
                    true,
                    "",
                ),
                (
                    "token_sets:\n  a:\n    - Tree\n    - C^",
                    "token_sets/a/-",
                    true,
                    true,
                    "C",
                ),
                ("a: \"x\n  y\"\nna^", "", true, true, "na"),
                ("rules:\n  lo^", "rules", true, true, "lo"),
                ("x: {\n  a: 1,\n  b^", "x", true, false, "b"),
            ],
        );
    }

    #[test]
    fn places_in_toml_and_json() {
        check(
            Notation::Toml,
            &[
                ("na^", "", true, false, "na"),
                (
                    "[tokens]\nCat = { type = \"n^",
                    "tokens/Cat/type",
                    false,
                    true,
                    "n",
                ),
                (
                    "[instructions.x]\nout^",
                    "instructions/x",
                    true,
                    false,
                    "out",
                ),
                (
                    "[instructions.x]\ninput = [\n  [\"T^",
                    "instructions/x/input/-/-",
                    false,
                    true,
                    "T",
                ),
                ("[gu^", "", true, false, "gu"),
                ("[instructions.x.gu^", "instructions/x", true, false, "gu"),
                ("[[instructions.x.^", "instructions/x", true, false, ""),
                (
                    "[[instructions.x.samples]]\nfinal = \"^",
                    "instructions/x/samples/-/final",
                    false,
                    true,
                    "",
                ),
            ],
        );
        check(
            Notation::Json,
            &[
                ("{\"na^", "", true, false, "na"),
                (
                    "{\"token_sets\": {\"a\": [\"b\", \"C^",
                    "token_sets/a/-",
                    false,
                    true,
                    "C",
                ),
                (
                    "{\"instructions\": {\"x\": {\"output\": ^",
                    "instructions/x/output",
                    false,
                    true,
                    "",
                ),
                ("{\"name\": \"x\",\n  \"^", "", true, false, ""),
            ],
        );
    }

    #[test]
    fn no_text_is_too_broken() {
        let text = "a: [{\"x': - |\n  #é\n- - ? : ,]}\n[b.\n=\"\"\"\n🫥: >\n";
        for (offset, _) in text.char_indices() {
            for notation in [Notation::Yaml, Notation::Toml, Notation::Json] {
                let cursor = at(text, offset, notation);
                assert!(cursor.start <= offset, "{offset} {cursor:?}");
            }
        }
    }
}
