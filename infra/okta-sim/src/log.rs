//! The System Log of the org: made slot by slot while it is read, and never kept.

pub(crate) mod event_type;
mod late;
pub(crate) mod record;
mod scene;
pub(crate) mod slot;
mod stage;
pub(crate) mod stories;
mod story;
mod target;

use std::collections::VecDeque;
use std::ops::Range;

use jiff::Timestamp;

use crate::log::slot::{Moment, moments};
use crate::org::Org;

/// One event of the System Log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Okta's id of it.
    pub uuid: String,
    /// When it happened.
    pub published: Timestamp,
    /// When it was inserted, which is when a polling request can first see it.
    pub persisted: Timestamp,
    /// `eventType`.
    pub event_type: &'static str,
    /// The whole LogEvent, as Okta sends it.
    pub json: String,
}

/// Events in the order of `published`.
#[derive(Debug)]
pub(crate) struct ByPublication<'a> {
    org: &'a Org,
    range: Range<i64>,
    slot: i64,
    ready: VecDeque<Moment>,
}

/// Events against the order of `published`.
#[derive(Debug)]
pub(crate) struct Backwards<'a> {
    org: &'a Org,
    range: Range<i64>,
    slot: i64,
    ready: Vec<Moment>,
}

/// Events in the order of their insertion.
#[derive(Debug)]
pub(crate) struct ByPersistence<'a> {
    org: &'a Org,
    lags: Vec<i64>,
    range: Range<i64>,
    slot: i64,
    ready: VecDeque<(i64, Moment)>,
}

impl<'a> ByPublication<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a Org, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.rhythm.slot_at(range.start);
        Self { org, range, slot, ready: VecDeque::new() }
    }

    /// The next event, not written out.
    pub(crate) fn next_moment(&mut self) -> Option<Moment> {
        while self.ready.is_empty() {
            if self.org.rhythm.start_ms(self.slot) >= self.range.end {
                return None;
            }
            let moments = moments(self.org, self.slot);
            self.ready.extend(moments.into_iter().filter(|moment| self.range.contains(&moment.published_ms)));
            self.slot += 1;
        }
        self.ready.pop_front()
    }
}

impl Iterator for ByPublication<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_moment().map(|moment| moment.event(self.org))
    }
}

impl<'a> Backwards<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a Org, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.rhythm.slot_at(range.end);
        Self { org, range, slot, ready: Vec::new() }
    }

    /// The event before, not written out.
    pub(crate) fn next_moment(&mut self) -> Option<Moment> {
        while self.ready.is_empty() {
            if self.org.rhythm.start_ms(self.slot) + self.org.rhythm.slot_ms() <= self.range.start {
                return None;
            }
            let moments = moments(self.org, self.slot).into_iter();
            self.ready = moments.filter(|moment| self.range.contains(&moment.published_ms)).collect();
            self.slot -= 1;
        }
        self.ready.pop()
    }
}

impl<'a> ByPersistence<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a Org, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.rhythm.slot_at(range.start);
        Self { org, lags: late::lags(org), range, slot, ready: VecDeque::new() }
    }

    /// The next event, not written out, with the time of its insertion.
    pub(crate) fn next_moment(&mut self) -> Option<(i64, Moment)> {
        while self.ready.is_empty() {
            if self.org.rhythm.start_ms(self.slot) >= self.range.end {
                return None;
            }
            self.ready = self.inserted_in_slot();
            self.slot += 1;
        }
        self.ready.pop_front()
    }

    fn inserted_in_slot(&self) -> VecDeque<(i64, Moment)> {
        let starts = self.org.rhythm.start_ms(self.slot);
        let slot = starts..starts + self.org.rhythm.slot_ms();
        let happened = self.lags.iter().flat_map(|lag| moments(self.org, self.slot - lag));
        let inserted = happened.map(|moment| (moment.persisted_ms(self.org), moment));
        let mut inserted: Vec<_> = inserted.filter(|(at, _)| slot.contains(at) && self.range.contains(at)).collect();
        inserted.sort_unstable();
        inserted.into()
    }
}

impl Iterator for ByPersistence<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_moment().map(|(_, moment)| moment.event(self.org))
    }
}

/// How many events were published in `range`, which is in milliseconds since 1970.
pub(crate) fn count(org: &Org, range: Range<i64>) -> u64 {
    let before = |at_ms: i64| {
        let slot = org.rhythm.slot_at(at_ms);
        let in_slot = moments(org, slot);
        org.rhythm.events_before(slot) + in_slot.partition_point(|moment| moment.published_ms < at_ms) as u64
    };
    before(range.end).saturating_sub(before(range.start.max(org.log_start_ms())))
}

#[cfg(test)]
mod tests;
