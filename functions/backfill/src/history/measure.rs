//! How far a collection is and when it will be done: the arithmetic. Pure.

// Estimates: far below where a float loses a whole number.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use jiff::{SignedDuration, Timestamp};
use normalize::hour_of;

use crate::history::checkpoint::Checkpoint;
use crate::history::job::Job;
use crate::history::plan::{Range, Slice, calls_left};
use crate::history::progress::{Effort, Eta, Progress, Reading};
use crate::history::request::State;
use crate::written::WriteCounts;

/// A run that is younger than this says nothing about its pace yet.
const MEASURED_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// The speed at which calls are made.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Calls a minute that the org allows this app.
    pub limit: Option<u32>,
    /// Calls a minute that okta-lake allows itself.
    pub budget: Option<u32>,
    /// Calls of this run.
    pub calls: u64,
    /// How long it has been at it.
    pub elapsed: SignedDuration,
}

/// A slice, how far it is, and whether it is being read.
#[derive(Debug, Clone, Copy)]
pub struct SliceView<'a> {
    /// The slice.
    pub slice: &'a Slice,
    /// How far it is.
    pub checkpoint: &'a Checkpoint,
    /// Whether it is being read.
    pub is_reading: bool,
}

/// Returns how far a job is whose slices are these.
pub fn progress_of(
    tenant: &str,
    job: &Job,
    views: &[SliceView<'_>],
    pace: Pace,
    effort: Effort,
    now: Timestamp,
) -> Progress {
    let mut written = WriteCounts::default();
    for view in views {
        written += view.checkpoint.written;
    }
    let correction = correction(views);
    let left: f64 = views.iter().map(|view| view.calls_left(correction)).sum();
    let calls_left = left.ceil() as u64;
    let complete = complete(views);
    let is_over = job.state != State::Running;
    Progress {
        version: 1,
        tenant: tenant.to_owned(),
        job: job.id.clone(),
        state: job.state,
        range: job.request.range,
        event_types: job.request.event_types.clone(),
        created: job.created,
        updated: now,
        slices: views.len(),
        slices_done: views.iter().filter(|view| view.checkpoint.is_done).count(),
        reading: views.iter().enumerate().filter(|(_, view)| view.is_reading).map(reading).collect(),
        calls: views.iter().map(|view| view.checkpoint.calls).sum(),
        calls_left,
        written,
        oldest_hour_complete: complete.iter().find_map(first_hour),
        complete,
        effort,
        share_used: pace.share_used().map(|percent| (percent * 10.0).round() / 10.0),
        eta: if is_over { None } else { pace.eta(calls_left, now) },
        trouble: job.trouble.clone(),
    }
}

impl SliceView<'_> {
    fn calls_left(&self, correction: f64) -> f64 {
        match self.checkpoint {
            Checkpoint { is_done: true, .. } => 0.0,
            Checkpoint { calls: 0, .. } => (self.slice.calls as f64 * correction).max(1.0),
            checkpoint => calls_left(self.slice, checkpoint.calls, checkpoint.reached),
        }
    }

    /// The part of its range that has been read.
    fn part_read(&self) -> f64 {
        let Range { since, until } = self.slice.range;
        match self.checkpoint {
            Checkpoint { is_done: true, .. } => 1.0,
            Checkpoint { reached: Some(reached), .. } => {
                let read = reached.duration_since(since).as_secs_f64() / until.duration_since(since).as_secs_f64();
                read.clamp(0.0, 1.0)
            }
            Checkpoint { reached: None, .. } => 0.0,
        }
    }
}

