//! A collection of a range of the log, as it is remembered between invocations: one object for the plan and the lease.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::plan::Slice;
use crate::history::progress::Progress;
use crate::history::request::{Request, State};
use crate::org::backoff::Trouble;
use crate::org::lease::{Lease, LeasedState};

/// The plan and the lease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Of this format.
    pub version: u32,
    /// The org. Jobs of version 1 do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Its name: the same request makes the same job.
    pub id: String,
    /// What is asked for.
    pub request: Request,
    /// When it was asked for.
    pub created: Timestamp,
    /// Whether its density was measured. Until then it has one slice.
    #[serde(default = "yes")]
    pub is_planned: bool,
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

/// The format of this version. Version 1 had no `tenant` and no `is_planned`.
pub(crate) const VERSION: u32 = 2;

fn yes() -> bool {
    true
}

impl LeasedState for Job {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl Job {
    /// A job that nobody has begun. It is not planned yet: a wish is durable before the first call to Okta.
    pub fn new(tenant: &str, request: Request, now: Timestamp) -> Self {
        Self {
            version: VERSION,
            tenant: Some(tenant.to_owned()),
            id: request.id(),
            created: now,
            is_planned: false,
            state: State::Running,
            slices: vec![Slice { range: request.range, calls: 1 }],
            lease: None,
            trouble: None,
            progress: None,
            request,
        }
    }

    /// Makes a job that has failed or was cancelled go on from its checkpoints.
    pub(crate) fn reopen(&mut self) {
        self.state = State::Running;
        (self.trouble, self.progress) = (None, None);
    }

    /// Whether an unattended run may go on with it at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == State::Running && self.trouble.as_ref().is_none_or(|trouble| trouble.not_before <= now)
    }
}

/// The first cursor of a poll, and the default range, overlap what they continue by so much: Okta's hosts do not show
/// an event at the same instant.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::plan::Range;

    fn request(event_types: &[&str]) -> Request {
        let range =
            Range { since: "2026-01-01T00:00:00Z".parse().unwrap(), until: "2026-02-01T12:30:00Z".parse().unwrap() };
        let event_types = event_types.iter().map(|prefix| (*prefix).to_owned()).collect();
        Request { range, event_types, newest_first: false }
    }

    #[test]
    fn a_job_reads_back_as_it_was_written() {
        let job = Job::new("acme", request(&["a."]), Timestamp::UNIX_EPOCH);
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }

    #[test]
    fn a_job_of_version_1_is_planned() {
        let text = r#"{"version": 1, "id": "x", "request": {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"},
            "created": "2026-01-03T00:00:00Z", "state": "running", "slices": [], "lease": null, "trouble": null,
            "progress": null}"#;
        let job: Job = serde_json::from_str(text).unwrap();
        assert_eq!((job.is_planned, job.tenant), (true, None));
    }
}
