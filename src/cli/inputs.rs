//! From the arguments to files: named ones, folders, patterns, standard input.

use super::filter::Filter;
use super::project::{self, Project};
use super::shared::{Failure, from_here, shown};
use crate::source::{self, fixed_part, is_pattern};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file to look at.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The path, as given or as found below what was given.
    pub(super) path: PathBuf,
    /// It was named, so it is a spec; otherwise it was come across.
    pub(super) named: bool,
    /// Its bytes, if they come from standard input.
    pub(super) bytes: Option<Vec<u8>>,
}

/// What an argument means.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files.
    pub(super) inputs: Vec<Input>,
    /// Links that were come across and not followed, with what they lead to.
    pub(super) links: Vec<(PathBuf, &'static str)>,
}

impl From<Vec<Input>> for Found {
    fn from(inputs: Vec<Input>) -> Self {
        Found {
            inputs,
            links: Vec::new(),
        }
    }
}

/// The files that an argument means; an error if it means none that can be read. Without a
/// filter, a folder means all of its files.
pub(super) fn expand(
    argument: &str,
    stdin_name: &Path,
    filter: Option<&Filter>,
) -> Result<Found, Failure> {
    if argument == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::of("cannot read standard input", error))?;
        return Ok(Found::from(vec![Input {
            path: stdin_name.to_path_buf(),
            named: true,
            bytes: Some(bytes),
        }]));
    }
    let path = Path::new(argument);
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => walk(path, filter),
        Ok(_) => Ok(Found::from(vec![Input {
            path: path.to_path_buf(),
            named: true,
            bytes: None,
        }])),
        Err(_) if is_pattern(argument) => pattern(argument),
        Err(error) => {
            let reason = crate::source::ReadError::from(error);
            Err(Failure::of(
                format!("cannot read `{}`", shown(path)),
                reason,
            ))
        }
    }
}

/// What the arguments of a command ask for that takes files, folders and patterns.
pub(super) struct Asked<'a> {
    /// The paths; if there are none, what the project includes, else the current folder.
    pub(super) paths: &'a [String],
    /// The name of standard input.
    pub(super) stdin_name: &'a Path,
    /// A pattern may match nothing.
    pub(super) allow_empty: bool,
}

/// The files that are asked for, each once, sorted by path. What cannot be read goes to
/// `failures`.
pub(super) fn all(
    asked: &Asked<'_>,
    project: &Project,
    failures: &mut Vec<String>,
) -> Result<Found, Failure> {
    let filter = Filter::of(project);
    let mut all = Found::default();
    for argument in &arguments(asked.paths, project) {
        match expand(argument, asked.stdin_name, Some(&filter)) {
            Ok(found) if found.inputs.is_empty() && is_pattern(argument) => {
                if !asked.allow_empty {
                    failures.push(format!("`{argument}` matches no file"));
                }
            }
            Ok(found) => {
                all.inputs.extend(found.inputs);
                all.links.extend(found.links);
            }
            Err(Failure::Told(message)) => failures.push(message),
            Err(closed) => return Err(closed),
        }
    }
    all.inputs = distinct(all.inputs);
    all.links.sort_unstable();
    all.links.dedup();
    Ok(all)
}

/// The paths and patterns to look at, where these are given.
pub(super) fn arguments(paths: &[String], project: &Project) -> Vec<String> {
    match paths {
        [] => vec![default_folder(project)],
        paths => paths.to_vec(),
    }
}

/// The folder that is meant where none is named.
fn default_folder(project: &Project) -> String {
    let folder = match project.include.is_empty() {
        true => Path::new("."),
        false => &project.folder,
    };
    let folder = from_here(folder);
    match folder.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => shown(&folder),
    }
}

/// What walks a folder: what `.gitignore` names is left out, in a repository or not, and so
/// is what is hidden. Other tools' lists of what to ignore say nothing here.
fn walker(folder: &Path) -> ignore::WalkBuilder {
    let mut walker = ignore::WalkBuilder::new(folder);
    walker.require_git(false).ignore(false);
    walker
}

/// Each file once, sorted by path: as one that was named, if it was.
pub(super) fn distinct(mut inputs: Vec<Input>) -> Vec<Input> {
    let mut seen = HashSet::new();
    inputs.sort_by_key(|input| !input.named);
    inputs.retain(|input| {
        let path = match input.bytes {
            // Standard input is read once, whatever its name.
            Some(_) => None,
            None => Some(std::fs::canonicalize(&input.path).unwrap_or(input.path.clone())),
        };
        seen.insert(path)
    });
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs
}

