//! A spec as its types hold it, to what is printed: the shortest way to say it.

use super::{Entry, Node, Value};
use crate::ast::{
    Given, Guardrail, GuardrailRef, Instruction, InstructionType, Number, NumberList, Output,
    Sample, Snippet, Spec, States, Text, Token, TokenSet, TokenSetRef, TokenType,
};
use crate::source::Spanned;
use crate::syntax::tree::Notation;
use std::borrow::Cow;

/// The spec, its keys in the order of the documentation. What could not be read is
/// left out.
pub fn from_ast<'s>(spec: &Spec<'s>, notation: Notation) -> Node<'s> {
    let mut map = Map::default();
    map.text("format", spec.format.as_ref());
    map.text("name", spec.name.as_ref());
    let inputs = spec.inputs.as_ref().and_then(|given| given.value.as_ref());
    map.put("inputs", inputs.map(|inputs| number(inputs.value)));
    let encrypt = spec.encrypt.as_ref().and_then(|given| given.value.as_ref());
    map.put("encrypt", encrypt.map(|encrypt| Value::Bool(encrypt.value)));
    let lines = spec.context.as_ref().and_then(|given| given.value.as_ref());
    map.section("context", lines.map(|lines| texts(&lines.value)));
    let paths = spec.include.iter().map(|path| text(&path.value).into());
    map.section("include", list(paths));
    let tokens = spec.tokens.iter();
    let tokens = tokens.map(|written| (written.name.value.clone(), token(written, notation)));
    map.section("tokens", entries(tokens));
    let sets = spec.token_sets.iter();
    let sets = sets.filter_map(|set| Some((set.name.as_ref()?.value.clone(), names(set))));
    map.section("token_sets", entries(sets));
    let guardrails = spec
        .guardrails
        .iter()
        .filter_map(|written| Some((written.name.as_ref()?.value.clone(), guardrail(written))));
    map.section("guardrails", entries(guardrails));
    let instructions = spec.instructions.iter();
    let instructions = instructions.map(|written| {
        let mut node: Node<'s> = instruction(written).into();
        node.gap = true;
        (written.name.value.clone(), node)
    });
    let mut instructions: Vec<Entry<'s>> = instructions
        .map(|(key, value)| Entry::new(key, value))
        .collect();
    if let Some(first) = instructions.first_mut() {
        first.value.gap = false;
    }
    let instructions = Some(instructions).filter(|list| !list.is_empty());
    map.section("instructions", instructions.map(Value::Map));
    let levels = spec
        .rules
        .iter()
        .filter_map(|(rule, level)| Some((rule.value.clone(), text(&level.as_ref()?.value))));
    map.section("rules", entries(levels));
    Value::Map(map.0).into()
}

/// A sample alone, as a data file holds it.
pub fn sample_from_ast<'s>(written: &Sample<'s>) -> Node<'s> {
    sample(written).into()
}

/// The entries of a map that is being put together.
#[derive(Default)]
struct Map<'s>(Vec<Entry<'s>>);

impl<'s> Map<'s> {
    fn put(&mut self, key: &'static str, value: Option<Value<'s>>) {
        self.0.extend(value.map(|value| Entry::new(key, value)));
    }

    /// A part of the file with an empty line before it.
    fn section(&mut self, key: &'static str, value: Option<Value<'s>>) {
        let gap = !self.0.is_empty();
        self.put(key, value.filter(|value| !is_empty(value)));
        if let Some(last) = self.0.last_mut().filter(|last| last.key == key) {
            last.value.gap = gap;
        }
    }

    fn text(&mut self, key: &'static str, given: Option<&Given<Cow<'s, str>>>) {
        let value = given.and_then(|given| given.value.as_ref());
        self.put(key, value.map(|value| text(&value.value)));
    }

    fn number(&mut self, key: &'static str, given: Option<&Given<Number>>) {
        let value = given.and_then(|given| given.value.as_ref());
        self.put(key, value.map(|value| number(value.value)));
    }
}

fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

fn text<'s>(text: &Cow<'s, str>) -> Value<'s> {
    Value::Text(text.clone())
}

fn number<'s>(number: impl ToString) -> Value<'s> {
    Value::Number(number.to_string().into())
}

fn list<'s>(items: impl Iterator<Item = Node<'s>>) -> Option<Value<'s>> {
    let items: Vec<Node<'s>> = items.collect();
    (!items.is_empty()).then_some(Value::List(items))
}

fn entries<'s>(entries: impl Iterator<Item = (Cow<'s, str>, Value<'s>)>) -> Option<Value<'s>> {
    let entries = entries.map(|(key, value)| Entry::new(key, value));
    let entries: Vec<Entry<'s>> = entries.collect();
    (!entries.is_empty()).then_some(Value::Map(entries))
}

fn texts<'s>(lines: &[Option<Text<'s>>]) -> Value<'s> {
    let lines = lines.iter().flatten();
    Value::List(lines.map(|line| text(&line.value).into()).collect())
}

/// One text, or a list of them.
fn one_or_more<'s>(lines: &[Option<Text<'s>>]) -> Value<'s> {
    match lines {
        [Some(only)] => text(&only.value),
        _ => texts(lines),
    }
}

fn names<'s>(set: &TokenSet<'s>) -> Value<'s> {
    texts(&set.tokens)
}

fn token<'s>(token: &Token<'s>, notation: Notation) -> Value<'s> {
    let mut map = Map::default();
    if token.token_type != TokenType::Token {
        let name = Value::Text(token.token_type.name().into());
        map.put("type", Some(name));
    }
    map.text("key", token.key.as_ref());
    map.number("min", token.min.as_ref());
    map.number("max", token.max.as_ref());
    let length = token.length.as_ref().and_then(|given| given.value.as_ref());
    map.put("length", length.map(|length| number(length.value)));
    map.text("desc", token.desc.as_ref());
    match map.0.as_mut_slice() {
        [] if notation == Notation::Yaml => Value::Null,
        [only] if only.key == "desc" => std::mem::take(&mut only.value.value),
        _ => Value::Map(map.0),
    }
}

