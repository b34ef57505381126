//! Applying fixes: the edits that findings carry, until nothing is left to apply.

use super::shared::tell;
use super::validate::{AllLooked, Looked};
use crate::diagnostics::{Safety, Severity, invalid_value, unknown_key, untrimmed_text};
use crate::load::Kind;
use crate::report::{Finding, Report};
use crate::source::Overlay;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

/// What came of applying fixes.
pub(super) struct Fixed {
    /// What is found once they are made.
    pub(super) looked: AllLooked,
    /// The new texts.
    pub(super) texts: Overlay,
    /// The files that changed, with the number of findings cured in each.
    pub(super) cured: BTreeMap<String, usize>,
    /// How many fixes of a file were left out, since they would bring new errors.
    pub(super) refused: BTreeMap<String, usize>,
    /// How many of a file were left out that other specs may not agree to.
    pub(super) withheld: BTreeMap<String, usize>,
}

impl Fixed {
    /// Tells which fixes were left out, and why.
    pub(super) fn tell_left_out(&self) {
        let told = |count: usize| match count {
            1 => ("1 fix".to_owned(), "was left out: it", "it"),
            _ => (format!("{count} fixes"), "were left out: they", "them"),
        };
        for (path, count) in &self.refused {
            let (fixes, they, _) = told(*count);
            tell(&format!(
                "{fixes} in `{path}` {they} would bring new errors"
            ));
        }
        for (path, count) in &self.withheld {
            let (fixes, they, them) = told(*count);
            tell(&format!(
                "{fixes} in `{path}` {they} may be wrong for another spec that reads the file \
                 (--unsafe-fixes makes {them})"
            ));
        }
    }
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that can be made unseen.
    Safe,
    /// All.
    All,
}

/// A replacement in a file, by bytes of its text as it is at the start of a round.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Replacement {
    path: String,
    start: usize,
    end: usize,
    text: String,
}

/// The replacements that cure one finding. The finding counts for the file of the first.
type Cure = Vec<Replacement>;

/// Rules whose fixes follow from the file alone, whoever reads it.
const OF_THE_FILE: [&str; 3] = [
    untrimmed_text::RULE.name,
    unknown_key::RULE.name,
    invalid_value::RULE.name,
];

/// Rounds of fixes: one may uncover another.
const ROUNDS: usize = 50;

/// How often all files are compiled in search of the fixes that do harm.
const TRIALS: usize = 500;

/// Applies fixes in rounds. `look` compiles all files with the texts it is given;
/// `is_covered` tells whether all specs that may read a file are among them. A fix that
/// would bring a spec an error of a rule that it has not so often yet is left out.
pub(super) fn rounds(
    looked: AllLooked,
    which: Which,
    look: impl Fn(&Overlay) -> AllLooked,
    is_covered: impl Fn(&Path) -> bool,
) -> Fixed {
    let mut fixed = Fixed {
        looked,
        texts: Overlay::default(),
        cured: BTreeMap::new(),
        refused: BTreeMap::new(),
        withheld: BTreeMap::new(),
    };
    let mut refused: HashSet<Replacement> = HashSet::new();
    let mut trials = 0;
    for _ in 0..ROUNDS {
        let Offered {
            cures,
            texts,
            withheld,
        } = offered(&fixed.looked, which, &refused, &is_covered);
        fixed.withheld = withheld;
        let base = fixed.texts.clone();
        let mut accepted: Vec<&Cure> = Vec::new();
        let mut harmful: Vec<&Cure> = Vec::new();
        // Where a group does harm, its halves are tried, down to the single fix.
        let mut groups = vec![cures.as_slice()];
        while let Some(group) = groups.pop().filter(|group| !group.is_empty()) {
            trials += 1;
            if trials > TRIALS {
                harmful.extend(group);
                continue;
            }
            let together: Vec<&Cure> = accepted.iter().copied().chain(group).collect();
            let mut next = base.clone();
            for (path, text) in applied(&together, &texts) {
                next.put(Path::new(&path), text);
            }
            let again = look(&next);
            if !is_worse(&fixed.looked, &again) {
                accepted = together;
                (fixed.texts, fixed.looked) = (next, again);
            } else if group.len() == 1 {
                harmful.extend(group);
            } else {
                let (first, second) = group.split_at(group.len() / 2);
                groups.extend([second, first]);
            }
        }
        for cure in &harmful {
            refused.extend(cure.iter().cloned());
            count(cure, &mut fixed.refused);
        }
        for cure in &accepted {
            count(cure, &mut fixed.cured);
        }
        if accepted.is_empty() {
            break;
        }
        refused = refused
            .into_iter()
            .map(|replacement| moved(replacement, &accepted))
            .collect();
    }
    fixed
}

fn count(cure: &Cure, counts: &mut BTreeMap<String, usize>) {
    if let Some(first) = cure.first() {
        *counts.entry(first.path.clone()).or_default() += 1;
    }
}

/// Whether a spec has more errors of a rule than before, whatever its level is.
fn is_worse(before: &AllLooked, after: &AllLooked) -> bool {
    let pairs = before.iter().flatten().zip(after.iter().flatten());
    pairs.into_iter().any(|(before, after)| {
        let before = errors(before);
        let mut after = errors(after).into_iter();
        after.any(|(rule, count)| count > before.get(rule).copied().unwrap_or_default())
    })
}

/// How many errors there are of each rule.
fn errors(looked: &Looked) -> BTreeMap<&'static str, usize> {
    let mut errors = BTreeMap::new();
    let findings = looked.checked.diagnostics.iter();
    for finding in findings.filter(|finding| finding.rule.severity == Severity::Error) {
        *errors.entry(finding.rule.name).or_default() += 1;
    }
    errors
}

