//! What the inventory remembers of an org: the run that is under way, entity by entity, and the last complete collection of
//! each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::command::Mode;
use crate::org::lease::{Lease, LeasedState, PersistedState};

/// `state/tenant=T/inventory.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The run that is under way.
    pub(crate) run: Option<Run>,
    /// The last complete collection of each entity.
    #[serde(default)]
    pub(crate) latest: BTreeMap<String, Latest>,
    /// Who is at it.
    pub(crate) lease: Option<Lease>,
}

/// A complete collection of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Latest {
    /// `snapshot=` in the lake.
    pub(crate) snapshot: String,
    /// When it was begun.
    pub(crate) taken: Timestamp,
    /// How many files it has.
    pub(crate) parts: u32,
    /// How many rows they have.
    pub(crate) rows: u64,
}

/// A run, which may take many invocations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// `snapshot=` of everything that it collects.
    pub(crate) id: String,
    /// How it collects.
    pub(crate) mode: Mode,
    /// When it was begun.
    pub(crate) started: Timestamp,
    /// How many invocations have worked on it.
    pub(crate) invocations: u32,
    /// Each entity that it collects.
    pub(crate) entities: BTreeMap<String, Progress>,
}

/// How far an entity is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// What has been done.
    pub(crate) stage: Stage,
    /// What it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    /// Files that are durable.
    pub(crate) parts: u32,
    /// Rows in them.
    pub(crate) rows: u64,
    /// Calls that were made.
    pub(crate) calls: u64,
    /// Parents that are done.
    pub(crate) parents_done: usize,
    /// Parents that there are; none if it hangs on nothing.
    pub(crate) parents: usize,
    /// The page that comes next of the parent that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// What went wrong with parts of it.
    pub(crate) faults: Faults,
    /// Secrets that were taken out.
    pub(crate) redacted: u64,
    /// Records in quarantine.
    pub(crate) quarantined: u64,
    /// Records that came twice.
    pub(crate) duplicates: u64,
    /// Invocations that could not go on with it.
    pub(crate) attempts: u32,
    /// Seconds that were spent on it.
    pub(crate) seconds: u64,
    /// What it was compared with, and what had changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Changes>,
}

/// What has been done of an entity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Nothing, or a part of the calls.
    #[default]
    Reading,
    /// All calls.
    Read,
    /// Everything.
    Done,
}

/// What went wrong with parts of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Faults {
    /// Parents that were deleted meanwhile.
    pub(crate) gone: u64,
    /// Parents that may not be read.
    pub(crate) denied: u64,
    /// Parents, or values of a parameter, for which the org does not offer it.
    pub(crate) unlicensed: u64,
    /// Parents that could not be read.
    pub(crate) failed: u64,
    /// What was said about the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<Reason>,
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    /// What Okta said.
    pub(crate) what: String,
    /// What a person does about it.
    pub(crate) remedy: String,
}

/// What an entity came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// In a word.
    pub(crate) status: Status,
    /// Why it is not complete.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
}

/// What an entity came to, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// All of it was read.
    Complete,
    /// All of it was read, and there is nothing.
    Empty,
    /// A part of it was read.
    Partial,
    /// It may not be read.
    Denied,
    /// The org does not offer it.
    Unlicensed,
    /// What it hangs on was not read.
    Skipped,
    /// It could not be read.
    Failed,
}

/// What had changed since the last complete collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changes {
    /// That collection; none if this is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// Things that are new.
    pub(crate) added: u64,
    /// Things that are different.
    pub(crate) changed: u64,
    /// Things that are gone.
    pub(crate) removed: u64,
    /// Changes for which the log has no event.
    pub(crate) unexplained: u64,
}

impl Status {
    /// Whether what is not there does not exist.
    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Self::Complete | Self::Empty)
    }

    /// Whether there may be rows.
    pub(crate) fn has_rows(self) -> bool {
        self.is_whole() || self == Self::Partial
    }
}

impl Progress {
    /// Whether all of it was read.
    pub(crate) fn is_whole(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.status.is_whole())
    }
}

impl LeasedState for Memory {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl PersistedState for Memory {
    const NAME: &'static str = "inventory.json";
}
