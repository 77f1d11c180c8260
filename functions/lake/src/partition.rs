//! The unit of everything in the lake: one org's hour, UTC.

use jiff::{SignedDuration, Timestamp};
use normalize::Tenant;

pub use normalize::hour_of;

/// The length of a partition.
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// One org's hour. Ordered by org, then by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The org.
    pub tenant: Tenant,
    /// The start of the hour, UTC.
    pub hour: Timestamp,
}

impl Partition {
    /// The start of the next hour.
    pub fn end(&self) -> Timestamp {
        self.hour.checked_add(HOUR).unwrap_or(Timestamp::MAX)
    }

    /// The hour before; none at the beginning of time.
    pub fn previous(&self) -> Option<Self> {
        let hour = self.hour.checked_sub(HOUR).ok()?;
        Some(Self { tenant: self.tenant.clone(), hour })
    }

    /// Whether an event of this time, in milliseconds since 1970, belongs here.
    pub fn has(&self, time: i64) -> bool {
        (self.hour.as_millisecond()..self.end().as_millisecond()).contains(&time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_its_start_and_not_its_end() {
        let hour: Timestamp = "2026-05-04T09:00:00Z".parse().unwrap();
        let partition = Partition { tenant: Tenant::parse("acme").unwrap(), hour };
        let (start, end) = (hour.as_millisecond(), partition.end().as_millisecond());
        assert_eq!(end - start, 3_600_000);
        assert_eq!([start - 1, start, end - 1, end].map(|time| partition.has(time)), [false, true, true, false]);
        assert_eq!(partition.previous().unwrap().end(), hour);
        assert_eq!(hour_of(Timestamp::from_millisecond(end - 1).unwrap()), hour);
    }
}
