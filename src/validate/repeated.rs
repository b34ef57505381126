//! Samples that stand twice, and samples that contradict each other.

use super::Subject;
use crate::ast::{self, Numbers, Output, Snippet};
use crate::diagnostics::{Diagnostics, conflicting_samples, duplicate_sample};
use crate::ir::{Ending, Instruction, Number, Sample};
use crate::source::{Span, Text};
use std::collections::hash_map::{Entry, RandomState};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};

pub(super) fn check(subject: &Subject<'_, '_>, findings: &mut Diagnostics) {
    for instruction in &subject.protocol.instructions {
        samples(instruction, findings);
    }
}

fn samples(instruction: &Instruction<'_>, findings: &mut Diagnostics) {
    let repeated = repeated(instruction);
    if repeated.is_empty() {
        return;
    }
    let mut by_inputs: HashMap<Inputs<'_>, Sample<'_, '_>> = HashMap::new();
    let mut by_all: HashMap<Whole<'_>, Sample<'_, '_>> = HashMap::new();
    for sample in repeated {
        let Some(inputs) = Inputs::of(sample.written) else {
            continue;
        };
        if sample.ending == Ending::Unknown || answer(sample).is_none() {
            continue;
        }
        match by_all.entry(Whole(inputs.clone(), sample)) {
            Entry::Occupied(twin) => {
                let first = twin.get().written.span;
                findings.push(duplicate_sample::diagnostic(sample.written.span, first));
                continue;
            }
            Entry::Vacant(place) => {
                place.insert(sample);
            }
        }
        match by_inputs.entry(inputs) {
            Entry::Occupied(first) => {
                findings.push(conflicting_samples::diagnostic(
                    place(sample),
                    place(*first.get()),
                ));
            }
            Entry::Vacant(place) => {
                place.insert(sample);
            }
        }
    }
}

/// A number made of a sample's inputs, never 0; the same for the same inputs. `None` if they
/// could not be read.
pub fn inputs_number(sample: &ast::Sample<'_>, state: &RandomState) -> Option<u64> {
    Inputs::of(sample).map(|inputs| state.hash_one(inputs).max(1))
}

/// The samples whose inputs seem to stand in another one as well, in order: most have
/// inputs of their own, which their hashes tell without keeping anything else.
fn repeated<'p, 's>(instruction: &'p Instruction<'s>) -> Vec<Sample<'p, 's>> {
    let state = RandomState::new();
    let hash = |sample: Sample<'_, '_>| {
        Inputs::of(sample.written).map_or(0, |inputs| state.hash_one(inputs))
    };
    let mut hashes = Vec::with_capacity(instruction.samples.len());
    hashes.extend(instruction.known_samples().map(hash));
    hashes.sort_unstable();
    let pairs = hashes.windows(2).filter(|pair| pair[0] == pair[1]);
    let twice: HashSet<u64> = pairs.map(|pair| pair[0]).collect();
    if twice.is_empty() {
        return Vec::new();
    }
    let samples = instruction.known_samples();
    samples
        .filter(|sample| twice.contains(&hash(*sample)))
        .collect()
}

/// A whole sample, to be compared by inputs and answer.
struct Whole<'p>(Inputs<'p>, Sample<'p, 'p>);

impl Hash for Whole<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
        self.1.ending.hash(state);
        match answer(self.1) {
            Some(Output::Snippet(snippet)) => hash_snippet(snippet, state),
            Some(Output::Labels(labels)) => {
                // Labels may stand in any order.
                let values = labels.value.iter().filter_map(|(_, value)| value.as_ref());
                let mut values: Vec<&str> = values.map(|value| value.value.as_ref()).collect();
                values.sort_unstable();
                values.hash(state);
            }
            None => {}
        }
        if let Some(value) = self.1.written.value.given() {
            value.value.whole().hash(state);
        }
    }
}

impl PartialEq for Whole<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && same_answer(self.1, other.1)
    }
}

impl Eq for Whole<'_> {}

/// A sample's inputs, to be compared by texts and numbers.
#[derive(Clone)]
struct Inputs<'p>(Vec<&'p Snippet<'p>>);

impl<'p> Inputs<'p> {
    fn of(sample: &'p ast::Sample<'_>) -> Option<Self> {
        let list = sample.input.as_ref()?;
        let snippets: Option<Vec<_>> = list.value.iter().map(Option::as_ref).collect();
        snippets.map(Inputs)
    }
}

impl Hash for Inputs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for snippet in &self.0 {
            hash_snippet(snippet, state);
        }
    }
}

/// What [`same_snippet`] compares: samples may differ in nothing but their numbers.
fn hash_snippet<H: Hasher>(snippet: &Snippet<'_>, state: &mut H) {
    snippet.text.value.hash(state);
    for value in values(snippet.numbers.as_deref()) {
        value.hash(state);
    }
}

