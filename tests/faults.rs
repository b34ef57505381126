//! The findings of many faults in one file are those of each alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod common;

use common::made::make;
use mtp::Options;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Faults in `specs/wonderland.yaml`, each another place: what stands there, once, and
/// what stands there instead. No line is added or lost.
const FAULTS: [(&str, &str); 42] = [
    ("2\n\ncontext:", "2\nformat: \"3\"\ncontext:"),
    ("\n\ntokens:\n", "\ncontxt: [x]\ntokens:\n"),
    ("\n\ntoken_sets:\n", "\nencrypt: 5\ntoken_sets:\n"),
    (
        "\n\nguardrails:\n",
        "\nrules: { unused-tokn: off }\nguardrails:\n",
    ),
    ("\n\ninstructions:\n", "\ninputs: 2\ninstructions:\n"),
    (
        "\n\n  cat_judges_madness:\n",
        "\n    type: basik\n  cat_judges_madness:\n",
    ),
    (
        "\n\n  cat_comes_and_goes:\n",
        "\n    states: [a]\n  cat_comes_and_goes:\n",
    ),
    (
        "- The Cat comes and goes so suddenly that it makes Alice quite giddy.",
        "- [The Cat comes and goes]",
    ),
    ("Tree: The bough that the Cat sits on", "Tree: [The bough]"),
    (
        "Grin: A grin, with or without a cat",
        "Grin: { key: \"a-b\", desc: A grin }",
    ),
    ("key: 🫥", "key: 🐱"),
    ("min: 5, max: 20", "min: 25, max: 20"),
    (
        "Continue: { type: final, ",
        "Continue: { type: final, min: 1, ",
    ),
    (
        "Vanish: { type: final, desc:",
        "Vanish: { type: final, dsc:",
    ),
    ("cat_grin: [Cat, Grin]", "cat_grin: [Cat, Grin, Cat]"),
    (
        "alice_talk: [Tree, Alice, Talk]",
        "alice_talk: [Tree, Alise, Talk]",
    ),
    (
        "good_prompt: A question or remark that Alice could make to the Cat in the wood",
        "good_prompt: \"\"",
    ),
    (
        "bad_output: Are you quite sure that you came down the right hole?",
        "bad_output: [Are you sure?]",
    ),
    (
        "- Explain quantum mechanics to me.",
        "- Explain 4 mechanics to me.",
    ),
    (
        "{ alice_talk: stay_in_wonderland }",
        "{ 7: stay_in_wonderland }",
    ),
    (
        "final: [Continue, Vanish]",
        "final: [Continue, Vanish, Grin]",
    ),
    (
        "output: You'll see me there.",
        "output: \"You'll see me there. \"",
    ),
    ("output: I thought it would.", "output: \"\""),
    (
        "[\"By-the-bye, what became of the baby?\", ",
        "[\"Why?\", \"By-the-bye, what became of the baby?\", ",
    ),
    ("output: All right.", "output: All right <EOS>."),
    (
        "come here., numbers: 10 }",
        "come here., numbers: [10, 11] }",
    ),
    ("when I'm angry., numbers: 12 }", "when I'm angry. }"),
    ("value: 9.5", "value: 95"),
    ("value: 0\n", "vale: 0\n"),
    (
        "month of March., numbers: 11 }",
        "month of March., numbers: 11.5 }",
    ),
    (
        "The grin waits.\n        final: Continue",
        "The grin waits.\n        final: Vanish",
    ),
    ("at last., numbers: 7 }", "at last., numbers: seven }"),
    (
        "over her shoulder.\n        final: Continue",
        "over her shoulder.\n        finel: Continue",
    ),
    (
        "output: cat_grin\n    final: [Reappear",
        "output: cat_grim\n    final: [Reappear",
    ),
    (
        "gone already., number_lists: [12, 340, -7] }",
        "gone already., number_lists: [12, 340, -7, 5] }",
    ),
    ("[-880, 95, 1000]", "[-880, 95, 10001]"),
    ("[[12, 340, -7]]", "[]"),
    ("[12, 341, -7]", "[12, 341.5, -7]"),
    ("[-881, 95, 999]", "[[-881, 95, 999], [1, 2, 3]]"),
    (
        "output: There it is again, on the same bough.",
        "outputs: There it is again, on the same bough.",
    ),
    (
        "executioner comes.\n        final: Vanish",
        "executioner comes.\n        final: Vanisch",
    ),
    (
        "The grin pours itself a cup.\n        final: Madness",
        "The grin pours itself a cup.\n        final: Grin",
    ),
];