fn guardrail<'s>(guardrail: &Guardrail<'s>) -> Value<'s> {
    let mut map = Map::default();
    let prompts = [
        ("good_prompt", &guardrail.good_prompt),
        ("bad_prompt", &guardrail.bad_prompt),
        ("bad_output", &guardrail.bad_output),
    ];
    for (key, prompt) in prompts {
        map.put(key, prompt.as_ref().map(|prompt| text(&prompt.value)));
    }
    let samples = guardrail.samples.as_ref();
    let samples = samples.and_then(|given| given.value.as_ref());
    map.put("samples", samples.map(|samples| texts(&samples.value)));
    Value::Map(map.0)
}

fn token_set<'s>(set: &TokenSetRef<'s>) -> Value<'s> {
    match set {
        TokenSetRef::Named(name) => text(&name.value),
        TokenSetRef::Inline(set) => names(set),
    }
}

fn instruction<'s>(instruction: &Instruction<'s>) -> Value<'s> {
    let mut map = Map::default();
    if instruction.instruction_type != InstructionType::Basic {
        let name = Value::Text(instruction.instruction_type.name().into());
        map.put("type", Some(name));
    }
    if !instruction.context.is_empty() {
        map.put("context", Some(texts(&instruction.context)));
    }
    let input = instruction.input.as_ref();
    let input = input.and_then(|given| given.value.as_ref()).map(|sets| {
        let sets = sets.value.iter().flatten();
        Value::List(sets.map(|set| token_set(set).into()).collect())
    });
    map.put("input", input);
    let output = instruction.output.as_ref();
    let output = output.and_then(|given| given.value.as_ref());
    map.put("output", output.map(|set| token_set(&set.value)));
    let finals = instruction.finals.as_ref();
    let finals = finals.and_then(|given| given.value.as_ref());
    let finals = finals.filter(|finals| !finals.value.is_empty());
    map.put("final", finals.map(|finals| one_or_more(&finals.value)));
    let declared = instruction.states.as_ref();
    let declared = declared.and_then(|given| given.value.as_ref());
    map.put("states", declared.map(|declared| states(&declared.value)));
    let guardrails = instruction.guardrails.iter().filter_map(|(input, used)| {
        let used = match used.as_ref()? {
            GuardrailRef::Named(name) => text(&name.value),
            GuardrailRef::Inline(written) => guardrail(written),
        };
        Some((input.value.clone(), used))
    });
    map.put("guardrails", entries(guardrails));
    let samples = instruction.samples.iter().flatten();
    map.put(
        "samples",
        list(samples.map(|written| sample(written).into())),
    );
    let files = match instruction.samples_from.as_slice() {
        [] => None,
        [only] => Some(text(&only.value)),
        all => list(all.iter().map(|file| text(&file.value).into())),
    };
    map.put("samples_from", files);
    Value::Map(map.0)
}

fn states<'s>(declared: &States<'s>) -> Value<'s> {
    match declared {
        States::List(states) => texts(states),
        States::Map(labels) => {
            let labels = labels
                .iter()
                .map(|label| Entry::new(label.label.value.clone(), texts(&label.values)));
            Value::Map(labels.collect())
        }
    }
}

fn sample<'s>(sample: &Sample<'s>) -> Value<'s> {
    let mut map = Map::default();
    let input = sample.input.as_ref().map(|snippets| {
        let snippets = snippets.value.iter().flatten();
        Value::List(snippets.map(|written| snippet(written).into()).collect())
    });
    map.put("input", input);
    let output = sample.output.as_ref().map(|output| match output {
        Output::Snippet(written) => snippet(written),
        Output::Labels(labels) => {
            let labels = labels.value.iter().filter_map(|(label, value)| {
                let value: Node<'s> = text(&value.as_ref()?.value).into();
                let key = label.value.clone();
                Some(Entry::new(key, value))
            });
            Value::Map(labels.collect())
        }
    });
    map.put("output", output);
    let ending = sample.final_token.given();
    map.put("final", ending.map(|name| text(&name.value)));
    let value = sample.value.given();
    map.put("value", value.map(|value| number(value.value)));
    Value::Map(map.0)
}

fn snippet<'s>(snippet: &Snippet<'s>) -> Value<'s> {
    let Some(numbers) = &snippet.numbers else {
        return text(&snippet.text.value);
    };
    let mut map = Map::default();
    map.put("string", Some(text(&snippet.text.value)));
    let plain = numbers.numbers.as_ref();
    let plain = plain.and_then(|given| given.value.as_ref());
    let plain = plain.map(|plain| match plain.value.as_slice() {
        [Some(only)] => number(only.value),
        all => row(all),
    });
    map.put("numbers", plain);
    let lists = numbers.number_lists.as_ref();
    let lists = lists.and_then(|given| given.value.as_ref());
    let lists = lists.map(|lists| {
        let of = |list: &NumberList| row(&list.value);
        match lists.value.as_slice() {
            [Some(only)] => of(only),
            all => Value::List(all.iter().flatten().map(|list| of(list).into()).collect()),
        }
    });
    map.put("number_lists", lists);
    match map.0.len() {
        1 => text(&snippet.text.value),
        _ => Value::Map(map.0),
    }
}

fn row<'s>(numbers: &[Option<Spanned<Number>>]) -> Value<'s> {
    let numbers = numbers.iter().flatten();
    Value::List(numbers.map(|n| number(n.value).into()).collect())
}
