//! How far a list has been read, and whether what comes next can be believed. Pure, and plain data: a checkpoint keeps it,
//! so that a loop is found however many invocations it takes to go round once.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::contradiction::Contradiction;
use crate::page_size::{limit, with_limit};

/// The number of consecutive empty pages that are believed: Okta may give some while it searches.
const MOST_EMPTY_PAGES: u32 = 20;

/// Lists that Okta documents with a `limit` but answers whole and without links (recorded answers). Sorted.
const UNLINKED: &[&str] = &["/api/v1/api-tokens", "/api/v1/principal-rate-limits"];

/// What a walk through a list has read: the evidence that a claim about the list rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// Pages read.
    pub pages: u64,
    /// Records in them.
    pub records: u64,
    /// Whether the last page was read, and nothing contradicts that it is the last.
    pub is_end_confirmed: bool,
    #[serde(default)]
    empty_pages: u32,
    #[serde(default)]
    cursors: Trail,
    #[serde(default)]
    contents: Trail,
}

/// Finds a repetition of any length with one value kept (Brent's algorithm).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Trail {
    kept: u64,
    power: u64,
    since_kept: u64,
}

/// A page, as far as the walk is concerned.
pub(crate) struct Step<'a> {
    pub(crate) url: &'a Url,
    pub(crate) next: Option<&'a Url>,
    pub(crate) records: usize,
    pub(crate) body: &'a [u8],
    pub(crate) has_self: bool,
}

impl Step<'_> {
    pub(crate) fn has_next(&self) -> bool {
        self.next.is_some()
    }
}

impl Walk {
    /// Why a page of a list cannot be believed, if it cannot. `is_poll`: the list has no end.
    pub(crate) fn doubt(&self, step: &Step<'_>, is_poll: bool) -> Option<Contradiction> {
        let is_linked = limit(step.url).is_some() && !UNLINKED.contains(&step.url.path());
        match step.next {
            None if is_poll => Some(Contradiction::PollWithoutNext),
            None if is_linked && !step.has_self => Some(Contradiction::NoSelfLink),
            None => full(step).map(|limit| Contradiction::FullPageWithoutNext { limit }),
            Some(next) => self.repetition(step, next, is_poll),
        }
    }

    fn repetition(&self, step: &Step<'_>, next: &Url, is_poll: bool) -> Option<Contradiction> {
        let is_same = cursor(next) == cursor(step.url);
        // A poll that has caught up links to itself.
        if is_same && is_poll {
            return None;
        }
        if is_same || self.cursors.repeats(cursor(next)) {
            return Some(Contradiction::RepeatedCursor);
        }
        if step.records > 0 {
            return self.contents.repeats(hash(step.body)).then_some(Contradiction::RepeatedPage);
        }
        let pages = self.empty_pages + 1;
        (!is_poll && pages > MOST_EMPTY_PAGES).then_some(Contradiction::EmptyPages { pages })
    }

    /// Counts a page; with the doubt about it that stayed, if one did.
    pub(crate) fn count(&mut self, step: &Step<'_>, is_doubted: bool) {
        self.pages += 1;
        self.records += step.records as u64;
        self.empty_pages = if step.records == 0 { self.empty_pages + 1 } else { 0 };
        if step.records > 0 {
            self.contents.keep(hash(step.body));
        }
        match step.next {
            Some(next) => self.cursors.keep(cursor(next)),
            None => self.is_end_confirmed = !is_doubted,
        }
    }
}

impl Trail {
    fn repeats(&self, value: u64) -> bool {
        self.power > 0 && self.kept == value
    }

    fn keep(&mut self, value: u64) {
        if self.since_kept == self.power {
            *self = Self { kept: value, power: (self.power * 2).max(1), since_kept: 0 };
        }
        self.since_kept += 1;
    }
}

/// The number of records that were asked for, if the page has exactly as many. A page with more is of a list that does
/// not know the parameter.
fn full(step: &Step<'_>) -> Option<u32> {
    limit(step.url).filter(|limit| usize::try_from(*limit).is_ok_and(|limit| limit == step.records))
}

/// An address without the size of its page, which changes on the way.
fn cursor(url: &Url) -> u64 {
    hash(with_limit(url, 0).as_str().as_bytes())
}

