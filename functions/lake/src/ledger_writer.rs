//! Writes an org's ledger: numbers each entry, links it to the one before it, signs it, and switches to it.
//!
//! The last number is in `state/tenant=T/ledger.json`. An intent is written there before the entry, so that a run that is
//! killed in between leaves neither a gap nor a repeated number: the next run looks whether the entry was written. The
//! caller holds the org's lease.

use bytes::Bytes;
use jiff::Timestamp;
use normalize::Tenant;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::layout;
use crate::ledger::{Entry, EntryLink, FORMAT, Recorded};
use crate::object_store::{Lake, StateError, Version};
use crate::partition::Partition;
use crate::signing::{SignError, Signer};

/// The name of the state object.
const STATE: &str = "ledger.json";

/// Writes the entries of one org.
#[derive(Debug)]
pub struct LedgerWriter<'a> {
    lake: &'a Lake,
    tenant: &'a Tenant,
    org_id: Option<&'a str>,
    signer: Option<&'a dyn Signer>,
    known: Option<(LedgerState, Version)>,
}

/// The end of an org's ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct LedgerState {
    /// The last entry that was certainly written.
    last: Option<Numbered>,
    /// An entry that was about to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<Intent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Numbered {
    sequence: u64,
    #[serde(flatten)]
    link: EntryLink,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Intent {
    sequence: u64,
    hour: Timestamp,
}

/// Why an entry was not written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// S3, or another run that was first.
    #[error(transparent)]
    State(#[from] StateError),
    /// The key does not sign. Nothing is written without a signature while a key is configured.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The entry has no JSON form.
    #[error("cannot encode a ledger entry")]
    Encode(#[source] serde_json::Error),
}

impl LedgerError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        match self {
            Self::State(error) => error.action(),
            Self::Sign(error) if error.is_passing => Action::Retry,
            Self::Sign(_) | Self::Encode(_) => Action::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::State(error) => error.remedy(),
            Self::Sign(_) => "see that the signing key exists and is enabled, and that the function's role may use it",
            Self::Encode(_) => "report it: this is a mistake of okta-lake",
        }
    }
}

impl<'a> LedgerWriter<'a> {
    /// For one org, whose lease the caller holds.
    pub fn new(lake: &'a Lake, tenant: &'a Tenant, org_id: Option<&'a str>, signer: Option<&'a dyn Signer>) -> Self {
        Self { lake, tenant, org_id, signer, known: None }
    }

    /// Completes `draft` and writes it, if the hour's entry is still the one that was `seen`. Its `version`, `org_id`,
    /// `sequence`, `predecessor`, `previous` and `signature` are set here.
    pub async fn append(&mut self, draft: Entry, seen: &Version) -> Result<Recorded, LedgerError> {
        let (state, version) = self.state().await?;
        let sequence = state.last.as_ref().map_or(1, |last| last.sequence + 1);
        let hour = draft.hour;
        let intent = LedgerState { intent: Some(Intent { sequence, hour }), ..state.clone() };
        let version = self.lake.write_state(&self.state_key(), &intent, &version).await?;
        let recorded = self.complete(draft, sequence, state.last.map(|last| last.link)).await?;
        let body = Bytes::from(recorded.to_bytes().map_err(LedgerError::Encode)?);
        let partition = Partition { tenant: self.tenant.clone(), hour };
        let written = self.lake.write_bytes(&layout::ledger_key(&partition), body, seen).await;
        // Until it is known whether the entry was written, the next append looks.
        self.known = None;
        written?;
        let last = Numbered { sequence, link: recorded.link() };
        self.known = Some((LedgerState { last: Some(last), intent: None }, version));
        Ok(recorded)
    }

    async fn complete(
        &self,
        draft: Entry,
        sequence: u64,
        predecessor: Option<EntryLink>,
    ) -> Result<Recorded, LedgerError> {
        let partition = Partition { tenant: self.tenant.clone(), hour: draft.hour };
        let before = match partition.previous() {
            Some(before) => self.read(&before).await?,
            None => None,
        };
        let entry = Entry {
            version: FORMAT,
            org_id: self.org_id.map(str::to_owned),
            sequence: Some(sequence),
            predecessor,
            previous: before.map(|before| before.link()),
            signature: None,
            ..draft
        };
        let mut recorded = Recorded::new(entry).map_err(LedgerError::Encode)?;
        if let (Some(signer), Some(head)) = (self.signer, recorded.head()) {
            recorded.entry.signature = Some(signer.sign(&head.message()).await?);
        }
        Ok(recorded)
    }

    /// The end of the ledger, with the intent of a run that was killed resolved.
    async fn state(&mut self) -> Result<(LedgerState, Version), LedgerError> {
        if let Some(known) = self.known.take() {
            return Ok(known);
        }
        let (state, version) = match self.lake.read_state::<LedgerState>(&self.state_key()).await {
            Ok((Some(state), version)) => (state, version),
            Ok((None, version)) => (self.rebuild().await?, version),
            Err(StateError::Unreadable { .. }) => {
                let (_, version) = self.lake.read_versioned(&self.state_key()).await?;
                (self.rebuild().await?, version)
            }
            Err(error) => return Err(error.into()),
        };
        let Some(Intent { sequence, hour }) = state.intent else { return Ok((state, version)) };
        let written = self.read(&Partition { tenant: self.tenant.clone(), hour }).await?;
        let last = written.filter(|entry| entry.entry.sequence == Some(sequence)).and_then(|entry| numbered(&entry));
        Ok((LedgerState { last: last.or(state.last), intent: None }, version))
    }

    /// Looks for the highest number in the ledger itself: there is no state, or it means nothing.
    async fn rebuild(&self) -> Result<LedgerState, LedgerError> {
        let mut last: Option<Numbered> = None;
        for key in self.lake.keys(&layout::ledger_prefix(self.tenant)).await? {
            let Some(hour) = layout::ledger_hour(self.tenant, &key) else { continue };
            let Some(entry) = self.read(&Partition { tenant: self.tenant.clone(), hour }).await? else { continue };
            let found =
                numbered(&entry).filter(|found| last.as_ref().is_none_or(|last| found.sequence > last.sequence));
            last = found.or(last);
        }
        Ok(LedgerState { last, intent: None })
    }

    /// An entry; none if there is none, or none that can be read: that one is for `verify` to find and must not stop the
    /// hours after it.
    async fn read(&self, partition: &Partition) -> Result<Option<Recorded>, StateError> {
        let key = layout::ledger_key(partition);
        let Some(bytes) = self.lake.read_object(&key).await? else { return Ok(None) };
        let recorded = Recorded::parse(&bytes);
        if let Err(error) = &recorded {
            tracing::error!(key, %error, "a ledger entry cannot be read: no entry links to it");
        }
        Ok(recorded.ok())
    }

    fn state_key(&self) -> String {
        layout::state_key(self.tenant, STATE)
    }
}

fn numbered(recorded: &Recorded) -> Option<Numbered> {
    Some(Numbered { sequence: recorded.entry.sequence?, link: recorded.link() })
}
