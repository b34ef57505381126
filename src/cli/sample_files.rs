//! Files for the samples of a spec that is imported: what they are called, how the spec
//! names them, what stands in them.

use super::shared::{Failure, shown};
use crate::ast::Instruction;
use crate::print;
use std::collections::HashSet;
use std::path::Path;

/// The path from the folder of a spec to another folder below it, as a spec writes it.
pub(super) fn from_spec(spec: &Path, folder: &Path) -> Result<String, Failure> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Failure::of(format!("cannot use `{}`", shown(path)), error))
    };
    let spec = absolute(spec)?;
    let to = absolute(folder)?;
    let relative = spec.parent().and_then(|from| to.strip_prefix(from).ok());
    let relative = relative.ok_or_else(|| {
        Failure::of(
            format!("cannot put samples into `{}`", shown(folder)),
            "a spec names only files below its own folder",
        )
    })?;
    let parts = relative.components();
    let parts: Vec<String> = parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    Ok(parts.join("/"))
}

/// A name for a file that is safe on every system and not taken yet.
pub(super) fn file_stem(name: &str, taken: &mut HashSet<String>) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '_'
        }
    };
    let mut stem: String = name.chars().take(60).map(safe).collect();
    if is_reserved(&stem) {
        stem.push('_');
    }
    let mut free = stem.clone();
    let mut number = 2;
    // Some file systems take large and small letters for the same.
    while !taken.insert(free.to_lowercase()) {
        free = format!("{stem}_{number}");
        number += 1;
    }
    free
}

/// Whether Windows takes a name for a device, whatever ending it has.
fn is_reserved(stem: &str) -> bool {
    let name = stem.to_ascii_lowercase();
    let port = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    let is_port = port.is_some_and(|number| {
        matches!(
            number,
            "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
        )
    });
    is_port || matches!(name.as_str(), "con" | "prn" | "aux" | "nul")
}

/// The samples of an instruction as JSON Lines, taken out of it.
pub(super) fn lines(instruction: &mut Instruction<'_>) -> String {
    let mut text = String::new();
    for sample in std::mem::take(&mut instruction.samples).iter().flatten() {
        text.push_str(&print::line(&print::sample_from_ast(sample)));
        text.push('\n');
    }
    text
}
