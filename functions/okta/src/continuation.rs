//! Whether a next page belongs to the list whose page links to it. Pure.

use std::borrow::Cow;

use jiff::Timestamp;
use url::Url;

use crate::path::unescape;

/// Parameters that say where in a list a page is. They differ from page to page.
const PAGING: &[&str] = &["after", "cursor", "limit"];

/// A cursor of the System Log holds these: Okta refuses `since` beside `after`, and its links need not repeat `until`.
const IN_CURSOR: &[&str] = &["since", "until"];

/// Parameters that leave records out. A next page that has one of them and the page before it had not is another list.
const NARROWING: &[&str] = &["filter", "q", "search", "since", "sourceId", "status", "targetId", "type", "until"];

/// What Okta adds to `/api/v1/realms` by itself (recorded answers): it leaves nothing out.
const EVERYTHING: (&str, &str) = ("search", "id pr");

/// Whether `next` goes on with the list that `page` is of.
pub(crate) fn continues(page: &Url, next: &Url) -> bool {
    same_path(page, next) && keeps_query(page, next) && adds_no_filter(page, next)
}

/// Paths are compared unescaped: links are encoded by other rules than ours.
fn same_path(page: &Url, next: &Url) -> bool {
    let segments = |url: &Url| -> Vec<String> {
        let segments = url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty());
        segments.map(unescape).collect()
    };
    segments(page) == segments(next)
}

fn keeps_query(page: &Url, next: &Url) -> bool {
    let has_cursor = value(next, "after").is_some();
    let is_replaced = |name: &str| PAGING.contains(&name) || has_cursor && IN_CURSOR.contains(&name);
    page.query_pairs().all(|(name, expected)| {
        value(next, &name)
            .map_or(is_replaced(&name), |found| PAGING.contains(&name.as_ref()) || is_same(&expected, &found))
    })
}

fn adds_no_filter(page: &Url, next: &Url) -> bool {
    next.query_pairs().all(|(name, found)| {
        let is_harmless = found.is_empty() || (name.as_ref(), found.as_ref()) == EVERYTHING;
        !NARROWING.contains(&name.as_ref()) || is_harmless || value(page, &name).is_some()
    })
}

fn value<'a>(url: &'a Url, wanted: &str) -> Option<Cow<'a, str>> {
    url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value)
}

/// Times may come back in another form.
fn is_same(expected: &str, found: &str) -> bool {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    expected == found || time(expected).is_some_and(|expected| time(found) == Some(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, next: &str) -> bool {
        let url = |text: &str| Url::parse("https://acme.okta.com").unwrap().join(text).unwrap();
        continues(&url(page), &url(next))
    }

    /// The pairs are Okta's, of recorded answers and its documentation.
    #[test]
    fn what_okta_does_to_its_links_is_the_same_list() {
        for (page, next) in [
            ("/api/v1/users?limit=2", "/api/v1/users?after=a&limit=2"),
            ("/api/v1/users?limit=2&search=status+pr", "/api/v1/users?after=a%3D%3D&limit=1&search=status%20pr"),
            ("/api/v1/behaviors", "/api/v1/behaviors?after=Name+of+the+last&limit=10"),
            ("/api/v1/realms?limit=2", "/api/v1/realms?after=g&limit=2&search=id+pr"),
            (
                "/api/v1/logs?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z&limit=10",
                "/api/v1/logs?after=1&limit=10&q=&sortOrder=ASCENDING&until=2026-01-02T00:00:00.000Z",
            ),
            ("/api/v1/logs?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", "/api/v1/logs?after=1"),
            ("/api/v1/apps/a%20b/users", "/api/v1/apps/a b/users?after=x"),
            ("/api/v1/groups/00g/users?limit=1000", "/api/v1/groups/00g/users/?after=x&limit=1000"),
        ] {
            assert!(check(page, next), "{page} {next}");
        }
    }

    #[test]
    fn another_path_or_a_filter_that_is_lost_or_added_is_another_list() {
        for (page, next) in [
            (
                "/api/v1/authorizationServers/aus1/associatedServers?trusted=true",
                "/api/v1/authorizationServers?after=aus2&limit=-1&trusted=true",
            ),
            ("/api/v1/mappings?targetId=oty1", "/api/v1/mappings?after=prm&limit=20"),
            ("/api/v1/groups/00g1/users", "/api/v1/groups/00g2/users?after=x"),
            ("/api/v1/users?search=status+pr", "/api/v1/users?after=x&search=status+eq+%22ACTIVE%22"),
            ("/api/v1/users", "/api/v1/users?after=x&filter=status+eq+%22ACTIVE%22"),
            ("/api/v1/logs?filter=a&until=2026-01-02T00:00:00Z", "/api/v1/logs?after=1"),
            ("/api/v1/logs?until=2026-01-02T00:00:00Z", "/api/v1/logs?after=1&until=2027-01-02T00:00:00Z"),
            ("/api/v1/policies?type=PASSWORD", "/api/v1/policies?after=1&type=MFA_ENROLL"),
            ("/api/v1/users", "/api/v1/Users?after=x"),
        ] {
            assert!(!check(page, next), "{page} {next}");
        }
    }
}
