//! Python's spelling of texts, lists and maps, read back: a model file holds the
//! states of a state machine and the labels of a classifier that way.

/// A value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// `'text'`
    Text(String),
    /// `['a', 'b']`
    List(Vec<Literal>),
    /// `{'label': 'a'}`, in the order written.
    Map(Vec<(String, Literal)>),
}

/// Reads a whole text; `None` if it is no such value.
pub(crate) fn parse(text: &str) -> Option<Literal> {
    let mut reader = Reader {
        rest: text.trim(),
        depth: 0,
    };
    let literal = reader.literal()?;
    reader.rest.is_empty().then_some(literal)
}

/// A map of labels in a map of lists in a list is deeper than anything that is meant.
const DEPTH: usize = 4;

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn literal(&mut self) -> Option<Literal> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let literal = if self.eat("[") {
            let mut items = Vec::new();
            self.until("]", |reader| {
                items.push(reader.literal()?);
                Some(())
            })?;
            Literal::List(items)
        } else if self.eat("{") {
            let mut entries = Vec::new();
            self.until("}", |reader| {
                let key = reader.text()?;
                reader.eat(":").then_some(())?;
                entries.push((key, reader.literal()?));
                Some(())
            })?;
            Literal::Map(entries)
        } else {
            Literal::Text(self.text()?)
        };
        self.depth -= 1;
        Some(literal)
    }

    /// Reads what is separated by commas, up to `end`.
    fn until(&mut self, end: &str, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.eat(end) {
            return Some(());
        }
        loop {
            item(self)?;
            if self.eat(end) {
                return Some(());
            }
            self.eat(",").then_some(())?;
        }
    }

    /// Whether `token` comes next; it and the spaces around it are passed then.
    fn eat(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.trim_start().strip_prefix(token) else {
            return false;
        };
        self.rest = rest.trim_start();
        true
    }

    fn text(&mut self) -> Option<String> {
        let quote = self
            .rest
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"'))?;
        let mut characters = self.rest[1..].chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                '\\' => text.push(escaped(&mut characters)?),
                c if c == quote => break,
                c => text.push(c),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}

/// The character behind a backslash.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match characters.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        c @ ('\\' | '\'' | '"') => return Some(c),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let code: String = characters.by_ref().take(digits).collect();
    let code = (code.len() == digits).then(|| u32::from_str_radix(&code, 16).ok())??;
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::repr;

    #[test]
    fn what_is_spelled_is_read_back() {
        let texts = [
            "calm",
            "it's",
            "say \"so\"",
            "both ' and \"",
            "a\\b",
            "line\nbreak\t\r",
            "\u{7f}\u{ad}é🫥\u{e0001}",
            "",
        ];
        let list = parse(&repr::list(texts));
        assert_eq!(
            list,
            Some(Literal::List(
                texts
                    .iter()
                    .map(|text| Literal::Text((*text).to_owned()))
                    .collect()
            ))
        );
        let map = parse(&repr::map(texts.iter().map(|text| (*text, vec![*text]))));
        let expected = texts.iter().map(|text| {
            (
                (*text).to_owned(),
                Literal::List(vec![Literal::Text((*text).to_owned())]),
            )
        });
        assert_eq!(map, Some(Literal::Map(expected.collect())));
        assert_eq!(parse("[]"), Some(Literal::List(Vec::new())));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "calm",
            "{'a'}",
            "{'a': }",
            "['a' 'b']",
            "['a',]",
            "'a",
            "'\\q'",
            "'\\x4'",
            "{'a': 1}",
            "[]x",
            "[[[[['a']]]]]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
