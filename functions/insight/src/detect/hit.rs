//! What a rule found: an event that completes it, and the events that it rests on.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::seen::Seen;

/// How many events of a hit are handed on to a rule that rests on it.
const HANDED_ON: usize = 100;

/// Something that a rule found.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// The event that completes it.
    pub(crate) event: Arc<Seen>,
    /// The events that it rests on.
    pub(crate) evidence: Evidence,
}

/// A part of a list of events, in their order; the windows of one group share a list.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    list: Arc<Vec<Arc<Seen>>>,
    range: Range<usize>,
}

/// The evidence of many hits together.
#[derive(Debug, Default)]
pub(crate) struct Evidences(Vec<Evidence>);

impl Hit {
    /// An event that a rule found by itself.
    pub(crate) fn of(event: Arc<Seen>) -> Self {
        Self { evidence: Evidence::all(vec![Arc::clone(&event)]), event }
    }
}

impl Evidence {
    pub(crate) fn all(list: Vec<Arc<Seen>>) -> Self {
        Self { range: 0..list.len(), list: Arc::new(list) }
    }

    pub(crate) fn part(list: &Arc<Vec<Arc<Seen>>>, range: Range<usize>) -> Self {
        Self { list: Arc::clone(list), range }
    }

    /// The first events of it.
    pub(crate) fn handed_on(&self) -> impl Iterator<Item = &Arc<Seen>> {
        self.list[self.range.clone()].iter().take(HANDED_ON)
    }
}

impl Evidences {
    pub(crate) fn add(&mut self, evidence: &Evidence) {
        if let Some(last) = self.0.last_mut()
            && Arc::ptr_eq(&last.list, &evidence.list)
            && last.range.start <= evidence.range.start
            && evidence.range.start <= last.range.end
        {
            last.range.end = last.range.end.max(evidence.range.end);
            return;
        }
        self.0.push(evidence.clone());
    }

    /// Every event once, in their order.
    pub(crate) fn events(&self) -> BTreeSet<&Arc<Seen>> {
        self.0.iter().flat_map(|evidence| &evidence.list[evidence.range.clone()]).collect()
    }
}
