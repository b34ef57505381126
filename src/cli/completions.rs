//! `mtp completions`: a script that makes a shell complete commands, options, files and
//! rules.

use super::shared::{Failure, Outcome};
use super::shells::more;
use crate::diagnostics::{Level, RULES};
use clap::builder::PossibleValuesParser;
use clap::{Args, Command, ValueHint};
use clap_complete::{Shell, generate};
use std::io::{self, Write};

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
  mtp completions bash > ~/.local/share/bash-completion/completions/mtp\n  \
  mtp completions zsh > ~/.zfunc/_mtp    # with fpath+=~/.zfunc before compinit\n  \
  mtp completions fish > ~/.config/fish/completions/mtp.fish\n  \
  mtp completions powershell | Out-String | Invoke-Expression    # a line of $PROFILE\n  \
  mtp completions elvish > ~/.config/elvish/lib/mtp.elv    # with `use mtp` in rc.elv")]
pub(super) struct Completions {
    /// The shell to write for
    #[arg(value_enum)]
    shell: Shell,
}

/// Values that are paths, by what the help calls them.
const PATHS: [(&str, ValueHint); 8] = [
    ("PATH", ValueHint::AnyPath),
    ("SPEC", ValueHint::FilePath),
    ("FILE", ValueHint::FilePath),
    ("PART", ValueHint::FilePath),
    ("TEXT-FILE", ValueHint::FilePath),
    ("SPEC|MESSAGES", ValueHint::FilePath),
    ("TEMPLATE", ValueHint::AnyPath),
    ("DIR", ValueHint::DirPath),
];

impl Completions {
    pub(super) fn run(self, command: Command) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        let mut command = completed(command);
        generate(self.shell, &mut command, "mtp", &mut script);
        let script = more(
            self.shell,
            &command,
            String::from_utf8_lossy(&script).into_owned(),
        );
        let mut out = io::stdout().lock();
        let written = out.write_all(script.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::stream(&error))?;
        Ok(Outcome::Clean)
    }
}

/// The command line with everything that can be offered.
fn completed(command: Command) -> Command {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let silent = RULES.iter().filter(|rule| !rule.locked);
    let levels: Vec<String> = silent
        .flat_map(|rule| Level::NAMES.map(|level| format!("{}={level}", rule.name)))
        .collect();
    let formats = crate::report::Format::NAMES;
    let pages: Vec<String> = pages(&command);
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let (is_explain, is_man) = (name == "explain", name == "man");
        command.mut_args(|argument| {
            let id = argument.get_id().as_str().to_owned();
            let names = argument.get_value_names().unwrap_or_default();
            let called = names.first().map_or("", |name| name.as_str());
            let hint = PATHS.iter().find(|(name, _)| *name == called);
            let argument = match hint {
                Some((_, hint)) => argument.value_hint(*hint),
                None => argument,
            };
            match id.as_str() {
                "rule" if is_explain => argument.value_parser(PossibleValuesParser::new(&rules)),
                "command" if is_man => {
                    argument.value_parser(PossibleValuesParser::new(pages.clone()))
                }
                "rules" => argument.value_parser(PossibleValuesParser::new(levels.clone())),
                "output_format" => argument.value_parser(PossibleValuesParser::new(formats)),
                _ => match words(&name, &id) {
                    [] => argument,
                    words => argument.value_parser(PossibleValuesParser::new(words)),
                },
            }
        })
    })
}

/// The commands that have a manual page, as `mtp man` takes them: `gguf-info`, too.
fn pages(command: &Command) -> Vec<String> {
    let own = command
        .get_subcommands()
        .filter(|own| own.get_name() != "help");
    let named = own.flat_map(|own| {
        let below = pages(own).into_iter();
        let below = below.map(|below| format!("{}-{below}", own.get_name()));
        std::iter::once(own.get_name().to_owned()).chain(below)
    });
    named.collect()
}

/// The words that an option takes which checks them by itself.
fn words(command: &str, option: &str) -> &'static [&'static str] {
    match (command, option) {
        ("schema", "format") => &crate::ir::Format::NAMES,
        ("init", "kind") => &super::init::NAMES,
        ("export", "to") => &crate::chat::export::Format::NAMES,
        ("rows", "to") => &super::rows::NAMES,
        (_, "platform") => &crate::chat::Platform::NAMES,
        ("tokens", "encoding") => &crate::tokenizer::ENCODINGS,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{PATHS, completed};
    use crate::cli::Arguments;
    use clap::{CommandFactory, ValueHint};

    #[test]
    fn every_path_is_known_as_one() {
        let command = completed(Arguments::command());
        let arguments = command.get_subcommands().flat_map(|command| {
            let name = command.get_name();
            command
                .get_arguments()
                .map(move |argument| (name, argument))
        });
        let mut used = Vec::new();
        for (command, argument) in arguments {
            let names = argument.get_value_names().unwrap_or_default();
            let called = names.first().map_or("", |name| name.as_str());
            let is_path = ["PATH", "SPEC", "FILE", "PART", "DIR"].contains(&called);
            let is_hinted = argument.get_value_hint() != ValueHint::Unknown;
            assert!(is_path <= is_hinted, "{command}: {called}");
            used.push(called.to_owned());
        }
        for (called, _) in PATHS {
            assert!(used.iter().any(|used| used == called), "{called}");
        }
    }
}
