//! A model or template file, read back.
//!
//! Its `$schema` tells which of the published formats it has. Its shape is held
//! against the schema of that format; what a model file says becomes an
//! [`ast::Spec`](crate::ast::Spec) whose places are those in the file, so that the
//! rules for specs judge it in their own words.

mod instruction;
pub(crate) mod literal;
mod lost;
mod model;
mod numbers;
mod sample;
mod schema;
mod shorten;
pub mod table;
mod template;
mod token;
mod tree;

use crate::ast::Spec;
use crate::diagnostics::{
    self, Diagnostic, Diagnostics, Level, Levels, invalid_value, missing_key,
};
use crate::source::{Span, Text};
use crate::syntax::tree::{Node, Value};

/// A published format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// A model file, with the spec's `format` that it comes from.
    Model(&'static str),
    /// A template file, with its own version.
    Template(&'static str),
}

/// The addresses of the published schemas, the newest first.
const ADDRESSES: [&str; 7] = [
    "https://mtp.schemas.databiomes.com/v2/bloom_2_0_1.json",
    "https://mtp.schemas.databiomes.com/v2/bloom_2_0_0.json",
    "https://mtp.schemas.databiomes.com/v1/bloom_1_2_1.json",
    "https://mtp.schemas.databiomes.com/v1/bloom_1_2_0.json",
    "https://mtp.schemas.databiomes.com/v2/template_2_1_0.json",
    "https://mtp.schemas.databiomes.com/v2/template_2_0_0.json",
    "https://mtp.schemas.databiomes.com/v1/template_1_2_0.json",
];

/// What the files of each address are.
const FORMATS: [Format; 7] = [
    Format::Model("2.0.1"),
    Format::Model("2.0.0"),
    Format::Model("1.2.1"),
    Format::Model("1.2.0"),
    Format::Template("2.1.0"),
    Format::Template("2.0.0"),
    Format::Template("1.2.0"),
];

impl Format {
    fn schema(self) -> &'static str {
        match self {
            Format::Model("1.2.0") => include_str!("../../schemas/model/1.2.0.json"),
            Format::Model("1.2.1") => include_str!("../../schemas/model/1.2.1.json"),
            Format::Model("2.0.0") => include_str!("../../schemas/model/2.0.0.json"),
            Format::Model(_) => include_str!("../../schemas/model/2.0.1.json"),
            Format::Template("1.2.0") => include_str!("../../schemas/template/1.2.0.json"),
            Format::Template(_) => include_str!("../../schemas/template/2.1.0.json"),
        }
    }
}

/// Reads a model or template file. What its format's schema refuses is reported; a
/// model file gives the spec that says the same, without the parts that were refused.
pub fn read<'s>(mut root: Node<'s>, findings: &mut Diagnostics) -> Option<Spec<'s>> {
    tree::settle(&mut root);
    let Some((key, written)) = schema_of(&root) else {
        let place = tree::first_key(&root);
        findings.push(missing_key::schema(place, &ADDRESSES));
        return None;
    };
    let Some(at) = ADDRESSES
        .iter()
        .position(|address| *address == written.value)
    else {
        findings.push(invalid_value::unknown(&written, "schema", &ADDRESSES));
        return None;
    };
    let format = FORMATS[at];
    let (Format::Model(version) | Format::Template(version)) = format;
    schema::check(&root, format.schema(), version, findings);
    match format {
        Format::Model(version) => {
            let version = Text {
                value: version.into(),
                span: written.span,
            };
            Some(model::model(root, key, version, findings))
        }
        Format::Template(version) => {
            template::check(&root, version, findings);
            None
        }
    }
}

/// The spec that people would have written for the model file at `root`, which is free
/// of errors.
pub fn spec(root: Node<'_>) -> Option<Spec<'_>> {
    let mut spec = read(root, &mut Diagnostics::default())?;
    shorten::shorten(&mut spec);
    Some(spec)
}

/// Reports what the model file at `original` says and the one at `rebuilt` does not.
pub fn lost(original: Node<'_>, rebuilt: Node<'_>, findings: &mut Diagnostics) {
    let (mut original, mut rebuilt) = (original, rebuilt);
    lost::lost(&mut original, &mut rebuilt, findings);
}

/// The key `$schema` and its value.
fn schema_of<'s>(root: &Node<'s>) -> Option<(Span, Text<'s>)> {
    let Value::Map(entries) = &root.value else {
        return None;
    };
    let entry = entries.iter().find(|entry| entry.key.value == "$schema")?;
    let Value::Text(text) = &entry.value.value else {
        return None;
    };
    Some((
        entry.key.span,
        Text {
            value: text.clone(),
            span: entry.value.span,
        },
    ))
}

/// Rules about how a spec is written, which say nothing of a file that was made from
/// one.
const OF_SPECS: [&str; 11] = [
    "unused-token",
    "unused-token-set",
    "unused-guardrail",
    "unused-state",
    "unused-key",
    "unused-allow",
    "duplicate-sample",
    "conflicting-samples",
    "untrimmed-text",
    "control-text",
    "unbalanced-finals",
];

/// Levels that silence the rules about how a spec is written.
pub fn levels() -> Levels {
    let mut levels = Levels::default();
    for rule in OF_SPECS.into_iter().filter_map(diagnostics::rule) {
        levels.set(rule, Level::Off);
    }
    levels
}

/// Rules whose help shows what to write into a spec.
const HELPED_IN_SPECS: [&str; 8] = [
    "missing-numbers",
    "missing-number-lists",
    "missing-value",
    "too-few-samples-for-final",
    "not-a-final-token",
    "no-instructions",
    "number-token-in-output",
    "final-token-in-set",
];

/// Takes from findings what would only be right in a spec: help that shows its keys,
/// and changes, since these files are made and not edited.
pub fn adapt(findings: &mut [Diagnostic]) {
    for finding in findings {
        finding.fix = None;
        if HELPED_IN_SPECS.contains(&finding.rule.name) {
            finding.help = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_format_has_a_schema_that_can_be_used() {
        for format in FORMATS {
            assert!(schema::compiled(format.schema()).is_some(), "{format:?}");
        }
    }

    #[test]
    fn the_rules_that_are_named_exist() {
        for name in OF_SPECS.iter().chain(&HELPED_IN_SPECS) {
            assert!(diagnostics::rule(name).is_some(), "{name}");
        }
        assert!(
            OF_SPECS
                .iter()
                .filter_map(|name| diagnostics::rule(name))
                .all(|rule| !rule.locked)
        );
    }
}
