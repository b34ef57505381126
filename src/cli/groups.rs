//! The commands in the help, by what people want to do. `clap` lists them all under one
//! heading.

use clap::builder::StyledStr;
use clap::{Command, CommandFactory};
use std::fmt::Write;

/// A heading and the names of its commands, in their order.
pub(super) type Group = (&'static str, &'static [&'static str]);

/// The command line of `A`, its help with the commands in groups.
pub(super) fn grouped<A: CommandFactory>(groups: &[Group]) -> Command {
    let command = A::command();
    let listed = listed(&command, groups);
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{listed}\n{}Options:{:#}\n{{options}}{{after-help}}",
        command.get_styles().get_header(),
        command.get_styles().get_header(),
    );
    command.help_template(StyledStr::from(template))
}

/// The groups as they are shown.
fn listed(command: &Command, groups: &[Group]) -> String {
    let header = command.get_styles().get_header();
    let literal = command.get_styles().get_literal();
    let names = groups.iter().flat_map(|(_, names)| names.iter());
    let width = names.map(|name| name.len()).max().unwrap_or_default();
    let mut listed = String::new();
    for (heading, names) in groups {
        // Writing to a string does not fail.
        let _ = writeln!(listed, "{header}{heading}:{header:#}");
        for name in *names {
            let about = command
                .find_subcommand(name)
                .and_then(Command::get_about)
                .map(ToString::to_string)
                .unwrap_or_default();
            let _ = writeln!(listed, "  {literal}{name:width$}{literal:#}  {about}");
        }
        listed.push('\n');
    }
    let _ = writeln!(
        listed,
        "`mtp help COMMAND` says more about one, with an example."
    );
    listed
}

#[cfg(test)]
mod tests {
    use crate::cli::{Arguments, GROUPS};
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_is_in_one_group() {
        let command = Arguments::command();
        let commands: BTreeSet<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        let grouped: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        let unique: BTreeSet<&str> = grouped.iter().copied().collect();
        assert_eq!(
            unique, commands,
            "GROUPS in src/cli/mod.rs against the commands"
        );
        assert_eq!(
            unique.len(),
            grouped.len(),
            "a command stands in two groups"
        );
    }
}
