//! The tokens of a model file.

use super::tree::{self, Silent};
use crate::ast::{Given, Token, TokenType};
use crate::diagnostics::{Diagnostics, invalid_length, invalid_value, missing_key, wrong_type};
use crate::ir::Special;
use crate::source::{Span, Spanned, Text};
use crate::syntax::decode::{Field, Item};
use crate::syntax::tree::Value;
use std::collections::HashMap;

/// What a token of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One that the spec declares, if its type could be read.
    Declared(Option<TokenType>),
    /// `<BOS>` and its like.
    Special,
    /// The answer of a state machine or classifier.
    Response,
}

/// The tokens of a file, by their values.
#[derive(Debug, Default)]
pub(super) struct Known<'s> {
    tokens: HashMap<String, (Role, Option<Text<'s>>)>,
    /// The values, in the order of the file, and where they stand.
    values: Vec<Text<'s>>,
    /// The list of tokens could be read.
    pub(super) complete: bool,
}

impl<'s> Known<'s> {
    /// Enters a token.
    pub(super) fn add(&mut self, value: &Text<'s>, role: Role, key: Option<Text<'s>>) {
        self.values.push(value.clone());
        self.tokens.insert(value.value.to_string(), (role, key));
    }

    pub(super) fn role(&self, value: &str) -> Option<Role> {
        self.tokens.get(value).map(|(role, _)| *role)
    }

    pub(super) fn key(&self, value: &str) -> Option<&str> {
        self.tokens
            .get(value)?
            .1
            .as_ref()
            .map(|key| key.value.as_ref())
    }

    /// The values of the tokens that a set can hold, in the order of the file.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let values = self.values.iter().map(|value| value.value.as_ref());
        values.filter(|value| matches!(self.role(value), Some(Role::Declared(_))))
    }

    /// The values of the tokens that can be a result.
    pub(super) fn finals(&self) -> impl Iterator<Item = &str> {
        self.values().filter(|value| match self.role(value) {
            Some(Role::Declared(Some(kind))) => kind.is_final(),
            _ => false,
        })
    }

    /// Where a token is declared; its use, if it is not.
    pub(super) fn place(&self, used: &Text<'_>) -> Span {
        let declared = self.values.iter().find(|value| value.value == used.value);
        declared.map_or(used.span, |value| value.span)
    }
}

/// The key of the token that stands for an answer, and its description.
pub(super) fn response<'s>(
    item: Item<'s>,
    silent: &mut Silent,
) -> (Option<Text<'s>>, Option<Text<'s>>) {
    let Some(mut fields) = silent.fields(item) else {
        return (None, None);
    };
    let key = fields
        .take("key")
        .and_then(|field| silent.text(field.item()));
    let desc = fields
        .take("desc")
        .and_then(|field| silent.text(field.item()));
    (key, desc)
}

/// A special token, which is the same in every file; its key.
pub(super) fn special_token<'s>(
    item: Item<'s>,
    special: Special,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Option<Text<'s>> {
    let mut fields = silent.fields(item)?;
    let mut key = None;
    for (field, expected) in [
        ("key", special.key),
        ("special", special.purpose),
        ("type", special.type_name),
    ] {
        let Some(text) = fields
            .take(field)
            .and_then(|field| silent.text(field.item()))
        else {
            continue;
        };
        let is_unknown =
            field == "type" && text.value != expected && !text.value.ends_with("Token");
        if text.value != expected && !is_unknown {
            findings.push(invalid_value::of_token(
                text.span,
                field,
                special.key,
                expected,
            ));
        }
        if field == "key" {
            key = Some(text);
        }
    }
    key
}

