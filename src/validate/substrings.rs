//! No name or key of a token in use stands within another: the model could not tell
//! them apart.
//!
//! The reference compares all pairs; one pass of an automaton over all names finds the
//! same in linear time. As there, only letters, digits and emoji count, in lower case,
//! and the shorter of two is the one with fewer characters as written.

use super::Subject;
use crate::diagnostics::{Diagnostics, token_substring};
use crate::ir::{Instruction, Response, Special};
use crate::python::characters::{is_alphanumeric, is_emoji, lower};
use crate::source::Span;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::{HashMap, HashSet};

/// How many matches are looked at in all. Names such as `a`, `aa`, `aaa` … match each
/// other more often than there are pairs; that many findings tell enough.
const MATCHES: usize = 10_000_000;

/// A name or key in use.
struct Word<'p> {
    written: &'p str,
    /// Lower-cased letters, digits and emoji.
    core: String,
    /// Characters as written.
    length: usize,
    /// Where it is declared; special and response tokens are not.
    declared: Option<Span>,
    /// What brings in a token that is not declared.
    brought_by: Option<Span>,
    /// It is made from the token's name.
    generated: bool,
    /// The token's place among all tokens.
    token: Option<usize>,
}

impl<'p> Word<'p> {
    fn new(written: &'p str, declared: Option<Span>, token: Option<usize>) -> Self {
        let kept = written
            .chars()
            .filter(|c| is_alphanumeric(*c) || is_emoji(*c));
        Word {
            written,
            core: kept.flat_map(lower).collect(),
            length: written.chars().count(),
            declared,
            brought_by: None,
            generated: false,
            token,
        }
    }
}

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    let protocol = subject.protocol;
    let responses: Vec<(Response, Span)> = protocol
        .instructions
        .iter()
        .filter_map(|instruction| {
            let by = instruction.type_span.unwrap_or(instruction.name.span);
            Some((Response::of(instruction, protocol)?, by))
        })
        .take(1)
        .collect();
    let brought = |pick: fn(&Response) -> &String| {
        let of_responses = responses.iter().map(move |(response, by)| {
            let mut word = Word::new(pick(response), None, None);
            word.brought_by = Some(*by);
            word
        });
        let non = subject.uses.non.then(|| {
            let mut word = Word::new(Special::NON.key, None, None);
            let ends_in_non =
                |i: &&Instruction<'_>| i.instruction_type.has_finals() && i.finals.is_empty();
            word.brought_by = protocol
                .instructions
                .iter()
                .find(ends_in_non)
                .map(|instruction| instruction.name.span);
            word
        });
        of_responses.chain(non).collect::<Vec<_>>()
    };

    let mut names = brought(|response| &response.value);
    let mut keys = brought(|response| &response.key);
    for id in subject.uses.tokens() {
        let token = &protocol.tokens[id.0];
        // An empty name or key is another rule's business.
        if !token.name.value.is_empty() {
            names.push(Word::new(&token.value, Some(token.name.span), Some(id.0)));
        }
        if let Some(key) = token.key.as_deref().filter(|key| !key.is_empty()) {
            let mut word = Word::new(key, Some(token.key_place()), Some(id.0));
            word.generated = token.key_span.is_none();
            keys.push(word);
        }
    }
    let mut told = HashSet::new();
    compare("name", &names, &mut told, findings);
    compare("key", &keys, &mut told, findings);
}

/// Reports each word that stands within another, once, with the first such other.
/// `told` holds the pairs of tokens whose names have been reported: keys made from
/// those names are no second mistake.
fn compare(
    what: &str,
    words: &[Word<'_>],
    told: &mut HashSet<(Option<usize>, Option<usize>)>,
    findings: &mut Diagnostics,
) {
    // Words with the same core share a pattern.
    let mut by_core: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, word) in words.iter().enumerate() {
        by_core.entry(&word.core).or_default().push(at);
    }
    let mut cores: Vec<&str> = by_core
        .keys()
        .copied()
        .filter(|core| !core.is_empty())
        .collect();
    cores.sort_unstable();
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(&cores);
    // It cannot be built only if it would need more than 2³¹ states.
    let Ok(automaton) = automaton else { return };

    let mut within: Vec<Option<usize>> = vec![None; words.len()];
    let empty = by_core.get("").map(Vec::as_slice).unwrap_or_default();
    let mut left = MATCHES;
    for (at, long) in words.iter().enumerate() {
        let found = automaton.find_overlapping_iter(&long.core);
        let found = found.filter_map(|found| by_core.get(cores[found.pattern().as_usize()]));
        for short in found.flatten().chain(empty).copied().take(left) {
            left -= 1;
            let is_pair = short != at
                && words[short].written != long.written
                && words[short].length <= long.length
                // Of two words with one core, the later one is the mistake.
                && (words[short].core != long.core || words[short].length < long.length || short > at);
            if is_pair && within[short].is_none() {
                within[short] = Some(at);
            }
        }
    }
    for (short, long) in within
        .iter()
        .enumerate()
        .filter_map(|(short, long)| Some((short, (*long)?)))
    {
        let (short, long) = (&words[short], &words[long]);
        let derived = short.generated && (long.generated || long.token.is_none());
        if derived && told.contains(&(short.token, long.token)) {
            continue;
        }
        told.insert((short.token, long.token));
        let shown = |word: &Word<'_>| match what {
            "name" if word.token.is_some() => word
                .written
                .strip_suffix('_')
                .unwrap_or(word.written)
                .to_owned(),
            _ => word.written.to_owned(),
        };
        match (short.declared, long.declared) {
            (Some(place), Some(other)) => {
                findings.push(token_substring::diagnostic(
                    what,
                    &shown(short),
                    place,
                    &shown(long),
                    other,
                ));
            }
            (Some(place), None) => findings.push(token_substring::within_special(
                what,
                &shown(short),
                place,
                long.written,
                long.brought_by,
            )),
            (None, Some(place)) => findings.push(token_substring::holds_special(
                what,
                &shown(long),
                place,
                short.written,
                short.brought_by,
            )),
            (None, None) => {}
        }
    }
}
