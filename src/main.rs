//! The command `mtp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mtp::cli::run()
}
