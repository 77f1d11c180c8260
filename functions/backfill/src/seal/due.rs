//! Which hours are to be sealed, and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use normalize::hour_of;

use crate::history::plan::Range;

pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What the lake has of an org.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    /// The names of the objects in `live/`, by hour.
    pub(crate) live: BTreeMap<Timestamp, BTreeSet<String>>,
    /// The hours that the ledger names.
    pub(crate) sealed: BTreeSet<Timestamp>,
}

/// Why an hour is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It is closed and has no seal.
    Closed,
    /// It is sealed, and has objects in `live/` that may have come later.
    Live,
    /// It is sealed, and the API is to be asked again.
    Again,
}

impl Holdings {
    /// The first hour that must have a seal: from there on, an hour without events is sealed as well.
    pub(crate) fn since(&self, known: Option<Timestamp>, now: Timestamp, retention: SignedDuration) -> Timestamp {
        let first = self.live.keys().chain(&self.sealed).min().copied();
        let since = known.into_iter().chain(first).min().unwrap_or(now);
        let earliest = now.checked_sub(retention).and_then(|earliest| earliest.checked_add(HOUR)).unwrap_or(now);
        hour_of(since.max(earliest).min(now))
    }

    /// The hours to look at, in order. An hour that a collection is still filling is left alone, unless it has a seal.
    pub(crate) fn due(
        &self,
        since: Timestamp,
        closed_by: Timestamp,
        filling: &[Range],
        again: &BTreeSet<Timestamp>,
    ) -> BTreeMap<Timestamp, Why> {
        let in_live = self.live.keys().filter(|hour| self.sealed.contains(hour));
        let mut due: BTreeMap<_, _> = in_live.map(|hour| (*hour, Why::Live)).collect();
        due.extend(again.iter().map(|hour| (*hour, Why::Again)));
        let from_since = std::iter::successors(Some(since), |hour| hour.checked_add(HOUR).ok());
        let is_closed = |hour: &Timestamp| hour.checked_add(HOUR).is_ok_and(|end| end <= closed_by);
        let closed = from_since.take_while(is_closed).chain(self.live.keys().copied().filter(is_closed));
        let is_filling = |hour: &Timestamp| {
            let end = hour.checked_add(HOUR).unwrap_or(Timestamp::MAX);
            filling.iter().any(|range| range.since < end && *hour < range.until)
        };
        let unsealed = closed.filter(|hour| !self.sealed.contains(hour) && !is_filling(hour));
        due.extend(unsealed.map(|hour| (hour, Why::Closed)));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn holdings(live: &[i64], sealed: &[i64]) -> Holdings {
        let name = || BTreeSet::from(["x".to_owned()]);
        Holdings {
            live: live.iter().map(|hour| (at(*hour), name())).collect(),
            sealed: sealed.iter().map(|hour| at(*hour)).collect(),
        }
    }

    #[test]
    fn every_closed_hour_is_due_once_also_the_empty_ones() {
        let lake = holdings(&[3, 5, 9], &[3]);
        let since = lake.since(None, at(12), SignedDuration::from_hours(2_160));
        assert_eq!(since, at(3));
        let due = lake.due(since, at(9) + SignedDuration::from_mins(59), &[], &BTreeSet::from([at(2)]));
        let found: Vec<_> = due.into_iter().map(|(hour, why)| (hour.as_second() / 3_600, why)).collect();
        let closed = |hour| (hour, Why::Closed);
        assert_eq!(found, [(2, Why::Again), (3, Why::Live), closed(4), closed(5), closed(6), closed(7), closed(8)]);
    }

    #[test]
    fn what_is_being_collected_is_left_alone() {
        let lake = holdings(&[1, 2, 3, 4], &[2]);
        let filling = Range { since: at(1), until: at(3) + SignedDuration::from_mins(1) };
        let due = lake.due(at(1), at(20) - SignedDuration::from_hours(14), &[filling], &BTreeSet::new());
        assert_eq!(due.keys().map(|hour| hour.as_second() / 3_600).collect::<Vec<_>>(), [2, 4, 5]);
    }

    #[test]
    fn nobody_seals_years_of_nothing() {
        let lake = holdings(&[0], &[]);
        let now = at(100_000);
        assert_eq!(lake.since(None, now, SignedDuration::from_hours(10)), at(100_000 - 9));
        assert_eq!(holdings(&[], &[]).since(None, now, SignedDuration::from_hours(10)), now);
        let due = lake.due(now, now, &[], &BTreeSet::new());
        assert_eq!(due.into_iter().collect::<Vec<_>>(), [(at(0), Why::Closed)], "but what is there is sealed");
    }
}
