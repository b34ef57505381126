//! What the server knows: the open texts, and what the last check of every spec gave.

use super::documents::{Document, Documents};
use super::findings::{ByFile, Found};
use super::index::Index;
use super::position::Encoding;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// All of it.
pub(super) struct State {
    pub(super) encoding: Encoding,
    pub(super) documents: Documents,
    /// What came of specs when they were last checked.
    pub(super) specs: BTreeMap<PathBuf, ByFile>,
    /// The texts that changed since.
    pub(super) changed: BTreeSet<PathBuf>,
    /// The names of specs, by spec, for this state of the texts.
    pub(super) names: BTreeMap<PathBuf, Arc<Index>>,
    /// The same from the last texts that could be read.
    pub(super) readable: BTreeMap<PathBuf, Arc<Index>>,
    /// What the client was told of files that are not open.
    pub(super) told: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>>,
    pub(super) is_over: bool,
}

impl State {
    /// The specs that a file belongs to, as far as that is known: itself, or those that read it.
    pub(super) fn specs_of(&self, file: &Path) -> Vec<PathBuf> {
        let reads = |files: &ByFile| files.contains_key(file);
        let known = self.specs.iter().filter(|(_, files)| reads(files));
        known.map(|(spec, _)| spec.clone()).collect()
    }

    /// What was found in a file, each once.
    pub(super) fn found(&self, file: &Path) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        let found = self.specs.values().filter_map(|files| files.get(file));
        for one in found.flatten() {
            if !all.iter().any(|known| known.shown == one.shown) {
                all.push(one.clone());
            }
        }
        all
    }

    /// The text of a file was found to be readable.
    pub(super) fn keep(&mut self, file: &Path) {
        if self.documents.get_mut(file).is_some_and(Document::keep) {
            self.readable.clear();
        }
    }

    /// A text is not what it was.
    pub(super) fn touch(&mut self, file: PathBuf) {
        if super::is_project(&file) {
            // Any open text may be of this project from now on, or no longer.
            self.changed.extend(self.documents.keys().cloned());
        }
        self.changed.insert(file);
        self.names.clear();
    }
}

/// The state, for the thread that answers and the one that checks.
pub(super) struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

impl Shared {
    pub(super) fn new(encoding: Encoding) -> Self {
        Shared {
            state: Mutex::new(State {
                encoding,
                documents: Documents::default(),
                specs: BTreeMap::new(),
                changed: BTreeSet::new(),
                names: BTreeMap::new(),
                readable: BTreeMap::new(),
                told: BTreeMap::new(),
                is_over: false,
            }),
            wake: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the thread that checks of something to do.
    pub(super) fn wake(&self) {
        self.wake.notify_all();
    }

    /// Waits for something to do.
    pub(super) fn wait(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while state.changed.is_empty() && !state.is_over {
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state
    }
}
