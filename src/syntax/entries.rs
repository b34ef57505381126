//! A map while it is read: its entries in order, and whether a key is there already.

use super::tree::{Entry, Text};
use std::borrow::Cow;
use std::collections::HashMap;

/// Up to here, comparing with every key is faster than hashing.
const FEW: usize = 12;

/// Something that has a key.
pub(super) trait Keyed<'s> {
    /// The key.
    fn key(&self) -> &Text<'s>;
}

impl<'s> Keyed<'s> for Entry<'s> {
    fn key(&self) -> &Text<'s> {
        &self.key
    }
}

/// The entries of one map. Looking a key up takes the same time in a map of a million.
#[derive(Debug)]
pub(super) struct Entries<'s, E> {
    list: Vec<E>,
    /// Where a key stands in `list`; only kept once there are many.
    index: HashMap<Cow<'s, str>, usize>,
}

impl<E> Default for Entries<'_, E> {
    fn default() -> Self {
        Entries {
            list: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<'s, E: Keyed<'s>> Entries<'s, E> {
    /// The number of the entry that has this key.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        if self.list.len() <= FEW {
            return self
                .list
                .iter()
                .position(|entry| *entry.key().value == *key);
        }
        self.index.get(key).copied()
    }

    /// Where this key stands already.
    pub(super) fn first(&self, key: &str) -> Option<&Text<'s>> {
        Some(self.list.get(self.find(key)?)?.key())
    }

    /// The entry of this number.
    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut E> {
        self.list.get_mut(number)
    }

    /// Adds an entry whose key was not found.
    pub(super) fn push(&mut self, entry: E) {
        self.list.push(entry);
        let from = match self.list.len().checked_sub(FEW + 1) {
            None => return,
            Some(0) => 0,
            Some(_) => self.list.len() - 1,
        };
        for (n, entry) in self.list.iter().enumerate().skip(from) {
            self.index.insert(entry.key().value.clone(), n);
        }
    }

    /// The entries so far, in order.
    pub(super) fn list(&self) -> &[E] {
        &self.list
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The entries, in order, in no more memory than they need: most maps are small, and
    /// there may be a million of them.
    pub(super) fn into_list(mut self) -> Vec<E> {
        self.list.shrink_to_fit();
        self.list
    }
}
