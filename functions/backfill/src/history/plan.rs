//! Where to cut a range of the log, from a few measurements of how dense it is. Pure.

// Estimates: far below where a float loses a whole number.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use jiff::{SignedDuration, Timestamp};
use normalize::hour_of;
use serde::{Deserialize, Serialize};

/// What Okta gives in one answer at most (System Log API, `limit`).
pub const PAGE: u64 = 1_000;

/// Okta keeps the log for 90 days (System Log API).
pub const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A slice is not worth a checkpoint of its own below so many pages, nor should a restart of it cost more than these.
const SLICE_PAGES: std::ops::RangeInclusive<u64> = 10..=100;

/// A plan has about so many slices: enough to show progress and to hand out, few enough to look at.
const SLICES: u64 = 24;

/// So few pages are read sooner than they are split.
const WORTH_A_SPLIT: f64 = 4.0;

/// `since` up to, but not including, `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    /// The start.
    pub since: Timestamp,
    /// The end.
    pub until: Timestamp,
}

/// A part of the range that is read on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Its range.
    #[serde(flatten)]
    pub range: Range,
    /// How many calls it should take.
    pub calls: u64,
}

/// One measurement: so many events were published from `at` until `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Where it was measured.
    pub at: Timestamp,
    /// How far the page reached.
    pub until: Timestamp,
    /// How many events it had.
    pub events: u64,
}

/// Events per second along a range, in equal steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    range: Range,
    per_second: Vec<f64>,
}

impl Range {
    /// Its length in seconds.
    pub fn seconds(&self) -> f64 {
        self.until.duration_since(self.since).as_secs_f64().max(0.0)
    }

    /// The moment after this part of it, from 0 to 1.
    fn at(&self, part: f64) -> Timestamp {
        let into = SignedDuration::try_from_secs_f64(self.seconds() * part).unwrap_or_default();
        self.since.saturating_add(into).unwrap_or(self.until).min(self.until)
    }
}

/// How many measurements are worth their calls in a range that seems to have so many events.
pub fn measurements(events: u64, page: u64) -> usize {
    // A single one cannot tell an org that began last week.
    (events / page / 25).clamp(4, 16) as usize
}

/// Where to measure: one moment in each of `count` equal steps, spread over the hours of the day and the days of the
/// week, because people work by both. The golden ratio spreads any number of points evenly.
pub fn points(range: Range, count: usize) -> Vec<Timestamp> {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    (0..count).map(|step| range.at((step as f64 + (step as f64 * GOLDEN).fract()) / count as f64)).collect()
}

impl Density {
    /// Of one sample for each step of the range, in order.
    pub fn of(range: Range, samples: &[Sample]) -> Self {
        let per_second = |sample: &Sample| {
            let seconds = sample.until.duration_since(sample.at).as_secs_f64();
            sample.events as f64 / seconds.max(0.001)
        };
        Self { range, per_second: samples.iter().map(per_second).collect() }
    }

    /// How many events there should be between two moments of the range.
    fn events(&self, range: Range) -> f64 {
        let step = self.range.seconds() / self.per_second.len().max(1) as f64;
        let from = range.since.duration_since(self.range.since).as_secs_f64();
        let to = from + range.seconds();
        let within = |(index, rate): (usize, &f64)| {
            let (start, end) = (index as f64 * step, (index as f64 + 1.0) * step);
            rate * (to.min(end) - from.max(start)).max(0.0)
        };
        self.per_second.iter().enumerate().map(within).sum()
    }

    /// How many events the whole range should have.
    pub fn total(&self) -> u64 {
        self.events(self.range).round() as u64
    }

    /// The range cut at full hours into slices of about as many pages each, in order of time.
    pub fn slices(&self, page: u64) -> Vec<Slice> {
        let pages = (self.total() / page / SLICES).clamp(*SLICE_PAGES.start(), *SLICE_PAGES.end());
        let most = (pages * page) as f64;
        let mut slices = Vec::new();
        let (mut since, mut events) = (self.range.since, 0.0);
        for hour in hours(self.range) {
            let of_hour = self.events(hour);
            if events > 0.0 && events + of_hour > most {
                slices.push(slice(Range { since, until: hour.since }, events, page));
                (since, events) = (hour.since, 0.0);
            }
            events += of_hour;
        }
        slices.push(slice(Range { since, until: self.range.until }, events, page));
        slices
    }
}

fn slice(range: Range, events: f64, page: u64) -> Slice {
    Slice { range, calls: (events / page as f64).ceil().max(1.0) as u64 }
}

/// The hours of a range; the first and the last may be parts of one.
fn hours(range: Range) -> impl Iterator<Item = Range> {
    let starts = std::iter::successors(Some(range.since), |start| {
        hour_of(*start).checked_add(SignedDuration::from_hours(1)).ok()
    });
    starts.take_while(move |start| *start < range.until).map(move |since| {
        let next = hour_of(since).saturating_add(SignedDuration::from_hours(1)).unwrap_or(range.until);
        Range { since, until: next.min(range.until) }
    })
}

