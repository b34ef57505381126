//! Prompts that are to be answered from given texts alone.
//!
//! ```text
//! BEGININPUT
//! BEGINCONTEXT
//! key: value
//! ENDCONTEXT
//! text
//! ENDINPUT
//! BEGININSTRUCTION
//! instruction
//! ENDINSTRUCTION
//! ```
//!
//! There may be several inputs. What is written here, and nothing else but the blanks
//! around it, is what airoboros checks its data for.

use std::ops::Range;

/// A text to answer from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// What is known of it, such as its source, in order.
    pub context: Vec<(String, String)>,
    /// The text.
    pub text: String,
}

/// A prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedContext {
    /// The texts, at least one.
    pub blocks: Vec<Block>,
    /// What is asked.
    pub instruction: String,
}

/// What is wrong with a prompt: lower case, no final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes; empty where something is missing.
    pub range: Range<usize>,
}

const DELIMITERS: [&str; 6] = [
    "BEGININPUT",
    "BEGINCONTEXT",
    "ENDCONTEXT",
    "ENDINPUT",
    "BEGININSTRUCTION",
    "ENDINSTRUCTION",
];

impl ClosedContext {
    /// The prompt as text. A part that holds a delimiter, or a name of something known that
    /// holds a colon or a line break, is refused: it could not be told from the rest.
    pub fn write(&self) -> Result<String, Problem> {
        let mut lines: Vec<&str> = Vec::new();
        let pairs: Vec<Vec<String>> = self
            .blocks
            .iter()
            .map(|block| {
                block
                    .context
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect()
            })
            .collect();
        for (block, pairs) in self.blocks.iter().zip(&pairs) {
            for (key, value) in &block.context {
                if key.contains([':', '\n']) || value.contains('\n') {
                    return Err(problem(
                        format!(
                            "`{key}` and its value have to fit into one line, with one colon between them"
                        ),
                        0..0,
                    ));
                }
            }
            lines.extend(["BEGININPUT", "BEGINCONTEXT"]);
            lines.extend(pairs.iter().map(String::as_str));
            lines.extend(["ENDCONTEXT", block.text.as_str(), "ENDINPUT"]);
        }
        lines.extend([
            "BEGININSTRUCTION",
            self.instruction.as_str(),
            "ENDINSTRUCTION",
        ]);
        let texts = self
            .blocks
            .iter()
            .map(|block| block.text.as_str())
            .chain([self.instruction.as_str()]);
        let texts = texts.chain(pairs.iter().flatten().map(String::as_str));
        for text in texts {
            if let Some(delimiter) = DELIMITERS
                .iter()
                .find(|delimiter| text.contains(**delimiter))
            {
                return Err(problem(
                    format!(
                        "the text holds `{delimiter}`, which closed-context prompts use themselves"
                    ),
                    0..0,
                ));
            }
        }
        Ok(lines.join("\n"))
    }

    /// Reads a prompt. A missing `ENDINSTRUCTION` is fine: models answer without it, too.
    pub fn read(text: &str) -> Result<ClosedContext, Problem> {
        let mut reader = Reader { text, at: 0 };
        let mut prompt = ClosedContext::default();
        loop {
            reader.skip_blanks();
            if reader.take("BEGININSTRUCTION") {
                break;
            }
            reader.expect("BEGININPUT")?;
            reader.skip_blanks();
            reader.expect("BEGINCONTEXT")?;
            let known = reader.until("ENDCONTEXT")?;
            let mut block = Block::default();
            let mut at = known.start;
            for line in text[known].split_inclusive('\n') {
                let range = at..at + line.trim_end().len();
                at += line.len();
                if line.trim().is_empty() {
                    continue;
                }
                let Some((key, value)) = line.split_once(':') else {
                    return Err(problem(
                        "what is known of a text is written as `key: value`",
                        range,
                    ));
                };
                block
                    .context
                    .push((key.trim().to_owned(), value.trim().to_owned()));
            }
            let body = reader.until("ENDINPUT")?;
            block.text = text[body].trim_matches('\n').to_owned();
            prompt.blocks.push(block);
        }
        if prompt.blocks.is_empty() {
            return Err(problem(
                "there is no text to answer from: expected `BEGININPUT`",
                0..0,
            ));
        }
        let body = reader
            .until("ENDINSTRUCTION")
            .unwrap_or(reader.at..text.len());
        prompt.instruction = text[body.clone()].trim_matches('\n').to_owned();
        let rest = text
            .get(body.end + "ENDINSTRUCTION".len()..)
            .unwrap_or_default();
        if !rest.trim().is_empty() {
            return Err(problem(
                "nothing may stand behind `ENDINSTRUCTION`",
                body.end..text.len(),
            ));
        }
        Ok(prompt)
    }
}

fn problem(message: impl Into<String>, range: Range<usize>) -> Problem {
    Problem {
        message: message.into(),
        range,
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, word: &str) -> bool {
        let is_there = self.text[self.at..].starts_with(word);
        if is_there {
            self.at += word.len();
        }
        is_there
    }

    fn expect(&mut self, word: &str) -> Result<(), Problem> {
        if self.take(word) {
            return Ok(());
        }
        let line = self.text[self.at..].lines().next().unwrap_or_default();
        Err(problem(
            format!("expected `{word}`"),
            self.at..self.at + line.len(),
        ))
    }

    /// What stands before a word, behind which reading goes on.
    fn until(&mut self, word: &str) -> Result<Range<usize>, Problem> {
        match self.text[self.at..].find(word) {
            Some(end) => {
                let range = self.at..self.at + end;
                self.at = range.end + word.len();
                Ok(range)
            }
            None => Err(problem(
                format!("expected `{word}`"),
                self.text.len()..self.text.len(),
            )),
        }
    }
}
