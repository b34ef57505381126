//! `mtp.toml`: what a project sets for all of its specs.

use super::shared::{Failure, from_here, shown};
use crate::diagnostics::syntax::not_utf8;
use crate::diagnostics::{Diagnostic, Diagnostics, Levels, invalid_value};
use crate::ir::Format;
use crate::load::readable;
use crate::source::{self, Disk, Files, SourceMap, Span, Text};
use crate::syntax;
use crate::syntax::decode::{Field, Fields, Item};
use crate::syntax::tree::{Notation, Value};
use std::path::{Component, Path, PathBuf};

/// What an `mtp.toml` says.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// The folder of the file; the patterns and folders in it are relative to it.
    pub(super) folder: PathBuf,
    /// `[rules]`.
    pub(super) levels: Levels,
    /// `[validate] include`.
    pub(super) include: Vec<String>,
    /// `[validate] exclude`.
    pub(super) exclude: Vec<String>,
    /// `[build] out_dir`.
    pub(super) out_dir: Option<PathBuf>,
    /// `format`.
    pub(super) format: Option<Format>,
}

impl Project {
    /// The folder that files are built into, which is one of the project, by links, too: who
    /// writes `mtp.toml` need not be who builds.
    pub(super) fn out_folder(&self) -> Result<Option<PathBuf>, Failure> {
        let Some(out_dir) = &self.out_dir else {
            return Ok(None);
        };
        let folder = self.folder.join(out_dir);
        let there = folder.ancestors().find_map(|path| path.canonicalize().ok());
        let root = self.folder.canonicalize().ok();
        match there.zip(root) {
            Some((there, root)) if !there.starts_with(&root) => Err(Failure::of(
                format!("cannot write to `{}`", shown(&folder)),
                "it is a link that leads out of the project; --out-dir may name such a folder",
            )),
            _ => Ok(Some(folder)),
        }
    }
}

/// Whether a path leads out of the folder that it begins in.
fn leaves(path: &Path) -> bool {
    let mut depth = 0usize;
    path.components().any(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            false
        }
        Component::ParentDir if depth > 0 => {
            depth -= 1;
            false
        }
        Component::CurDir => false,
        Component::ParentDir | Component::RootDir | Component::Prefix(_) => true,
    })
}

/// A project and what was found in its file.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) project: Project,
    pub(super) sources: SourceMap,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The nearest `mtp.toml` in `folder` or above it. The folder itself need not be there
/// yet.
pub(super) fn find(folder: &Path) -> Option<PathBuf> {
    find_in(folder, &Disk)
}

/// The same among files of which some may not be saved yet.
pub(super) fn find_in(folder: &Path, files: &dyn Files) -> Option<PathBuf> {
    let folders = folder
        .ancestors()
        .map(|folder| match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        });
    let mut there = folders.chain([Path::new(".")]).filter(|one| one.is_dir());
    let absolute = std::fs::canonicalize(there.next()?).ok()?;
    absolute
        .ancestors()
        .map(|folder| folder.join("mtp.toml"))
        .find(|path| files.exists(path) && !path.is_dir())
}

/// The format that a spec at `path` has which names none.
pub(super) fn format_at(path: &Path) -> Result<Format, Failure> {
    let set = match find(path.parent().unwrap_or(Path::new("."))) {
        Some(file) => load(&file)?.project.format,
        None => None,
    };
    Ok(set.unwrap_or_default())
}

/// The project that the current folder is in.
pub(super) fn here() -> Result<Loaded, Failure> {
    match find(Path::new(".")) {
        Some(path) => load(&path),
        None => Ok(Loaded::default()),
    }
}

/// Reads an `mtp.toml`. A mistake in it is a finding; one that cannot be read is a
/// failure.
pub(super) fn load(path: &Path) -> Result<Loaded, Failure> {
    load_from(path, &Disk)
}

