//! What a model file says, for people.

use super::parts::Parts;
use crate::cli::shared::shown;
use crate::gguf::{Agreement, Array, Header, Model, Tensor, Text, Value};
use crate::report::{counted, escaped, grouped};
use std::fmt;
use std::io::{self, Write};

/// Columns of what stands before a value.
const NAME: usize = 16;
/// Columns of the longest bar.
const BAR: usize = 24;
/// Characters of a text that are shown.
const TEXT: usize = 60;
/// Names of tensors in one list.
const NAMES: usize = 5;

pub(super) fn write(
    parts: &Parts,
    with_keys: bool,
    with_tensors: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(header) = parts.header() else {
        return Ok(());
    };
    model(parts, header, out)?;
    weights(parts, header, out)?;
    files(parts, out)?;
    if with_keys {
        writeln!(out, "\nKeys")?;
        for (key, value) in &header.keys {
            let key = escaped(key);
            writeln!(out, "  {key} ({}) = {}", value.type_name(), told(value))?;
        }
    }
    if with_tensors {
        writeln!(out, "\nTensors")?;
        for tensor in parts.tensors() {
            let (name, form) = (escaped(&tensor.name), form(tensor));
            let (kind, bytes) = (tensor.tensor_type.name, number(tensor.bytes));
            writeln!(out, "  {kind:<8} {bytes:>15}  {form:<24} {name}")?;
        }
    }
    Ok(())
}

/// What a key says that holds a text, or should.
fn said(header: &Header, key: &str, none: &str) -> String {
    match header.get(key) {
        None => none.to_owned(),
        Some(Value::String(text)) => escaped(&text.lossy()).into_owned(),
        Some(wrong) => of_type(wrong),
    }
}

/// A value that is of the wrong type.
fn of_type(wrong: &Value) -> String {
    format!("{} (of type {})", told(wrong), wrong.type_name())
}

fn line(name: &str, value: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {name:NAME$} {value}")
}

fn model(parts: &Parts, header: &Header, out: &mut dyn Write) -> io::Result<()> {
    let path = parts.parts.first().map(|part| shown(&part.path));
    writeln!(out, "{}", escaped(&path.unwrap_or_default()))?;
    let order = if header.is_big_endian {
        "big"
    } else {
        "little"
    };
    line(
        "format",
        &format!("GGUF version {}, {order} endian", header.version),
        out,
    )?;
    if parts.count > 1 {
        let there = parts.parts.len();
        line(
            "files",
            &format!(
                "{} parts, of which {there} {} there",
                parts.count,
                is_or_are(there)
            ),
            out,
        )?;
    }
    let model = Model::new(header);
    let none = "(not said)";
    for (name, key) in [
        ("name", "general.name"),
        ("architecture", "general.architecture"),
        ("size label", "general.size_label"),
        ("licence", "general.license"),
    ] {
        line(name, &said(header, key, none), out)?;
    }
    let context = match (model.context_length(), model.architecture()) {
        (Some(length), _) => format!("{} tokens", number(length)),
        (None, Some(own)) => match header.get(&format!("{own}.context_length")) {
            Some(wrong) => of_type(wrong),
            None => none.to_owned(),
        },
        (None, None) => none.to_owned(),
    };
    line("context length", &context, out)?;
    let has_tokens = header.get("tokenizer.ggml.tokens").is_some();
    let unnamed = if has_tokens { none } else { "none" };
    let mut tokenizer = said(header, "tokenizer.ggml.model", unnamed);
    if header.get("tokenizer.ggml.pre").is_some() {
        tokenizer += &format!(" ({})", said(header, "tokenizer.ggml.pre", none));
    }
    if let Some(count) = model.vocabulary() {
        tokenizer += &format!(", {} tokens", number(count));
    }
    line("tokenizer", &tokenizer, out)?;
    let templates = model.chat_templates();
    let templates: Vec<String> = templates
        .iter()
        .map(|template| match template.wrong() {
            Some(wrong) => format!("{} ({})", template.name, wrong.reason),
            None => template.name.to_owned(),
        })
        .collect();
    let templates = match templates.is_empty() {
        true => "none".to_owned(),
        false => templates.join(", "),
    };
    line("chat templates", &escaped(&templates), out)
}

