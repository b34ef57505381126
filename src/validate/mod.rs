//! Whether a protocol can be emitted: every rule about its meaning, one noun a file.

use crate::diagnostics::{Diagnostic, Diagnostics, Levels, Severity};
use crate::ir::{Protocol, Uses};
use crate::source::SourceMap;

/// Something that broke no rule. Only [`validate`] makes it.
#[derive(Debug)]
pub struct Valid<T>(T);

impl<T> std::ops::Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Checks a protocol by all rules, adds what was found before, and applies levels. The
/// protocol comes back only if no error is left.
pub fn validate<'s>(
    protocol: Protocol<'s>,
    sources: &SourceMap,
    levels: &Levels,
    mut findings: Diagnostics,
) -> (Vec<Diagnostic>, Option<Valid<Protocol<'s>>>) {
    let uses = Uses::of(&protocol);
    let _ = &uses;
    let _ = &mut findings;
    let findings = findings.finish(sources, levels);
    let faulty = findings.iter().any(|finding| finding.severity == Severity::Error);
    (findings, (!faulty).then_some(Valid(protocol)))
}