/// What a round starts with.
struct Offered {
    cures: Vec<Cure>,
    /// The texts of the files that they are in.
    texts: BTreeMap<String, String>,
    /// How many of a file are not among them since other specs may not agree.
    withheld: BTreeMap<String, usize>,
}

/// The fixes that are wanted. One that overlaps another waits for the next round.
fn offered(
    looked: &AllLooked,
    which: Which,
    refused: &HashSet<Replacement>,
    is_covered: &impl Fn(&Path) -> bool,
) -> Offered {
    let mut offered = Offered {
        cures: Vec::new(),
        texts: BTreeMap::new(),
        withheld: BTreeMap::new(),
    };
    let consent = Consent::new(looked);
    let specs = looked.iter().flatten().map(|looked| &looked.checked);
    let report = Report::of(specs, 0);
    let mut taken: HashMap<&str, BTreeMap<usize, usize>> = HashMap::new();
    for finding in &report.findings {
        let Some(fix) = &finding.diagnostic.fix else {
            continue;
        };
        let cure = cure(finding);
        let is_refused = cure.iter().any(|one| refused.contains(one));
        if is_refused || which == Which::Safe && fix.safety != Safety::Safe {
            continue;
        }
        let is_agreed = which == Which::All
            || OF_THE_FILE.contains(&finding.rule().name)
            || consent.is_given(&cure, is_covered);
        if !is_agreed {
            count(&cure, &mut offered.withheld);
            continue;
        }
        let overlaps = finding.changes.iter().any(|change| {
            let bytes = &change.spot.bytes;
            let taken = taken.get(change.spot.file.path.as_str());
            // The last one that begins before the end of this one is the last that can.
            let last =
                taken.and_then(|taken| taken.range(..bytes.end.max(bytes.start + 1)).next_back());
            last.is_some_and(|(start, end)| *end > bytes.start || *start == bytes.start)
        });
        if overlaps || cure.is_empty() {
            continue;
        }
        for change in &finding.changes {
            let (file, bytes) = (&change.spot.file, &change.spot.bytes);
            let taken = taken.entry(&file.path).or_default();
            taken.insert(bytes.start, bytes.end);
            if !offered.texts.contains_key(&file.path) {
                offered.texts.insert(file.path.clone(), file.text.clone());
            }
        }
        offered.cures.push(cure);
    }
    offered
}

fn cure(finding: &Finding<'_>) -> Cure {
    let changes = finding.changes.iter();
    changes
        .map(|change| Replacement {
            path: change.spot.file.path.clone(),
            start: change.spot.bytes.start,
            end: change.spot.bytes.end,
            text: change.text.to_owned(),
        })
        .collect()
}

/// Whether those that read a file have the same fixes for it.
struct Consent {
    /// How many specs read a file.
    readers: HashMap<String, usize>,
    /// How many of them offer a fix.
    offers: HashMap<Replacement, usize>,
    /// The files that are specs themselves.
    specs: HashSet<String>,
}

impl Consent {
    fn new(looked: &AllLooked) -> Consent {
        let mut consent = Consent {
            readers: HashMap::new(),
            offers: HashMap::new(),
            specs: HashSet::new(),
        };
        let is_spec = |looked: &&Looked| !matches!(looked.kind, Kind::Fragment | Kind::Other);
        for looked in looked.iter().flatten().filter(is_spec) {
            let checked = &looked.checked;
            let mut paths = checked.sources.files().map(|file| &file.path).peekable();
            consent.specs.extend(paths.peek().copied().cloned());
            let paths: BTreeSet<&String> = paths.collect();
            for path in paths {
                *consent.readers.entry(path.clone()).or_default() += 1;
            }
            let report = Report::of([checked], 0);
            let cures: BTreeSet<Replacement> = report.findings.iter().flat_map(cure).collect();
            for replacement in cures {
                *consent.offers.entry(replacement).or_default() += 1;
            }
        }
        consent
    }

    /// Whether all that may read the files of a cure are known, and offer it too.
    fn is_given(&self, cure: &Cure, is_covered: &impl Fn(&Path) -> bool) -> bool {
        cure.iter().all(|one| {
            let readers = self.readers.get(&one.path).copied().unwrap_or_default();
            let offers = self.offers.get(one).copied().unwrap_or_default();
            let is_its_own = self.specs.contains(&one.path) || is_covered(Path::new(&one.path));
            offers >= readers && is_its_own
        })
    }
}

/// The texts with these cures made.
fn applied(cures: &[&Cure], texts: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut edits: BTreeMap<&str, Vec<&Replacement>> = BTreeMap::new();
    for replacement in cures.iter().copied().flatten() {
        edits
            .entry(&replacement.path)
            .or_default()
            .push(replacement);
    }
    let mut changed = Vec::new();
    for (path, mut edits) in edits {
        edits.sort_unstable();
        let old = texts.get(path).map(String::as_str).unwrap_or_default();
        let mut new = String::with_capacity(old.len());
        let mut at = 0;
        for edit in edits {
            new.push_str(old.get(at..edit.start).unwrap_or_default());
            new.push_str(&edit.text);
            at = edit.end;
        }
        new.push_str(old.get(at..).unwrap_or_default());
        changed.push((path.to_owned(), new));
    }
    changed
}

/// Where a replacement is once these cures are made.
fn moved(mut replacement: Replacement, cures: &[&Cure]) -> Replacement {
    let before = cures
        .iter()
        .copied()
        .flatten()
        .filter(|other| other.path == replacement.path && other.end <= replacement.start);
    let (gone, come) = before.fold((0, 0), |(gone, come), other| {
        (gone + other.end - other.start, come + other.text.len())
    });
    replacement.start = (replacement.start + come).saturating_sub(gone);
    replacement.end = (replacement.end + come).saturating_sub(gone);
    replacement
}
