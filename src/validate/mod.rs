//! Whether a protocol can be emitted: every rule about its meaning, one noun a file.
//!
//! A rule looks at what is known and stays silent about what is not: a name that
//! means nothing has been reported where it stands, and nothing that would have used
//! it is reported again.

mod balance;
mod guardrails;
mod instructions;
mod numbers;
mod protocol;
mod repeated;
mod samples;
mod states;
mod substrings;
mod text;
mod token_sets;
mod tokens;
mod unused;

pub use protocol::is_safe_name;

use crate::diagnostics::{Diagnostic, Diagnostics, Levels, Severity};
use crate::ir::{Protocol, Uses};
use crate::load::Limits;
use crate::parallel;
use crate::source::SourceMap;
pub use instructions::{MOST_NEEDED, least_samples};
pub use repeated::inputs_number;
use std::num::NonZeroUsize;

/// Something that broke no rule. Only [`validate`] makes it.
#[derive(Debug)]
pub struct Valid<T>(T);

impl<T> std::ops::Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// What every rule looks at.
struct Subject<'p, 's> {
    protocol: &'p Protocol<'s>,
    uses: Uses,
    sources: &'p SourceMap,
    /// The most bytes of the protocol's name.
    name_bytes: usize,
}

/// The checks, those first that take long where there are many samples.
const CHECKS: [fn(&Subject<'_, '_>, &mut Diagnostics); 12] = [
    text::check,
    repeated::check,
    samples::check,
    states::check,
    balance::check,
    guardrails::check,
    protocol::check,
    tokens::check,
    substrings::check,
    token_sets::check,
    instructions::check,
    unused::check,
];

/// From so many samples on, checking takes longer than starting a thread.
const MANY: usize = 5_000;

/// Checks a protocol by all rules, adds what was found before, and applies levels. The
/// protocol comes back only if no error is left. Up to `limits.threads` checks run at a time.
pub fn validate<'s>(
    protocol: Protocol<'s>,
    sources: &SourceMap,
    levels: &Levels,
    limits: &Limits,
    mut findings: Diagnostics,
) -> (Vec<Diagnostic>, Option<Valid<Protocol<'s>>>) {
    let subject = Subject {
        protocol: &protocol,
        uses: Uses::of(&protocol),
        sources,
        name_bytes: limits.name_bytes,
    };
    let samples: usize = protocol
        .instructions
        .iter()
        .map(|instruction| instruction.samples.len())
        .sum();
    let threads = if samples < MANY {
        NonZeroUsize::MIN
    } else {
        limits.threads
    };
    let found = parallel::map(&CHECKS, threads, |check| {
        let mut findings = Diagnostics::of_at_most(limits.findings);
        check(&subject, &mut findings);
        findings
    });
    found.into_iter().for_each(|own| findings.append(own));
    let findings = findings.finish(sources, levels);
    let faulty = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    (findings, (!faulty).then_some(Valid(protocol)))
}
