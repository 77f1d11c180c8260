//! What became of the log of an org: plain data.

use std::ops::AddAssign;

use jiff::Timestamp;
use serde::Serialize;

use crate::history::poll_state::Poll;
use crate::history::progress::{Plan, Progress};
use crate::history::request::State;
use crate::org::problem::Problem;
use crate::outcome::Outcome;

/// What became of the log of one org. Reports of parts of the work are added up.
#[derive(Debug, Default, Serialize)]
pub struct LogsReport {
    /// The org.
    pub tenant: String,
    /// Whether nothing is left to do: every collection is over, the poll has caught up, nothing stands in the way.
    pub is_complete: bool,
    /// The plan that was made, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The collections.
    pub jobs: Vec<Progress>,
    /// The poll, if this org has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Whether the time was up before the command could be carried out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_too_late: bool,
    /// Until when another run has the lease of something that this one would have worked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
}

impl LogsReport {
    /// A report that has nothing but a problem.
    pub(crate) fn of_problem(problem: Problem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }

    /// Returns the report of an org, with whether it is complete.
    pub(crate) fn of_org(self, tenant: &str) -> Self {
        let is_complete = self.problems.is_empty()
            && !self.is_too_late
            && self.held_until.is_none()
            && self.jobs.iter().all(|job| matches!(job.state, State::Finished | State::Cancelled))
            && self.poll.as_ref().is_none_or(|poll| !poll.is_on || (poll.is_caught_up && poll.trouble.is_none()));
        Self { tenant: tenant.to_owned(), is_complete, ..self }
    }

    /// Whether another invocation would go on at once: the time was up, and nothing else is in the way.
    pub(crate) fn is_cut_short(&self) -> bool {
        let is_running = |job: &Progress| job.state == State::Running && job.trouble.is_none();
        let is_behind = |poll: &Poll| poll.is_on && !poll.is_caught_up && poll.trouble.is_none();
        let is_left = self.is_too_late || self.jobs.iter().any(is_running) || self.poll.as_ref().is_some_and(is_behind);
        is_left && self.problems.is_empty() && self.held_until.is_none()
    }

    /// How it ended. Records in quarantine are not in the lake.
    pub(crate) fn outcome(&self) -> Outcome {
        let quarantined = self.jobs.iter().map(|job| job.written.quarantined).sum::<u64>()
            + self.poll.as_ref().map_or(0, |poll| poll.written.quarantined);
        let has_failed = self.jobs.iter().any(|job| job.state == State::Failed);
        // A collection or a poll that nothing was ever read for is no more than a wish.
        let is_idle = self.jobs.iter().all(|job| job.calls == 0)
            && self.poll.as_ref().is_none_or(|poll| poll.calls == 0)
            && self.plan.is_none();
        match () {
            () if has_failed || (is_idle && !self.problems.is_empty()) => Outcome::Failed,
            () if self.is_complete && quarantined == 0 => Outcome::Complete,
            () => Outcome::Incomplete,
        }
    }
}

impl AddAssign for LogsReport {
    fn add_assign(&mut self, other: Self) {
        self.plan = other.plan.or(self.plan.take());
        self.jobs.extend(other.jobs);
        self.poll = other.poll.or(self.poll.take());
        self.is_too_late = self.is_too_late || other.is_too_late;
        self.held_until = self.held_until.max(other.held_until);
        self.problems.extend(other.problems);
    }
}
