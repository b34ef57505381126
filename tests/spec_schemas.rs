//! The two JSON Schemas of specs, `schemas/spec.json` for TOML and JSON and `schemas/spec-yaml.json`
//! for YAML, against the decoder: what it takes passes, what it refuses for its shape fails.
//!
//! `MTP_BLESS=1 cargo test --test spec_schemas` makes the second of the first.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod common;
#[allow(
    dead_code,
    clippy::single_range_in_vec_init,
    reason = "places are not looked at here"
)]
#[path = "mutations/mutants.rs"]
mod mutants;

use common::entries;
use common::made::make;
use jsonschema::Validator;
use mtp::Options;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

const STRICT: &str = "schemas/spec.json";
const YAML: &str = "schemas/spec-yaml.json";

/// Where YAML may have a key with nothing behind it: an empty list or map.
const MAY_BE_EMPTY: [&str; 16] = [
    "/properties/context",
    "/properties/include",
    "/properties/tokens",
    "/properties/token_sets",
    "/properties/guardrails",
    "/properties/instructions",
    "/properties/rules",
    "/$defs/token_list",
    "/$defs/samples_source",
    "/$defs/instruction/properties/context",
    "/$defs/instruction/properties/states",
    "/$defs/instruction/properties/final",
    "/$defs/instruction/properties/guardrails",
    "/$defs/instruction/properties/samples",
    "/$defs/instruction/allOf/3/then/properties/states",
    "/$defs/instruction/allOf/4/then/properties/states",
];

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn validator(path: &str) -> Validator {
    jsonschema::validator_for(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The schema for YAML: wherever text may stand, a plain number or truth value may.
fn for_yaml(mut schema: Value) -> Value {
    schema["description"] = json!(
        "A Model Train Protocol, or a part of one, in YAML: a file without `name` and `inputs` is a fragment that other specs include."
    );
    schema["$comment"] = json!(
        "Made of spec.json, which is for TOML and JSON. Where text is expected, YAML's plain 5 and true are text."
    );
    for pointer in MAY_BE_EMPTY {
        let place = schema.pointer_mut(pointer);
        let place = place.unwrap_or_else(|| panic!("{pointer} is not there"));
        let mut types = types(place).unwrap_or_else(|| panic!("{pointer} has no type"));
        types.push("null".to_owned());
        place["type"] = json!(types);
    }
    // In a list `null` is text, too; behind a key it is as well nothing.
    for name in ["snippet", "token_set"] {
        let in_list = format!("{name}_in_list");
        let mut copy = schema["$defs"][name].clone();
        let mut types = types(&copy).expect("types");
        types.push("null".to_owned());
        copy["type"] = json!(types);
        schema["$defs"][&in_list] = copy;
        refer(&mut schema, name, &in_list);
    }
    loosen(&mut schema, Within::Keyword);
    schema
}

/// Has lists refer to another definition.
fn refer(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, from, to)),
        Value::Object(map) => {
            for (key, child) in map.iter_mut() {
                if key == "items" && child["$ref"] == format!("#/$defs/{from}") {
                    child["$ref"] = json!(format!("#/$defs/{to}"));
                }
                refer(child, from, to);
            }
        }
        _ => {}
    }
}