/// By how much the calls of what has been read differ from the plan of it. The slices that are done first are those
/// that were planned too heavy, so that those under way count as well, and the plan itself as a tenth of all calls.
fn correction(views: &[SliceView<'_>]) -> f64 {
    let plan = views.iter().map(|view| view.slice.calls as f64).sum::<f64>() / 10.0;
    let planned: f64 = views.iter().map(|view| view.slice.calls as f64 * view.part_read()).sum();
    let made: f64 = views.iter().map(|view| view.checkpoint.calls as f64).sum();
    if plan == 0.0 { 1.0 } else { (made + plan) / (planned + plan) }
}

fn reading((slice, view): (usize, &SliceView<'_>)) -> Reading {
    let SliceView { slice: Slice { range, .. }, checkpoint, .. } = *view;
    Reading {
        slice,
        range: *range,
        reached: checkpoint.reached,
        calls: checkpoint.calls,
        calls_left: view.calls_left(1.0).ceil() as u64,
        events: checkpoint.written.events,
    }
}

/// The ranges that are complete, in order, joined where they meet.
fn complete(views: &[SliceView<'_>]) -> Vec<Range> {
    let done = |view: &SliceView<'_>| {
        let Range { since, until } = view.slice.range;
        let until = if view.checkpoint.is_done { until } else { view.checkpoint.reached?.min(until) };
        (until > since).then_some(Range { since, until })
    };
    let mut ranges: Vec<_> = views.iter().filter_map(done).collect();
    ranges.sort_unstable();
    let mut joined: Vec<Range> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.until >= range.since => last.until = last.until.max(range.until),
            _ => joined.push(range),
        }
    }
    joined
}

/// The first whole hour of a range.
fn first_hour(range: &Range) -> Option<Timestamp> {
    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    let start = hour_of(range.since);
    let start = if start < range.since { start.checked_add(HOUR).ok()? } else { start };
    (start.checked_add(HOUR).ok()? <= range.until).then_some(start)
}

impl Pace {
    /// Percent of the calls that okta-lake allows itself that were made; none before it is known.
    pub fn share_used(&self) -> Option<f64> {
        Some(self.per_minute()? / f64::from(self.budget?) * 100.0)
    }

    fn per_minute(&self) -> Option<f64> {
        let minutes = self.elapsed.as_secs_f64() / 60.0;
        (self.elapsed >= MEASURED_AFTER).then(|| self.calls as f64 / minutes)
    }

    /// When so many calls will have been made.
    pub fn eta(&self, calls: u64, now: Timestamp) -> Option<Eta> {
        let budget = self.budget.map(f64::from);
        let measured = self.per_minute().filter(|measured| *measured > 0.0);
        // Slower than allowed is what counts; faster cannot last.
        let per_minute = budget.into_iter().chain(measured).min_by(f64::total_cmp)?;
        let basis = match (budget, self.limit) {
            (Some(budget), Some(limit)) if per_minute >= budget => {
                format!("okta-lake's share of the {limit} that the org allows this app")
            }
            (Some(budget), _) if per_minute < budget => format!("as measured; its share would be {budget}"),
            _ => "as measured".to_owned(),
        };
        let seconds = (calls as f64 / per_minute * 60.0).ceil() as u64;
        let at = now.saturating_add(SignedDuration::try_from_secs_f64(seconds as f64).ok()?).ok()?;
        let arithmetic = format!("{calls} calls left / {per_minute:.1} calls a minute ({basis}) = {}", spoken(seconds));
        Some(Eta { seconds, at, arithmetic })
    }
}

