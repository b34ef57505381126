//! `mtp`: a Model Train Protocol spec in, the model and template files out.
//!
//! ```text
//! source → syntax → ast → ir → validate → emit
//!  text     tree    spec  protocol  Valid    JSON
//! ```
//!
//! `load` reads what a spec names, through `data` where that is samples; `import` reads
//! model and template files back; `print` writes a spec, `format` lays one out; `stats` counts what a protocol
//! has; `split` divides its samples; `gguf` reads what a model file says, `tokenizer` counts by its vocabulary; `python` holds the text rules of the reference; every
//! stage puts what it finds into `diagnostics`, and `report` shows it; `lsp` answers editors. A module uses only
//! those before it in the list below.

pub mod parallel;
pub mod shard;
pub mod aside;
pub mod guard;
pub mod source;
pub mod diagnostics;
pub mod python;
pub mod syntax;
pub mod ast;
pub mod print;
pub mod format;
pub mod data;
pub mod load;
pub mod ir;
pub mod import;
pub mod validate;
pub mod stats;
pub mod split;
pub mod emit;
pub mod gguf;
pub mod tokenizer;
pub mod chat;
pub mod report;
pub mod lsp;
mod alone;
mod walk;

#[doc(hidden)]
pub mod cli;

use alone::Alone;
use ast::Spec;
use diagnostics::{Diagnostic, Diagnostics, Level, Levels, invalid_value, unused_key};
use ir::{Format, Protocol};
use load::{Foreign, Kind, Limits, Loader, Opened, Streaming, Wanted};
use source::{Disk, Files, SourceMap, Span};
use std::path::Path;
use std::sync::Arc;
use syntax::tree::{Node, Notation};
use validate::Valid;

/// What a compile is to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Levels that a spec's own go before, such as those of `mtp.toml`.
    pub project_levels: Levels,
    /// The bloom version of specs that name none.
    pub project_format: Option<Format>,
    /// Levels that go before a spec's own, such as those of the command line.
    pub levels: Levels,
    /// What may be read.
    pub limits: Limits,
    /// Which samples are wanted.
    pub wanted: Wanted,
    /// How large files of samples are read, if not all samples have to be held: the protocol
    /// is good for [`emit::model`] and [`emit::template`] then, and for those that read the
    /// samples again.
    pub streaming: Option<Streaming>,
    /// What else is looked at, such as whether a chat template renders all samples.
    pub chat: Option<Arc<chat::Checks>>,
}

/// What came of a file.
#[derive(Debug)]
pub struct Outcome<'s> {
    /// What the file is.
    pub kind: Kind,
    /// The findings, levels applied, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The protocol, if no finding is an error.
    pub protocol: Option<Valid<Protocol<'s>>>,
}

/// Whether a file is taken for a spec whatever it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was named: it is a spec.
    AsSpec,
    /// It was come across: it is looked at, and left alone unless it is a spec.
    IfSpec,
}

/// Compiles the spec at `path` from its bytes and whatever it names: everything that
/// is to say about it, and the protocol if nothing speaks against emitting it.
pub fn check<'s>(
    sources: &'s SourceMap,
    files: &dyn Files,
    path: &Path,
    bytes: Vec<u8>,
    taken: Taken,
    options: &Options,
) -> Outcome<'s> {
    checked(sources, files, (path, bytes), taken, options, None)
}

/// Compiles the spec as if it named the bloom version `format`.
pub fn check_as<'s>(
    format: Format,
    sources: &'s SourceMap,
    files: &dyn Files,
    path: &Path,
    bytes: Vec<u8>,
    options: &Options,
) -> Outcome<'s> {
    let file = (path, bytes);
    checked(sources, files, file, Taken::AsSpec, options, Some(format))
}

