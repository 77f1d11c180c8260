//! The events of the dense hour: each is computed from its number, so that millions cost no memory.

use std::ops::Range;

use crate::log::planned_event::PlannedEvent;
use crate::log::scenarios::SCENARIOS;
use crate::org::config::DenseHour;
use crate::org::model::OrgModel;
use crate::random::mix;

/// Some of the events of the dense hour, by their numbers.
#[derive(Debug, Clone)]
pub(crate) struct DenseEvents {
    start_ms: i64,
    events: u64,
    seed: u64,
    scenario: u16,
    numbers: Range<u64>,
}

const HOUR_MS: u64 = 3_600_000;

/// A scenario of one event.
const SCENARIO: &str = "open an app again";

impl DenseEvents {
    /// The events published in `range`, in milliseconds since 1970; none if the org has no dense hour.
    pub(crate) fn published_in(org: &OrgModel, range: &Range<i64>) -> Self {
        let hour = org.config.dense_hour.unwrap_or(DenseHour { start: org.config.now, events: 0 });
        let mut events = Self {
            start_ms: hour.start.as_millisecond(),
            events: u64::from(hour.events),
            seed: org.config.seed,
            scenario: SCENARIOS.number_of(SCENARIO),
            numbers: 0..0,
        };
        let (first, last) = (events.first_from(range.start), events.first_from(range.end));
        events.numbers = first..last.max(first);
        events
    }

    pub(crate) const fn len(&self) -> u64 {
        self.numbers.end - self.numbers.start
    }

    /// The first of them that is left.
    pub(crate) fn first(&self) -> Option<PlannedEvent> {
        self.numbers.clone().next().map(|number| self.event(number))
    }

    /// The last of them that is left.
    pub(crate) fn last(&self) -> Option<PlannedEvent> {
        self.numbers.clone().next_back().map(|number| self.event(number))
    }

    pub(crate) fn pop_first(&mut self) -> Option<PlannedEvent> {
        self.numbers.next().map(|number| self.event(number))
    }

    pub(crate) fn pop_last(&mut self) -> Option<PlannedEvent> {
        self.numbers.next_back().map(|number| self.event(number))
    }

    fn event(&self, number: u64) -> PlannedEvent {
        let published_ms = self.start_ms + (number * HOUR_MS / self.events).cast_signed();
        PlannedEvent::punctual(published_ms, mix(self.seed ^ 0xde05e, number), self.scenario)
    }

    /// The number of the first event at `at_ms` or later.
    fn first_from(&self, at_ms: i64) -> u64 {
        let into_hour = at_ms.saturating_sub(self.start_ms).clamp(0, HOUR_MS.cast_signed()).cast_unsigned();
        (into_hour * self.events).div_ceil(HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::config::OrgConfig;

    #[test]
    fn numbers_and_times_agree() {
        let config = OrgConfig::default();
        let dense_hour = Some(DenseHour { start: config.now, events: 2_000_000 });
        let org = OrgModel::new(OrgConfig { users: 2, dense_hour, ..config });
        let start = org.config.now.as_millisecond();
        let all = DenseEvents::published_in(&org, &(i64::MIN..i64::MAX));
        assert_eq!(all.len(), 2_000_000);
        for cut in [start, start + 1, start + 1_234_567, start + 3_599_999, start + 3_600_000] {
            let (before, after) = (start - 5..cut, cut..start + 3_600_000);
            let (before, after) = (DenseEvents::published_in(&org, &before), DenseEvents::published_in(&org, &after));
            assert_eq!(before.len() + after.len(), 2_000_000, "{cut}");
            assert!(before.last().is_none_or(|event| event.published_ms < cut), "{cut}");
            assert!(after.first().is_none_or(|event| event.published_ms >= cut), "{cut}");
        }
    }
}
