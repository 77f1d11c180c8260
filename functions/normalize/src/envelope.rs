//! Which org a partner event of Okta's came from, and its LogEvent, untouched.

use crate::tenant::{Tenant, TenantError};

/// What every partner event source of Okta's starts with
/// (help.okta.com, "Add an AWS EventBridge log stream").
pub const SOURCE_PREFIX: &str = "aws.partner/okta.com/";

/// A partner event of Okta's: which org it came from and the LogEvent's own bytes. Nothing else of an EventBridge event
/// matters; its `detail-type` is not matched on, for public code disagrees on it.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The org, from the second part of the source.
    pub tenant: Tenant,
    /// The LogEvent as Okta sent it.
    pub detail: &'a str,
}

/// Why an EventBridge event is no partner event of Okta's. The messages quote nothing of it, so that they may stand in a
/// log.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// An EventBridge event of another source.
    #[error("source is not an Okta partner event source ({SOURCE_PREFIX}<subdomain>/<name>)")]
    ForeignSource,
    /// The source names no org.
    #[error("source names no Okta org")]
    Tenant(#[from] TenantError),
    /// `detail` is no object.
    #[error("detail is {0}, expected a LogEvent object")]
    Detail(&'static str),
}

impl<'a> Envelope<'a> {
    /// The envelope of an EventBridge event with this `source` and with the JSON text `detail`.
    pub fn new(source: &str, detail: &'a str) -> Result<Self, EnvelopeError> {
        let tenant = tenant_of(source)?;
        match detail.as_bytes().first() {
            Some(b'{') => Ok(Self { tenant, detail }),
            None => Err(EnvelopeError::Detail("missing")),
            Some(b'n') => Err(EnvelopeError::Detail("null")),
            Some(b'[') => Err(EnvelopeError::Detail("an array")),
            Some(_) => Err(EnvelopeError::Detail("a scalar")),
        }
    }
}

/// The org of a source `aws.partner/okta.com/<subdomain>/<event source name>`.
fn tenant_of(source: &str) -> Result<Tenant, EnvelopeError> {
    let rest = source.strip_prefix(SOURCE_PREFIX).ok_or(EnvelopeError::ForeignSource)?;
    let subdomain = rest.split('/').next().unwrap_or_default();
    Ok(Tenant::parse(subdomain)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OKTA: &str = "aws.partner/okta.com/acme/stream";

    #[test]
    fn the_detail_keeps_its_bytes() {
        let envelope = Envelope::new(OKTA, r#"{ "uuid" : "\ud800" }"#).unwrap();
        assert_eq!(envelope.tenant.as_str(), "acme");
        assert_eq!(envelope.detail, r#"{ "uuid" : "\ud800" }"#);
    }

    #[test]
    fn others_and_the_broken_are_refused_with_a_reason_that_quotes_nothing() {
        let refused = |source, detail| Envelope::new(source, detail).unwrap_err().to_string();
        let foreign = refused("ada@example.com", "{}");
        assert!(foreign.contains("not an Okta partner event source") && !foreign.contains("ada"), "{foreign}");
        let nameless = refused("aws.partner/okta.com/ada@example.com/x", "{}");
        assert_eq!(nameless, "source names no Okta org");
        for (detail, kind) in [("null", "null"), ("[]", "an array"), ("7", "a scalar"), ("", "missing")] {
            assert_eq!(refused(OKTA, detail), format!("detail is {kind}, expected a LogEvent object"));
        }
    }
}
