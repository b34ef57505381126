//! Files of one model that was divided: which part a file is, what the others are called,
//! and whether they belong together.

use super::header::Header;
use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;

/// Which part of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part, from 1.
    pub number: u64,
    /// How many parts there are.
    pub count: u64,
}

impl Part {
    /// What a header says of itself; `None` if it is of a whole file, or of a part that
    /// cannot be.
    pub fn of(header: &Header) -> Option<Part> {
        Part::claimed(header).filter(Part::can_be)
    }

    fn claimed(header: &Header) -> Option<Part> {
        let count = header.get("split.count")?.whole()?;
        let number = header.get("split.no")?.whole()?.checked_add(1)?;
        (count > 1).then_some(Part { number, count })
    }

    /// What a name says, whether it can be or not.
    fn called(name: &str) -> Option<(&str, Part)> {
        let stem = name.strip_suffix(".gguf")?;
        let (rest, count) = stem.rsplit_once("-of-")?;
        let (prefix, number) = rest.rsplit_once('-')?;
        let parsed = |text: &str| {
            let is_number = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse().ok()).flatten()
        };
        let part = Part {
            number: parsed(number)?,
            count: parsed(count)?,
        };
        Some((prefix, part))
    }

    fn can_be(&self) -> bool {
        (1..=self.count).contains(&self.number)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "part {} of {}", self.number, self.count)
    }
}

/// What stands before the number of the part in a file's name, and which part it is:
/// `model-00001-of-00003.gguf`.
pub fn part_of_name(name: &str) -> Option<(&str, Part)> {
    Part::called(name).filter(|(_, part)| part.can_be())
}

/// The name of a part's file.
pub fn name_of_part(prefix: &str, part: Part) -> String {
    format!("{prefix}-{:05}-of-{:05}.gguf", part.number, part.count)
}

/// The parts that are not there, of `count` ones, next to those that are: their numbers, in
/// order.
pub fn missing_parts(there: impl Iterator<Item = u64>, count: u64) -> Vec<RangeInclusive<u64>> {
    let mut missing = Vec::new();
    let mut next = 1;
    for number in there {
        if next < number {
            missing.push(next..=number - 1);
        }
        next = number.saturating_add(1);
    }
    if next <= count {
        missing.push(next..=count);
    }
    missing
}

/// What does not fit together in the files of a model: their names, and what their headers
/// say. Whether all of them are there is said by `is_whole`.
pub fn disagreements(files: &[(&str, &Header)], is_whole: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, header) in files {
        let cannot_be = |part: &Part| !part.can_be();
        let called = Part::called(name).map(|(_, part)| part).filter(cannot_be);
        found.extend(called.map(|part| format!("`{name}` is called {part}, which cannot be")));
        let claimed = Part::claimed(header).filter(cannot_be);
        if let Some(part) = claimed {
            found.push(format!(
                "`{name}` is {part}, as its header says, which cannot be"
            ));
            continue;
        }
        let named = part_of_name(name).map(|(_, part)| part);
        let named = named.filter(|part| part.count > 1);
        match (named, Part::of(header)) {
            (Some(named), Some(own)) if named != own => {
                found.push(format!("`{name}` is {own}, as its header says"));
            }
            (Some(_), None) => {
                found.push(format!(
                    "`{name}` is no part of a model, as its header says"
                ));
            }
            (None, Some(own)) => {
                let called = name_of_part("NAME", own);
                found.push(format!("`{name}` is {own}, but is not called `{called}`"));
            }
            _ => {}
        }
    }
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut twice = files
        .iter()
        .flat_map(|(name, header)| header.tensors.iter().map(move |tensor| (name, tensor)))
        .filter_map(|(name, tensor)| Some((tensor, known.insert(&tensor.name, name)?, name)));
    if let Some((tensor, first, second)) = twice.next() {
        let more = match twice.count() {
            0 => String::new(),
            more => format!("; {more} more stand twice"),
        };
        let tensor = &tensor.name;
        found.push(format!(
            "the tensor `{tensor}` stands in `{first}` and in `{second}`{more}"
        ));
    }
    let real: u64 = files
        .iter()
        .map(|(_, header)| header.tensors.len() as u64)
        .sum();
    for (name, header) in files.iter().filter(|_| is_whole) {
        let claimed = header
            .get("split.tensors.count")
            .and_then(|value| value.whole());
        if let Some(claimed) = claimed.filter(|claimed| *claimed != real) {
            found.push(format!(
                "`{name}` says that the model has {claimed} tensors, and there are {real}"
            ));
        }
    }
    found
}
