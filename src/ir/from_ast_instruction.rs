//! An instruction's names resolved: its token sets, final tokens, guardrails, and
//! what each of its samples ends in.

use super::from_ast::Names;
use super::{
    Ending, GuardrailId, GuardrailUse, Instruction, Protocol, Samples, TokenId, TokenSetId,
    TokenSetUse,
};
use crate::ast::{self, Given, GuardrailRef, InstructionType, Optional, TokenSetRef};
use crate::diagnostics::{
    Diagnostics, final_not_allowed, final_required, guardrail_index, not_a_final_token,
    undefined_guardrail, undefined_token_set,
};
use crate::source::{Span, Spanned, Text};
use std::cell::OnceCell;
use std::collections::HashMap;

/// Resolves an instruction; sets and guardrails written in place join `protocol`.
pub(super) fn instruction<'s>(
    written: ast::Instruction<'s>,
    protocol: &mut Protocol<'s>,
    names: &Names,
    findings: &mut Diagnostics,
) -> Instruction<'s> {
    let lacks_set = match (&written.input, &written.output) {
        (
            Some(Given {
                value: Some(sets), ..
            }),
            output,
        ) => {
            let is_broken = output.as_ref().is_some_and(|given| given.value.is_none());
            let is_missing = output.is_none() && written.instruction_type == InstructionType::Basic;
            is_broken || is_missing || sets.is_empty() || sets.iter().any(Option::is_none)
        }
        _ => true,
    };
    names.meant.borrow_mut().anything |= lacks_set;
    let inputs = protocol.inputs.as_ref();
    let expects_one = written.instruction_type != InstructionType::Extended
        && inputs.is_some_and(|inputs| inputs.value == 1);
    let input = written.input.and_then(|given| given.value);
    let input = input.filter(|list| !(expects_one && is_bare_set(list, names, findings)));
    let input = input.map(|list| {
        let sets = list.value.into_iter();
        let sets = sets.map(|set| set.and_then(|set| set_use(set, protocol, names, findings)));
        Spanned::new(sets.collect::<Vec<_>>(), list.span)
    });
    let output = written
        .output
        .and_then(|given| given.value)
        .and_then(|set| set_use(set.value, protocol, names, findings));
    let finals_span = written
        .finals
        .as_ref()
        .map(|given| given.value.as_ref().map_or(given.key, |list| list.span));
    let finals = finals(written.finals, protocol, names, findings);
    let guardrails = guardrails(
        written.guardrails,
        input.as_ref(),
        protocol,
        names,
        findings,
    );
    let endings = Endings {
        allowed: &finals,
        span: finals_span,
        name: &written.name,
        names,
        by_name: finals
            .iter()
            .filter_map(|token| token.value)
            .map(|id| (protocol.tokens[id.0].name.value.to_string(), id))
            .collect(),
        finals: OnceCell::new(),
        protocol,
    };
    let samples = Samples::new(written.samples, |sample| {
        if written.instruction_type.has_finals() {
            endings.of(sample, findings)
        } else {
            Ending::Non
        }
    });
    Instruction {
        name: written.name,
        instruction_type: written.instruction_type,
        type_span: written.type_span,
        context: written.context,
        input,
        output,
        finals_span,
        finals,
        states: written.states,
        guardrails,
        samples,
        samples_unknown: written.samples_unknown,
    }
}

/// Whether the tokens of one set stand where sets belong, which is one mistake and no set
/// too many; reported.
fn is_bare_set(
    list: &Spanned<Vec<Option<TokenSetRef<'_>>>>,
    names: &Names,
    findings: &mut Diagnostics,
) -> bool {
    let tokens = list.value.iter().map(|set| match set {
        Some(TokenSetRef::Named(name)) if names.sets.get(&name.value).is_none() => {
            let id = names.tokens.get(&name.value)?;
            Some((name.value.as_ref(), id))
        }
        _ => None,
    });
    let tokens: Option<Vec<(&str, TokenId)>> = tokens.collect();
    let Some(tokens) = tokens.filter(|tokens| tokens.len() > 1 && !names.incomplete) else {
        return false;
    };
    let mut meant = names.meant.borrow_mut();
    meant.tokens.extend(tokens.iter().map(|(_, id)| *id));
    let tokens: Vec<&str> = tokens.into_iter().map(|(name, _)| name).collect();
    findings.push(undefined_token_set::tokens(list.span, &tokens));
    true
}

