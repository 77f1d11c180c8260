//! How late the stream's events come, learned hour by hour. Pure.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How long after they were published rows of the stream were written. Each count is of what no earlier one counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lateness {
    /// Within a minute.
    pub minute: u64,
    /// Within a quarter of an hour.
    pub quarter: u64,
    /// Within an hour.
    pub hour: u64,
    /// Within six hours.
    pub six_hours: u64,
    /// Within a day.
    pub day: u64,
    /// Later.
    pub later: u64,
}

impl Lateness {
    const MINUTES: [i64; 5] = [1, 15, 60, 360, 1_440];

    /// Counts an event by the time between its publication and its write.
    pub fn add(&mut self, late: SignedDuration) {
        let counts = self.counts_mut();
        let bucket = Self::MINUTES.iter().position(|minutes| late <= SignedDuration::from_mins(*minutes));
        *counts[bucket.unwrap_or(Self::MINUTES.len())] += 1;
    }

    /// The counts of an older hour, halved, with those of a newer one.
    #[must_use]
    pub fn decayed_with(mut self, newer: Self) -> Self {
        let newer = { newer }.counts();
        for (count, new) in self.counts_mut().into_iter().zip(newer) {
            *count = *count / 2 + new;
        }
        self
    }

    /// The time within which all but one of a thousand events have come; a day at most.
    pub fn allowance(mut self) -> SignedDuration {
        let counts = self.counts();
        let total: u64 = counts.iter().sum();
        let mut late = total;
        for (count, minutes) in counts.iter().zip(Self::MINUTES) {
            late -= count;
            if late * 1_000 <= total {
                return SignedDuration::from_mins(minutes);
            }
        }
        SignedDuration::from_hours(24)
    }

    fn counts(&mut self) -> [u64; 6] {
        self.counts_mut().map(|count| *count)
    }

    fn counts_mut(&mut self) -> [&mut u64; 6] {
        let Self { minute, quarter, hour, six_hours, day, later } = self;
        [minute, quarter, hour, six_hours, day, later]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_is_learned() {
        let mut lateness = Lateness::default();
        assert_eq!(lateness.allowance(), SignedDuration::from_mins(1));
        (0..10_000).for_each(|_| lateness.add(SignedDuration::from_secs(20)));
        (0..10).for_each(|_| lateness.add(SignedDuration::from_hours(30)));
        assert_eq!(lateness.allowance(), SignedDuration::from_mins(1), "one of a thousand is no rule");
        (0..10).for_each(|_| lateness.add(SignedDuration::from_hours(2)));
        assert_eq!(lateness.allowance(), SignedDuration::from_hours(6));
        let faded = lateness.decayed_with(Lateness { minute: 1_000_000, ..Lateness::default() });
        assert_eq!(faded.allowance(), SignedDuration::from_mins(1));
    }
}
