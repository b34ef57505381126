//! Text for reading: coloured where that is wanted, and through the user's pager where
//! it is longer than the terminal.

use super::shared::{Color, Failure};
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

const BOLD: &str = "\u{1b}[1m";
const CYAN: &str = "\u{1b}[36m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const RESET: &str = "\u{1b}[0m";

/// Shows Markdown on standard output.
pub(super) fn show(markdown: &str, color: Color) -> Result<(), Failure> {
    let is_terminal = io::stdout().is_terminal();
    let text = match color.wanted(is_terminal) {
        true => colored(markdown),
        false => markdown.to_owned(),
    };
    if is_terminal && is_longer_than_terminal(&text) && paged(&text) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stream(&error))
}

fn is_longer_than_terminal(text: &str) -> bool {
    let size = terminal_size::terminal_size();
    size.is_some_and(|(_, height)| text.lines().count() >= usize::from(height.0))
}

/// Gives the text to the program that `PAGER` names, else to `less`; `false` if that
/// cannot be done.
fn paged(text: &str) -> bool {
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // Leave at once if all fits, show colours, and keep the text on the screen.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut input) = child.stdin.take() {
        // A reader who has seen enough closes the pipe.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}

/// Markdown with its headings, code and the two kinds of examples in colours. The text
/// itself stays as it is.
fn colored(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len() * 2);
    let mut block: Option<&str> = None;
    // Code may go on in the next line.
    let mut in_code = false;
    for line in markdown.lines() {
        if let Some(info) = line.strip_prefix("```") {
            block = match block {
                Some(_) => None,
                None if info.contains(",bad") => Some(RED),
                None if info.ends_with(",good") => Some(GREEN),
                None => Some(CYAN),
            };
            text.extend([DIM, line, RESET, "\n"]);
        } else if let Some(color) = block {
            text.extend([color, line, RESET, "\n"]);
        } else if line.starts_with('#') {
            text.extend([BOLD, line, RESET, "\n"]);
        } else {
            for (at, part) in line.split('`').enumerate() {
                if at > 0 {
                    text.push('`');
                    in_code = !in_code;
                }
                match in_code {
                    true => text.extend([CYAN, part, RESET]),
                    false => text.push_str(part),
                }
            }
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::colored;

    /// The text without its escape sequences.
    fn plain(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| {
            all + part.split_once('m').map_or("", |(_, rest)| rest)
        })
    }

    #[test]
    fn colours_change_no_character() {
        for rule in crate::diagnostics::RULES {
            let text = colored(rule.page);
            assert_eq!(
                plain(&text).trim_end(),
                rule.page.trim_end(),
                "{}",
                rule.name
            );
            assert!(text.lines().count() > 5 && text.contains("\u{1b}[31m"));
        }
    }
}
