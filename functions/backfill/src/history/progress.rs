//! How far a collection is and when it will be done: plain data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::plan::{Range, Slice};
use crate::history::request::State;
use crate::org::backoff::Trouble;
use crate::written::WriteCounts;

/// How far a collection is: the detail of `CollectionProgress` and `CollectionFinished`, and what `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Of this format.
    pub version: u32,
    /// The org.
    pub tenant: String,
    /// The job.
    pub job: String,
    /// What has become of it.
    pub state: State,
    /// Its range.
    #[serde(flatten)]
    pub range: Range,
    /// Its filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// When it was planned.
    pub created: Timestamp,
    /// When this was true.
    pub updated: Timestamp,
    /// How many slices it has.
    pub slices: usize,
    /// How many of them are done.
    pub slices_done: usize,
    /// The slices that are being read.
    pub reading: Vec<Reading>,
    /// Calls made for it.
    pub calls: u64,
    /// Calls that should still be needed.
    pub calls_left: u64,
    /// What was written.
    #[serde(flatten)]
    pub written: WriteCounts,
    /// The parts of the range that are complete in the lake.
    pub complete: Vec<Range>,
    /// The oldest hour that is complete in the lake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_hour_complete: Option<Timestamp>,
    /// Runs, pauses and refusals so far.
    #[serde(flatten)]
    pub effort: Effort,
    /// Percent of the calls that okta-lake allows itself that the present run has made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_used: Option<f64>,
    /// When it will be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Eta>,
    /// What stands in its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// What a collection will read and what it will take: the detail of `CollectionPlanned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The org.
    pub tenant: String,
    /// The job.
    pub job: String,
    /// Its range.
    #[serde(flatten)]
    pub range: Range,
    /// Its filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// How many events there should be.
    pub events: u64,
    /// How many calls it should take.
    pub calls: u64,
    /// How many calls the plan took.
    pub probe_calls: u64,
    /// When it should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Eta>,
    /// The parts.
    pub slices: Vec<Slice>,
}

/// A slice that is being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Which one.
    pub slice: usize,
    /// Its range.
    #[serde(flatten)]
    pub range: Range,
    /// How far it is.
    pub reached: Option<Timestamp>,
    /// Calls made for it.
    pub calls: u64,
    /// Calls that should still be needed.
    pub calls_left: u64,
    /// Events written.
    pub events: u64,
}

/// What it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Invocations that worked on it.
    pub runs: u64,
    /// Pauses: for the share of the rate limit, and before something is tried again.
    pub waits: u64,
    /// Calls that Okta turned away because there were too many (429).
    pub throttled: u64,
}

/// When it will be done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eta {
    /// Seconds from now.
    pub seconds: u64,
    /// The moment.
    pub at: Timestamp,
    /// How this was reckoned.
    pub arithmetic: String,
}
