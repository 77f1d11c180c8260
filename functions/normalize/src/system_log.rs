//! The LogEvent as Okta sends it. Okta requires no field of it and adds fields without notice
//! (developer.okta.com, System Log API), so only three are needed here and all others are optional.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::json::{Json, Object};

/// One System Log event, parsed as far as every event can be.
#[derive(Debug)]
pub struct LogEvent<'a> {
    /// Okta's id of the event; deliveries repeat it.
    pub uuid: Cow<'a, str>,
    /// When it happened.
    pub published: Timestamp,
    /// What happened, such as `user.session.start`.
    pub event_type: Cow<'a, str>,
    /// The bytes that Okta sent.
    pub raw: &'a str,
    /// Every member.
    pub(crate) members: Object<'a>,
}

/// Why a text is no LogEvent. The messages quote nothing of it, so that they may stand in a log.
#[derive(Debug, thiserror::Error)]
pub enum LogEventError {
    /// Not JSON.
    #[error("not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON, but no object.
    #[error("not a LogEvent: expected a JSON object")]
    NotObject,
    /// One of the three needed members is missing, empty or no string.
    #[error("not a LogEvent: {0} is missing or no text")]
    Missing(&'static str),
    /// `published` is no RFC 3339 time.
    #[error("published is no RFC 3339 time")]
    Unreadable,
    /// `published` is no time at which Okta could have logged something.
    #[error("published is outside the years 2009 to 2099")]
    Implausible,
}

/// Okta was founded in 2009: an earlier event is a broken clock or a broken parser, and a row in its
/// hour would never be looked for. The same at the other end.
const PLAUSIBLE_SECONDS: std::ops::Range<i64> = 1_230_768_000..4_102_444_800;

impl<'a> LogEvent<'a> {
    /// Parses one LogEvent. A lone surrogate escape, which JSON's grammar allows and UTF-8 cannot
    /// hold, reads as U+FFFD; `raw` keeps it.
    pub fn parse(raw: &'a str) -> Result<Self, LogEventError> {
        let members = parse_members(raw)?;
        let uuid = needed(&members, "uuid")?;
        let event_type = needed(&members, "eventType")?;
        let published = published(members.text("published").ok_or(LogEventError::Missing("published"))?)?;
        Ok(Self { uuid, published, event_type, raw, members })
    }
}

fn parse_members(raw: &str) -> Result<Object<'_>, LogEventError> {
    match Json::parse(raw).or_else(|error| crate::surrogates::parse_replaced(raw).ok_or(error)) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(LogEventError::NotObject),
        Err(error) => Err(LogEventError::NotJson(error)),
    }
}

fn needed<'a>(members: &Object<'a>, name: &'static str) -> Result<Cow<'a, str>, LogEventError> {
    match members.get(name) {
        Some(Json::Text(text)) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(LogEventError::Missing(name)),
    }
}

fn published(text: &str) -> Result<Timestamp, LogEventError> {
    let time: Timestamp = text.parse().map_err(|_| LogEventError::Unreadable)?;
    if PLAUSIBLE_SECONDS.contains(&time.as_second()) { Ok(time) } else { Err(LogEventError::Implausible) }
}

/// The start of the UTC hour that `time` lies in: the partition of everything in the lake.
pub fn hour_of(time: Timestamp) -> Timestamp {
    let into_hour = SignedDuration::from_secs(time.as_second().rem_euclid(3600));
    let fraction = SignedDuration::from_nanos(time.subsec_nanosecond().into());
    time.checked_sub(into_hour + fraction).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_published(published: &str) -> String {
        format!(r#"{{"uuid":"u-1","published":"{published}","eventType":"user.session.start"}}"#)
    }

    #[test]
    fn three_members_make_an_event() {
        let text = with_published("2026-05-04T10:59:59.123Z");
        let event = LogEvent::parse(&text).unwrap();
        assert_eq!((event.uuid.as_ref(), event.event_type.as_ref()), ("u-1", "user.session.start"));
        assert_eq!(event.raw, text);
        assert_eq!(hour_of(event.published).to_string(), "2026-05-04T10:00:00Z");
    }

    #[test]
    fn what_is_no_event_says_why() {
        let refused = |text: &str| LogEvent::parse(text).unwrap_err().to_string();
        assert_eq!(refused("nonsense"), "not JSON");
        assert!(refused("[]").contains("JSON object"));
        assert!(refused(r#"{"published":"2026-01-01T00:00:00Z","eventType":"a"}"#).contains("uuid"));
        assert!(refused(r#"{"uuid":7,"published":"2026-01-01T00:00:00Z","eventType":"a"}"#).contains("uuid"));
        assert!(refused(r#"{"uuid":"a","published":null,"eventType":"a"}"#).contains("published"));
        for (bad, reason) in [
            ("yesterday", "RFC 3339"),
            ("2026-13-01T00:00:00Z", "RFC 3339"),
            ("1970-01-01T00:00:00.000Z", "outside the years"),
            ("2100-01-01T00:00:00Z", "outside the years"),
        ] {
            assert!(refused(&with_published(bad)).contains(reason), "{bad}");
        }
    }

    #[test]
    fn lone_surrogates_and_nul_are_kept() {
        let text =
            r#"{"uuid":"u\u0000-1","published":"2026-05-04T10:00:00Z","eventType":"a","x":"\ud800 \ude00\ud83d"}"#;
        let event = LogEvent::parse(text).unwrap();
        assert_eq!(event.members.text("x"), Some("\u{fffd} \u{fffd}\u{fffd}"));
        assert_eq!(event.uuid, "u\0-1");
        assert_eq!(event.raw, text);
    }
}
