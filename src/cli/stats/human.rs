//! The numbers of a spec in 80 columns: one section a subject, bars where one number is to be
//! seen against others. No colours, so that it reads the same in a file.

use super::Spec;
use crate::report::escaped;
use crate::stats::{Counted, InstructionStats, Lengths, Verdict};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a name.
const NAME: usize = 30;
/// Columns of the longest bar.
const BAR: usize = 30;
/// Rows of one list; the rest is counted.
const ROWS: usize = 40;

pub(super) fn write(specs: &[Spec], out: &mut dyn Write) -> io::Result<()> {
    for (at, spec) in specs.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        head(spec, out)?;
        samples(&spec.stats.instructions, out)?;
        tokens(spec, out)?;
        guardrails(spec, out)?;
        lengths(spec, out)?;
        formats(spec, out)?;
    }
    Ok(())
}

fn head(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    let stats = &spec.stats;
    writeln!(out, "{} ({})", escaped(&stats.name), escaped(&spec.file))?;
    let own: usize = stats.instructions.iter().map(|one| one.context).sum();
    writeln!(
        out,
        "  {}, {}, {}, {}",
        count(stats.instructions.len(), "instruction"),
        count(stats.samples, "sample"),
        count(stats.inputs as usize, "input"),
        match own {
            0 => count(stats.context, "context line"),
            own => format!(
                "{} and {own} in instructions",
                count(stats.context, "context line")
            ),
        }
    )?;
    if spec.warnings > 0 {
        let warnings = count(spec.warnings, "warning");
        writeln!(out, "  {warnings}: `mtp validate` shows them")?;
    }
    Ok(())
}

fn samples(instructions: &[InstructionStats], out: &mut dyn Write) -> io::Result<()> {
    heading("Samples", out)?;
    let most = instructions.iter().map(|one| one.samples).max();
    rows(instructions, out, |instruction, out| {
        let (name, count) = (&instruction.name, instruction.samples);
        bar(0, name, count, most.unwrap_or(0), out)?;
        parts(1, &instruction.finals, out)?;
        parts(1, &instruction.states, out)?;
        rows(&instruction.labels, out, |label, out| {
            writeln!(out, "    {}", padded(&label.name, NAME).trim_end())?;
            parts(2, &label.values, out)
        })
    })
}

/// What samples end in or answer, unless that is the same for all.
fn parts(depth: usize, parts: &[Counted], out: &mut dyn Write) -> io::Result<()> {
    if let [Counted { name, .. }] = parts
        && name == "<NON>"
    {
        return Ok(());
    }
    let most = parts.iter().map(|part| part.samples).max().unwrap_or(0);
    rows(parts, out, |part, out| {
        bar(depth, &part.name, part.samples, most, out)
    })
}

fn bar(depth: usize, name: &str, count: usize, most: usize, out: &mut dyn Write) -> io::Result<()> {
    let indent = 2 + 2 * depth;
    let name = padded(name, NAME + 2 - indent);
    let length = match count {
        0 => 0,
        _ => (count * BAR).div_euclid(most.max(1)).max(1),
    };
    let line = format!("{:indent$}{name} {count:>9}  {}", "", "█".repeat(length));
    writeln!(out, "{}", line.trim_end())
}

fn tokens(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    let stats = &spec.stats;
    heading("Tokens", out)?;
    let types = stats.token_types.iter();
    let types: Vec<String> = types
        .map(|entry| format!("{} {}", entry.count, entry.token_type))
        .collect();
    if !types.is_empty() {
        writeln!(out, "  {}", types.join(", "))?;
        let header = ["type", "sets", "instructions", "samples"];
        let name = padded("", NAME);
        writeln!(
            out,
            "  {name} {:<9} {:>6} {:>13} {:>9}",
            header[0], header[1], header[2], header[3]
        )?;
    }
    rows(&stats.tokens, out, |token, out| {
        let name = padded(&token.name, NAME);
        let numbers = format!(
            "{:<9} {:>6} {:>13}",
            token.token_type, token.sets, token.instructions
        );
        let rest = match (token.unused, token.token_type) {
            (true, _) => "   unused".to_owned(),
            (false, "final" | "final_num") => format!("{:>10}", token.samples),
            _ => String::new(),
        };
        writeln!(out, "  {name} {numbers}{rest}")
    })?;
    heading("Token sets", out)?;
    writeln!(
        out,
        "  {} with a name, {} where they are used",
        stats.token_sets.len(),
        stats.token_sets_in_place
    )?;
    rows(&stats.token_sets, out, |set, out| {
        let name = padded(&set.name, NAME);
        let used = match set.instructions {
            0 => "unused".to_owned(),
            n => format!("in {}", count(n, "instruction")),
        };
        writeln!(out, "  {name} {}, {used}", count(set.tokens, "token"))
    })
}

