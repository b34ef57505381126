//! How many samples of what go to the evaluation.

/// So many of `count` as `share` says, but at least `least`, and leaving as many.
/// `None` if there are too few for both.
pub(super) fn of(count: usize, share: f64, least: usize) -> Option<usize> {
    let rounded = (count as f64 * share).round() as usize;
    (count >= 2 * least).then(|| rounded.clamp(least, count - least))
}

/// What groups of these sizes give of `total` in proportion, rounded down; each keeps at
/// least one.
pub(super) fn whole(sizes: &[usize], total: usize) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    let sizes = sizes.iter();
    let given = sizes.map(|size| {
        let share = (*size as u128 * total as u128).checked_div(all as u128);
        let share = usize::try_from(share.unwrap_or(0)).unwrap_or(*size);
        share.min(size.saturating_sub(1))
    });
    given.collect()
}

/// Spreads `total` over groups of these sizes in proportion: each gives its share,
/// rounded down or up, and keeps at least one. Less than `total` is given where many
/// groups have but one. The groups stand in an order of their own, which settles ties.
pub(super) fn spread(sizes: &[usize], total: usize) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    let most = |size: usize| size.saturating_sub(1);
    // In 128 bits, so that no product overflows.
    let shares: Vec<(usize, u128)> = sizes
        .iter()
        .map(|size| {
            let product = *size as u128 * total as u128;
            let whole = product.checked_div(all as u128).unwrap_or(0);
            let rest = product.checked_rem(all as u128).unwrap_or(0);
            (usize::try_from(whole).unwrap_or(*size), rest)
        })
        .collect();
    let mut given: Vec<usize> = shares
        .iter()
        .zip(sizes)
        .map(|((whole, _), size)| (*whole).min(most(*size)))
        .collect();
    let mut left = total.saturating_sub(given.iter().sum());
    // The groups that lose most by rounding down come first.
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(shares.get(*at).map_or(0, |(_, rest)| *rest)));
    for at in order {
        if let (Some(given), Some(size)) = (given.get_mut(at), sizes.get(at))
            && left > 0
            && *given < most(*size)
        {
            *given += 1;
            left -= 1;
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_both_halves_get_the_least() {
        for (count, share, least, expected) in [
            (100, 0.1, 3, Some(10)),
            (104, 0.1, 3, Some(10)),
            (105, 0.1, 3, Some(11)),
            (10, 0.1, 3, Some(3)),
            (10, 0.9, 3, Some(7)),
            (6, 0.1, 3, Some(3)),
            (5, 0.1, 3, None),
            (20, 0.1, 10, Some(10)),
            (19, 0.5, 10, None),
        ] {
            assert_eq!(of(count, share, least), expected, "{count} {share} {least}");
        }
    }

    #[test]
    fn groups_give_in_proportion_and_keep_one() {
        for (sizes, total, expected) in [
            (&[50, 30, 20][..], 10, &[5, 3, 2][..]),
            (&[55, 30, 15], 10, &[6, 3, 1]),
            (&[1, 1, 98], 10, &[0, 0, 10]),
            (&[1, 1, 8], 5, &[0, 0, 5]),
            (&[2, 2, 2], 3, &[1, 1, 1]),
            (&[1, 1, 1], 2, &[0, 0, 0]),
            (&[], 0, &[]),
        ] {
            assert_eq!(spread(sizes, total), expected, "{sizes:?} {total}");
        }
    }
}
