//! Every value, key and list of every file in `specs/` is broken in turn, and each
//! break has to be noticed where it was made.
//!
//! A mutant is the file's text with one place changed; the rest stays as it is. It has
//! to give an error at the change, or build to the same bytes. What else may happen is
//! listed by kind, with the reason, in `tests/mutations/accepted.txt`: a legitimate
//! other protocol, or an error that belongs to another place by the rules. A kind that
//! is not listed fails, and so does a line that nothing needs any more.
//!
//! Tables with headers of TOML cannot be retyped by changing one place; they are
//! removed, renamed and doubled like all else.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]
#![allow(
    clippy::single_range_in_vec_init,
    reason = "places are lists of ranges, often of one"
)]

#[path = "mutations/mutants.rs"]
mod mutants;

use mtp::diagnostics::{Diagnostic, Severity};
use mtp::source::{Disk, Files, ReadError, SourceMap, Span};
use mtp::{Options, Taken, emit};
use mutants::Mutant;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file and the spec through which it is compiled.
struct Target {
    spec: &'static str,
    file: &'static str,
    /// Where else a removal may show: files and texts in them.
    owners: &'static [(&'static str, &'static str)],
}

const fn alone(file: &'static str) -> Target {
    Target {
        spec: file,
        file,
        owners: &[],
    }
}

const HARBOUR: &str = "specs/split/harbour.yaml";

const TARGETS: [Target; 11] = [
    alone("specs/wonderland.yaml"),
    alone("specs/wonderland.toml"),
    alone("specs/wonderland.json"),
    alone("specs/storyteller.yaml"),
    alone("specs/support-tickets.yaml"),
    alone("specs/traffic-light.yaml"),
    alone(HARBOUR),
    Target {
        spec: HARBOUR,
        file: "specs/split/parts/words.yaml",
        owners: &[],
    },
    Target {
        spec: HARBOUR,
        file: "specs/split/parts/customs-desk.yaml",
        owners: &[],
    },
    Target {
        spec: HARBOUR,
        file: "specs/split/data/berths.jsonl",
        owners: &[
            ("harbour.yaml", "give_berth"),
            ("harbour.yaml", "[Berth, Wait]"),
        ],
    },
    Target {
        spec: HARBOUR,
        file: "specs/split/data/duties.csv",
        owners: &[
            ("customs-desk.yaml", "set_duty"),
            ("customs-desk.yaml", "final: Duty"),
        ],
    },
];

/// The disk, with one file's text replaced.
struct Broken<'t> {
    path: PathBuf,
    text: &'t str,
}

impl Files for Broken<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match Disk.canonical(path)? == self.path {
            true => Ok(self.text.as_bytes().to_vec()),
            false => Disk.read(path, limit),
        }
    }
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        Disk.canonical(path)
    }
    fn exists(&self, path: &Path) -> bool {
        Disk.exists(path)
    }
    fn below(&self, folder: &Path) -> Vec<PathBuf> {
        Disk.below(folder)
    }
}

/// What a compile came to: the two files, if they are built, and the errors' places.
struct Made {
    built: Option<[Vec<u8>; 2]>,
    errors: Vec<Told>,
    /// What is wrong with the findings themselves.
    unsound: Vec<String>,
}

/// An error: its rule, what is said, and all places it points at.
struct Told {
    rule: &'static str,
    message: String,
    places: Vec<(String, Range<usize>)>,
}

fn make(target: &Target, text: &str) -> Made {
    let canonical = Path::new(target.file)
        .canonicalize()
        .expect("a file of specs/");
    let files = Broken {
        path: canonical,
        text,
    };
    let spec = Path::new(target.spec);
    let bytes = files.read(spec, u64::MAX).expect("a spec that can be read");
    let sources = SourceMap::default();
    let outcome = mtp::check(
        &sources,
        &files,
        spec,
        bytes,
        Taken::AsSpec,
        &Options::default(),
    );
    let mut unsound = Vec::new();
    soundness(&sources, &outcome.diagnostics, &mut unsound);
    let errors = outcome
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<Told> = errors.map(|finding| told(&sources, finding)).collect();
    let built = outcome.protocol.as_ref().map(|protocol| {
        let (mut model, mut template) = (Vec::new(), Vec::new());
        emit::model(protocol, &mut model).expect("a model");
        emit::template(protocol, &mut template).expect("a template");
        [model, template]
    });
    if built.is_some() != errors.is_empty() {
        unsound.push("a protocol comes exactly where there is no error".to_owned());
    }
    Made {
        built,
        errors,
        unsound,
    }
}

fn told(sources: &SourceMap, finding: &Diagnostic) -> Told {
    let mut places = Vec::new();
    for span in std::iter::once(finding.span).chain(finding.labels.iter().map(|label| label.span)) {
        let Some(place) = sources.place(span) else {
            continue;
        };
        let name = file_name(&place.file.path);
        places.push((name.clone(), place.span.range()));
        places.extend(
            place
                .definition
                .map(|definition| (name, definition.range())),
        );
    }
    Told {
        rule: finding.rule.name,
        message: finding.message.clone(),
        places,
    }
}

fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

/// Every span lies in its file on character borders, the findings are sorted, and no
/// two are the same.
fn soundness(sources: &SourceMap, findings: &[Diagnostic], unsound: &mut Vec<String>) {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for finding in findings {
        let labels = finding.labels.iter().map(|label| label.span);
        let edits = finding
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.span);
        for span in std::iter::once(finding.span).chain(labels).chain(edits) {
            let text = sources
                .file(span)
                .and_then(|file| file.text.get(span.range()));
            if text.is_none() {
                unsound.push(format!(
                    "{}: {span:?} is no piece of its file",
                    finding.rule.name
                ));
            }
        }
        let Some(place) = sources.place(finding.span) else {
            unsound.push(format!("{}: no place", finding.rule.name));
            continue;
        };
        let at = (
            place.file.path.clone(),
            place.span.start,
            place.span.end,
            finding.rule.name,
        );
        let definition = place
            .definition
            .map(Span::range)
            .map(|range| (range.start, range.end));
        if !seen.insert((at.clone(), definition, finding.message.clone())) {
            unsound.push(format!(
                "{} is reported twice: {}",
                finding.rule.name, finding.message
            ));
        }
        order.push(at);
    }
    if !order.is_sorted() {
        unsound.push("the findings are not sorted".to_owned());
    }
}

/// What came of a mutant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verdict {
    /// An error at the change.
    Caught,
    /// The same bytes as before.
    Same,
    /// Other bytes.
    Builds,
    /// Errors, none at the change.
    Elsewhere,
}

/// Whether an error points at a place that was changed.
fn touches(target: &Target, mutant: &Mutant, told: &Told) -> bool {
    let own = file_name(target.file);
    told.places.iter().any(|(file, range)| {
        let here = *file == own
            && mutant
                .marks
                .iter()
                .any(|mark| mark.start <= range.end && range.start <= mark.end);
        let owner = mutant.removal
            && target.owners.iter().any(|(name, text)| {
                if name != file {
                    return false;
                }
                let folder = if *name == "harbour.yaml" {
                    "specs/split"
                } else {
                    "specs/split/parts"
                };
                let whole = std::fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
                whole
                    .find(text)
                    .is_some_and(|at| at <= range.end && range.start <= at + text.len())
            });
        here || owner
    })
}

/// A line of `accepted.txt`, its alternatives apart.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Accepted {
    verdict: Verdict,
    mutation: String,
    pattern: String,
    rule: String,
}

/// Reads `builds MUTATION PATTERN # reason` and `elsewhere MUTATION PATTERN RULE # reason`;
/// alternatives of a column stand apart by `|`.
fn accepted(text: &str) -> BTreeMap<Accepted, usize> {
    let mut all = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (kind, reason) = line.split_once(" # ").unwrap_or((line, ""));
        assert!(
            !reason.trim().is_empty(),
            "accepted.txt:{}: no reason",
            number + 1
        );
        let columns: Vec<&str> = kind.split_whitespace().collect();
        let (verdict, rules) = match columns.as_slice() {
            ["builds", _, _] => (Verdict::Builds, "-"),
            ["elsewhere", _, _, rules] => (Verdict::Elsewhere, *rules),
            _ => panic!("accepted.txt:{}: no such line", number + 1),
        };
        for mutation in columns[1].split('|') {
            for pattern in columns[2].split('|') {
                for rule in rules.split('|') {
                    let (mutation, pattern, rule) =
                        (mutation.to_owned(), pattern.to_owned(), rule.to_owned());
                    all.insert(
                        Accepted {
                            verdict,
                            mutation,
                            pattern,
                            rule,
                        },
                        number + 1,
                    );
                }
            }
        }
    }
    all
}

/// What the mutants of all files came to.
#[derive(Default)]
struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    /// Kinds that are neither caught nor the same, with their number and an example.
    kinds: BTreeMap<Accepted, (usize, String)>,
    failures: Vec<String>,
    syntax: BTreeMap<String, usize>,
    dump: String,
}

