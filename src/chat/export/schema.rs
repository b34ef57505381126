//! The columns of a format, for files that have to know them beforehand.

#![cfg_attr(
    not(feature = "parquet"),
    allow(dead_code, reason = "only Parquet files have columns")
)]

use super::format::Format;

/// What a column holds. Everything may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text. What is no text in a row is written as JSON.
    Text,
    /// True or false.
    Bool,
    /// A list.
    List(Box<Kind>),
    /// Named fields.
    Fields(Vec<(&'static str, Kind)>),
}

/// The columns of a format's rows. `is_text` tells that a template makes text of the
/// messages, `has_tools` that answers may call tools.
pub(super) fn columns(format: Format, is_text: bool, has_tools: bool) -> Vec<(&'static str, Kind)> {
    use Kind::{Bool, Text};
    let messages = || match is_text {
        true => Text,
        false => list(message(has_tools)),
    };
    let turn = || Kind::Fields(vec![("from", Text), ("value", Text)]);
    let mut columns = match format {
        Format::OpenAi => vec![("messages", list(message(has_tools)))],
        Format::ShareGpt => vec![("conversations", list(turn())), ("system", Text)],
        Format::KtoLlamaFactory => vec![
            ("conversations", list(turn())),
            ("kto_tag", Bool),
            ("system", Text),
        ],
        Format::Alpaca => vec![
            ("instruction", Text),
            ("input", Text),
            ("output", Text),
            ("system", Text),
        ],
        Format::Airoboros => {
            vec![
                ("instruction", Text),
                ("response", Text),
                ("category", Text),
                ("system", Text),
            ]
        }
        Format::PromptCompletion => vec![("prompt", messages()), ("completion", messages())],
        Format::Kto => vec![
            ("prompt", messages()),
            ("completion", messages()),
            ("label", Bool),
        ],
        Format::Text => vec![("text", Text)],
        Format::Segments => {
            let segment = Kind::Fields(vec![("label", Bool), ("text", Text)]);
            vec![("segments", list(segment))]
        }
        Format::DpoTrl => vec![
            ("prompt", messages()),
            ("chosen", messages()),
            ("rejected", messages()),
        ],
        Format::DpoOpenAi => {
            let mut input = vec![("messages", list(message(has_tools)))];
            input.extend(has_tools.then_some(("tools", Text)));
            return vec![
                ("input", Kind::Fields(input)),
                ("preferred_output", list(message(has_tools))),
                ("non_preferred_output", list(message(has_tools))),
            ];
        }
        Format::DpoLlamaFactory => vec![
            ("conversations", list(turn())),
            ("chosen", turn()),
            ("rejected", turn()),
            ("system", Text),
        ],
    };
    if has_tools && !is_text && format.takes_tools() {
        columns.push(("tools", Text));
    }
    columns
}

fn list(item: Kind) -> Kind {
    Kind::List(Box::new(item))
}

fn message(has_tools: bool) -> Kind {
    let mut fields = vec![("role", Kind::Text), ("content", Kind::Text)];
    if has_tools {
        let function = Kind::Fields(vec![("name", Kind::Text), ("arguments", Kind::Text)]);
        let call = Kind::Fields(vec![
            ("id", Kind::Text),
            ("type", Kind::Text),
            ("function", function),
        ]);
        fields.push(("tool_calls", list(call)));
    }
    Kind::Fields(fields)
}