/// The types that a schema names.
fn types(schema: &Value) -> Option<Vec<String>> {
    match &schema["type"] {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => {
            let names = all.iter().filter_map(Value::as_str);
            Some(names.map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// What a value stands in.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    /// A schema's keyword.
    Keyword,
    /// A list: its items.
    Items,
    /// A map that has schemas by name.
    Names,
}

/// Loosens a schema and all within it.
fn loosen(value: &mut Value, within: Within) {
    let map = match value {
        Value::Array(items) => {
            return items
                .iter_mut()
                .for_each(|item| loosen(item, Within::Keyword));
        }
        Value::Object(map) => map,
        _ => return,
    };
    let is_names = within == Within::Names;
    for (key, child) in map.iter_mut() {
        let of_child = match key.as_str() {
            _ if is_names => Within::Keyword,
            "properties" | "$defs" => Within::Names,
            "items" => Within::Items,
            "examples" | "enum" | "default" | "propertyNames" | "not" => continue,
            _ => Within::Keyword,
        };
        loosen(child, of_child);
    }
    if !is_names {
        loosen_one(map, within == Within::Items);
    }
}

/// Loosens what a schema itself says; one of items takes `null`, too.
fn loosen_one(map: &mut Map<String, Value>, is_item: bool) {
    if let Some(Value::Array(words)) = map.get_mut("enum") {
        // An unquoted `2`.
        let numbers: Vec<Value> = words
            .iter()
            .filter_map(|word| word.as_str()?.parse::<u8>().ok().map(Value::from))
            .collect();
        if !numbers.is_empty() {
            words.extend(numbers);
            map.remove("type");
        }
        return;
    }
    let Some(written) = types(&Value::Object(map.clone())) else {
        return;
    };
    let is_text = written.iter().any(|name| name == "string");
    if !is_text && !written.iter().any(|name| name == "null") {
        return;
    }
    let takes = |name: &str| {
        let is_plain =
            is_text && (is_item && name == "null" || ["number", "boolean"].contains(&name));
        let is_whole = name == "number" && written.iter().any(|name| name == "integer");
        is_plain || is_whole || written.iter().any(|written| written == name)
    };
    let others: Vec<&str> = ["array", "boolean", "null", "number", "object", "string"]
        .into_iter()
        .filter(|name| !takes(name))
        .collect();
    // Said in this way, an editor tells what is expected and offers no `true`, `false` or `null`.
    let shown: Vec<&String> = written.iter().filter(|name| *name != "null").collect();
    let shown = match shown[..] {
        [one] => json!(one),
        _ => json!(shown),
    };
    let refused = json!({ "type": shown });
    let condition = match others[..] {
        [one] => json!({ "type": one }),
        _ => json!({ "type": others }),
    };
    map.remove("type");
    assert!(!map.contains_key("if"), "a place that has a condition");
    map.insert("if".to_owned(), condition);
    map.insert("then".to_owned(), refused);
}

/// Writes a value with the keys of maps as they come first in another text: editors offer them
/// in the order of the file.
fn write(value: &Value, order: &str, indent: usize, out: &mut String) {
    let is_short = value.to_string().len() + indent < 90;
    let is_flat = |items: &[Value]| !items.iter().any(|item| item.is_object() || item.is_array());
    let (open, close, parts): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(map) if !map.is_empty() => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| order.find(&format!("\"{key}\":")).unwrap_or(usize::MAX));
            let part = |key: &String| (format!("{}: ", json!(key)), &map[key]);
            ("{", "}", keys.into_iter().map(part).collect())
        }
        Value::Array(items) if !(is_short && is_flat(items)) => {
            let part = |item| (String::new(), item);
            ("[", "]", items.iter().map(part).collect())
        }
        Value::Array(items) => {
            let items = items.iter().map(Value::to_string);
            *out += &format!("[{}]", items.collect::<Vec<_>>().join(", "));
            return;
        }
        other => {
            *out += &other.to_string();
            return;
        }
    };
    *out += open;
    for (at, (key, child)) in parts.into_iter().enumerate() {
        *out += if at > 0 { "," } else { "" };
        *out += &format!("\n{:indent$}{key}", "", indent = indent + 2);
        write(child, order, indent + 2, out);
    }
    *out += &format!("\n{:indent$}{close}", "");
}

#[test]
fn the_schema_for_yaml_is_that_for_json_where_plain_words_are_text() {
    let order = std::fs::read_to_string(STRICT).expect("a file");
    let mut made = String::new();
    write(&for_yaml(read(STRICT)), &order, 0, &mut made);
    made.push('\n');
    if std::env::var_os("MTP_BLESS").is_some() {
        std::fs::write(YAML, &made).expect("a file");
    }
    let committed = std::fs::read_to_string(YAML).expect("a file");
    assert!(
        committed == made,
        "{YAML} is not what {STRICT} makes; MTP_BLESS=1 writes it"
    );
}

/// A text as an editor for its notation reads it; `None` if it cannot be read.
fn as_editors_read(ending: &str, text: &str) -> Option<Value> {
    match ending {
        "json" => serde_json::from_str(text).ok(),
        "toml" => toml::from_str(text).ok(),
        "yaml" | "yml" => {
            let mut value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
            value.apply_merge().ok()?;
            from_yaml(value)
        }
        _ => None,
    }
}

