//! The names of a spec and of all files it reads: where they are defined, where they are
//! used, and what is to say about them.

use crate::ast::{GuardrailRef, Instruction, Spec, Token, TokenSet, TokenSetRef};
use crate::diagnostics::Diagnostics;
use crate::ir::generated_key;
use crate::load::{Limits, Loader};
use crate::source::{Files, Overlay, SourceFile, SourceMap, Span, Text};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Token,
    TokenSet,
    Guardrail,
    Instruction,
}

impl Kind {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::Token => "token",
            Kind::TokenSet => "token set",
            Kind::Guardrail => "guardrail",
            Kind::Instruction => "instruction",
        }
    }
}

/// A name at a place.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The name as it is written, quotes included.
    pub(super) span: Span,
    /// Where it is used, in words; `None` where it is defined.
    pub(super) used_in: Option<Use>,
    /// The token set or the instruction that uses it; of one in a sample, none.
    pub(super) holder: Option<Arc<str>>,
}

/// Where a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    TokenSet,
    Instruction,
    Sample,
}

/// What is known of a name.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// In one line, such as `num 5…20`.
    pub(super) summary: String,
    /// The description, if there is one.
    pub(super) description: Option<String>,
    /// Whether a token can end an answer.
    pub(super) is_final: bool,
}

/// All names of a spec.
#[derive(Default)]
pub(super) struct Index {
    pub(super) sources: SourceMap,
    pub(super) mentions: Vec<Mention>,
    pub(super) about: BTreeMap<(Kind, String), About>,
    /// The files that could not be read, or only in parts.
    pub(super) broken: Vec<PathBuf>,
    /// There is a spec.
    pub(super) is_spec: bool,
}

impl Index {
    /// Reads a spec and all it names.
    pub(super) fn of(spec: &Path, overlay: &Overlay, limits: Limits) -> Index {
        let sources = SourceMap::default();
        let mut collector = Collector::default();
        let mut findings = Diagnostics::default();
        if let Ok(bytes) = overlay.read(spec, u64::from(u32::MAX)) {
            let mut loader = Loader::new(&sources, overlay, limits);
            let opened = loader.open(spec, bytes, &mut findings);
            let specs = loader.spec(spec, opened, &mut findings);
            let is_given =
                |given: &crate::ast::Given<bool>| given.value.as_ref().is_none_or(|v| v.value);
            collector.encrypt = specs
                .first()
                .and_then(|spec| spec.encrypt.as_ref())
                .is_none_or(is_given);
            collector.is_spec = !specs.is_empty();
            specs.iter().for_each(|spec| collector.spec(spec));
        }
        let broken = super::readable::broken(findings.iter(), &sources);
        let Collector {
            mentions,
            about,
            is_spec,
            ..
        } = collector;
        Index {
            sources,
            mentions,
            about,
            broken,
            is_spec,
        }
    }

    /// Whether all of the spec could be read.
    pub(super) fn is_whole(&self) -> bool {
        self.is_spec && self.broken.is_empty()
    }

    /// The file and the bytes of a mention.
    pub(super) fn place(&self, mention: &Mention) -> Option<(&SourceFile, Range<usize>)> {
        Some((self.sources.file(mention.span)?, mention.span.range()))
    }

    /// The mention at a byte of a file.
    pub(super) fn at(&self, file: &Path, offset: usize) -> Option<&Mention> {
        let is_here = |mention: &&Mention| {
            let range = mention.span.range();
            range.start <= offset
                && offset <= range.end
                && self
                    .sources
                    .file(mention.span)
                    .is_some_and(|other| super::documents::resolved(Path::new(&other.path)) == file)
        };
        // Files are resolved last: most mentions are elsewhere in the text.
        self.mentions.iter().find(is_here)
    }

    /// All mentions of the same thing, each place once: the definition first.
    pub(super) fn same<'i>(&'i self, mention: &'i Mention) -> Vec<&'i Mention> {
        let is_same = |other: &&Mention| other.kind == mention.kind && other.name == mention.name;
        let mut all: Vec<&Mention> = self.mentions.iter().filter(is_same).collect();
        all.sort_by_key(|other| other.used_in.is_some());
        let mut seen = std::collections::HashSet::new();
        all.retain(|other| {
            let file = self.sources.file(other.span).map(|file| file.path.as_str());
            seen.insert((file, other.span.start))
        });
        all
    }

    /// The names of a kind, in order, with what is known of them.
    pub(super) fn names(&self, kind: Kind) -> impl Iterator<Item = (&str, &About)> {
        let of_kind = self
            .about
            .iter()
            .filter(move |((other, _), _)| *other == kind);
        of_kind.map(|((_, name), about)| (name.as_str(), about))
    }

    pub(super) fn about(&self, mention: &Mention) -> Option<&About> {
        self.about.get(&(mention.kind, mention.name.clone()))
    }
}

#[derive(Default)]
struct Collector {
    mentions: Vec<Mention>,
    about: BTreeMap<(Kind, String), About>,
    encrypt: bool,
    /// The token set or the instruction that is looked through.
    holder: Option<Arc<str>>,
    is_spec: bool,
}

