//! What a template writes between messages, in the texts of a protocol.

use super::check::Named;
use super::parse::{Shape, is_single_call};
use super::parts;
use super::template::{Builtin, ToolForm, Value};
use crate::ast::Output;
use crate::diagnostics::{Diagnostics, delimiter_in_text, no_generation_prompt};
use crate::ir::{Instruction, Protocol, Sample};
use crate::source::{SourceMap, Span, Text};
use crate::syntax::inside;
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// What a template writes between messages.
#[derive(Debug)]
pub struct Delimiters {
    name: String,
    pieces: Vec<String>,
    /// What stands between a system message and the user's first text, if these are blanks alone
    /// and nothing else tells that there is a system message.
    blank: Option<String>,
    /// Finds them in one pass; none if there are none.
    matcher: Option<AhoCorasick>,
    /// How it writes tools, if it is known to read them in texts, too.
    tools: Option<ToolForm>,
    /// It writes nothing that asks for an answer.
    asks_nothing: bool,
}

impl Delimiters {
    /// Learns them from a template: the pieces around messages, special tokens, and
    /// whatever looks like one in the template's text.
    pub fn of(template: &Named) -> Delimiters {
        let shape = Shape::of(template).ok();
        let mut pieces: Vec<String> = shape
            .iter()
            .flat_map(|shape| shape.delimiters().into_iter().map(str::to_owned))
            .collect();
        let variables = template.call.variables.iter();
        let tokens = variables.filter(|(name, _)| name.ends_with("_token"));
        pieces.extend(tokens.filter_map(|(_, token)| token.as_str().map(str::to_owned)));
        let source = template.template.source();
        pieces.extend(special(source).map(str::to_owned));
        let known = KNOWN.iter().filter(|(sign, _)| source.contains(sign));
        pieces.extend(known.flat_map(|(_, marks)| marks.iter().map(|mark| (*mark).to_owned())));
        pieces.retain(|piece| piece.len() > 1);
        // The longer ones say more.
        pieces.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        pieces.dedup();
        let asks_nothing = shape
            .iter()
            .flat_map(|shape| [&shape.with_system, &shape.plain])
            .flatten()
            .any(|pieces| !pieces.prompt.trim_end().ends_with(pieces.to_answer.trim()));
        let blank = shape.as_ref().and_then(|shape| {
            let (with_system, plain) = shape.with_system.as_ref().zip(shape.plain.as_ref())?;
            let blank = &with_system.after_system;
            let is_hidden = with_system.head == plain.head && blank.trim().is_empty();
            (is_hidden && !blank.is_empty()).then(|| blank.clone())
        });
        let matcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&pieces);
        let own = template.is_own.then(|| Builtin::find(&template.name));
        Delimiters {
            name: template.name.clone(),
            matcher: matcher.ok().filter(|_| !pieces.is_empty()),
            pieces,
            blank,
            tools: own.flatten().and_then(|builtin| builtin.tools),
            asks_nothing,
        }
    }

    /// Those in a text, each where it stands first; an answer may be one as a whole.
    fn found<'t>(&'t self, text: &'t str, is_answer: bool) -> Vec<(Range<usize>, &'t str)> {
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        if is_answer && let Some(call) = is_call(self.tools, text) {
            found.push(call);
        }
        let mut is_told = vec![false; self.pieces.len()];
        for part in self.matcher.iter().flat_map(|all| all.find_iter(text)) {
            let piece = part.pattern().as_usize();
            if !std::mem::replace(&mut is_told[piece], true) {
                found.push((part.range(), self.pieces[piece].as_str()));
            }
        }
        found
    }

    /// Looks at all texts of a protocol that become messages, of samples those that are wanted:
    /// by their instruction and their number in it, from 0.
    pub(super) fn protocol(
        &self,
        protocol: &Protocol<'_>,
        sources: &SourceMap,
        is_wanted: impl Fn(&Instruction<'_>, usize) -> bool,
        findings: &mut Diagnostics,
    ) {
        if self.asks_nothing {
            findings.push(no_generation_prompt::diagnostic(
                protocol.first_key,
                &self.name,
            ));
        }
        let texts = protocol.guardrails.iter().flat_map(|own| own.texts());
        for text in protocol.lines().chain(texts) {
            self.text(text, Place::System, sources, findings);
        }
        for instruction in &protocol.instructions {
            for (at, sample) in instruction.samples.iter().enumerate() {
                if let Some(sample) = sample.filter(|_| is_wanted(instruction, at)) {
                    self.sample(sample, sources, findings);
                }
            }
        }
    }

    /// Looks at the texts of a sample.
    pub(crate) fn sample(
        &self,
        sample: Sample<'_, '_>,
        sources: &SourceMap,
        findings: &mut Diagnostics,
    ) {
        let written = sample.written;
        // Of several lines, none keeps a line break.
        let is_alone = written
            .input
            .as_ref()
            .is_some_and(|list| list.value.len() == 1);
        let place = match is_alone {
            true => Place::FirstUser,
            false => Place::System,
        };
        for snippet in written.snippets() {
            self.text(&snippet.text, place, sources, findings);
        }
        match &written.output {
            Some(Output::Snippet(snippet)) => {
                self.text(&snippet.text, Place::Answer, sources, findings);
            }
            Some(Output::Labels(labels)) => {
                for value in labels.value.iter().filter_map(|(_, value)| value.as_ref()) {
                    self.text(value, Place::System, sources, findings);
                }
            }
            None => {}
        }
    }

    fn text(&self, text: &Text<'_>, place: Place, sources: &SourceMap, findings: &mut Diagnostics) {
        for (range, piece) in self.found(&text.value, place == Place::Answer) {
            let span = inside(sources, text.span, &text.value, range);
            findings.push(delimiter_in_text::diagnostic(span, piece, &self.name));
        }
        let blank = self.blank_in(&text.value);
        if let Some(range) = blank.filter(|_| place == Place::FirstUser) {
            let span = inside(sources, text.span, &text.value, range);
            findings.push(delimiter_in_text::empty_line(span, &self.name));
        }
    }

    /// Where a first text of the user ends a system message that is none.
    fn blank_in(&self, text: &str) -> Option<Range<usize>> {
        let blank = self.blank.as_deref()?;
        let start = text.find(blank)?;
        Some(start..start + blank.len())
    }

    /// Looks at a message; whether it is the user's first one is told by `is_first`.
    pub(super) fn message(
        &self,
        message: &Value,
        (span, is_first): (Span, bool),
        findings: &mut Diagnostics,
    ) {
        let field = |name: &str| message.get_attr(name).unwrap_or_default();
        let is_answer = field("role").as_str() == Some("assistant");
        let mut told: Vec<&str> = Vec::new();
        let mut has_blank = false;
        for text in parts::texts(&field("content")) {
            has_blank |= is_first && self.blank_in(&text).is_some();
            for (_, piece) in self.found(&text, is_answer) {
                let known = self.pieces.iter().map(String::as_str);
                let piece = known.chain([CALL]).find(|known| *known == piece);
                told.extend(piece.filter(|piece| !told.contains(piece)));
            }
        }
        for piece in told {
            findings.push(delimiter_in_text::diagnostic(span, piece, &self.name));
        }
        if has_blank {
            findings.push(delimiter_in_text::empty_line(span, &self.name));
        }
    }
}

