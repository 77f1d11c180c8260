//! What EventBridge does between Okta and the queue: a LogEvent becomes the `detail` of a partner event. Its bytes stay
//! as they are: nothing is parsed and written anew.

use std::borrow::Cow;

use jiff::Timestamp;
use normalize::Tenant;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The name of the event source that the local stack stands for.
const EVENT_SOURCE: &str = "okta-lake-local";

/// The body for the queue: a bare LogEvent in an envelope of this tenant's, anything else as it is. An EventBridge event
/// is what it is already, and what is no JSON object is for the function to judge.
pub(crate) fn publish<'a>(piece: &'a [u8], tenant: &Tenant, count: u64, now: Timestamp) -> Cow<'a, [u8]> {
    match serde_json::from_slice::<Shape<'_>>(piece) {
        Ok(shape) if !shape.is_envelope() => Cow::Owned(envelope(piece, tenant, count, now)),
        _ => Cow::Borrowed(piece),
    }
}

/// The members of an EventBridge event that a LogEvent does not have.
#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<&'a RawValue>,
}

impl Shape<'_> {
    fn is_envelope(&self) -> bool {
        self.detail.is_some() || self.detail_type.is_some()
    }
}

fn envelope(detail: &[u8], tenant: &Tenant, count: u64, now: Timestamp) -> Vec<u8> {
    let head = format!(
        "{{\"version\":\"0\",\"id\":\"00000000-0000-4000-a000-{count:012x}\",\"detail-type\":\"SystemLog\",\
         \"source\":\"aws.partner/okta.com/{tenant}/{EVENT_SOURCE}\",\"account\":\"123456789012\",\
         \"time\":\"{}\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":",
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    );
    [head.as_bytes(), detail, b"}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(piece: &str) -> String {
        let tenant = Tenant::parse("acme").unwrap();
        String::from_utf8(publish(piece.as_bytes(), &tenant, 7, Timestamp::UNIX_EPOCH).into_owned()).unwrap()
    }

    #[test]
    fn a_log_event_keeps_its_bytes_within_the_envelope() {
        // Number forms, key order, a repeated key, a lone surrogate, space: nothing of it may change.
        let event = "{\"b\":1.0, \"a\":1e2,\"a\":\"\\ud800\", \"uuid\" : \"\\u0041\"\n}";
        let text = published(event);
        assert!(text.ends_with(&format!("\"detail\":{event}}}")), "{text}");
        let source = format!(r#""source":"{}acme/"#, normalize::envelope::SOURCE_PREFIX);
        assert!(text.contains(&source), "{text}");
    }

    #[test]
    fn what_is_no_log_event_is_left_alone() {
        for piece in [
            r#"{"source":"aws.partner/okta.com/other/x","detail-type":"SystemLog","detail":{"uuid":"1"}}"#,
            r#"{"source":"aws.s3","detail":null,"detail-type":"x"}"#,
            "not JSON",
            "7",
            "[]",
            "{\"a\":",
        ] {
            assert_eq!(published(piece), piece);
        }
    }

    #[test]
    fn deep_nesting_is_no_obstacle() {
        let event = format!("{{\"uuid\":\"1\",\"x\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(published(&event).starts_with("{\"version\""));
    }
}
