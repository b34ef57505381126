//! Which rows train and which evaluate.
//!
//! Within each instruction, samples are taken in the order of their hashes, as `split`
//! takes them, and what guardrails refuse in the order of the SHA-256 over the seed, the
//! instruction's name and the bad prompt, each ended by a zero byte. So a row goes where
//! it goes on every machine, wherever it stands in the spec.

use crate::chat::rows::Row;
use crate::ir::Protocol;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The rows that evaluate.
#[derive(Debug, Default)]
pub struct Evaluation {
    samples: Vec<Vec<bool>>,
    refused: HashSet<Refused>,
}

/// An instruction, its use of a guardrail, and the bad prompt.
type Refused = (usize, usize, usize);

impl Evaluation {
    /// Chooses of each instruction's samples, and of what its guardrails refuse, the part
    /// `share`, rounded, which lies between 0 and 1; of two or more at least one, and not
    /// all. `orders` gives the order in which the samples of the instruction with a number
    /// are taken, as [`crate::split`] has it, or an error, which is passed on.
    pub fn of<E>(
        protocol: &Protocol<'_>,
        share: f64,
        seed: u64,
        mut orders: impl FnMut(usize) -> Result<Vec<usize>, E>,
    ) -> Result<Evaluation, E> {
        let mut chosen = Evaluation::default();
        for at in 0..protocol.instructions.len() {
            let order = orders(at)?;
            let mut evaluates = vec![false; order.len()];
            for at in order.iter().take(count(order.len(), share)) {
                if let Some(evaluates) = evaluates.get_mut(*at) {
                    *evaluates = true;
                }
            }
            chosen.samples.push(evaluates);
        }
        for (at, instruction) in protocol.instructions.iter().enumerate() {
            let mut group: Vec<([u8; 32], Refused)> = Row::prompts(protocol, at)
                .filter_map(|(used, prompt)| {
                    let row = Row {
                        instruction: at,
                        sample: 0,
                        refused: Some((used, prompt)),
                    };
                    let text = row.refused_text(protocol)?;
                    let mut hasher = Sha256::new();
                    for part in [seed.to_string().as_str(), &instruction.name.value, text] {
                        hasher.update(part.as_bytes());
                        hasher.update([0]);
                    }
                    Some((hasher.finalize().into(), (at, used, prompt)))
                })
                .collect();
            group.sort_unstable();
            let count = count(group.len(), share);
            let taken = group.into_iter().take(count);
            chosen.refused.extend(taken.map(|(_, row)| row));
        }
        Ok(chosen)
    }

    /// Whether a row evaluates.
    pub fn holds(&self, row: Row) -> bool {
        match row.refused {
            Some((used, prompt)) => self.refused.contains(&(row.instruction, used, prompt)),
            None => {
                let samples = self.samples.get(row.instruction);
                samples.and_then(|samples| samples.get(row.sample)) == Some(&true)
            }
        }
    }
}

/// How many of `all` evaluate.
fn count(all: usize, share: f64) -> usize {
    match all {
        0 | 1 => 0,
        all => ((all as f64 * share).round() as usize).clamp(1, all - 1),
    }
}
