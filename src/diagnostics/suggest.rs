//! "Did you mean": the nearest of the names that would have been right.

use super::Diagnostic;
use crate::source::Text;

/// The candidate nearest to `name`, if one is near enough to be meant: at most a
/// third of the characters changed, added, removed or swapped, letter case aside.
/// The first of several that are equally near.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded: Vec<char> = name.to_lowercase().chars().collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        let allowed = (folded.len().max(other.len()) / 3).max(1);
        if folded.len().abs_diff(other.len()) > allowed || candidate == name {
            continue;
        }
        let distance = distance(&folded, &other);
        let nearer = best.is_none_or(|(least, _)| distance < least);
        if distance <= allowed && distance < other.len().max(1) && nearer {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether exactly one candidate is one or two changes away from `name`, so that it
/// can be put in its place unseen. Names of one or two letters are never certain.
pub(super) fn is_certain<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> bool {
    let letters = |name: &str| name.chars().collect::<Vec<char>>();
    let name = letters(name);
    let near = candidates.into_iter().filter(|other| {
        let other = letters(other);
        name.len().abs_diff(other.len()) <= 2 && (1..=2).contains(&distance(&name, &other))
    });
    name.len() > 2 && near.count() == 1
}

/// Offers `nearest` in place of `name`; without one, does `otherwise`.
pub(super) fn replace(
    finding: Diagnostic,
    name: &Text<'_>,
    nearest: Option<&str>,
    otherwise: impl FnOnce(Diagnostic) -> Diagnostic,
) -> Diagnostic {
    let Some(nearest) = nearest else {
        return otherwise(finding);
    };
    let finding = finding.help(format!("did you mean `{nearest}`?"));
    if is_certain(&name.value, [nearest]) {
        return finding.fix_scalar(format!("Replace by `{nearest}`"), name.span, nearest);
    }
    finding
}

/// Changes, additions, removals and swaps of neighbours that lead from `a` to `b`
/// (Damerau-Levenshtein, each place edited once).
pub(super) fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let change = above[j] + usize::from(x != y);
            let mut least = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

/// `` `a`, `b` or `c` ``, at most `most` of them, then "and N more".
pub fn quoted_list<'c>(names: impl IntoIterator<Item = &'c str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names
        .iter()
        .take(most)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > most {
        return format!("{} and {} more", shown.join(", "), names.len() - most);
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let names = ["Talk", "Tree", "Alice", "contexts", "context"];
        assert_eq!(nearest("Tlak", names), Some("Talk"));
        assert_eq!(nearest("contxt", names), Some("context"));
        assert_eq!(nearest("alice", names), Some("Alice"));
        assert_eq!(nearest("Dragon", names), None);
        assert_eq!(nearest("x", ["a", "b"]), None);
    }

    #[test]
    fn lists_read_as_people_say_them() {
        assert_eq!(quoted_list(["a"], 3), "`a`");
        assert_eq!(quoted_list(["a", "b", "c"], 3), "`a`, `b` or `c`");
        assert_eq!(quoted_list(["a", "b", "c"], 2), "`a`, `b` and 1 more");
    }
}
