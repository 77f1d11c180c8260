//! What faults make of the org as a whole, until they are cleared.

use std::time::Duration;

use crate::fault::kind::{FaultKind, LogStreamSpec};

/// The org's state beside its people and settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrgState {
    pub(crate) is_classic: bool,
    pub(crate) is_stream_disabled: bool,
    /// By how many seconds the clock is off.
    pub(crate) skew_s: i64,
    pub(crate) org_id: Option<String>,
    pub(crate) log_streams: Option<Vec<LogStreamSpec>>,
    pub(crate) cursor_lifetime_ms: Option<i64>,
    /// How old the org is that searches see.
    pub(crate) search_lag_ms: i64,
}

impl OrgState {
    /// Applies a fault.
    pub(crate) fn change(&mut self, kind: &FaultKind) {
        match kind {
            FaultKind::ClassicEngine => self.is_classic = true,
            FaultKind::StreamDisabled => self.is_stream_disabled = true,
            FaultKind::ClockSkew(seconds) => self.skew_s += seconds,
            FaultKind::OrgId(id) => self.org_id = Some(id.clone()),
            FaultKind::LogStreams(streams) => self.log_streams = Some(streams.clone()),
            FaultKind::CursorLifetime(time) => self.cursor_lifetime_ms = Some(milliseconds(*time)),
            FaultKind::SearchLag(time) => self.search_lag_ms = milliseconds(*time),
            _ => {}
        }
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
