//! Text taken apart by the pieces of a shape.

use super::shape::{Pieces, Shape};
use crate::chat::message::Role;
use std::ops::Range;

/// The messages of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The messages: who says them, and their bytes in the text.
    pub messages: Vec<(Role, Range<usize>)>,
    /// The text ends where an answer is asked for.
    pub is_prompt: bool,
    /// The last answer does not end as the template ends one: it was cut off, or goes on.
    pub is_open: bool,
}

impl Shape {
    /// The messages of a rendered text; `None` if it does not begin as the template begins
    /// one.
    pub fn parse(&self, text: &str) -> Option<Parsed> {
        let mut candidates: Vec<(&Pieces, bool)> = Vec::new();
        candidates.extend(self.with_system.iter().map(|pieces| (pieces, true)));
        candidates.extend(self.plain.iter().map(|pieces| (pieces, false)));
        // Of two beginnings the longer one says more; of two that are alike, a system
        // message is what is left if there is the piece behind it.
        candidates.sort_by_key(|(pieces, _)| std::cmp::Reverse(pieces.head.len()));
        candidates
            .into_iter()
            .find_map(|(pieces, has_system)| parse(text, pieces, has_system))
    }

    /// What of a model's raw output is the answer: without the blank that belongs to the
    /// prompt, and up to what ends an answer or begins another message.
    pub fn answer(&self, output: &str) -> Range<usize> {
        let mut range = 0..output.len();
        let all: Vec<&Pieces> = self.with_system.iter().chain(&self.plain).collect();
        for pieces in &all {
            let lead = pieces
                .to_answer
                .strip_prefix(pieces.prompt.as_str())
                .unwrap_or_default();
            if !lead.is_empty() && range.start == 0 && output.starts_with(lead) {
                range.start = lead.len();
            }
        }
        let eos = self.eos_token.as_deref();
        let stops = all
            .iter()
            .flat_map(|pieces| [pieces.stop(), pieces.opener()])
            .chain(eos);
        let ends = stops
            .filter(|stop| stop.len() > 1)
            .filter_map(|stop| output[range.start..].find(stop));
        let mut is_ended = false;
        if let Some(end) = ends.min() {
            range.end = range.start + end;
            is_ended = true;
        }
        let answer = &output[range.clone()];
        let blanks = all
            .iter()
            .map(|pieces| &pieces.end[..pieces.end.len() - pieces.end.trim_start().len()])
            .filter(|blanks| !blanks.is_empty() && answer.ends_with(*blanks))
            .map(str::len)
            .max();
        if is_ended {
            range.end -= blanks.unwrap_or(0);
        }
        range
    }

    /// What a text may not hold to be read back as it was: every piece that has more than
    /// blanks.
    pub fn delimiters(&self) -> Vec<&str> {
        let mut all = Vec::new();
        for pieces in self.with_system.iter().chain(&self.plain) {
            all.extend([pieces.to_answer.trim(), pieces.stop(), pieces.opener()]);
        }
        all.extend(self.eos_token.as_deref());
        all.retain(|piece| piece.len() > 1);
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn parse(text: &str, pieces: &Pieces, has_system: bool) -> Option<Parsed> {
    let mut at = text
        .starts_with(pieces.head.as_str())
        .then_some(pieces.head.len())?;
    let mut parsed = Parsed {
        messages: Vec::new(),
        is_prompt: false,
        is_open: false,
    };
    if has_system {
        // What belongs to the system message reaches as far as it can: its texts are the
        // longer ones.
        let question_end = text[at..]
            .find(&pieces.to_answer)
            .map_or(text.len(), |end| at + end);
        let end = at + text[at..question_end].rfind(&pieces.after_system)?;
        parsed.messages.push((Role::System, at..end));
        at = end + pieces.after_system.len();
    }
    loop {
        let Some(end) = text[at..].find(&pieces.to_answer) else {
            // Nothing but the prompt of an answer can follow, or the end of a question.
            let rest = &text[at..];
            let prompt = rest.strip_suffix(pieces.prompt.as_str());
            parsed.is_prompt = prompt.is_some() && !pieces.prompt.is_empty();
            let question = prompt
                .filter(|_| parsed.is_prompt)
                .or_else(|| rest.strip_suffix(pieces.asked.as_str()))
                .or_else(|| rest.trim_end().strip_suffix(pieces.asked.trim_end()));
            let end = at + question.map_or(rest.len(), str::len);
            parsed.messages.push((Role::User, at..end));
            return Some(parsed);
        };
        parsed.messages.push((Role::User, at..at + end));
        at += end + pieces.to_answer.len();
        let behind = &text[at - pieces.to_answer.len()..];
        parsed.is_prompt = behind == pieces.prompt;
        if parsed.is_prompt || behind == pieces.asked {
            return Some(parsed);
        }
        if let Some(end) = text[at..].find(&pieces.to_user) {
            parsed.messages.push((Role::Assistant, at..at + end));
            at += end + pieces.to_user.len();
            continue;
        }
        let answer = text[at..].strip_suffix(pieces.end.as_str());
        let answer = answer.or_else(|| text[at..].trim_end().strip_suffix(pieces.end.trim_end()));
        parsed.is_open = answer.is_none();
        let end = answer.map_or(text.len(), |answer| at + answer.len());
        parsed.messages.push((Role::Assistant, at..end));
        return Some(parsed);
    }
}