/// A duration as a person would say it.
pub fn spoken(seconds: u64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::request::Request;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn job(days: &[(&str, &str)]) -> Job {
        let slice = |(since, until): &(&str, &str)| Slice {
            range: Range { since: time(since), until: time(until) },
            calls: 10,
        };
        let slices: Vec<_> = days.iter().map(slice).collect();
        let range = Range { since: slices[0].range.since, until: slices.last().unwrap().range.until };
        let request = Request { range, event_types: vec![], newest_first: false };
        Job { slices, ..Job::new("acme", request, Timestamp::UNIX_EPOCH) }
    }

    fn done(calls: u64) -> Checkpoint {
        Checkpoint { is_done: true, calls, ..Checkpoint::default() }
    }

    fn progress(job: &Job, checkpoints: &[Checkpoint], pace: Pace) -> Progress {
        let view = |(slice, checkpoint)| SliceView { slice, checkpoint, is_reading: false };
        let views: Vec<_> = job.slices.iter().zip(checkpoints).map(view).collect();
        progress_of("acme", job, &views, pace, Effort::default(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_is_complete_is_joined_and_its_oldest_hour_is_whole() {
        let job = job(&[
            ("2026-01-01T00:30:00Z", "2026-01-02T00:00:00Z"),
            ("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
            ("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"),
        ]);
        let halfway = Checkpoint { reached: Some(time("2026-01-02T12:00:00Z")), calls: 5, ..Checkpoint::default() };
        let found = progress(&job, &[done(10), halfway.clone(), done(10)], Pace::default());
        let since_until = |range: &Range| (range.since.to_string(), range.until.to_string());
        assert_eq!(
            found.complete.iter().map(since_until).collect::<Vec<_>>(),
            [("2026-01-01T00:30:00Z", "2026-01-02T12:00:00Z"), ("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z")]
                .map(|(since, until)| (since.to_owned(), until.to_owned()))
        );
        assert_eq!(found.oldest_hour_complete, Some(time("2026-01-01T01:00:00Z")));
        assert_eq!((found.slices_done, found.calls, found.calls_left), (2, 25, 5));
        let nothing = progress(&job, &[Checkpoint::default(), halfway, Checkpoint::default()], Pace::default());
        assert_eq!(nothing.oldest_hour_complete, Some(time("2026-01-02T00:00:00Z")));
    }

    #[test]
    fn what_was_read_corrects_the_rest_of_the_plan() {
        let days: Vec<_> = (1..=20)
            .map(|day| (format!("2026-01-{day:02}T00:00:00Z"), format!("2026-01-{:02}T00:00:00Z", day + 1)))
            .collect();
        let days: Vec<_> = days.iter().map(|(since, until)| (since.as_str(), until.as_str())).collect();
        let job = job(&days);
        let left = |read: &[Checkpoint]| {
            let mut checkpoints = vec![Checkpoint::default(); 20];
            checkpoints[..read.len()].clone_from_slice(read);
            progress(&job, &checkpoints, Pace::default()).calls_left
        };
        assert_eq!(left(&[]), 200);
        // One slice that was planned too heavy says little about the others, and half of them much.
        assert_eq!(left(&[done(2)]), 140);
        assert_eq!(left(&vec![done(15); 10]), 142);
        let halfway = Checkpoint { reached: Some(time("2026-01-01T12:00:00Z")), calls: 5, ..Checkpoint::default() };
        assert_eq!(left(&[halfway]), 195);
    }

    #[test]
    fn the_eta_says_how_it_was_reckoned() {
        let share = Pace { limit: Some(60), budget: Some(30), ..Pace::default() };
        let eta = share.eta(300, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((eta.seconds, eta.at), (600, time("1970-01-01T00:10:00Z")));
        assert_eq!(
            eta.arithmetic,
            "300 calls left / 30.0 calls a minute (okta-lake's share of the 60 that the org allows this app) = 10 min"
        );
        let slow = Pace { calls: 30, elapsed: SignedDuration::from_mins(2), ..share };
        assert_eq!((slow.eta(300, Timestamp::UNIX_EPOCH).unwrap().seconds, slow.share_used()), (1_200, Some(50.0)));
        let fast = Pace { calls: 80, elapsed: SignedDuration::from_mins(2), ..share };
        assert_eq!(fast.eta(300, Timestamp::UNIX_EPOCH).unwrap().seconds, 600);
        assert_eq!(Pace::default().eta(1, Timestamp::UNIX_EPOCH), None);
        assert_eq!([spoken(90), spoken(120), spoken(7_500)], ["90 s", "2 min", "2 h 5 min"]);
    }
}
