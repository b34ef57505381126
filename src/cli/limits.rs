//! The limits that a command is told: how much a file of a stranger may ask for.

use super::shared::{did_you_mean, whole};
use crate::load::Limits;
use crate::syntax;
use clap::Args;

/// Whoever runs a command may set them; a spec or `mtp.toml` may not.
#[derive(Debug, Args)]
pub(super) struct LimitArgs {
    /// Set another limit of what is read: aliases, files, findings, name-bytes or nesting, such as
    /// findings=100
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit, help_heading = "Options")]
    set: Vec<Limit>,
}

impl LimitArgs {
    /// The limits for files of at most so many bytes; those of longer ones cannot be counted.
    pub(super) fn of(&self, bytes: u64) -> Limits {
        let mut limits = Limits {
            bytes: bytes.min(u64::from(u32::MAX) - 1),
            ..Limits::default()
        };
        for limit in &self.set {
            (limit.kind.set)(&mut limits, limit.most);
        }
        limits
    }
}

/// The bytes of a file, and what else is read of it.
#[derive(Debug, Args)]
pub(super) struct ReadingArgs {
    /// Refuse files of more bytes
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().bytes,
        value_parser = whole::<u64>, help_heading = "Options")]
    pub(super) max_bytes: u64,
    #[command(flatten)]
    others: LimitArgs,
}

impl ReadingArgs {
    /// What may be read.
    pub(super) fn limits(&self) -> Limits {
        self.others.of(self.max_bytes)
    }

    /// Whether the bytes of a file are limited on purpose.
    pub(super) fn are_bytes_given(&self) -> bool {
        self.max_bytes != Limits::default().bytes
    }
}

/// A limit that was given.
#[derive(Clone, Copy, Debug)]
struct Limit {
    kind: &'static Kind,
    most: usize,
}

/// What can be limited, from and to which number.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    least: usize,
    most: usize,
    set: fn(&mut Limits, usize),
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "aliases",
        least: 0,
        most: 10_000_000,
        set: |limits, most| limits.text.alias_nodes = Some(most),
    },
    Kind {
        name: "files",
        least: 0,
        most: 1_000_000,
        set: |limits, most| limits.files = most,
    },
    Kind {
        name: "findings",
        least: 1,
        most: 1_000_000,
        set: |limits, most| limits.findings = most,
    },
    Kind {
        name: "name-bytes",
        least: 1,
        most: 200,
        set: |limits, most| limits.name_bytes = most,
    },
    Kind {
        name: "nesting",
        least: 1,
        most: syntax::Limits::DEEPEST,
        set: |limits, most| limits.text.nesting = most,
    },
];

/// Reads a limit, such as `findings=100`.
fn limit(text: &str) -> Result<Limit, String> {
    let (name, most) = text
        .split_once('=')
        .ok_or("write it like findings=100".to_owned())?;
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        let names = KINDS.map(|kind| kind.name);
        return Err(format!("no limit `{name}`: {}", did_you_mean(name, &names)));
    };
    let most = whole(most)?;
    if !(kind.least..=kind.most).contains(&most) {
        let (least, most) = (kind.least, kind.most);
        return Err(format!("`{name}` goes from {least} to {most}"));
    }
    Ok(Limit { kind, most })
}
