//! The record of what retention removes. Without it, a lifecycle rule that deletes old hours would look like a loss, and a
//! loss like a lifecycle rule. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::signing::{PublicKey, SignError, Signature, Signer};

/// The name of the record's object: `state/tenant=T/retention.json`.
pub const NAME: &str = "retention.json";

/// What retention may have removed by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRecord {
    /// The org.
    pub tenant: String,
    /// The id of the org in Okta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// Objects of hours that end before this time may be gone.
    pub before: Timestamp,
    /// When this was recorded.
    pub recorded: Timestamp,
    /// The signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

impl RetentionRecord {
    /// Signs the record.
    pub async fn signed(self, signer: &dyn Signer) -> Result<Self, SignError> {
        let signature = signer.sign(&self.message()).await?;
        Ok(Self { signature: Some(signature), ..self })
    }

    /// Whether `key` signed the record.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signature.as_ref().is_some_and(|signature| key.has_signed(&self.message(), signature))
    }

    fn message(&self) -> Vec<u8> {
        let Self { tenant, before, recorded, .. } = self;
        let org_id = self.org_id.as_deref().unwrap_or("-");
        format!("okta-lake retention\n{tenant}\n{org_id}\n{before}\n{recorded}\n").into_bytes()
    }
}