impl PartialEq for Inputs<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(a, b)| same_snippet(a, b))
    }
}

impl Eq for Inputs<'_> {}

fn same_snippet(a: &Snippet<'_>, b: &Snippet<'_>) -> bool {
    a.text.value == b.text.value && values(a.numbers.as_deref()).eq(values(b.numbers.as_deref()))
}

/// A number as it is compared: `5.0` is 5.
#[derive(PartialEq, Eq, Hash)]
enum Value {
    /// A list begins.
    List,
    Whole(i128),
    Float(String),
}

impl Value {
    fn of(number: &Number) -> Self {
        match number.whole() {
            Some(whole) => Value::Whole(whole),
            None => Value::Float(number.to_string()),
        }
    }
}

/// Every number of a snippet, with a mark between lists.
fn values(numbers: Option<&Numbers>) -> impl Iterator<Item = Value> {
    let plain = numbers.and_then(|numbers| numbers.numbers.as_ref()?.value.as_ref());
    let lists = numbers.and_then(|numbers| numbers.number_lists.as_ref()?.value.as_ref());
    let plain = plain
        .into_iter()
        .flat_map(|list| list.value.iter().flatten());
    let plain = plain.map(|number| Value::of(&number.value));
    let lists = lists
        .into_iter()
        .flat_map(|lists| lists.value.iter().flatten());
    let lists = lists.flat_map(|list| {
        let numbers = list.value.iter().flatten();
        let numbers = numbers.map(|number| Value::of(&number.value));
        std::iter::once(Value::List).chain(numbers)
    });
    plain.chain(lists)
}

fn answer<'p, 's>(sample: Sample<'p, 's>) -> Option<&'p Output<'s>> {
    sample.written.output.as_ref()
}

fn same_answer(a: Sample<'_, '_>, b: Sample<'_, '_>) -> bool {
    let same_output = match (answer(a), answer(b)) {
        (Some(Output::Snippet(a)), Some(Output::Snippet(b))) => same_snippet(a, b),
        (Some(Output::Labels(a)), Some(Output::Labels(b))) => {
            let pairs = |labels: &[ast::Label<'_>]| {
                let text = |text: &Text<'_>| text.value.to_string();
                let pairs = labels.iter();
                let pairs = pairs.map(|(label, value)| (text(label), value.as_ref().map(text)));
                let mut pairs: Vec<_> = pairs.collect();
                pairs.sort();
                pairs
            };
            pairs(&a.value) == pairs(&b.value)
        }
        _ => false,
    };
    let value = |sample: Sample<'_, '_>| Some(sample.written.value.given()?.value);
    let same_value = match (value(a), value(b)) {
        (None, None) => true,
        (Some(a), Some(b)) => a.compare(b).is_eq(),
        _ => false,
    };
    same_output && a.ending == b.ending && same_value
}

/// The answer, which is what to change.
fn place(sample: Sample<'_, '_>) -> Span {
    answer(sample).map_or(sample.written.span, Output::span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::sample;
    use crate::data::lines;
    use crate::source::SourceMap;

    #[test]
    fn samples_that_differ_in_numbers_alone_are_told_apart_by_their_hash() {
        let input = |numbers: &str| {
            format!(
                "{{\"input\": [{{\"string\": \"How deep?\", {numbers}}}], \"output\": \"o\"}}\n"
            )
        };
        let written = [
            r#""numbers": 5"#,
            r#""numbers": 6"#,
            r#""number_lists": [[5]]"#,
            r#""number_lists": [[5], [6]]"#,
            r#""number_lists": [[5, 6]]"#,
            r#""numbers": 5.0"#,
        ];
        let sources = SourceMap::default();
        let text: String = written.iter().map(|numbers| input(numbers)).collect();
        let origin = sources.add("a.jsonl", text);
        let mut findings = Diagnostics::default();
        let decode =
            |item, findings: &mut Diagnostics| sample(item, ast::InstructionType::Basic, findings);
        let one = std::num::NonZeroUsize::MIN;
        let samples: Vec<ast::Samples<'_>> =
            lines(&sources, origin, None, one, &mut findings, decode);
        let state = RandomState::new();
        let numbers = samples.iter().flat_map(ast::Samples::iter).flatten();
        let numbers: Vec<_> = numbers
            .map(|sample| inputs_number(sample, &state))
            .collect();
        assert_eq!(numbers.len(), written.len());
        let distinct: HashSet<_> = numbers.iter().collect();
        assert_eq!(distinct.len(), written.len() - 1);
        assert_eq!(numbers.first(), numbers.last());
    }
}