/// Where in a conversation a text comes to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the system message, or with others in lines that escape line breaks.
    System,
    /// As the user's first text, line breaks and all.
    FirstUser,
    /// As an answer, which may be one call as a whole.
    Answer,
}

/// What an answer begins with that is read as a call of a tool.
const CALL: &str = "{\"name\": ";

/// Where an answer that is a call as a whole says so: in these formats nothing stands around it.
fn is_call(tools: Option<ToolForm>, text: &str) -> Option<(Range<usize>, &'static str)> {
    let start = text.len() - text.trim_start().len();
    let is_call = tools == Some(ToolForm::Single) && is_single_call(text.trim());
    is_call.then(|| (start..start + CALL.len(), CALL))
}

/// Texts that models with certain formats know as marks, whether their templates write them or
/// not: where the first stands in a template's text, the others are looked for.
const KNOWN: [(&str, &[&str]); 11] = [
    ("<<SYS>>", &["<<SYS>>", "<</SYS>>"]),
    ("[INST]", &["[INST]", "[/INST]"]),
    ("[TOOL_CALLS]", &["[TOOL_CALLS]"]),
    (
        "[AVAILABLE_TOOLS]",
        &["[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]"],
    ),
    ("[TOOL_RESULTS]", &["[TOOL_RESULTS]", "[/TOOL_RESULTS]"]),
    ("<tool_call>", &["<tool_call>", "</tool_call>"]),
    ("<tool_response>", &["<tool_response>", "</tool_response>"]),
    ("\\n\\n# Tools\\n\\n", &["\n\n# Tools\n\n"]),
    (
        "<|start_header_id|>",
        &["<|eom_id|>", "<|python_tag|>", "<|end_of_text|>"],
    ),
    (
        "<|im_start|>",
        &["<|im_start|>", "<|im_end|>", "<|endoftext|>"],
    ),
    ("<start_of_turn>", &["<start_of_turn>", "<end_of_turn>"]),
];

/// What looks like a special token in a template's text: `<|…|>`.
fn special(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices("<|").filter_map(|(at, _)| {
        let end = source[at..].find("|>")? + "|>".len();
        let token = &source[at..at + end];
        let inner = &token[2..token.len().saturating_sub(2).max(2)];
        let is_token = !inner.is_empty()
            && !inner.contains(|c: char| c.is_whitespace() || "{}<>'\"".contains(c));
        is_token.then_some(token)
    })
}
