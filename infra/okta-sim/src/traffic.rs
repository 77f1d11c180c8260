//! What has been asked of the simulator, for tests and for people.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

/// A request, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// When it was answered, by the simulator's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, as it came.
    pub query: String,
    /// The name of the client, once it is known.
    pub client: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The path of the rate-limit bucket that it was counted in.
    pub bucket: Option<&'static str>,
}

/// All requests so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many there were.
    pub total: u64,
    /// How many with which status.
    pub by_status: BTreeMap<u16, u64>,
    /// How many in which rate-limit bucket.
    pub by_bucket: BTreeMap<&'static str, u64>,
    /// The last ones, the oldest first: some ten thousand.
    pub recent: VecDeque<RecordedRequest>,
}

/// How many requests are kept one by one.
const KEPT: usize = 20_000;

impl Traffic {
    pub(crate) fn add(&mut self, seen: RecordedRequest) {
        self.total += 1;
        *self.by_status.entry(seen.status).or_default() += 1;
        if let Some(bucket) = seen.bucket {
            *self.by_bucket.entry(bucket).or_default() += 1;
        }
        if self.recent.len() == KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(seen);
    }

    /// How many answers had this status.
    pub fn with_status(&self, status: u16) -> u64 {
        self.by_status.get(&status).copied().unwrap_or_default()
    }

    /// How many requests went to exactly this path, among the last ones.
    pub fn to_path(&self, path: &str) -> usize {
        self.recent.iter().filter(|seen| seen.path == path).count()
    }
}
