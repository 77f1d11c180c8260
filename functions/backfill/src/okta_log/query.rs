//! Queries of the System Log API.

use jiff::Timestamp;
use okta::{Client, Error, Url};

/// The path of the System Log API.
pub(crate) const LOGS: &str = "/api/v1/logs";

/// Returns the address of the first page of a bounded query: ordered by `published`, and finite. `filter` is an Okta
/// filter expression.
pub(crate) fn bounded(
    client: &Client,
    (since, until): (Timestamp, Timestamp),
    filter: Option<&str>,
    page: u64,
) -> Result<Url, Error> {
    let (since, until, limit) = (stamp(since), stamp(until), page.to_string());
    let mut query = vec![("since", &*since), ("until", &*until), ("sortOrder", "ASCENDING"), ("limit", &*limit)];
    query.extend(filter.map(|filter| ("filter", filter)));
    client.url(LOGS, &query)
}

/// Formats a time with milliseconds, as Okta does.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}
