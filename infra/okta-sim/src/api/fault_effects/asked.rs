//! The request whose answer a fault changes.

use crate::api::call::Call;

/// Where faults lead: nobody's host (RFC 2606).
pub(crate) const ELSEWHERE: &str = "https://elsewhere.example";

/// A request and where and when it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call,
    pub(crate) org_url: &'a str,
    pub(crate) now_ms: i64,
}
