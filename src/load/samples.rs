//! The samples of `samples_from`: which reader a file needs, and where they go.

use super::Loader;
use super::paths::Paths;
use crate::ast::{Instruction, sample};
use crate::data;
use crate::diagnostics::{Diagnostics, missing_key, unreadable_file};
use crate::source::{Span, Text};
use crate::syntax::decode::Item;
use crate::syntax::tree::{Notation, Value};
use std::path::Path;

const ENDINGS: [&str; 8] = [
    "jsonl", "ndjson", "json", "yaml", "yml", "toml", "csv", "tsv",
];

impl<'s> Loader<'s, '_> {
    /// Adds the samples of the files that `name`, written in `from`, means.
    pub(super) fn samples(
        &mut self,
        instruction: &mut Instruction<'s>,
        name: &Text<'s>,
        from: &Path,
        paths: &Paths,
        findings: &mut Diagnostics,
    ) {
        let Some(found) = paths.find(name, from, self.files, findings) else {
            instruction.samples_unknown = true;
            return;
        };
        for file in found.files {
            let ending = file
                .shown
                .extension()
                .map(|ending| ending.to_string_lossy().to_lowercase());
            let ending = ending.unwrap_or_default();
            if !ENDINGS.contains(&ending.as_str()) {
                findings.push(unreadable_file::unknown_ending(name, &ENDINGS));
                instruction.samples_unknown = true;
                continue;
            }
            let Some(bytes) = self.bytes(name, &file.canonical, findings) else {
                instruction.samples_unknown = true;
                continue;
            };
            let items = match ending.as_str() {
                "jsonl" | "ndjson" | "csv" | "tsv" => {
                    let (origin, valid) = self.text(&file.shown, bytes, findings);
                    match ending.as_str() {
                        _ if !valid => None,
                        "csv" => data::table(self.sources, origin, b',', findings),
                        "tsv" => data::table(self.sources, origin, b'\t', findings),
                        _ => Some(data::lines(self.sources, origin, findings)),
                    }
                }
                _ => self.listed(&file.shown, bytes, findings),
            };
            let Some(items) = items else {
                instruction.samples_unknown = true;
                continue;
            };
            let kind = instruction.instruction_type;
            let samples = items.into_iter().map(|item| sample(item?, kind, findings));
            instruction.samples.extend(samples);
        }
    }

    /// The samples of a YAML, TOML or JSON file: a list, or a map with `samples`.
    fn listed(
        &self,
        shown: &Path,
        bytes: Vec<u8>,
        findings: &mut Diagnostics,
    ) -> Option<Vec<Option<Item<'s>>>> {
        let notation = Notation::of_path(&shown.to_string_lossy())?;
        let (origin, document) = self.document(shown, bytes, notation, findings);
        let Some(root) = document?.root else {
            findings.push(missing_key::no_samples(Span::new(origin, 0, 0)));
            return None;
        };
        let list = if matches!(root.value, Value::Map(_)) {
            let first = match &root.value {
                Value::Map(entries) => entries.first().map(|entry| entry.key.span),
                _ => None,
            };
            let mut item = Item::of(root);
            item.header = first.unwrap_or(item.header);
            let mut fields = item.fields("samples", &["samples"], findings)?;
            let samples = fields.require("samples", findings);
            samples?.item().list("a list of samples", findings)?
        } else {
            Item::of(root).list("a list of samples, or a map with `samples`", findings)?
        };
        Some(list.value.into_iter().map(Some).collect())
    }
}
