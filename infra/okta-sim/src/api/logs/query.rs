//! What a request for the log asks for.

use jiff::Timestamp;

use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::logs::cursor::Cursor;
use crate::api::scim::{Filter, Operator};
use crate::random::mix;
use crate::time::DAY_MS;

/// A request for a page of the log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    /// Where the page begins.
    pub(crate) cursor: Cursor,
    pub(crate) limit: usize,
    pub(crate) filter: Option<Filter>,
    /// All of them must occur, in any case.
    pub(crate) keywords: Vec<String>,
    /// What every next link repeats.
    repeated: Vec<(&'static str, String)>,
}

const MOST: usize = 1_000;
const USUAL: usize = 100;
const MOST_KEYWORDS: usize = 10;
const LONGEST_KEYWORD: usize = 40;

/// Seven days before `until`, if `since` is not given.
const USUAL_SPAN_MS: i64 = 7 * DAY_MS;

/// Older than this is not an empty answer but an error.
const OLDEST_SINCE_MS: i64 = 180 * DAY_MS;

impl Query {
    pub(crate) fn parse(call: &Call, now_ms: i64) -> Result<Self, ApiError> {
        let filter = call.query("filter").map(filter).transpose()?;
        let cursor = match call.query("after") {
            Some(_) if call.query("since").is_some() => {
                return Err(invalid("'since' and 'after' cannot be used together"));
            }
            Some(after) => Cursor::decode(after)
                .filter(|cursor| cursor.query == digest(call))
                .ok_or_else(|| invalid("'after': the cursor is invalid"))?,
            None => first_cursor(call, now_ms)?,
        };
        let names = ["limit", "filter", "q", "sortOrder"];
        let repeated = names.into_iter().filter_map(|name| Some((name, call.query(name)?.to_owned())));
        let keywords = keywords(call.query("q").unwrap_or_default())?;
        Ok(Self { cursor, limit: limit(call.query("limit"))?, filter, keywords, repeated: repeated.collect() })
    }

    /// The query of the next link.
    pub(crate) fn next(&self, after: &Cursor) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", &after.encode());
        query.extend_pairs(&self.repeated);
        query.finish()
    }

    /// Whether it is ordered by insertion and never ends.
    pub(crate) const fn is_polling(&self) -> bool {
        self.cursor.until_ms.is_none()
    }
}

/// What a cursor belongs to, beside its place.
fn digest(call: &Call) -> u64 {
    let texts = ["filter", "q"].map(|name| call.query(name).unwrap_or_default());
    texts.join("\n").bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)))
}

fn first_cursor(call: &Call, now_ms: i64) -> Result<Cursor, ApiError> {
    let is_descending = match call.query("sortOrder") {
        None | Some("ASCENDING") => false,
        Some("DESCENDING") => true,
        Some(other) => return Err(invalid(&format!("'sortOrder': {other:?} is neither ASCENDING nor DESCENDING"))),
    };
    let until_ms = call.query("until").map(|until| instant("until", until)).transpose()?;
    let since_ms = match call.query("since") {
        Some(since) => instant("since", since)?,
        None => until_ms.unwrap_or(now_ms) - USUAL_SPAN_MS,
    };
    if since_ms < now_ms - OLDEST_SINCE_MS {
        return Err(invalid("'since': The since parameter is over 180 days prior to the current day."));
    }
    if until_ms.is_some_and(|until_ms| until_ms < since_ms) {
        return Err(invalid("'until': The until parameter must not be before the since parameter."));
    }
    // Only "from here on, ascending" is polling.
    let until_ms = if is_descending { Some(until_ms.unwrap_or(now_ms)) } else { until_ms };
    let at_ms = until_ms.filter(|_| is_descending).unwrap_or(since_ms);
    Ok(Cursor { at_ms, read: 0, until_ms, is_descending, since_ms, page: 1, query: digest(call) })
}

fn instant(name: &str, text: &str) -> Result<i64, ApiError> {
    let parsed = text.parse::<Timestamp>();
    parsed.map(Timestamp::as_millisecond).map_err(|_| invalid(&format!("'{name}': {text:?} is no ISO 8601 timestamp")))
}

fn limit(text: Option<&str>) -> Result<usize, ApiError> {
    let Some(text) = text else { return Ok(USUAL) };
    let parsed = text.parse().ok().filter(|limit| *limit <= MOST);
    parsed.ok_or_else(|| invalid(&format!("'limit': {text:?} is not between 0 and {MOST}")))
}

fn filter(text: &str) -> Result<Filter, ApiError> {
    let refuse = |reason: &str| invalid(&format!("Invalid filter '{text}': {reason}"));
    let filter = Filter::parse(text).map_err(|reason| refuse(&reason))?;
    for (attribute, operator) in filter.tests() {
        if attribute == "published" {
            return Err(refuse("published cannot be filtered: use since and until"));
        }
        let is_url = matches!(attribute, "debugContext.debugData.url" | "debugContext.debugData.requestUri");
        if is_url && operator == Operator::Contains {
            return Err(refuse("co is not supported for this attribute"));
        }
        let root = attribute.split('.').next().unwrap_or_default();
        if !ATTRIBUTES.contains(&root) {
            return Err(refuse(&format!("Unrecognized attribute '{attribute}'")));
        }
    }
    Ok(filter)
}

/// What an event can be filtered by, at the top level.
const ATTRIBUTES: &[&str] = &[
    "actor",
    "authenticationContext",
    "client",
    "debugContext",
    "device",
    "displayMessage",
    "eventType",
    "legacyEventType",
    "outcome",
    "request",
    "securityContext",
    "severity",
    "target",
    "transaction",
    "uuid",
    "version",
];

fn keywords(text: &str) -> Result<Vec<String>, ApiError> {
    let keywords: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    if keywords.len() > MOST_KEYWORDS {
        return Err(invalid(&format!("'q': there are more than {MOST_KEYWORDS} keywords")));
    }
    if keywords.iter().any(|keyword| keyword.chars().count() > LONGEST_KEYWORD) {
        return Err(invalid(&format!("'q': a keyword is longer than {LONGEST_KEYWORD} characters")));
    }
    Ok(keywords)
}

fn invalid(reason: &str) -> ApiError {
    ApiError::InvalidLogQuery(reason.to_owned())
}