fn set_use<'s>(
    set: TokenSetRef<'s>,
    protocol: &mut Protocol<'s>,
    names: &Names,
    findings: &mut Diagnostics,
) -> Option<TokenSetUse> {
    match set {
        TokenSetRef::Named(name) => {
            let found = names.sets.get(&name.value);
            if found.is_none() && !names.incomplete {
                let near = names.nearest(&name, &names.sets);
                let token = names.tokens.get(&name.value);
                let mut meant = names.meant.borrow_mut();
                meant.tokens.extend(token);
                meant
                    .token_sets
                    .extend(near.and_then(|near| names.sets.get(near.name)));
                findings.push(undefined_token_set::diagnostic(
                    &name,
                    near,
                    token.is_some(),
                ));
            }
            found.map(|set| TokenSetUse {
                span: name.span,
                set,
            })
        }
        TokenSetRef::Inline(set) => {
            let span = set.span;
            protocol.token_sets.push(names.token_set(set, findings));
            Some(TokenSetUse {
                span,
                set: TokenSetId(protocol.token_sets.len() - 1),
            })
        }
    }
}

fn finals(
    written: Option<ast::Given<Vec<Option<Text<'_>>>>>,
    protocol: &Protocol<'_>,
    names: &Names,
    findings: &mut Diagnostics,
) -> Vec<Spanned<Option<TokenId>>> {
    let Some(given) = written else {
        return Vec::new();
    };
    let Some(list) = given.value else {
        names.meant.borrow_mut().anything = true;
        return vec![Spanned::new(None, given.key)];
    };
    let of_protocol = final_names(protocol);
    let mut finals = Vec::new();
    for name in list.value {
        let Some(name) = name else {
            names.meant.borrow_mut().anything = true;
            finals.push(Spanned::new(None, list.span));
            continue;
        };
        let id = names
            .final_token(&name, &of_protocol, findings)
            .filter(|id| {
                let token = &protocol.tokens[id.0];
                let is_final = token.token_type.is_final();
                names.meant.borrow_mut().tokens.insert(*id);
                if !is_final {
                    // Any of the final tokens may have been meant.
                    let others = protocol.tokens.iter().enumerate();
                    let others = others.filter(|(_, other)| other.token_type.is_final());
                    let others = others.map(|(id, _)| TokenId(id));
                    names.meant.borrow_mut().tokens.extend(others);
                }
                if !is_final && token.known {
                    findings.push(not_a_final_token::diagnostic(
                        &name,
                        token.name.span,
                        token.token_type.name(),
                    ));
                }
                is_final
            });
        finals.push(Spanned::new(id, name.span));
    }
    finals
}

/// The names of all final tokens.
fn final_names<'p>(protocol: &'p Protocol<'_>) -> Vec<&'p str> {
    let tokens = protocol.tokens.iter();
    let finals = tokens.filter(|token| token.token_type.is_final());
    finals.map(|token| token.name.value.as_ref()).collect()
}

fn guardrails<'s>(
    written: Vec<(Text<'s>, Option<GuardrailRef<'s>>)>,
    input: Option<&Spanned<Vec<Option<TokenSetUse>>>>,
    protocol: &mut Protocol<'s>,
    names: &Names,
    findings: &mut Diagnostics,
) -> Vec<GuardrailUse<'s>> {
    let mut guarded: HashMap<usize, Span> = HashMap::new();
    let mut uses = Vec::new();
    for (key, guardrail) in written {
        let index = input.and_then(|input| input_index(&key, input, protocol, names, findings));
        if let Some(index) = index
            && let Some(first) = guarded.insert(index, key.span)
        {
            findings.push(guardrail_index::second(&key, index, first));
        }
        let guardrail = guardrail.and_then(|guardrail| match guardrail {
            GuardrailRef::Inline(guardrail) => {
                protocol.guardrails.push(guardrail);
                Some(GuardrailId(protocol.guardrails.len() - 1))
            }
            GuardrailRef::Named(name) => {
                let found = names.guardrails.get(&name.value);
                if found.is_none() && !names.incomplete {
                    let near = names.nearest(&name, &names.guardrails);
                    let id = near.and_then(|near| names.guardrails.get(near.name));
                    names.meant.borrow_mut().guardrails.extend(id);
                    findings.push(undefined_guardrail::diagnostic(&name, near));
                }
                found
            }
        });
        uses.push(GuardrailUse {
            key,
            input: index,
            guardrail,
        });
    }
    uses
}

