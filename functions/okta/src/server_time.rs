//! The org's clock, as the `Date` of its answers shows it, beside the local one. Neither is believed alone: a wrong clock
//! would make hours that have not ended look complete, and objects removable that are not.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// `Date` has whole seconds and answers take a while: smaller differences are not a wrong clock.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(3);

/// Clocks that are further apart disagree: one of them is wrong, and it is not known which.
const BOUND: SignedDuration = SignedDuration::from_mins(5);

/// So many of the last answers are compared: their median is the org's time, so that one wrong answer has no effect.
const SAMPLES: usize = 9;

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// The time by the org's clock; none before its first answer.
    pub okta: Option<Timestamp>,
    /// The time by the local clock.
    pub local: Timestamp,
    /// How far the org's clock is ahead, if that is more than clocks may differ.
    pub disagreement: Option<SignedDuration>,
}

impl ClockReading {
    /// The time for "has it ended?" and "may it be removed?": the org's if the clocks agree, else the earlier of the two.
    pub fn cautious(&self) -> Timestamp {
        self.choose(Timestamp::min)
    }

    /// The time for "is it still valid?", such as a lease that another run holds: the later one if the clocks disagree.
    pub fn latest(&self) -> Timestamp {
        self.choose(Timestamp::max)
    }

    fn choose(&self, of_two: fn(Timestamp, Timestamp) -> Timestamp) -> Timestamp {
        match (self.okta, self.disagreement) {
            (Some(okta), None) => okta,
            (Some(okta), Some(_)) => of_two(okta, self.local),
            (None, _) => self.local,
        }
    }
}

/// How far the org's clock has been ahead of the local one.
#[derive(Debug, Default)]
pub(crate) struct ServerTime(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Of the last answers that have a mark of Okta's.
    samples: VecDeque<SignedDuration>,
    /// Of the last answer of all.
    last: Option<SignedDuration>,
}

impl ServerTime {
    /// Compares an answer's `Date` with the local clock.
    pub(crate) fn observe(&self, headers: &HeaderMap, local: Timestamp) {
        let Some(date) = date(headers) else { return };
        let ahead = date.duration_since(local);
        let mut seen = self.lock();
        seen.last = Some(ahead);
        if headers.contains_key("x-okta-request-id") {
            seen.samples.push_back(ahead);
            if seen.samples.len() > SAMPLES {
                seen.samples.pop_front();
            }
        }
    }

    /// Both clocks when the local one shows `local`.
    pub(crate) fn reading(&self, local: Timestamp) -> ClockReading {
        let ahead = median(&self.lock().samples).map(significant);
        ClockReading {
            okta: ahead.map(|ahead| later(local, ahead)),
            local,
            disagreement: ahead.filter(|ahead| ahead.abs() > BOUND),
        }
    }

    /// The server's time for signatures, by the last answer of any kind. If that answer is wrong, the server refuses the
    /// signature, and nothing worse happens.
    pub(crate) fn for_signatures(&self, local: Timestamp) -> Timestamp {
        later(local, significant(self.lock().last.unwrap_or_default()))
    }

    /// Whether the last answer's clock differs from the local one.
    pub(crate) fn is_off(&self) -> bool {
        !significant(self.lock().last.unwrap_or_default()).is_zero()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn significant(ahead: SignedDuration) -> SignedDuration {
    if ahead.abs() > TOLERANCE { ahead } else { SignedDuration::ZERO }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

/// The one in the middle; of two, the one nearer to the local clock.
fn median(samples: &VecDeque<SignedDuration>) -> Option<SignedDuration> {
    let mut sorted: Vec<_> = samples.iter().copied().collect();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(if lower.abs() < upper.abs() { lower } else { upper })
}

/// The `Date` header. Its format is the "IMF-fixdate" of RFC 9110, a subset of RFC 2822's.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(headers.get(DATE)?.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "1994-11-06T08:49:37Z";

    fn local() -> Timestamp {
        LOCAL.parse().unwrap()
    }

    fn answer(date: &str, is_oktas: bool) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
        if is_oktas {
            headers.insert("x-okta-request-id", "req1".parse().unwrap());
        }
        headers
    }

    fn reading(dates: &[(&str, bool)]) -> ClockReading {
        let time = ServerTime::default();
        for (date, is_oktas) in dates {
            time.observe(&answer(date, *is_oktas), local());
        }
        time.reading(local())
    }

    const RIGHT: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const MINUTE_AHEAD: &str = "Sun, 06 Nov 1994 08:50:37 GMT";
    const HOURS_AHEAD: &str = "Sun, 06 Nov 1994 11:49:37 GMT";
    const HOURS_BEHIND: &str = "Sun, 06 Nov 1994 05:49:37 GMT";

    #[test]
    fn clocks_that_nearly_agree_show_the_orgs_time() {
        let reading = |date| reading(&[(date, true)]);
        assert_eq!(reading(RIGHT).cautious(), local());
        assert_eq!(reading(MINUTE_AHEAD).cautious().to_string(), "1994-11-06T08:50:37Z");
        assert_eq!(reading(MINUTE_AHEAD).disagreement, None);
        assert_eq!((reading("yesterday").okta, reading("yesterday").cautious()), (None, local()));
    }

    #[test]
    fn clocks_that_disagree_are_both_distrusted() {
        let ahead = reading(&[(HOURS_AHEAD, true)]);
        assert_eq!(ahead.disagreement, Some(SignedDuration::from_hours(3)));
        assert_eq!((ahead.cautious(), ahead.latest().to_string()), (local(), "1994-11-06T11:49:37Z".into()));
        let behind = reading(&[(HOURS_BEHIND, true)]);
        assert_eq!((behind.cautious().to_string(), behind.latest()), ("1994-11-06T05:49:37Z".into(), local()));
    }

    #[test]
    fn one_wrong_answer_among_others_has_no_effect_and_a_strangers_none_at_all() {
        for wrong in [HOURS_AHEAD, HOURS_BEHIND, "Tue, 14 Feb 1995 08:49:37 GMT"] {
            for dates in [
                vec![(RIGHT, true), (wrong, true)],
                vec![(wrong, true), (RIGHT, true)],
                vec![(RIGHT, true), (RIGHT, true), (wrong, true)],
                vec![(wrong, false); 20],
            ] {
                let reading = reading(&dates);
                assert_eq!((reading.cautious(), reading.disagreement), (local(), None), "{dates:?}");
            }
        }
    }

    #[test]
    fn a_clock_that_is_set_right_is_believed_after_some_answers() {
        let dates = [vec![(HOURS_AHEAD, true); 20], vec![(RIGHT, true); 5]].concat();
        assert_eq!(reading(&dates).disagreement, None);
    }

    #[test]
    fn signatures_follow_the_last_answer() {
        let time = ServerTime::default();
        assert!(!time.is_off());
        time.observe(&answer(HOURS_AHEAD, false), local());
        assert!(time.is_off());
        assert_eq!(time.for_signatures(local()).to_string(), "1994-11-06T11:49:37Z");
        time.observe(&answer(RIGHT, false), local());
        assert_eq!((time.is_off(), time.for_signatures(local())), (false, local()));
    }
}
