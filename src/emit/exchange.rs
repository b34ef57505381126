//! A sample as the trained model meets it: what it is sent, and what it answers.

use super::example::{answer, sent};
use super::patterns::Spelling;
use crate::ir::{Instruction, Protocol, Sample, Special};

/// The text of a sample of an instruction, spelled as the example of the template is.
pub fn exchange(
    protocol: &Protocol<'_>,
    instruction: &Instruction<'_>,
    sample: Sample<'_, '_>,
) -> String {
    let spelling = Spelling { protocol };
    let (sent, answer) = (sent(spelling, instruction, sample), answer(sample));
    let end = spelling.result_key(sample.ending);
    format!("{sent}{answer}\n{end}\n{}", Special::EOS.key)
}
