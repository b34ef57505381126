//! The engine, set up as Hugging Face sets up Jinja2 for chat templates: the same
//! filters, functions and spacing.

use super::budget::{OUTPUT, spend, spend_one, spend_value, too_large};
use super::fault::Raised;
use super::guards;
use super::json::{Layout, dumps};
use super::python;
use super::rewrite::{BOUNDED, GENERATION, ITERATED, Rewritten, TIMED, WRITTEN};
use super::strftime::Now;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State};

/// The most steps of the engine for one conversation. A real template takes some
/// thousand steps a message.
const FUEL: u64 = 20_000_000;
/// The deepest call of a macro in a macro.
const DEPTH: usize = 120;
/// The most bytes that one expression of all pieces that it puts together may come to.
const EXPRESSION: usize = 1 << 30;

/// The widest indentation of JSON, in bytes.
const INDENT: usize = 1000;

/// The variable that holds the two marks around generated text, if they are wanted.
pub(super) const MARKS: &str = "_marks";

/// An engine for a template that was rewritten.
pub(super) fn environment(now: Option<Now>, rewritten: &Rewritten) -> Environment<'static> {
    // What is kept may be put together by the engine, which asks nobody.
    let bound = OUTPUT.min(EXPRESSION / rewritten.joined.max(1));
    let mut env = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    if let Ok(syntax) = syntax {
        env.set_syntax(syntax);
    }
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(DEPTH);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_formatter(|out, _, value| {
        let written = match value.as_str() {
            Some(text) => {
                spend(text.len())?;
                out.write_str(text)
            }
            None => {
                let text = python::text(value)?;
                spend(text.len())?;
                out.write_str(&text)
            }
        };
        written.map_err(|_| Error::new(ErrorKind::WriteFailure, "the output cannot be written"))
    });
    env.set_unknown_method_callback(super::methods::call);
    guards::add(&mut env);
    // Jinja2 has none; what the first gives holds all that it was given, the other shows the engine.
    env.remove_filter("chain");
    env.remove_global("debug");
    env.add_filter("tojson", tojson);
    env.add_filter("string", |value: &Value| python::text(value));
    for name in ["length", "count"] {
        env.add_filter(name, length);
    }
    env.add_test("iterable", |value: &Value| {
        matches!(value.kind(), ValueKind::String) || !value.is_none() && value.try_iter().is_ok()
    });
    env.add_filter(ITERATED, iterated);
    env.add_filter(BOUNDED, move |value: Value| {
        spend_value(&value, bound)?;
        // What would be made anew at every look, from what was kept before, is made now: such
        // values put one upon the other take a stack as high.
        Ok(match value.kind() {
            ValueKind::Iterable => value.try_iter()?.collect::<Vec<Value>>().into(),
            _ => value,
        })
    });
    env.add_filter(TIMED, |value: Value| {
        spend(0)?;
        Ok(value)
    });
    env.add_filter(WRITTEN, |bytes: usize| {
        spend(bytes)?;
        Ok("")
    });
    env.add_filter(GENERATION, generation);
    env.add_function(
        "raise_exception",
        |message: &Value| -> Result<Value, Error> {
            let message = python::text(message)?;
            Err(Error::new(ErrorKind::InvalidOperation, message.clone())
                .with_source(Raised(message)))
        },
    );
    env.add_function("strftime_now", move |format: &str| {
        now.unwrap_or_else(Now::of_the_clock).format(format)
    });
    env
}

/// `tojson(ensure_ascii=False, indent=None, separators=None, sort_keys=False)`.
fn tojson(value: &Value, arguments: Kwargs) -> Result<Value, Error> {
    let mut layout = Layout::default();
    if let Some(wanted) = arguments.get::<Option<bool>>("ensure_ascii")? {
        layout.ensure_ascii = wanted;
    }
    if let Some(wanted) = arguments.get::<Option<bool>>("sort_keys")? {
        layout.sort_keys = wanted;
    }
    if let Some(indent) = arguments
        .get::<Option<Value>>("indent")?
        .filter(|indent| !indent.is_none())
    {
        let width = match indent.as_str() {
            Some(text) => text.len(),
            None => indent.as_usize().unwrap_or(0),
        };
        // It stands before every item, as often as the item is nested.
        if width > INDENT {
            return Err(too_large());
        }
        layout.indent = Some(match indent.as_str() {
            Some(text) => text.to_owned(),
            None => " ".repeat(width),
        });
        layout.separators.0 = ",".to_owned();
    }
    if let Some(given) = arguments
        .get::<Option<Value>>("separators")?
        .filter(|given| !given.is_none())
    {
        let pair: Vec<Value> = given.try_iter()?.collect();
        let text = |at: usize| pair.get(at).and_then(Value::as_str).map(str::to_owned);
        layout.separators = match (text(0), text(1)) {
            (Some(items), Some(keys)) if pair.len() == 2 => (items, keys),
            _ => {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    "`separators` has to be two texts",
                ));
            }
        };
    }
    arguments.assert_all_used()?;
    Ok(Value::from(dumps(value, &layout)?))
}

/// How long a value is; what is undefined has no length, but 0.
fn length(value: &Value) -> Result<usize, Error> {
    if value.is_undefined() {
        return Ok(0);
    }
    value.len().ok_or_else(|| {
        let message = format!("a value of the type {} has no length", value.kind());
        Error::new(ErrorKind::InvalidOperation, message)
    })
}

/// What is looped over: Python cannot iterate nothing, numbers and truth values.
fn iterated(value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::None => Err(not_iterable("None")),
        ValueKind::Bool => Err(not_iterable("a truth value")),
        ValueKind::Number => Err(not_iterable("a number")),
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            spend_one(text.len().saturating_mul(size_of::<Value>()))?;
            Ok(text.chars().map(Value::from).collect::<Vec<_>>().into())
        }
        _ => Ok(value),
    }
}

fn not_iterable(what: &str) -> Error {
    Error::new(
        ErrorKind::InvalidOperation,
        format!("{what} cannot be looped over"),
    )
}

/// What a generation block writes, between marks if they are wanted.
fn generation(state: &State<'_, '_>, value: Value) -> Result<Value, Error> {
    let marks = state.lookup(MARKS);
    Ok(match marks.as_ref().and_then(Value::as_str) {
        Some(marks) => {
            let mut marks = marks.chars();
            let (open, close) = (marks.next(), marks.next());
            let text = python::text(&value)?;
            Value::from(format!(
                "{}{text}{}",
                open.unwrap_or(' '),
                close.unwrap_or(' ')
            ))
        }
        None => value,
    })
}
