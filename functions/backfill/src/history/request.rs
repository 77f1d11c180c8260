//! What a collection was asked for, and what has become of it. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::plan::Range;

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
    /// Somebody cancelled it. What it has written stays; it goes on when it is asked for again.
    Cancelled,
    /// Okta does not take the request. It goes on when it is asked for again.
    Failed,
}

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
}
