//! When a sealed hour is compared with the API once more. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lake::ledger::{Completeness, Entry};

use crate::seal::due::{CONFIRM_AFTER, recheck_at};

/// An hour that another read may settle is read again after this pause.
const UNSETTLED_PAUSE: SignedDuration = SignedDuration::from_hours(6);

/// Notes when an hour that was looked at is to be looked at again.
pub(crate) fn schedule_recheck(
    recheck: &mut BTreeMap<Timestamp, Timestamp>,
    entry: &Entry,
    looked: Timestamp,
    recheck_after: SignedDuration,
) {
    let pause = match entry.completeness {
        // As soon as the API can be read.
        Completeness::StreamOnly => SignedDuration::ZERO,
        Completeness::Complete => CONFIRM_AFTER,
        Completeness::Partial | Completeness::Contradicted => UNSETTLED_PAUSE,
    };
    let is_settled = entry.completeness == Completeness::Complete;
    match recheck_at(entry.hour, looked, is_settled, pause, recheck_after) {
        Some(at) => recheck.insert(entry.hour, at),
        None => recheck.remove(&entry.hour),
    };
}
