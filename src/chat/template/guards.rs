//! The engine's own filters and methods, where one call could make more than memory holds:
//! what it would make is taken from the budget before it is made.

use super::blanks::stripped;
use super::budget::{OUTPUT, spend_one};
use super::python;
use minijinja::value::{Kwargs, Rest, Value, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, filters};

/// What an item of a list takes.
const ITEM: usize = 32;

/// Puts a guard before filters of the engine, which go on as `_name`.
macro_rules! guarded {
    ($env:expr, $cost:expr, $($name:literal $filter:ident),+ $(,)?) => {$(
        $env.add_filter(concat!("_", $name), filters::$filter);
        $env.add_filter($name, |state: &mut State<'_, '_>, arguments: Rest<ValueOrKwargs>| -> Result<Value, Error> {
            let arguments = arguments.into_values();
            spend_one($cost(&arguments))?;
            state.apply_filter(concat!("_", $name), &arguments)
        });
    )+};
}

/// Guards the filters of an engine.
pub(super) fn add(env: &mut Environment<'static>) {
    guarded!(env, extent,
        "list" list, "sort" sort, "unique" unique, "map" map, "select" select, "reject" reject,
        "selectattr" selectattr, "rejectattr" rejectattr,
        "reverse" reverse, "sum" sum, "min" min, "max" max, "groupby" groupby,
        "zip" zip, "dictsort" dictsort, "items" items, "split" split, "lines" lines,
        "first" first, "last" last, "escape" escape, "e" escape,
    );
    guarded!(env, divided, "batch" batch, "slice" slice);
    guarded!(env, joined, "join" join);
    guarded!(env, indented, "indent" indent);
    guarded!(env, formatted, "format" format);
    env.add_filter("replace", replace);
    env.add_filter("trim", |value: &Value, characters: Option<&str>| {
        let text = python::text(value)?;
        Ok::<_, Error>(Value::from(stripped(&text, characters, true, true)))
    });
    env.add_function("dict", dict);
    env.add_filter("pprint", |value: &Value| python::text(value));
}

/// `value|replace(from, to, count)`.
fn replace(value: &Value, from: &Value, to: &Value, count: Option<i64>) -> Result<Value, Error> {
    let [value, from, to] = [value, from, to].map(python::text);
    let (value, from, to) = (value?, from?, to?);
    spend_one(replaced(&[
        value.as_str().into(),
        from.as_str().into(),
        to.as_str().into(),
    ]))?;
    let most = count.and_then(|count| usize::try_from(count).ok());
    Ok(Value::from(match most {
        Some(most) => value.replacen(&from, &to, most),
        None => value.replace(&from, &to),
    }))
}

/// `dict(value, name=…)`: of a map, or of a list of pairs.
fn dict(value: Option<Value>, named: Kwargs) -> Result<Value, Error> {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    if let Some(value) = value {
        spend_one(extent(std::slice::from_ref(&value)))?;
        let is_map = value.kind() == ValueKind::Map;
        for item in value.try_iter()? {
            entries.push(match is_map {
                true => (item.clone(), value.get_item(&item)?),
                false => {
                    let pair: Vec<Value> = item.try_iter()?.collect();
                    let [key, value] = <[Value; 2]>::try_from(pair).map_err(|_| {
                        Error::new(ErrorKind::InvalidOperation, "`dict` takes pairs")
                    })?;
                    (key, value)
                }
            });
        }
    }
    for name in named.args() {
        entries.push((name.into(), named.get(name)?));
    }
    Ok(Value::from_pairs(entries))
}

/// Takes what a method of a text or a list would make.
pub(super) fn method(value: &Value, name: &str, arguments: &[Value]) -> Result<(), Error> {
    let cost = |of: fn(&[Value]) -> usize| {
        let all: Vec<Value> = std::iter::once(value).chain(arguments).cloned().collect();
        of(&all)
    };
    spend_one(match name {
        "replace" => cost(replaced),
        "format" => cost(formatted),
        // It is a method of what stands between the items.
        "join" => match arguments.first() {
            Some(list) => joined(&[list.clone(), value.clone()]),
            None => 0,
        },
        "split" | "rsplit" | "splitlines" => extent(std::slice::from_ref(value)),
        _ => 0,
    })
}

fn length(value: Option<&Value>) -> usize {
    value.and_then(Value::as_str).map_or(0, str::len)
}

