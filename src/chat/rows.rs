//! The rows that a protocol gives: every sample, and every prompt that a guardrail refuses.

use crate::ir::Protocol;
use crate::source::{Span, Text};

/// A row, by its places in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The instruction, from 0.
    pub instruction: usize,
    /// The sample, from 0; of a guardrail's row the one that lends its other inputs.
    pub sample: usize,
    /// The use of a guardrail and its bad prompt, both from 0, for a row that shows what is
    /// refused.
    pub refused: Option<(usize, usize)>,
}

impl Row {
    /// All rows: for every instruction its samples, then what its guardrails refuse, in the
    /// order of the spec.
    pub fn all<'p>(protocol: &'p Protocol<'_>) -> impl Iterator<Item = Row> + 'p {
        let instructions = protocol.instructions.iter().enumerate();
        instructions.flat_map(|(at, instruction)| {
            let known = instruction.samples.iter().enumerate();
            let known = known.filter(|(_, sample)| sample.is_some());
            let samples = known.map(move |(sample, _)| Row {
                instruction: at,
                sample,
                refused: None,
            });
            let mut donors = samples.clone().cycle();
            let refused = Row::prompts(protocol, at).filter_map(move |refused| {
                let refused = Some(refused);
                Some(Row {
                    refused,
                    ..donors.next()?
                })
            });
            samples.chain(refused)
        })
    }

    /// What the guardrails of the instruction with the number `at` refuse: the use of a
    /// guardrail and its bad prompt. The samples in order lend one after another their other
    /// inputs, from the first again behind the last.
    pub fn prompts<'p>(
        protocol: &'p Protocol<'_>,
        at: usize,
    ) -> impl Iterator<Item = (usize, usize)> + 'p {
        let instruction = protocol.instructions.get(at).into_iter();
        let uses = instruction.flat_map(|instruction| instruction.guardrails.iter().enumerate());
        uses.flat_map(move |(used, guardrail)| {
            let guardrail = guardrail.input.and(guardrail.guardrail);
            let prompts = guardrail
                .and_then(|id| protocol.guardrails[id.0].samples.as_ref()?.value.as_ref())
                .map(|prompts| prompts.value.as_slice())
                .unwrap_or_default();
            let prompts = prompts.iter().enumerate();
            prompts.filter_map(move |(prompt, text)| text.as_ref().map(|_| (used, prompt)))
        })
    }

    /// Where the row stands in the spec: the sample, or the bad prompt.
    pub fn span(&self, protocol: &Protocol<'_>) -> Option<Span> {
        match self.refused {
            Some(_) => Some(self.prompt(protocol)?.span),
            None => {
                let instruction = protocol.instructions.get(self.instruction)?;
                Some(instruction.samples.get(self.sample)?.written.span)
            }
        }
    }

    /// The bad prompt that is refused, if the row is of a guardrail.
    pub fn refused_text<'p>(&self, protocol: &'p Protocol<'_>) -> Option<&'p str> {
        Some(self.prompt(protocol)?.value.as_ref())
    }

    fn prompt<'p, 's>(&self, protocol: &'p Protocol<'s>) -> Option<&'p Text<'s>> {
        let (used, prompt) = self.refused?;
        let instruction = protocol.instructions.get(self.instruction)?;
        let id = instruction.guardrails.get(used)?.guardrail?;
        let prompts = protocol.guardrails[id.0].samples.as_ref()?.value.as_ref()?;
        prompts.value.get(prompt)?.as_ref()
    }
}
