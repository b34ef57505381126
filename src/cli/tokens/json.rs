//! Counts of tokens as JSON.

use super::Told;
use crate::chat::{Counted, Limit};
use crate::report::write_json;
use crate::tokenizer::{Bin, Spread};
use serde::Serialize;
use std::io;

/// What `--json` prints.
#[derive(Serialize)]
struct Run<'t> {
    version: u32,
    file: &'t str,
    vocabulary: &'t str,
    /// What made the texts; `null` for samples as the trained model meets them.
    template: Option<&'t str>,
    limit: Option<u64>,
    /// Where the limit is from: `budget` or `model`.
    limit_of: Option<&'static str>,
    over_limit: usize,
    context: usize,
    samples: Option<Spread>,
    histogram: Vec<Bin>,
    instructions: Vec<Instruction<'t>>,
}

#[derive(Serialize)]
struct Instruction<'t> {
    name: &'t str,
    context: usize,
    over_limit: usize,
    samples: Option<Spread>,
    tokens: Vec<Tokens>,
}

/// A sample, or a prompt that a guardrail refuses.
#[derive(Serialize)]
struct Tokens {
    /// From 1; of a refused prompt the sample that lends its other inputs.
    sample: usize,
    is_refused: bool,
    tokens: usize,
}

pub(super) fn write(told: &Told<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let most = told.limit.map(Limit::tokens);
    let over = |counted: &Counted| {
        let rows = counted.rows.iter();
        rows.filter(|(_, tokens)| most.is_some_and(|most| *tokens as u64 > most))
            .count()
    };
    let all = super::human::numbers(&told.counts.instructions);
    let samples = Spread::of(&all);
    let instructions = told.counts.instructions.iter().map(|counted| Instruction {
        name: &counted.name,
        context: counted.context,
        over_limit: over(counted),
        samples: Spread::of(&super::human::numbers(std::slice::from_ref(counted))),
        tokens: counted
            .rows
            .iter()
            .map(|(row, tokens)| Tokens {
                sample: row.sample + 1,
                is_refused: row.refused.is_some(),
                tokens: *tokens,
            })
            .collect(),
    });
    let run = Run {
        version: 1,
        file: &told.file,
        vocabulary: told.vocabulary,
        template: told.template,
        limit: most,
        limit_of: told.limit.map(|limit| match limit {
            Limit::Budget(_) => "budget",
            Limit::Context(_) => "model",
        }),
        over_limit: told.counts.instructions.iter().map(over).sum(),
        context: told.counts.context,
        samples,
        histogram: samples.map_or(Vec::new(), |spread| spread.bins(&all, super::human::BINS)),
        instructions: instructions.collect(),
    };
    write_json(&run, out)
}
