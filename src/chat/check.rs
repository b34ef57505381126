//! What is looked at where a template or a platform is chosen.

use super::budget::Budget;
use super::delimiters::Delimiters;
use super::given::Given;
use super::mapping::Mapping;
use super::options::Options;
use super::parts;
use super::platform::Platform;
use super::rows::Row;
use super::template::{Call, Fault, FaultKind, Rendered, Template, Value};
use super::values;
use crate::diagnostics::{
    Diagnostic, Diagnostics, platform_limit, role_order, unrenderable_sample,
};
use crate::ir::{Instruction, Protocol};
use crate::source::{Origin, SourceMap, Span};
use std::collections::BTreeMap;

/// A template, and what it is always called with.
#[derive(Debug)]
pub struct Named {
    /// What people know it by.
    pub name: String,
    /// The template.
    pub template: Template,
    /// Where its text stands, if it is among the sources of the compile.
    pub origin: Option<Origin>,
    /// Whether it is part of the program.
    pub is_own: bool,
    /// What it is called with besides messages: special tokens, tools, options.
    pub call: Call,
}

impl Named {
    /// A template that is known by name; `None` if none is.
    pub fn builtin(name: &str) -> Option<Named> {
        let builtin = super::template::Builtin::find(name)?;
        let mut variables = BTreeMap::new();
        variables.insert("bos_token".to_owned(), Value::from(builtin.bos_token));
        variables.insert("eos_token".to_owned(), Value::from(builtin.eos_token));
        Some(Named {
            name: builtin.name.to_owned(),
            template: Template::new(builtin.source, None).ok()?,
            origin: None,
            is_own: true,
            call: Call {
                variables,
                ..Call::default()
            },
        })
    }

    /// Renders messages; tools and documents that are given here go before the call's own.
    pub fn render(
        &self,
        messages: Value,
        tools: Option<Value>,
        documents: Option<Value>,
    ) -> Result<Rendered, Fault> {
        let messages = match self.is_own {
            true => parts::joined(&messages).map_err(|part| Fault::output(part.reason))?,
            false => messages,
        };
        self.template.render(&Call {
            messages,
            tools: tools.or_else(|| self.call.tools.clone()),
            documents: documents.or_else(|| self.call.documents.clone()),
            ..self.call.clone()
        })
    }

    /// What `fault` means for the conversation at `span`.
    pub fn finding(&self, fault: &Fault, span: Span) -> Diagnostic {
        let finding = unrenderable_sample::fails(span, &self.name, &fault.message);
        match (self.origin, &fault.range) {
            (Some(origin), Some(range)) => {
                unrenderable_sample::at(finding, Span::new(origin, range.start, range.end))
            }
            _ => finding,
        }
    }

    /// Renders a conversation that was read; faults are reported, as by [`Named::rendered`].
    pub fn given(&self, given: &Given, findings: &mut Diagnostics) -> Result<Rendered, FaultKind> {
        if self.is_own
            && let Err(part) = parts::joined(&given.messages)
        {
            let span = given.message_spans.get(part.message);
            let span = span.copied().unwrap_or(given.span);
            findings.push(unrenderable_sample::fails(span, &self.name, &part.reason));
            return Err(FaultKind::Output);
        }
        let (tools, documents) = (given.tools.clone(), given.documents.clone());
        let call = (given.messages.clone(), tools, documents);
        self.rendered(call, given.span, findings)
    }

    /// Renders messages; a fault, and a text of nothing, is reported at `span`. Behind one
    /// of the kind [`FaultKind::Limit`], others would take as long.
    pub fn rendered(
        &self,
        call: (Value, Option<Value>, Option<Value>),
        span: Span,
        findings: &mut Diagnostics,
    ) -> Result<Rendered, FaultKind> {
        match self.render(call.0, call.1, call.2) {
            Ok(rendered) if rendered.text.trim().is_empty() => {
                findings.push(unrenderable_sample::empty(span, &self.name));
                Err(FaultKind::Output)
            }
            Ok(rendered) => Ok(rendered),
            Err(fault) => {
                findings.push(self.finding(&fault, span));
                Err(fault.kind)
            }
        }
    }
}

/// What is to be looked at.
#[derive(Debug, Default)]
pub struct Checks {
    /// The template that everything has to render with.
    pub template: Option<Named>,
    /// What a template writes between messages, where something else renders everything.
    pub delimiters: Option<Delimiters>,
    /// Only the samples of the instruction with this name are looked at, or only the one with
    /// this number, from 1.
    pub only: Option<(String, Option<usize>)>,
    /// A file of messages in place of a spec is none that could be looked at.
    pub is_for_specs: bool,
    /// The platform that has to take everything.
    pub platform: Option<Platform>,
    /// How samples become messages.
    pub mapping: Options,
    /// What counts tokens, and how many there may be.
    pub tokens: Option<Budget>,
    /// An answer that the first instruction has to allow, and where it stands.
    pub answer: Option<(String, Span)>,
}

