//! A collection of a range of the log, as it is remembered between invocations: one object for the plan and the lease,
//! and one for each slice, which is written after every page.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::plan::{Range, Slice, Split};
use crate::history::progress::Progress;
use crate::org::backoff::Trouble;
use crate::org::lease::Lease;
use crate::written::WriteCounts;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Of which time.
    #[serde(flatten)]
    pub range: Range,
    /// Only event types that begin with one of these; all, if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// Whether the newest slices are read first. By default it is the oldest, because Okta forgets from that end.
    #[serde(default)]
    pub newest_first: bool,
}

/// What has become of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It goes on with the next invocation, unless one is at it right now.
    Running,
    /// Everything is in the lake.
    Finished,
    /// Somebody cancelled it. What it has written stays.
    Cancelled,
    /// Okta does not take the request, and never will.
    Failed,
}

/// The plan and the lease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Of this format.
    pub version: u32,
    /// Its name: the same request makes the same job.
    pub id: String,
    /// What is asked for.
    pub request: Request,
    /// When it was planned.
    pub created: Timestamp,
    /// What has become of it.
    pub state: State,
    /// The range in parts. Their order never changes; a slice that is split gets an earlier end, and the rest of it
    /// comes last.
    pub slices: Vec<Slice>,
    /// Who works on it.
    pub lease: Option<Lease>,
    /// What stands in its way, if something does.
    pub trouble: Option<Trouble>,
    /// How far it was when this was last written, for people.
    pub progress: Option<Progress>,
}

/// How far a slice is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The page that comes next; none before the first and after the last.
    pub cursor: Option<String>,
    /// Everything published before this is in the lake.
    pub reached: Option<Timestamp>,
    /// Whether all of it is in the lake.
    pub is_done: bool,
    /// Pages read.
    pub calls: u64,
    /// What was written.
    #[serde(flatten)]
    pub written: WriteCounts,
    /// How often a cursor was refused since the last page.
    #[serde(default)]
    pub restarts: u32,
}

/// The format of this version.
pub(crate) const VERSION: u32 = 1;

impl Request {
    /// The name of the job: its range, and the types if there are any.
    pub fn id(&self) -> String {
        let compact = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
        let range = format!("{}-{}", compact(self.range.since), compact(self.range.until));
        self.event_types.iter().fold(range, |id, prefix| format!("{id}-{prefix}"))
    }

    /// The `filter` of Okta's System Log API.
    pub fn filter(&self) -> Option<String> {
        let tests: Vec<_> = self.event_types.iter().map(|prefix| format!("eventType sw \"{prefix}\"")).collect();
        (!tests.is_empty()).then(|| tests.join(" or "))
    }
}

impl Job {
    /// A job that nobody has begun.
    pub fn new(request: Request, slices: Vec<Slice>, now: Timestamp) -> Self {
        let id = request.id();
        let state = State::Running;
        Self { version: VERSION, id, request, created: now, state, slices, lease: None, trouble: None, progress: None }
    }

    /// Whether an unattended run may go on with it at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == State::Running && self.trouble.as_ref().is_none_or(|trouble| trouble.not_before <= now)
    }

    /// Gives the part of a slice from `at` on to a new slice.
    pub(crate) fn split(&mut self, index: usize, split: Split) {
        if let Some(slice) = self.slices.get_mut(index) {
            let Split { at, calls_left } = split;
            let rest = Slice { range: Range { since: at, ..slice.range }, calls: calls_left.div_ceil(2).max(1) };
            slice.range.until = at;
            slice.calls = slice.calls.saturating_sub(rest.calls).max(1);
            self.slices.push(rest);
        }
    }
}

impl Checkpoint {
    /// Forgets the cursor: the slice goes on from what it has reached, which is read once more to the millisecond.
    pub(crate) fn restart(&mut self) {
        self.cursor = None;
        self.restarts += 1;
    }
}

/// The first cursor of a poll, and the default range, overlap what they continue by so much: Okta's hosts do not show
/// an event at the same instant.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn request(event_types: &[&str]) -> Request {
        let range =
            Range { since: "2026-01-01T00:00:00Z".parse().unwrap(), until: "2026-02-01T12:30:00Z".parse().unwrap() };
        let event_types = event_types.iter().map(|prefix| (*prefix).to_owned()).collect();
        Request { range, event_types, newest_first: false }
    }

    #[test]
    fn the_same_request_is_the_same_job() {
        assert_eq!(request(&[]).id(), "20260101T000000Z-20260201T123000Z");
        assert_eq!(request(&["user.session."]).id(), "20260101T000000Z-20260201T123000Z-user.session.");
        assert_eq!(request(&[]).filter(), None);
        let filter = request(&["user.session.", "policy."]).filter().unwrap();
        assert_eq!(filter, r#"eventType sw "user.session." or eventType sw "policy.""#);
    }

    #[test]
    fn a_split_leaves_nothing_out() {
        let request = request(&[]);
        let slice = Slice { range: request.range, calls: 50 };
        let mut job = Job::new(request.clone(), vec![slice], Timestamp::UNIX_EPOCH);
        let at = "2026-01-10T00:00:00Z".parse().unwrap();
        job.split(0, Split { calls_left: 31, at });
        assert_eq!((job.slices[0].range.since, job.slices[0].range.until), (request.range.since, at));
        assert_eq!((job.slices[1].range.since, job.slices[1].range.until), (at, request.range.until));
        assert_eq!((job.slices[0].calls, job.slices[1].calls), (34, 16));
    }

    #[test]
    fn a_job_reads_back_as_it_was_written() {
        let request = request(&["a."]);
        let slices = vec![Slice { range: request.range, calls: 3 }];
        let job = Job::new(request, slices, Timestamp::UNIX_EPOCH);
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
        let checkpoint = Checkpoint { cursor: Some("https://x".to_owned()), calls: 2, ..Checkpoint::default() };
        let text = serde_json::to_string(&checkpoint).unwrap();
        assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
    }
}
