//! Takes the parser's events and puts values into tables.

use super::super::tree::{Node, Text, Value};
use super::errors::{Errors, Phase};
use super::scalar;
use super::tables::{ROOT, Tables};
use crate::diagnostics::Diagnostics;
use crate::diagnostics::limit_exceeded;
use crate::source::{Origin, Span};
use std::ops::Range;
use toml_parser::decoder::Encoding;
use toml_parser::parser::EventReceiver;
use toml_parser::{ErrorSink, Source};

/// An array or inline table that is open.
struct Frame<'s> {
    start: usize,
    broken: bool,
    kind: Kind<'s>,
}

enum Kind<'s> {
    Array(Vec<Node<'s>>),
    /// The number of its table, and the key whose value comes next.
    Inline(usize, Vec<Text<'s>>),
    /// Nested too deep: what is in it is passed over.
    Refused,
}

pub(super) struct Receiver<'s, 'e> {
    text: &'s str,
    mark: usize,
    source: Source<'s>,
    origin: Origin,
    errors: &'e Errors,
    findings: &'e mut Diagnostics,
    tables: Tables<'s>,
    /// The table that the last header began.
    current: usize,
    /// The header that is being read: whether it is of an array, and where it begins.
    header: Option<(bool, usize)>,
    path: Vec<Text<'s>>,
    /// Whether something is wrong with the path, so that nothing can be put there.
    lost: bool,
    stack: Vec<Frame<'s>>,
    /// The number of errors that were looked at.
    seen: usize,
    comments: Vec<Range<usize>>,
}

impl<'s, 'e> Receiver<'s, 'e> {
    pub(super) fn new(
        (text, mark): (&'s str, usize),
        source: Source<'s>,
        tables: Tables<'s>,
        errors: &'e Errors,
        findings: &'e mut Diagnostics,
    ) -> Self {
        Receiver {
            text,
            mark,
            source,
            origin: tables.origin,
            errors,
            findings,
            tables,
            current: ROOT,
            header: None,
            path: Vec::new(),
            lost: false,
            stack: Vec::new(),
            seen: 0,
            comments: Vec::new(),
        }
    }

    /// The tables and the places of the comments.
    pub(super) fn finish(self) -> (Tables<'s>, Vec<Range<usize>>) {
        (self.tables, self.comments)
    }

    fn span(&self, span: toml_parser::Span) -> Span {
        Span::new(
            self.origin,
            span.start() + self.mark,
            span.end() + self.mark,
        )
    }

    /// Lays the errors since the last event to the innermost value that is open.
    fn notice(&mut self) {
        let count = self.errors.count();
        if count > self.seen {
            self.seen = count;
            if let Some(frame) = self.stack.last_mut() {
                frame.broken = true;
            }
        }
    }

    /// How deep a value that begins here stands.
    fn depth(&self) -> usize {
        let keys = self.path.len().saturating_sub(1);
        let inline: usize = self
            .stack
            .iter()
            .map(|frame| match &frame.kind {
                Kind::Inline(_, path) => path.len().max(1),
                _ => 1,
            })
            .sum();
        self.tables.depth(self.current) + keys + inline + 1
    }

    /// Opens an array or inline table; `false` if it would be too deep.
    fn open(&mut self, span: toml_parser::Span, inline: bool) -> bool {
        self.notice();
        let depth = self.depth();
        let start = span.start() + self.mark;
        let refused = depth > self.tables.nesting;
        if refused {
            self.findings.push(limit_exceeded::nesting(
                self.span(span),
                self.tables.nesting,
            ));
        }
        let kind = match inline {
            _ if refused => Kind::Refused,
            true => Kind::Inline(self.tables.detached(self.span(span), depth), Vec::new()),
            false => Kind::Array(Vec::new()),
        };
        self.stack.push(Frame {
            start,
            broken: false,
            kind,
        });
        !refused
    }

    fn close(&mut self, span: toml_parser::Span) {
        self.notice();
        let Some(frame) = self.stack.pop() else {
            return;
        };
        let end = (span.end() + self.mark).max(frame.start);
        let span = Span::new(self.origin, frame.start, end);
        let node = match frame.kind {
            Kind::Array(items) => Node {
                span,
                value: Value::List(items),
            },
            Kind::Inline(table, _) => self.tables.take_inline(table, span),
            Kind::Refused => Node {
                span,
                value: Value::Broken,
            },
        };
        self.complete(if frame.broken {
            Node {
                span,
                value: Value::Broken,
            }
        } else {
            node
        });
    }

    /// Puts a value where it belongs.
    fn complete(&mut self, node: Node<'s>) {
        match self.stack.last_mut().map(|frame| &mut frame.kind) {
            Some(Kind::Array(items)) => items.push(node),
            Some(Kind::Inline(table, path)) => {
                let (table, path) = (*table, std::mem::take(path));
                self.tables.insert(table, path, node, self.findings);
            }
            Some(Kind::Refused) => {}
            None => {
                let path = std::mem::take(&mut self.path);
                let Some(first) = path.first().filter(|_| !self.lost) else {
                    return;
                };
                let span = first.span.to(node.span);
                self.tables.reach(self.current, span);
                self.tables.reach(ROOT, span);
                self.tables.insert(self.current, path, node, self.findings);
                self.errors.phase(Phase::Behind);
            }
        }
    }

    /// A header is complete, or the line ends without its being so.
    fn end_header(&mut self, end: usize) {
        let Some((of_array, start)) = self.header.take() else {
            return;
        };
        let path = std::mem::take(&mut self.path);
        let span = Span::new(self.origin, start, end);
        self.tables.reach(ROOT, span);
        let table = match self.lost {
            true => None,
            false => self.tables.header(path, of_array, span, self.findings),
        };
        self.current = table.unwrap_or_else(|| self.tables.detached(span, 1));
        self.errors.phase(Phase::Behind);
    }
}

impl EventReceiver for Receiver<'_, '_> {
    fn std_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.path.clear();
        self.header = Some((false, span.start() + self.mark));
        self.errors.phase(Phase::Key);
    }

    fn std_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.end_header(span.end() + self.mark);
    }

    fn array_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.path.clear();
        self.header = Some((true, span.start() + self.mark));
        self.errors.phase(Phase::Key);
    }

    fn array_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.end_header(span.end() + self.mark);
    }

    fn inline_table_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) -> bool {
        self.open(span, true)
    }

    fn inline_table_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn array_open(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) -> bool {
        self.open(span, false)
    }

    fn array_close(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn simple_key(
        &mut self,
        span: toml_parser::Span,
        kind: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) {
        self.notice();
        if self.stack.is_empty() {
            self.errors.phase(Phase::Key);
        }
        let key = Text::new(
            scalar::key(&self.source, span, kind, error),
            self.span(span),
        );
        match self.stack.last_mut().map(|frame| &mut frame.kind) {
            None => {
                self.lost |= self.errors.count() > self.seen;
                self.path.push(key);
            }
            Some(Kind::Inline(_, path)) => path.push(key),
            Some(_) => {}
        }
    }

    fn key_val_sep(&mut self, _span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.notice();
        self.errors.phase(Phase::Value);
    }

    fn scalar(
        &mut self,
        span: toml_parser::Span,
        kind: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) {
        self.notice();
        let value = scalar::value(&self.source, span, kind, error);
        let value = if self.errors.count() > self.seen {
            Value::Broken
        } else {
            value
        };
        self.seen = self.errors.count();
        let node = Node {
            span: self.span(span),
            value,
        };
        self.complete(node);
    }

    fn comment(&mut self, span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.comments
            .push(span.start() + self.mark..span.end() + self.mark);
    }

    fn newline(&mut self, _span: toml_parser::Span, _error: &mut dyn ErrorSink) {
        self.notice();
        if self.stack.is_empty() {
            self.end_header(self.text.len());
            self.path.clear();
            self.lost = false;
            self.errors.next_expression();
        }
    }
}
