//! The two specs that a division makes, as text.
//!
//! Both are the whole spec with all that it includes in one file, comments and all, but
//! for the samples of the other half. Samples of other files are written out. What a
//! spec leaves to its samples, its states and labels, is declared, so that both halves
//! are of the same protocol.

use super::{Division, Part};
use crate::diagnostics::Diagnostics;
use crate::ir::{Format, Instruction, InstructionType, Protocol, labels, states_seen};
use crate::print::{self, Entry, Line, Node, Value};
use crate::source::{SourceFile, SourceMap};
use crate::syntax;
use crate::syntax::tree::Notation;
use crate::validate::Valid;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A spec whose samples are divided.
pub struct Whole<'s> {
    root: Node<'s>,
    notation: Notation,
}

/// The parts of a file that is included.
const SECTIONS: [&str; 5] = [
    "context",
    "tokens",
    "token_sets",
    "guardrails",
    "instructions",
];

impl<'s> Whole<'s> {
    /// Reads the files that `protocol` was made from once more, from `sources` into
    /// `again`, and puts them together. `None` if a file holds what cannot be written,
    /// which is reported.
    pub fn read(
        protocol: &Valid<Protocol<'_>>,
        sources: &SourceMap,
        again: &'s SourceMap,
        findings: &mut Diagnostics,
    ) -> Option<Whole<'s>> {
        let main = sources.file(protocol.first_key)?;
        let notation = |file: &SourceFile| Notation::of_path(&file.path).unwrap_or(Notation::Yaml);
        let to = notation(main);
        let mut whole: Option<Node<'s>> = None;
        for file in spec_files(protocol, sources) {
            let origin = again.add(&file.path, file.text.clone());
            let from = notation(file);
            let limits = syntax::Limits::default();
            let document = syntax::read(again, origin, from, &limits, findings);
            let root = print::from_document(&document, again, origin, (from, to), findings)?;
            match &mut whole {
                None => whole = Some(root),
                Some(whole) => merge(whole, root),
            }
        }
        let mut root = whole?;
        let entries = entries(&mut root)?;
        entries.retain(|entry| entry.key != "include");
        let mut whole = Whole { root, notation: to };
        if protocol.format_span.is_none() && protocol.format != Format::default() {
            // The settings of a project need not be those of the folder of the halves.
            whole.pin_format(protocol.format);
        }
        Some(whole)
    }

    /// Names the format, unless the spec does so itself.
    pub fn pin_format(&mut self, format: Format) {
        let entries = entries(&mut self.root).filter(|entries| {
            let mut keys = entries.iter().map(|entry| &entry.key);
            !keys.any(|key| key == "format")
        });
        if let Some(entries) = entries {
            let at = usize::from(!entries.is_empty());
            entries.insert(at, entry("format", text(format.name())));
        }
    }

    /// Leaves out the line that tells editors where a schema is, unless it is an address:
    /// in another folder it would lead nowhere.
    pub fn forget_schema(&mut self) {
        self.root.forget_schema();
    }

    /// The text of a half, with `note` as a comment at its head.
    pub fn half(
        &self,
        protocol: &Valid<Protocol<'_>>,
        division: &Division,
        half: Part,
        note: String,
    ) -> String {
        let mut root = self.root.clone();
        root.above.push(Line::Comment(Cow::Owned(note)));
        root.above.push(Line::Empty);
        let by_name: HashMap<&str, (&Instruction<'_>, &Vec<Part>)> = protocol
            .instructions
            .iter()
            .zip(division)
            .map(|(instruction, parts)| (instruction.name.value.as_ref(), (instruction, parts)))
            .collect();
        let instructions = entries(&mut root)
            .and_then(|entries| entries.iter_mut().find(|entry| entry.key == "instructions"))
            .and_then(|entry| entries(&mut entry.value));
        // What stands in this node was built from the samples of the protocol.
        for entry in instructions.into_iter().flatten() {
            if let (Some((instruction, parts)), Some(entries)) =
                (by_name.get(entry.key.as_ref()), entries(&mut entry.value))
            {
                declare(instruction, entries);
                divide(instruction, parts, half, entries);
            }
        }
        print::text(&root, self.notation)
    }
}

