//! Samples with several labels: few share all of their values, so that beside whole
//! answers the single values have to be divided in proportion.

use super::choose::{Answer, answers};
use crate::ir::Instruction;
use std::collections::{BTreeMap, HashMap};

/// How many samples of a value are weighed against each other at a time.
const WEIGHED: usize = 64;

/// How many samples a value has, and how many of them are to evaluate with.
#[derive(Clone, Copy, Default)]
struct Count {
    all: usize,
    taken: usize,
}

impl Count {
    /// By how much its part of the evaluation is too small, in parts of `all` samples.
    fn lack(self, total: usize, all: usize) -> i128 {
        self.all as i128 * total as i128 - self.taken as i128 * all as i128
    }
}

/// More samples for the evaluation, which is to have `total` of all, so that every value
/// has its part of it: the rarest values first, and of their samples those that other
/// values lack too. `order` says which comes first where that is all the same. The last
/// sample of a value is not taken, and none more than `total`.
pub(super) fn lacking(
    instruction: &Instruction<'_>,
    order: &[usize],
    total: usize,
    mut is_taken: Vec<bool>,
) -> Vec<usize> {
    let samples = instruction.samples.iter();
    let answers: Vec<Vec<Answer<'_>>> = samples
        .map(|sample| sample.map(answers).unwrap_or_default())
        .collect();
    let mut counts: HashMap<Answer<'_>, Count> = HashMap::new();
    for (answers, is_taken) in answers.iter().zip(&is_taken) {
        for answer in answers {
            let count = counts.entry(*answer).or_default();
            count.all += 1;
            count.taken += usize::from(*is_taken);
        }
    }
    let mut members: BTreeMap<(usize, Answer<'_>), Vec<usize>> = BTreeMap::new();
    // The last come first: taking from the end of a list moves nothing.
    for at in order.iter().rev() {
        for answer in answers.get(*at).into_iter().flatten() {
            let all = counts.get(answer).map_or(0, |count| count.all);
            members.entry((all, *answer)).or_default().push(*at);
        }
    }
    let all = answers.len();
    let mut room = total.saturating_sub(is_taken.iter().filter(|taken| **taken).count());
    let mut chosen = Vec::new();
    for ((_, value), mut members) in members {
        members.retain(|at| is_taken.get(*at) == Some(&false));
        let of = |counts: &HashMap<_, Count>, answer| -> Count {
            counts.get(&answer).copied().unwrap_or_default()
        };
        // Half a sample and more is rounded up.
        while room > 0 && of(&counts, value).lack(total, all) * 2 >= all as i128 {
            let worth = |at: usize| {
                let answers = answers.get(at)?;
                let is_kept = answers.iter().all(|answer| {
                    let count = of(&counts, *answer);
                    count.all - count.taken > 1
                });
                let lacks = answers.iter().map(|answer| of(&counts, *answer));
                is_kept.then(|| lacks.map(|count| count.lack(total, all)).sum::<i128>())
            };
            let window = members.len().saturating_sub(WEIGHED)..members.len();
            let weighed = window.filter_map(|place| Some((worth(*members.get(place)?)?, place)));
            let Some((_, place)) = weighed.max() else {
                break;
            };
            let at = members.remove(place);
            for answer in answers.get(at).into_iter().flatten() {
                counts.entry(*answer).or_default().taken += 1;
            }
            if let Some(is_taken) = is_taken.get_mut(at) {
                *is_taken = true;
            }
            chosen.push(at);
            room -= 1;
        }
    }
    chosen
}
