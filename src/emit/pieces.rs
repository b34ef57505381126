//! Samples as they stand in the model file, result by result, from wherever they are held.

use super::DEPTH;
use super::json;
use super::model::SampleEntry;
use super::patterns::Spelling;
use crate::ast::Stream;
use crate::ir::{Ending, Instruction, InstructionType, Protocol, Sample};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

/// What stands between two samples.
const BETWEEN: &[u8] = b",\n";

/// The results of an instruction's samples in order, and what the samples end in.
pub(super) fn of<'p>(
    instruction: &Instruction<'_>,
    spelling: Spelling<'p, '_>,
) -> BTreeMap<&'p str, Ending> {
    let endings = instruction.samples.distinct_endings().into_iter();
    let results = endings.map(|ending| (spelling.result_value(ending), ending));
    results.collect()
}

/// Writes those samples with a result, `before` the first of them; whether there are any.
pub(super) fn entries<'p, 's: 'p>(
    samples: impl Iterator<Item = Sample<'p, 's>>,
    (instruction, result, ending): (&Instruction<'_>, &str, Ending),
    before: &[u8],
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut joint = before;
    let mut any = false;
    for sample in samples.filter(|sample| sample.ending == ending) {
        out.write_all(joint)?;
        (joint, any) = (BETWEEN, true);
        let entry = SampleEntry {
            written: sample.written,
            result,
            extended: instruction.instruction_type == InstructionType::Extended,
        };
        json::indent(DEPTH, out)?;
        json::write_inside(&entry, DEPTH, out)?;
    }
    Ok(any)
}

/// The samples of the instruction with the number `at`, from 0, as they stand in the model
/// file, by their results. Whether they are good enough for one, others have to find out.
pub fn results(protocol: &Protocol<'_>, at: usize) -> Vec<(String, Vec<u8>)> {
    let Some(instruction) = protocol.instructions.get(at) else {
        return Vec::new();
    };
    let results = of(instruction, Spelling { protocol }).into_iter();
    let written = results.map(|(result, ending)| {
        let mut text = Vec::new();
        let wanted = (instruction, result, ending);
        // Memory takes all that is written.
        let _ = entries(instruction.known_samples(), wanted, b"", &mut text);
        (result.to_owned(), text)
    });
    written.collect()
}

/// Writes the samples of an instruction of which some are held elsewhere.
pub(super) fn samples(
    instruction: &Instruction<'_>,
    spelling: Spelling<'_, '_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut before: &[u8] = b"";
    for (result, ending) in of(instruction, spelling) {
        if with_result((instruction, result, ending), before, out)? {
            before = BETWEEN;
        }
    }
    Ok(())
}

/// Writes those samples with a result, wherever they are held, `before` the first of them;
/// whether there are any.
pub(super) fn with_result(
    wanted: (&Instruction<'_>, &str, Ending),
    mut before: &[u8],
    mut out: &mut dyn Write,
) -> io::Result<bool> {
    let (instruction, result, _) = wanted;
    let mut any = false;
    let mut start = 0;
    for stream in instruction.samples.streams() {
        if held(start..stream.held.start, wanted, before, &mut out)? {
            (before, any) = (BETWEEN, true);
        }
        if elsewhere(stream, result, before, out)? {
            (before, any) = (BETWEEN, true);
        }
        start = stream.held.end;
    }
    let rest = start..instruction.samples.len();
    Ok(held(rest, wanted, before, &mut out)? || any)
}

fn held(
    numbers: Range<usize>,
    wanted: (&Instruction<'_>, &str, Ending),
    before: &[u8],
    out: &mut impl Write,
) -> io::Result<bool> {
    let samples = numbers.filter_map(|number| wanted.0.samples.get(number));
    entries(samples, wanted, before, out)
}

fn elsewhere(
    stream: &Stream,
    result: &str,
    before: &[u8],
    out: &mut dyn Write,
) -> io::Result<bool> {
    let emitted = stream.emitted.as_ref();
    let emitted = emitted.ok_or_else(|| io::Error::other("the samples were not put aside"))?;
    emitted.copy(result, before, BETWEEN, out)
}
