//! Methods of Python's texts that the engine's own list leaves out.

use super::blanks::{is_blank, lines, stripped, title, words};
use minijinja::value::{Kwargs, Tuple, Value, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State};

/// What an unknown method of a value gives.
pub(super) fn call(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    super::guards::method(value, method, arguments)?;
    if method == "index" && value.kind() == ValueKind::Seq {
        let (wanted,): (&Value,) = from_args(arguments)?;
        let at = value.try_iter()?.position(|item| item == *wanted);
        return at
            .map(Value::from)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the list holds no such item"));
    }
    match value.as_str().map(|text| of_text(text, method, arguments)) {
        Some(Err(error)) if error.kind() == ErrorKind::UnknownMethod => {}
        Some(result) => return result,
        None => {}
    }
    minijinja_contrib::pycompat::unknown_method_callback(state, value, method, arguments)
}

fn of_text(text: &str, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let triple = |parts: [&str; 3]| Value::from(Tuple::from(parts.map(Value::from)));
    let list = |parts: Vec<&str>| Value::from_iter(parts.into_iter().map(Value::from));
    Ok(match method {
        "strip" | "lstrip" | "rstrip" => {
            let (characters,): (Option<&str>,) = from_args(arguments)?;
            let (front, back) = (method != "rstrip", method != "lstrip");
            Value::from(stripped(text, characters, front, back))
        }
        "split" => {
            let (separator, most) = splitting(arguments)?;
            list(match (separator.as_deref(), most) {
                (None, most) => words(text, most),
                (Some(separator), Some(most)) => {
                    text.splitn(most.saturating_add(1), separator).collect()
                }
                (Some(separator), None) => text.split(separator).collect(),
            })
        }
        "splitlines" => {
            let (keeps_ends,): (Option<bool>,) = from_args(arguments)?;
            list(lines(text, keeps_ends.unwrap_or(false)))
        }
        "isspace" => {
            let (): () = from_args(arguments)?;
            Value::from(!text.is_empty() && text.chars().all(is_blank))
        }
        "title" => {
            let (): () = from_args(arguments)?;
            Value::from(title(text))
        }
        "partition" => {
            let (separator,): (&str,) = from_args(arguments)?;
            match text.split_once(separator) {
                Some((before, after)) => triple([before, separator, after]),
                None => triple([text, "", ""]),
            }
        }
        "rpartition" => {
            let (separator,): (&str,) = from_args(arguments)?;
            match text.rsplit_once(separator) {
                Some((before, after)) => triple([before, separator, after]),
                None => triple(["", "", text]),
            }
        }
        "rsplit" => {
            let (separator, most) = splitting(arguments)?;
            let mut parts: Vec<&str> = match (separator.as_deref(), most) {
                (Some(separator), Some(most)) => {
                    text.rsplitn(most.saturating_add(1), separator).collect()
                }
                (Some(separator), None) => text.rsplit(separator).collect(),
                (None, most) => words_from_the_end(text, most.unwrap_or(usize::MAX)),
            };
            parts.reverse();
            Value::from(parts.into_iter().map(Value::from).collect::<Vec<_>>())
        }
        "index" | "rindex" => {
            let (part, start): (&str, Option<usize>) = from_args(arguments)?;
            let start = text.char_indices().nth(start.unwrap_or(0));
            let start = start.map_or(text.len(), |(at, _)| at);
            let at = if method == "index" {
                text[start..].find(part)
            } else {
                text[start..].rfind(part)
            };
            let at = at.map(|at| start + at);
            match at {
                Some(at) => Value::from(text[..at].chars().count()),
                None => {
                    return Err(Error::new(
                        ErrorKind::InvalidOperation,
                        "substring not found",
                    ));
                }
            }
        }
        "removeprefix" => {
            let (part,): (&str,) = from_args(arguments)?;
            Value::from(text.strip_prefix(part).unwrap_or(text))
        }
        "removesuffix" => {
            let (part,): (&str,) = from_args(arguments)?;
            Value::from(text.strip_suffix(part).unwrap_or(text))
        }
        "casefold" => Value::from(text.to_lowercase().replace('ß', "ss")),
        "swapcase" => {
            let swapped = text.chars().map(|c| match c.is_uppercase() {
                true => c.to_lowercase().collect::<String>(),
                false => c.to_uppercase().collect(),
            });
            Value::from(swapped.collect::<String>())
        }
        "center" | "ljust" | "rjust" | "zfill" => {
            let (width, fill): (usize, Option<&str>) = from_args(arguments)?;
            if width > WIDTH {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    "the text is made too wide",
                ));
            }
            let missing = width.saturating_sub(text.chars().count());
            let fill = fill.unwrap_or(if method == "zfill" { "0" } else { " " });
            let blanks = |count: usize| fill.repeat(count);
            Value::from(match method {
                "ljust" => format!("{text}{}", blanks(missing)),
                "rjust" => format!("{}{text}", blanks(missing)),
                "zfill" => match text.strip_prefix(['-', '+']) {
                    Some(digits) => format!("{}{}{digits}", &text[..1], blanks(missing)),
                    None => format!("{}{text}", blanks(missing)),
                },
                _ => {
                    // Python puts the odd blank to the left if the width is odd.
                    let left = missing / 2 + (missing & width & 1);
                    format!("{}{text}{}", blanks(left), blanks(missing - left))
                }
            })
        }
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    })
}

/// `split(sep=None, maxsplit=-1)`: at what a text is split, and how often at most.
fn splitting(arguments: &[Value]) -> Result<(Option<String>, Option<usize>), Error> {
    let (separator, most, named): (Option<String>, Option<i64>, Kwargs) = from_args(arguments)?;
    let separator = match separator {
        None => named.get::<Option<String>>("sep")?,
        separator => separator,
    };
    let most = match most {
        None => named.get::<Option<i64>>("maxsplit")?,
        most => most,
    };
    named.assert_all_used()?;
    if separator.as_deref() == Some("") {
        let message = "a text cannot be split at an empty one";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    // A negative number is none.
    Ok((separator, most.and_then(|most| usize::try_from(most).ok())))
}

/// The widest text that is filled up.
const WIDTH: usize = 1 << 20;

/// The words of a text, the last first; behind `most` of them, what is left is one.
fn words_from_the_end(text: &str, most: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_matches(is_blank);
    while !rest.is_empty() {
        match rest.rsplit_once(is_blank).filter(|_| words.len() < most) {
            Some((before, word)) => {
                words.push(word);
                rest = before.trim_end_matches(is_blank);
            }
            None => {
                words.push(rest);
                break;
            }
        }
    }
    words
}