/// How many calls the rest of a slice should take, when `calls` brought it up to `reached`.
pub fn calls_left(slice: &Slice, calls: u64, reached: Option<Timestamp>) -> f64 {
    let planned = slice.calls as f64;
    let Some(reached) = reached.filter(|_| calls > 0) else { return planned };
    let done = Range { since: slice.range.since, until: reached }.seconds();
    let left = Range { since: reached, until: slice.range.until }.seconds();
    // Early on, one page says less about the rest than the plan does.
    let measured = if done > 0.0 { calls as f64 * left / done } else { planned };
    let weight = (calls as f64 / planned).min(1.0);
    (measured * weight + (planned - calls as f64).max(1.0) * (1.0 - weight)).max(1.0)
}

/// What to split off a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Split {
    /// How many calls the slice still needs, without a split.
    pub calls_left: u64,
    /// Where the other slice begins.
    pub at: Timestamp,
}

/// Where to split what is left of a slice that turned out heavy, if that is worth it.
pub fn split(slice: &Slice, calls: u64, reached: Option<Timestamp>) -> Option<Split> {
    let left = Range { since: reached?, until: slice.range.until };
    let calls_left = calls_left(slice, calls, reached);
    if calls_left < WORTH_A_SPLIT {
        return None;
    }
    let middle = left.at(0.5);
    let middle = Some(hour_of(middle)).filter(|hour| *hour > left.since).unwrap_or(middle);
    (middle > left.since && middle < left.until).then_some(Split { calls_left: calls_left.ceil() as u64, at: middle })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn range(since: &str, until: &str) -> Range {
        Range { since: time(since), until: time(until) }
    }

    /// A log of so many events a day, the same at all times.
    fn even(range: Range, per_day: u64) -> Density {
        let sample = |at: Timestamp| Sample { at, until: at + SignedDuration::from_hours(24), events: per_day };
        Density::of(range, &points(range, 4).into_iter().map(sample).collect::<Vec<_>>())
    }

    #[test]
    fn slices_meet_and_cover_the_range() {
        let odd = range("2026-01-01T00:30:00Z", "2026-04-01T00:15:00Z");
        for per_day in [0, 1, 500, 5_000, 111_111, 20_000_000] {
            let slices = even(odd, per_day).slices(PAGE);
            assert_eq!(slices[0].range.since, odd.since);
            assert_eq!(slices.last().unwrap().range.until, odd.until);
            assert!(slices.windows(2).all(|pair| pair[0].range.until == pair[1].range.since), "{per_day}");
            assert!(slices.iter().all(|slice| slice.range.since < slice.range.until && slice.calls > 0));
            let calls: u64 = slices.iter().map(|slice| slice.calls).sum();
            let least = (per_day * 90).div_ceil(PAGE);
            let most = least + least / 20 + slices.len() as u64;
            assert!((least.saturating_sub(1)..=most).contains(&calls), "{per_day}: {calls} of {least}");
        }
    }

    #[test]
    fn a_dense_week_has_the_narrow_slices() {
        let month = range("2026-01-01T00:00:00Z", "2026-01-29T00:00:00Z");
        let sample = |at: Timestamp, events| Sample { at, until: at + SignedDuration::from_hours(1), events };
        let points = points(month, 4);
        let samples: Vec<_> =
            points.iter().zip([100, 100, 5_000, 100]).map(|(at, events)| sample(*at, events)).collect();
        let density = Density::of(month, &samples);
        assert_eq!(density.total(), (100 * 3 + 5_000) * 7 * 24);
        let slices = density.slices(PAGE);
        let narrow = slices.iter().filter(|slice| slice.range.seconds() < 86_400.0).count();
        assert!(narrow > slices.len() * 3 / 4, "{slices:?}");
        assert!(slices.iter().all(|slice| slice.calls <= 45), "{slices:?}");
    }

    #[test]
    fn points_lie_in_their_steps_at_different_hours() {
        let month = range("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z");
        let points = points(month, 10);
        for (step, point) in points.iter().enumerate() {
            let day = point.duration_since(month.since).as_secs_f64() / 86_400.0;
            assert!((step as f64 * 3.0..step as f64 * 3.0 + 3.0).contains(&day), "{step}: {day}");
        }
        let hours: std::collections::BTreeSet<_> = points.iter().map(|at| at.as_second() / 3_600 % 24).collect();
        assert!(hours.len() >= 7, "{hours:?}");
    }

    #[test]
    fn what_is_left_is_measured_more_the_more_is_done() {
        let day = Slice { range: range("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), calls: 10 };
        let noon = Some(time("2026-01-01T12:00:00Z"));
        let is_about = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        is_about(calls_left(&day, 0, None), 10.0);
        // Half of the time took ten calls: so will the other half.
        is_about(calls_left(&day, 10, noon), 10.0);
        is_about(calls_left(&day, 40, noon), 40.0);
        // One call for half of the time: the plan still counts for most.
        is_about(calls_left(&day, 1, noon), 0.1 + 9.0 * 0.9);
    }

    #[test]
    fn a_heavy_rest_is_split_at_an_hour_within_it() {
        let day = Slice { range: range("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), calls: 10 };
        let six = Some(time("2026-01-01T06:00:00Z"));
        assert_eq!(split(&day, 20, six), Some(Split { calls_left: 60, at: time("2026-01-01T15:00:00Z") }));
        assert_eq!(split(&day, 30, Some(time("2026-01-01T23:30:00Z"))), None, "nearly done");
        let late = split(&day, 3_000, Some(time("2026-01-01T23:30:00Z")));
        assert_eq!(late.map(|split| split.at), Some(time("2026-01-01T23:45:00Z")));
        assert_eq!(split(&day, 0, None), None);
    }
}
