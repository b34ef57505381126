//! The special tokens that every protocol has.

/// A special token. Its value is its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    /// Key and value.
    pub key: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Its type in the model file.
    pub type_name: &'static str,
}

impl Special {
    /// Begins a conversation.
    pub const BOS: Special = Special {
        key: "<BOS>",
        purpose: "start",
        type_name: "SpecialToken",
    };
    /// Ends it.
    pub const EOS: Special = Special {
        key: "<EOS>",
        purpose: "end",
        type_name: "SpecialFinalToken",
    };
    /// Asks for an answer.
    pub const RUN: Special = Special {
        key: "<RUN>",
        purpose: "infer",
        type_name: "SpecialToken",
    };
    /// Fills up.
    pub const PAD: Special = Special {
        key: "<PAD>",
        purpose: "pad",
        type_name: "SpecialToken",
    };
    /// The result where no final token is allowed.
    pub const NON: Special = Special {
        key: "<NON>",
        purpose: "none",
        type_name: "SpecialFinalToken",
    };
    /// Marks the answer of a guardrail.
    pub const UNK: Special = Special {
        key: "<UNK>",
        purpose: "unknown",
        type_name: "SpecialToken",
    };

    /// Those of a protocol, `<UNK>` only with a guardrail.
    pub fn of(guarded: bool) -> impl Iterator<Item = Special> {
        let always = [
            Special::BOS,
            Special::EOS,
            Special::RUN,
            Special::PAD,
            Special::NON,
        ];
        always.into_iter().chain(guarded.then_some(Special::UNK))
    }
}
