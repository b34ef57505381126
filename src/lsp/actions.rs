//! What the editor offers to change: cures of findings, comments that silence a rule, the
//! layout of the whole text.

use super::check::found_in;
use super::documents::Document;
use super::findings::{Addresses, Found};
use super::names::applied;
use super::readable::spec_of;
use super::session::{Refusal, overlay_with};
use super::state::State;
use super::{Settings, is_ours, is_project};
use crate::diagnostics::Diagnostics;
use crate::format::{Formatted, format as laid_out};
use crate::load::{Kind, Limits, Loader};
use crate::source::{Disk, SourceMap};
use crate::syntax::tree::Notation;
use lsp_types as lsp;
use std::collections::HashMap;
use std::path::Path;

/// For so many findings at one place it is tried how they can be silenced.
const MOST_TRIED: usize = 5;

pub(super) fn actions(
    state: &State,
    settings: &Settings<'_>,
    params: lsp::CodeActionParams,
) -> Option<Vec<lsp::CodeAction>> {
    let (file, document) = state.documents.find(&params.text_document.uri)?;
    // Findings of an older text are somewhere else by now.
    if state.changed.contains(file) {
        return Some(Vec::new());
    }
    let all = state.found(file);
    let is_wanted = |kind: &str| {
        let only = params.context.only.as_deref();
        only.is_none_or(|only| only.iter().any(|wanted| is_within(kind, wanted.as_str())))
    };
    let touches = |found: &&Found| {
        let (a, b) = (found.shown.range, params.range);
        a.start <= b.end && b.start <= a.end
    };
    let mut actions = Vec::new();
    if is_wanted("quickfix") {
        let here: Vec<&Found> = all.iter().filter(touches).collect();
        actions.extend(here.iter().filter_map(|found| cured(state, found)));
        let tried = here.iter().take(MOST_TRIED);
        actions.extend(tried.filter_map(|found| {
            let silencer = Silencer {
                state,
                settings,
                file,
                document,
            };
            silencer.action(found)
        }));
    }
    if params.context.only.is_some() && is_wanted("source.fixAll.mtp") {
        actions.extend(all_cured(state, file, &all));
    }
    Some(actions)
}

/// Whether a kind of action is one of those that are wanted.
fn is_within(kind: &str, wanted: &str) -> bool {
    kind == wanted || wanted.is_empty() || kind.starts_with(&format!("{wanted}."))
}

fn cured(state: &State, found: &Found) -> Option<lsp::CodeAction> {
    let cure = found.cure.as_ref()?;
    let addresses = Addresses::new(&state.documents);
    let edits = cure.edits.iter();
    let edits = edits.filter_map(|(path, edits)| Some((addresses.of(path)?, edits.clone())));
    Some(lsp::CodeAction {
        title: sentence(&cure.title),
        kind: Some(lsp::CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![found.shown.clone()]),
        is_preferred: Some(cure.is_safe),
        edit: Some(lsp::WorkspaceEdit::new(edits.collect())),
        ..lsp::CodeAction::default()
    })
}

/// A title with a capital letter.
fn sentence(title: &str) -> String {
    let mut characters = title.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// All cures of a text that can be made unseen and do not touch one another.
fn all_cured(state: &State, file: &Path, all: &[Found]) -> Option<lsp::CodeAction> {
    let mut edits: Vec<lsp::TextEdit> = Vec::new();
    for found in all {
        let cure = found.cure.as_ref().filter(|cure| cure.is_safe);
        let Some(own) = cure.and_then(|cure| cure.edits.get(file)) else {
            continue;
        };
        let is_apart = |a: &lsp::Range, b: &lsp::Range| a.end <= b.start || b.end <= a.start;
        let is_free = own.iter().all(|edit| {
            edits
                .iter()
                .all(|known| is_apart(&known.range, &edit.range) && known.range != edit.range)
        });
        if is_free {
            edits.extend(own.iter().cloned());
        }
    }
    let uri = Addresses::new(&state.documents).of(file)?;
    (!edits.is_empty()).then(|| lsp::CodeAction {
        title: "Fix all that has a certain cure".to_owned(),
        kind: Some(lsp::CodeActionKind::new("source.fixAll.mtp")),
        edit: Some(lsp::WorkspaceEdit::new(HashMap::from([(uri, edits)]))),
        ..lsp::CodeAction::default()
    })
}

/// Finds a comment that silences a finding, by trying it.
struct Silencer<'s> {
    state: &'s State,
    settings: &'s Settings<'s>,
    file: &'s Path,
    document: &'s Document,
}

