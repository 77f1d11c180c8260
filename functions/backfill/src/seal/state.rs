//! What reconciling remembers of an org between invocations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::ledger::Lateness;
use serde::{Deserialize, Serialize};

use crate::org::lease::{Lease, LeasedState, PersistedState};

/// `state/tenant=T/reconcile.json`. Everything in it can be found again, so that it may be deleted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The first hour that must have a seal.
    pub(crate) since: Option<Timestamp>,
    /// Whether events ever came by stream, so that their lack is a gap.
    pub(crate) has_stream: bool,
    /// How late the stream is, the last hours counting most.
    pub(crate) lateness: Lateness,
    /// Sealed hours for which the API is asked again, and from when on: those that were sealed when it could not be read,
    /// and every hour once more later, since Okta stores some events late.
    #[serde(default)]
    pub(crate) again: BTreeMap<Timestamp, Timestamp>,
    /// Hours with objects that nobody needs any more, and from when on these may go.
    #[serde(default)]
    pub(crate) superseded: BTreeMap<Timestamp, Timestamp>,
    /// The state of the log stream that was told last.
    #[serde(default)]
    pub(crate) stream: Option<String>,
    /// Hours whose seal Security Lake does not have yet, and the `class_uid`s that it lacks; none named: all. An hour is put
    /// in before it is sealed, so that no stop comes between the seal and this. None while Security Lake is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outbox: Option<BTreeMap<Timestamp, BTreeSet<u16>>>,
    /// Who is at it.
    pub(crate) lease: Option<Lease>,
}

impl LeasedState for Memory {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl PersistedState for Memory {
    const NAME: &'static str = "reconcile.json";
}
