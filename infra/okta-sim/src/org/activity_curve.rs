//! How many events happen when: the week's curve, exact counts per slot, and which slot an instant is in.

use crate::org::places::{MINUTES_A_DAY, MINUTES_A_WEEK, PLACES};
use crate::random::Random;

/// 1970-01-01 was a Thursday; weeks here begin on Monday.
const MONDAY_SHIFT: i64 = 3 * MINUTES_A_DAY;

/// What jobs and agents do day and night, beside people (whose activity is 0 to 100).
const BACKGROUND: u64 = 6;

/// A slot should hold a few stories, or there would be room for short ones only.
const SLOT_EVENTS: u64 = 60;

/// Slot lengths in minutes: all divide a day.
const SLOT_MINUTES: [i64; 6] = [1, 5, 15, 60, 240, 1440];

/// The org's week.
#[derive(Debug)]
pub(crate) struct ActivityCurve {
    /// Weight of all minutes of the week before this one.
    before: Vec<u64>,
    events_a_week: u64,
    slot_minutes: i64,
}

impl ActivityCurve {
    pub(crate) fn new(events_a_day: u64) -> Self {
        let mut before = Vec::with_capacity(MINUTES_A_WEEK as usize + 1);
        let mut sum = 0;
        for minute in 0..MINUTES_A_WEEK {
            before.push(sum);
            let people: u64 = PLACES.iter().map(|place| place.share * place.activity(minute)).sum();
            sum += people + BACKGROUND * 100;
        }
        before.push(sum);
        let fits =
            |minutes: &i64| events_a_day * minutes.cast_unsigned() / MINUTES_A_DAY.cast_unsigned() >= SLOT_EVENTS;
        let slot_minutes = SLOT_MINUTES.into_iter().find(fits).unwrap_or(MINUTES_A_DAY);
        Self { before, events_a_week: events_a_day * 7, slot_minutes }
    }

    /// The length of a slot.
    pub(crate) const fn slot_ms(&self) -> i64 {
        self.slot_minutes * 60_000
    }

    /// The slot that an instant is in.
    pub(crate) const fn slot_at(&self, at_ms: i64) -> i64 {
        at_ms.div_euclid(self.slot_ms())
    }

    /// When a slot begins.
    pub(crate) const fn start_ms(&self, slot: i64) -> i64 {
        slot * self.slot_ms()
    }

    /// How many events a slot has, exactly.
    pub(crate) fn events_in(&self, slot: i64) -> u64 {
        self.events_before(slot + 1) - self.events_before(slot)
    }

    /// How many events all slots from 1970 up to this one have: differences of it are exact counts.
    pub(crate) fn events_before(&self, slot: i64) -> u64 {
        let (week, minute) = week_and_minute(slot * self.slot_minutes);
        week.cast_unsigned() * self.events_a_week + self.share(self.before[minute])
    }

    /// An instant of the slot, drawn by the curve, at least `room_ms` before the slot's end.
    pub(crate) fn instant_in(&self, slot: i64, random: &mut Random, room_ms: i64) -> i64 {
        let (_, first) = week_and_minute(slot * self.slot_minutes);
        let last = first + self.slot_minutes as usize;
        let (low, high) = (self.before[first], self.before[last]);
        let weight = low + random.below(high - low);
        let minute = first + self.before[first + 1..=last].partition_point(|before| *before <= weight);
        let in_slot = (minute - first) as i64 * 60_000 + random.below(60_000).cast_signed();
        self.start_ms(slot) + in_slot.min(self.slot_ms() - room_ms)
    }

    fn share(&self, weight: u64) -> u64 {
        let total = self.before[self.before.len() - 1];
        (u128::from(self.events_a_week) * u128::from(weight) / u128::from(total)) as u64
    }
}

/// The minute of the week at an instant, from Monday 00:00 UTC.
pub(crate) const fn minute_of_week(at_ms: i64) -> i64 {
    (at_ms.div_euclid(60_000) + MONDAY_SHIFT).rem_euclid(MINUTES_A_WEEK)
}

const fn week_and_minute(minutes: i64) -> (i64, usize) {
    let shifted = minutes + MONDAY_SHIFT;
    (shifted.div_euclid(MINUTES_A_WEEK), shifted.rem_euclid(MINUTES_A_WEEK) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-01-05T00:00:00Z.
    const MONDAY_MS: i64 = 1_767_571_200_000;

    #[test]
    fn a_week_has_exactly_its_events_whatever_the_slot() {
        for events_a_day in [1, 10, 1_000, 7_919, 100_000, 10_000_000] {
            let activity = ActivityCurve::new(events_a_day);
            let first = activity.slot_at(MONDAY_MS);
            let slots = MINUTES_A_WEEK / activity.slot_minutes;
            let sum: u64 = (first..first + slots).map(|slot| activity.events_in(slot)).sum();
            assert_eq!(sum, events_a_day * 7, "{events_a_day} events a day");
        }
    }

    #[test]
    fn slots_shrink_with_the_events() {
        assert_eq!(ActivityCurve::new(1_000).slot_minutes, 240);
        assert_eq!(ActivityCurve::new(10_000_000).slot_minutes, 1);
    }

    #[test]
    fn weekdays_are_busier_than_weekends() {
        let activity = ActivityCurve::new(24_000);
        let on = |day: i64| {
            let slot = activity.slot_at(MONDAY_MS + day * MINUTES_A_DAY * 60_000);
            let slots = MINUTES_A_DAY / activity.slot_minutes;
            (slot..slot + slots).map(|slot| activity.events_in(slot)).sum::<u64>()
        };
        assert!(on(1) > 3 * on(6), "Tuesday {}, Sunday {}", on(1), on(6));
    }

    #[test]
    fn instants_stay_in_their_slot() {
        let activity = ActivityCurve::new(24_000);
        let slot = activity.slot_at(MONDAY_MS);
        let mut random = Random::new(1);
        for _ in 0..1_000 {
            let at = activity.instant_in(slot, &mut random, 5_000);
            assert!((activity.start_ms(slot)..=activity.start_ms(slot + 1) - 5_000).contains(&at));
        }
    }
}
