//! Files of one model that was divided: which part a file is, and what the others are
//! called.

use super::header::Header;

/// Which part of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part, from 1.
    pub number: u64,
    /// How many parts there are.
    pub count: u64,
}

impl Part {
    /// What a header says of itself; `None` if it is of a whole file.
    pub fn of(header: &Header) -> Option<Part> {
        let count = header.get("split.count")?.whole()?;
        let number = header.get("split.no")?.whole()?.checked_add(1)?;
        (count > 1).then_some(Part { number, count })
    }
}

/// What stands before the number of the part in a file's name, and which part it is:
/// `model-00001-of-00003.gguf`.
pub fn part_of_name(name: &str) -> Option<(&str, Part)> {
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
    (1..=part.count)
        .contains(&part.number)
        .then_some((prefix, part))
}

/// The name of a part's file.
pub fn name_of_part(prefix: &str, part: Part) -> String {
    format!("{prefix}-{:05}-of-{:05}.gguf", part.number, part.count)
}
