//! What went wrong in a template, with its place there.

use minijinja::{Error, ErrorKind};
use std::fmt;
use std::ops::Range;

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The template is no Jinja.
    Syntax,
    /// The template refuses these messages with `raise_exception`.
    Raised,
    /// It did not end within its steps, its output or its depth.
    Limit,
    /// Any other error while it ran.
    Running,
    /// It ran, but its output cannot be used as was asked.
    Output,
}

/// A fault.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What kind it is.
    pub kind: FaultKind,
    /// What is wrong: lower case, no final period; of `raise_exception` the text as it is.
    pub message: String,
    /// The bytes of the template where it happened, if they are known.
    pub range: Option<Range<usize>>,
}

impl Fault {
    /// A fault of what came out, which has no place in the template.
    pub(in crate::chat) fn output(message: impl Into<String>) -> Fault {
        Fault {
            kind: FaultKind::Output,
            message: message.into(),
            range: None,
        }
    }

    /// The fault that an error of the engine means; its place is in the text that the
    /// engine was given.
    pub(super) fn of(error: &Error) -> Fault {
        if let Some(raised) = find::<Raised>(error) {
            return Fault {
                kind: FaultKind::Raised,
                message: raised.0.clone(),
                range: error.range(),
            };
        }
        // Nothing but its length keeps an output from being written.
        let is_too_large =
            error.kind() == ErrorKind::WriteFailure || find::<TooLarge>(error).is_some();
        let kind = match error.kind() {
            ErrorKind::SyntaxError => FaultKind::Syntax,
            ErrorKind::OutOfFuel => FaultKind::Limit,
            _ if is_too_large => FaultKind::Limit,
            _ if error
                .detail()
                .is_some_and(|detail| detail.contains("recursion limit")) =>
            {
                FaultKind::Limit
            }
            _ => FaultKind::Running,
        };
        let message = match (kind, error.kind()) {
            (_, ErrorKind::OutOfFuel) => {
                "the template takes too many steps; it may never end".to_owned()
            }
            _ if is_too_large => TooLarge.to_string(),
            _ => said(error),
        };
        Fault {
            kind,
            message,
            range: error.range(),
        }
    }
}

/// What the engine says, in one line.
fn said(error: &Error) -> String {
    let kind = error.kind().to_string();
    match error.detail() {
        Some(detail) if error.kind() == ErrorKind::SyntaxError => detail.to_owned(),
        Some(detail) => format!("{kind}: {detail}"),
        None => kind,
    }
}

/// The error of type `T` among an error and its causes.
fn find<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if let Some(found) = at.downcast_ref::<T>() {
            return Some(found);
        }
        cause = at.source();
    }
    None
}

/// The message of `raise_exception`.
#[derive(Debug)]
pub(super) struct Raised(pub(super) String);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Raised {}

/// More was made than a template may.
#[derive(Debug)]
pub(super) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the template writes more than any prompt is long")
    }
}

impl std::error::Error for TooLarge {}
