//! A spec and everything it names: the files of `include` and `samples_from`.
//!
//! Files come through [`Files`], paths stay inside the project, and whatever cannot
//! be read is reported at the path that names it.

mod foreign;
mod opened;
mod paths;
mod samples;
mod streamed;

pub use foreign::Foreign;
pub use opened::{Kind, Opened};
pub use streamed::{Again, Look, Looked, Portion, Streaming};
pub(crate) use streamed::{Changed, changed};

use crate::ast::{self, Spec};
use crate::diagnostics::{Diagnostics, limit_exceeded, missing_key, unreadable_file};
use crate::parallel;
use crate::shard::Shard;
use crate::source::{Files, Origin, ReadError, Seen, SourceMap, Span, Text, is_pattern};
use crate::syntax;
use crate::syntax::tree::{Document, Node, Notation};
use paths::Paths;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What may be read, and with how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Files that one spec may name, `include` and `samples_from` together.
    pub files: usize,
    /// Findings of one rule that are kept of a spec.
    pub findings: usize,
    /// Bytes of a protocol's name: with what is put behind it, the name of a file has at most
    /// 255 on all common systems.
    pub name_bytes: usize,
    /// What the text of a spec may make its reader do.
    pub text: syntax::Limits,
    /// Threads that work on one spec.
    pub threads: NonZeroUsize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 1 << 30,
            files: 10_000,
            findings: Diagnostics::MOST,
            name_bytes: 200,
            text: syntax::Limits::default(),
            threads: parallel::available(),
        }
    }
}

/// Which samples of a spec are wanted.
#[derive(Clone, Debug, Default)]
pub enum Wanted {
    /// All.
    #[default]
    All,
    /// A part of those of each instruction.
    Part(Shard),
    /// None of its own, but these in their place.
    Others(Arc<Others>),
}

/// Samples that stand in the place of a spec's own.
#[derive(Debug, Default)]
pub struct Others {
    /// Where they stand, by the name of the instruction.
    pub texts: HashMap<String, Portion>,
    /// There are no further ones.
    pub are_all: bool,
}

/// Bytes above which a file is long.
const LONG: usize = 1 << 20;

/// So many names are looked up as fast as one pattern: all paths of the project are held
/// against it.
const PATTERN: usize = 20;

/// A file whose bytes were read.
#[derive(Clone, Copy)]
struct Taken<'p> {
    /// The path to show.
    shown: &'p Path,
    /// Where a spec names it, if it holds data.
    named_at: Option<Span>,
    /// The bytes are those of the file, and not what was made of them.
    is_verbatim: bool,
}

impl<'p> Taken<'p> {
    /// A spec or a fragment.
    fn spec(shown: &'p Path) -> Self {
        Taken {
            shown,
            named_at: None,
            is_verbatim: true,
        }
    }
}

/// Reads files for one compile.
pub struct Loader<'s, 'f> {
    sources: &'s SourceMap,
    files: &'f dyn Files,
    limits: Limits,
    /// Files read so far, by their resolved path.
    read: HashSet<PathBuf>,
    /// The files whose `include` is being followed.
    open: Vec<PathBuf>,
    /// How many files were named that exist.
    named: usize,
    /// How many names were looked up, a pattern for many.
    looked_up: usize,
    /// Too many are named, and that has been told.
    is_exceeded: bool,
    wanted: Wanted,
    streaming: Option<(&'f Streaming, &'f dyn Look)>,
    seen: Option<&'f Seen>,
}

impl<'s, 'f> Loader<'s, 'f> {
    /// A loader that puts texts into `sources`.
    pub fn new(sources: &'s SourceMap, files: &'f dyn Files, limits: Limits) -> Self {
        Loader {
            sources,
            files,
            limits,
            read: HashSet::new(),
            open: Vec::new(),
            named: 0,
            looked_up: 0,
            is_exceeded: false,
            wanted: Wanted::All,
            streaming: None,
            seen: None,
        }
    }

    /// The same loader, which counts the samples that stand in specs.
    pub fn counting(self, seen: Option<&'f Seen>) -> Self {
        Loader { seen, ..self }
    }

    /// The same loader, which reads large files of samples a piece at a time.
    pub fn streaming(self, streaming: &'f Streaming, look: &'f dyn Look) -> Self {
        Loader {
            streaming: Some((streaming, look)),
            ..self
        }
    }

    /// The same loader for other samples than all.
    pub fn wanting(self, wanted: &Wanted) -> Self {
        Loader {
            wanted: wanted.clone(),
            ..self
        }
    }

