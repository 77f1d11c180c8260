//! When events are inserted, as opposed to when they happened: most within a second, some after minutes or hours.

use crate::org::model::OrgModel;
use crate::random::Random;

/// How late the late ones are, in minutes: they come in the slot that is this much after their own.
const LATE_MINUTES: [i64; 5] = [1, 3, 11, 47, 181];

/// The slots, counted back from one, whose events can be inserted in it.
pub(crate) fn lags(org: &OrgModel) -> Vec<i64> {
    // 1 also for those that happen in the last second of a slot.
    let mut lags: Vec<i64> = LATE_MINUTES.iter().map(|minutes| lag(org, *minutes)).chain([0, 1]).collect();
    lags.sort_unstable();
    lags.dedup();
    lags
}

/// When an event is inserted.
pub(crate) fn persisted_ms(org: &OrgModel, published_ms: i64, event_key: u64) -> i64 {
    let mut random = Random::of(event_key, 0x1a7e);
    if !random.chance(u64::from(org.config.late_per_mille)) {
        return published_ms + 40 + random.below(900).cast_signed();
    }
    let slot = org.activity.slot_at(published_ms) + lag(org, *random.pick(&LATE_MINUTES));
    org.activity.start_ms(slot) + random.below(org.activity.slot_ms().cast_unsigned()).cast_signed()
}

const fn lag(org: &OrgModel, minutes: i64) -> i64 {
    let slots = minutes * 60_000 / org.activity.slot_ms();
    if slots > 1 { slots } else { 1 }
}
