//! Wording of `invalid-value`.

use super::{Diagnostic, Rule, nearest, quoted_list, suggest};
use crate::source::Span;
use crate::source::Text;

/// The rule.
pub static RULE: Rule = Rule::locked("invalid-value", include_str!("invalid_value.md"));

/// `text` is none of the values that `what` ("token type") can have.
pub fn unknown(text: &Text<'_>, what: &str, known: &[&'static str]) -> Diagnostic {
    let finding = Diagnostic::new(&RULE, text.span, format!("unknown {what} `{}`", text.value));
    let near = nearest(&text.value, known.iter().copied());
    suggest::replace(finding, text, near, |finding| match known.len() {
        ..=8 => finding.help(format!("one of {}", quoted_list(known.iter().copied(), 8))),
        _ => finding.help("`mtp explain` lists them all"),
    })
}

/// A whole number below its least value.
pub fn too_small(span: Span, what: &str, least: i128) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{what} has to be {least} or more"))
}

/// A whole number above its largest value.
pub fn too_large(span: Span, what: &str, most: i128) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{what} has to be {most} or less"))
}

/// A number that is infinite, no number, or too large to be held.
pub fn number_size(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the number is infinite, no number, or too large to be kept exactly")
}

/// The level of a rule that has to stay what it is.
pub fn locked_rule(span: Span, rule: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("the rule `{rule}` is always an error"))
        .help("without it nothing can be built: remove the entry")
}

/// A pattern of file names that cannot be used.
pub fn pattern(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("not a pattern of file names: {reason}"))
}

/// Something else than `expected` stands in a model or template file.
pub fn expected(span: Span, expected: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("expected {expected}"))
}

/// `memory` of a model file does not fit its `inputs`.
pub fn memory(span: Span, inputs: u32, at: Span) -> Diagnostic {
    let memory = u64::from(inputs) + 1;
    Diagnostic::new(
        &RULE,
        span,
        format!("`memory` has to be {memory}: one more than `inputs`"),
    )
    .also(at, "`inputs`")
}

/// No instruction of a model file answers with the token `value`, as its kind of model
/// would.
pub fn no_answer(span: Span, value: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("no instruction answers with `{value}`, as this kind of model does"),
    )
}

/// A token of a model file that is made from its name or type has another `field`.
pub fn of_token(span: Span, field: &str, token: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("the `{field}` of the token `{token}` has to be `{expected}`"),
    )
}

/// The value of a token is no name and `_`.
pub fn token_value(value: &Text<'_>) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        value.span,
        format!("the token value `{}` does not end in `_`", value.value),
    )
    .help("the value of a token is its name and `_`")
}

/// A token of the protocol's own has the type of a special one.
pub fn own_token(span: Span, type_name: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("`{type_name}` is the type of special tokens, and this is none"),
    )
}

/// A list of a model file lacks some texts.
pub fn lacks(span: Span, list: &str, texts: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("{list} lacks {texts}"))
}

/// The last token set of a state machine or classifier is not its answer.
pub fn answer_set(span: Span, value: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("the last token set has to be `{value}` alone, which stands for the answer"),
    )
}

/// A special token, or the one that stands for an answer, in a token set.
pub fn no_token_of_sets(value: &Text<'_>) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        value.span,
        format!(
            "the special token `{}` cannot stand in a token set",
            value.value
        ),
    )
}

/// A sample ends in something else than the one result that its kind of model has.
pub fn only_result(span: Span, result: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("samples of this kind of model end in `{result}`"),
    )
}

/// A special token, or the one that stands for an answer, as a result.
pub fn no_result(value: &Text<'_>) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        value.span,
        format!("no sample ends in the special token `{}`", value.value),
    )
}

/// A sample has `found` lists in `field` and `lines` lines.
pub fn lists_for_lines(span: Span, field: &str, found: usize, lines: usize) -> Diagnostic {
    let lists = if found == 1 { "list" } else { "lists" };
    Diagnostic::new(
        &RULE,
        span,
        format!("{found} {lists} in `{field}`, expected {lines}: one for each line"),
    )
}

/// A template file uses a pattern or key that its `list` does not have.
pub fn unlisted(span: Span, what: &str, text: &str, list: &str) -> Diagnostic {
    Diagnostic::new(
        &RULE,
        span,
        format!("the {what} `{text}` does not stand in {list}"),
    )
}

/// A list of `what` ("states") that has none.
pub fn no_states(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("no {what} are listed"))
        .help(format!("list the {what}, or leave the key away: then those of the samples count"))
}

/// What is to be imported is neither a model file nor a table.
pub fn no_model_file(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "this is no model file")
        .help(
            "the `$schema` of a model file names one of the formats: `mtp schema model` prints the newest; tables end in .csv, .tsv or .xlsx",
        )
}

/// What is to be imported holds nothing.
pub fn empty_model_file(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the file is empty: it is no model file")
        .help("`mtp build` writes model files")
}

/// A template file is to be imported.
pub fn template_file(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "a template file holds no samples to make a spec of")
        .help("import the model file that was built with it")
}

/// What was made of a model file does not build.
pub fn not_rebuilt(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the spec made of this file does not build, which is a fault of `mtp`")
        .help("please report it, with the file")
}

/// An empty path where a folder is to be named.
pub fn empty_path(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the path is empty").help("`.` is the folder of this file")
}

/// A path of a project that leads out of it.
pub fn outside(span: Span) -> Diagnostic {
    Diagnostic::new(&RULE, span, "the path leads out of the project")
        .help("name a folder of the project here, or another one with `--out-dir`")
}

/// Nobody of a conversation has the role `text`.
pub fn role(text: &Text<'_>, known: &[&'static str]) -> Diagnostic {
    unknown(text, "role", known)
}