fn checked<'s>(
    sources: &'s SourceMap,
    files: &dyn Files,
    (path, bytes): (&Path, Vec<u8>),
    taken: Taken,
    options: &Options,
    format: Option<Format>,
) -> Outcome<'s> {
    let is_for_both = |chat: &Arc<chat::Checks>| !chat.is_for_specs;
    if options.chat.as_ref().is_some_and(is_for_both) && taken == Taken::AsSpec {
        // What was chosen is as good for messages; a spec is read once more.
        let own = SourceMap::default();
        if conversations(&own, path, bytes.clone(), &[], &Options::default()).is_some() {
            let made = conversations(sources, path, bytes, &[], options);
            return Outcome {
                kind: Kind::Spec,
                diagnostics: made.map(|made| made.diagnostics).unwrap_or_default(),
                protocol: None,
            };
        }
    }
    let mut findings = Diagnostics::of_at_most(options.limits.findings);
    if taken == Taken::AsSpec
        && let Some(foreign) = Foreign::of(path, &bytes)
    {
        // What is no text is not shown.
        let text = String::from_utf8(bytes).unwrap_or_default();
        let first = text.lines().next().map_or(0, str::len);
        let origin = sources.add(path.to_string_lossy(), text);
        findings.push(foreign.finding(Span::new(origin, 0, first)));
        return refused(Kind::Spec, findings.finish(sources, &Levels::default()));
    }
    let mut loader = Loader::new(sources, files, options.limits).wanting(&options.wanted);
    let streaming = options.streaming.as_ref();
    loader = loader.counting(streaming.map(|streaming| &*streaming.seen));
    let streaming = streaming.filter(|streaming| bytes.len() <= streaming.spec);
    let alone = streaming.map(|_| Alone::new((path, &bytes), files, options, format));
    if let Some((streaming, alone)) = streaming.zip(alone.as_ref()) {
        loader = loader.streaming(streaming, alone);
    }
    let opened = loader.open(path, bytes, &mut findings);
    let kind = opened.kind();
    let by_name = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains(".mtp."));
    let is_wanted = match kind {
        Kind::Emitted => taken == Taken::AsSpec,
        _ => taken == Taken::AsSpec || by_name || matches!(kind, Kind::Spec | Kind::Broken),
    };
    if !is_wanted {
        return refused(kind, Vec::new());
    }
    if kind == Kind::Emitted {
        let opened = loader.whole(opened);
        return refused(kind, check_emitted(sources, opened, findings, options));
    }
    if let Some(foreign) = opened.foreign() {
        let mut findings = Diagnostics::of_at_most(options.limits.findings);
        findings.push(foreign.finding(opened.place()));
        return refused(Kind::Spec, findings.finish(sources, &Levels::default()));
    }
    let kind = if kind == Kind::Broken {
        kind
    } else {
        Kind::Spec
    };
    let specs = loader.spec(path, opened, &mut findings);
    let made = ir::protocol(specs, options.project_format, &mut findings);
    let own = made
        .as_ref()
        .map(|(_, levels)| levels.clone())
        .unwrap_or_default();
    let levels = options.project_levels.under(&own).under(&options.levels);
    let Some((mut protocol, _)) = made else {
        return refused(kind, findings.finish(sources, &levels));
    };
    protocol.format = format.unwrap_or(protocol.format);
    if let Some(checks) = &options.chat {
        checks.protocol(&protocol, sources, &mut findings);
    }
    let (diagnostics, protocol) =
        validate::validate(protocol, sources, &levels, &options.limits, findings);
    Outcome {
        kind,
        diagnostics,
        protocol,
    }
}

/// What comes of a file that no protocol can be made of.
fn refused<'s>(kind: Kind, diagnostics: Vec<Diagnostic>) -> Outcome<'s> {
    Outcome {
        kind,
        diagnostics,
        protocol: None,
    }
}

