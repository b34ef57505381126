//! A stated part of the samples, so that several processes can share the work on a spec.
//!
//! Part I of N of an instruction with S samples, those in its spec and in its data files
//! counted in order, is the samples from S·(I−1)/N up to S·I/N, rounded down. Parts do not
//! overlap, leave nothing out, and depend on nothing else.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::str::FromStr;

/// One of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: NonZeroUsize,
}

impl Shard {
    /// The numbers, from 0, of the samples that belong to this part, of `count` in all.
    pub fn range(self, count: usize) -> Range<usize> {
        let at = |number: usize| {
            let place = count as u128 * number as u128 / self.of.get() as u128;
            // Not above `count`.
            place as usize
        };
        at(self.number - 1)..at(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(number, of)| {
            let of: NonZeroUsize = of.parse().ok()?;
            let number: usize = number.parse().ok()?;
            (1..=of.get())
                .contains(&number)
                .then_some(Shard { number, of })
        });
        parsed.ok_or_else(|| "write it as I/N, such as 1/8 to 8/8".to_owned())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_leave_nothing_out_and_do_not_overlap() {
        for of in [1, 2, 3, 8, 100] {
            for count in [0, 1, 7, 8, 99, 1000, usize::MAX] {
                let mut end = 0;
                for number in 1..=of {
                    let shard: Shard = format!("{number}/{of}").parse().expect("a part");
                    let range = shard.range(count);
                    assert_eq!(range.start, end);
                    assert!(range.len() <= count.div_ceil(of));
                    end = range.end;
                }
                assert_eq!(end, count);
            }
        }
    }

    #[test]
    fn other_texts_are_no_parts() {
        for text in ["", "1", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
