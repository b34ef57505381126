//! What was come across and not looked at: counted, and named where that is wanted.

use super::shared::{Checking, shown};
use crate::load::Kind;
use std::path::PathBuf;

/// Files and links that a run left out.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    /// Files that are no spec, with what they are.
    pub(super) files: Vec<(PathBuf, Kind)>,
    /// Links that are not followed, with what they lead to.
    pub(super) links: Vec<(PathBuf, &'static str)>,
}

/// How many are named where nothing else is to say.
const SHOWN: usize = 5;

impl Skipped {
    /// How many there are, as sentences with a blank before each; nothing if there are
    /// none.
    pub(super) fn counted(&self) -> String {
        let files = match self.files.len() {
            0 => String::new(),
            1 => " Skipped 1 that is no spec.".to_owned(),
            count => format!(" Skipped {count} that are no spec."),
        };
        let links = match self.links.len() {
            0 => String::new(),
            1 => " Did not follow 1 link.".to_owned(),
            count => format!(" Did not follow {count} links."),
        };
        files + &links
    }

    /// One line for each.
    fn lines(&self) -> Vec<String> {
        let files = self.files.iter().map(|(path, kind)| {
            let reason = match kind {
                Kind::Fragment => "no spec includes it",
                Kind::Emitted => "a model or template file, which is checked where it is named",
                _ => "neither `instructions` nor `tokens` at the top",
            };
            (path, reason)
        });
        let links = self.links.iter().map(|(path, reason)| (path, *reason));
        let mut all: Vec<_> = files.chain(links).collect();
        all.sort_unstable();
        all.into_iter()
            .map(|(path, reason)| format!("skipped {}: {reason}", shown(path)))
            .collect()
    }

    /// Names them all.
    pub(super) fn tell(&self, checking: &Checking) {
        for line in self.lines() {
            checking.reporting.summary(&line);
        }
    }

    /// Names them where there was nothing to check, some of many.
    pub(super) fn tell_alone(&self, checking: &Checking) {
        let lines = self.lines();
        let count = match checking.verbose {
            true => lines.len(),
            false => SHOWN,
        };
        for line in lines.iter().take(count) {
            checking.reporting.summary(line);
        }
        if lines.len() > count {
            let more = lines.len() - count;
            checking
                .reporting
                .summary(&format!("and {more} more, which -v names"));
        }
    }
}