fn entries<'n, 's>(node: &'n mut Node<'s>) -> Option<&'n mut Vec<Entry<'s>>> {
    match &mut node.value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

/// The files of the spec and of what it includes, in the order they were read, samples
/// left out: those in which something of the protocol is written.
fn spec_files<'m>(protocol: &Protocol<'_>, sources: &'m SourceMap) -> Vec<&'m SourceFile> {
    let text = |text: &crate::source::Text<'_>| text.span;
    let spans = [protocol.first_key]
        .into_iter()
        .chain(protocol.context.iter().flatten().map(text))
        .chain(protocol.tokens.iter().map(|token| token.name.span))
        .chain(protocol.token_sets.iter().map(|set| set.span))
        .chain(protocol.guardrails.iter().map(|guardrail| guardrail.span))
        .chain(protocol.instructions.iter().map(|one| one.name.span));
    let files = spans.filter_map(|span| sources.file(span));
    let held: HashSet<*const SourceFile> = files.map(std::ptr::from_ref).collect();
    let files = sources.files();
    files
        .filter(|file| held.contains(&std::ptr::from_ref(*file)))
        .collect()
}

/// Adds what an included file has to the whole, section by section.
fn merge<'s>(whole: &mut Node<'s>, part: Node<'s>) {
    let (mut head, below) = (part.above, part.below);
    let (Some(own), Value::Map(added)) = (entries(whole), part.value) else {
        return;
    };
    for mut entry in added {
        if !SECTIONS.contains(&entry.key.as_ref()) {
            continue;
        }
        // What stands at the head of the file goes with the first thing that is in it.
        let mut above = std::mem::take(&mut head);
        above.append(&mut entry.value.above);
        match own.iter_mut().find(|other| other.key == entry.key) {
            Some(section) => extend(&mut section.value, entry.value, above),
            None => {
                entry.value.above = above;
                let place = place_of(&entry.key);
                let behind = own.iter().position(|other| place_of(&other.key) > place);
                own.insert(behind.unwrap_or(own.len()), entry);
            }
        }
    }
    whole.below.extend(below);
}

/// Where a section stands among all; nothing for what is none.
fn place_of(key: &str) -> Option<usize> {
    SECTIONS.iter().position(|section| *section == key)
}

/// Adds the values of `part` to those of the section, with what stood above `part`.
fn extend<'s>(section: &mut Node<'s>, part: Node<'s>, above: Vec<Line<'s>>) {
    let first = match (&mut section.value, part.value) {
        (Value::List(own), Value::List(mut added)) => {
            let at = own.len();
            own.append(&mut added);
            own.get_mut(at).filter(|_| at > 0)
        }
        (Value::Map(own), Value::Map(mut added)) => {
            let at = own.len();
            own.append(&mut added);
            let first = own.get_mut(at).map(|entry| &mut entry.value);
            first.filter(|_| at > 0)
        }
        // A section in which nothing stood.
        (own, added) => {
            *own = added;
            None
        }
    };
    match first {
        Some(first) => {
            first.above.splice(0..0, above);
            first.gap = true;
        }
        None => section.above.extend(above),
    }
    section.below.extend(part.below);
    section.unbroken = false;
}

/// Declares the states or labels of an instruction that leaves them to its samples.
fn declare<'p>(instruction: &'p Instruction<'_>, entries: &mut Vec<Entry<'p>>) {
    if instruction.states.is_some() {
        return;
    }
    let list = |names: Vec<&'p str>| {
        Value::List(names.into_iter().map(|name| text(name).into()).collect())
    };
    let states = match instruction.instruction_type {
        InstructionType::StateMachine => list(states_seen(instruction)),
        InstructionType::MultiClassifier => {
            let labels = labels(instruction).into_iter();
            Value::Map(
                labels
                    .map(|(label, values)| entry(label, list(values)))
                    .collect(),
            )
        }
        InstructionType::Basic | InstructionType::Extended => return,
    };
    let samples = entries
        .iter()
        .position(|entry| entry.key == "samples" || entry.key == "samples_from");
    entries.insert(samples.unwrap_or(entries.len()), entry("states", states));
}

/// Leaves the samples of one half, those of other files behind those that stand here.
fn divide<'p>(
    instruction: &'p Instruction<'_>,
    parts: &[Part],
    half: Part,
    entries: &mut Vec<Entry<'p>>,
) {
    let place = entries.iter().position(|entry| entry.key == "samples");
    let place = place.unwrap_or_else(|| {
        entries.push(entry("samples", Value::List(Vec::new())));
        entries.len() - 1
    });
    let Some(samples) = entries.get_mut(place) else {
        return;
    };
    if !matches!(samples.value.value, Value::List(_)) {
        samples.value.value = Value::List(Vec::new());
    }
    if let Value::List(list) = &mut samples.value.value {
        let here = list.len();
        let mut at = parts.iter();
        list.retain(|_| at.next().is_some_and(|part| part.is_in(half)));
        let elsewhere = instruction.samples.iter().zip(parts).skip(here);
        let kept = elsewhere.filter(|(_, part)| part.is_in(half));
        list.extend(kept.filter_map(|(sample, _)| Some(print::sample_from_ast(sample?.written))));
    }
    entries.retain(|entry| entry.key != "samples_from");
}

fn entry<'p>(key: &'p str, value: Value<'p>) -> Entry<'p> {
    Entry::new(key, value)
}

fn text<'p>(text: &'p str) -> Value<'p> {
    Value::Text(Cow::Borrowed(text))
}
