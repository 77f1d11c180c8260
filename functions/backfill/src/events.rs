//! What happens, as it is published on the okta-lake bus: the function publishes these types, the local command and the
//! tests read them, and `docs/events.md` is generated from them. Pure.

use jiff::Timestamp;
use lake::Word;
use lake::ledger::{Counts, Head};
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::command::Command;
use crate::history::progress::{Plan, Progress};
use crate::inventory::summary::ManifestSummary;

/// The `source` of every event of okta-lake.
pub const SOURCE: &str = "okta-lake";

/// An event: its `detail-type` and its `detail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum Event {
    /// An hour of the log is sealed, for the first time or again. By default that is an hour after its end, once more a day
    /// later if Okta stored something late, and whenever an event comes after the seal. `renormalize` makes new generations
    /// as well.
    HourSealed(SealedHour),
    /// The stream lost events of an hour. They have just been written to `live/`; the hour is sealed with them next. Only of
    /// orgs with a stream.
    GapFound(Gap),
    /// The events that the stream lost are in the lake, and their hour is sealed. It has the fields of its `GapFound`. A
    /// `GapFound` without one means that the run stopped in between or had to begin the hour anew: the hour is sealed all the
    /// same, and its entry in the ledger says how many events were repaired.
    GapRepaired(Gap),
    /// The ledger and the lake contradict each other. `verify` found it; [ledger.md](ledger.md) has the kinds.
    LedgerViolation(LedgerViolation),
    /// A sealed hour has events that the stream brought and the API does not have. The API was read to its end for it.
    Unconfirmed(Unconfirmed),
    /// Okta's clock and the function's clock disagree. They are more than five minutes apart; the more cautious of the two
    /// decides what is due.
    ClockDisagreement(ClockDisagreement),
    /// The log stream brings nothing, while the API has events. None of the latest events that Okta has came by it, at least
    /// three of them and older than ten minutes. It is published once, until the stream is heard again; until then the log is
    /// polled.
    StreamSilent(StreamSilent),
    /// Okta has turned the log stream off. It is published once, until the state of the stream changes; until then the log is
    /// polled.
    StreamDisabled(StreamDisabled),
    /// A collection of the log is about to begin. Not with `dry_run`.
    CollectionPlanned(Plan),
    /// A collection of the log is under way. It is published every `OKTA_LAKE_PROGRESS_SECONDS` (30), and at the end of an
    /// invocation that leaves work.
    CollectionProgress(Progress),
    /// A collection of the log has ended. `state` says how: `finished`, everything is in the lake; `cancelled`; or `failed`,
    /// Okta does not take the request.
    CollectionFinished(Progress),
    /// A collection of the inventory is under way. It is published every `OKTA_LAKE_PROGRESS_SECONDS` (30): the manifest in
    /// short, as far as it is.
    InventoryProgress(ManifestSummary),
    /// A collection of the inventory has ended. It has the manifest in short; `manifests/tenant=T/<snapshot>.json` has all
    /// reasons and the evidence, and [inventory.md](inventory.md) explains the words.
    InventoryFinished(ManifestSummary),
    /// Credentials, a permission or the stack do not work. `test-connectivity` found it: every day, when a secret has
    /// changed, and whenever it is invoked. A kind of data that is denied may be meant so, and is not published.
    ConnectivityFailed(ConnectivityFailed),
    /// Records could not be parsed and were kept whole. The hourly `reconcile` of all orgs found more in quarantine than the
    /// last time.
    QuarantineAdded(QuarantineAdded),
    /// Work is left when the time of an invocation is up. The detail is the command for the next one, and a rule of the stack
    /// hands it to the function. Whoever acts on other events leaves it out.
    Continue(Command),
}

