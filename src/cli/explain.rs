//! `mtp explain`: a rule's page, or the list of rules.

use super::shared::{Failure, Outcome, did_you_mean};
use crate::diagnostics::{self, RULES};
use clap::Args;
use std::io::{self, Write};

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp explain undefined-token")]
pub(super) struct Explain {
    /// A rule's id, such as undefined-token [default: list all rules]
    rule: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let text = match &self.rule {
            None => list(),
            Some(name) => {
                let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
                let rule = diagnostics::rule(name);
                let rule = rule.ok_or_else(|| {
                    Failure::of(
                        format!("no rule is called `{name}`"),
                        did_you_mean(name, &names),
                    )
                })?;
                rule.page.to_owned()
            }
        };
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::stream(&error))?;
        Ok(Outcome::Clean)
    }
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut rules: Vec<_> = RULES.to_vec();
    rules.sort_by_key(|rule| rule.name);
    let line = |rule: &&diagnostics::Rule| {
        let lock = if rule.locked { "!" } else { " " };
        format!(
            "{:width$}  {:7}{lock} {}\n",
            rule.name,
            rule.severity.name(),
            rule.summary()
        )
    };
    let lines: String = rules.iter().map(line).collect();
    format!("{lines}\n! always an error: without the rule nothing can be built\n")
}
