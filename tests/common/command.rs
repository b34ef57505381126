//! Running the command as scripts and CI do.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The command, with nothing on its standard input.
pub(crate) fn mtp(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtp"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

/// Runs it: exit code (-1 for a signal), standard output, standard error.
pub(crate) fn run(command: &mut Command) -> (i32, String, String) {
    told(command.output().expect("a command that runs"))
}

/// The same with bytes on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> (i32, String, String) {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("a command that starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Who needs no input may end before it is written.
    if let Err(error) = stdin.write_all(input) {
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{error}");
    }
    drop(stdin);
    told(child.wait_with_output().expect("a command that ends"))
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A folder with these files.
pub(crate) fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}