/// A token of the protocol's own; it becomes known.
pub(super) fn token<'s>(
    value: Text<'s>,
    item: Item<'s>,
    known: &mut Known<'s>,
    silent: &mut Silent,
    findings: &mut Diagnostics,
) -> Token<'s> {
    if !value.value.ends_with('_') {
        findings.push(invalid_value::token_value(&value));
    }
    let mut token = Token {
        name: tree::name(&value),
        span: value.span,
        token_type: TokenType::Token,
        key: None,
        desc: None,
        min: None,
        max: None,
        length: None,
        known: false,
    };
    let Some(mut fields) = silent.fields(item) else {
        known.add(&value, Role::Declared(None), None);
        return token;
    };
    let given =
        |field: Option<Field<'s>>| field.filter(|field| !matches!(field.node.value, Value::Null));
    if let Some(field) = fields.take("key") {
        token.key = Some(Given {
            key: field.key,
            value: silent.text(field.item()),
        });
    }
    let key = token.key.as_ref().and_then(|given| given.value.clone());
    if let Some(field) = given(fields.take("desc")) {
        token.desc = Some(Given {
            key: field.key,
            value: silent.text(field.item()),
        });
    }
    let written = fields
        .take("type")
        .and_then(|field| silent.text(field.item()));
    let kind = written.as_ref().and_then(|text| match text.value.as_ref() {
        "Token" => Some(TokenType::Token),
        "NumToken" => Some(TokenType::Num),
        "NumListToken" => Some(TokenType::NumList),
        "FinalToken" => Some(TokenType::Final),
        "FinalNumToken" => Some(TokenType::FinalNum),
        _ => None,
    });
    if let Some(text) = written.filter(|text| text.value.starts_with("Special")) {
        findings.push(invalid_value::own_token(text.span, &text.value));
    }
    known.add(&value, Role::Declared(kind), key);
    let Some(kind) = kind else { return token };
    (token.token_type, token.known) = (kind, true);
    let type_name = kind.name();
    let mut number = |key: &'static str, silent: &mut Silent, findings: &mut Diagnostics| {
        let field = fields.take(key);
        let needed = if key == "length" {
            kind == TokenType::NumList
        } else {
            kind.has_range()
        };
        match field {
            None if needed => findings.push(missing_key::of_token(value.span, key, type_name)),
            // What the type has no use for is told with all that is lost.
            Some(field) if needed && !matches!(field.node.value, Value::Null) => {
                return Some(Given {
                    key: field.key,
                    value: silent.number(field.item()),
                });
            }
            Some(field) if needed => {
                let found = wrong_type::Found::Named("null");
                findings.push(wrong_type::diagnostic(field.node.span, "a number", found));
            }
            Some(_) | None => {}
        }
        None
    };
    token.min = number("min_value", silent, findings);
    token.max = number("max_value", silent, findings);
    let length = number("length", silent, findings);
    token.length = length.map(|given| {
        let value = given.value.and_then(|number| {
            let length = number
                .value
                .whole()
                .and_then(|whole| u32::try_from(whole).ok());
            if length.is_none_or(|length| length < 1) && kind == TokenType::NumList {
                findings.push(invalid_length::diagnostic(number.span));
            }
            length
                .filter(|length| *length > 0)
                .map(|length| Spanned::new(length, number.span))
        });
        Given {
            key: given.key,
            value,
        }
    });
    let has_number = matches!(kind, TokenType::Num | TokenType::FinalNum);
    if let Some(num) = fields
        .take("num")
        .and_then(|field| silent.boolean(field.item()))
        && num.value != has_number
    {
        findings.push(invalid_value::of_token(
            num.span,
            "num",
            &value.value,
            &has_number.to_string(),
        ));
    }
    let length = token.length.as_ref().map_or(Some(0), |given| {
        given.value.as_ref().map(|length| length.value)
    });
    if let (Some(list), Some(length)) = (
        fields
            .take("num_list")
            .and_then(|field| silent.whole(field.item())),
        length,
    ) && list.value >= 0
        && list.value != i128::from(length)
    {
        findings.push(invalid_value::of_token(
            list.span,
            "num_list",
            &value.value,
            &length.to_string(),
        ));
    }
    token
}
