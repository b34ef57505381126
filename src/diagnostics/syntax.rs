//! Wording of `syntax`.

use super::{Diagnostic, Rule};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule::locked("syntax", include_str!("syntax.md"));

/// The parser of `notation` ("YAML") stopped at `span`; `reason` is its complaint.
pub fn not_valid(span: Span, notation: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("not valid {notation}: {reason}"))
}

/// The bytes at `span` are no UTF-8.
pub fn not_utf8(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "not valid UTF-8")
        .label("first byte that is no UTF-8")
        .help("save the file as UTF-8")
}

/// A YAML tag.
pub fn tag(span: Span, tag: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the tag `{tag}` has no meaning in a spec"))
        .help("remove the tag; text is read as written, quoted or not")
}

/// An alias without its anchor.
pub fn unknown_alias(span: Span, name: &str, nearest: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&RULE, span, format!("no anchor `&{name}` stands before this alias"));
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean `*{nearest}`?")),
        None => diagnostic.help(format!("put `&{name}` before the value that is meant")),
    }
}

/// A merge key whose value is no map.
pub fn bad_merge(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "`<<` merges maps, and this is none")
        .help("give `<<` an alias of a map, or a list of such aliases")
}

/// A key that is a list or a map.
pub fn bad_key(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a key has to be text")
}

/// More than one YAML document in a file.
pub fn second_document(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a second document begins here")
        .help("a spec is one document: remove what stands behind `---`, or move it to a file of its own")
}
