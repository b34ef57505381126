//! The three readers: every place they tell is in the file, and what they take other readers
//! of the notation take, too, with the same values.

use mtp::diagnostics::Diagnostics;
use mtp::source::{SourceMap, Span};
use mtp::syntax::tree::{Node, Notation, Value};
use mtp::syntax::{Limits, read, read_as_written};

/// Any bytes as YAML.
pub fn yaml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    sound(&text, Notation::Yaml, |_, _| {});
}

/// Any bytes as TOML.
pub fn toml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let theirs = toml::from_str::<toml::Table>(&text);
    sound(&text, Notation::Toml, |root, findings| {
        let clean = findings.iter().next().is_none();
        if clean && let Err(error) = &theirs {
            assert!(is_ours_alone(root), "taken, but: {error}");
        }
        if theirs.is_ok() {
            assert!(!is_refused(findings), "refused, but they take it");
        }
        if clean && let Ok(theirs) = &theirs {
            let entries = match root.map(|root| &root.value) {
                Some(Value::Map(entries)) => entries.as_slice(),
                _ => &[],
            };
            assert_eq!(entries.len(), theirs.len(), "another number of keys");
            for entry in entries {
                assert!(theirs.contains_key(&*entry.key.value), "{:?}", entry.key);
            }
        }
    });
}

/// Any bytes as JSON.
pub fn json(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let theirs =
        serde_json::from_str::<serde_json::Value>(text.strip_prefix('\u{feff}').unwrap_or(&text));
    sound(&text, Notation::Json, |root, findings| {
        if theirs.is_ok() {
            assert!(!is_refused(findings), "refused, but they take it");
        }
        let Some(root) = root.filter(|_| findings.iter().next().is_none()) else {
            return;
        };
        match &theirs {
            Ok(theirs) => same(root, theirs),
            Err(error) => {
                let is_number = error.to_string().contains("number out of range");
                assert!(is_number, "taken, but: {error}");
            }
        }
    });
}

/// Whether something stands there of which more is taken here: whole numbers of any length, and
/// dates, which no spec has a place for and nobody looks at.
fn is_ours_alone(root: Option<&Node<'_>>) -> bool {
    let mut open: Vec<&Node<'_>> = root.into_iter().collect();
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Other(_) => return true,
            Value::Number(number) if number.len() > 18 => return true,
            Value::List(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|entry| &entry.value)),
            _ => {}
        }
    }
    false
}

fn same(ours: &Node<'_>, theirs: &serde_json::Value) {
    match (&ours.value, theirs) {
        (Value::Text(ours), serde_json::Value::String(theirs)) => assert_eq!(ours, theirs),
        (Value::List(ours), serde_json::Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            ours.iter()
                .zip(theirs)
                .for_each(|(ours, theirs)| same(ours, theirs));
        }
        (Value::Map(ours), serde_json::Value::Object(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            for entry in ours {
                let theirs = theirs.get(&*entry.key.value);
                same(&entry.value, theirs.expect("a key that they have"));
            }
        }
        (Value::Null, serde_json::Value::Null)
        | (Value::Number(_), serde_json::Value::Number(_)) => {}
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => assert_eq!(ours, theirs),
        other => panic!("{other:?}"),
    }
}

/// Whether it is no text of the notation; a limit or a key that stands twice is our own.
fn is_refused(findings: &Diagnostics) -> bool {
    findings.iter().any(|finding| finding.rule.name == "syntax")
}

/// Reads a text and looks at every place.
fn sound(text: &str, notation: Notation, look: impl FnOnce(Option<&Node<'_>>, &Diagnostics)) {
    let sources = SourceMap::default();
    let origin = sources.add("input", text.to_owned());
    let mut findings = Diagnostics::default();
    let document = read(
        &sources,
        origin,
        notation,
        &Limits::default(),
        &mut findings,
    );
    let whole = sources.whole(origin);
    let check = |span: Span| {
        assert!(whole.get(span.range()).is_some(), "{span:?}");
        assert!(sources.place(span).is_some());
    };
    let mut open: Vec<&Node<'_>> = document.root.iter().collect();
    while let Some(node) = open.pop() {
        check(node.span);
        match &node.value {
            Value::List(items) => open.extend(items),
            Value::Map(entries) => {
                entries.iter().for_each(|entry| check(entry.key.span));
                open.extend(entries.iter().map(|entry| &entry.value));
            }
            _ => {}
        }
    }
    document
        .comments
        .iter()
        .for_each(|comment| check(comment.span));
    for finding in findings.iter() {
        check(finding.span);
        finding.labels.iter().for_each(|label| check(label.span));
    }
    look(document.root.as_ref(), &findings);
    if notation == Notation::Yaml {
        // An anchor that is given anew makes another key of an alias that is one.
        let clean = findings.iter().next().is_none() && !text.contains('&');
        let mut again = Diagnostics::default();
        read_as_written(&sources, origin, notation, &mut again);
        let told = again.iter().map(|finding| &finding.message).next();
        assert!(!clean || told.is_none(), "only as it is written: {told:?}");
    }
}
