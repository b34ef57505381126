//! The samples of a spec, decoded while its file is still being read: a tree of a million of
//! them is never held. Of a long file they are decoded by a thread of their own.

use super::{InstructionType, Samples, sample};
use crate::diagnostics::Diagnostics;
use crate::source::Seen;
use crate::syntax::decode::Item;
use crate::syntax::tree::{Entry, Node, Value};
use crate::syntax::{TAKEN_DEPTH, Take};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// The samples that were taken from a file.
#[derive(Debug, Default)]
pub struct Taken<'s> {
    lists: Vec<List<'s>>,
    misjudged: bool,
}

/// The samples of one instruction.
#[derive(Debug)]
struct List<'s> {
    /// The type of the instruction, as far as it is known where the samples stand.
    kind: InstructionType,
    samples: Samples<'s>,
    findings: Diagnostics,
}

impl<'s> List<'s> {
    fn new(kind: InstructionType) -> Self {
        List {
            kind,
            samples: Samples::default(),
            findings: Diagnostics::default(),
        }
    }

    fn push(&mut self, item: Node<'s>) {
        let sample = sample(Item::of(item), self.kind, &mut self.findings);
        self.samples.push(sample);
    }
}

impl<'s> Taken<'s> {
    /// What `read` takes, decoded by another thread if `apart` and counted by `seen`; and what
    /// `read` returns.
    pub fn by<T>(
        apart: bool,
        seen: Option<&Seen>,
        read: impl FnOnce(&mut dyn Take<'s>) -> T,
    ) -> (Taken<'s>, T) {
        let read = |inner: &mut dyn Take<'s>| match seen {
            Some(seen) => read(&mut Counting { inner, seen, at: 0 }),
            None => read(inner),
        };
        if !apart {
            let mut taken = Taken::default();
            let result = read(&mut taken);
            return (taken, result);
        }
        thread::scope(|scope| {
            let (batches, waiting) = sync_channel::<Batch<'s>>(WAITING);
            let decoder = scope.spawn(move || {
                let mut taken = Taken::default();
                for batch in waiting {
                    taken.decode(batch);
                }
                taken
            });
            let mut sender = Sender {
                batch: None,
                lists: 0,
                batches,
            };
            let result = read(&mut sender);
            sender.send();
            drop(sender);
            match decoder.join() {
                Ok(taken) => (taken, result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    fn decode(&mut self, batch: Batch<'s>) {
        while self.lists.len() <= batch.list {
            self.lists.push(List::new(batch.kind));
        }
        if let Some(list) = self.lists.get_mut(batch.list) {
            batch.items.into_iter().for_each(|item| list.push(item));
        }
    }

    /// The samples of a list, and what was found in them, if they were decoded as those of an
    /// instruction of type `kind`.
    pub(super) fn samples(
        &mut self,
        number: usize,
        kind: InstructionType,
        findings: &mut Diagnostics,
    ) -> Samples<'s> {
        let Some(list) = self.lists.get_mut(number) else {
            return Samples::default();
        };
        self.misjudged |= list.kind != kind;
        findings.append(std::mem::take(&mut list.findings));
        std::mem::take(&mut list.samples)
    }

    /// Whether anything was taken.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Whether the type of an instruction stands behind its samples and is another than it
    /// seemed: what was decoded of the file is wrong.
    pub fn is_misjudged(&self) -> bool {
        self.misjudged
    }
}

/// The type of the instruction whose samples begin, if it is one, as far as it is known.
fn kind(keys: [&str; TAKEN_DEPTH], before: &[Entry<'_>]) -> Option<InstructionType> {
    let ["instructions", _, "samples"] = keys else {
        return None;
    };
    let written = before.iter().find(|entry| entry.key.value == "type");
    match written.map(|entry| &entry.value.value) {
        None => Some(InstructionType::Basic),
        Some(Value::Text(name) | Value::Plain(name)) => InstructionType::parse(name),
        Some(_) => None,
    }
}

impl<'s> Take<'s> for Taken<'s> {
    fn begin(&mut self, keys: [&str; TAKEN_DEPTH], before: &[Entry<'s>]) -> Option<usize> {
        self.lists.push(List::new(kind(keys, before)?));
        Some(self.lists.len() - 1)
    }

    fn item(&mut self, number: usize, item: Node<'s>) {
        if let Some(list) = self.lists.get_mut(number) {
            list.push(item);
        }
    }
}

/// Counts what is taken, and the text up to there.
struct Counting<'t, 's> {
    inner: &'t mut dyn Take<'s>,
    seen: &'t Seen,
    /// The byte up to which it was counted.
    at: u32,
}

impl<'s> Take<'s> for Counting<'_, 's> {
    fn begin(&mut self, keys: [&str; TAKEN_DEPTH], before: &[Entry<'s>]) -> Option<usize> {
        self.inner.begin(keys, before)
    }

    fn item(&mut self, number: usize, item: Node<'s>) {
        let end = item.span.end.max(self.at);
        self.seen.count(u64::from(end - self.at), 1);
        self.at = end;
        self.inner.item(number, item);
    }
}

/// Items of one list.
struct Batch<'s> {
    list: usize,
    kind: InstructionType,
    items: Vec<Node<'s>>,
}

/// Items of a batch, and batches that wait at most.
const BATCH: usize = 32;
const WAITING: usize = 2;

/// Gives what is taken to the thread that decodes it.
struct Sender<'s> {
    batch: Option<Batch<'s>>,
    lists: usize,
    batches: SyncSender<Batch<'s>>,
}

impl Sender<'_> {
    fn send(&mut self) {
        if let Some(batch) = self.batch.take() {
            // The decoder ends early only by a panic, which is passed on later.
            let _ = self.batches.send(batch);
        }
    }
}

impl<'s> Take<'s> for Sender<'s> {
    fn begin(&mut self, keys: [&str; TAKEN_DEPTH], before: &[Entry<'s>]) -> Option<usize> {
        let kind = kind(keys, before)?;
        self.send();
        let list = self.lists;
        self.batch = Some(Batch {
            list,
            kind,
            items: Vec::with_capacity(BATCH),
        });
        self.lists += 1;
        Some(list)
    }

    fn item(&mut self, _: usize, item: Node<'s>) {
        let Some(batch) = &mut self.batch else {
            return;
        };
        batch.items.push(item);
        if batch.items.len() == BATCH {
            let next = Batch {
                items: Vec::with_capacity(BATCH),
                ..*batch
            };
            self.send();
            self.batch = Some(next);
        }
    }
}
