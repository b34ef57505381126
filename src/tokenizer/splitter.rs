//! Texts that are split by patterns, in a time that grows with the text and no faster.
//!
//! The patterns of vocabularies look ahead in one place: `\s+(?!\S)`, white space but for the
//! last one if something else follows. Machines that look ahead go back and forth for it, and
//! give up on a million spaces. Here `\s+` is looked for, and its last one given back.

use regex::Regex;

/// The one thing that is looked ahead for, at the end of a pattern.
const AHEAD: &str = r"|\s+(?!\S)";

/// A pattern.
#[derive(Debug)]
struct Step {
    regex: Regex,
    /// Whether white space gives back its last one.
    gives_back: bool,
    /// Whether white space that ends in a new line was found for that, and stays as it is.
    ends_lines: bool,
}

/// Patterns, each of which splits what the ones before left whole; what matches and what
/// does not are parts.
#[derive(Debug)]
pub(super) struct Splitter {
    steps: Vec<Step>,
}

impl Splitter {
    pub(super) fn new(patterns: &[&str]) -> Result<Splitter, String> {
        let step = |pattern: &&str| {
            let plain = pattern.strip_suffix(r"|\s+").unwrap_or(pattern);
            let head = plain.strip_suffix(AHEAD);
            let regex = head.map_or((*pattern).to_owned(), |head| format!(r"{head}|\s+"));
            Ok(Step {
                regex: Regex::new(&regex).map_err(|error| error.to_string())?,
                gives_back: head.is_some(),
                ends_lines: pattern.contains(r"\s*[\r\n]"),
            })
        };
        let steps: Result<_, String> = patterns.iter().map(step).collect();
        Ok(Splitter { steps: steps? })
    }

    /// The parts of a text, none of which is empty.
    pub(super) fn parts<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut parts = vec![text];
        for step in &self.steps {
            let mut further = Vec::with_capacity(parts.len());
            parts.iter().for_each(|part| step.split(part, &mut further));
            parts = further;
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}

impl Step {
    fn split<'t>(&self, text: &'t str, parts: &mut Vec<&'t str>) {
        let mut from = 0;
        while let Some(found) = self.regex.find_at(text, from) {
            if found.start() > from {
                parts.push(&text[from..found.start()]);
            }
            let end = match self.gives_back {
                true => self.kept(text, found),
                false => found.end(),
            };
            parts.push(&text[found.start()..end]);
            from = end;
        }
        if from < text.len() {
            parts.push(&text[from..]);
        }
    }

    /// Where a part ends that was found.
    fn kept(&self, text: &str, found: regex::Match<'_>) -> usize {
        let end = found.end();
        let is_last = text[end..].chars().next().is_none_or(char::is_whitespace);
        let (own, last) = (found.as_str(), found.as_str().chars().next_back());
        let Some(last) = last.filter(|last| last.is_whitespace() && !is_last) else {
            return end;
        };
        let is_line = self.ends_lines && matches!(last, '\r' | '\n');
        let is_one = own.len() == last.len_utf8();
        // The last character is white space in no part that is not white space alone, but
        // behind punctuation, where it ends the line.
        let is_space = own.starts_with(char::is_whitespace);
        match is_space && !is_line && !is_one {
            true => end - last.len_utf8(),
            false => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_gives_back_its_last_one() {
        let gpt_2 = r"'s| ?\p{L}+| ?[^\s\p{L}]+|\s+(?!\S)";
        let llama_3 = r"\p{L}+| ?[^\s\p{L}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
        for (pattern, text, parts) in [
            (gpt_2, "a  b", &["a", " ", " b"][..]),
            (gpt_2, "a\n\nb", &["a", "\n", "\n", "b"]),
            (gpt_2, "a's  ", &["a", "'s", "  "]),
            (gpt_2, "\tb", &["\t", "b"]),
            (llama_3, "a  b", &["a", " ", " ", "b"]),
            (
                llama_3,
                "a \n\n  !\n\nb",
                &["a", " \n\n", " ", " !\n\n", "b"],
            ),
            (llama_3, "", &[]),
        ] {
            let splitter = Splitter::new(&[pattern]).expect("a pattern");
            assert_eq!(splitter.parts(text), parts, "{text:?}");
        }
    }
}