/// Keys are text, whatever they look like.
fn from_yaml(value: serde_yaml::Value) -> Option<Value> {
    use serde_yaml::Value as Yaml;
    Some(match value {
        Yaml::Mapping(map) => {
            let entries = map.into_iter().map(|(key, value)| {
                let key = match key {
                    Yaml::String(text) => text,
                    other => serde_yaml::to_string(&other).ok()?.trim().to_owned(),
                };
                Some((key, from_yaml(value)?))
            });
            Value::Object(entries.collect::<Option<_>>()?)
        }
        Yaml::Sequence(items) => {
            let items = items.into_iter().map(from_yaml);
            Value::Array(items.collect::<Option<_>>()?)
        }
        Yaml::Tagged(_) => return None,
        other => serde_json::to_value(other).ok()?,
    })
}

/// The schema for a notation.
struct Schemas {
    strict: Validator,
    yaml: Validator,
}

impl Schemas {
    fn new() -> Self {
        Schemas {
            strict: validator(STRICT),
            yaml: validator(YAML),
        }
    }

    fn of(&self, ending: &str) -> &Validator {
        match ending {
            "yaml" | "yml" => &self.yaml,
            _ => &self.strict,
        }
    }

    /// What the schema says against a text, if an editor can read it.
    fn errors(&self, ending: &str, text: &str) -> Option<Vec<String>> {
        let value = as_editors_read(ending, text)?;
        let errors = self.of(ending).iter_errors(&value);
        let told = errors.map(|error| format!("{}: {error}", error.instance_path()));
        Some(told.collect())
    }
}

fn ending(path: &Path) -> String {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.unwrap_or_default().to_owned()
}

/// All files below a folder.
fn below(folder: &str) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(folder) = left.pop() {
        for path in entries(&folder) {
            match path.is_dir() {
                true => left.push(path),
                false => found.push(path),
            }
        }
    }
    found
}

/// A rule that is turned down lets keys stand that no editor can know of.
fn turns_rules_down(value: &str) -> bool {
    value.contains("unused-key")
}