    /// Reads the file at `path`, whose bytes are given. Nothing it names is read yet.
    pub fn open(&self, path: &Path, bytes: Vec<u8>, findings: &mut Diagnostics) -> Opened<'s> {
        let notation = Notation::of_path(&path.to_string_lossy()).unwrap_or(Notation::Yaml);
        if bytes.len() as u64 > self.limits.bytes {
            let origin = self.sources.add(path.to_string_lossy(), String::new());
            findings.push(limit_exceeded::bytes(
                Span::new(origin, 0, 0),
                self.limits.bytes,
            ));
            return Opened {
                origin,
                notation,
                document: None,
                taken: ast::Taken::default(),
                faulty: true,
            };
        }
        let mut own = findings.another();
        let apart = self.decodes_apart(notation, bytes.len());
        let (taken, (origin, document)) = ast::Taken::by(apart, self.seen, |take| {
            self.document(Taken::spec(path), bytes, notation, take, &mut own)
        });
        // Of YAML, what cannot be parsed gives no tree; the rest is what a spec may not hold.
        let faulty =
            notation != Notation::Yaml && own.iter().any(|finding| finding.rule.name == "syntax");
        findings.append(own);
        Opened {
            origin,
            notation,
            document,
            taken,
            faulty,
        }
    }

    /// Whether the samples of a file are decoded by a thread of their own. It is worth it for
    /// YAML, which takes so long to parse that handing them over costs less.
    fn decodes_apart(&self, notation: Notation, bytes: usize) -> bool {
        notation == Notation::Yaml && bytes > LONG && self.limits.threads.get() > 1
    }

    /// The file with all that it holds in the tree, for those that want no spec of it.
    pub fn whole(&self, opened: Opened<'s>) -> Opened<'s> {
        if opened.taken.is_empty() {
            return opened;
        }
        let document = self.again(opened.origin, opened.notation);
        Opened {
            document: Some(document),
            taken: ast::Taken::default(),
            ..opened
        }
    }

    /// Reads a file into a tree of which all has been told before.
    fn again(&self, origin: Origin, notation: Notation) -> Document<'s> {
        let mut told = Diagnostics::default();
        syntax::read(self.sources, origin, notation, &self.limits.text, &mut told)
    }

    /// Decodes a tree and the samples that were taken from it.
    fn decoded(
        &self,
        root: Node<'s>,
        mut taken: ast::Taken<'s>,
        (origin, notation): (Origin, Notation),
        findings: &mut Diagnostics,
    ) -> Option<Spec<'s>> {
        let mut own = findings.another();
        let mut spec = ast::spec(root, &mut taken, &mut own);
        if taken.is_misjudged() {
            own = findings.another();
            let root = self.again(origin, notation).root;
            spec = ast::spec(root?, &mut ast::Taken::default(), &mut own);
        }
        findings.append(own);
        spec
    }

    /// Reads the spec that was opened at `path` and all it includes: itself first,
    /// then the others in the order they are named. Empty if there is no spec.
    pub fn spec(
        &mut self,
        path: &Path,
        opened: Opened<'s>,
        findings: &mut Diagnostics,
    ) -> Vec<Spec<'s>> {
        let Some(document) = opened.document else {
            return Vec::new();
        };
        let Some(root) = document.root else {
            findings.push(missing_key::empty_file(Span::new(opened.origin, 0, 0)));
            return Vec::new();
        };
        let place = (opened.origin, opened.notation);
        let Some(spec) = self.decoded(root, opened.taken, place, findings) else {
            return Vec::new();
        };
        ast::require_top_level(&spec, findings);
        let paths = Paths::of_spec(path, self.files);
        if let Ok(canonical) = self.files.canonical(path) {
            self.open.push(canonical.clone());
            self.read.insert(canonical);
        }
        let mut specs = Vec::new();
        self.follow(spec, path, &paths, findings, &mut specs);
        specs
    }

    /// Follows what `spec`, read from `path`, names, and adds it and that to `specs`.
    fn follow(
        &mut self,
        mut spec: Spec<'s>,
        path: &Path,
        paths: &Paths,
        findings: &mut Diagnostics,
        specs: &mut Vec<Spec<'s>>,
    ) {
        for instruction in &mut spec.instructions {
            self.samples(instruction, path, paths, findings);
        }
        let include = std::mem::take(&mut spec.include);
        let at = specs.len();
        specs.push(spec);
        for name in include {
            let complete = self.include(&name, path, paths, findings, specs);
            if !complete && let Some(spec) = specs.get_mut(at) {
                spec.incomplete = true;
            }
        }
    }

    /// Reads the fragments that `name` means; `false` if some could not be read.
    fn include(
        &mut self,
        name: &Text<'s>,
        from: &Path,
        paths: &Paths,
        findings: &mut Diagnostics,
        specs: &mut Vec<Spec<'s>>,
    ) -> bool {
        if !self.may_look_up(name, findings) {
            return false;
        }
        let Some(found) = paths.find(name, from, self.files, findings) else {
            return false;
        };
        let mut complete = true;
        for file in found.files {
            if self.open.contains(&file.canonical) {
                if !found.pattern {
                    findings.push(unreadable_file::cycle(name));
                }
                continue;
            }
            if self.read.contains(&file.canonical) {
                continue;
            }
            let Some(notation) = Notation::of_path(&file.shown.to_string_lossy()) else {
                findings.push(unreadable_file::unknown_ending(
                    name,
                    &["yaml", "yml", "toml", "json"],
                ));
                complete = false;
                continue;
            };
            self.read.insert(file.canonical.clone());
            let Some(bytes) = self.bytes(name, &file.canonical, findings) else {
                complete = false;
                continue;
            };
            let apart = self.decodes_apart(notation, bytes.len());
            let (taken, (origin, document)) = ast::Taken::by(apart, self.seen, |take| {
                self.document(Taken::spec(&file.shown), bytes, notation, take, findings)
            });
            let Some(document) = document else {
                complete = false;
                continue;
            };
            // A fragment with nothing in it adds nothing.
            let Some(root) = document.root else { continue };
            let Some(spec) = self.decoded(root, taken, (origin, notation), findings) else {
                complete = false;
                continue;
            };
            self.open.push(file.canonical);
            self.follow(spec, &file.shown, paths, findings, specs);
            self.open.pop();
        }
        complete
    }

    /// The bytes of a file that `name` means; reported if they cannot be had.
    fn bytes(
        &mut self,
        name: &Text<'_>,
        path: &Path,
        findings: &mut Diagnostics,
    ) -> Option<Vec<u8>> {
        if !self.may_name(name, findings) {
            return None;
        }
        match self.files.read(path, self.limits.bytes) {
            Ok(bytes) => Some(bytes),
            Err(ReadError::TooLarge(limit)) => {
                findings.push(limit_exceeded::named_bytes(name.span, limit));
                None
            }
            Err(error) => {
                findings.push(unreadable_file::unreadable(name, &error.to_string()));
                None
            }
        }
    }

    /// Counts a file that `name` means; reported once if there are too many.
    fn may_name(&mut self, name: &Text<'_>, findings: &mut Diagnostics) -> bool {
        self.named += 1;
        self.are_few(self.named, name, findings)
    }

    /// Counts a name that is looked up, which costs something if it means nothing, too. A
    /// pattern counts for many; reported once if there are too many.
    fn may_look_up(&mut self, name: &Text<'_>, findings: &mut Diagnostics) -> bool {
        self.looked_up += if is_pattern(&name.value) { PATTERN } else { 1 };
        self.are_few(self.looked_up, name, findings)
    }

    fn are_few(&mut self, count: usize, name: &Text<'_>, findings: &mut Diagnostics) -> bool {
        let is_too_many = count > self.limits.files;
        if is_too_many && !self.is_exceeded {
            self.is_exceeded = true;
            findings.push(limit_exceeded::files(name.span, self.limits.files));
        }
        !is_too_many
    }

    /// Reads a text into a tree; `None` if it is not one, which is reported.
    fn document(
        &self,
        taken: Taken<'_>,
        bytes: Vec<u8>,
        notation: Notation,
        take: &mut dyn syntax::Take<'s>,
        findings: &mut Diagnostics,
    ) -> (Origin, Option<Document<'s>>) {
        let (origin, valid) = self.text(taken, bytes, findings);
        if !valid {
            return (origin, None);
        }
        let mut own = findings.another();
        let limits = &self.limits.text;
        let document = syntax::read_taking(self.sources, origin, notation, limits, take, &mut own);
        findings.comments(&document.comments);
        let failed = document.root.is_none() && own.iter().next().is_some();
        findings.append(own);
        (origin, (!failed).then_some(document))
    }

    /// Takes a file in as text; `None` if it is too large or no UTF-8, which is reported.
    pub fn take_in(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        findings: &mut Diagnostics,
    ) -> Option<Origin> {
        if bytes.len() as u64 > self.limits.bytes {
            let origin = self.sources.add(path.to_string_lossy(), String::new());
            let place = Span::new(origin, 0, 0);
            findings.push(limit_exceeded::bytes(place, self.limits.bytes));
            return None;
        }
        let (origin, valid) = self.text(Taken::spec(path), bytes, findings);
        valid.then_some(origin)
    }

    /// Takes bytes in as text; `false` if they are no UTF-8, which is reported.
    fn text(&self, taken: Taken<'_>, bytes: Vec<u8>, findings: &mut Diagnostics) -> (Origin, bool) {
        let add = |text| {
            let shown = taken.shown.to_string_lossy();
            self.sources
                .add_data(shown, text, taken.named_at, taken.is_verbatim)
        };
        added(bytes, add, findings)
    }
}

/// Adds bytes as text; `false` if they are no UTF-8, which is reported.
fn added(
    bytes: Vec<u8>,
    add: impl FnOnce(String) -> Origin,
    findings: &mut Diagnostics,
) -> (Origin, bool) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (add(text), true),
        Err(error) => error,
    };
    let at = error.utf8_error().valid_up_to();
    let origin = add(readable(error.into_bytes()));
    let place = Span::new(origin, at, at + 1);
    findings.push(crate::diagnostics::syntax::not_utf8(place));
    (origin, false)
}

/// The bytes as text of the same length: every byte that belongs to no character
/// becomes a question mark, so that offsets stay what they are in the file.
pub(crate) fn readable(bytes: Vec<u8>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
