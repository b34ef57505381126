//! The samples of a spec, decoded while its file is still being read: a tree of a million of
//! them is never held.

use super::{InstructionType, Sample, sample};
use crate::diagnostics::Diagnostics;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Entry, Node, Value};
use crate::syntax::{TAKEN_DEPTH, Take};

/// The samples that were taken from a file.
#[derive(Debug, Default)]
pub struct Taken<'s> {
    lists: Vec<List<'s>>,
    misjudged: bool,
}

/// The samples of one instruction.
#[derive(Debug)]
struct List<'s> {
    /// The type of the instruction, as far as it is known where the samples stand.
    kind: InstructionType,
    samples: Vec<Option<Sample<'s>>>,
    findings: Diagnostics,
}

impl<'s> Taken<'s> {
    /// The samples of a list, and what was found in them, if they were decoded as those of an
    /// instruction of type `kind`.
    pub(super) fn samples(
        &mut self,
        number: usize,
        kind: InstructionType,
        findings: &mut Diagnostics,
    ) -> Vec<Option<Sample<'s>>> {
        let Some(list) = self.lists.get_mut(number) else {
            return Vec::new();
        };
        self.misjudged |= list.kind != kind;
        findings.append(std::mem::take(&mut list.findings));
        std::mem::take(&mut list.samples)
    }

    /// Whether anything was taken.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Whether the type of an instruction stands behind its samples and is another than it
    /// seemed: what was decoded of the file is wrong.
    pub fn is_misjudged(&self) -> bool {
        self.misjudged
    }
}

impl<'s> Take<'s> for Taken<'s> {
    fn begin(&mut self, keys: [&str; TAKEN_DEPTH], before: &[Entry<'s>]) -> Option<usize> {
        let ["instructions", _, "samples"] = keys else {
            return None;
        };
        let written = before.iter().find(|entry| entry.key.value == "type");
        let kind = match written.map(|entry| &entry.value.value) {
            None => InstructionType::Basic,
            Some(Value::Text(name) | Value::Plain(name)) => InstructionType::parse(name)?,
            Some(_) => return None,
        };
        self.lists.push(List {
            kind,
            samples: Vec::new(),
            findings: Diagnostics::default(),
        });
        Some(self.lists.len() - 1)
    }

    fn item(&mut self, number: usize, item: Node<'s>) {
        if let Some(list) = self.lists.get_mut(number) {
            let sample = sample(Item::of(item), list.kind, &mut list.findings);
            list.samples.push(sample);
        }
    }
}
