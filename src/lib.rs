//! `mtp`: a Model Train Protocol spec in, the model and template files out.
//!
//! ```text
//! source → syntax → ast → ir → validate → emit
//!  text     tree    spec  protocol  Valid    JSON
//! ```
//!
//! `load` reads what a spec names, through `data` where that is samples; `import` reads
//! model and template files back; `print` writes a spec; `stats` counts what a protocol
//! has; `split` divides its samples; `python` holds the text rules of the reference; every
//! stage puts what it finds into `diagnostics`, and `report` shows it. A module uses only
//! those before it in the list below.

pub mod source;
pub mod diagnostics;
pub mod python;
pub mod syntax;
pub mod ast;
pub mod print;
pub mod data;
pub mod load;
pub mod ir;
pub mod import;
pub mod validate;
pub mod stats;
pub mod split;
pub mod emit;
pub mod report;

#[doc(hidden)]
pub mod cli;

use diagnostics::{Diagnostic, Diagnostics, Levels};
use ir::{Format, Protocol};
use load::{Kind, Limits, Loader, Opened};
use source::{Files, SourceMap};
use std::path::Path;
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
    let mut findings = Diagnostics::default();
    let mut loader = Loader::new(sources, files, options.limits);
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
        return Outcome {
            kind,
            diagnostics: Vec::new(),
            protocol: None,
        };
    }
    if kind == Kind::Emitted {
        let diagnostics = check_emitted(sources, opened, findings, options);
        return Outcome {
            kind,
            diagnostics,
            protocol: None,
        };
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
        return Outcome {
            kind,
            diagnostics: findings.finish(sources, &levels),
            protocol: None,
        };
    };
    protocol.format = format.unwrap_or(protocol.format);
    let (diagnostics, protocol) = validate::validate(protocol, sources, &levels, findings);
    Outcome {
        kind,
        diagnostics,
        protocol,
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
        Some((protocol, _)) => validate::validate(protocol, sources, &levels, findings).0,
        None => findings.finish(sources, &levels),
    };
    import::adapt(&mut diagnostics);
    diagnostics
}
