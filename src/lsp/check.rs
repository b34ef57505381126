//! Checking while people type: on a thread of its own, so that the editor never waits,
//! and always the newest text.

use super::documents::{LARGEST, resolved};
use super::findings::{Addresses, ByFile, Found, by_file};
use super::position::Encoding;
use super::readable::SYNTAX;
use super::state::Shared;
use super::{PROJECT, Project, Settings, is_ours, is_project};
use crate::diagnostics::{Diagnostics, Levels, limit_exceeded};
use crate::load::Kind;
use crate::source::{Disk, Files, Overlay, SourceMap, Span};
use crate::syntax::tree::Notation;
use crate::{Taken, check};
use lsp_types as lsp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Sends findings to the editor: the address, the version of the text, the findings.
pub(super) type Publish<'p> = dyn Fn(lsp::PublishDiagnosticsParams) + 'p;

/// What came of a file: what it is, and what was found in it and in all that it reads.
type Result = (PathBuf, Kind, ByFile);

/// Of a project, so many files are looked through for the spec that a part belongs to.
const MOST_FILES: usize = 2000;

/// Checks whatever changes, until the server ends.
pub(super) fn run(shared: &Shared, settings: &Settings<'_>, publish: &Publish<'_>) {
    loop {
        let mut state = shared.wait();
        if state.is_over {
            return;
        }
        let changed = std::mem::take(&mut state.changed);
        let round = Round {
            settings,
            encoding: state.encoding,
            overlay: state.documents.overlay(),
            addresses: Addresses::new(&state.documents),
            versions: state.documents.versions(),
            known: changed
                .iter()
                .map(|file| (file.clone(), state.specs_of(file)))
                .collect(),
        };
        let too_large = changed.iter().filter(|file| {
            let document = state.documents.get(file);
            document.is_some_and(super::documents::Document::is_too_large)
        });
        let too_large: BTreeSet<PathBuf> = too_large.cloned().collect();
        drop(state);
        let mut done = BTreeSet::new();
        let mut results = Vec::new();
        for file in &changed {
            match too_large.contains(file) {
                true => {
                    let found = refused(file, round.encoding);
                    results.push((file.clone(), Kind::Other, found));
                }
                false => results.extend(round.check(file, &mut done)),
            }
        }
        round.take(shared, results, publish);
    }
}

/// The texts at one moment.
struct Round<'s> {
    settings: &'s Settings<'s>,
    encoding: Encoding,
    overlay: Overlay,
    addresses: Addresses,
    versions: BTreeMap<PathBuf, i32>,
    /// The specs that are known to read the files that changed.
    known: BTreeMap<PathBuf, Vec<PathBuf>>,
}

impl Round<'_> {
    /// Checks the specs that a file belongs to, but for those that are done.
    fn check(&self, file: &Path, done: &mut BTreeSet<PathBuf>) -> Vec<Result> {
        let mut results = Vec::new();
        let mut specs: BTreeSet<PathBuf> = self
            .known
            .get(file)
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        specs.insert(file.to_path_buf());
        let mut is_whole = specs.len() > 1;
        for spec in specs {
            if !done.insert(spec.clone()) {
                continue;
            }
            let (kind, found) = self.look(&spec);
            is_whole |= spec == file && matches!(kind, Kind::Spec | Kind::Broken | Kind::Emitted);
            results.push((spec, kind, found));
        }
        // A part of a spec that nobody has opened.
        if !is_whole && self.versions.contains_key(file) {
            let holders = self.holders(file, done);
            results.extend(holders);
        }
        results
    }

    fn look(&self, spec: &Path) -> (Kind, ByFile) {
        let nothing = || ByFile::from([(spec.to_path_buf(), Vec::new())]);
        let Ok(bytes) = self.overlay.read(spec, u64::from(u32::MAX)) else {
            return (Kind::Other, nothing());
        };
        if Notation::of_path(&spec.to_string_lossy()).is_none() {
            return (Kind::Other, nothing());
        }
        let shown =
            |(sources, diagnostics)| by_file(sources, diagnostics, &self.addresses, self.encoding);
        let Project { options, found } = (self.settings.project)(spec, &self.overlay);
        let project = found.map(shown);
        if is_project(spec) {
            return (Kind::Spec, project.unwrap_or_else(nothing));
        }
        let sources = SourceMap::default();
        let outcome = check(
            &sources,
            &self.overlay,
            spec,
            bytes,
            Taken::IfSpec,
            &options,
        );
        let (kind, diagnostics) = (outcome.kind, outcome.diagnostics);
        let text = || text_of(spec, &self.overlay).unwrap_or_default();
        if kind == Kind::Broken && !is_ours(spec, kind, &text()) {
            return (Kind::Other, nothing());
        }
        let mut found = shown((sources, diagnostics));
        if kind != Kind::Other {
            found.extend(project.into_iter().flatten());
        }
        (kind, found)
    }

    /// The specs of the project that read a file, checked.
    fn holders(&self, file: &Path, done: &mut BTreeSet<PathBuf>) -> Vec<Result> {
        let mut holders = Vec::new();
        for path in candidates(file, &self.overlay, self.settings) {
            if done.contains(&path) {
                continue;
            }
            let (kind, found) = self.look(&path);
            if kind == Kind::Spec && found.contains_key(file) {
                done.insert(path.clone());
                holders.push((path, kind, found));
            }
        }
        holders
    }

    /// Keeps what the checks gave and sends it, but for texts that have changed meanwhile.
    fn take(&self, shared: &Shared, results: Vec<Result>, publish: &Publish<'_>) {
        let mut state = shared.lock();
        let now = state.documents.versions();
        let is_current = |file: &PathBuf| now.get(file) == self.versions.get(file);
        let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
        for (spec, kind, found) in results {
            if !found.keys().all(is_current) {
                // It is about to be checked again; what was closed is not to be shown.
                if state.documents.get(&spec).is_some() {
                    state.changed.insert(spec);
                }
                continue;
            }
            let is_readable = |found: &[Found]| found.iter().all(|one| one.rule.name != SYNTAX);
            for (file, found) in &found {
                if kind != Kind::Other && is_readable(found) {
                    state.keep(file);
                }
            }
            // A project's file alone keeps no spec of it in sight.
            let is_own = |file: &&PathBuf| !is_project(file) || **file == spec;
            let is_of_use = found
                .keys()
                .filter(is_own)
                .any(|file| now.contains_key(file));
            touched.extend(found.keys().cloned());
            let before = match is_of_use {
                true => state.specs.insert(spec, found),
                false => state.specs.remove(&spec),
            };
            touched.extend(before.into_iter().flat_map(BTreeMap::into_keys));
        }
        for file in touched {
            let shown = state.found(&file).into_iter().map(|found| found.shown);
            let shown: Vec<lsp::Diagnostic> = shown.collect();
            let version = now.get(&file).copied();
            // Of a file that is not open, the client knows what it was last told.
            if version.is_some() {
                state.told.remove(&file);
            } else if state.told.insert(file.clone(), shown.clone()).as_ref() == Some(&shown) {
                continue;
            }
            if let Some(uri) = self.addresses.of(&file) {
                publish(lsp::PublishDiagnosticsParams::new(uri, shown, version));
            }
        }
    }
}