/// Holds a model or template file against its schema and, as far as they apply, the
/// rules for specs. Nothing is built from it.
fn check_emitted<'s>(
    sources: &'s SourceMap,
    opened: Opened<'s>,
    mut findings: Diagnostics,
    options: &Options,
) -> Vec<Diagnostic> {
    let levels = options
        .project_levels
        .under(&options.levels)
        .under(&import::levels());
    let spec = opened
        .into_root()
        .and_then(|root| import::read(root, &mut findings));
    let made = spec.and_then(|spec| ir::protocol(vec![spec], None, &mut findings));
    let mut diagnostics = match made {
        Some((protocol, _)) => {
            validate::validate(protocol, sources, &levels, &options.limits, findings).0
        }
        None => findings.finish(sources, &levels),
    };
    import::adapt(&mut diagnostics);
    diagnostics
}

/// The conversations of a file, and what is to say about them.
#[derive(Debug)]
pub struct Conversations {
    /// The findings, levels applied, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The conversations; none if a finding is an error.
    pub given: Vec<chat::given::Given>,
}

/// Reads the conversations at `path` from their bytes: JSON Lines, by their name or what
/// they hold, or a document as [`chat::given::read`] takes it. Roles that are not known have to be among `roles`.
/// `None` if the file holds something else, which may be a spec.
pub fn conversations(
    sources: &SourceMap,
    path: &Path,
    bytes: Vec<u8>,
    roles: &[String],
    options: &Options,
) -> Option<Conversations> {
    let name = path.to_string_lossy();
    let is_lines =
        name.ends_with(".jsonl") || name.ends_with(".ndjson") || chat::given::is_lines(&bytes);
    let mut findings = Diagnostics::of_at_most(options.limits.findings);
    let given = if is_lines {
        let loader = Loader::new(sources, &Disk, options.limits);
        let origin = loader.take_in(path, bytes, &mut findings);
        origin.map_or_else(Vec::new, |origin| {
            chat::given::read_lines(sources, origin, roles, &mut findings)
        })
    } else {
        let loader = Loader::new(sources, &Disk, options.limits);
        let opened = loader.open(path, bytes, &mut findings);
        // Of JSON that is broken nobody knows what it was to hold.
        let is_json = Notation::of_path(&name) == Some(Notation::Json);
        let is_broken = is_json && opened.kind() == Kind::Broken;
        let root = loader.whole(opened).into_root();
        match root.filter(chat::given::is_conversations) {
            Some(root) => chat::given::read(root, roles, &mut findings),
            None if is_broken => Vec::new(),
            None => return None,
        }
    };
    if let Some(checks) = &options.chat {
        checks.given(&given, &mut findings);
    }
    let levels = options.project_levels.under(&options.levels);
    let diagnostics = findings.finish(sources, &levels);
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    let given = if has_error { Vec::new() } else { given };
    Some(Conversations { diagnostics, given })
}

/// What came of a file that is to become a spec.
#[derive(Debug, Default)]
pub struct Imported<'s> {
    /// The findings, levels applied, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The spec, if no finding is an error.
    pub spec: Option<Spec<'s>>,
    /// What was not looked at, if the file holds more than was.
    pub note: Option<String>,
}

/// Reads a model file and makes the spec that builds it. What the spec cannot say is
/// told as `unused-key`, a warning unless `options` has it otherwise.
pub fn import_model<'s>(
    sources: &'s SourceMap,
    path: &Path,
    bytes: Vec<u8>,
    options: &Options,
) -> Imported<'s> {
    let mut findings = Diagnostics::of_at_most(options.limits.findings);
    let loader = Loader::new(sources, &Disk, options.limits);
    let opened = loader.whole(loader.open(path, bytes, &mut findings));
    let origin = opened.origin;
    let is_model = opened.kind() == Kind::Emitted;
    if opened.kind() != Kind::Broken && !is_model {
        findings.push(match opened.document().map(|document| &document.root) {
            Some(None) => invalid_value::empty_model_file(opened.place()),
            _ => invalid_value::no_model_file(opened.place()),
        });
    }
    if !is_model {
        return Imported {
            diagnostics: findings.finish(sources, &options.levels),
            ..Imported::default()
        };
    }
    let mut diagnostics = check_emitted(sources, opened, findings, options);
    // What is only doubtful can be seen, and mended, in the spec.
    diagnostics.retain(Diagnostic::is_error);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Imported {
            diagnostics,
            ..Imported::default()
        };
    }
    let notation = Notation::of_path(&path.to_string_lossy()).unwrap_or(Notation::Yaml);
    let again = || syntax::tree(sources, origin, notation).root;
    let spec = again().and_then(|root| import::spec(root));
    let mut findings = Diagnostics::of_at_most(options.limits.findings);
    match &spec {
        Some(spec) => {
            let rebuilt = SourceMap::default();
            let root = rebuild(&rebuilt, spec, &options.levels);
            match again().zip(root) {
                Some((original, root)) => import::lost(original, root, &mut findings),
                None => findings.push(invalid_value::not_rebuilt(spec.first_key)),
            }
        }
        None => findings.push(invalid_value::template_file(Span::new(origin, 0, 0))),
    }
    let mut levels = Levels::default();
    levels.set(&unused_key::RULE, Level::Warn);
    diagnostics.extend(findings.finish(sources, &levels.under(&options.levels)));
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    Imported {
        diagnostics,
        spec: spec.filter(|_| !has_error),
        note: None,
    }
}

