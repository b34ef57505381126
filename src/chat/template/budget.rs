//! What one conversation may cost a template: the texts that it makes on the way, and the
//! time. The engine counts its steps itself; how much a step does it does not know.

use super::fault::TooLarge;
use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The most bytes that one conversation may come to.
pub(super) const OUTPUT: usize = 16 << 20;
/// The most bytes of all texts that are made or kept on the way.
const ALL: usize = 128 << 20;
/// The longest that one conversation may take, however little it makes.
const TIME: Duration = Duration::from_secs(30);
/// The clock is looked at once in so many times, and whenever so many bytes are spent.
const LOOK: (u32, usize) = (64, 1 << 16);
/// What a value counts besides its text: more than it takes, for it has to be walked over.
const NODE: usize = 128;

thread_local! {
    /// What is left to the template that this thread renders.
    static LEFT: Cell<Left> = const { Cell::new(Left { bytes: ALL, until: None, looks: 0 }) };
}

#[derive(Clone, Copy)]
struct Left {
    bytes: usize,
    until: Option<Instant>,
    looks: u32,
}

/// Begins a rendering on this thread.
pub(super) fn begin() {
    LEFT.set(Left {
        bytes: ALL,
        until: Some(Instant::now() + TIME),
        looks: 0,
    });
}

/// Takes what is about to be made, or was.
pub(super) fn spend(bytes: usize) -> Result<(), Error> {
    let mut left = LEFT.get();
    left.bytes = left.bytes.checked_sub(bytes).ok_or_else(too_large)?;
    left.looks = left.looks.wrapping_add(1);
    let is_to_look = left.looks.is_multiple_of(LOOK.0) || bytes >= LOOK.1;
    LEFT.set(left);
    match left.until {
        Some(until) if is_to_look && Instant::now() > until => {
            Err(Error::from(ErrorKind::OutOfFuel))
        }
        _ => Ok(()),
    }
}

/// Takes a text, or a number of items, that may not be larger than [`OUTPUT`].
pub(super) fn spend_one(bytes: usize) -> Result<(), Error> {
    if bytes > OUTPUT {
        return Err(too_large());
    }
    spend(bytes)
}

/// Takes what a value holds, with all that is in it.
pub(super) fn spend_value(value: &Value, bound: usize) -> Result<(), Error> {
    let mut room = bound;
    if !fits(value, &mut room, 0) {
        return Err(too_large());
    }
    spend(bound - room)
}

/// Whether a value and all that is in it fits in `room`, which it takes.
fn fits(value: &Value, room: &mut usize, depth: usize) -> bool {
    let own = match value.kind() {
        ValueKind::String => value.as_str().map_or(0, str::len),
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => {
            let count = value.len().unwrap_or(0);
            // The items are counted on their own; of very many, not one by one.
            if count.saturating_mul(NODE) > *room {
                return false;
            }
            NODE
        }
        _ => NODE,
    };
    let Some(rest) = room.checked_sub(own) else {
        return false;
    };
    *room = rest;
    let is_map = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => false,
        ValueKind::Map => true,
        _ => return true,
    };
    let Ok(items) = value.try_iter() else {
        return true;
    };
    depth < DEPTH
        && items.into_iter().all(|item| match is_map {
            true => {
                let inner = value.get_item(&item).unwrap_or_default();
                fits(&inner, room, depth + 1)
            }
            false => fits(&item, room, depth + 1),
        })
}

/// The deepest value that is kept.
const DEPTH: usize = 200;

/// More is made than a template may.
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::InvalidOperation, TooLarge.to_string()).with_source(TooLarge)
}