/// The input that a guardrail's key means: its index, or the name of a set that
/// stands once among the inputs.
fn input_index(
    key: &Text<'_>,
    input: &Spanned<Vec<Option<TokenSetUse>>>,
    protocol: &Protocol<'_>,
    names: &Names,
    findings: &mut Diagnostics,
) -> Option<usize> {
    let count = input.value.len();
    if let Ok(index) = key.value.parse::<i128>() {
        let found = usize::try_from(index).ok().filter(|index| *index < count);
        // That there are no inputs at all is another rule's business.
        if found.is_none() && count > 0 {
            findings.push(guardrail_index::no_such_input(key, count, input.span));
        }
        return found;
    }
    let is_meant = |used: &Option<TokenSetUse>| {
        let name = used.and_then(|used| protocol.token_sets[used.set.0].name.as_ref());
        name.is_some_and(|name| name.value == key.value)
    };
    let places: Vec<usize> = (0..count)
        .filter(|at| is_meant(&input.value[*at]))
        .collect();
    match places[..] {
        [index] => Some(index),
        [] => {
            // An input that could not be resolved may be the one that is meant.
            if input.value.iter().all(Option::is_some) && !names.incomplete {
                let sets = input.value.iter().flatten();
                let inputs: Vec<&str> = sets
                    .filter_map(|used| protocol.token_sets[used.set.0].name.as_ref())
                    .map(|name| name.value.as_ref())
                    .collect();
                findings.push(guardrail_index::no_such_set(
                    key, &inputs, count, input.span,
                ));
            }
            None
        }
        _ => {
            findings.push(guardrail_index::ambiguous(key, &places, input.span));
            None
        }
    }
}

/// The final tokens that an instruction's samples can end in.
struct Endings<'i, 's> {
    allowed: &'i [Spanned<Option<TokenId>>],
    span: Option<Span>,
    name: &'i Text<'s>,
    names: &'i Names,
    by_name: HashMap<String, TokenId>,
    /// The names of all final tokens, once they are needed.
    finals: OnceCell<Vec<&'i str>>,
    protocol: &'i Protocol<'s>,
}

impl Endings<'_, '_> {
    fn of(&self, sample: &ast::Sample<'_>, findings: &mut Diagnostics) -> Ending {
        let name = match &sample.final_token {
            Optional::Given(name) => name,
            Optional::Refused => return Ending::Unknown,
            Optional::Absent => return self.left_out(sample, findings),
        };
        if let Some(id) = self.by_name.get(name.value.as_ref()) {
            return Ending::Token(*id);
        }
        let all = self.finals.get_or_init(|| final_names(self.protocol));
        let Some(id) = self.names.final_token(name, all, findings) else {
            return Ending::Unknown;
        };
        self.names.meant.borrow_mut().tokens.insert(id);
        let token = &self.protocol.tokens[id.0];
        if !token.known || self.allowed.iter().any(|token| token.value.is_none()) {
            return Ending::Unknown;
        }
        if token.token_type.is_final() {
            let allowed = self.by_order();
            let label = self.span.unwrap_or(self.name.span);
            findings.push(final_not_allowed::diagnostic(name, &allowed, label));
        } else {
            let token_type = token.token_type.name();
            findings.push(not_a_final_token::diagnostic(
                name,
                token.name.span,
                token_type,
            ));
        }
        Ending::Unknown
    }

    /// What a sample ends in that names no final token.
    fn left_out(&self, sample: &ast::Sample<'_>, findings: &mut Diagnostics) -> Ending {
        let is_same = |token: &Spanned<Option<TokenId>>| {
            self.allowed
                .first()
                .is_some_and(|first| first.value == token.value)
        };
        match self.allowed {
            [] => Ending::Non,
            [only, rest @ ..] if rest.iter().all(is_same) => {
                only.value.map_or(Ending::Unknown, Ending::Token)
            }
            several => {
                if several.iter().all(|token| token.value.is_some()) {
                    let tokens = self.by_order();
                    findings.push(final_required::diagnostic(sample.span, &tokens, self.span));
                }
                Ending::Unknown
            }
        }
    }

    fn by_order(&self) -> Vec<&str> {
        let known = self.allowed.iter().filter_map(|token| token.value);
        known
            .map(|id| self.protocol.tokens[id.0].name.value.as_ref())
            .collect()
    }
}
