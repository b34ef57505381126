//! The requests that were read and not begun yet, and which of them were taken back.

use lsp_server::RequestId;
use lsp_types::{CancelParams, NumberOrString};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Requests by id: whether they are still wanted.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashMap<RequestId, bool>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was read.
    pub(super) fn add(&self, id: &RequestId) {
        self.lock().insert(id.clone(), true);
    }

    /// A request is no longer wanted. One that was begun gets its answer.
    pub(super) fn take_back(&self, params: &Value) {
        let Ok(params) = serde_json::from_value::<CancelParams>(params.clone()) else {
            return;
        };
        let id = match params.id {
            NumberOrString::Number(id) => RequestId::from(id),
            NumberOrString::String(id) => RequestId::from(id),
        };
        if let Some(is_wanted) = self.lock().get_mut(&id) {
            *is_wanted = false;
        }
    }

    /// A request is begun; whether it is still wanted.
    pub(super) fn begin(&self, id: &RequestId) -> bool {
        self.lock().remove(id).unwrap_or(true)
    }
}
