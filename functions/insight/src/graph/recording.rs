//! What is known of the past of each record: its states, and what led from one to the next.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use crate::graph::change::{Cause, Change, Span};
use crate::inventory::Record;

/// The changes of each record, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    changes: HashMap<(String, String), Vec<Change>>,
    as_of: Option<Timestamp>,
}

/// The states that a record had, up to the instant of the graph.
#[derive(Debug)]
pub(crate) struct States {
    /// What the record was: one more than changes; the last is its state at that instant.
    pub(crate) forms: Vec<Option<Value>>,
    pub(crate) changes: Vec<Change>,
    pub(crate) parent: Option<String>,
}

impl Recording {
    pub(crate) fn new(changes: Vec<Change>, as_of: Timestamp) -> Self {
        let mut by_record: HashMap<_, Vec<Change>> = HashMap::new();
        for change in changes {
            by_record.entry((change.entity.clone(), change.id.clone())).or_default().push(change);
        }
        for changes in by_record.values_mut() {
            changes.sort_by_key(|change| change.at);
        }
        Self { changes: by_record, as_of: Some(as_of) }
    }

    /// Takes out the past of a record; none if it never changed.
    pub(crate) fn take(&mut self, entity: &str, id: &str) -> Option<Vec<Change>> {
        if self.changes.is_empty() {
            return None;
        }
        self.changes.remove(&(entity.to_owned(), id.to_owned()))
    }

    /// The records whose past nobody took: they do not exist any more. In the order of their ids.
    pub(crate) fn rest(&mut self) -> BTreeMap<(String, String), Vec<Change>> {
        std::mem::take(&mut self.changes).into_iter().collect()
    }

    /// The states of a record that is `latest` in the collection which the graph is made of.
    pub(crate) fn states(&self, changes: Vec<Change>, latest: Option<&Record>) -> States {
        let (past, future): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| self.as_of.is_none_or(|as_of| change.at <= as_of));
        let parent = past.iter().chain(&future).find_map(|change| change.parent.clone());
        let now = match future.first() {
            Some(next) => next.before.clone(),
            None => latest.map(|record| record.json.clone()),
        };
        let mut forms: Vec<_> = past.iter().map(|change| change.before.clone()).collect();
        forms.push(now);
        States { forms, changes: past, parent: latest.and_then(|record| record.parent.clone()).or(parent) }
    }
}

/// What a record said in each state, as spans: a statement with the time for which it held. Those of the last state have no
/// end. `is_same` tells whether two statements are one.
pub(crate) fn spans<T: Clone>(said: &[Vec<T>], changes: &[Change], is_same: impl Fn(&T, &T) -> bool) -> Vec<(T, Span)> {
    let mut open: Vec<(T, Span)> = Vec::new();
    let mut done = Vec::new();
    for (state, now) in said.iter().enumerate() {
        let change = state.checked_sub(1).and_then(|before| changes.get(before));
        let (at, cause) = change.map(|change| (change.at, change.cause.clone())).unzip();
        let cause: Cause = cause.unwrap_or_default();
        let (held, gone) = open.into_iter().partition(|(old, _)| now.iter().any(|new| is_same(old, new)));
        open = held;
        let gone: Vec<(T, Span)> = gone;
        done.extend(gone.into_iter().map(|(old, span)| (old, Span { to: at, closed_by: cause.clone(), ..span })));
        for new in now {
            if !open.iter().any(|(old, _)| is_same(old, new)) {
                open.push((new.clone(), Span { from: at, opened_by: cause.clone(), ..Span::default() }));
            }
        }
    }
    done.extend(open);
    done
}