fn judge(target: &Target, mutant: &Mutant, base: &[Vec<u8>; 2], tally: &mut Tally) {
    let name = || {
        format!(
            "{}: {} {} `{}`",
            target.file, mutant.mutation, mutant.pattern, mutant.shown
        )
    };
    let Ok(made) = catch_unwind(AssertUnwindSafe(|| make(target, &mutant.text))) else {
        tally.failures.push(format!("{}: panics", name()));
        return;
    };
    tally.failures.extend(
        made.unsound
            .iter()
            .map(|what| format!("{}: {what}", name())),
    );
    let verdict = match &made.built {
        Some(built) if built == base => Verdict::Same,
        Some(_) => Verdict::Builds,
        None if made.errors.iter().any(|told| touches(target, mutant, told)) => Verdict::Caught,
        None => Verdict::Elsewhere,
    };
    *tally.verdicts.entry(verdict).or_default() += 1;
    // The rows of a table that lost a cell are a fault of their own.
    if !mutant.pattern.starts_with("csv") && made.errors.iter().any(|told| told.rule == "syntax") {
        *tally
            .syntax
            .entry(format!("{} {}", mutant.mutation, mutant.pattern))
            .or_default() += 1;
    }
    let said: Vec<String> = made
        .errors
        .iter()
        .map(|told| {
            let (file, range) = &told.places[0];
            format!(
                "{}@{file}:{}..{}: {}",
                told.rule, range.start, range.end, told.message
            )
        })
        .collect();
    if std::env::var_os("MTP_MUTANTS").is_some() {
        let own: Vec<_> = made
            .errors
            .iter()
            .map(|told| {
                if touches(target, mutant, told) {
                    '*'
                } else {
                    '-'
                }
            })
            .collect();
        let _ = writeln!(tally.dump, "{verdict:?} {}", name());
        for (said, own) in said.iter().zip(own) {
            let _ = writeln!(tally.dump, "    {own} {said}");
        }
    }
    let rules: BTreeSet<&str> = match verdict {
        Verdict::Caught | Verdict::Same => return,
        Verdict::Builds => ["-"].into(),
        Verdict::Elsewhere => made.errors.iter().map(|told| told.rule).collect(),
    };
    for rule in rules {
        let kind = Accepted {
            verdict,
            mutation: mutant.mutation.to_owned(),
            pattern: mutant.pattern.clone(),
            rule: rule.to_owned(),
        };
        let entry = tally
            .kinds
            .entry(kind)
            .or_insert_with(|| (0, format!("{}: {}", name(), said.join("; "))));
        entry.0 += 1;
    }
}

#[test]
#[allow(
    clippy::print_stderr,
    reason = "the number of mutants is worth knowing"
)]
fn every_break_is_noticed_where_it_was_made() {
    let mut work = Vec::new();
    let mut bases = Vec::new();
    let mut made = 0;
    for (number, target) in TARGETS.iter().enumerate() {
        let text = std::fs::read_to_string(target.file).expect("a file of specs/");
        let base = make(target, &text).built;
        bases.push(base.unwrap_or_else(|| panic!("{} does not build", target.spec)));
        // The twins of a YAML file say the same samples again: every second mutant of them will do.
        let twin = !target.file.ends_with(".yaml");
        let wanted = |at: usize, mutant: &Mutant| {
            !(twin && at % 2 == 1 && mutant.pattern.contains("samples[]."))
        };
        let all = mutants::of(target.file, &text).into_iter().enumerate();
        made += all.len();
        work.extend(
            all.filter(|(at, mutant)| wanted(*at, mutant))
                .map(|(_, mutant)| (number, mutant)),
        );
    }
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let run = || {
            let mut tally = Tally::default();
            while let Some((target, mutant)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                judge(&TARGETS[*target], mutant, &bases[*target], &mut tally);
            }
            tally
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().expect("a thread that ends"))
            .collect()
    });
    let mut all = Tally::default();
    for tally in tallies {
        for (verdict, count) in tally.verdicts {
            *all.verdicts.entry(verdict).or_default() += count;
        }
        for (kind, (count, example)) in tally.kinds {
            all.kinds.entry(kind).or_insert((0, example)).0 += count;
        }
        for (kind, count) in tally.syntax {
            *all.syntax.entry(kind).or_default() += count;
        }
        all.failures.extend(tally.failures);
        all.dump += &tally.dump;
    }
    if let Some(path) = std::env::var_os("MTP_MUTANTS") {
        std::fs::write(path, &all.dump).expect("a file for the verdicts");
    }
    eprintln!("{} of {made} mutants: {:?}", work.len(), all.verdicts);
    assert!(work.len() > 8_000, "only {} mutants", work.len());
    if !all.syntax.is_empty() {
        all.failures.push(format!(
            "these mutants are no longer documents: {:?}",
            all.syntax
        ));
    }
    let lines =
        accepted(&std::fs::read_to_string("tests/mutations/accepted.txt").unwrap_or_default());
    for (kind, (count, example)) in &all.kinds {
        if !lines.contains_key(kind) {
            let Accepted {
                verdict,
                mutation,
                pattern,
                rule,
            } = kind;
            let verdict = format!("{verdict:?}").to_lowercase();
            all.failures.push(format!(
                "{verdict} {mutation} {pattern} {rule} ({count}×)\n    {example}"
            ));
        }
    }
    for (kind, line) in lines
        .iter()
        .filter(|(kind, _)| !all.kinds.contains_key(kind))
    {
        all.failures
            .push(format!("accepted.txt:{line}: {kind:?} does not occur"));
    }
    assert!(
        all.failures.is_empty(),
        "{} failures:\n{}",
        all.failures.len(),
        all.failures.join("\n")
    );
}
