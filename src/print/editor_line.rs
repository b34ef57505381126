//! The comment that tells an editor which schema a file follows: YAML and TOML have their
//! own forms of it, and in both it is looked for at the head of the file.

use super::node::{Line, Node};
use crate::syntax::tree::Notation;
use std::borrow::Cow;

/// Writes the comment at the head of a file as the editors for `notation` know it.
pub(super) fn adapt(root: &mut Node<'_>, notation: Notation) {
    adapt_lines(&mut root.above, notation);
    let first = match &mut root.value {
        super::Value::Map(entries) => entries.first_mut().map(|entry| &mut entry.value),
        super::Value::List(items) => items.first_mut(),
        _ => None,
    };
    let Some(first) = first else { return };
    adapt_lines(&mut first.above, notation);
    // TOML may have something else to write first.
    if first
        .above
        .first()
        .is_some_and(|line| schema(line).is_some())
    {
        let line = first.above.remove(0);
        root.above.push(line);
    }
}

impl Node<'_> {
    /// Leaves out the comment that names a schema, unless that is an address: in another
    /// folder it would lead nowhere. How many comments are left out.
    pub fn forget_schema(&mut self) -> usize {
        let first = match &mut self.value {
            super::Value::Map(entries) => entries.first_mut().map(|entry| &mut entry.value),
            _ => None,
        };
        let mut left_out = 0;
        for lines in [Some(&mut self.above), first.map(|first| &mut first.above)] {
            let Some(lines) = lines else { continue };
            let before = lines.len();
            lines.retain(|line| schema(line).is_none_or(|schema| schema.contains("://")));
            left_out += before - lines.len();
        }
        left_out
    }
}

fn adapt_lines(lines: &mut [Line<'_>], notation: Notation) {
    for line in lines {
        let Some(schema) = schema(line) else { continue };
        let text = match notation {
            Notation::Yaml => format!(" yaml-language-server: $schema={schema}"),
            Notation::Toml => format!(":schema {schema}"),
            Notation::Json => continue,
        };
        *line = Line::Comment(Cow::Owned(text));
    }
}

/// The schema that a comment names, if that is what it is for.
fn schema(line: &Line<'_>) -> Option<String> {
    let Line::Comment(text) = line else {
        return None;
    };
    let yaml = text
        .trim()
        .strip_prefix("yaml-language-server:")
        .and_then(|rest| rest.trim_start().strip_prefix("$schema="));
    let schema = yaml.or_else(|| text.strip_prefix(":schema "))?;
    Some(schema.trim().to_owned())
}
