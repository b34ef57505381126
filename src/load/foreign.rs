//! What a file is that was named as a spec and is none: known by its name or its first
//! bytes, so that one finding says it and not one for every key that a spec has.

use super::Opened;
use super::samples::{Written, told_by};
use crate::diagnostics::{Diagnostic, wrong_type};
use crate::source::Span;
use crate::syntax::tree::{Node, Value};
use std::path::Path;

/// The host of the schemas of the protocol.
const SCHEMAS: &str = "mtp.schemas.databiomes.com/";

/// What an address there is the schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// Model or template files.
    Emitted,
    /// The manifests of trained models, `model_…`.
    Manifest,
}

/// What the schema at an address is meant for.
pub(super) fn schema(address: &str) -> Option<Schema> {
    let file = address.rsplit('/').next().unwrap_or_default();
    let is_ours = address.contains(SCHEMAS);
    is_ours.then(|| match file.starts_with("model_") {
        true => Schema::Manifest,
        false => Schema::Emitted,
    })
}

/// Another file than a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// CSV or TSV.
    Table,
    /// JSON Lines.
    Lines,
    /// Parquet.
    Parquet,
    /// An Excel workbook.
    Workbook,
    /// What `mtp build --shard` wrote.
    Part,
    /// The manifest of a trained model.
    Manifest,
    /// The settings of a project, `mtp.toml`.
    Project,
}

impl Opened<'_> {
    /// What the file is, if its top level tells that it is no spec.
    pub fn foreign(&self) -> Option<Foreign> {
        Foreign::of_tree(self.document.as_ref()?.root.as_ref()?)
    }
}

impl Foreign {
    /// What the name and the first bytes of a file tell.
    pub fn of(path: &Path, bytes: &[u8]) -> Option<Foreign> {
        if bytes.starts_with(b"{\"mtp_part\":") {
            return Some(Foreign::Part);
        }
        if path.file_name().is_some_and(|name| name == "mtp.toml") {
            return Some(Foreign::Project);
        }
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("xlsx") {
            return Some(Foreign::Workbook);
        }
        match told_by(path)?.1 {
            Written::Table(_) => Some(Foreign::Table),
            Written::Lines => Some(Foreign::Lines),
            Written::Parquet => Some(Foreign::Parquet),
            Written::List(_) => None,
        }
    }

    /// What the `$schema` of a file tells.
    fn of_tree(root: &Node<'_>) -> Option<Foreign> {
        let Value::Map(entries) = &root.value else {
            return None;
        };
        let schema = entries.iter().find(|entry| entry.key.value == "$schema")?;
        let (Value::Text(address) | Value::Plain(address)) = &schema.value.value else {
            return None;
        };
        (self::schema(address)? == Schema::Manifest).then_some(Foreign::Manifest)
    }

    /// The finding at `span`, which stands for the whole file.
    pub fn finding(self, span: Span) -> Diagnostic {
        let samples = "name it in `samples_from` of a spec";
        let (found, help) = match self {
            Foreign::Table => (
                "a table",
                "name it in `samples_from` of a spec, or make a spec of it: `mtp import`",
            ),
            Foreign::Lines => ("JSON Lines", samples),
            Foreign::Parquet => ("a Parquet file", samples),
            Foreign::Workbook => ("a workbook", "make a spec of it: `mtp import`"),
            Foreign::Part => (
                "a part of a build",
                "join the parts: `mtp merge SPEC PART…`",
            ),
            Foreign::Manifest => (
                "the manifest of a trained model",
                "name the spec that it was trained with",
            ),
            Foreign::Project => (
                "the settings of a project",
                "they are checked with every spec of the project",
            ),
        };
        wrong_type::no_spec(span, found, help)
    }
}
