//! Characters that YAML forbids.

use super::super::character;
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::Origin;

/// The places of characters that may stand in quotes only; the place of the first one
/// that may stand nowhere as an error.
pub(super) fn characters(text: &str) -> Result<Vec<usize>, usize> {
    let mut suspects = Vec::new();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            0x20..=0x7e | b'\n' | b'\r' | b'\t' => {}
            0..=0x1f => return Err(at),
            0x7f => suspects.push(at),
            0xc2 if matches!(bytes.get(at + 1), Some(0x80..=0x84 | 0x86..=0x9f)) => suspects.push(at),
            0xef if bytes.get(at + 1) == Some(&0xbf) && matches!(bytes.get(at + 2), Some(0xbe | 0xbf)) => {
                suspects.push(at);
            }
            _ => {}
        }
    }
    Ok(suspects)
}

/// The finding for the character at `at`.
pub(super) fn forbidden(text: &str, origin: Origin, at: usize) -> Diagnostic {
    let span = character(text, origin, at);
    let found = text.get(span.range()).and_then(|found| found.chars().next()).unwrap_or_default();
    syntax::forbidden_character(span, "YAML", found)
}
