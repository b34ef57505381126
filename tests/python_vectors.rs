//! `mtp::python` against a sample of what a Python interpreter printed.
//!
//! The sample is written by `python tests/reference/python_facts.py --write`.

use mtp::python::{float::Float, repr};
use serde_json::Value;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The pairs of an input and its `repr` under `name`.
fn pairs(name: &str) -> serde_json::Result<Vec<(String, String)>> {
    let vectors: Value = serde_json::from_str(include_str!("python/vectors.json"))?;
    let pairs: Vec<_> = serde_json::from_value(vectors[name].clone())?;
    assert!(pairs.len() >= 300, "only {} {name}", pairs.len());
    Ok(pairs)
}

#[test]
fn floats_are_spelled_as_python_spells_them() -> Outcome {
    for (bits, expected) in pairs("floats")? {
        let number = f64::from_bits(u64::from_str_radix(&bits, 16)?);
        assert_eq!(Float(number).to_string(), expected, "bits {bits}");
    }
    Ok(())
}

#[test]
fn strings_are_spelled_as_python_spells_them() -> Outcome {
    for (text, expected) in pairs("strings")? {
        let mut out = String::new();
        repr::string(&mut out, &text);
        assert_eq!(out, expected, "text {text:?}");
    }
    Ok(())
}

#[test]
fn lists_and_maps_are_made_of_the_same_strings() -> Outcome {
    let pairs = pairs("strings")?;
    let texts: Vec<&str> = pairs.iter().map(|(text, _)| text.as_str()).collect();
    let spelled: Vec<&str> = pairs.iter().map(|(_, repr)| repr.as_str()).collect();

    let list = format!("[{}]", spelled.join(", "));
    assert_eq!(repr::list(texts.iter().copied()), list);
    assert_eq!(
        repr::map([("of strings", texts[2])]),
        format!("{{'of strings': {}}}", spelled[2])
    );
    assert_eq!(
        repr::map([("of lists", &texts)]),
        format!("{{'of lists': {list}}}")
    );
    Ok(())
}
