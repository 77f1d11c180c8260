//! Records that could not be parsed: kept whole, with the reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use normalize::Tenant;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{digest, layout};

/// An object of `quarantine/`.
#[derive(Debug, Serialize)]
pub struct Rejected<'a> {
    /// The org, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "tenant_name")]
    pub tenant: Option<Tenant>,
    /// Why it was refused, with every cause.
    pub reason: String,
    /// The queue's id of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<&'a str>,
    /// When it was received.
    #[serde(serialize_with = "as_text")]
    pub received: Timestamp,
    /// The whole message. Bytes that are not UTF-8 are replaced; `body_base64` has them.
    pub body: &'a str,
    /// The message's bytes, where `body` cannot hold them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
}

impl Rejected<'_> {
    /// Its key. It derives from the message, so that a redelivery replaces itself.
    pub fn key(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.body.as_bytes());
        hasher.update(self.body_base64.as_deref().unwrap_or_default().as_bytes());
        layout::quarantine_key(self.tenant.as_ref(), self.received, &digest::name(hasher))
    }
}

/// Bytes as [`Rejected::body_base64`] has them.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `error` and its causes in one line.
pub fn reason(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

#[allow(clippy::ref_option)] // serde's signature.
fn tenant_name<S: serde::Serializer>(tenant: &Option<Tenant>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(tenant.as_ref().map_or(layout::UNKNOWN_TENANT, Tenant::as_str))
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature.
fn as_text<S: serde::Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
