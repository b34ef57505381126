//! A part of the samples, written so that the parts of a model join into the very bytes of
//! the whole.
//!
//! A part file has lines. Those that begin with `{` are JSON: the head, an instruction, a
//! sample to remember, a result, the end. All others begin with a space and are samples as
//! they stand in the model file, so that joining copies them.
//!
//! ```text
//! {"mtp_part":2,"part":3,"of":8,"name":"…","format":"2.0.1","spec":"…","data":"…"}
//! {"instruction":"say"}
//! {"remember":{"input":["…"],"output":"…"}}   tells what else the files hold
//! {"result":"End_"}                           the samples with this result follow
//!                     { …
//! {"end":"…"}                               SHA-256 of all lines before
//! ```

use super::json::{self, Splice};
use super::model::Model;
use super::patterns::Spelling;
use super::{DEPTH, pieces};
use crate::ir::{Ending, Instruction, Protocol, Sample};
use crate::print;
use crate::shard::Shard;
use crate::validate::{Valid, least_samples};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

/// The version of the format of parts.
pub const PARTS_FORMAT: u32 = 2;

/// The first line of a part file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHead<'p> {
    /// [`PARTS_FORMAT`].
    pub mtp_part: u32,
    /// Which part, from 1.
    pub part: usize,
    /// Of how many.
    pub of: usize,
    /// The name of the protocol.
    pub name: Cow<'p, str>,
    /// Its bloom version.
    pub format: Cow<'p, str>,
    /// What stands for the spec: parts with another one do not belong together.
    pub spec: Cow<'p, str>,
    /// What stands for the files of samples: as little.
    #[serde(default)]
    pub data: Cow<'p, str>,
}

/// Writes a part of the model file; `spec` and `data` go into its head. Errors are those of
/// `out`.
pub fn part(
    protocol: &Valid<Protocol<'_>>,
    shard: Shard,
    (spec, data): (&str, &str),
    out: impl Write,
) -> io::Result<()> {
    let mut out = Hashing {
        out: BufWriter::with_capacity(1 << 16, out),
        hasher: Sha256::new(),
    };
    let name = protocol.name.as_ref();
    let head = PartHead {
        mtp_part: PARTS_FORMAT,
        part: shard.number,
        of: shard.of.get(),
        name: name.map_or("", |name| &name.value).into(),
        format: protocol.format.name().into(),
        spec: spec.into(),
        data: data.into(),
    };
    line(&head, &mut out)?;
    for instruction in &protocol.instructions {
        let name = instruction.name.value.as_ref();
        line(&BTreeMap::from([("instruction", name)]), &mut out)?;
        for sample in telling(instruction) {
            let sample = print::line(&print::sample_from_ast(sample.written));
            writeln!(out, "{{\"remember\":{sample}}}")?;
        }
        for (result, ending) in pieces::of(instruction, Spelling { protocol }) {
            line(&BTreeMap::from([("result", result)]), &mut out)?;
            let wanted = (instruction, result, ending);
            pieces::with_result(wanted, b"", &mut out)?;
            out.write_all(b"\n")?;
        }
    }
    let Hashing { mut out, hasher } = out;
    line(&BTreeMap::from([("end", digest(hasher))]), &mut out)?;
    out.flush()
}

/// A hash in hexadecimal.
pub fn digest(hasher: Sha256) -> String {
    let mut text = String::new();
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A writer that hashes what is written.
struct Hashing<W: Write> {
    out: BufWriter<W>,
    hasher: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn line(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The samples from which the rest of the files can be told: those that end in something, or
/// answer something, for the first times, as often as it takes to be enough.
fn telling<'p, 's>(
    instruction: &'p Instruction<'s>,
) -> impl Iterator<Item = Sample<'p, 's>> + use<'p, 's> {
    let enough = least_samples(instruction.instruction_type);
    let has_states = !instruction.instruction_type.has_finals();
    let mut endings: HashMap<Ending, usize> = HashMap::new();
    let mut states: HashSet<&'p str> = HashSet::new();
    let mut values: HashSet<(&'p str, &'p str)> = HashSet::new();
    instruction.known_samples().filter(move |sample| {
        let count = endings.entry(sample.ending).or_default();
        *count += 1;
        let mut tells = *count <= enough;
        if has_states {
            let state = sample.written.answer();
            tells |= state.is_some_and(|state| states.insert(&state.text.value));
            let labels = sample.written.labels();
            for (label, value) in labels.into_iter().flat_map(|labels| &labels.value) {
                let value = value.as_ref().map_or("", |value| value.value.as_ref());
                tells |= values.insert((&label.value, value));
            }
        }
        tells
    })
}

/// Writes the model file of a protocol, the samples of which stand elsewhere: `samples` writes
/// those of the instruction of a number, counted from 0, from the indent of the first to the
/// bracket of the last. Errors are those of `out` and `samples`.
pub fn merged(
    protocol: &Valid<Protocol<'_>>,
    out: impl Write,
    mut samples: impl FnMut(usize, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let splice: &mut Splice<'_> = &mut |number: &str, mut out: &mut dyn Write| {
        let number = number.parse().map_err(io::Error::other)?;
        out.write_all(b"[\n")?;
        samples(number, out)?;
        out.write_all(b"\n")?;
        json::indent(DEPTH - 1, &mut out)?;
        out.write_all(b"]")
    };
    json::write_spliced(&Model::of(protocol).spliced(), out, splice)
}