/// The files that arguments mean which have to name specs.
pub(super) fn named(arguments: &[String], stdin_name: &Path) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let Found {
            inputs: found,
            links,
        } = expand(argument, stdin_name, None)?;
        if let Some((link, why)) = links.first().filter(|_| is_pattern(argument)) {
            return Err(Failure::Told(format!(
                "`{}` is {why}; name it itself, or choose a pattern that it does not match",
                shown(link)
            )));
        }
        if found.is_empty() {
            return Err(Failure::Told(format!("`{argument}` matches no spec")));
        }
        if let Some(folder) = found.iter().find(|input| !input.named) {
            let folder = shown(folder.path.parent().unwrap_or(Path::new(".")));
            return Err(Failure::Told(format!(
                "`{argument}` is a folder; name its specs, such as '{folder}/*.yaml'"
            )));
        }
        inputs.extend(found);
    }
    Ok(distinct(inputs))
}

/// The folder that no link may lead out of, since a stranger may have made it: that of the
/// project that `folder` is in, else the current one if it holds `folder`, else `folder`. The
/// paths of all are without links.
fn bounds(folder: &Path) -> PathBuf {
    let resolved = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let project = project::find(&resolved);
    let project = project.as_deref().and_then(Path::parent);
    let here = || std::fs::canonicalize(".").ok();
    project
        .map(Path::to_path_buf)
        .or_else(|| here().filter(|here| resolved.starts_with(here)))
        .unwrap_or(resolved)
}

/// Whether a link leads to something outside of the folder `bounds`.
fn leads_out(link: &Path, bounds: &Path) -> bool {
    std::fs::canonicalize(link).is_ok_and(|real| !real.starts_with(bounds))
}

const OUTWARDS: &str = "a link that leads out of the project";

/// The spec files below a folder, sorted by path; what git ignores is left out.
fn walk(folder: &Path, filter: Option<&Filter>) -> Result<Found, Failure> {
    let mut found = Found::default();
    let resolved = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let is_admitted = |path: &Path| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        filter.is_none_or(|filter| filter.admits(&resolved.join(below)))
    };
    let bounds = bounds(folder);
    for entry in walker(folder).build() {
        let entry = entry
            .map_err(|error| Failure::of(format!("cannot read `{}`", shown(folder)), error))?;
        let kind = entry.file_type();
        let is_link = entry.path_is_symlink() && entry.depth() > 0;
        let path = entry.into_path();
        let is_notation = crate::syntax::tree::Notation::of_path(&path.to_string_lossy()).is_some();
        let is_project = path.file_name().is_some_and(|name| name == "mtp.toml");
        if is_project || !is_admitted(&path) {
            continue;
        }
        let path = path
            .strip_prefix("./")
            .map(Path::to_path_buf)
            .unwrap_or(path);
        if is_link && is_notation && leads_out(&path, &bounds) {
            found.links.push((path, OUTWARDS));
            continue;
        }
        // A link to a file counts as one; links to folders are not followed, for they may
        // lead in a circle.
        let is_file = kind.is_some_and(|kind| kind.is_file()) || is_link && path.is_file();
        if is_file && is_notation {
            found.inputs.push(Input {
                path,
                named: false,
                bytes: None,
            });
        } else if is_link && path.is_dir() {
            found.links.push((path, "a link to a folder"));
        } else if is_link && is_notation {
            found
                .links
                .push((path, "a link to nothing that can be read"));
        }
    }
    found.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The files that match a pattern, sorted by path.
fn pattern(argument: &str) -> Result<Found, Failure> {
    let glob = source::pattern(argument);
    let glob =
        glob.map_err(|why| Failure::of(format!("cannot use the pattern `{argument}`"), why))?;
    let matcher = glob.compile_matcher();
    let mut base = fixed_part(argument);
    if base.as_os_str().is_empty() {
        base.push(".");
    }
    let mut found = Found::default();
    let bounds = bounds(&base);
    for entry in walker(&base).build().flatten() {
        let path = entry.path();
        let path = path.strip_prefix("./").unwrap_or(path);
        // A link that leads nowhere is one that cannot be read.
        let is_link = entry.path_is_symlink() && !entry.path().is_dir();
        let is_file = is_link || entry.file_type().is_some_and(|kind| kind.is_file());
        if !is_file || !matcher.is_match(path) {
            continue;
        }
        if is_link && leads_out(entry.path(), &bounds) {
            found.links.push((path.to_path_buf(), OUTWARDS));
            continue;
        }
        found.inputs.push(Input {
            path: path.to_path_buf(),
            named: true,
            bytes: None,
        });
    }
    found.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
