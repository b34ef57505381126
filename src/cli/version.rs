//! What `mtp --version` says: the version, the commit it was built from, the formats.

use crate::ir::Format;

/// The version and what else tells one program from another.
pub(super) fn long() -> String {
    let commit = match option_env!("MTP_COMMIT") {
        Some(commit) => format!("\ncommit: {commit}"),
        None => String::new(),
    };
    // The others stand for the newest of a line.
    let formats = Format::NAMES.into_iter().filter(|name| name.contains('.'));
    let formats: Vec<&str> = formats.collect();
    format!(
        "{}{commit}\nformats: {}",
        env!("CARGO_PKG_VERSION"),
        formats.join(", ")
    )
}
