//! Tells the program the commit that it is built from, for `mtp --version`. Without git, or
//! outside of a repository, nothing is told. A build for development is told nothing, so
//! that a commit does not make it stale.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile != "release") {
        return;
    }
    // Of the repository of this project alone, not of one that this lies in.
    if !Path::new(".git").exists() {
        return;
    }
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let arguments = ["rev-parse", "--short=12", "HEAD"];
    let output = Command::new("git").args(arguments).output().ok();
    let commit = output
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    if let Some(commit) = commit {
        println!("cargo::rustc-env=MTP_COMMIT={}", commit.trim());
    }
}
