//! What the JSON Schema of specs says about a place: its keys, its words, what they mean.
//! That of a project is a small one beside it.

use super::siblings::Written;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The schema that editors are given, too.
fn root() -> &'static Value {
    static ROOT: OnceLock<Value> = OnceLock::new();
    ROOT.get_or_init(|| {
        serde_json::from_str(include_str!("../../schemas/spec.json")).unwrap_or_default()
    })
}

/// The schema of `mtp.toml`; what it shares with specs is told by theirs.
fn of_project() -> &'static Value {
    static ROOT: OnceLock<Value> = OnceLock::new();
    ROOT.get_or_init(|| {
        json!({ "properties": {
            "format": {
                "description": "Format of the model files of specs that name none.",
                "$ref": "#/properties/format",
            },
            "rules": {
                "description": "How severe a finding is, by rule id, in specs that do not say so themselves.",
                "$ref": "#/properties/rules",
            },
            "validate": {
                "description": "What is looked at where a folder or nothing is named.",
                "properties": {
                    "include": {
                        "description": "Files, folders and patterns, relative to the folder of this file."
                    },
                    "exclude": { "description": "Patterns of what is left out of that." },
                },
            },
            "build": {
                "description": "Where files are written to.",
                "properties": {
                    "out_dir": {
                        "description": "The folder for the output files, unless `-o` is given; relative to the folder of this file."
                    },
                },
            },
        } })
    })
}

/// The schema of a file of samples: a list of them, or a map that has one. Which kind of
/// instruction they are for is not known.
fn of_samples() -> &'static Value {
    static ROOT: OnceLock<Value> = OnceLock::new();
    ROOT.get_or_init(|| {
        let kinds = ["basic", "extended", "state_machine", "multi_classifier"];
        let kinds = kinds.map(|kind| json!({ "$ref": format!("#/$defs/{kind}_sample") }));
        let items = json!({ "anyOf": kinds });
        json!({
            "items": items,
            "properties": { "samples": { "description": "The samples.", "items": items } },
        })
    })
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// A spec or a part of one.
    Spec,
    /// The settings of a project.
    Project,
    /// Samples for a spec that names the file.
    Samples,
}

/// A step from the top of a spec to a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the entry of a map.
    Key(String),
    /// Into an item of a list.
    Item,
}

impl Language {
    /// All schemas that hold at a place, references followed, and those that may hold: what is
    /// written on the way decides, as far as it is known.
    fn holding(self, path: &[Step], written: &[Written]) -> Vec<Holding> {
        let top = match self {
            Language::Spec => root(),
            Language::Project => of_project(),
            Language::Samples => of_samples(),
        };
        let mut all = opened(top, written.first());
        for (depth, step) in path.iter().enumerate() {
            let there = written.get(depth + 1);
            all = all
                .into_iter()
                .flat_map(|holding| {
                    let schema = holding.schema;
                    let inner = match step {
                        Step::Item => schema.get("items"),
                        Step::Key(key) => schema
                            .get("properties")
                            .and_then(|properties| properties.get(key))
                            .or_else(|| schema.get("additionalProperties")),
                    };
                    inner.into_iter().flat_map(|schema| opened(schema, there))
                })
                .collect();
        }
        all
    }

    /// All schemas that may hold at a place, whatever is written on the way.
    fn at(self, path: &[Step]) -> Vec<&'static Value> {
        let all = self.holding(path, &[]).into_iter();
        all.map(|holding| holding.schema).collect()
    }

    /// The keys of a map at a place and what they mean, but for those that what is written on
    /// the way, such as a type, has no use for.
    pub(super) fn keys(
        self,
        path: &[Step],
        written: &[Written],
    ) -> Vec<(&'static str, &'static str)> {
        let mut keys: Vec<(&str, &str)> = Vec::new();
        let mut refused: Vec<&str> = Vec::new();
        for Holding { schema, is_certain } in self.holding(path, written) {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (key, value) in properties.into_iter().flatten() {
                if value.as_bool() == Some(false) {
                    refused.extend(is_certain.then_some(key.as_str()));
                    continue;
                }
                let description = opened(value, None)
                    .into_iter()
                    .find_map(|holding| description(holding.schema));
                match keys.iter_mut().find(|(known, _)| known == key) {
                    Some((_, known)) if known.is_empty() => {
                        *known = description.unwrap_or_default()
                    }
                    Some(_) => {}
                    None => keys.push((key, description.unwrap_or_default())),
                }
            }
        }
        keys.retain(|(key, _)| !refused.contains(key));
        keys
    }

    /// The words that may stand at a place.
    pub(super) fn words(self, path: &[Step]) -> Vec<&'static str> {
        let mut words: Vec<&str> = Vec::new();
        for schema in self.at(path) {
            let listed = schema.get("enum").and_then(Value::as_array);
            words.extend(listed.into_iter().flatten().filter_map(Value::as_str));
            if schema.get("type").and_then(Value::as_str) == Some("boolean") {
                words.extend(["true", "false"]);
            }
        }
        words.dedup();
        words
    }

    /// Whether a map stands at a place and nothing else.
    pub(super) fn is_map(self, path: &[Step]) -> bool {
        let all = self.at(path);
        let has = |key: &str| all.iter().any(|schema| schema.get(key).is_some());
        let is_text = |kind: &Value| kind.as_str() == Some("string");
        let may_be_text = all.iter().any(|schema| match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(is_text),
            kind => is_text(kind),
        });
        let is_list =
            has("items") && !matches!(path.last(), Some(Step::Key(key)) if key == "states");
        (has("properties") || has("additionalProperties")) && !may_be_text && !is_list
    }

    /// What the value at a place is for.
    pub(super) fn about(self, path: &[Step]) -> Option<&'static str> {
        self.at(path).into_iter().find_map(description)
    }
}

