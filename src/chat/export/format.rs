//! The formats of rows, and what each can hold.

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"messages": […], "tools": […]}`
    OpenAi,
    /// `{"conversations": [{"from", "value"}], "system"}`
    ShareGpt,
    /// `{"instruction", "input", "output", "system"}`
    Alpaca,
    /// `{"instruction", "response", "category", "system"}`
    Airoboros,
    /// `{"prompt", "completion"}`
    PromptCompletion,
    /// `{"text"}`
    Text,
    /// `{"segments": [{"label", "text"}]}`
    Segments,
    /// `{"prompt", "chosen", "rejected"}`
    DpoTrl,
    /// `{"input": {"messages"}, "preferred_output", "non_preferred_output"}`
    DpoOpenAi,
    /// `{"conversations", "chosen", "rejected"}`
    DpoLlamaFactory,
    /// `{"prompt", "completion", "label"}`
    Kto,
    /// `{"conversations": [{"from", "value"}], "kto_tag", "system"}`
    KtoLlamaFactory,
}

impl Format {
    /// All of them, in the order of the documentation.
    pub const ALL: [Format; 12] = [
        Format::OpenAi,
        Format::ShareGpt,
        Format::Alpaca,
        Format::Airoboros,
        Format::PromptCompletion,
        Format::Text,
        Format::Segments,
        Format::DpoTrl,
        Format::DpoOpenAi,
        Format::DpoLlamaFactory,
        Format::Kto,
        Format::KtoLlamaFactory,
    ];

    /// The names, in the order of [`Format::ALL`].
    pub const NAMES: [&'static str; 12] = [
        "openai",
        "sharegpt",
        "alpaca",
        "airoboros",
        "prompt-completion",
        "text",
        "segments",
        "dpo-trl",
        "dpo-openai",
        "dpo-llamafactory",
        "kto",
        "kto-llamafactory",
    ];

    /// The format of this name.
    pub fn parse(name: &str) -> Option<Format> {
        let at = Format::NAMES.iter().position(|other| *other == name)?;
        Some(Format::ALL[at])
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Format::NAMES[self as usize]
    }

    /// Whether its rows are text that a template has made.
    pub fn needs_template(self) -> bool {
        matches!(self, Format::Text | Format::Segments)
    }

    /// Whether a template can be used: without one the rows hold messages.
    pub fn takes_template(self) -> bool {
        self.needs_template()
            || matches!(
                self,
                Format::PromptCompletion | Format::DpoTrl | Format::Kto
            )
    }

    /// Whether an answer can be text and a call of a tool.
    pub fn takes_tools(self) -> bool {
        !matches!(
            self,
            Format::ShareGpt
                | Format::Alpaca
                | Format::Airoboros
                | Format::DpoLlamaFactory
                | Format::KtoLlamaFactory
        )
    }

    /// Whether a row is one answer that is good or bad.
    pub fn is_judged(self) -> bool {
        matches!(self, Format::Kto | Format::KtoLlamaFactory)
    }

    /// Whether a row is a good answer and a bad one.
    pub fn is_preference(self) -> bool {
        matches!(
            self,
            Format::DpoTrl | Format::DpoOpenAi | Format::DpoLlamaFactory
        )
    }
}
