//! Wording of `missing-key`.

use super::syntax::short;
use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("missing-key", include_str!("missing_key.md"));

/// The map at `header` has no key `key`.
pub fn diagnostic(header: Span, key: &str) -> Diagnostic {
    Diagnostic::new(&RULE, header, format!("the key `{key}` is missing"))
        .help(format!("add `{key}`"))
}

/// A token of `token_type` has no key `key`.
pub fn of_token(header: Span, key: &str, token_type: &str) -> Diagnostic {
    Diagnostic::new(&RULE, header, format!("a `{token_type}` token needs the key `{key}`"))
        .help(format!("add `{key}`"))
}

/// The file holds nothing.
pub fn empty_file(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the file is empty")
        .help("a spec has at least `name`, `inputs`, `tokens` and `instructions`")
}

/// The sample file holds nothing.
pub fn no_samples(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the file holds no samples")
}

/// A model or template file does not name its format; `known` are the addresses that
/// can stand there.
pub fn schema(span: Span, known: &[&str]) -> Diagnostic {
    let newest = known.first().copied().unwrap_or_default();
    Diagnostic::new(&RULE, span, "the file names no format: `$schema` is missing, or no text")
        .help(format!("add it; of the newest format it is `{newest}`"))
}

/// A table for `import` has not these columns; `near` are columns that may be meant, and
/// what they should be called.
pub fn columns(header: Span, missing: &[&str], near: &[(&str, &str)], is_alone: bool) -> Diagnostic {
    let message = match missing {
        [one] => format!("the column `{one}` is missing"),
        several => format!("the columns {} are missing", both(several)),
    };
    let renamed: Vec<String> = near
        .iter()
        .map(|(written, meant)| format!("the column `{}` to `{meant}`", short(written)))
        .collect();
    let needed = "a table has the columns `Input`, `Reference`, and `Output` or one column for each label";
    Diagnostic::new(&RULE, header, message).help(match is_alone {
        _ if !renamed.is_empty() => format!("rename {}", renamed.join(" and ")),
        true => format!("{needed}; if they are there, say with `--delimiter` what separates the cells"),
        false => needed.to_owned(),
    })
}

fn both(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// A table for `import` has no column for the output.
pub fn output_column(header: Span) -> Diagnostic {
    Diagnostic::new(&RULE, header, "there is no column for the output")
        .help("add `Output` for a state machine, or one column for each label of a multi classifier")
}

/// A table for `import` has nothing but a header.
pub fn no_rows(header: Span) -> Diagnostic {
    Diagnostic::new(&RULE, header, "the table has no rows with an `Input`")
        .help("add a row for each sample")
}
