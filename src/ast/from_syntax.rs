//! A spec file's tree to a [`Spec`]: the top level, tokens, token sets, guardrails.

use super::from_syntax_instruction::instruction;
use super::{
    Given, Guardrail, GuardrailRef, Number, Spec, Taken, Text, Token, TokenSet, TokenSetRef,
    TokenType,
};
use crate::diagnostics::{
    Diagnostics, invalid_length, invalid_value, missing_key, nearest, unused_key,
};
use crate::source::Spanned;
use crate::syntax::decode::{Field, Fields, Item};
use crate::syntax::tree::{Node, Value};
use std::borrow::Cow;

const KEYS: [&str; 11] = [
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
];
const TOKEN_KEYS: [&str; 6] = ["type", "key", "desc", "min", "max", "length"];
const GUARDRAIL_KEYS: [&str; 4] = ["good_prompt", "bad_prompt", "bad_output", "samples"];
const SECTIONS: [&str; 4] = ["tokens", "token_sets", "guardrails", "instructions"];

/// Decodes a spec file, with the samples that were `taken` from it while it was read. `None`
/// if it is no map at all, which is reported.
pub fn spec<'s>(
    root: Node<'s>,
    taken: &mut Taken<'s>,
    findings: &mut Diagnostics,
) -> Option<Spec<'s>> {
    let first_key = match &root.value {
        Value::Map(entries) => entries.first().map_or(root.span, |entry| entry.key.span),
        _ => root.span,
    };
    let mut item = Item::of(root);
    item.header = first_key;
    let mut fields = item.fields(
        "a map with `name`, `inputs` and `instructions`",
        &KEYS,
        findings,
    )?;

    let format = fields
        .take("format")
        .map(|field| text_field(field, findings));
    let name = fields.take("name").map(|field| text_field(field, findings));
    let inputs = fields.take("inputs").map(|field| inputs(field, findings));
    let encrypt = fields.take("encrypt").map(|field| Given {
        key: field.key,
        value: field.item().boolean(findings),
    });
    let incomplete = SECTIONS.iter().any(|section| fields.holds_no_map(section));
    let context = fields
        .take("context")
        .map(|field| texts_field(field, "a list of lines", findings));
    let (include, complete) = paths(fields.take("include"), findings);
    let tokens = entries(fields.take("tokens"), "a map of tokens", findings)
        .into_iter()
        .map(|(name, item)| token(name, item, findings))
        .collect();
    let token_sets = entries(fields.take("token_sets"), "a map of token sets", findings)
        .into_iter()
        .map(|(name, item)| named_token_set(name, item, findings))
        .collect();
    let guardrails = entries(fields.take("guardrails"), "a map of guardrails", findings)
        .into_iter()
        .map(|(name, item)| guardrail(Some(name), item, findings))
        .collect();
    let instructions_field = fields.take("instructions");
    let instructions_key = instructions_field.as_ref().map(|field| field.key);
    let instructions: Vec<_> = entries(instructions_field, "a map of instructions", findings)
        .into_iter()
        .map(|(name, item)| instruction(name, item, taken, findings))
        .collect();
    let rules = entries(
        fields.take("rules"),
        "a map of rule ids and levels",
        findings,
    )
    .into_iter()
    .map(|(rule, item)| (rule, item.text("text: `error`, `warn` or `off`", findings)))
    .collect();

    let spec = Spec {
        first_key,
        format,
        name,
        inputs,
        encrypt,
        context,
        include,
        tokens,
        token_sets,
        guardrails,
        instructions_key,
        instructions,
        rules,
        incomplete: incomplete || !complete,
    };
    Some(spec)
}

/// Reports what a spec of its own has to have, and a fragment does not.
pub fn require_top_level(spec: &Spec<'_>, findings: &mut Diagnostics) {
    if spec.name.is_none() {
        findings.push(missing_key::diagnostic(spec.first_key, "name"));
    }
    if spec.inputs.is_none() {
        findings.push(missing_key::diagnostic(spec.first_key, "inputs"));
    }
}

/// The value of a text field.
pub(super) fn text_field<'s>(field: Field<'s>, findings: &mut Diagnostics) -> Given<Cow<'s, str>> {
    let key = field.key;
    Given {
        key,
        value: field.item().text("text", findings),
    }
}

/// The value of a field that is a list of texts.
pub(super) fn texts_field<'s>(
    field: Field<'s>,
    expected: &str,
    findings: &mut Diagnostics,
) -> Given<Vec<Option<Text<'s>>>> {
    let key = field.key;
    let list = field.item().list(expected, findings);
    Given {
        key,
        value: list.map(|list| texts(list, findings)),
    }
}