/// The model file that is built from a spec, read back; `None` if it does not build.
fn rebuild<'s>(sources: &'s SourceMap, spec: &Spec<'_>, levels: &Levels) -> Option<Node<'s>> {
    let notation = Notation::Json;
    let text = print::text(&print::from_ast(spec, notation), notation);
    let own = SourceMap::default();
    let options = Options {
        limits: Limits {
            bytes: u64::from(u32::MAX) - 1,
            ..Limits::default()
        },
        levels: levels.clone(),
        ..Options::default()
    };
    let path = Path::new("spec.json");
    let outcome = check(&own, &Disk, path, text.into(), Taken::AsSpec, &options);
    let mut model = Vec::new();
    emit::model(&outcome.protocol?, &mut model).ok()?;
    let origin = sources.add("model.json", String::from_utf8(model).ok()?);
    syntax::tree(sources, origin, notation).root
}

/// Reads the table at `path`, such as CSV, from its bytes. It is judged by the rules for
/// specs, so that what is wrong shows in the table and not in what is made of it.
pub fn import_table<'s>(
    sources: &'s SourceMap,
    path: &Path,
    bytes: Vec<u8>,
    wanted: &import::table::Options,
    options: &Options,
) -> Imported<'s> {
    let mut findings = Diagnostics::of_at_most(options.limits.findings);
    let levels = options.project_levels.under(&options.levels);
    let limit = options.limits.bytes;
    if bytes.len() as u64 > limit {
        let origin = sources.add(path.to_string_lossy(), String::new());
        let place = source::Span::new(origin, 0, 0);
        findings.push(diagnostics::limit_exceeded::bytes(place, limit));
        return Imported {
            diagnostics: findings.finish(sources, &levels),
            ..Imported::default()
        };
    }
    let table =
        import::table::Table::read(sources, path, bytes, limit, wanted.delimiter, &mut findings);
    let spec = table
        .as_ref()
        .and_then(|table| table.spec(wanted, &mut findings));
    // Judging a spec takes it apart.
    let twin = table
        .as_ref()
        .filter(|_| spec.is_some())
        .and_then(|table| table.spec(wanted, &mut Diagnostics::default()));
    let made = twin.and_then(|twin| ir::protocol(vec![twin], None, &mut findings));
    let (mut diagnostics, is_whole) = match made {
        Some((protocol, own)) => {
            let levels = options.project_levels.under(&own).under(&options.levels);
            let (diagnostics, valid) =
                validate::validate(protocol, sources, &levels, &options.limits, findings);
            (diagnostics, valid.is_some())
        }
        None => (findings.finish(sources, &levels), false),
    };
    let note = table.as_ref().and_then(|table| table.of_several());
    if let Some(table) = table {
        table.adapt(sources, &mut diagnostics);
    }
    Imported {
        diagnostics,
        spec: spec.filter(|_| is_whole),
        note,
    }
}