#[test]
fn whatever_the_decoder_takes_passes() {
    let schemas = Schemas::new();
    let (mut count, mut failures) = (0, Vec::new());
    let folders = [
        "specs",
        "src/cli/init",
        "tests/compile",
        "tests/diagnostics",
        "tests/format",
    ];
    for path in folders.into_iter().flat_map(below) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let name = path.to_string_lossy();
        let is_output = ["model.json", "template.json", "mtp.toml"]
            .iter()
            .any(|end| name.ends_with(end));
        if is_output || turns_rules_down(&text) {
            continue;
        }
        let Some(errors) = schemas.errors(&ending(&path), &text) else {
            continue;
        };
        // The reader of this test takes 010 for text, against YAML 1.2.
        if name.contains("yaml-number-spellings") {
            continue;
        }
        if make(&name, &text, &Options::default()).built.is_none() {
            continue;
        }
        count += 1;
        if !errors.is_empty() {
            failures.push(format!("{name}: {errors:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 150, "only {count} specs were found");
}

/// The blocks of a page and what they are written in.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => open = Some((info.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn every_spec_of_the_documentation_passes() {
    let schemas = Schemas::new();
    let (mut count, mut failures) = (0, Vec::new());
    let pages = ["docs", "src/diagnostics"].into_iter().flat_map(below);
    for path in pages.chain([PathBuf::from("README.md")]) {
        // The pages of rules are copies of those beside their code, without what is said of a block.
        if ending(&path) != "md" || path.starts_with("docs/rules") {
            continue;
        }
        let page = std::fs::read_to_string(&path).expect("a page");
        for (info, text) in blocks(&page) {
            let mut words = info.split([' ', ',']);
            let notation = words.next().unwrap_or_default().to_owned();
            let mut others = words.clone();
            let is_bad = others.any(|word| word == "bad");
            let read = as_editors_read(&notation, &text).filter(|_| !is_bad);
            let Some(mut value) = read else { continue };
            let keys = [
                "tokens",
                "token_sets",
                "guardrails",
                "instructions",
                "include",
            ];
            let is_spec =
                keys.iter().any(|key| value.get(key).is_some()) && value.get("$schema").is_none();
            if !is_spec || turns_rules_down(&text) {
                continue;
            }
            count += 1;
            // What a page leaves out of a part of a spec.
            let is_left_out = |word: &str| word == "part" || word == "good";
            if let Some(map) = value.as_object_mut().filter(|_| words.any(is_left_out)) {
                map.entry("name").or_insert(json!("example"));
                map.entry("inputs").or_insert(json!(1));
                map.entry("include").or_insert(json!("rest.yaml"));
            }
            let errors = schemas.of(&notation).iter_errors(&value);
            let errors: Vec<String> = errors.map(|error| error.to_string()).collect();
            if !errors.is_empty() {
                failures.push(format!("{}: {errors:?}\n{text}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 60, "only {count} specs were found");
}

#[test]
fn states_that_list_nothing_are_refused() {
    let schemas = Schemas::new();
    let spec = std::fs::read_to_string("specs/traffic-light.yaml").expect("a spec");
    let spec = as_editors_read("yaml", &spec).expect("YAML");
    let instructions = spec["instructions"].as_object().expect("a map");
    let name = instructions.keys().next().expect("an instruction");
    let machine = ("state_machine", json!("Calm"));
    let classifier = ("multi_classifier", json!({ "team": "a" }));
    for ((of_type, output), states, is_right) in [
        (&machine, json!(["Calm", "Angry"]), true),
        (&machine, json!([]), false),
        (&classifier, json!({ "team": ["a", "b"] }), true),
        (&classifier, json!({}), false),
        (&classifier, json!({ "team": [] }), false),
    ] {
        let mut spec = spec.clone();
        let sample = json!({ "input": ["x"], "output": output });
        spec["instructions"] = json!({ name: {
            "type": of_type, "input": [["A"]], "states": states, "samples": vec![sample; 10],
        } });
        for ending in ["json", "yaml"] {
            let is_taken = schemas.of(ending).is_valid(&spec);
            assert_eq!(is_taken, is_right, "{ending}: {states}");
        }
        let made = make("spec.json", &spec.to_string(), &Options::default());
        let is_refused = made.said.contains("are listed");
        assert_eq!(!is_refused, is_right, "{states}: {}", made.said);
    }
}

/// The rules that the shape of a spec alone decides.
const OF_SHAPE: [&str; 5] = [
    "unknown-key",
    "missing-key",
    "wrong-type",
    "unused-key",
    "no-instructions",
];

#[test]
fn mutants_pass_or_fail_as_the_decoder_says() {
    let schemas = Schemas::new();
    let (mut taken, mut refused, mut failures) = (0, 0, Vec::new());
    for name in [
        "wonderland.json",
        "storyteller.yaml",
        "support-tickets.yaml",
        "traffic-light.yaml",
    ] {
        let path = format!("specs/{name}");
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let ending = ending(Path::new(name));
        for mutant in mutants::of(&path, &text).into_iter().step_by(3) {
            let Some(errors) = schemas.errors(&ending, &mutant.text) else {
                continue;
            };
            let made = make(&path, &mutant.text, &Options::default());
            let is_of_shape = |rule: &&str| OF_SHAPE.contains(rule);
            let rule = made
                .findings
                .iter()
                .map(|(rule, _, _)| *rule)
                .find(is_of_shape);
            let what = format!("{path}: {} {}", mutant.mutation, mutant.pattern);
            match rule {
                // An item with nothing in it is null to a schema, and so is the text `null`.
                Some(_) if mutant.mutation == "to-nothing" && what.ends_with("[]") => {}
                Some(rule) => {
                    refused += 1;
                    if errors.is_empty() {
                        failures.push(format!("takes {what}: {rule}"));
                    }
                }
                None if made.built.is_some() => {
                    taken += 1;
                    if !errors.is_empty() {
                        failures.push(format!("refuses {what}: {errors:?}"));
                    }
                }
                None => {}
            }
        }
    }
    failures.sort();
    failures.dedup();
    assert!(failures.is_empty(), "the schema\n{}", failures.join("\n"));
    assert!(
        taken > 100 && refused > 300,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn texts_that_look_like_something_else_pass_in_yaml_alone() {
    let schemas = Schemas::new();
    let text = "\
format: 2
name: 5
inputs: 1
include: words.yaml
context: [1, 2.5, true, Five, Six, Seven, Eight, Nine, Ten, 0x10]
rules:
tokens:
  1: 5
  true: { key: 7, desc: 1.5 }
  A:
  end: { type: final }
token_sets: { 2: [1, true, A] }
instructions:
  7:
    context: [8]
    input: [2]
    output: 2
    final: end
    samples:
      - { input: [1], output: 2, final: , value: }
      - { input: [{ string: 3, numbers: }], output: { string: true, number_lists: ~ } }
      - { input: [false], output: no }
    samples_from: more.jsonl
";
    assert_eq!(schemas.errors("yaml", text), Some(Vec::new()));
    let value = as_editors_read("yaml", text).expect("YAML").to_string();
    let refused = schemas.errors("json", &value).expect("JSON");
    assert!(refused.len() > 5, "{refused:?}");
    let rules = |path: &str, text: &str| -> Vec<&str> {
        let made = make(path, text, &Options::default());
        let rules = made.findings.iter().map(|(rule, _, _)| *rule);
        rules.filter(|rule| OF_SHAPE.contains(rule)).collect()
    };
    assert_eq!(rules("spec.yaml", text), Vec::<&str>::new());
    assert!(rules("spec.json", &value).contains(&"wrong-type"));
    for fault in [
        "name: [a]",
        "name: {a: b}",
        "inputs: two",
        "inputs: true",
        "inputs: 1e300",
        "inputs: 10001",
        "inputs: 1e300",
        "inputs: 10001",
        "format: 3",
        "format: [2]",
        "context: text",
        "context: {a: b}",
        "context: [[a]]",
        "include: {a: b}",
        "include: [{a: b}]",
        "encrypt: 1",
        "tokens: [A]",
        "tokens: text",
        "token_sets: {a: text}",
        "tokens: {A: [b]}",
        "tokens: {A: {type: num, min: a, max: 2}}",
        "tokens: {A: {type: 5}}",
        "tokens: {A: {type: num_list, min: 0, max: 1, length: 1e300}}",
        "tokens: {A: {type: num_list, min: 0, max: 1, length: 4294967296}}",
        "tokens: {A: {type: num_list, min: 0, max: 1, length: 1e300}}",
        "tokens: {A: {type: num_list, min: 0, max: 1, length: 4294967296}}",
        "rules: loud",
        "instructions: []",
        "instructions: {a: text}",
        "guardrails: {a: text}",
        "instructions: {a: {input: text, output: b, samples_from: c}}",
        "instructions: {a: {input: [{b: c}], output: b, samples_from: c}}",
        "instructions: {a: {input: [b], output: {c: d}, samples_from: c}}",
        "instructions: {a: {input: [b], output: c, final: {d: e}, samples_from: c}}",
        "instructions: {a: {input: [b], output: c, samples_from: {d: e}}}",
        "instructions: {a: {input: [b], output: c, guardrails: [d], samples_from: c}}",
        "instructions: {a: {input: [b], output: c, guardrails: {0: [d]}, samples_from: c}}",
        "instructions: {a: {type: state_machine, input: [b], states: {a: [b]}, samples_from: c}}",
        "instructions: {a: {type: multi_classifier, input: [b], states: [a], samples_from: c}}",
    ] {
        let errors = schemas.errors("yaml", fault).expect("YAML");
        // What is missing at the top is told of no place.
        let is_told = errors.iter().any(|error| error.starts_with('/'));
        assert!(is_told, "the schema takes {fault}");
        let made = make("spec.yaml", fault, &Options::default());
        let is_refused = made.findings.iter().any(|(rule, _, _)| {
            OF_SHAPE[2..].contains(rule) || *rule == "invalid-value" || *rule == "unknown-key"
        });
        assert!(is_refused, "the decoder takes {fault}: {}", made.said);
    }
}