fn texts<'s>(
    list: Spanned<Vec<Item<'s>>>,
    findings: &mut Diagnostics,
) -> Spanned<Vec<Option<Text<'s>>>> {
    let texts = list
        .value
        .into_iter()
        .map(|item| item.text("text", findings))
        .collect();
    Spanned::new(texts, list.span)
}

/// One name, or a list of names.
pub(super) fn names_field<'s>(
    field: Field<'s>,
    expected: &str,
    findings: &mut Diagnostics,
) -> Given<Vec<Option<Text<'s>>>> {
    let key = field.key;
    let item = field.item();
    let value = match &item.node.value {
        Value::List(_) => item
            .list(expected, findings)
            .map(|list| texts(list, findings)),
        _ => item.text(expected, findings).map(|name| {
            let span = name.span;
            Spanned::new(vec![Some(name)], span)
        }),
    };
    Given { key, value }
}

/// One path, or a list of paths.
///
/// The second is `false` if some could not be read.
pub(super) fn paths<'s>(
    field: Option<Field<'s>>,
    findings: &mut Diagnostics,
) -> (Vec<Text<'s>>, bool) {
    let Some(field) = field.filter(|field| !matches!(field.node.value, Value::Empty)) else {
        return (Vec::new(), true);
    };
    let names = names_field(field, "a path or a list of paths", findings);
    let Some(names) = names.value else {
        return (Vec::new(), false);
    };
    let complete = names.value.iter().all(Option::is_some);
    (names.value.into_iter().flatten().collect(), complete)
}

/// The entries of a map whose keys are names.
pub(super) fn entries<'s>(
    field: Option<Field<'s>>,
    expected: &str,
    findings: &mut Diagnostics,
) -> Vec<(Text<'s>, Item<'s>)> {
    let entries = field.and_then(|field| field.item().entries(expected, findings));
    entries
        .unwrap_or_default()
        .into_iter()
        .map(Into::into)
        .collect()
}

/// A number field.
pub(super) fn number_field(field: Field<'_>, findings: &mut Diagnostics) -> Given<Number> {
    Given {
        key: field.key,
        value: field.item().number(findings),
    }
}

fn inputs(field: Field<'_>, findings: &mut Diagnostics) -> Given<u32> {
    const MOST: i128 = 10_000;
    let key = field.key;
    let value = field.item().whole(findings).and_then(|whole| {
        if whole.value < 1 {
            findings.push(invalid_value::too_small(whole.span, "`inputs`", 1));
        } else if whole.value > MOST {
            findings.push(invalid_value::too_large(whole.span, "`inputs`", MOST));
        }
        let inputs = u32::try_from(whole.value)
            .ok()
            .filter(|n| (1..=MOST).contains(&i128::from(*n)));
        inputs.map(|inputs| Spanned::new(inputs, whole.span))
    });
    Given { key, value }
}

fn token<'s>(name: Text<'s>, item: Item<'s>, findings: &mut Diagnostics) -> Token<'s> {
    let mut token = Token {
        name,
        span: item.span(),
        token_type: TokenType::Token,
        key: None,
        desc: None,
        min: None,
        max: None,
        length: None,
        known: true,
    };
    if item.is_null() {
        return token;
    }
    if matches!(item.node.value, Value::Text(_) | Value::Plain(_)) {
        let key = item.header;
        token.desc = Some(Given {
            key,
            value: item.text("text", findings),
        });
        return token;
    }
    let Some(mut fields) = item.fields("a description or a map of fields", &TOKEN_KEYS, findings)
    else {
        token.known = false;
        return token;
    };
    if let Some(field) = fields.take("type") {
        match field.item().text("text", findings) {
            Some(text) => {
                let parsed = TokenType::parse(&text.value).or_else(|| {
                    findings.push(invalid_value::unknown(
                        &text,
                        "token type",
                        &TokenType::NAMES,
                    ));
                    // A type that is misspelt is taken for the one that is meant.
                    nearest(&text.value, TokenType::NAMES)
                        .and_then(|near| TokenType::parse(near.name))
                });
                token.known = TokenType::parse(&text.value).is_some();
                token.token_type = parsed.unwrap_or(TokenType::Token);
            }
            None => token.known = false,
        }
    }
    token.key = fields.take("key").map(|field| text_field(field, findings));
    token.desc = fields.take("desc").map(|field| text_field(field, findings));
    let has_range = token.token_type.has_range();
    token.min = ranged(&mut fields, "min", &token, has_range, findings)
        .map(|field| number_field(field, findings));
    token.max = ranged(&mut fields, "max", &token, has_range, findings)
        .map(|field| number_field(field, findings));
    let has_length = token.token_type == TokenType::NumList;
    token.length = ranged(&mut fields, "length", &token, has_length, findings)
        .map(|field| length(field, findings));
    token
}