/// The files of the project that may be specs which read a file.
pub(super) fn candidates(file: &Path, overlay: &Overlay, settings: &Settings<'_>) -> Vec<PathBuf> {
    let is_project =
        |folder: &&Path| folder.join(PROJECT).is_file() || folder.join(".git").exists();
    let folder = file.parent().unwrap_or(Path::new("."));
    let root = folder.ancestors().find(is_project).unwrap_or(folder);
    let files = (settings.files)(root).into_iter().take(MOST_FILES);
    let mut files: Vec<PathBuf> = files.map(|path| resolved(&path)).collect();
    files.retain(|path| {
        let text = overlay.read(path, LARGEST as u64).unwrap_or_default();
        let names = |key: &str| memchr::memmem::find(&text, key.as_bytes()).is_some();
        path != file && (names("include") || names("samples_from"))
    });
    files
}

/// The finding of a file that is too large to be looked at while it is edited.
fn refused(file: &Path, encoding: Encoding) -> ByFile {
    let sources = SourceMap::default();
    let origin = sources.add(file.to_string_lossy(), String::new());
    let mut findings = Diagnostics::default();
    let finding = limit_exceeded::bytes(Span::new(origin, 0, 0), LARGEST as u64);
    findings.push(finding.help(
        "too large to be looked at while it is edited: `mtp validate` checks it; or move samples \
         to files for `samples_from`",
    ));
    let findings = findings.finish(&sources, &Levels::default());
    by_file(sources, findings, &Addresses::default(), encoding)
}

/// The errors of a spec with some texts as they would be after a change.
pub(super) fn errors(spec: &Path, overlay: &Overlay, settings: &Settings<'_>) -> Vec<String> {
    let Ok(bytes) = overlay.read(spec, u64::from(u32::MAX)) else {
        return Vec::new();
    };
    let sources = SourceMap::default();
    let options = (settings.project)(spec, overlay).options;
    let outcome = check(&sources, overlay, spec, bytes, Taken::AsSpec, &options);
    let errors = outcome.diagnostics.iter().filter(|found| found.is_error());
    errors.map(|found| found.message.clone()).collect()
}

/// The findings of a spec in one file with some texts as they would be after a change.
pub(super) fn found_in(
    spec: &Path,
    file: &Path,
    overlay: &Overlay,
    settings: &Settings<'_>,
) -> Vec<Found> {
    let Ok(bytes) = overlay.read(spec, u64::from(u32::MAX)) else {
        return Vec::new();
    };
    let sources = SourceMap::default();
    let options = (settings.project)(spec, overlay).options;
    let outcome = check(&sources, overlay, spec, bytes, Taken::AsSpec, &options);
    let diagnostics = outcome.diagnostics;
    let mut all = by_file(sources, diagnostics, &Addresses::default(), Encoding::Utf8);
    all.remove(&resolved(file)).unwrap_or_default()
}

/// The bytes of a file on the disk or in the editor.
pub(super) fn text_of(file: &Path, overlay: &Overlay) -> Option<String> {
    let bytes = overlay.read(file, u64::from(u32::MAX));
    String::from_utf8(
        bytes
            .or_else(|_| Disk.read(file, u64::from(u32::MAX)))
            .ok()?,
    )
    .ok()
}
