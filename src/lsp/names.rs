//! Names: what they mean, where they are defined and used, how they are changed.

use super::anchors::anchor_of;
use super::check::{candidates, errors, text_of};
use super::documents::{Document, resolved};
use super::findings::Addresses;
use super::index::{Index, Kind, Mention, Use, counted};
use super::readable::{Moved, names_of, spec_of};
use super::schema::Step;
use super::session::{Refusal, overlay_with};
use super::state::State;
use super::{Settings, place};
use crate::diagnostics::{in_place_of, in_place_of_cell};
use crate::source::Overlay;
use lsp_types as lsp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What kinds of names are called in semantic tokens, in the order of [`Kind`].
pub(super) const TOKEN_TYPES: [&str; 4] = ["variable", "type", "interface", "function"];

/// A place that is asked about.
struct Asked {
    file: PathBuf,
    offset: usize,
    /// The same place when the names were read.
    then: usize,
    names: Arc<Index>,
}

fn asked(
    state: &mut State,
    settings: &Settings<'_>,
    at: &lsp::TextDocumentPositionParams,
) -> Option<Asked> {
    let (file, document) = state.documents.find(&at.text_document.uri)?;
    let encoding = state.encoding;
    let offset = encoding.offset(&document.text, &document.lines, at.position);
    let file = file.clone();
    let names = names_of(state, settings, &file);
    let moved = moved(state, &names, &file);
    Some(Asked {
        file,
        offset,
        then: moved.to_before(offset),
        names,
    })
}

/// How the places that names have in a file were moved since it was read for them.
fn moved(state: &State, names: &Index, file: &Path) -> Moved {
    let read = names.sources.files();
    let read = read.filter(|read| resolved(Path::new(&read.path)) == file);
    let pair = state.documents.get(file).zip(read.last());
    pair.map_or_else(Moved::default, |(now, read)| {
        Moved::between(&read.text, &now.text)
    })
}

impl Asked {
    fn mention(&self) -> Option<&Mention> {
        self.names.at(&self.file, self.then)
    }
}

pub(super) fn hover(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::HoverParams,
) -> Option<lsp::Hover> {
    let asked = asked(state, settings, &params.text_document_position_params)?;
    let mut parts = Vec::new();
    let mut range = None;
    if let Some(mention) = asked.mention() {
        let overlay = state.documents.overlay();
        let specs = specs_with(state, settings, &asked, mention, &overlay);
        parts.push(described(&asked.names, mention, &specs));
        range = asked
            .names
            .place(mention)
            .map(|(file, bytes)| state.encoding.range(&file.text, file.lines(), bytes));
    } else {
        let document = state.documents.get(&asked.file)?;
        parts.extend(key_at(document, asked.offset));
    }
    for found in state.found(&asked.file) {
        if found.bytes.start <= asked.offset && asked.offset <= found.bytes.end {
            let page = found.rule.page.trim_start_matches('#').trim();
            parts.push(format!(
                "**{}**",
                page.replacen('\n', "**\n", 1).trim_end_matches('*')
            ));
        }
    }
    parts.dedup();
    (!parts.is_empty()).then(|| lsp::Hover {
        contents: lsp::HoverContents::Markup(lsp::MarkupContent {
            kind: lsp::MarkupKind::Markdown,
            value: parts.join("\n\n---\n\n"),
        }),
        range,
    })
}

/// A name in words: what it is, what is said of it, how often it is used.
fn described(names: &Index, mention: &Mention, specs: &Specs) -> String {
    let noun = mention.kind.noun();
    let mut text = format!("{noun} **{}**", mention.name);
    let Some(about) = names.about(mention) else {
        return format!("{text}: not defined");
    };
    if !about.summary.is_empty() {
        text.push_str(&format!(": {}", about.summary));
    }
    if let Some(description) = &about.description {
        text.push_str(&format!("\n\n{description}"));
    }
    let mut uses: BTreeMap<Use, Vec<&str>> = BTreeMap::new();
    for (_, other) in all_of(specs, mention) {
        if let Some(used) = other.used_in {
            let holders = uses.entry(used).or_default();
            holders.push(other.holder.as_deref().unwrap_or_default());
        }
    }
    let told = uses.into_iter().map(|(used, holders)| match used {
        Use::TokenSet => listed("token set", holders),
        Use::Instruction => listed("instruction", holders),
        Use::Sample => counted(holders.len(), "sample"),
    });
    let told: Vec<String> = told.collect();
    if mention.kind != Kind::Instruction {
        text.push_str(&match told.is_empty() {
            true => "\n\nNot used.".to_owned(),
            false => format!("\n\nUsed in {}.", told.join(", ")),
        });
    }
    text
}

