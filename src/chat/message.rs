//! Messages, as chat models take them.

use crate::ir::Number;
use std::borrow::Cow;

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What holds for the whole conversation.
    System,
    /// Who asks.
    User,
    /// The model.
    Assistant,
    /// What a tool gave back.
    Tool,
}

impl Role {
    /// As OpenAI and the chat templates name it.
    pub fn name(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        }
    }

    /// Reads the names that people use: those of OpenAI and of ShareGPT.
    pub fn parse(name: &str) -> Option<Role> {
        Some(match name {
            "system" | "developer" => Role::System,
            "user" | "human" => Role::User,
            "assistant" | "gpt" | "model" | "bot" | "chatbot" => Role::Assistant,
            "tool" | "function" | "observation" | "ipython" => Role::Tool,
            _ => return None,
        })
    }
}

/// A call of a tool: the final token that an answer ends in.
#[derive(Clone, Debug)]
pub struct ToolCall<'m> {
    /// The tool's name.
    pub name: Cow<'m, str>,
    /// Its argument `value`, for a token with a number.
    pub value: Option<Number>,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message<'m> {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Cow<'m, str>,
    /// The tool that is called at the end.
    pub call: Option<ToolCall<'m>>,
}

impl<'m> Message<'m> {
    /// A message of text alone.
    pub fn new(role: Role, content: impl Into<Cow<'m, str>>) -> Self {
        Message {
            role,
            content: content.into(),
            call: None,
        }
    }
}

/// A tool that can be called: a final token.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The least and largest `value`, for a token with a number.
    pub range: Option<(Number, Number)>,
}

/// A conversation: an optional system message, then what is said in turn.
#[derive(Clone, Debug)]
pub struct Conversation<'m> {
    /// The messages, at least one.
    pub messages: Vec<Message<'m>>,
    /// The tools that can be called.
    pub tools: &'m [Tool],
}
