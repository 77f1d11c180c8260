//! What a request is about, as far as the conditions of faults ask.

use crate::api::call::Call;
use crate::api::cursor::ListCursor;
use crate::api::logs;
use crate::fault::conditions::RequestFacts;

/// The facts of a request; `now_ms` is the end of a part of the log that has none.
pub(crate) fn of(call: &Call, now_ms: i64) -> RequestFacts {
    let log = (call.path == logs::PATH).then(|| logs::place(call, now_ms)).flatten();
    let list_page = ListCursor::in_call(call).map(|cursor| cursor.page);
    RequestFacts {
        path: call.path.clone(),
        query: call.queries().to_vec(),
        page: log.map(|log| log.page).or(list_page).unwrap_or(1),
        limit: call.query("limit").and_then(|limit| limit.parse().ok()),
        log_range: log.map(|log| (log.since_ms, log.until_ms.unwrap_or(now_ms))),
    }
}