/// The detail of `HourSealed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHour {
    /// The org.
    pub tenant: String,
    /// The hour.
    pub hour: Timestamp,
    /// How often the hour has been sealed: it begins with 1, and each generation replaces the one before.
    pub generation: u64,
    /// The key of the object with its rows; absent for an hour without events. It is removed an hour after the next
    /// generation: the ledger's entry, `ledger/tenant=T/day=YYYY-MM-DD/HH.json`, names the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its rows: events, each once.
    pub rows: u64,
    /// What is known of the hour.
    pub completeness: Word,
    /// The rows by how they came.
    pub counts: Counts,
    /// Records of the API that are in quarantine instead.
    #[serde(default)]
    pub quarantined: u64,
    /// Rows that were there more than once and were left out, over all generations.
    pub duplicates: u64,
    /// The head of the org's ledger after this entry: keep it outside the bucket, and `okta-lake verify --head` finds what
    /// was cut off since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
}

/// The detail of `GapFound` and `GapRepaired`: events that the stream did not bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The org.
    pub tenant: String,
    /// The hour.
    pub hour: Timestamp,
    /// How many events.
    pub missing: u64,
    /// When the first of them was published.
    pub first: Timestamp,
    /// When the last of them was published.
    pub last: Timestamp,
}

/// The detail of `LedgerViolation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerViolation {
    /// The org.
    pub tenant: String,
    /// The hour; absent if it concerns the whole ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Timestamp>,
    /// The kind of violation, such as `object_missing`.
    pub violation: String,
    /// What was found.
    pub detail: String,
    /// What a person does about it.
    pub remedy: String,
}

/// The detail of `Unconfirmed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconfirmed {
    /// The org.
    pub tenant: String,
    /// The hour.
    pub hour: Timestamp,
    /// The generation of its seal.
    pub generation: u64,
    /// How many events only the stream brought.
    pub events: u64,
    /// What a person does about it.
    pub remedy: String,
}

/// The detail of `ClockDisagreement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDisagreement {
    /// The org.
    pub tenant: String,
    /// The function's clock.
    pub local: Timestamp,
    /// Okta's clock at the same moment.
    pub okta: Timestamp,
    /// By how many seconds Okta's clock is ahead; negative if it is behind.
    pub ahead_seconds: i64,
    /// What a person does about it.
    pub remedy: String,
}

/// The detail of `StreamSilent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamSilent {
    /// The org.
    pub tenant: String,
    /// When the first of the events was published that did not come.
    pub since: Timestamp,
    /// When the last of them was published.
    pub until: Timestamp,
    /// How many events were looked for: at most 10, all of the hour before.
    pub events: u64,
    /// What a person does about it.
    pub remedy: String,
}

/// The detail of `StreamDisabled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamDisabled {
    /// The org.
    pub tenant: String,
    /// The stream's name in Okta.
    pub stream: String,
    /// Its status in Okta, such as `INACTIVE`.
    pub status: String,
    /// When that was seen.
    pub seen: Timestamp,
    /// What a person does about it.
    pub remedy: String,
}

/// The detail of `ConnectivityFailed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectivityFailed {
    /// The org, by the name of its secret; `stack` for what all orgs share, `tenants` if there is no secret at all.
    pub tenant: String,
    /// The checks that failed.
    pub checks: Vec<Check>,
}

/// The detail of `QuarantineAdded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineAdded {
    /// The org; `_unknown` if what came does not say.
    pub tenant: String,
    /// The folder of that org and day of receipt.
    pub folder: String,
    /// How many records came since the last report.
    pub added: u64,
    /// How many records came on that day.
    pub total: u64,
    /// What a person does about it.
    pub remedy: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_its_type_and_its_detail() {
        let event = Event::Continue(Command::go_on("acme"));
        let text = json!({"detail-type": "Continue", "detail": {"action": "continue", "tenant": "acme"}});
        assert_eq!(serde_json::to_value(&event).unwrap(), text);
        assert_eq!(serde_json::from_value::<Event>(text).unwrap(), event);
        let unknown = json!({"detail-type": "Explosion", "detail": {}});
        assert!(serde_json::from_value::<Event>(unknown).unwrap_err().to_string().contains("HourSealed"));
    }
}
