//! What is looked at where a template is chosen: whether it renders every conversation.

use super::given::Given;
use super::mapping::Mapping;
use super::options::Options;
use super::rows::Row;
use super::template::{Call, Fault, Rendered, Template, Value};
use super::values;
use crate::diagnostics::{Diagnostic, Diagnostics, unrenderable_sample};
use crate::ir::Protocol;
use crate::source::{Origin, Span};
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

    /// Renders messages; a fault, and a text of nothing, is reported at `span`.
    pub fn rendered(
        &self,
        call: (Value, Option<Value>, Option<Value>),
        span: Span,
        findings: &mut Diagnostics,
    ) -> Option<Rendered> {
        match self.render(call.0, call.1, call.2) {
            Ok(rendered) if rendered.text.trim().is_empty() => {
                findings.push(unrenderable_sample::empty(span, &self.name));
                None
            }
            Ok(rendered) => Some(rendered),
            Err(fault) => {
                findings.push(self.finding(&fault, span));
                None
            }
        }
    }
}

/// What is to be looked at.
#[derive(Debug, Default)]
pub struct Checks {
    /// The template that everything has to render with.
    pub template: Option<Named>,
    /// How samples become messages.
    pub mapping: Options,
    /// An answer that the first instruction has to allow, and where it stands.
    pub answer: Option<(String, Span)>,
}

impl Checks {
    /// Looks at all rows of a protocol.
    pub fn protocol(&self, protocol: &Protocol<'_>, findings: &mut Diagnostics) {
        let mapping = Mapping::new(protocol, self.mapping);
        if let Some((text, span)) = &self.answer {
            let given = super::judge::Given {
                text,
                call: None,
                span: *span,
            };
            mapping.judge(0, given, findings);
        }
        for row in Row::all(protocol) {
            let conversation = mapping.conversation(row);
            let (Some(conversation), Some(span)) = (conversation, row.span(protocol)) else {
                continue;
            };
            if let Some(template) = &self.template {
                let call = values::call(&conversation);
                template.rendered((call.messages, call.tools, None), span, findings);
            }
        }
    }

    /// Looks at conversations that were read.
    pub fn given(&self, given: &[Given], findings: &mut Diagnostics) {
        for given in given {
            if let Some(template) = &self.template {
                let call = (
                    given.messages.clone(),
                    given.tools.clone(),
                    given.documents.clone(),
                );
                template.rendered(call, given.span, findings);
            }
        }
    }
}
