//! What sealing remembers of an org between invocations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::ledger::Lateness;
use serde::{Deserialize, Serialize};

use crate::org::lease::{Lease, LeasedState, PersistedState};
use crate::outputs::outbox::Outboxes;
use crate::outputs::security_lake;

/// `state/tenant=T/reconcile.json`. All of it can be derived from the lake again, so that it may be deleted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReconcileState {
    /// How many entries the ledger has; none if that is not known. Another number than the ledger's shows that the state is
    /// not the latest: then it is derived again.
    #[serde(default)]
    pub(crate) entries: Option<u64>,
    /// The first hour that must have a seal.
    pub(crate) since: Option<Timestamp>,
    /// Whether events ever came by stream, so that their lack is a gap.
    pub(crate) has_stream: bool,
    /// How late the stream is; the last hours count most.
    pub(crate) lateness: Lateness,
    /// Sealed hours for which the API is asked again, and from when on.
    #[serde(default, alias = "again")]
    pub(crate) recheck: BTreeMap<Timestamp, Timestamp>,
    /// Hours with superseded objects, and from when on these may be removed.
    #[serde(default)]
    pub(crate) superseded: BTreeMap<Timestamp, Timestamp>,
    /// The last published state of the log stream.
    #[serde(default)]
    pub(crate) stream: Option<String>,
    /// What each output still lacks.
    #[serde(default, skip_serializing_if = "Outboxes::is_empty")]
    pub(crate) outboxes: Outboxes,
    /// What Security Lake lacked, as older versions wrote it.
    #[serde(default, skip_serializing)]
    outbox: Option<BTreeMap<Timestamp, BTreeSet<u16>>>,
    /// Who works on it.
    pub(crate) lease: Option<Lease>,
}

impl ReconcileState {
    /// Takes over the outbox of an older version: all of its hours are written again.
    pub(crate) fn adopt_old_outbox(&mut self) {
        if let Some(hours) = self.outbox.take() {
            self.outboxes.adopt(security_lake::NAME, hours.into_keys());
        }
    }
}

impl LeasedState for ReconcileState {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl PersistedState for ReconcileState {
    const NAME: &'static str = "reconcile.json";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_an_older_version_is_read() {
        let old = r#"{"since":null,"has_stream":true,"lateness":{"minute":1,"quarter":0,"hour":0,"six_hours":0,"day":0,"later":0},
            "again":{"2026-03-01T13:00:00Z":"2026-03-02T14:00:00Z"},"outbox":{"2026-03-01T12:00:00Z":[3002]},"lease":null}"#;
        let mut state: ReconcileState = serde_json::from_str(old).unwrap();
        state.adopt_old_outbox();
        let hour: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(state.outboxes.waiting(security_lake::NAME), [(hour, BTreeSet::new())].into());
        assert_eq!(state.recheck.len(), 1);
        let kept = serde_json::to_value(&state).unwrap();
        assert!(kept["outbox"].is_null() && kept["outboxes"][security_lake::NAME].is_object(), "{kept}");
    }
}
