//! To which requests and records a fault happens.

use crate::random::mix;

/// What all must hold for a fault to happen. Without any, it happens to every request of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) path: Option<PathCondition>,
    /// The number of the page in its list, from 1.
    pub(crate) page: Option<u32>,
    /// A segment of the path.
    pub(crate) parents: Vec<String>,
    /// A parameter of the query and its value.
    pub(crate) query: Option<(String, String)>,
    /// When the hour begins, in milliseconds since 1970.
    pub(crate) hour_ms: Option<i64>,
    /// Ids of records.
    pub(crate) records: Vec<String>,
    /// How many of a thousand, chosen by the seed.
    pub(crate) share: Option<(u32, u64)>,
}

/// A condition on the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathCondition {
    /// The whole path; `*` stands for one segment.
    At(String),
    /// The beginning of the path.
    Under(String),
}

/// What a request is about, as far as conditions ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RequestFacts {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// The number of the page in its list, from 1.
    pub(crate) page: u32,
    /// The page size that was asked for.
    pub(crate) limit: Option<usize>,
    /// The part of the log that is asked for, in milliseconds since 1970.
    pub(crate) log_range: Option<(i64, i64)>,
}

const HOUR_MS: i64 = 3_600_000;

impl Conditions {
    /// Whether a request fulfills them. `of_records` leaves those that choose records to [`Conditions::choose`].
    pub(crate) fn hold(&self, request: &RequestFacts, of_records: bool) -> bool {
        let has_query =
            |(name, value): &(String, String)| request.query.iter().any(|(key, found)| key == name && found == value);
        let has_parent = |parent: &String| request.path.split('/').any(|segment| segment == parent);
        let in_hour = |hour_ms: &i64| {
            request.log_range.is_some_and(|(since, until)| since < hour_ms + HOUR_MS && *hour_ms < until)
        };
        self.concerns(&request.path)
            && self.page.is_none_or(|page| page == request.page)
            && self.query.as_ref().is_none_or(has_query)
            && (self.parents.is_empty() || self.parents.iter().any(has_parent))
            && (of_records || self.hour_ms.as_ref().is_none_or(in_hour))
            && (of_records || self.is_in_share(&request.path))
    }

    /// Whether a record is one of those that they choose.
    pub(crate) fn choose(&self, id: &str, published_ms: Option<i64>) -> bool {
        let in_hour = |hour_ms: i64| published_ms.is_some_and(|at_ms| (hour_ms..hour_ms + HOUR_MS).contains(&at_ms));
        self.hour_ms.is_none_or(in_hour)
            && (self.records.is_empty() || self.records.iter().any(|record| record == id))
            && self.is_in_share(id)
    }

    /// Whether the path fulfills its condition. Without one, tokens and public documents are spared.
    fn concerns(&self, path: &str) -> bool {
        match &self.path {
            Some(PathCondition::Under(under)) => path.starts_with(under.as_str()),
            Some(PathCondition::At(pattern)) => matches(pattern, path),
            None => !path.starts_with("/oauth2/v1/token") && !path.starts_with("/.well-known"),
        }
    }

    fn is_in_share(&self, text: &str) -> bool {
        self.share.is_none_or(|(per_mille, seed)| {
            let key = text.bytes().fold(seed, |hash, byte| mix(hash, u64::from(byte)));
            key % 1_000 < u64::from(per_mille)
        })
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut segments) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), segments.next()) {
            (None, None) => return true,
            (Some(wanted), Some(segment)) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> RequestFacts {
        RequestFacts { path: path.to_owned(), page: 1, ..RequestFacts::default() }
    }

    #[test]
    fn a_pattern_is_for_whole_paths() {
        assert!(matches("/api/v1/users/*/factors", "/api/v1/users/00u1/factors"));
        assert!(!matches("/api/v1/users/*", "/api/v1/users/00u1/factors"));
        assert!(!matches("/api/v1/users/*/factors", "/api/v1/users/00u1"));
    }

    #[test]
    fn all_conditions_must_hold() {
        let parents = vec!["00u1".to_owned()];
        let conditions = Conditions { page: Some(2), parents, ..Conditions::default() };
        let second = RequestFacts { page: 2, ..request("/api/v1/users/00u1/factors") };
        assert!(conditions.hold(&second, false));
        assert!(!conditions.hold(&request("/api/v1/users/00u1/factors"), false));
        assert!(!conditions.hold(&RequestFacts { page: 2, ..request("/api/v1/users/00u2/factors") }, false));
        let query = Some(("type".to_owned(), "PASSWORD".to_owned()));
        let of_type = Conditions { query: query.clone(), ..Conditions::default() };
        assert!(!of_type.hold(&request("/api/v1/policies"), false));
        assert!(of_type.hold(&RequestFacts { query: query.into_iter().collect(), ..request("/") }, false));
    }

    #[test]
    fn an_hour_chooses_requests_or_records() {
        let conditions = Conditions { hour_ms: Some(HOUR_MS), ..Conditions::default() };
        let asks = |since, until| RequestFacts { log_range: Some((since, until)), ..request("/api/v1/logs") };
        assert!(conditions.hold(&asks(HOUR_MS, 2 * HOUR_MS), false));
        assert!(!conditions.hold(&asks(0, HOUR_MS), false));
        assert!(!conditions.hold(&request("/api/v1/users"), false));
        assert!(conditions.hold(&request("/api/v1/users"), true));
        assert!(conditions.choose("a", Some(HOUR_MS)) && !conditions.choose("a", Some(0)));
    }

    #[test]
    fn a_share_is_the_same_for_the_same_seed() {
        let chosen = |seed| {
            let conditions = Conditions { share: Some((500, seed)), ..Conditions::default() };
            (0..1_000).filter(|id: &u32| conditions.choose(&id.to_string(), None)).collect::<Vec<_>>()
        };
        assert_eq!(chosen(1), chosen(1));
        assert_ne!(chosen(1), chosen(2));
        assert!((400..600).contains(&chosen(1).len()), "{}", chosen(1).len());
    }
}
