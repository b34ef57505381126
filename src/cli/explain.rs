//! `mtp explain`: a rule's page, or the list of rules.

use super::page;
use super::shared::{Color, Failure, Outcome, did_you_mean};
use crate::diagnostics::{self, RULES};
use clap::Args;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp explain undefined-token")]
pub(super) struct Explain {
    /// A rule's id, such as undefined-token [default: list all rules]
    rule: Option<String>,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto")]
    color: Color,
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
        page::show(&text, self.color)?;
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
