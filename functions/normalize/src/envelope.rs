//! The EventBridge envelope of a partner event from Okta, its `detail` untouched.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tenant::{Tenant, TenantError};

/// What every partner event source of Okta's starts with
/// (help.okta.com, "Add an AWS EventBridge log stream").
pub const SOURCE_PREFIX: &str = "aws.partner/okta.com/";

/// One partner event: which org it came from and the LogEvent's own bytes.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The org, from the second part of the source.
    pub tenant: Tenant,
    /// The LogEvent as Okta sent it.
    pub detail: &'a str,
}

/// Why a text is no partner event of Okta's.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON at all, or not an object.
    #[error("not an EventBridge event")]
    NotJson(#[source] serde_json::Error),
    /// An EventBridge event of somebody else.
    #[error("source {0:?} is not an Okta partner event source ({SOURCE_PREFIX}<subdomain>/<name>)")]
    ForeignSource(String),
    /// The source names no org.
    #[error("source names no Okta org")]
    Tenant(#[from] TenantError),
    /// `detail` is missing, null or no object.
    #[error("detail is {0}, expected a LogEvent object")]
    Detail(&'static str),
}

/// The envelope's members that matter; `detail-type` is not matched on, for public code disagrees on it.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Parses one EventBridge event.
    pub fn parse(text: &'a str) -> Result<Self, EnvelopeError> {
        let members: Members<'a> = serde_json::from_str(text).map_err(EnvelopeError::NotJson)?;
        let tenant = tenant_of(members.source.as_deref().unwrap_or_default())?;
        let detail = members.detail.map_or("", RawValue::get);
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
    let Some(rest) = source.strip_prefix(SOURCE_PREFIX) else {
        return Err(EnvelopeError::ForeignSource(source.chars().take(120).collect()));
    };
    let subdomain = rest.split('/').next().unwrap_or_default();
    Ok(Tenant::parse(subdomain)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(source: &str, detail: &str) -> String {
        format!(r#"{{"version":"0","detail-type":"SystemLog","source":"{source}","detail":{detail}}}"#)
    }

    #[test]
    fn the_detail_keeps_its_bytes() {
        let text = event("aws.partner/okta.com/acme/stream", r#"{ "uuid" : "\ud800" }"#);
        let envelope = Envelope::parse(&text).unwrap();
        assert_eq!(envelope.tenant.as_str(), "acme");
        assert_eq!(envelope.detail, r#"{ "uuid" : "\ud800" }"#);
    }

    #[test]
    fn others_and_the_broken_are_refused_with_the_reason() {
        let refused = |text: &str| Envelope::parse(text).unwrap_err().to_string();
        assert!(refused("{").starts_with("not an EventBridge event"));
        assert!(refused(&event("aws.s3", "{}")).contains("aws.s3"));
        assert!(refused(&event("aws.partner/okta.com//x", "{}")).contains("no Okta org"));
        let okta = "aws.partner/okta.com/acme/stream";
        assert_eq!(refused(&event(okta, "null")), "detail is missing, expected a LogEvent object");
        assert!(refused(&event(okta, "[]")).contains("an array"));
        assert!(refused(&event(okta, "7")).contains("a scalar"));
        assert!(refused(&format!(r#"{{"source":"{okta}"}}"#)).contains("missing"));
    }
}
