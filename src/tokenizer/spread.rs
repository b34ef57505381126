//! How numbers of tokens are spread.

use serde::Serialize;

/// The spread of some numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// All together.
    pub total: usize,
    /// The smallest.
    pub min: usize,
    /// The smallest that half of them are no greater than.
    pub median: usize,
    /// The same for 90 of 100.
    pub p90: usize,
    /// The same for 95 of 100.
    pub p95: usize,
    /// The same for 99 of 100.
    pub p99: usize,
    /// The greatest.
    pub max: usize,
}

/// How many numbers lie between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// The smallest that belongs here.
    pub from: usize,
    /// The greatest that belongs here.
    pub to: usize,
    /// How many are here.
    pub count: usize,
}

impl Spread {
    /// Looks at numbers; `None` if there are none.
    pub fn of(numbers: &[usize]) -> Option<Spread> {
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        // The nearest rank: a number that is there, counted from 1 and rounded up.
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied().unwrap_or(max)
        };
        Some(Spread {
            count: sorted.len(),
            total: sorted.iter().sum(),
            min,
            median: at(50),
            p90: at(90),
            p95: at(95),
            p99: at(99),
            max,
        })
    }

    /// Up to `most` bins of one width, from the smallest to the greatest. The width is
    /// 1, 2 or 5 times a power of ten.
    pub fn bins(&self, numbers: &[usize], most: usize) -> Vec<Bin> {
        let span = (self.max - self.min) / most.max(1) + 1;
        let mut widths = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10usize.pow(power)));
        let fits = |width: usize| self.max / width - self.min / width < most;
        let width = widths
            .find(|width| *width >= span && fits(*width))
            .unwrap_or(span);
        let first = self.min / width;
        let bin = |at: usize| Bin {
            from: at * width,
            to: at * width + width - 1,
            count: 0,
        };
        let mut bins: Vec<Bin> = (first..=self.max / width).map(bin).collect();
        for number in numbers {
            if let Some(bin) = bins.get_mut((number / width).saturating_sub(first)) {
                bin.count += 1;
            }
        }
        bins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_is_in_its_bin(
            numbers in prop::collection::vec(0usize..5_000_000, 1..60),
            most in 1usize..30,
        ) {
            let spread = Spread::of(&numbers).expect("numbers");
            let bins = spread.bins(&numbers, most);
            prop_assert!(bins.len() <= most.max(2), "{} bins", bins.len());
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), numbers.len());
            for bin in bins {
                let inside = numbers.iter().filter(|number| (bin.from..=bin.to).contains(*number));
                prop_assert_eq!(inside.count(), bin.count);
            }
            let all = [spread.min, spread.median, spread.p90, spread.p95, spread.p99, spread.max];
            prop_assert!(all.is_sorted());
        }
    }
}