fn guardrails(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    let guardrails = &spec.stats.guardrails;
    if guardrails.is_empty() {
        return Ok(());
    }
    heading("Guardrails", out)?;
    rows(guardrails, out, |guardrail, out| {
        let name = guardrail.name.as_deref().unwrap_or("(in place)");
        let guards: Vec<String> = guardrail
            .guards
            .iter()
            .take(3)
            .map(|guarded| {
                format!(
                    "{}, input {}",
                    clipped(&guarded.instruction, 20),
                    guarded.input
                )
            })
            .collect();
        let more = guardrail.guards.len().saturating_sub(guards.len());
        let guards = match (guards.is_empty(), more) {
            (true, _) => "unused".to_owned(),
            (false, 0) => guards.join("; "),
            (false, more) => format!("{}; {more} more", guards.join("; ")),
        };
        let samples = count(guardrail.samples, "bad prompt");
        writeln!(out, "  {} {samples}; {guards}", padded(name, NAME))
    })
}

fn lengths(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    heading("Lengths in characters", out)?;
    writeln!(
        out,
        "  {} {:>9} {:>7} {:>7} {:>7} {:>7}",
        padded("", NAME),
        "texts",
        "min",
        "median",
        "95 %",
        "max"
    )?;
    let lengths = &spec.stats.lengths;
    for (name, lengths) in [
        ("inputs", lengths.inputs),
        ("outputs", lengths.outputs),
        ("context", lengths.context),
    ] {
        let Some(lengths) = lengths else { continue };
        let Lengths {
            texts,
            min,
            median,
            p95,
            max,
            ..
        } = lengths;
        let name = padded(name, NAME);
        writeln!(
            out,
            "  {name} {texts:>9} {min:>7} {median:>7} {p95:>7} {max:>7}"
        )?;
    }
    Ok(())
}

fn formats(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    heading("Formats", out)?;
    for verdict in &spec.formats {
        let own = match verdict.format == spec.stats.format {
            true => " (the spec's own)",
            false => "",
        };
        writeln!(out, "  {}  {}{own}", verdict.format, told(verdict))?;
    }
    Ok(())
}

fn told(verdict: &Verdict) -> String {
    let errors: Vec<String> = verdict
        .errors
        .iter()
        .map(|error| format!("{} {}", error.count, error.rule))
        .collect();
    match errors.is_empty() {
        true => "builds".to_owned(),
        false => format!("refused: {}", errors.join(", ")),
    }
}

fn heading(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{text}")
}

/// The first rows of a list, and how many are left out.
fn rows<T>(
    list: &[T],
    out: &mut dyn Write,
    mut row: impl FnMut(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    for entry in list.iter().take(ROWS) {
        row(entry, out)?;
    }
    match list.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "  … and {more} more; --json has all"),
    }
}

/// "1 sample", "2 samples".
fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// A name in exactly so many columns.
pub(in crate::cli) fn padded(name: &str, width: usize) -> String {
    let name = clipped(name, width);
    let fill = width.saturating_sub(name.width());
    format!("{name}{}", " ".repeat(fill))
}

/// A name in so many columns at most, on one line.
fn clipped(name: &str, width: usize) -> String {
    let name = escaped(name);
    if name.width() <= width {
        return name.into_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in name.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}
