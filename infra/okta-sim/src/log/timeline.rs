//! The System Log in order: computed slot by slot while it is read, and never kept.

use std::collections::VecDeque;
use std::ops::Range;

use crate::log::dense_events::DenseEvents;
use crate::log::event::Event;
use crate::log::persistence;
use crate::log::planned_event::{PlannedEvent, extra_events, planned_events, regular_events};
use crate::org::model::OrgModel;

/// Events in the order of `published`.
#[derive(Debug)]
pub(crate) struct ByPublication<'a> {
    org: &'a OrgModel,
    range: Range<i64>,
    slot: i64,
    ready: VecDeque<PlannedEvent>,
    dense: DenseEvents,
}

/// Events against the order of `published`.
#[derive(Debug)]
pub(crate) struct Backwards<'a> {
    org: &'a OrgModel,
    range: Range<i64>,
    slot: i64,
    ready: Vec<PlannedEvent>,
    dense: DenseEvents,
}

/// Events in the order of their insertion.
#[derive(Debug)]
pub(crate) struct ByPersistence<'a> {
    org: &'a OrgModel,
    lags: Vec<i64>,
    range: Range<i64>,
    slot: i64,
    ready: VecDeque<(i64, PlannedEvent)>,
    dense: DenseEvents,
}

impl<'a> ByPublication<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a OrgModel, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.activity.slot_at(range.start);
        let dense = DenseEvents::published_in(org, &range);
        Self { org, range, slot, ready: VecDeque::new(), dense }
    }

    /// The next event, not written out.
    pub(crate) fn next_planned(&mut self) -> Option<PlannedEvent> {
        self.fill();
        match (self.ready.front(), self.dense.first()) {
            (Some(regular), Some(dense)) if dense < *regular => self.dense.pop_first(),
            (None, _) => self.dense.pop_first(),
            _ => self.ready.pop_front(),
        }
    }

    fn fill(&mut self) {
        while self.ready.is_empty() && self.org.activity.start_ms(self.slot) < self.range.end {
            let planned = planned_events(self.org, self.slot);
            self.ready.extend(planned.into_iter().filter(|event| self.range.contains(&event.published_ms)));
            self.slot += 1;
        }
    }
}

impl Iterator for ByPublication<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_planned().map(|event| event.event(self.org))
    }
}

impl<'a> Backwards<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a OrgModel, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.activity.slot_at(range.end);
        let dense = DenseEvents::published_in(org, &range);
        Self { org, range, slot, ready: Vec::new(), dense }
    }

    /// The event before, not written out.
    pub(crate) fn next_planned(&mut self) -> Option<PlannedEvent> {
        self.fill();
        match (self.ready.last(), self.dense.last()) {
            (Some(regular), Some(dense)) if dense > *regular => self.dense.pop_last(),
            (None, _) => self.dense.pop_last(),
            _ => self.ready.pop(),
        }
    }

    fn fill(&mut self) {
        let slot_ms = self.org.activity.slot_ms();
        while self.ready.is_empty() && self.org.activity.start_ms(self.slot) + slot_ms > self.range.start {
            let planned = planned_events(self.org, self.slot).into_iter();
            self.ready = planned.filter(|event| self.range.contains(&event.published_ms)).collect();
            self.slot -= 1;
        }
    }
}

impl<'a> ByPersistence<'a> {
    /// `range` is in milliseconds since 1970.
    pub(crate) fn new(org: &'a OrgModel, range: Range<i64>) -> Self {
        let range = range.start.max(org.log_start_ms())..range.end;
        let slot = org.activity.slot_at(range.start);
        let lag = PlannedEvent::PUNCTUAL_LAG_MS;
        let dense = DenseEvents::published_in(org, &(range.start.saturating_sub(lag)..range.end.saturating_sub(lag)));
        Self { org, lags: persistence::lags(org), range, slot, ready: VecDeque::new(), dense }
    }

    /// The next event, not written out, with the time of its insertion.
    pub(crate) fn next_planned(&mut self) -> Option<(i64, PlannedEvent)> {
        self.fill();
        let dense = self.dense.first().map(|event| (event.persisted_ms(self.org), event));
        let is_dense = dense.is_some_and(|dense| self.ready.front().is_none_or(|regular| dense < *regular));
        if is_dense {
            self.dense.pop_first();
            return dense;
        }
        self.ready.pop_front()
    }

    fn fill(&mut self) {
        while self.ready.is_empty() && self.org.activity.start_ms(self.slot) < self.range.end {
            self.ready = self.inserted_in_slot();
            self.slot += 1;
        }
    }

    fn inserted_in_slot(&self) -> VecDeque<(i64, PlannedEvent)> {
        let starts = self.org.activity.start_ms(self.slot);
        let slot = starts..starts + self.org.activity.slot_ms();
        let happened = self.lags.iter().flat_map(|lag| planned_events(self.org, self.slot - lag));
        let inserted = happened.map(|event| (event.persisted_ms(self.org), event));
        let mut inserted: Vec<_> = inserted.filter(|(at, _)| slot.contains(at) && self.range.contains(at)).collect();
        inserted.sort_unstable();
        inserted.into()
    }
}

impl Iterator for ByPersistence<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_planned().map(|(_, event)| event.event(self.org))
    }
}

/// How many events were published in `range`, which is in milliseconds since 1970.
pub(crate) fn count(org: &OrgModel, range: Range<i64>) -> u64 {
    let before = |at_ms: i64| {
        let slot = org.activity.slot_at(at_ms);
        let in_slot = regular_events(org, slot);
        org.activity.events_before(slot) + in_slot.partition_point(|event| event.published_ms < at_ms) as u64
    };
    let range = range.start.max(org.log_start_ms())..range.end;
    let regular = before(range.end).saturating_sub(before(range.start));
    regular + extra_events(org, &range).len() as u64 + DenseEvents::published_in(org, &range).len()
}
