//! When a sealed hour is compared with the API once more. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lake::Word;
use lake::claim::reason::Cause;
use lake::ledger::Entry;

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
    let pause = match entry.claim.word() {
        // As soon as the API can be read.
        Word::StreamOnly => SignedDuration::ZERO,
        _ if entry.claim.reasons().iter().any(|reason| reason.cause == Cause::ReadsMissing) => CONFIRM_AFTER,
        _ => UNSETTLED_PAUSE,
    };
    let is_settled = entry.claim.is_complete();
    match recheck_at(entry.hour, looked, is_settled, pause, recheck_after) {
        Some(at) => recheck.insert(entry.hour, at),
        None => recheck.remove(&entry.hour),
    };
}
