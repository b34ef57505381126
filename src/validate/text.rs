//! The texts a model learns: not too long, nothing around them, nothing in them that
//! the wire format uses itself.

use super::Subject;
use crate::ast::{Output, Sample, Snippet, States};
use crate::diagnostics::{
    Diagnostics, Safety, control_text, empty_snippet, long_text, text_too_long, untrimmed_text,
};
use crate::python::repr;
use crate::source::{SourceMap, Span, Spanned, Text};
use crate::syntax::{Scalar, inside};

/// Characters of a text in formats below 2.0.1.
const MOST: usize = 300;
/// Characters that the reference recommends from 2.0.1 on.
const RECOMMENDED: usize = 3000;

const CONTROLS: [&str; 7] = [
    "<BOS>", "<EOS>", "<RUN>", "<PAD>", "<UNK>", "<NON>", "<string>",
];

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    let protocol = subject.protocol;
    let mut checker = Checker { subject, findings };
    for line in protocol.lines() {
        checker.length(&line.value, line.span);
        checker.trimmed(line);
    }
    for guardrail in &protocol.guardrails {
        for text in guardrail.texts() {
            // A text of nothing else is another rule's business.
            if !text.value.trim().is_empty() {
                checker.trimmed(text);
            }
            checker.controls(text);
        }
    }
    for instruction in &protocol.instructions {
        let states = instruction.states.as_ref();
        match states
            .and_then(|given| given.value.as_ref())
            .map(|states| &states.value)
        {
            Some(States::List(states)) => {
                states
                    .iter()
                    .flatten()
                    .for_each(|state| checker.trimmed_name(state));
            }
            Some(States::Map(labels)) => {
                let values = labels.iter().flat_map(|label| &label.values);
                values
                    .flatten()
                    .for_each(|value| checker.trimmed_name(value));
            }
            None => {}
        }
        let names_states = !instruction.instruction_type.has_finals();
        for sample in instruction.known_samples() {
            checker.sample(sample.written, names_states);
        }
    }
}

struct Checker<'c, 'p, 's> {
    subject: &'c Subject<'p, 's>,
    findings: &'c mut Diagnostics,
}

impl Checker<'_, '_, '_> {
    fn sample(&mut self, sample: &Sample<'_>, names_state: bool) {
        for snippet in sample.snippets() {
            self.snippet(snippet, false);
        }
        match &sample.output {
            Some(Output::Snippet(snippet)) => self.snippet(snippet, names_state),
            Some(Output::Labels(Spanned {
                value: labels,
                span,
            })) => {
                for value in labels.iter().filter_map(|(_, value)| value.as_ref()) {
                    self.trimmed_name(value);
                    self.controls(value);
                }
                // What counts is the map as it is written into the model file.
                let given = labels.iter().filter_map(|(label, value)| {
                    Some((label.value.as_ref(), value.as_ref()?.value.as_ref()))
                });
                self.length(&repr::map(given), *span);
            }
            None => {}
        }
    }

    fn snippet(&mut self, snippet: &Snippet<'_>, is_state: bool) {
        if snippet.text.value.is_empty() {
            self.findings
                .push(empty_snippet::diagnostic(snippet.span()));
            return;
        }
        self.length(&snippet.text.value, snippet.text.span);
        match is_state {
            true => self.trimmed_name(&snippet.text),
            false => self.trimmed(&snippet.text),
        }
        self.controls(&snippet.text);
    }

    fn length(&mut self, text: &str, span: Span) {
        if text.len() <= MOST {
            return;
        }
        let format = self.subject.protocol.format;
        let count = text.chars().count();
        if format.limits_text() {
            if count > MOST {
                self.findings
                    .push(text_too_long::diagnostic(span, count, MOST, format.name()));
            }
        } else if count > RECOMMENDED {
            self.findings
                .push(long_text::diagnostic(span, count, RECOMMENDED));
        }
    }

    /// White space at the ends of a text.
    fn trimmed(&mut self, text: &Text<'_>) {
        self.ends(text, Safety::Safe);
    }

    /// White space at the ends of a name that stands elsewhere too: without it, it is
    /// another one.
    fn trimmed_name(&mut self, name: &Text<'_>) {
        self.ends(name, Safety::Unsafe);
    }

    /// White space at the ends. A text of nothing else has one end. Blanks and tabs behind
    /// a text go as `safety` says; nobody writes others, or any before it, without noticing.
    fn ends(&mut self, text: &Text<'_>, safety: Safety) {
        let value = text.value.as_ref();
        let bytes = value.as_bytes();
        let plain = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_graphic());
        if plain(bytes.first()) && plain(bytes.last()) {
            return;
        }
        let sources = self.subject.sources;
        let start = value.len() - value.trim_start().len();
        if start > 0 {
            let span = inside(sources, text.span, value, 0..start);
            let cure = (!sources.text(span).contains('\n')).then_some(Safety::Unsafe);
            self.findings
                .push(untrimmed_text::diagnostic(span, true, cure));
        }
        let end = value.trim_end().len();
        if end < value.len() && start < value.len() {
            let span = inside(sources, text.span, value, end..value.len());
            let spaces = sources.text(span);
            let finding = match chomping(sources, text.span) {
                Some(indicator) if value.ends_with('\n') => {
                    untrimmed_text::block_end(span, value[end..] == *"\n", indicator, safety)
                }
                _ => {
                    let cure = match spaces {
                        spaces if spaces.contains('\n') => None,
                        spaces if spaces.trim_matches([' ', '\t']).is_empty() => Some(safety),
                        _ => Some(Safety::Unsafe),
                    };
                    untrimmed_text::diagnostic(span, false, cure)
                }
            };
            self.findings.push(finding);
        }
    }

    /// Control words and line breaks. A break at the end is white space there.
    fn controls(&mut self, text: &Text<'_>) {
        let value = text.value.as_ref();
        if memchr::memchr3(b'<', b'\n', b'\r', value.as_bytes()).is_none() {
            return;
        }
        let body = value.trim_end().len();
        let start = value.len() - value.trim_start().len();
        let mut at = start;
        // Most texts have none of them.
        let mut scalar = None;
        while let Some(found) = value[at..].find(['<', '\n', '\r']).map(|found| at + found) {
            let rest = &value[found..];
            let is_break = rest.starts_with(['\n', '\r']);
            let control = match rest.starts_with("\r\n") {
                true => Some("\r\n"),
                false if is_break => Some(&rest[..1]),
                false => CONTROLS
                    .into_iter()
                    .find(|control| rest.starts_with(control)),
            };
            let length = control.map_or(1, str::len);
            if let Some(control) = control.filter(|_| !is_break || found < body) {
                let sources = self.subject.sources;
                let scalar = scalar.get_or_insert_with(|| Scalar::new(sources, text.span, value));
                let span = scalar.inside(found..found + length);
                self.findings.push(control_text::diagnostic(span, control));
            }
            at = found + length;
        }
    }
}

/// Where a YAML block says what becomes of its last line breaks, or can say it: its `+`, or
/// the place behind its `|` or `>`. `None` for text in another notation.
fn chomping(sources: &SourceMap, written: Span) -> Option<Span> {
    let raw = sources.text(written);
    let header = raw.strip_prefix(['|', '>'])?;
    let header = &header[..header.find([' ', '\t', '\r', '\n'])?];
    let (start, length) = header.find('+').map_or((1, 0), |at| (1 + at, 1));
    let start = written.start as usize + start;
    Some(Span::new(written.origin, start, start + length))
}
