//! Counts of tokens for people.

use super::Told;
use crate::chat::{Counted, Limit};
use crate::report::{escaped, grouped};
use crate::tokenizer::Spread;
use std::io::{self, Write};

/// Columns of a name.
const NAME: usize = 26;
/// Columns of the longest bar.
const BAR: usize = 36;
/// The most bars.
pub(super) const BINS: usize = 12;

pub(super) fn write(told: &Told<'_>, with_samples: bool, out: &mut dyn Write) -> io::Result<()> {
    let what = match told.template {
        Some(template) => format!("conversations of the template {template}"),
        None => "samples as the trained model meets them".to_owned(),
    };
    writeln!(out, "{}", escaped(&told.file))?;
    writeln!(
        out,
        "  tokens of {}, {}",
        escaped(told.vocabulary),
        escaped(&what)
    )?;
    let all = numbers(&told.counts.instructions);
    let Some(spread) = Spread::of(&all) else {
        return writeln!(out, "  there is nothing to count");
    };
    writeln!(
        out,
        "\n  {:NAME$} {:>7} {:>9} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "", "samples", "tokens", "min", "median", "90 %", "95 %", "99 %", "max"
    )?;
    for counted in &told.counts.instructions {
        if let Some(spread) = Spread::of(&numbers(std::slice::from_ref(counted))) {
            row(&counted.name, &spread, out)?;
        }
    }
    row("all", &spread, out)?;
    let own: usize = told.counts.instructions.iter().map(|one| one.context).sum();
    let shared = told.counts.context;
    let counted = if told.template.is_some() {
        "counted above where the template shows it"
    } else {
        "not counted above"
    };
    let own = match own {
        0 => String::new(),
        own => format!(" and {} in instructions", grouped(own)),
    };
    writeln!(out, "\n  context: {}{own} ({counted})", grouped(shared))?;
    if let Some(limit) = told.limit {
        let over = all.iter().filter(|tokens| **tokens as u64 > limit.tokens());
        let (over, most) = (
            over.count(),
            grouped(usize::try_from(limit.tokens()).unwrap_or(usize::MAX)),
        );
        let name = match limit {
            Limit::Budget(_) => format!("the budget of {most}"),
            Limit::Context(_) => format!("the {most} that the model takes"),
        };
        writeln!(out, "  over {name}: {}", grouped(over))?;
    }
    writeln!(out, "\n  tokens of a sample")?;
    let bins = spread.bins(&all, BINS);
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0);
    for bin in bins {
        let bar = match bin.count {
            0 => 0,
            count => (count * BAR / most.max(1)).max(1),
        };
        let range = format!("{} to {}", grouped(bin.from), grouped(bin.to));
        let line = format!(
            "  {range:>19} {:>9}  {}",
            grouped(bin.count),
            "█".repeat(bar)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    if with_samples {
        writeln!(out, "\n  every sample")?;
        for counted in &told.counts.instructions {
            for (sample, tokens) in &counted.rows {
                let refused = if sample.refused.is_some() {
                    " (a refused prompt)"
                } else {
                    ""
                };
                let name = escaped(&counted.name);
                writeln!(
                    out,
                    "  {:>9}  {name}:{}{refused}",
                    grouped(*tokens),
                    sample.sample + 1
                )?;
            }
        }
    }
    Ok(())
}

fn row(name: &str, spread: &Spread, out: &mut dyn Write) -> io::Result<()> {
    let name = crate::cli::stats::padded(name, NAME);
    writeln!(
        out,
        "  {name} {:>7} {:>9} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        grouped(spread.count),
        grouped(spread.total),
        grouped(spread.min),
        grouped(spread.median),
        grouped(spread.p90),
        grouped(spread.p95),
        grouped(spread.p99),
        grouped(spread.max)
    )
}

/// The tokens of all rows.
pub(super) fn numbers(instructions: &[Counted]) -> Vec<usize> {
    let rows = instructions.iter().flat_map(|counted| &counted.rows);
    rows.map(|(_, tokens)| *tokens).collect()
}
