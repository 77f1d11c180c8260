//! Which objects were written through the server, in order.

use std::sync::{Mutex, PoisonError};

/// The writes so far.
#[derive(Debug, Default)]
pub(crate) struct WriteLog {
    written: Mutex<Vec<String>>,
    already_there: Mutex<Vec<String>>,
}

impl WriteLog {
    /// Notes a write that succeeded.
    pub(crate) fn note_written(&self, key: String) {
        push(&self.written, key);
    }

    /// Notes a write with `If-None-Match: *` that was refused because the object exists.
    pub(crate) fn note_already_there(&self, key: String) {
        push(&self.already_there, key);
    }

    /// The keys of the writes that succeeded.
    pub(crate) fn written(&self) -> Vec<String> {
        copy(&self.written)
    }

    /// The keys of the writes that were refused because the object exists.
    pub(crate) fn already_there(&self) -> Vec<String> {
        copy(&self.already_there)
    }
}

fn push(keys: &Mutex<Vec<String>>, key: String) {
    keys.lock().unwrap_or_else(PoisonError::into_inner).push(key);
}

fn copy(keys: &Mutex<Vec<String>>) -> Vec<String> {
    keys.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
