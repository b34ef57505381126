//! What the columns of a table are: by the names in its header.

use super::TableRow;
use crate::diagnostics::{Diagnostics, duplicate_key, empty_name, missing_key, nearest};
use crate::source::Text;
use std::collections::HashMap;

/// The column of prompts.
pub(super) const INPUT: &str = "Input";
/// The column of answers of a state machine.
pub(super) const OUTPUT: &str = "Output";
/// The column of background lines.
pub(super) const REFERENCE: &str = "Reference";

/// The columns that mean something by their name.
pub(super) const KNOWN: [&str; 3] = [INPUT, OUTPUT, REFERENCE];

/// A column: its place in the rows, and its name.
#[derive(Debug)]
pub(super) struct Column<'s> {
    pub(super) at: usize,
    pub(super) name: Text<'s>,
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns<'s> {
    pub(super) input: Column<'s>,
    pub(super) reference: Column<'s>,
    /// The answer of a state machine, or the labels of a classifier; at least one.
    pub(super) outputs: Vec<Column<'s>>,
    /// Whether the table is of a state machine.
    pub(super) is_state_machine: bool,
}

/// The columns that a header names; `None` if they are not those of a table, which is
/// reported.
pub(super) fn columns<'s>(
    header: &[Text<'s>],
    rows: &[TableRow<'s>],
    findings: &mut Diagnostics,
) -> Option<Columns<'s>> {
    let mut is_usable = true;
    let mut seen = HashMap::new();
    let (mut input, mut reference, mut outputs) = (None, None, Vec::new());
    for (at, name) in header.iter().enumerate() {
        if name.value.is_empty() {
            let has_values = |row: &TableRow<'_>| {
                let cell = row.as_ref().ok().and_then(|row| row.get(at));
                cell.is_some_and(|cell| !cell.value.is_empty())
            };
            // Spreadsheets write columns that were once used.
            if rows.iter().any(has_values) {
                findings.push(empty_name::column(name.span));
                is_usable = false;
            }
            continue;
        }
        if let Some(first) = seen.insert(name.value.as_ref(), name.span) {
            findings.push(duplicate_key::column(name, first));
            is_usable = false;
            continue;
        }
        let column = Column {
            at,
            name: name.clone(),
        };
        match name.value.as_ref() {
            INPUT => input = Some(column),
            REFERENCE => reference = Some(column),
            _ => outputs.push(column),
        }
    }
    let first = header.first()?.span;
    let (input, reference) = match (input, reference) {
        (Some(input), Some(reference)) => (input, reference),
        (input, reference) => {
            let given = [(INPUT, input.is_some()), (REFERENCE, reference.is_some())];
            let missing: Vec<&str> = given
                .into_iter()
                .filter_map(|(name, is_given)| (!is_given).then_some(name))
                .collect();
            let others = || outputs.iter().map(|column| column.name.value.as_ref());
            let near: Vec<(&str, &str)> = missing
                .iter()
                .filter_map(|name| Some((nearest(name, others())?.name, *name)))
                .collect();
            let is_alone = header.len() == 1;
            findings.push(missing_key::columns(first, &missing, &near, is_alone));
            return None;
        }
    };
    if outputs.is_empty() && is_usable {
        findings.push(missing_key::output_column(first));
    }
    if outputs.is_empty() || !is_usable {
        return None;
    }
    let is_state_machine = matches!(&outputs[..], [only] if only.name.value == OUTPUT);
    Some(Columns {
        input,
        reference,
        outputs,
        is_state_machine,
    })
}
