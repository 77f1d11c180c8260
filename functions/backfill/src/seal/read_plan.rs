//! How the API is asked for an hour. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::seal::due::HOUR;

/// An alternate read begins and ends this much outside of the hour.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);

/// What a read asks for. Two plans differ in every part of the address, so that no cache and no fault of one answers
/// the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadPlan {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) page: u64,
}

impl ReadPlan {
    /// The plan of a read, alternate or not.
    pub(crate) fn of(is_alternate: bool, hour: Timestamp, page: u64) -> Self {
        if is_alternate { Self::alternate(hour, page) } else { Self::first(hour, page) }
    }

    /// The hour itself, in pages of the usual size.
    pub(crate) fn first(hour: Timestamp, page: u64) -> Self {
        Self { since: hour, until: hour.saturating_add(HOUR).unwrap_or(Timestamp::MAX), page }
    }

    /// The same records by other bounds and in pages of another size.
    pub(crate) fn alternate(hour: Timestamp, page: u64) -> Self {
        let Self { since, until, .. } = Self::first(hour, page);
        let (since, until) = (since.checked_sub(MARGIN).unwrap_or(since), until.checked_add(MARGIN).unwrap_or(until));
        Self { since, until, page: (page * 7 / 10).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alternate_read_has_nothing_in_common_with_the_first() {
        let plan = |is_alternate| ReadPlan::of(is_alternate, Timestamp::UNIX_EPOCH, 1_000);
        let (first, other) = (plan(false), plan(true));
        assert!(other.since < first.since && first.until < other.until && other.page != first.page);
    }
}