/// A field that only some types have: missing where it is needed, unused elsewhere.
fn ranged<'s>(
    fields: &mut Fields<'s>,
    key: &'static str,
    token: &Token<'_>,
    needed: bool,
    findings: &mut Diagnostics,
) -> Option<Field<'s>> {
    let field = fields.take(key);
    let name = token.token_type.name();
    match &field {
        Some(field) if token.known && !needed => {
            findings.push(unused_key::diagnostic(
                field.key,
                key,
                &format!("a `{name}` token"),
            ));
        }
        None if token.known && needed => {
            findings.push(missing_key::of_token(fields.header, key, name));
        }
        _ => {}
    }
    field.filter(|_| needed)
}

fn length(field: Field<'_>, findings: &mut Diagnostics) -> Given<u32> {
    let key = field.key;
    let value = field.item().whole(findings).and_then(|whole| {
        if whole.value < 1 {
            findings.push(invalid_length::diagnostic(whole.span));
            return None;
        }
        let length = u32::try_from(whole.value).ok();
        if length.is_none() {
            findings.push(invalid_value::too_large(
                whole.span,
                "`length`",
                i128::from(u32::MAX),
            ));
        }
        length.map(|length| Spanned::new(length, whole.span))
    });
    Given { key, value }
}

fn named_token_set<'s>(name: Text<'s>, item: Item<'s>, findings: &mut Diagnostics) -> TokenSet<'s> {
    let span = item.span();
    match item.list("a list of token names", findings) {
        Some(list) => TokenSet {
            name: Some(name),
            ..token_set(list, findings)
        },
        None => TokenSet {
            name: Some(name),
            span,
            tokens: vec![None],
        },
    }
}

fn token_set<'s>(list: Spanned<Vec<Item<'s>>>, findings: &mut Diagnostics) -> TokenSet<'s> {
    let tokens = list
        .value
        .into_iter()
        .map(|item| item.text("a token name", findings))
        .collect();
    TokenSet {
        name: None,
        span: list.span,
        tokens,
    }
}

/// The name of a token set or a list of token names.
pub(super) fn token_set_ref<'s>(
    item: Item<'s>,
    findings: &mut Diagnostics,
) -> Option<TokenSetRef<'s>> {
    const EXPECTED: &str = "a token set name or a list of token names";
    if matches!(item.node.value, Value::List(_)) {
        let list = item.list(EXPECTED, findings)?;
        return Some(TokenSetRef::Inline(token_set(list, findings)));
    }
    item.text(EXPECTED, findings).map(TokenSetRef::Named)
}

fn guardrail<'s>(
    name: Option<Text<'s>>,
    item: Item<'s>,
    findings: &mut Diagnostics,
) -> Guardrail<'s> {
    const EXPECTED: &str = "a map with `good_prompt`, `bad_prompt`, `bad_output` and `samples`";
    let span = item.span();
    let Some(mut fields) = item.fields(EXPECTED, &GUARDRAIL_KEYS, findings) else {
        return Guardrail {
            name,
            span,
            good_prompt: None,
            bad_prompt: None,
            bad_output: None,
            samples: None,
        };
    };
    let mut prompt = |key| {
        fields
            .require(key, findings)
            .and_then(|field| field.item().text("text", findings))
    };
    let (good_prompt, bad_prompt, bad_output) = (
        prompt("good_prompt"),
        prompt("bad_prompt"),
        prompt("bad_output"),
    );
    let samples = fields
        .require("samples", findings)
        .map(|field| texts_field(field, "a list of bad prompts", findings));
    Guardrail {
        name,
        span,
        good_prompt,
        bad_prompt,
        bad_output,
        samples,
    }
}

/// The name of a guardrail, or one written in place.
pub(super) fn guardrail_ref<'s>(
    item: Item<'s>,
    findings: &mut Diagnostics,
) -> Option<GuardrailRef<'s>> {
    match item.node.value {
        Value::Map(_) => Some(GuardrailRef::Inline(guardrail(None, item, findings))),
        _ => item
            .text("a guardrail name or a guardrail", findings)
            .map(GuardrailRef::Named),
    }
}
