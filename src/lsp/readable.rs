//! What a text said when it could last be read. While a bracket or a quote is open nothing can
//! be read at all, and it is just then that names are asked for.

use super::Settings;
use super::documents::{Document, resolved};
use super::index::Index;
use super::session::overlay_with;
use super::state::State;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::load;
use crate::source::SourceMap;
use crate::syntax;
use crate::syntax::tree::{Node, Notation};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The rule that a text breaks which cannot be read.
pub(super) const SYNTAX: &str = "syntax";

/// The names of the spec that a file belongs to. Of texts that cannot be read, those of the
/// last ones that could.
pub(super) fn names_of(state: &mut State, settings: &Settings<'_>, file: &Path) -> Arc<Index> {
    let spec = spec_of(state, file);
    let is_too_large = |one: &Path| {
        let document = state.documents.get(one);
        document.is_some_and(Document::is_too_large)
    };
    if is_too_large(file) || is_too_large(&spec) {
        return Arc::default();
    }
    if let Some(names) = state.names.get(&spec) {
        return Arc::clone(names);
    }
    let overlay = state.documents.overlay();
    let limits = (settings.project)(&spec, &overlay).options.limits;
    let names = Index::of(&spec, &overlay, limits);
    let kept = match state.readable.get(&spec) {
        Some(before) if !is_current(state, &names) => Arc::clone(before),
        _ => {
            let names = Arc::new(whole(state, &spec, names, limits));
            state.readable.insert(spec.clone(), Arc::clone(&names));
            names
        }
    };
    state.names.insert(spec, Arc::clone(&kept));
    kept
}

/// Whether no older text in the editor would have more names.
fn is_current(state: &State, names: &Index) -> bool {
    let is_open = |path: &PathBuf| state.documents.get(path).is_some();
    names.is_spec && !names.broken.iter().any(is_open)
}

/// The names of a spec, from older texts where that is better.
fn whole(state: &State, spec: &Path, names: Index, limits: load::Limits) -> Index {
    if is_current(state, &names) {
        return names;
    }
    let older = names.broken.iter().filter_map(|path| {
        let document = state.documents.get(path)?;
        Some((path.clone(), document.readable.clone()))
    });
    let older: Vec<(PathBuf, String)> = older.collect();
    if older.is_empty() {
        return names;
    }
    let before = Index::of(spec, &overlay_with(&state.documents, older), limits);
    if is_current(state, &before) {
        before
    } else {
        names
    }
}

/// The spec that a file belongs to: one that reads it, else itself.
pub(super) fn spec_of(state: &State, file: &Path) -> PathBuf {
    let specs = state.specs_of(file);
    let others = specs.iter().find(|spec| *spec != file);
    others.cloned().unwrap_or_else(|| file.to_path_buf())
}

/// The files that cannot be read, by their resolved paths.
pub(super) fn broken<'d>(
    findings: impl Iterator<Item = &'d Diagnostic>,
    sources: &SourceMap,
) -> Vec<PathBuf> {
    let syntax = findings.filter(|found| found.rule.name == SYNTAX);
    let files = syntax.filter_map(|found| sources.file(found.span));
    let mut files: Vec<&str> = files.map(|file| file.path.as_str()).collect();
    files.dedup();
    let files = files.into_iter();
    files.map(|path| resolved(Path::new(path))).collect()
}

/// The tree of a text, or of the last one that could be read; where its places are now.
pub(super) fn tree<'s>(document: &Document, sources: &'s SourceMap) -> Option<(Node<'s>, Moved)> {
    if document.is_too_large() {
        return None;
    }
    let (now, is_whole) = read(&document.text, document.notation(), sources);
    if !is_whole && document.readable != document.text {
        let (before, is_whole) = read(&document.readable, document.notation(), sources);
        if let Some(before) = before.filter(|_| is_whole) {
            return Some((before, Moved::between(&document.readable, &document.text)));
        }
    }
    Some((now?, Moved::default()))
}

/// The tree of a text, and whether all of it could be read.
pub(super) fn read<'s>(
    text: &str,
    notation: Notation,
    sources: &'s SourceMap,
) -> (Option<Node<'s>>, bool) {
    let origin = sources.add("text", text.to_owned());
    let mut findings = Diagnostics::default();
    let limits = syntax::Limits::default();
    let read = syntax::read(sources, origin, notation, &limits, &mut findings);
    let is_whole = !findings.iter().any(|found| found.rule.name == SYNTAX);
    (read.root, is_whole)
}

/// How the places of one text become those of another that differs from it in one part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moved {
    /// The bytes before that part; `None` if nothing differs.
    same: Option<usize>,
    /// Where what stands behind it begins, in both.
    behind: (usize, usize),
}

impl Moved {
    pub(super) fn between(before: &str, now: &str) -> Moved {
        let (before, now) = (before.as_bytes(), now.as_bytes());
        if before == now {
            return Moved::default();
        }
        let is_same = |(a, b): &(&u8, &u8)| a == b;
        let same = before.iter().zip(now).take_while(is_same).count();
        let (left, right) = (
            before.get(same..).unwrap_or_default(),
            now.get(same..).unwrap_or_default(),
        );
        let pairs = left.iter().rev().zip(right.iter().rev());
        let end = pairs.take_while(is_same).count();
        Moved {
            same: Some(same),
            behind: (before.len() - end, now.len() - end),
        }
    }

    /// Where a byte of the first text is in the second; one that is gone, where it was.
    pub(super) fn to_now(self, at: usize) -> usize {
        let (before, now) = self.behind;
        self.moved(at, before, now)
    }

    /// Where a byte of the second text was in the first.
    pub(super) fn to_before(self, at: usize) -> usize {
        let (before, now) = self.behind;
        self.moved(at, now, before)
    }

    fn moved(self, at: usize, from: usize, to: usize) -> usize {
        match self.same {
            Some(same) if at > same && at >= from => at - from + to,
            Some(same) if at > same => at.min(to),
            _ => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moved;

    #[test]
    fn places_move_with_what_stands_behind() {
        let (before, now) = ("a: [b]\nc: d\n", "a: [bcd\nc: d\n");
        let moved = Moved::between(before, now);
        assert_eq!(moved.to_now(1), 1);
        for (at, c) in before.char_indices().skip(6) {
            let there = moved.to_now(at);
            assert!(now[there..].starts_with(c), "{at}: {there}");
            assert_eq!(moved.to_before(there), at);
        }
        let mut last = 0;
        for at in 0..=before.len() {
            assert!(moved.to_now(at) >= last);
            last = moved.to_now(at);
        }
        assert_eq!(last, now.len());
        assert_eq!(Moved::between("x", "x").to_now(5), 5);
        assert_eq!(Moved::between("", "xy").to_now(0), 0);
        assert_eq!(Moved::between("xyz", "z").to_now(3), 1);
    }
}