/// The same from files of which some may not be saved yet.
pub(super) fn load_from(path: &Path, files: &dyn Files) -> Result<Loaded, Failure> {
    const LIMIT: u64 = 1 << 20;
    let failure = |reason: &dyn std::fmt::Display| {
        Failure::of(format!("cannot read `{}`", shown(path)), reason)
    };
    let bytes = files.read(path, LIMIT).map_err(|error| failure(&error))?;
    let (text, fault) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (readable(error.into_bytes()), Some(at))
        }
    };
    let sources = SourceMap::default();
    let mut findings = Diagnostics::default();
    let origin = sources.add(shown(&from_here(path)), text);
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut project = Project {
        folder,
        ..Project::default()
    };
    let limits = syntax::Limits::default();
    let root = match fault {
        Some(at) => {
            findings.push(not_utf8(Span::new(origin, at, at + 1)));
            None
        }
        None => syntax::read(&sources, origin, Notation::Toml, &limits, &mut findings).root,
    };
    if let Some(fields) = root.and_then(|root| {
        Item::of(root).fields(
            "a table",
            &["format", "rules", "validate", "build"],
            &mut findings,
        )
    }) {
        read(fields, &mut project, &mut findings);
    }
    let diagnostics = findings.finish(&sources, &Levels::default());
    Ok(Loaded {
        project,
        sources,
        diagnostics,
    })
}

fn read(mut fields: Fields<'_>, project: &mut Project, findings: &mut Diagnostics) {
    if let Some(text) = fields
        .take("format")
        .and_then(|field| field.item().text("text", findings))
    {
        project.format = Format::parse(&text.value);
        if project.format.is_none() {
            findings.push(invalid_value::unknown(&text, "format", &Format::NAMES));
        }
    }
    if let Some(field) = fields.take("rules") {
        let entries = field
            .item()
            .entries("a table of rules and levels", findings);
        let rules = entries.unwrap_or_default().into_iter().map(|entry| {
            let (name, item): (Text<'_>, Item<'_>) = entry.into();
            let level = item.text("text: `error`, `warn` or `off`", findings);
            (name, level)
        });
        let rules: Vec<_> = rules.collect();
        project.levels.read(&rules, findings);
    }
    if let Some(mut validate) = table(fields.take("validate"), &["include", "exclude"], findings) {
        project.include = patterns(validate.take("include"), findings);
        project.exclude = patterns(validate.take("exclude"), findings);
    }
    if let Some(mut build) = table(fields.take("build"), &["out_dir"], findings) {
        let out_dir = build
            .take("out_dir")
            .and_then(|field| field.item().text("text", findings));
        if let Some(text) = &out_dir
            && text.value.is_empty()
        {
            findings.push(invalid_value::empty_path(text.span));
        }
        if let Some(text) = &out_dir
            && leaves(Path::new(text.value.as_ref()))
        {
            findings.push(invalid_value::outside(text.span));
        }
        project.out_dir = out_dir.map(|text| PathBuf::from(text.value.as_ref()));
    }
}

fn table<'s>(
    field: Option<Field<'s>>,
    known: &'static [&'static str],
    findings: &mut Diagnostics,
) -> Option<Fields<'s>> {
    field.and_then(|field| field.item().fields("a table", known, findings))
}

fn patterns(field: Option<Field<'_>>, findings: &mut Diagnostics) -> Vec<String> {
    let Some(field) = field else {
        return Vec::new();
    };
    let item = field.item();
    let texts: Vec<Text<'_>> = if matches!(item.node.value, Value::List(_)) {
        let list = item.list("a list of patterns", findings);
        let items = list.map(|list| list.value).unwrap_or_default();
        items
            .into_iter()
            .filter_map(|item| item.text("text", findings))
            .collect()
    } else {
        item.text("a pattern or a list of patterns", findings)
            .into_iter()
            .collect()
    };
    let mut valid = Vec::new();
    for text in texts {
        match source::pattern(&text.value) {
            Ok(_) => valid.push(text.value.into_owned()),
            Err(reason) => findings.push(invalid_value::pattern(text.span, &reason)),
        }
    }
    valid
}
