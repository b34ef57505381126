//! What the platforms that train models take.

use super::export::Format;
use super::mapping::Mapping;
use super::rows::Row;
use crate::diagnostics::{Diagnostics, platform_limit};

/// A platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Fine-tuning at OpenAI.
    OpenAi,
    /// Fine-tuning at Together.
    Together,
}

/// The fewest rows that OpenAI takes.
const OPENAI_ROWS: usize = 10;
/// The longest name of a tool, in characters.
const TOOL_NAME: usize = 64;

impl Platform {
    /// The names, as they are chosen.
    pub const NAMES: [&'static str; 2] = ["openai", "together"];

    /// The platform of this name.
    pub fn parse(name: &str) -> Option<Platform> {
        match name {
            "openai" => Some(Platform::OpenAi),
            "together" => Some(Platform::Together),
            _ => None,
        }
    }

    /// As it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Platform::OpenAi => "OpenAI",
            Platform::Together => "Together",
        }
    }

    /// The fewest rows that it takes.
    pub fn least_rows(self) -> usize {
        match self {
            Platform::OpenAi => OPENAI_ROWS,
            Platform::Together => 1,
        }
    }

    /// Whether it takes rows of a format, which hold text instead of messages if `is_text`.
    pub fn takes(self, format: Format, is_text: bool) -> bool {
        match format {
            Format::OpenAi | Format::DpoOpenAi => true,
            Format::Text => self == Platform::Together,
            Format::PromptCompletion => self == Platform::Together && is_text,
            _ => false,
        }
    }

    /// Looks at what a protocol gives.
    pub(super) fn protocol(self, mapping: &Mapping<'_, '_>, findings: &mut Diagnostics) {
        let protocol = mapping.protocol();
        let instructions = protocol.instructions.iter().enumerate();
        let counts = instructions.map(|(at, instruction)| {
            instruction.samples.count() + Row::prompts(protocol, at).count()
        });
        let count: usize = counts.sum();
        if count < self.least_rows() {
            let place = protocol.instructions_key.unwrap_or(protocol.first_key);
            findings.push(platform_limit::too_few_rows(
                place,
                self.name(),
                count,
                self.least_rows(),
            ));
        }
        if self != Platform::OpenAi {
            return;
        }
        let fits = |name: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            name.len() <= TOOL_NAME && name.bytes().all(is_plain)
        };
        for token in &protocol.tokens {
            let is_tool = mapping
                .instructions
                .iter()
                .any(|known| known.tools.iter().any(|tool| tool.name == token.name.value));
            if is_tool && !fits(&token.name.value) {
                findings.push(platform_limit::tool_name(
                    token.name.span,
                    self.name(),
                    &token.name.value,
                ));
            }
        }
    }
}
