//! "Did you mean": the nearest of the names that would have been right.

use super::Diagnostic;
use crate::source::Text;

/// The name that was probably meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'c> {
    /// The name.
    pub name: &'c str,
    /// It is one or two changes away and no other candidate is, so that it can be put
    /// in place unseen. Names of one or two letters are never certain.
    pub certain: bool,
}

/// The candidate nearest to `name`, if one is near enough to be meant: at most a
/// third of the characters changed, added, removed or swapped, letter case aside.
/// The first of several that are equally near. Names of more than 100 characters are near to none.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<Near<'c>> {
    if is_long(name) {
        return None;
    }
    let letters: Vec<char> = name.chars().collect();
    let folded: Vec<char> = name.to_lowercase().chars().collect();
    let mut best: Option<(usize, &str)> = None;
    let mut close = Vec::new();
    for candidate in candidates {
        if is_long(candidate) {
            continue;
        }
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        let allowed = (folded.len().max(other.len()) / 3).max(1);
        let difference = folded.len().abs_diff(other.len());
        if difference > allowed.max(2) || candidate == name {
            continue;
        }
        let exact: Vec<char> = candidate.chars().collect();
        if difference <= 2 && (1..=2).contains(&distance(&letters, &exact)) {
            close.push(candidate);
        }
        let distance = distance(&folded, &other);
        let nearer = best.is_none_or(|(least, _)| distance < least);
        if distance <= allowed && distance < other.len().max(1) && nearer {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| Near {
        name,
        certain: letters.len() > 2 && close == [name],
    })
}

/// Comparing takes as many steps as the square of this.
const LONG: usize = 100;

fn is_long(name: &str) -> bool {
    name.len() > LONG && name.chars().nth(LONG).is_some()
}

/// How many steps may still be taken to find what misspelt names were meant to be: many
/// misspelt names among many others would take as many as there are pairs.
#[derive(Debug)]
pub struct Comparisons(usize);

impl Default for Comparisons {
    fn default() -> Self {
        Comparisons(100_000_000)
    }
}

/// The steps of a comparison besides those that its length asks for.
const STEPS: usize = 200;

impl Comparisons {
    /// The candidate [`nearest`] to `name`, of `count` at most; `None` also if that takes more
    /// steps than are left.
    pub fn nearest<'c>(
        &mut self,
        name: &str,
        count: usize,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<Near<'c>> {
        let length = name.len().min(LONG);
        let steps = STEPS + length * length;
        self.0 = self.0.checked_sub(count.saturating_mul(steps))?;
        nearest(name, candidates)
    }
}

/// Offers `near` in place of `name`; without one, does `otherwise`.
pub(super) fn replace(
    finding: Diagnostic,
    name: &Text<'_>,
    near: Option<Near<'_>>,
    otherwise: impl FnOnce(Diagnostic) -> Diagnostic,
) -> Diagnostic {
    let Some(Near {
        name: near,
        certain,
    }) = near
    else {
        return otherwise(finding);
    };
    let finding = finding.help(format!("did you mean `{near}`?"));
    if certain {
        return finding.fix_scalar(format!("Replace by `{near}`"), name.span, near);
    }
    finding
}

/// Changes, additions, removals and swaps of neighbours that lead from `a` to `b`
/// (Damerau-Levenshtein, each place edited once).
pub(super) fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = before.clone();
    for (i, x) in a.iter().enumerate() {
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = above[j] + usize::from(x != y);
            let mut least = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
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
    fn names_are_looked_at_as_long_as_there_are_comparisons() {
        let mut few = super::Comparisons(5 * (STEPS + 16));
        let near = |few: &mut super::Comparisons| {
            few.nearest("Tlak", 2, ["Talk", "Walk"])
                .map(|near| near.name)
        };
        assert_eq!(near(&mut few), Some("Talk"));
        assert_eq!(near(&mut few), Some("Talk"));
        assert_eq!(near(&mut few), None);
    }

    #[test]
    fn long_names_are_not_compared() {
        let (name, near) = ("A".repeat(LONG), "A".repeat(LONG - 1));
        let found = |name: &str, near: &str| nearest(name, [near]).is_some();
        assert!(found(&name, &near));
        assert!(!found(&format!("{name}A"), &name));
        assert!(!found(&name, &format!("{name}A")));
    }

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let names = ["Talk", "Tree", "Alice", "contexts", "context"];
        let name = |written| nearest(written, names).map(|near| near.name);
        assert_eq!(name("Tlak"), Some("Talk"));
        assert_eq!(name("contxt"), Some("context"));
        assert_eq!(name("alice"), Some("Alice"));
        assert_eq!(name("Dragon"), None);
        assert_eq!(nearest("x", ["a", "b"]), None);
    }

    #[test]
    fn only_one_near_name_is_certain() {
        let certain = |name, candidates: &[&'static str]| {
            nearest(name, candidates.iter().copied()).is_some_and(|near| near.certain)
        };
        assert!(certain("Tlak", &["Talk", "Tree"]));
        assert!(!certain("Tlak", &["Talk", "Task"]));
        assert!(!certain("cay_talk", &["cat_talk", "car_talk"]));
        assert!(!certain("Dx", &["Dog", "Do"]));
        assert!(!certain("Tlaking", &["Talk"]));
    }

    #[test]
    fn lists_read_as_people_say_them() {
        assert_eq!(quoted_list(["a"], 3), "`a`");
        assert_eq!(quoted_list(["a", "b", "c"], 3), "`a`, `b` or `c`");
        assert_eq!(quoted_list(["a", "b", "c"], 2), "`a`, `b` and 1 more");
    }
}
