//! All files of a spec to one [`Protocol`]: sections merged, defaults applied,
//! names resolved.

use super::from_ast_instruction::instruction;
use super::{Format, GuardrailId, Meant, Protocol, Token, TokenId, TokenSet, TokenSetId, key};
use crate::ast::{self, Spec};
use crate::diagnostics::{
    Comparisons, Diagnostics, Levels, Near, duplicate_definition, invalid_value, undefined_token,
    unused_key,
};
use crate::source::{Span, Spanned, Text};
use std::cell::RefCell;
use std::collections::HashMap;

/// Reports what a fragment sets that is the spec's to set. Another spec that is included
/// has it for itself.
fn of_no_use(spec: &Spec<'_>, findings: &mut Diagnostics) {
    if !spec.is_fragment() {
        return;
    }
    let keys = [
        ("format", spec.format.as_ref().map(|given| given.key)),
        ("encrypt", spec.encrypt.as_ref().map(|given| given.key)),
        ("rules", spec.rules.first().map(|(name, _)| name.span)),
    ];
    for (key, place) in keys {
        if let Some(place) = place {
            findings.push(unused_key::of_fragment(place, key));
        }
    }
}

/// Makes the protocol of a spec and its included files, `specs`, the spec itself
/// first, and the levels that it sets. A spec without a `format` has `default_format`,
/// else the newest. `None` only without any file.
pub fn protocol<'s>(
    specs: Vec<Spec<'s>>,
    default_format: Option<Format>,
    findings: &mut Diagnostics,
) -> Option<(Protocol<'s>, Levels)> {
    let main = specs.first()?;
    let levels = levels(main, findings);
    for spec in specs.iter().skip(1) {
        of_no_use(spec, findings);
    }
    let encrypt = main.encrypt.as_ref().and_then(|given| given.value.as_ref());
    let mut protocol = Protocol {
        first_key: main.first_key,
        name_key: main.name.as_ref().map(|given| given.key),
        name: main.name.as_ref().and_then(|given| given.value.clone()),
        format: format(main, findings)
            .or(default_format)
            .unwrap_or_default(),
        format_span: main
            .format
            .as_ref()
            .and_then(|given| given.value.as_ref())
            .map(|text| text.span),
        inputs: main.inputs.as_ref().and_then(|given| given.value.clone()),
        encrypt: encrypt.is_none_or(|encrypt| encrypt.value),
        context_key: None,
        context: Vec::new(),
        tokens: Vec::new(),
        token_sets: Vec::new(),
        guardrails: Vec::new(),
        instructions_key: None,
        instructions: Vec::new(),
        incomplete: specs.iter().any(|spec| spec.incomplete),
        meant: Meant::default(),
    };

    let mut names = Names {
        tokens: Defined::default(),
        sets: Defined::default(),
        guardrails: Defined::default(),
        incomplete: protocol.incomplete,
        comparisons: RefCell::default(),
        meant: RefCell::default(),
    };
    let mut sets = Vec::new();
    let mut instructions = Vec::new();
    let mut instruction_names = Defined::default();
    for spec in specs {
        if let Some(context) = spec.context {
            protocol.context_key.get_or_insert(context.key);
            protocol.incomplete |= context.value.is_none();
            protocol
                .context
                .extend(context.value.map(|lines| lines.value).unwrap_or_default());
        }
        // A name that was emptied is not known by what uses it, and that is one mistake.
        names.incomplete |= spec.tokens.iter().any(|token| token.name.value.is_empty());
        for written in spec.tokens {
            let id = TokenId(protocol.tokens.len());
            if is_new(&mut names.tokens, &written.name, id, "token", findings) {
                protocol.tokens.push(token(written, protocol.encrypt));
            }
        }
        for set in spec.token_sets {
            let Some(name) = &set.name else { continue };
            if is_new(
                &mut names.sets,
                name,
                TokenSetId(sets.len()),
                "token set",
                findings,
            ) {
                sets.push(set);
            }
        }
        for guardrail in spec.guardrails {
            let Some(name) = &guardrail.name else {
                continue;
            };
            let id = GuardrailId(protocol.guardrails.len());
            if is_new(&mut names.guardrails, name, id, "guardrail", findings) {
                protocol.guardrails.push(guardrail);
            }
        }
        protocol.instructions_key = protocol.instructions_key.or(spec.instructions_key);
        for written in spec.instructions {
            if is_new(
                &mut instruction_names,
                &written.name,
                (),
                "instruction",
                findings,
            ) {
                instructions.push(written);
            }
        }
    }
    for set in sets {
        let set = names.token_set(set, findings);
        protocol.token_sets.push(set);
    }
    for written in instructions {
        let instruction = instruction(written, &mut protocol, &names, findings);
        protocol.instructions.push(instruction);
    }
    protocol.meant = names.meant.into_inner();
    Some((protocol, levels))
}

/// Names and what they mean, with the places of their definitions.
#[derive(Debug)]
pub(super) struct Defined<Id> {
    by_name: HashMap<String, (Id, Span)>,
    /// The names in order of definition.
    order: Vec<String>,
}