fn weights(parts: &Parts, header: &Header, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nWeights")?;
    let tensors = parts.tensors();
    if tensors.is_empty() {
        return writeln!(out, "  none: the file holds keys alone");
    }
    let summary = parts.summary(header);
    let all = number(summary.weights);
    line(
        "weights",
        &format!("{all} in {}", counted(tensors.len(), "tensor")),
        out,
    )?;
    line("quantisation", summary.kind.name(), out)?;
    if let Some(bits) = summary.bits() {
        line("bits per weight", &format!("{bits:.2}"), out)?;
    }
    line("file type", &file_type(header, summary.agreement), out)?;
    let header = format!(
        "  {:9} {:>8} {:>18} {:>17} {:>8}",
        "type", "tensors", "weights", "bytes", "share"
    );
    writeln!(out, "\n{header}")?;
    for share in &summary.shares {
        let part = share.bytes as f64 / (summary.bytes.max(1)) as f64;
        let bar = "█".repeat((part * BAR as f64).round() as usize);
        let row = format!(
            "  {:9} {:>8} {:>18} {:>17} {:>6.1} %  {bar}",
            share.tensor_type.name,
            number(share.tensors),
            number(share.weights),
            number(share.bytes),
            part * 100.0
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    if !summary.fallbacks.is_empty() {
        let names = summary.fallbacks.iter().filter_map(|at| tensors.get(*at));
        let names = names.take(NAMES).map(|tensor| {
            let kind = tensor.tensor_type.name;
            format!(
                "    {} ({kind}, rows of {})",
                escaped(&tensor.name),
                tensor.row()
            )
        });
        let names: Vec<String> = names.collect();
        let count = summary.fallbacks.len();
        if let Some(aim) = summary.aim {
            let (own, block) = (aim.name, aim.weights);
            let told = format!("{count} without {own}, since their rows do not divide by {block}:");
            writeln!(out, "\n  {told}")?;
        }
        writeln!(out, "{}", names.join("\n"))?;
        if count > names.len() {
            writeln!(
                out,
                "    … and {} more; --json has all",
                count - names.len()
            )?;
        }
    }
    Ok(())
}

fn file_type(header: &Header, agreement: Agreement) -> String {
    let model = Model::new(header);
    let Some(number) = model.number("general.file_type") else {
        return match header.get("general.file_type") {
            Some(wrong) => of_type(wrong),
            None => "(not said)".to_owned(),
        };
    };
    let Some((file_type, is_guessed)) = model.file_type() else {
        return format!("{number}, which is not known");
    };
    let guessed = if is_guessed { " (a guess)" } else { "" };
    let agrees = match agreement {
        Agreement::Agrees => "as the tensors have it".to_owned(),
        Agreement::Differs(most) => format!("but most weights are {}", most.name),
        Agreement::Unknown => "not compared".to_owned(),
    };
    format!("{}{guessed}, {agrees}", file_type.name)
}

fn files(parts: &Parts, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nSize")?;
    for part in &parts.parts {
        let header = &part.header;
        if parts.count > 1 {
            writeln!(out, "  {}", escaped(&shown(&part.path)))?;
        }
        line("header", &format!("{} bytes", number(header.bytes)), out)?;
        let (expected, real) = (header.expected_bytes(), header.file_bytes);
        line("expected", &format!("{} bytes", number(expected)), out)?;
        let told = match real.cmp(&expected) {
            std::cmp::Ordering::Equal => "as expected".to_owned(),
            std::cmp::Ordering::Less => {
                format!(
                    "{} {} missing: the file ends too early",
                    number(expected - real),
                    if expected - real == 1 { "is" } else { "are" }
                )
            }
            // The last tensor may be filled up, too.
            std::cmp::Ordering::Greater if real - expected < header.alignment => {
                "as expected".to_owned()
            }
            std::cmp::Ordering::Greater => {
                format!("{} more than expected", number(real - expected))
            }
        };
        line("real", &format!("{} bytes, {told}", number(real)), out)?;
    }
    for told in parts.told_missing() {
        writeln!(out, "  {}", escaped(&told))?;
    }
    Ok(())
}

fn form(tensor: &Tensor) -> String {
    let lengths: Vec<String> = tensor.dimensions.iter().map(u64::to_string).collect();
    lengths.join(" × ")
}

fn number(number: u64) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

fn is_or_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// A number, with an exponent where it would have many zeros.
fn fraction<N: fmt::Display + fmt::LowerExp>(size: f64, number: &N) -> String {
    match size.abs() {
        size if size > 0.0 && !(1e-5..1e16).contains(&size) => format!("{number:e}"),
        _ => number.to_string(),
    }
}

/// A value on one line.
fn told(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(array) => listed(array),
        Value::Bool(flag) => flag.to_string(),
        Value::F32(number) => fraction((*number).into(), number),
        Value::F64(number) => fraction(*number, number),
        Value::I8(number) => number.to_string(),
        Value::I16(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        _ => value.whole().unwrap_or_default().to_string(),
    }
}

fn quoted(own: &Text) -> String {
    let text = own.lossy();
    let mut kept: String = text.chars().take(TEXT).collect();
    let rest = text.chars().count() - kept.chars().count();
    let cut = own.length - own.bytes.len() as u64;
    kept = kept.replace('\\', "\\\\").replace('"', "\\\"");
    let kept = kept
        .replace('\n', "\\n")
        .replace('\t', "\\t")
        .replace('\r', "\\r");
    match rest {
        _ if cut > 0 => format!(
            "\"{}\"… {} bytes in all",
            escaped(&kept),
            number(own.length)
        ),
        0 => format!("\"{}\"", escaped(&kept)),
        more => format!(
            "\"{}\"… {} characters more",
            escaped(&kept),
            number(more as u64)
        ),
    }
}

fn listed(array: &Array) -> String {
    let values: Vec<String> = array.values().map(|value| told(&value)).collect();
    let more = if array.is_whole() { "" } else { ", …" };
    format!("[{}{more}] ({})", values.join(", "), number(array.count))
}
