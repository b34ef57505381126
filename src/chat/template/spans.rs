//! Which part of a rendered text the model is trained on: what the template's generation
//! blocks write or, where it has none, what the assistant's messages add.

use super::fault::Fault;
use minijinja::Value;
use std::ops::Range;

/// Two characters that stand around what a generation block writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    open: char,
    close: char,
}

/// Characters that no text should have: noncharacters of Unicode.
const PAIRS: [(char, char); 4] = [
    ('\u{fdd0}', '\u{fdd1}'),
    ('\u{fdd2}', '\u{fdd3}'),
    ('\u{fdd4}', '\u{fdd5}'),
    ('\u{fdd6}', '\u{fdd7}'),
];

impl Marks {
    /// Marks that do not stand in a text; the first ones if all of them do.
    pub(super) fn not_in(text: &str) -> Marks {
        let free = PAIRS
            .iter()
            .find(|(open, close)| !text.contains([*open, *close]));
        let (open, close) = *free.unwrap_or(&PAIRS[0]);
        Marks { open, close }
    }

    /// Both, as the template is given them.
    pub(super) fn text(self) -> String {
        [self.open, self.close].iter().collect()
    }

    /// Where the marks stood, in the text without them, which has to be `plain`.
    pub(super) fn take(self, marked: &str, plain: &str) -> Result<Vec<Range<usize>>, Fault> {
        let mut text = String::with_capacity(marked.len());
        let mut spans = Vec::new();
        let mut open = None;
        for c in marked.chars() {
            if c == self.open {
                open = open.or(Some(text.len()));
            } else if c == self.close {
                spans.extend(open.take().map(|start| start..text.len()));
            } else {
                text.push(c);
            }
        }
        if text != plain {
            return Err(Fault::output(
                "the template changes what its generation blocks write, so it cannot be told what is trained on",
            ));
        }
        Ok(spans)
    }
}

/// What every assistant message adds to the text behind the generation prompt.
/// `render` makes the text of some messages, with the generation prompt or without.
pub(super) fn by_prefixes(
    text: &str,
    messages: &Value,
    mut render: impl FnMut(&Value, bool) -> Result<String, Fault>,
) -> Result<Vec<Range<usize>>, Fault> {
    let unclear = || {
        Fault::output(
            "it cannot be told what is trained on: the template has no `{% generation %}`, and an answer changes what stands before it",
        )
    };
    let all: Vec<Value> = messages.try_iter().into_iter().flatten().collect();
    let mut spans = Vec::new();
    for (at, message) in all.iter().enumerate() {
        let role = message.get_attr("role").ok();
        if role.as_ref().and_then(Value::as_str) != Some("assistant") || at == 0 {
            continue;
        }
        let before = render(&Value::from(all[..at].to_vec()), true)?;
        let through = render(&Value::from(all[..=at].to_vec()), false)?;
        // Of the last message everything is the answer's, also what ends the text.
        let end = if at + 1 == all.len() {
            text.len()
        } else {
            through.len()
        };
        if !text.starts_with(&through) || !through.starts_with(&before) {
            return Err(unclear());
        }
        spans.push(before.len()..end);
    }
    Ok(spans)
}