impl<Id> Default for Defined<Id> {
    fn default() -> Self {
        Defined {
            by_name: HashMap::new(),
            order: Vec::new(),
        }
    }
}

impl<Id: Copy> Defined<Id> {
    /// What a name means.
    pub(super) fn get(&self, name: &str) -> Option<Id> {
        self.by_name.get(name).map(|(id, _)| *id)
    }
}

/// What the names of a protocol mean.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) tokens: Defined<TokenId>,
    pub(super) sets: Defined<TokenSetId>,
    pub(super) guardrails: Defined<GuardrailId>,
    /// Names may exist that are not known, so none is called undefined.
    pub(super) incomplete: bool,
    comparisons: RefCell<Comparisons>,
    /// What references that mean nothing were meant to be.
    pub(super) meant: RefCell<Meant>,
}

impl Names {
    /// The token of this name; reported if there is none.
    pub(super) fn token(&self, name: &Text<'_>, findings: &mut Diagnostics) -> Option<TokenId> {
        let found = self.tokens.get(&name.value);
        if found.is_none() && !self.incomplete {
            let near = self.nearest(name, &self.tokens);
            self.meant
                .borrow_mut()
                .tokens
                .extend(near.and_then(|near| self.tokens.get(near.name)));
            findings.push(undefined_token::diagnostic(name, near));
        }
        found
    }

    /// The final token of this name, or another token of it; if there is none, that is
    /// reported, with the nearest of the `finals`.
    pub(super) fn final_token(
        &self,
        name: &Text<'_>,
        finals: &[&str],
        findings: &mut Diagnostics,
    ) -> Option<TokenId> {
        let found = self.tokens.get(&name.value);
        if found.is_none() && !self.incomplete {
            let near = {
                let mut comparisons = self.comparisons.borrow_mut();
                comparisons.nearest(name, finals.len(), finals.iter().copied())
            };
            let meant = near.and_then(|near| self.tokens.get(near.name));
            self.meant.borrow_mut().tokens.extend(meant);
            findings.push(undefined_token::final_token(name, near));
        }
        found
    }

    /// The name that is nearest to one that means nothing, the first defined of those
    /// that are equally near.
    pub(super) fn nearest<'n, Id>(&self, name: &str, defined: &'n Defined<Id>) -> Option<Near<'n>> {
        let names = defined.order.iter().map(String::as_str);
        self.comparisons
            .borrow_mut()
            .nearest(name, defined.order.len(), names)
    }

    /// Resolves the names of a set.
    pub(super) fn token_set<'s>(
        &self,
        set: ast::TokenSet<'s>,
        findings: &mut Diagnostics,
    ) -> TokenSet<'s> {
        self.meant.borrow_mut().anything |= set.tokens.is_empty();
        let tokens = set.tokens.iter().map(|name| match name {
            Some(name) => Spanned::new(self.token(name, findings), name.span),
            None => {
                self.meant.borrow_mut().anything = true;
                Spanned::new(None, set.span)
            }
        });
        TokenSet {
            tokens: tokens.collect(),
            name: set.name,
            span: set.span,
        }
    }
}

/// Enters a name; reports it if another file has defined it.
fn is_new<Id>(
    defined: &mut Defined<Id>,
    name: &Text<'_>,
    id: Id,
    what: &str,
    findings: &mut Diagnostics,
) -> bool {
    if let Some((_, first)) = defined.by_name.get(name.value.as_ref()) {
        findings.push(duplicate_definition::diagnostic(what, name, *first));
        return false;
    }
    defined
        .by_name
        .insert(name.value.to_string(), (id, name.span));
    defined.order.push(name.value.to_string());
    true
}

fn token(written: ast::Token<'_>, encrypt: bool) -> Token<'_> {
    let value = format!("{}_", written.name.value);
    let key_span = written
        .key
        .as_ref()
        .map(|given| given.value.as_ref().map_or(given.key, |key| key.span));
    let key = match written.key {
        None => Some(key::generated(&value, encrypt).into()),
        Some(given) => given.value.map(|key| key.value),
    };
    Token {
        name: written.name,
        span: written.span,
        value,
        key,
        key_span,
        token_type: written.token_type,
        desc: written
            .desc
            .and_then(|given| given.value)
            .map(|desc| desc.value),
        min: written.min.and_then(|given| given.value),
        max: written.max.and_then(|given| given.value),
        length: written.length.and_then(|given| given.value),
        known: written.known,
    }
}

fn format(main: &Spec<'_>, findings: &mut Diagnostics) -> Option<Format> {
    let written = main
        .format
        .as_ref()
        .and_then(|given| given.value.as_ref())?;
    let format = Format::parse(&written.value);
    if format.is_none() {
        findings.push(invalid_value::unknown(written, "format", &Format::NAMES));
    }
    format
}

fn levels(main: &Spec<'_>, findings: &mut Diagnostics) -> Levels {
    let mut levels = Levels::default();
    levels.read(&main.rules, findings);
    levels
}