/// The same on every machine and in every version: checkpoints keep it.
fn hash(bytes: &[u8]) -> u64 {
    let digest = digest(&SHA256, bytes);
    digest.as_ref().iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(query: &str) -> Url {
        Url::parse(&format!("https://acme.okta.com/api/v1/users?{query}")).unwrap()
    }

    /// Reads pages until one is doubted, `most` at most: each has `records` and links to what `next` says.
    fn walk(most: u64, records: impl Fn(u64) -> usize, next: impl Fn(u64) -> String) -> (Walk, Option<Contradiction>) {
        let mut walk = Walk::default();
        let mut at = url("limit=200");
        for page in 0..most {
            let following = url(&next(page));
            let body = page.to_string();
            let records = records(page);
            let step = Step { url: &at, next: Some(&following), records, body: body.as_bytes(), has_self: true };
            if let Some(doubt) = walk.doubt(&step, false) {
                return (walk, Some(doubt));
            }
            walk.count(&step, false);
            walk = serde_json::from_str(&serde_json::to_string(&walk).unwrap()).unwrap();
            at = following;
        }
        (walk, None)
    }

    #[test]
    fn a_loop_of_any_length_is_found_wherever_it_begins() {
        for (before, length) in [(0, 1), (0, 2), (1, 2), (5, 3), (40, 64), (7, 1_000)] {
            let next = |page: u64| if page < before { page } else { before + (page - before) % length };
            let (read, doubt) = walk(20_000, |_| 200, |page| format!("after={}&limit=200", next(page)));
            assert_eq!(doubt, Some(Contradiction::RepeatedCursor), "{before} {length}");
            assert!(read.pages <= 3 * (before + length) + 3, "{before} {length}: {}", read.pages);
        }
    }

    #[test]
    fn a_loop_that_changes_only_its_page_size_is_a_loop() {
        let (_, doubt) = walk(50, |_| 200, |page| format!("after=x&limit={}", 100 + page));
        assert_eq!(doubt, Some(Contradiction::RepeatedCursor));
    }

    #[test]
    fn a_long_list_is_no_loop() {
        let (read, doubt) = walk(20_000, |_| 200, |page| format!("after={page}&limit=200"));
        assert_eq!((read.pages, read.records, doubt), (20_000, 4_000_000, None));
    }

    #[test]
    fn empty_pages_are_believed_for_a_while() {
        let (read, doubt) = walk(100, |_| 0, |page| format!("after={page}&limit=200"));
        assert_eq!((read.pages, doubt), (20, Some(Contradiction::EmptyPages { pages: 21 })));
        let (read, doubt) = walk(100, |page| usize::from(page % 20 == 0), |page| format!("after={page}&limit=200"));
        assert_eq!((read.pages, doubt), (100, None));
    }

    #[test]
    fn the_same_records_under_new_cursors_are_found() {
        let mut walk = Walk::default();
        for page in 0_u64.. {
            let (at, next) = (url(&format!("after={page}")), url(&format!("after={}", page + 1)));
            let body = format!("[{}]", page % 7);
            let step = Step { url: &at, next: Some(&next), records: 1, body: body.as_bytes(), has_self: true };
            if let Some(doubt) = walk.doubt(&step, false) {
                assert_eq!(doubt, Contradiction::RepeatedPage);
                break;
            }
            walk.count(&step, false);
            assert!(page < 30, "not found");
        }
    }

    #[test]
    fn the_last_page_of_a_list_must_look_like_one() {
        let walk = Walk::default();
        let doubt = |query: &str, records, has_self| {
            let url = url(query);
            walk.doubt(&Step { url: &url, next: None, records, body: b"[]", has_self }, false)
        };
        assert_eq!(doubt("limit=200", 199, true), None);
        assert_eq!(doubt("limit=200", 0, true), None);
        assert_eq!(doubt("limit=200", 200, true), Some(Contradiction::FullPageWithoutNext { limit: 200 }));
        assert_eq!(doubt("limit=200", 199, false), Some(Contradiction::NoSelfLink));
        assert_eq!(doubt("limit=200", 201, true), None, "the list does not know `limit`");
        assert_eq!(doubt("", 20, false), None, "what is not paged has no links");
    }

    #[test]
    fn a_poll_goes_on_for_ever_and_links_to_itself() {
        let walk = Walk::default();
        let at = url("after=1&limit=100");
        let step = |next| Step { url: &at, next, records: 0, body: b"[]", has_self: true };
        assert_eq!(walk.doubt(&step(Some(&at)), true), None);
        assert_eq!(walk.doubt(&step(None), true), Some(Contradiction::PollWithoutNext));
        assert_eq!(walk.doubt(&step(Some(&at)), false), Some(Contradiction::RepeatedCursor));
    }

    #[test]
    fn an_end_is_confirmed_only_without_a_doubt() {
        let at = url("limit=200");
        let last = Step { url: &at, next: None, records: 3, body: b"[1,2,3]", has_self: true };
        let mut walk = Walk::default();
        walk.count(&last, false);
        assert_eq!((walk.pages, walk.records, walk.is_end_confirmed), (1, 3, true));
        let mut walk = Walk::default();
        walk.count(&last, true);
        assert!(!walk.is_end_confirmed);
    }

    #[test]
    fn the_unlinked_lists_are_sorted() {
        assert!(UNLINKED.is_sorted());
    }
}