/// The text with some of the faults.
fn faulty(base: &str, faults: &[usize]) -> String {
    let mut edits: Vec<_> = faults
        .iter()
        .map(|fault| {
            let (from, to) = FAULTS[*fault];
            assert_eq!(
                base.matches(from).count(),
                1,
                "{from:?} has to stand there once"
            );
            assert_eq!(
                from.matches('\n').count(),
                to.matches('\n').count(),
                "{to:?} moves lines"
            );
            (base.find(from).expect("it stands there"), from, to)
        })
        .collect();
    edits.sort_unstable();
    assert!(
        edits
            .windows(2)
            .all(|pair| pair[0].0 + pair[0].1.len() <= pair[1].0),
        "faults overlap"
    );
    let mut text = base.to_owned();
    for (at, from, to) in edits.into_iter().rev() {
        text.replace_range(at..at + from.len(), to);
    }
    text
}

/// A generator with a fixed seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

type Findings = BTreeSet<(&'static str, usize, String)>;

fn found(base: &str, faults: &[usize]) -> Findings {
    make(
        "wonderland.yaml",
        &faulty(base, faults),
        &Options::default(),
    )
    .findings
    .into_iter()
    .collect()
}

/// What a combination has too much and too little.
fn difference(base: &str, single: &[Findings], faults: &[usize]) -> Option<String> {
    let wanted: Findings = faults
        .iter()
        .flat_map(|fault| single[*fault].clone())
        .collect();
    let found = found(base, faults);
    if found == wanted {
        return None;
    }
    let more: Vec<_> = found.difference(&wanted).collect();
    let less: Vec<_> = wanted.difference(&found).collect();
    Some(format!("too much: {more:?}, too little: {less:?}"))
}

#[test]
fn many_faults_give_the_findings_of_each() {
    let base = std::fs::read_to_string("specs/wonderland.yaml").expect("the example");
    let single: Vec<Findings> = (0..FAULTS.len())
        .map(|fault| found(&base, &[fault]))
        .collect();
    for (fault, found) in single.iter().enumerate() {
        assert!(!found.is_empty(), "{:?} is not found", FAULTS[fault]);
    }
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for a in 0..FAULTS.len() {
        sets.extend((a + 1..FAULTS.len()).map(|b| vec![a, b]));
    }
    let mut random = Random(1);
    for _ in 0..300 {
        let size = 3 + random.below(FAULTS.len() - 3);
        let mut left: Vec<usize> = (0..FAULTS.len()).collect();
        let mut set: Vec<usize> = (0..size)
            .map(|_| left.swap_remove(random.below(left.len())))
            .collect();
        set.sort_unstable();
        sets.push(set);
    }
    let mut failures: BTreeMap<Vec<usize>, String> = BTreeMap::new();
    for set in sets {
        // A smaller set that fails tells more, and is told once.
        if failures
            .keys()
            .any(|known| known.iter().all(|fault| set.contains(fault)))
        {
            continue;
        }
        if difference(&base, &single, &set).is_none() {
            continue;
        }
        let mut small = set;
        let mut at = 0;
        while at < small.len() {
            let mut fewer = small.clone();
            fewer.remove(at);
            match difference(&base, &single, &fewer) {
                Some(_) => small = fewer,
                None => at += 1,
            }
        }
        let told = difference(&base, &single, &small).unwrap_or_default();
        failures.insert(small, told);
    }
    let mut text = String::new();
    for (set, told) in &failures {
        let _ = writeln!(
            text,
            "{:?}\n    {told}",
            set.iter().map(|fault| FAULTS[*fault].1).collect::<Vec<_>>()
        );
    }
    assert!(
        failures.is_empty(),
        "{} combinations:\n{text}",
        failures.len()
    );
}
