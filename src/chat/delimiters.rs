//! What a template writes between messages, in the texts of a protocol.

use super::check::Named;
use super::parse::Shape;
use super::parts;
use super::template::Value;
use crate::ast::Output;
use crate::diagnostics::{Diagnostics, delimiter_in_text, no_generation_prompt};
use crate::ir::Protocol;
use crate::source::{SourceMap, Span, Text};
use crate::syntax::inside;

/// What a template writes between messages.
#[derive(Debug)]
pub(super) struct Delimiters {
    name: String,
    pieces: Vec<String>,
    /// It writes nothing that asks for an answer.
    pub(super) asks_nothing: bool,
}

impl Delimiters {
    /// Learns them from a template: the pieces around messages, special tokens, and
    /// whatever looks like one in the template's text.
    pub(super) fn of(template: &Named) -> Delimiters {
        let shape = Shape::of(template).ok();
        let mut pieces: Vec<String> = shape
            .iter()
            .flat_map(|shape| shape.delimiters().into_iter().map(str::to_owned))
            .collect();
        let variables = template.call.variables.iter();
        let tokens = variables.filter(|(name, _)| name.ends_with("_token"));
        pieces.extend(tokens.filter_map(|(_, token)| token.as_str().map(str::to_owned)));
        pieces.extend(special(template.template.source()).map(str::to_owned));
        pieces.retain(|piece| piece.len() > 1);
        // The longer ones say more.
        pieces.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        pieces.dedup();
        let asks_nothing = shape
            .iter()
            .flat_map(|shape| [&shape.with_system, &shape.plain])
            .flatten()
            .any(|pieces| !pieces.prompt.trim_end().ends_with(pieces.to_answer.trim()));
        Delimiters {
            name: template.name.clone(),
            pieces,
            asks_nothing,
        }
    }

    /// The first one in a text.
    fn found(&self, text: &str) -> Option<(usize, &str)> {
        let found = self
            .pieces
            .iter()
            .filter_map(|piece| Some((text.find(piece.as_str())?, piece.as_str())));
        found.min_by_key(|(at, piece)| (*at, std::cmp::Reverse(piece.len())))
    }

    /// Looks at all texts of a protocol that become messages.
    pub(super) fn protocol(
        &self,
        protocol: &Protocol<'_>,
        sources: &SourceMap,
        findings: &mut Diagnostics,
    ) {
        if self.asks_nothing {
            findings.push(no_generation_prompt::diagnostic(
                protocol.first_key,
                &self.name,
            ));
        }
        let mut text = |text: &Text<'_>| {
            if let Some((at, piece)) = self.found(&text.value) {
                let span = inside(sources, text.span, &text.value, at..at + piece.len());
                findings.push(delimiter_in_text::diagnostic(span, piece, &self.name));
            }
        };
        protocol.lines().for_each(&mut text);
        let guardrails = protocol.guardrails.iter();
        guardrails
            .flat_map(|guardrail| guardrail.texts())
            .for_each(&mut text);
        for sample in protocol
            .instructions
            .iter()
            .flat_map(|instruction| instruction.known_samples())
        {
            let snippets = sample.written.snippets();
            snippets.for_each(|snippet| text(&snippet.text));
            match &sample.written.output {
                Some(Output::Snippet(snippet)) => text(&snippet.text),
                Some(Output::Labels(labels)) => labels
                    .value
                    .iter()
                    .filter_map(|(_, value)| value.as_ref())
                    .for_each(&mut text),
                None => {}
            }
        }
    }

    /// Looks at the content of a message.
    pub(super) fn message(&self, content: &Value, span: Span, findings: &mut Diagnostics) {
        for text in parts::texts(content) {
            if let Some((_, piece)) = self.found(&text) {
                findings.push(delimiter_in_text::diagnostic(span, piece, &self.name));
            }
        }
    }
}

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
