//! A range of the System Log into the lake: planned by measured density, read in slices side by side, each with its own
//! checkpoint, over as many invocations as it takes.

pub mod job;
pub mod meter;
pub mod plan;
pub mod probe;
pub mod progress;
mod reader;
pub mod run;
pub mod store;

use jiff::Timestamp;
use okta::{Client, Error, Url};

use crate::history::job::Request;
use crate::history::plan::Range;

/// Where the log is (System Log API).
pub(crate) const LOGS: &str = "/api/v1/logs";

/// The address of the first page of a part of a request. With `until` it is a bounded request: ordered by `published`,
/// and finite.
pub(crate) fn url(client: &Client, request: &Request, range: Range, page: u64) -> Result<Url, Error> {
    let (since, until, limit) = (stamp(range.since), stamp(range.until), page.to_string());
    let filter = request.filter();
    let mut query = vec![("since", &*since), ("until", &*until), ("sortOrder", "ASCENDING"), ("limit", &*limit)];
    query.extend(filter.as_deref().map(|filter| ("filter", filter)));
    client.url(LOGS, &query)
}

/// Okta's times have milliseconds.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}
