//! How long texts are, in characters as people count the columns of a line: Unicode scalar
//! values.

use serde::Serialize;

/// The spread of the lengths of some texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// How many texts there are.
    pub texts: usize,
    /// All their characters.
    pub total: usize,
    /// The shortest.
    pub min: usize,
    /// The shortest that half of the texts are no longer than.
    pub median: usize,
    /// The shortest that 95 of 100 texts are no longer than.
    pub p95: usize,
    /// The longest.
    pub max: usize,
}

impl Lengths {
    /// Measures texts; `None` if there are none.
    pub fn of(texts: &[&str]) -> Option<Lengths> {
        let mut lengths: Vec<usize> = texts.iter().map(|text| text.chars().count()).collect();
        lengths.sort_unstable();
        let (min, max) = (*lengths.first()?, *lengths.last()?);
        // The nearest rank: the place of a length that is there, counted from 1 and rounded up.
        let at = |percent: usize| {
            let rank = (lengths.len() * percent).div_ceil(100);
            lengths.get(rank.saturating_sub(1)).copied().unwrap_or(max)
        };
        Some(Lengths {
            texts: lengths.len(),
            total: lengths.iter().sum(),
            min,
            median: at(50),
            p95: at(95),
            max,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_lengths_that_are_there() {
        let texts: Vec<String> = (1..=20).map(|length| "é".repeat(length)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let lengths = Lengths::of(&texts).expect("lengths");
        assert_eq!(
            (
                lengths.texts,
                lengths.total,
                lengths.min,
                lengths.median,
                lengths.p95,
                lengths.max
            ),
            (20, 210, 1, 10, 19, 20)
        );
        assert_eq!(Lengths::of(&[]), None);
        let one = Lengths::of(&["abc"]).expect("lengths");
        assert_eq!((one.min, one.median, one.p95, one.max), (3, 3, 3, 3));
    }
}
