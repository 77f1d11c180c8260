//! Which hours are to be sealed, and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use normalize::hour_of;

use crate::history::plan::Range;

/// The length of an hour.
pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A day after its end each hour is compared once more: Okta stores some events late, and a bounded query returns only
/// those that are stored.
pub const RECHECK_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// An hour that is compared for the first time when it is older than that has no such recheck before it: it is complete
/// when a second read, no sooner than this after the first, confirms it.
pub(crate) const CONFIRM_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How long superseded objects are kept: a query that began before the switch may still read them.
pub const DELETE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// What the lake has of an org.
#[derive(Debug, Default)]
pub(crate) struct LakeListing {
    /// The names of the objects in `live/`, by hour.
    pub(crate) live: BTreeMap<Timestamp, BTreeSet<String>>,
    /// How many objects are in `sealed/`, by hour.
    pub(crate) sealed: BTreeMap<Timestamp, u64>,
    /// The hours that have an entry in the ledger.
    pub(crate) entries: BTreeSet<Timestamp>,
    /// The hours that an earlier invocation began to read.
    pub(crate) checkpoints: BTreeSet<Timestamp>,
}

/// Why an hour is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DueReason {
    /// It is closed and has no entry.
    Closed,
    /// It is sealed, and has objects in `live/` that may have come later.
    Live,
    /// It is sealed, and the API is to be asked again.
    Recheck,
}

impl LakeListing {
    /// Returns the first hour that must have a seal: from there on, an hour without events is sealed as well.
    pub(crate) fn since(&self, known: Option<Timestamp>, now: Timestamp, retention: SignedDuration) -> Timestamp {
        let first = self.live.keys().chain(self.sealed.keys()).chain(&self.entries).min().copied();
        let since = known.into_iter().chain(first).min().unwrap_or(now);
        let earliest = now.checked_sub(retention).and_then(|earliest| earliest.checked_add(HOUR)).unwrap_or(now);
        hour_of(since.max(earliest).min(now))
    }

    /// Returns the hours to look at, in order. An hour that a collection is still filling is left alone, unless it has a
    /// seal.
    pub(crate) fn due(
        &self,
        since: Timestamp,
        closed_by: Timestamp,
        filling: &[Range],
        recheck: &BTreeSet<Timestamp>,
    ) -> BTreeMap<Timestamp, DueReason> {
        let in_live = self.live.keys().filter(|hour| self.entries.contains(hour));
        let mut due: BTreeMap<_, _> = in_live.map(|hour| (*hour, DueReason::Live)).collect();
        due.extend(recheck.iter().map(|hour| (*hour, DueReason::Recheck)));
        let from_since = std::iter::successors(Some(since), |hour| hour.checked_add(HOUR).ok());
        let is_closed = |hour: &Timestamp| hour.checked_add(HOUR).is_ok_and(|end| end <= closed_by);
        // Sealed objects without an entry: somebody removed the entry, or a run ended between the two writes.
        let with_objects = self.live.keys().chain(self.sealed.keys()).copied();
        let closed = from_since.take_while(is_closed).chain(with_objects.filter(is_closed));
        let is_filling = |hour: &Timestamp| {
            let end = hour.checked_add(HOUR).unwrap_or(Timestamp::MAX);
            filling.iter().any(|range| range.since < end && *hour < range.until)
        };
        let unsealed = closed.filter(|hour| !self.entries.contains(hour) && !is_filling(hour));
        due.extend(unsealed.map(|hour| (hour, DueReason::Closed)));
        due
    }

    /// Returns the hours that have more than one object in `sealed/`.
    pub(crate) fn with_several_seals(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.sealed.iter().filter(|(_, objects)| **objects > 1).map(|(hour, _)| *hour)
    }
}

/// Returns when a sealed hour is to be compared with the API once more, if ever. `is_settled` says that its claim is as
/// good as it gets.
pub(crate) fn recheck_at(
    hour: Timestamp,
    sealed: Timestamp,
    is_settled: bool,
    pause: SignedDuration,
    recheck_after: SignedDuration,
) -> Option<Timestamp> {
    if !is_settled {
        return sealed.checked_add(pause).ok();
    }
    let once_more = hour.checked_add(HOUR).and_then(|end| end.checked_add(recheck_after)).ok()?;
    (sealed < once_more).then_some(once_more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn listing(live: &[i64], entries: &[i64]) -> LakeListing {
        let name = || BTreeSet::from(["x".to_owned()]);
        LakeListing {
            live: live.iter().map(|hour| (at(*hour), name())).collect(),
            entries: entries.iter().map(|hour| at(*hour)).collect(),
            ..LakeListing::default()
        }
    }

    #[test]
    fn every_closed_hour_is_due_once_also_the_empty_ones() {
        let lake = listing(&[3, 5, 9], &[3]);
        let since = lake.since(None, at(12), SignedDuration::from_hours(2_160));
        assert_eq!(since, at(3));
        let due = lake.due(since, at(9) + SignedDuration::from_mins(59), &[], &BTreeSet::from([at(2)]));
        let found: Vec<_> = due.into_iter().map(|(hour, reason)| (hour.as_second() / 3_600, reason)).collect();
        let closed = |hour| (hour, DueReason::Closed);
        let (recheck, live) = (DueReason::Recheck, DueReason::Live);
        assert_eq!(found, [(2, recheck), (3, live), closed(4), closed(5), closed(6), closed(7), closed(8)]);
    }

    #[test]
    fn what_is_being_collected_is_left_alone() {
        let lake = listing(&[1, 2, 3, 4], &[2]);
        let filling = Range { since: at(1), until: at(3) + SignedDuration::from_mins(1) };
        let due = lake.due(at(1), at(20) - SignedDuration::from_hours(14), &[filling], &BTreeSet::new());
        assert_eq!(due.keys().map(|hour| hour.as_second() / 3_600).collect::<Vec<_>>(), [2, 4, 5]);
    }

    #[test]
    fn nobody_seals_years_of_nothing() {
        let lake = listing(&[0], &[]);
        let now = at(100_000);
        assert_eq!(lake.since(None, now, SignedDuration::from_hours(10)), at(100_000 - 9));
        assert_eq!(listing(&[], &[]).since(None, now, SignedDuration::from_hours(10)), now);
        let due = lake.due(now, now, &[], &BTreeSet::new());
        assert_eq!(due.into_iter().collect::<Vec<_>>(), [(at(0), DueReason::Closed)], "but what is there is sealed");
    }

    #[test]
    fn a_sealed_object_without_an_entry_is_due() {
        let lake = LakeListing { sealed: BTreeMap::from([(at(4), 1), (at(9), 2)]), ..listing(&[], &[9]) };
        let due = lake.due(at(9), at(9), &[], &BTreeSet::new());
        assert_eq!(due.into_iter().collect::<Vec<_>>(), [(at(4), DueReason::Closed)]);
        assert_eq!(lake.with_several_seals().collect::<Vec<_>>(), [at(9)]);
    }

    #[test]
    fn an_hour_is_rechecked_a_day_after_its_end_or_until_it_is_settled() {
        let pause = SignedDuration::from_mins(10);
        let recheck = |sealed, is_settled| recheck_at(at(0), sealed, is_settled, pause, RECHECK_AFTER);
        assert_eq!(recheck(at(2), true), Some(at(25)));
        assert_eq!(recheck(at(25), true), None);
        assert_eq!(recheck(at(2), false), Some(at(2) + pause));
        assert_eq!(recheck(at(500), false), Some(at(500) + pause));
    }
}