/// What the items of the first argument take, or the characters of a text.
fn extent(arguments: &[Value]) -> usize {
    let first = arguments.first();
    let count = match first.map(Value::kind) {
        Some(ValueKind::String) => length(first),
        _ => first.and_then(Value::len).unwrap_or(0),
    };
    count.saturating_mul(ITEM)
}

/// What a list takes that is divided: also the parts without an item, or filled up.
fn divided(arguments: &[Value]) -> usize {
    let parts = arguments.get(1).and_then(Value::as_usize).unwrap_or(0);
    extent(arguments).saturating_add(parts.saturating_mul(ITEM))
}

/// How long a text becomes in which all of one text are replaced by another.
fn replaced(arguments: &[Value]) -> usize {
    let [Some(text), Some(from)] = [0, 1].map(|at| arguments.get(at).and_then(Value::as_str))
    else {
        return 0;
    };
    let count = match from.is_empty() {
        true => text.chars().count() + 1,
        false => text.matches(from).count(),
    };
    text.len()
        .saturating_add(count.saturating_mul(length(arguments.get(2))))
}

/// How long a text of items becomes.
fn joined(arguments: &[Value]) -> usize {
    let Some(list) = arguments.first() else {
        return 0;
    };
    let by_name = || {
        let named = Kwargs::try_from(arguments.last()?.clone()).ok()?;
        named.peek::<Value>("d").ok()
    };
    let between = match arguments
        .get(1)
        .filter(|between| between.as_str().is_some())
    {
        Some(between) => length(Some(between)),
        None => length(by_name().as_ref()),
    };
    let mut all = 0_usize;
    for item in list.try_iter().into_iter().flatten() {
        all = all.saturating_add(written(&item)).saturating_add(between);
        if all > OUTPUT {
            break;
        }
    }
    all
}

/// How long a text with indented lines becomes.
fn indented(arguments: &[Value]) -> usize {
    let Some(text) = arguments.first().and_then(Value::as_str) else {
        return 0;
    };
    let by_name = || {
        let named = Kwargs::try_from(arguments.last()?.clone()).ok()?;
        named.peek::<usize>("width").ok()
    };
    let width = arguments.get(1).and_then(Value::as_usize);
    let width = width.or_else(by_name).unwrap_or(4);
    // Also the indentation alone is made.
    let lines = text.matches('\n').count() + 1;
    text.len().saturating_add(lines.saturating_mul(width))
}

/// How wide the fields of a format can become, be they `%5d`, `%(name)5d` or `{name:5}`.
fn formatted(arguments: &[Value]) -> usize {
    let Some(format) = arguments.first().and_then(Value::as_str) else {
        return 0;
    };
    let given = arguments.iter().skip(1);
    let widest = given
        .clone()
        .filter_map(|value| i64::try_from(value.clone()).ok())
        .map(|number| usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX))
        .max()
        .unwrap_or(0);
    let texts = given.fold(0, |all: usize, value| {
        all.saturating_add(written(value).max(ITEM))
    });
    let mut all = format.len();
    let mut number = 0_usize;
    // What the place is in: so many braces, a field behind `%`, the name of one.
    let (mut braces, mut is_field, mut is_name) = (0_usize, false, false);
    for c in format.chars() {
        if let Some(digit) = c.to_digit(10).filter(|_| is_field || braces > 0) {
            number = number.saturating_mul(10).saturating_add(digit as usize);
            continue;
        }
        all = all.saturating_add(std::mem::take(&mut number));
        match c {
            '%' | '{' => {
                all = all.saturating_add(texts);
                // A field within a field takes its width from the arguments, and so does a star.
                all = all.saturating_add(if braces > 0 { widest } else { 0 });
                is_field |= c == '%';
                braces += usize::from(c == '{');
            }
            '*' => all = all.saturating_add(widest),
            '}' => braces = braces.saturating_sub(1),
            '(' => is_name = is_field,
            ')' => is_name = false,
            c if c.is_ascii_alphabetic() && !is_name => is_field = false,
            _ => {}
        }
    }
    all.saturating_add(number)
}

/// How long a value becomes as text, with all that it holds.
fn written(value: &Value) -> usize {
    match value.as_str() {
        Some(text) => text.len(),
        None => python::text(value).map_or(OUTPUT + 1, |text| text.len()),
    }
}