/// So many names are listed in what is told of another.
const MOST_LISTED: usize = 8;

/// Names with a noun before them, each once, in order.
fn listed(noun: &str, mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    let noun = match names.len() {
        1 => noun.to_owned(),
        _ => format!("{noun}s"),
    };
    let shown = names.iter().take(MOST_LISTED);
    let mut shown: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
    if names.len() > MOST_LISTED {
        shown.push(format!("{} more", names.len() - MOST_LISTED));
    }
    format!("{noun} {}", shown.join(", "))
}

/// What the key is for that a place is in.
fn key_at(document: &Document, offset: usize) -> Option<String> {
    let text = &document.text;
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let before = text.get(..offset)?;
    let start = before.trim_end_matches(is_word).len();
    let rest = text.get(start..)?;
    let word = rest.get(..rest.find(|c| !is_word(c)).unwrap_or(rest.len()))?;
    let behind = rest
        .get(word.len()..)?
        .trim_start_matches(['"', '\''])
        .trim_start();
    if word.is_empty() || !behind.starts_with([':', '=']) {
        return None;
    }
    let place = place::at(document, start)?;
    let mut path = place.cursor.path;
    path.push(Step::Key(word.to_owned()));
    let about = place.language.about(&path)?;
    Some(format!("**{word}**: {about}"))
}

pub(super) fn definition(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::GotoDefinitionParams,
) -> Option<Vec<lsp::Location>> {
    let at = &params.text_document_position_params;
    let (_, document) = state.documents.find(&at.text_document.uri)?;
    let offset = state
        .encoding
        .offset(&document.text, &document.lines, at.position);
    if let Some(anchor) = anchor_of(document, offset) {
        let range = state
            .encoding
            .range(&document.text, &document.lines, anchor);
        return Some(vec![lsp::Location::new(document.uri.clone(), range)]);
    }
    let asked = asked(state, settings, at)?;
    let same = asked.names.same(asked.mention()?);
    let defined = same.into_iter().filter(|other| other.used_in.is_none());
    Some(locations(
        state,
        defined.map(|other| (&*asked.names, other)),
    ))
}

pub(super) fn references(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::ReferenceParams,
) -> Option<Vec<lsp::Location>> {
    let asked = asked(state, settings, &params.text_document_position)?;
    let with_definition = params.context.include_declaration;
    let mention = asked.mention()?;
    let overlay = state.documents.overlay();
    let specs = specs_with(state, settings, &asked, mention, &overlay);
    let wanted = all_of(&specs, mention).into_iter();
    let wanted = wanted.filter(|(_, other)| with_definition || other.used_in.is_some());
    Some(locations(state, wanted))
}

/// All mentions of the same thing in some specs, each place once: the definition first.
fn all_of<'i>(specs: &'i Specs, mention: &'i Mention) -> Vec<(&'i Index, &'i Mention)> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for names in specs.values() {
        for other in names.same(mention) {
            let place = names.place(other);
            let place = place.map(|(file, bytes)| (file.path.as_str(), bytes.start));
            if seen.insert(place) {
                all.push((&**names, other));
            }
        }
    }
    all.sort_by_key(|(_, other)| other.used_in.is_some());
    all
}

fn locations<'i>(
    state: &State,
    mentions: impl Iterator<Item = (&'i Index, &'i Mention)>,
) -> Vec<lsp::Location> {
    let addresses = Addresses::new(&state.documents);
    let places = mentions.filter_map(|(names, mention)| {
        let (file, bytes) = names.place(mention)?;
        let range = state.encoding.range(&file.text, file.lines(), bytes);
        Some(lsp::Location::new(
            addresses.of(Path::new(&file.path))?,
            range,
        ))
    });
    places.collect()
}