impl Silencer<'_> {
    fn action(&self, found: &Found) -> Option<lsp::CodeAction> {
        if found.rule.locked || self.document.notation() == Notation::Json {
            return None;
        }
        let rule = found.rule.name;
        let (at, text) = self.comments(found).into_iter().find(|(at, text)| {
            let edited = applied(self.document.text.clone(), vec![(*at..*at, text.clone())]);
            self.silences(found, edited)
        })?;
        let (text_now, lines) = (&self.document.text, &self.document.lines);
        let range = self.state.encoding.range(text_now, lines, at..at);
        let edits = vec![lsp::TextEdit::new(range, text)];
        Some(lsp::CodeAction {
            title: format!("Allow `{rule}` here"),
            kind: Some(lsp::CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![found.shown.clone()]),
            edit: Some(lsp::WorkspaceEdit::new(HashMap::from([(
                self.document.uri.clone(),
                edits,
            )]))),
            ..lsp::CodeAction::default()
        })
    }

    /// The comments that could do it: one more rule in a comment that is there, one at the
    /// end of the line, one above it.
    fn comments(&self, found: &Found) -> Vec<(usize, String)> {
        let Document { text, lines, .. } = self.document;
        let rule = found.rule.name;
        let line = lines.line_of(found.bytes.start);
        let (start, written) = (lines.start_of(text, line), lines.line(text, line));
        let mut comments = Vec::new();
        let allowed = written.rfind("mtp: allow(").and_then(|at| {
            let close = written.get(at..)?.find(')')?;
            Some(start + at + close)
        });
        comments.extend(allowed.map(|at| (at, format!(", {rule}"))));
        let end = start + written.trim_end().len();
        comments.push((end, format!("  # mtp: allow({rule})")));
        let indent = written.len() - written.trim_start().len();
        let indent = written.get(..indent).unwrap_or_default();
        comments.push((start, format!("{indent}# mtp: allow({rule})\n")));
        comments
    }

    /// Whether with this text the finding is gone and nothing new is found.
    fn silences(&self, found: &Found, text: String) -> bool {
        let spec = spec_of(self.state, self.file);
        let documents = &self.state.documents;
        let before = found_in(&spec, self.file, &documents.overlay(), self.settings);
        let changed = overlay_with(documents, [(self.document.path.clone(), text)]);
        let after = found_in(&spec, self.file, &changed, self.settings);
        let count = |all: &[Found]| {
            let same = all.iter().filter(|other| other.rule == found.rule);
            (same.count(), all.len())
        };
        let (before, after) = (count(&before), count(&after));
        after.0 < before.0 && after.1 < before.1
    }
}

/// The text in its canonical layout: the lines that change.
pub(super) fn format(
    state: &State,
    params: lsp::DocumentFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>, Refusal> {
    let Some((_, document)) = state.documents.find(&params.text_document.uri) else {
        return Ok(None);
    };
    if document.is_too_large() {
        return Err(Refusal::new("the file is too large to be laid out here"));
    }
    let sources = SourceMap::default();
    let is_read = state
        .specs_of(&document.path)
        .iter()
        .any(|spec| *spec != document.path);
    let loader = Loader::new(&sources, &Disk, Limits::default());
    let text = document.text.clone().into_bytes();
    let opened = loader.open(&document.path, text, &mut Diagnostics::default());
    let kind = opened.kind();
    let is_layable = kind != Kind::Emitted && is_ours(&document.path, kind, &document.text);
    if !is_layable && !is_read && !is_project(&document.path) {
        return Ok(None);
    }
    let origin = opened.origin;
    let mut findings = Diagnostics::default();
    let new = match laid_out(&sources, origin, document.notation(), &mut findings) {
        Formatted::Text(new) => new,
        Formatted::Refused => {
            let first = findings.iter().next().map(|found| found.message.clone());
            let why = first.unwrap_or_else(|| "it cannot be read".to_owned());
            return Err(Refusal::new(format!("the file was not laid out: {why}")));
        }
        Formatted::Changed => {
            let why = "internal mistake: the file would not mean the same; please report this";
            return Err(Refusal::new(why));
        }
    };
    let old = &document.text;
    if *old == new {
        return Ok(Some(Vec::new()));
    }
    // Lines at the start and the end that stay do not move the cursor.
    let same = |a: std::str::SplitInclusive<'_, char>, b: std::str::SplitInclusive<'_, char>| {
        let pairs = a.zip(b).take_while(|(a, b)| a == b);
        pairs.map(|(a, _)| a.len()).sum::<usize>()
    };
    let start = same(old.split_inclusive('\n'), new.split_inclusive('\n'));
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let pairs = old_rest
        .split_inclusive('\n')
        .rev()
        .zip(new_rest.split_inclusive('\n').rev());
    let end: usize = pairs
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len())
        .sum();
    let range = state
        .encoding
        .range(old, &document.lines, start..old.len() - end);
    let text = new_rest[..new_rest.len() - end].to_owned();
    Ok(Some(vec![lsp::TextEdit::new(range, text)]))
}
