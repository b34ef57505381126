//! The command line: one command a file. Only here are files written, streams used
//! and exit codes chosen.

mod baseline;
mod behind;
mod build;
mod completions;
mod convert;
mod explain;
mod export;
mod filter;
mod fix;
mod fmt;
mod gguf;
mod groups;
mod import;
mod init;
mod inputs;
mod leftovers;
mod limits;
mod lsp;
mod man;
mod merge;
mod outputs;
mod page;
mod parse;
mod parts;
mod patch;
mod progress;
mod project;
mod render;
mod report_files;
mod reporting;
mod rows;
mod sample_files;
mod schema;
mod shared;
mod shells;
mod skipped;
mod specs;
mod split;
mod stats;
mod templates;
mod tokens;
mod validate;
mod version;
mod watch;

use crate::report::escaped;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use shared::{Failure, Outcome};
use std::ffi::OsString;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};

/// Declarative Model Train Protocol: a spec in, the model and template files out,
/// every mistake at its exact place.
#[derive(Debug, Parser)]
#[command(
    name = "mtp",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 all done and no error found; 1 an error in a spec, or --check \
found a difference; 2 the command could not do its work."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check specs and write their model and template files
    Build(build::Build),
    /// Build specs again whenever one of their files changes
    Watch(watch::Watch),
    /// Check specs and write their template files alone
    Template(build::Template),
    /// Check specs and show every mistake at its place
    #[command(alias = "check")]
    Validate(validate::Validate),
    /// Join the parts that `build --shard` wrote into the model and template files
    Merge(merge::Merge),
    /// Lay out specs the canonical way, comments and all
    Fmt(fmt::Fmt),
    /// Write a spec in another notation: YAML, TOML or JSON
    Convert(convert::Convert),
    /// Serve an editor: findings, completion, hover and more while specs are written
    Lsp(lsp::Lsp),
    /// Print a script by which a shell completes commands, files and rules
    Completions(completions::Completions),
    /// Print the manual pages
    Man(man::ManPages),
    /// Show the page of a rule, or list all rules
    Explain(explain::Explain),
    /// Print a JSON Schema: of the spec, or of the files that are written
    Schema(schema::Schema),
    /// Make a spec of a model file or a table
    Import(import::Import),
    /// Write a first spec, ready to be checked and built
    Init(init::Init),
    /// Show what specs hold: tokens, samples, lengths, formats
    Stats(stats::Stats),
    /// Divide a spec into one to train with and one to evaluate with
    Split(split::Split),
    /// Write the samples as rows that other models are trained on
    Export(export::Export),
    /// Render samples or messages with a chat template
    Render(render::Render),
    /// Write a file of conversations in another format: OpenAI, ShareGPT, airoboros
    Rows(rows::Rows),
    /// Read rendered text back, and judge a model's answers by a spec
    Parse(parse::Parse),
    /// Show what a model file of llama.cpp holds: keys, tensors, quantisation
    Gguf(gguf::Gguf),
    /// Count the tokens that samples are for a language model
    Tokens(tokens::Tokens),
}

/// The commands by what people want to do, in the order of the help.
const GROUPS: &[groups::Group] = &[
    ("Start", &["init"]),
    ("Check", &["validate", "fmt"]),
    ("Build", &["build", "watch", "template", "merge", "split"]),
    ("Bring data in", &["import", "convert"]),
    ("Train other models", &["export", "rows", "render", "parse"]),
    (
        "Understand",
        &["stats", "tokens", "gguf", "explain", "schema"],
    ),
    ("Work in", &["lsp", "completions", "man"]),
];

/// Makes a write beyond the size that the system allows for files (`ulimit -f`) fail as one to a
/// full disk does, where the signal would end the process before anything could be told.
fn survive_large_files() {
    #[cfg(unix)]
    {
        // Nobody looks at the flag; that the signal is caught is enough.
        let caught = Arc::new(AtomicBool::new(false));
        // Without it, the process ends as others do.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, caught);
    }
}

/// Runs the command of this process's arguments.
pub fn run() -> ExitCode {
    survive_large_files();
    let parse = |arguments: Vec<OsString>| {
        groups::grouped::<Arguments>(GROUPS)
            .long_version(version::long())
            .try_get_matches_from(arguments)
            .and_then(|matches| Arguments::from_arg_matches(&matches))
    };
    let arguments = match parse(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // What is told repeats arguments, and a terminal may obey what is in them.
            let visible = |text: OsString| escaped(&text.to_string_lossy()).into_owned().into();
            let error = parse(std::env::args_os().map(visible).collect())
                .err()
                .unwrap_or(error);
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
                _ => ExitCode::from(code),
            };
        }
    };
    let result = match arguments.command {
        Command::Build(command) => command.run(),
        Command::Watch(command) => command.run(),
        Command::Template(command) => command.run(),
        Command::Validate(command) => command.run(),
        Command::Merge(command) => command.run(),
        Command::Fmt(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Lsp(command) => command.run(),
        Command::Completions(command) => command.run(Arguments::command()),
        Command::Man(command) => command.run(Arguments::command()),
        Command::Explain(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Stats(command) => command.run(),
        Command::Split(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Render(command) => command.run(),
        Command::Parse(command) => command.run(),
        Command::Rows(command) => command.run(),
        Command::Gguf(command) => command.run(),
        Command::Tokens(command) => command.run(),
    };
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Faulty) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Told(message)) => {
            shared::tell(&message);
            ExitCode::from(2)
        }
    }
}
