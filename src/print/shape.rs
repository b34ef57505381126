//! What a plain scalar of YAML is for, and what it means that nothing is written: the
//! spec language's keys by where they stand. This is all that printing knows of it.

use Shape::{
    Boolean, Final, Guardrail, Guardrails, Instruction, Instructions, Number, Numbers, Other,
    Sample, Samples, Sets, Snippet, Snippets, Spec, States, Text, Texts, Token, Tokens, Words,
};

/// What stands at a place of a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A spec, a fragment, or a file with samples.
    Spec,
    /// Tokens by their names.
    Tokens,
    /// A token, its description, or nothing.
    Token,
    /// Token sets by their names.
    Sets,
    /// Guardrails by their names, or by the inputs they guard.
    Guardrails,
    /// A guardrail or its name.
    Guardrail,
    /// Instructions by their names.
    Instructions,
    /// An instruction.
    Instruction,
    /// States, or values by their labels.
    States,
    /// A list of samples.
    Samples,
    /// A sample.
    Sample,
    /// A list of snippets.
    Snippets,
    /// Text, or text with numbers; or values by their labels.
    Snippet,
    /// Texts by names.
    Words,
    /// A list of texts.
    Texts,
    /// A text or a list of texts that need not be there.
    Final,
    /// A text.
    Text,
    /// A number of a sample, or of a token or the spec.
    Number,
    /// A number, a list of numbers, or a list of such lists.
    Numbers,
    /// `true` or `false`.
    Boolean,
    /// Something that the language does not know.
    Other,
}

/// What it means that nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// No value.
    Null,
    /// A list without items.
    EmptyList,
    /// A map without entries.
    EmptyMap,
    /// A token with no fields.
    BasicToken,
    /// As if the key were not there.
    Absent,
}

impl Shape {
    /// What stands behind `key` in a map of this shape.
    pub(super) fn entry(self, key: &str) -> Shape {
        match (self, key) {
            (Spec, "inputs") => Number,
            (Spec, "encrypt") => Boolean,
            (Spec, "name" | "format") => Text,
            (Spec | Instruction, "context") => Texts,
            (Spec, "include") | (Instruction, "final" | "samples_from") => Final,
            (Spec, "tokens") => Tokens,
            (Spec, "token_sets") => Sets,
            (Spec | Instruction, "guardrails") => Guardrails,
            (Spec, "instructions") => Instructions,
            (Spec, "rules") => Words,
            (Spec | Instruction, "samples") => Samples,
            (Tokens, _) => Token,
            (Token, "type" | "key" | "desc") => Text,
            (Token, "min" | "max" | "length") => Number,
            (Sets | States, _) => Texts,
            (Guardrails, _) => Guardrail,
            (Guardrail, "good_prompt" | "bad_prompt" | "bad_output") => Text,
            (Guardrail, "samples") => Texts,
            (Instructions, _) => Instruction,
            (Instruction, "type") => Text,
            (Instruction, "input" | "output") => Texts,
            (Instruction, "states") => States,
            (Sample, "input") => Snippets,
            (Sample, "output") => Snippet,
            (Sample, "final") => Text,
            (Sample, "value") => Number,
            (Snippet, "numbers" | "number_lists") => Numbers,
            (Snippet | Words, _) => Text,
            _ => Other,
        }
    }

    /// What stands in a list of this shape.
    pub(super) fn item(self) -> Shape {
        match self {
            // A file of samples may be nothing but their list.
            Spec | Samples => Sample,
            Snippets => Snippet,
            Numbers => Numbers,
            // The input of an instruction is a list of names and of lists of names.
            Texts => Texts,
            Final | States => Text,
            _ => Other,
        }
    }

    /// The shape of a map that is written here. A map of labels may have any keys.
    pub(super) fn of_map<'k>(self, mut keys: impl Iterator<Item = &'k str>) -> Shape {
        match self {
            Snippet if !keys.any(|key| key == "string" || key == "<<") => Words,
            shape => shape,
        }
    }

    /// The keys of the language that a map of this shape has, in the order of the
    /// documentation; `None` for a map of names. The first place is for a merge key.
    pub(super) fn keys(self) -> Option<&'static [&'static str]> {
        let keys: &[&str] = match self {
            Spec => &[
                "<<",
                "format",
                "name",
                "inputs",
                "encrypt",
                "context",
                "include",
                "tokens",
                "token_sets",
                "guardrails",
                "instructions",
                "rules",
            ],
            Token => &["<<", "type", "key", "min", "max", "length", "desc"],
            Guardrail => &["<<", "good_prompt", "bad_prompt", "bad_output", "samples"],
            Instruction => &[
                "<<",
                "type",
                "context",
                "input",
                "output",
                "final",
                "states",
                "guardrails",
                "samples",
                "samples_from",
            ],
            Sample => &["<<", "input", "output", "final", "value"],
            Snippet => &["<<", "string", "numbers", "number_lists"],
            _ => return None,
        };
        Some(keys)
    }

    /// Whether a scalar is text here, whatever it looks like.
    pub(super) fn is_text(self) -> bool {
        matches!(
            self,
            Text | Texts | Token | Final | Guardrail | Snippet | States
        )
    }

    /// Whether YAML's words for null mean it here.
    pub(super) fn has_null_words(self) -> bool {
        matches!(self, Token | Number | Numbers | Other)
    }

    /// What it means that nothing is written here.
    pub(super) fn nothing(self) -> Nothing {
        match self {
            Texts | Samples | Snippets => Nothing::EmptyList,
            Tokens | Sets | Guardrails | Instructions | Words => Nothing::EmptyMap,
            Token => Nothing::BasicToken,
            Final | States => Nothing::Absent,
            _ => Nothing::Null,
        }
    }
}
