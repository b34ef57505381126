//! `mtp man`: the manual pages, made from the help.

use super::outputs::{Staged, make_folder_of};
use super::shared::{Failure, Outcome, did_you_mean};
use clap::{Args, Command};
use clap_mangen::Man;
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mtp man | man -l -\n  mtp man validate | man -l -\n  \
  mtp man -o ~/.local/share/man/man1    # installs all pages: man mtp-validate"
)]
pub(super) struct ManPages {
    /// The page of this command [default: that of mtp]
    #[arg(value_name = "COMMAND", conflicts_with = "out_dir")]
    command: Option<String>,
    /// Write all pages into this folder
    #[arg(short, long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
}

impl ManPages {
    pub(super) fn run(self, command: Command) -> Result<Outcome, Failure> {
        let command = command.disable_help_subcommand(true);
        let pages = pages(command);
        if let Some(folder) = &self.out_dir {
            for (name, page) in &pages {
                let path = folder.join(format!("{name}.1"));
                make_folder_of(&path)?;
                Staged::write(&path, |out| out.write_all(page))?.commit()?;
            }
            return Ok(Outcome::Clean);
        }
        let wanted = match &self.command {
            Some(command) => format!("mtp-{command}"),
            None => "mtp".to_owned(),
        };
        let found = pages.iter().find(|(name, _)| *name == wanted);
        let Some((_, page)) = found else {
            let names = pages
                .iter()
                .filter_map(|(name, _)| name.strip_prefix("mtp-"));
            let names: Vec<&str> = names.collect();
            let name = self.command.unwrap_or_default();
            let help = match crate::diagnostics::nearest(&name, names.iter().copied()) {
                Some(_) => did_you_mean(&name, &names),
                None => "`mtp --help` lists all commands".to_owned(),
            };
            return Err(Failure::of(format!("no command is called `{name}`"), help));
        };
        let mut out = io::stdout().lock();
        let written = out.write_all(page).and_then(|()| out.flush());
        written.map_err(|error| Failure::stream(&error))?;
        Ok(Outcome::Clean)
    }
}

/// Every page by its name, that of `mtp` first.
fn pages(mut command: Command) -> Vec<(String, Vec<u8>)> {
    command.build();
    let mut pages = vec![("mtp".to_owned(), page(command.clone()))];
    let own = command.get_subcommands();
    own.for_each(|command| pages_of("mtp", command, &mut pages));
    pages
}

/// The page of a command, then those of its own commands, such as `mtp-gguf-info`.
fn pages_of(above: &str, command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = format!("{above}-{}", command.get_name());
    let named = command
        .clone()
        .name(name.clone())
        .display_name(name.clone());
    pages.push((name.clone(), page(named)));
    let own = command.get_subcommands();
    own.for_each(|command| pages_of(&name, command, pages));
}

fn page(command: Command) -> Vec<u8> {
    let is_first = command.get_name() == "mtp";
    let mut page = Vec::new();
    // A vector takes whatever is written to it.
    let _ = Man::new(command).render(&mut page);
    // What stands below the help of a command: examples, and what is said of them.
    let page = String::from_utf8_lossy(&page);
    let mut sections = page.split("\n.SH ").map(str::to_owned).collect::<Vec<_>>();
    sections.retain(|section| !section.starts_with("EXTRA") || !is_first);
    for section in &mut sections {
        if let Some(text) = section.strip_prefix("EXTRA\n") {
            let text = text.trim_start_matches("Example:\n");
            *section = format!("EXAMPLES\n{text}");
        }
    }
    let at = sections
        .iter()
        .position(|section| section.starts_with("EXAMPLES"));
    let at = at.or_else(|| {
        sections
            .iter()
            .position(|section| section.starts_with("VERSION"))
    });
    sections.insert(
        at.unwrap_or(sections.len()),
        EXIT_STATUS.trim_end().to_owned(),
    );
    if !is_first {
        sections.push("\"SEE ALSO\"\nmtp(1)".to_owned());
    }
    (sections.join("\n.SH ") + "\n").into_bytes()
}

/// What a command ends with, as a section of a page.
const EXIT_STATUS: &str = "\
\"EXIT STATUS\"
.TP
0
all done and no error found
.TP
1
an error in a spec, or \\-\\-check found a difference
.TP
2
the command could not do its work
";