pub(super) fn prepare_rename(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::TextDocumentPositionParams,
) -> Option<lsp::PrepareRenameResponse> {
    let asked = asked(state, settings, &params)?;
    let mention = asked.mention()?;
    let (file, bytes) = asked.names.place(mention)?;
    Some(lsp::PrepareRenameResponse::RangeWithPlaceholder {
        range: state.encoding.range(&file.text, file.lines(), bytes),
        placeholder: mention.name.clone(),
    })
}

pub(super) fn rename(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::RenameParams,
) -> Result<Option<lsp::WorkspaceEdit>, Refusal> {
    let at = &params.text_document_position;
    let Some(asked) = asked(state, settings, at) else {
        return Ok(None);
    };
    let Some(mention) = asked.mention() else {
        return Err(Refusal::new("there is no name at this place"));
    };
    let new = &params.new_name;
    let before = state.documents.overlay();
    let specs = specs_with(state, settings, &asked, mention, &before);
    // What cannot be read now has no places that could be changed.
    for file in specs.values().flat_map(|names| names.sources.files()) {
        let document = state.documents.get(&resolved(Path::new(&file.path)));
        if document.is_some_and(|document| document.text != file.text) {
            return Err(Refusal::new(format!(
                "`{}` cannot be read as it is now: mend its syntax first",
                file.path
            )));
        }
    }
    let addresses = Addresses::new(&state.documents);
    #[allow(clippy::mutable_key_type, reason = "the type that the protocol has")]
    let mut edits: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = HashMap::new();
    let mut changed: BTreeMap<PathBuf, BTreeMap<(usize, usize), String>> = BTreeMap::new();
    for names in specs.values() {
        for other in names.same(mention) {
            let Some((file, bytes)) = names.place(other) else {
                continue;
            };
            if !file.is_verbatim {
                return Err(Refusal::new(format!(
                    "`{}` is used in `{}`, which cannot be edited",
                    mention.name, file.path
                )));
            }
            let written = file.text.get(bytes.clone()).unwrap_or_default();
            let name = file.path.to_lowercase();
            let text = match name.ends_with(".csv") || name.ends_with(".tsv") {
                true => in_place_of_cell(written, new),
                false => in_place_of(written, new, name.ends_with(".toml")),
            };
            let range = state
                .encoding
                .range(&file.text, file.lines(), bytes.clone());
            let path = resolved(Path::new(&file.path));
            let own = changed.entry(path.clone()).or_default();
            let is_new = own.insert((bytes.start, bytes.end), text.clone()).is_none();
            if let Some(uri) = addresses.of(&path).filter(|_| is_new) {
                edits
                    .entry(uri)
                    .or_default()
                    .push(lsp::TextEdit::new(range, text));
            }
        }
    }
    let texts = changed.into_iter().map(|(path, edits)| {
        let text = text_of(&path, &before).unwrap_or_default();
        let edits = edits
            .into_iter()
            .map(|((start, end), new)| (start..end, new));
        (path, applied(text, edits.collect()))
    });
    let after = overlay_with(&state.documents, texts.collect::<Vec<_>>());
    for spec in specs.keys() {
        is_harmless(spec, &before, &after, settings)?;
    }
    Ok(Some(lsp::WorkspaceEdit::new(edits)))
}

/// Specs and their names.
type Specs = BTreeMap<PathBuf, Arc<Index>>;