impl Checks {
    /// Looks at all rows of a protocol.
    pub fn protocol(
        &self,
        protocol: &Protocol<'_>,
        sources: &SourceMap,
        findings: &mut Diagnostics,
    ) {
        let mapping = Mapping::new(protocol, self.mapping);
        if let Some((text, span)) = &self.answer {
            let given = super::judge::Given {
                text,
                call: None,
                span: *span,
            };
            mapping.judge(0, given, findings);
        }
        if let Some(platform) = self.platform {
            platform.protocol(&mapping, findings);
        }
        if let Some(delimiters) = &self.delimiters {
            let is_wanted = |instruction: &Instruction<'_>, at: usize| {
                self.only.as_ref().is_none_or(|(name, number)| {
                    instruction.name.value == name.as_str()
                        && number.is_none_or(|number| number == at + 1)
                })
            };
            delimiters.protocol(protocol, sources, is_wanted, findings);
        }
        let Some(template) = &self.template else {
            if let Some(tokens) = &self.tokens {
                tokens.protocol(protocol, findings);
            }
            return;
        };
        Delimiters::of(template).protocol(protocol, sources, |_, _| true, findings);
        let mut counting = self
            .tokens
            .as_ref()
            .map(|tokens| tokens.counting(protocol, findings));
        for row in Row::all(protocol) {
            let conversation = mapping.conversation(row);
            let (Some(conversation), Some(span)) = (conversation, row.span(protocol)) else {
                continue;
            };
            let call = values::call(&conversation);
            match template.rendered((call.messages, call.tools, None), span, findings) {
                Ok(rendered) => {
                    if let Some(counting) = &mut counting {
                        counting.take(row, span, rendered.text, findings);
                    }
                }
                Err(FaultKind::Limit) => return,
                Err(_) => {}
            }
        }
        if let Some(counting) = counting {
            counting.finish(findings);
        }
    }

    /// Looks at conversations that were read.
    pub fn given(&self, given: &[Given], findings: &mut Diagnostics) {
        if let (Some(platform), Some(first)) = (self.platform, given.first())
            && given.len() < platform.least_rows()
        {
            let (name, least) = (platform.name(), platform.least_rows());
            findings.push(platform_limit::too_few_rows(
                first.span,
                name,
                given.len(),
                least,
            ));
        }
        let made = self.template.as_ref().map(Delimiters::of);
        let delimiters = made.as_ref().or(self.delimiters.as_ref());
        for given in given {
            self.order(given, findings);
            let mut is_first = true;
            for (message, span) in given
                .messages
                .try_iter()
                .into_iter()
                .flatten()
                .zip(&given.message_spans)
            {
                let Some(delimiters) = delimiters else { break };
                let role = message.get_attr("role").unwrap_or_default();
                let is_user = role.as_str() == Some("user");
                delimiters.message(&message, (*span, is_user && is_first), findings);
                is_first &= !is_user;
            }
            if let Some(template) = &self.template
                && template.given(given, findings) == Err(FaultKind::Limit)
            {
                return;
            }
        }
    }

    /// Whether user and assistant take turns.
    fn order(&self, given: &Given, findings: &mut Diagnostics) {
        let mut wanted = "user";
        let messages = given.messages.try_iter().into_iter().flatten();
        for (at, (message, span)) in messages.zip(&given.message_spans).enumerate() {
            let role = message.get_attr("role").unwrap_or_default();
            let role = role.as_str().unwrap_or_default();
            let is_first_system = at == 0 && matches!(role, "system" | "developer");
            // What tools give back, and what is said about it, belongs to an answer.
            let is_of_tools =
                matches!(role, "tool" | "function" | "ipython") && wanted == "user" && at > 0;
            if is_first_system {
                continue;
            }
            if is_of_tools {
                wanted = "assistant";
                continue;
            }
            let role = if role == "model" { "assistant" } else { role };
            if role != wanted {
                findings.push(match self.platform {
                    Some(Platform::Together) => {
                        platform_limit::order(*span, Platform::Together.name())
                    }
                    _ => role_order::diagnostic(*span, role, wanted),
                });
                return;
            }
            wanted = if wanted == "user" {
                "assistant"
            } else {
                "user"
            };
        }
    }
}