impl Collector {
    fn define(&mut self, kind: Kind, name: &Text<'_>, about: About) {
        self.mention(kind, name, None);
        self.about
            .entry((kind, name.value.to_string()))
            .or_insert(about);
    }

    fn mention(&mut self, kind: Kind, name: &Text<'_>, used_in: Option<Use>) {
        self.mentions.push(Mention {
            kind,
            name: name.value.to_string(),
            span: name.span,
            used_in,
            holder: self
                .holder
                .clone()
                .filter(|_| used_in.is_some_and(|used| used != Use::Sample)),
        });
    }

    fn spec(&mut self, spec: &Spec<'_>) {
        for token in &spec.tokens {
            let about = self.token(token);
            self.define(Kind::Token, &token.name, about);
        }
        for set in &spec.token_sets {
            if let Some(name) = &set.name {
                let tokens = set.tokens.iter().flatten().map(|token| &*token.value);
                let tokens: Vec<&str> = tokens.collect();
                let about = About {
                    summary: format!("[{}]", tokens.join(", ")),
                    ..About::default()
                };
                self.define(Kind::TokenSet, name, about);
            }
            self.holder = set.name.as_ref().map(|name| Arc::from(&*name.value));
            self.tokens_of(set, Use::TokenSet);
        }
        for guardrail in &spec.guardrails {
            let Some(name) = &guardrail.name else {
                continue;
            };
            let line = |name: &str, text: &Option<Text<'_>>| {
                let text = text.as_ref()?;
                Some(format!("- {name}: {}", text.value))
            };
            let lines = [
                line("good prompts", &guardrail.good_prompt),
                line("bad prompts", &guardrail.bad_prompt),
                line("answer to bad ones", &guardrail.bad_output),
            ];
            let samples = guardrail
                .samples
                .as_ref()
                .and_then(|given| given.value.as_ref());
            let about = About {
                summary: counted(samples.map_or(0, |samples| samples.value.len()), "sample"),
                description: Some(lines.into_iter().flatten().collect::<Vec<_>>().join("\n")),
                is_final: false,
            };
            self.define(Kind::Guardrail, name, about);
        }
        for instruction in &spec.instructions {
            self.instruction(instruction);
        }
    }

    fn token(&self, token: &Token<'_>) -> About {
        fn given<T>(given: &Option<crate::ast::Given<T>>) -> Option<&T> {
            let value = given.as_ref()?.value.as_ref()?;
            Some(&value.value)
        }
        let mut summary = token.token_type.name().to_owned();
        if let (Some(min), Some(max)) = (given(&token.min), given(&token.max)) {
            summary.push_str(&format!(", {min} to {max}"));
        }
        if let Some(length) = given(&token.length) {
            summary.push_str(&format!(", {}", counted(*length as usize, "number")));
        }
        let key = match given(&token.key) {
            Some(key) => key.to_string(),
            None => generated_key(&format!("{}_", token.name.value), self.encrypt),
        };
        summary.push_str(&format!(", key `{key}`"));
        About {
            summary,
            description: given(&token.desc).map(ToString::to_string),
            is_final: token.token_type.is_final(),
        }
    }

    fn tokens_of(&mut self, set: &TokenSet<'_>, used_in: Use) {
        for token in set.tokens.iter().flatten() {
            self.mention(Kind::Token, token, Some(used_in));
        }
    }

    fn set(&mut self, set: &TokenSetRef<'_>) {
        match set {
            TokenSetRef::Named(name) => self.mention(Kind::TokenSet, name, Some(Use::Instruction)),
            TokenSetRef::Inline(set) => self.tokens_of(set, Use::Instruction),
        }
    }

    fn instruction(&mut self, instruction: &Instruction<'_>) {
        let samples = counted(instruction.samples.len(), "sample");
        let about = About {
            summary: format!("{}, {samples}", instruction.instruction_type.name()),
            ..About::default()
        };
        self.define(Kind::Instruction, &instruction.name, about);
        self.holder = Some(Arc::from(&*instruction.name.value));
        let input = instruction
            .input
            .as_ref()
            .and_then(|given| given.value.as_ref());
        for set in input.iter().flat_map(|sets| sets.value.iter().flatten()) {
            self.set(set);
        }
        let output = instruction
            .output
            .as_ref()
            .and_then(|given| given.value.as_ref());
        if let Some(set) = output {
            self.set(&set.value);
        }
        let finals = instruction
            .finals
            .as_ref()
            .and_then(|given| given.value.as_ref());
        for name in finals
            .iter()
            .flat_map(|finals| finals.value.iter().flatten())
        {
            self.mention(Kind::Token, name, Some(Use::Instruction));
        }
        for (input, guardrail) in &instruction.guardrails {
            if input.value.parse::<usize>().is_err() {
                self.mention(Kind::TokenSet, input, Some(Use::Instruction));
            }
            if let Some(GuardrailRef::Named(name)) = guardrail {
                self.mention(Kind::Guardrail, name, Some(Use::Instruction));
            }
        }
        for sample in instruction.samples.iter().flatten() {
            if let Some(name) = sample.final_token.given() {
                self.mention(Kind::Token, name, Some(Use::Sample));
            }
        }
    }
}

/// `1 sample`, `3 samples`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