/// The specs that know a name by the same definition: that which was asked about, and all
/// others of the project that read the file with the definition.
fn specs_with(
    state: &mut State,
    settings: &Settings<'_>,
    asked: &Asked,
    mention: &Mention,
    overlay: &Overlay,
) -> Specs {
    let own = spec_of(state, &asked.file);
    let mut specs = BTreeMap::from([(own.clone(), Arc::clone(&asked.names))]);
    let same = asked.names.same(mention);
    let defined = same.iter().find(|other| other.used_in.is_none());
    let place = defined.and_then(|defined| asked.names.place(defined));
    let Some((file, _)) = place else { return specs };
    let file = resolved(Path::new(&file.path));
    let others = match file == own {
        true => Vec::new(),
        false => candidates(&file, overlay, settings),
    };
    for other in others {
        let names = match state.names.get(&other) {
            Some(names) => Arc::clone(names),
            None => {
                let limits = (settings.project)(&other, overlay).options.limits;
                let names = Arc::new(Index::of(&other, overlay, limits));
                if names.is_whole() {
                    state.names.insert(other.clone(), Arc::clone(&names));
                }
                names
            }
        };
        let is_it = |path: &str| resolved(Path::new(path)) == file;
        if names.sources.files().any(|read| is_it(&read.path)) {
            specs.entry(other).or_insert(names);
        }
    }
    specs
}

/// A text with some bytes replaced.
pub(super) fn applied(
    mut text: String,
    mut edits: Vec<(std::ops::Range<usize>, String)>,
) -> String {
    edits.sort_by_key(|(bytes, _)| std::cmp::Reverse(bytes.start));
    for (bytes, new) in edits {
        if text.get(bytes.clone()).is_some() {
            text.replace_range(bytes, &new);
        }
    }
    text
}

/// Refuses a change that makes new errors.
fn is_harmless(
    spec: &Path,
    before: &Overlay,
    after: &Overlay,
    settings: &Settings<'_>,
) -> Result<(), Refusal> {
    let known = errors(spec, before, settings);
    let now = errors(spec, after, settings);
    if now.len() <= known.len() {
        return Ok(());
    }
    let new = now.into_iter().find(|error| !known.contains(error));
    Err(Refusal::new(
        new.unwrap_or_else(|| "it would make new errors".to_owned()),
    ))
}

pub(super) fn semantic_tokens(
    state: &mut State,
    settings: &Settings<'_>,
    params: lsp::SemanticTokensParams,
) -> Option<lsp::SemanticTokens> {
    let (file, document) = state.documents.find(&params.text_document.uri)?;
    let (file, is_large) = (file.clone(), document.is_too_large());
    if is_large {
        return None;
    }
    let names = names_of(state, settings, &file);
    let moved = moved(state, &names, &file);
    let document = state.documents.get(&file)?;
    let paths: HashMap<&str, bool> = names
        .sources
        .files()
        .map(|other| {
            (
                other.path.as_str(),
                resolved(Path::new(&other.path)) == file,
            )
        })
        .collect();
    let mut places: Vec<(usize, usize, &Mention)> = Vec::new();
    for mention in &names.mentions {
        let Some((other, bytes)) = names.place(mention) else {
            continue;
        };
        let is_here = paths.get(other.path.as_str()) == Some(&true);
        // Names that were read from an older text have other places.
        let now = moved.to_now(bytes.start)..moved.to_now(bytes.end);
        let is_current = || document.text.get(now.clone()) == other.text.get(bytes);
        if is_here && is_current() {
            places.push((now.start, now.end, mention));
        }
    }
    places.sort_by_key(|(start, end, mention)| (*start, *end, mention.used_in.is_some()));
    places.dedup_by_key(|(start, _, _)| *start);
    let mut last = lsp::Position::new(0, 0);
    let mut data = Vec::with_capacity(places.len());
    for (start, end, mention) in places {
        let from = state
            .encoding
            .position(&document.text, &document.lines, start);
        let written = document.text.get(start..end).unwrap_or_default();
        if written.contains('\n') || from < last {
            continue;
        }
        let is_same_line = from.line == last.line;
        data.push(lsp::SemanticToken {
            delta_line: from.line - last.line,
            delta_start: from.character - if is_same_line { last.character } else { 0 },
            length: state.encoding.length(written),
            token_type: mention.kind as u32,
            token_modifiers_bitset: u32::from(mention.used_in.is_none()),
        });
        last = from;
    }
    Some(lsp::SemanticTokens {
        result_id: None,
        data,
    })
}
