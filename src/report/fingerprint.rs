//! Names for findings that survive an edit elsewhere in the file.

use super::{Finding, Report};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Lines longer than this many bytes count with the text around the finding only,
/// or any edit of a file that is a single line would rename all of its findings.
const LINE: usize = 512;

/// How many bytes to either side of the finding stand for a longer line.
const AROUND: usize = 96;

/// A fingerprint of every finding, in the order of the report: 32 hexadecimal
/// digits of the rule, the path, the text of the line without its indentation and
/// how many of these came before. No line number is in it, so it stays the same
/// when lines are added above.
pub fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut seen: HashMap<[u8; 16], u32> = HashMap::new();
    let mut all = Vec::with_capacity(report.findings.len());
    for finding in &report.findings {
        let mut hash = Sha256::new();
        let path = finding.path().trim_start_matches("./");
        for part in [finding.rule().name, path, surroundings(finding)] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let first = half(hash.clone());
        let occurrence = seen.entry(first).or_default();
        hash.update(occurrence.to_be_bytes());
        *occurrence += 1;
        all.push(
            half(hash)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        );
    }
    all
}

fn half(hash: Sha256) -> [u8; 16] {
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    out
}

/// The text of the line a finding begins on, or of a part of it.
fn surroundings<'a>(finding: &Finding<'a>) -> &'a str {
    let file = finding.spot.file;
    let number = file.lines().line_of(finding.spot.bytes.start);
    let line = file.lines().line(&file.text, number);
    if line.len() <= LINE {
        return line.trim();
    }
    let begin = file.lines().start_of(&file.text, number);
    let start = finding.spot.bytes.start.saturating_sub(begin);
    let from = line.floor_char_boundary(start.saturating_sub(AROUND));
    let to = line.floor_char_boundary(start.saturating_add(AROUND));
    line.get(from..to).unwrap_or(line)
}
