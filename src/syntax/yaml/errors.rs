//! What the parser's errors mean to the person who wrote the file.

use super::super::{character, found};
use super::places;
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::{Origin, Span};
use granit_parser::{ErrorKind, ScanError};
use std::ops::Range;

const YAML: &str = "YAML";
const QUOTES: &str = "put the text in quotes";
const COLUMNS: &str = "the lines of one map or list begin in the same column";

/// Where the parser was when it stopped.
pub(super) struct Stop<'s> {
    pub(super) text: &'s str,
    pub(super) origin: Origin,
    /// Length of the byte order mark.
    pub(super) mark: usize,
    /// Where the last thing that was understood ends.
    pub(super) behind: usize,
    /// The innermost bracket that is open.
    pub(super) open: Option<usize>,
    /// How deep lists and maps may be nested.
    pub(super) nesting: usize,
}

impl Stop<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.origin, range.start, range.end)
    }

    fn not_valid(&self, range: Range<usize>, reason: &str) -> Diagnostic {
        syntax::not_valid(self.span(range), YAML, reason)
    }

    /// Something else than `wanted` stands at `at`.
    fn expected(&self, at: usize, wanted: &str) -> Diagnostic {
        let (length, what) = found(self.text, at);
        self.not_valid(at..at + length, &format!("expected {wanted}, found {what}"))
    }

    /// The finding for an error.
    pub(super) fn finding(&self, error: &ScanError) -> Diagnostic {
        let text = self.text;
        let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(0) + self.mark);
        let here = character(text, self.origin, at);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => limit_exceeded::nesting(here, self.nesting),
            ErrorKind::UnclosedQuotedScalar => syntax::unclosed_quote(here, YAML),
            ErrorKind::InvalidQuotedScalarIndent | ErrorKind::DocumentIndicatorInQuotedScalar => {
                let Some(quote) = places::opening_quote(text, self.behind, at) else {
                    return self.expected(at, "more indentation of text in quotes");
                };
                let quote = character(text, self.origin, quote);
                syntax::unclosed_quote(quote, YAML).also(here, "this line is too far left to be part of the text")
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar => {
                self.behind_quotes(at).help("a single quote inside of single quotes is written `''`")
            }
            ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                self.behind_quotes(at).help("a double quote inside of double quotes is written `\\\"`")
            }
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate
            | ErrorKind::InvalidUnicodeEscape => self.escape(error, at),
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar => match places::tab(text, at) {
                Some(tab) => self.not_valid(tab, "a tab may not indent a line").help("indent with spaces"),
                None => self.not_valid(here.range(), "a tab may not stand here").help("use spaces"),
            },
            ErrorKind::SimpleKeyExpected => self.no_key(at),
            ErrorKind::MappingValueNotAllowed => self.stray_colon(at),
            ErrorKind::ExpectedBlockMappingKey => self.expected(at, "a key").help(COLUMNS),
            ErrorKind::ExpectedBlockSequenceEntry => self.expected(at, "`- ` like before").help(COLUMNS),
            ErrorKind::ExpectedDocumentStart if !text.starts_with('%') => {
                self.expected(at, "nothing more").help(COLUMNS)
            }
            ErrorKind::ExpectedDocumentStart => self.expected(at, "`---` behind the lines that begin with `%`"),
            ErrorKind::InvalidIndentation
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidBlockScalarIndent => {
                self.not_valid(here.range(), "this line is indented like none above").help(COLUMNS)
            }
            ErrorKind::UnexpectedCharacter { character: unexpected } => {
                if text.get(at..).is_some_and(|rest| rest.starts_with(['%', '@', '`'])) {
                    let (_, sign) = found(text, at);
                    return self.not_valid(here.range(), &format!("text may not begin with {sign}")).help(QUOTES);
                }
                let ahead = text.get(at..).and_then(|rest| rest.find(*unexpected)).unwrap_or(0);
                let span = character(text, self.origin, at + ahead);
                syntax::forbidden_character(span, YAML, *unexpected)
            }
            ErrorKind::MisplacedFlowCollectionEnd => {
                let (_, bracket) = found(text, at);
                self.not_valid(here.range(), &format!("this {bracket} closes nothing"))
            }
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
                self.not_valid(here.range(), &format!("this `{open}` is closed by `{close}`"))
            }
            ErrorKind::UnclosedFlowCollection { open } => {
                syntax::unclosed_bracket(here, YAML, open.encode_utf8(&mut [0; 4]))
            }
            ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator => self.in_brackets(at),
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnexpectedEofBlockSequence
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEof
            | ErrorKind::ExpectedNodeContent => self.expected(at, "a value"),
            ErrorKind::BlockEntryInFlowCollection => self
                .not_valid(here.range(), "`- ` may not stand in brackets")
                .help("in brackets the items of a list are divided by commas"),
            ErrorKind::BlockSequenceEntryNotAllowed => self
                .not_valid(here.range(), "a list may not begin here")
                .help("begin the list on a line of its own, or put text that begins with `- ` in quotes"),
            ErrorKind::MissingAnchorOrAliasName => {
                let (_, sign) = found(text, at);
                self.not_valid(here.range(), &format!("a name has to follow {sign}"))
                    .help("put text that begins with it in quotes")
            }
            ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => self
                .not_valid(places::rest_of_line(text, at), "the text of a block begins on the line below")
                .help("or put text that begins with `|` or `>` in quotes"),
            ErrorKind::CommentNotSeparated => {
                self.not_valid(here.range(), "a comment needs a space before its `#`")
            }
            ErrorKind::BomInsideDocument => syntax::forbidden_character(here, YAML, '\u{feff}'),
            ErrorKind::UndeclaredTagHandle
            | ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidTagUtf8 => {
                let tag = places::word(text, at);
                let written = text.get(tag.clone()).unwrap_or_default();
                syntax::tag(self.span(tag), written)
            }
            kind => self.not_valid(here.range(), &kind.to_string()),
        }
    }

    /// Something stands behind text in quotes.
    fn behind_quotes(&self, at: usize) -> Diagnostic {
        self.expected(
            at,
            if self.open.is_some() {
                "`,` or a bracket"
            } else {
                "the end of the line"
            },
        )
    }

    /// A line of a map has no key.
    fn no_key(&self, at: usize) -> Diagnostic {
        if let Some(finding) = self.missing_space(at) {
            return finding;
        }
        let line = places::rest_of_line(self.text, at);
        self.not_valid(line, "expected `key: value`")
            .help("put `:` behind a key, and indent text that continues the line above")
    }

    /// The finding for `key:value` at `at`.
    fn missing_space(&self, at: usize) -> Option<Diagnostic> {
        let colon = places::tight_colon(self.text, at)?;
        let line = places::rest_of_line(self.text, at);
        let key = self.text.get(at..colon)?;
        let value = self.text.get(colon + 1..line.end)?;
        let finding = self.not_valid(colon..colon + 1, "a space has to follow this colon");
        Some(if line.len() > 60 {
            finding
        } else {
            finding.help(format!("write `{key}: {value}`"))
        })
    }

    /// A colon makes a key of something that cannot be one.
    fn stray_colon(&self, at: usize) -> Diagnostic {
        let text = self.text;
        let colon = at..at + 1;
        let start = places::line_start(text, at);
        let before = text.get(start..at).unwrap_or_default();
        if before.contains(": ") {
            return self.not_valid(colon, "a second `: ` on one line").help(
                "put the text that holds `: ` in quotes, or the inner key on a line of its own",
            );
        }
        let own = before.len() - before.trim_start_matches(' ').len();
        if let Some(above) = places::line_above(text, start) {
            let line = places::rest_of_line(text, above);
            let indent = above - places::line_start(text, above);
            let written = text.get(line.clone()).unwrap_or_default();
            if indent == own
                && let Some(finding) = self.missing_space(above)
            {
                return finding;
            }
            if indent == own && !written.contains([':', '#', '"', '\'']) {
                return self
                    .not_valid(line, "expected `key: value`")
                    .help("put `:` behind a key");
            }
            if indent < own && written.contains(": ") {
                return self
                    .not_valid(
                        colon,
                        "the line above has a value already, so this key may not be part of it",
                    )
                    .help(COLUMNS);
            }
        }
        self.not_valid(
            colon,
            "this colon may not make a key of what stands before it",
        )
        .help(QUOTES)
    }

    /// Something between brackets is neither a value nor a comma.
    fn in_brackets(&self, at: usize) -> Diagnostic {
        if let Some(open) = self.open {
            let opened = places::line_start(self.text, open);
            let here = places::line_start(self.text, at);
            let indent = |line: usize| places::indent(self.text, line);
            if opened != here && indent(here) <= indent(opened) {
                let bracket = self.text.get(open..open + 1).unwrap_or_default();
                let finding = syntax::unclosed_bracket(
                    character(self.text, self.origin, open),
                    YAML,
                    bracket,
                );
                return finding.also(
                    character(self.text, self.origin, at),
                    "this is read as part of it",
                );
            }
        }
        let curly = self.open.and_then(|open| self.text.as_bytes().get(open)) == Some(&b'{');
        self.expected(at, if curly { "`,` or `}`" } else { "`,` or `]`" })
            .help("put a comma between two values, and text that holds `: ` in quotes")
    }

    /// An escape sequence of the text whose quote stands at `quote` is wrong.
    fn escape(&self, error: &ScanError, quote: usize) -> Diagnostic {
        let Some(escape) = places::bad_escape(self.text, quote) else {
            return self.not_valid(quote..quote + 1, &error.kind().to_string());
        };
        let written = self.text.get(escape.clone()).unwrap_or_default();
        match error.kind() {
            ErrorKind::UnknownQuotedScalarEscape => {
                let finding = syntax::unknown_escape(self.span(escape), YAML, written);
                finding.help("write `\\\\` for a backslash, or put the text in single quotes")
            }
            ErrorKind::InvalidQuotedScalarHexEscape | ErrorKind::InvalidLowSurrogateHexEscape => {
                self.not_valid(escape, "too few hexadecimal digits follow")
            }
            ErrorKind::InvalidUnicodeEscape => {
                self.not_valid(escape, "this escape sequence stands for no character")
            }
            _ => syntax::lone_surrogate(self.span(escape), YAML),
        }
    }
}
