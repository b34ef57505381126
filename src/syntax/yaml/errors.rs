//! What the parser's errors mean to the person who wrote the file.

use super::super::character;
use crate::diagnostics::limit_exceeded;
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::Origin;
use granit_parser::{ErrorKind, ScanError};

/// The finding for an error. `behind` is where the last thing that was understood
/// ends, `open` the innermost bracket that is open.
pub(super) fn finding(
    text: &str,
    origin: Origin,
    error: &ScanError,
    mark: usize,
    behind: usize,
    open: Option<usize>,
) -> Diagnostic {
    let _ = (behind, open);
    let at = error.marker().byte_offset().unwrap_or(0) + mark;
    let span = character(text, origin, at);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => limit_exceeded::nesting(span),
        kind => syntax::not_valid(span, "YAML", &kind.to_string()),
    }
}