/// A schema at a place.
struct Holding {
    schema: &'static Value,
    /// It holds; else it does if something that is not known is so.
    is_certain: bool,
}

/// A schema and all that it is put together from, where `written` stands.
fn opened(schema: &'static Value, written: Option<&Written>) -> Vec<Holding> {
    let mut all: Vec<Holding> = Vec::new();
    let mut left = vec![(schema, true)];
    while let Some((schema, is_certain)) = left.pop() {
        if !schema.is_object() || all.iter().any(|known| std::ptr::eq(known.schema, schema)) {
            continue;
        }
        all.push(Holding { schema, is_certain });
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|target| root().pointer(target.trim_start_matches('#')));
        left.extend(target.map(|target| (target, is_certain)));
        for key in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(key).and_then(Value::as_array);
            let is_certain = is_certain && key == "allOf";
            left.extend(parts.into_iter().flatten().map(|part| (part, is_certain)));
        }
        let condition = schema.get("if").zip(written);
        let holds = condition.and_then(|(condition, written)| is_so(condition, written));
        for (key, wanted) in [("then", true), ("else", false)] {
            let part = schema.get(key).filter(|_| holds != Some(!wanted));
            left.extend(part.map(|part| (part, is_certain && holds.is_some())));
        }
    }
    all
}

/// Whether the words that are written are those of a condition; nothing if one of them is not
/// written yet.
fn is_so(condition: &Value, written: &Written) -> Option<bool> {
    let mut is_so = true;
    for (key, wanted) in condition.get("properties")?.as_object()? {
        let word = Value::from(written.get(key)?.as_deref()?);
        let is_listed = wanted["enum"]
            .as_array()
            .is_some_and(|all| all.contains(&word));
        is_so &= is_listed || wanted.get("const") == Some(&word);
    }
    Some(is_so)
}

fn description(schema: &'static Value) -> Option<&'static str> {
    schema.get("description").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::{Language, Step};

    fn path(keys: &str) -> Vec<Step> {
        let steps = keys.split('/').filter(|key| !key.is_empty());
        steps
            .map(|key| match key {
                "-" => Step::Item,
                key => Step::Key(key.to_owned()),
            })
            .collect()
    }

    #[test]
    fn every_place_has_its_keys() {
        let names = |at: &str| {
            Language::Spec
                .keys(&path(at), &[])
                .into_iter()
                .map(|(key, _)| key)
                .collect::<Vec<_>>()
        };
        assert!(names("").contains(&"instructions"));
        assert!(names("tokens/Cat").contains(&"length"));
        assert!(names("instructions/x").contains(&"samples_from"));
        assert!(names("instructions/x/samples/-").contains(&"output"));
        assert!(names("instructions/x/samples/-/input/-").contains(&"number_lists"));
        assert!(names("instructions/x/guardrails/0").contains(&"bad_prompt"));
        assert!(names("name").is_empty());
    }

    #[test]
    fn a_project_has_keys_of_its_own() {
        let keys = |at: &str| Language::Project.keys(&path(at), &[]);
        let names = |at: &str| keys(at).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(names(""), ["build", "format", "rules", "validate"]);
        assert_eq!(names("validate"), ["exclude", "include"]);
        assert!(names("rules").contains(&"long-text"));
        assert!(
            Language::Project
                .words(&path("rules/long-text"))
                .contains(&"off")
        );
        for at in ["", "validate", "build"] {
            for (key, about) in keys(at) {
                assert!(!about.is_empty(), "{at}/{key}");
            }
        }
    }

    #[test]
    fn samples_in_a_file_have_their_keys() {
        for at in ["-", "samples/-"] {
            let keys = Language::Samples.keys(&path(at), &[]).into_iter();
            let mut names: Vec<&str> = keys.map(|(key, _)| key).collect();
            names.sort_unstable();
            assert_eq!(names, ["final", "input", "output", "value"], "{at}");
        }
    }

    #[test]
    fn every_key_says_what_it_is_for() {
        for at in ["", "tokens/x", "instructions/x", "guardrails/x", "rules"] {
            for (key, about) in Language::Spec.keys(&path(at), &[]) {
                assert!(!about.is_empty(), "{at}/{key}");
            }
        }
        assert!(
            Language::Spec
                .about(&path("inputs"))
                .is_some_and(|about| about.contains("input lines"))
        );
    }

    #[test]
    fn words_are_those_of_the_schema() {
        assert!(
            Language::Spec
                .words(&path("tokens/x/type"))
                .contains(&"final_num")
        );
        assert!(
            Language::Spec
                .words(&path("rules/long-text"))
                .contains(&"off")
        );
        assert_eq!(Language::Spec.words(&path("encrypt")), ["true", "false"]);
    }
}
