//! Whether a row of the lake is what okta-lake wrote: its columns against the LogEvent in it. Pure.

use jiff::Timestamp;
use normalize::{IngestPath, LogEvent, LogEventError};

use crate::stored::StoredRow;

/// What is wrong with a row of the lake. No message quotes an event.
#[derive(Debug, thiserror::Error)]
pub enum RowFault {
    /// `raw_data` is no LogEvent.
    #[error("raw_data is no LogEvent")]
    LogEvent(#[from] LogEventError),
    /// `raw_data` has another uuid than `metadata.uid`.
    #[error("raw_data is another event than metadata.uid says")]
    OtherEvent,
    /// `raw_data` was published at another time than `time`.
    #[error("raw_data was published at another time than the row says")]
    OtherTime,
    /// `metadata.source`.
    #[error("metadata.source is no path into the lake")]
    Path,
    /// A time when it was received or normalized.
    #[error("metadata.{column} is no time")]
    Time {
        /// The column.
        column: &'static str,
        /// Why.
        #[source]
        source: jiff::Error,
    },
    /// The class that the mapping gave it.
    #[error("class_uid {0} is no class")]
    Class(i64),
}

/// A row whose columns agree with its LogEvent.
#[derive(Debug)]
pub struct CheckedRow<'a> {
    /// The LogEvent.
    pub log: LogEvent<'a>,
    /// The path on which it came.
    pub path: IngestPath,
    /// When it was received.
    pub logged: Timestamp,
    /// When it was normalized first.
    pub processed: Timestamp,
}

/// Checks a row.
pub fn check(row: &StoredRow) -> Result<CheckedRow<'_>, RowFault> {
    let StoredRow { time, metadata, raw_data } = row;
    let log = LogEvent::parse(raw_data)?;
    if log.uuid != metadata.uid {
        return Err(RowFault::OtherEvent);
    }
    if log.published.as_millisecond() != *time {
        return Err(RowFault::OtherTime);
    }
    let path = IngestPath::parse(&metadata.source).ok_or(RowFault::Path)?;
    let logged = stored_time("logged_time", metadata.logged_time)?;
    let processed = stored_time("processed_time", metadata.processed_time)?;
    Ok(CheckedRow { log, path, logged, processed })
}

fn stored_time(column: &'static str, millis: i64) -> Result<Timestamp, RowFault> {
    Timestamp::from_millisecond(millis).map_err(|source| RowFault::Time { column, source })
}
