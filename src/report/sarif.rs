//! `sarif`: the Static Analysis Results Interchange Format, version 2.1.0.

use super::{Change, Finding, Report, Spot, Style, address, escape, escape::visible, fingerprints};
use crate::diagnostics::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Cure<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize, PartialEq)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cure<'a> {
    description: Text,
    artifact_changes: Vec<Changes<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

impl Text {
    fn plain(text: &str) -> Self {
        Text {
            text: visible(text).into_owned(),
            markdown: None,
        }
    }
}

impl Artifact {
    fn new(path: &str, style: &Style) -> Self {
        let path = style.relative(path);
        let absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
        let root = match absolute {
            true if path.starts_with('/') => "file://",
            true => "file:///",
            false => "",
        };
        Artifact {
            uri: format!("{root}{}", escape::uri(&path)),
        }
    }
}

impl Region {
    fn new(spot: &Spot<'_>) -> Self {
        Region {
            start_line: spot.start.line,
            start_column: spot.start.column,
            end_line: spot.end.line,
            end_column: spot.end.column,
        }
    }
}

fn physical(spot: &Spot<'_>, style: &Style) -> Physical {
    Physical {
        artifact_location: Artifact::new(&spot.file.path, style),
        region: Region::new(spot),
    }
}

/// The replacements of a fix, by file.
fn changes<'a>(all: &[Change<'a>], style: &Style) -> Vec<Changes<'a>> {
    let mut files: Vec<Changes<'a>> = Vec::new();
    for change in all {
        let artifact_location = Artifact::new(&change.spot.file.path, style);
        let replacement = Replacement {
            deleted_region: Region::new(&change.spot),
            inserted_content: Content { text: change.text },
        };
        match files
            .iter_mut()
            .find(|file| file.artifact_location == artifact_location)
        {
            Some(file) => file.replacements.push(replacement),
            None => files.push(Changes {
                artifact_location,
                replacements: vec![replacement],
            }),
        }
    }
    files
}

fn outcome<'a>(
    finding: &Finding<'a>,
    fingerprint: String,
    rule_index: usize,
    style: &Style,
) -> Outcome<'a> {
    let related = finding
        .labels
        .iter()
        .enumerate()
        .map(|(n, label)| Location {
            id: Some(n + 1),
            physical_location: physical(&label.spot, style),
            message: Some(Text::plain(&label.message)),
        });
    let diagnostic = finding.diagnostic;
    let mut message = diagnostic.message.clone();
    for more in diagnostic.label.iter().chain(&diagnostic.help) {
        message.push_str("; ");
        message.push_str(more);
    }
    let fix = diagnostic
        .fix
        .as_ref()
        .filter(|_| !finding.changes.is_empty())
        .map(|fix| Cure {
            description: Text::plain(&fix.title),
            artifact_changes: changes(&finding.changes, style),
        });
    Outcome {
        rule_id: finding.rule().name,
        rule_index,
        level: finding.severity.name(),
        message: Text::plain(&message),
        locations: [Location {
            id: None,
            physical_location: physical(&finding.spot, style),
            message: None,
        }],
        related_locations: related.collect(),
        // The name that GitHub reads.
        partial_fingerprints: BTreeMap::from([("primaryLocationLineHash", fingerprint)]),
        fixes: fix.into_iter().collect(),
    }
}

/// Writes a log of one run, with the rules that occur in it.
pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    // Where the project lives, if its manifest says so.
    let repository = Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty());
    let mut indices: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut rules = Vec::new();
    let results = report
        .findings
        .iter()
        .zip(fingerprints(report))
        .map(|(finding, fingerprint)| {
            let rule = finding.rule();
            let index = *indices.entry(rule.name).or_insert_with(|| {
                let level = match rule.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                };
                rules.push(Descriptor {
                    id: rule.name,
                    short_description: Text::plain(rule.summary()),
                    full_description: Text::plain(rule.summary()),
                    help: Text {
                        text: rule.page.to_owned(),
                        markdown: Some(rule.page),
                    },
                    help_uri: address(rule),
                    default_configuration: BTreeMap::from([("level", level)]),
                });
                rules.len() - 1
            });
            outcome(finding, fingerprint, index, style)
        });
    let results = results.collect();
    let version = env!("CARGO_PKG_VERSION");
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        version,
        semantic_version: version,
        information_uri: repository,
        rules,
    };
    let run = Run {
        tool: Tool { driver },
        column_kind: "unicodeCodePoints",
        results,
    };
    escape::write_json(
        &Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        },
        out,
    )
}
