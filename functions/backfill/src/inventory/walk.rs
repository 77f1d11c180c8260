//! The way through the pages of one target: what is asked for next, and what proves the end. Pure.

use std::collections::HashSet;

use okta::Url;

use crate::inventory::parts::{Key, key};

/// The smallest page that is asked for when larger ones cannot be made.
const SMALLEST: u64 = 10;

/// Pages in a row that bring nothing new, before the list is taken for one that does not end.
const BARREN: u32 = 20;

/// Query parameters that Okta's links set as they need.
const FREE: &[&str] = &["after", "limit"];

/// The way through the pages of one target.
#[derive(Debug)]
pub(crate) struct Walk {
    first: Url,
    /// The page that is asked for.
    pub(crate) url: Url,
    /// Whether it was begun again after a refusal on a later page.
    pub(crate) is_restarted: bool,
    /// Whether the page at hand was asked for once more, because nothing proved that it was the last.
    is_end_asked: bool,
    /// Whether an answer of the wrong form was asked for once more.
    is_form_asked: bool,
    seen: HashSet<Key>,
    barren: u32,
}

/// What a page says about the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFacts<'a> {
    /// The next page.
    pub(crate) next: Option<&'a Url>,
    /// Whether the answer has the link to itself that Okta's lists have.
    pub(crate) has_self: bool,
    /// Records on it.
    pub(crate) records: u64,
    /// Rows that were new.
    pub(crate) new: u64,
    /// Whether the entity is a list.
    pub(crate) is_list: bool,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// This page.
    Next,
    /// Nothing: the end is confirmed.
    End,
    /// Nothing: the end is not confirmed.
    Unconfirmed,
    /// Nothing: the answers contradict each other.
    Contradiction(&'static str),
}

impl Walk {
    /// A walk from `first`, or from a kept cursor.
    pub(crate) fn new(first: Url, cursor: Option<Url>, is_restarted: bool) -> Self {
        let url = cursor.unwrap_or_else(|| first.clone());
        Self { first, url, is_restarted, is_end_asked: false, is_form_asked: false, seen: HashSet::new(), barren: 0 }
    }

    /// Whether the first page is asked for.
    pub(crate) fn is_at_first(&self) -> bool {
        !self.is_restarted && same_list_and_cursor(&self.first, &self.url)
    }

    /// Goes back to the first page, once. Returns whether it did.
    pub(crate) fn restart(&mut self) -> bool {
        if self.is_restarted {
            return false;
        }
        self.is_restarted = true;
        (self.url, self.is_end_asked, self.barren) = (self.first.clone(), false, 0);
        self.seen.clear();
        true
    }

    /// Asks for an answer of the wrong form once more. Returns whether it does.
    pub(crate) fn ask_again(&mut self) -> bool {
        !std::mem::replace(&mut self.is_form_asked, true)
    }

    /// Asks for a smaller page. Returns whether there is one.
    pub(crate) fn shrink(&mut self) -> bool {
        let Some(limit) = limit(&self.url) else { return false };
        if limit <= SMALLEST {
            return false;
        }
        let smaller = (limit / 4).max(SMALLEST);
        self.url = with_limit(&self.url, smaller);
        self.first = with_limit(&self.first, smaller);
        true
    }

    /// Returns what comes after a page, and moves there.
    pub(crate) fn step(&mut self, page: PageFacts<'_>) -> Step {
        self.seen.insert(key(self.url.as_str()));
        self.barren = if page.new > 0 { 0 } else { self.barren + 1 };
        match page.next {
            Some(next) if self.seen.contains(&key(next.as_str())) => {
                Step::Contradiction("a page links to one that was read before")
            }
            Some(next) if !is_same_list(&self.first, next) => {
                Step::Contradiction("a page links to a page of another list")
            }
            Some(_) if self.barren > BARREN => Step::Contradiction("the pages bring nothing new and do not end"),
            Some(next) => {
                (self.url, self.is_end_asked) = (next.clone(), false);
                Step::Next
            }
            None if !page.is_list => Step::End,
            None if self.is_end_asked && page.has_self => Step::End,
            None if self.is_end_asked => Step::Unconfirmed,
            None if page.has_self && !self.is_full(page.records) => Step::End,
            // A full page that is the last, or an answer that lost its links: asking again tells which.
            None => {
                self.is_end_asked = true;
                self.seen.remove(&key(self.url.as_str()));
                Step::Next
            }
        }
    }

    fn is_full(&self, records: u64) -> bool {
        limit(&self.url).is_some_and(|limit| records >= limit)
    }
}

fn limit(url: &Url) -> Option<u64> {
    url.query_pairs().find(|(name, _)| name == "limit").and_then(|(_, limit)| limit.parse().ok())
}

fn with_limit(url: &Url, limit: u64) -> Url {
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            let value = if name == "limit" { limit.to_string() } else { value.into_owned() };
            (name.into_owned(), value)
        })
        .collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

fn same_list_and_cursor(first: &Url, url: &Url) -> bool {
    let after = |url: &Url| url.query_pairs().find(|(name, _)| name == "after").map(|(_, after)| after.into_owned());
    first.path() == url.path() && after(first) == after(url)
}

/// Whether a link leads to the list that was asked for: the same path, and everything that was asked, though perhaps more.
fn is_same_list(first: &Url, next: &Url) -> bool {
    let asked = first.query_pairs().filter(|(name, _)| !FREE.contains(&name.as_ref()));
    first.path() == next.path() && asked.into_iter().all(|pair| next.query_pairs().any(|other| other == pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "https://acme.okta.com/api/v1/mappings?limit=2&targetId=x";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn page(next: Option<&Url>, has_self: bool, records: u64) -> PageFacts<'_> {
        PageFacts { next, has_self, records, new: records, is_list: true }
    }

    fn walk() -> Walk {
        Walk::new(url(FIRST), None, false)
    }

    #[test]
    fn a_list_ends_when_its_end_is_confirmed() {
        assert_eq!(walk().step(page(None, true, 1)), Step::End);
        let mut full = walk();
        assert_eq!(full.step(page(None, true, 2)), Step::Next, "a full page without a next one is asked for again");
        assert_eq!(full.url.as_str(), FIRST);
        assert_eq!(full.step(page(None, true, 2)), Step::End);
        let mut lost = walk();
        assert_eq!(lost.step(page(None, false, 1)), Step::Next);
        assert_eq!(lost.step(page(None, false, 1)), Step::Unconfirmed);
        let object = PageFacts { is_list: false, ..page(None, false, 1) };
        assert_eq!(walk().step(object), Step::End);
    }

    #[test]
    fn links_that_lead_elsewhere_are_not_followed() {
        let next = |text: &str| walk().step(page(Some(&url(text)), true, 2));
        assert_eq!(next("https://acme.okta.com/api/v1/mappings?after=1&limit=9&targetId=x&sortBy=id"), Step::Next);
        for elsewhere in [
            "https://acme.okta.com/api/v1/mappings?after=1&limit=2",
            "https://acme.okta.com/api/v1/mappings?after=1&limit=2&targetId=y",
            "https://acme.okta.com/api/v1/others?after=1&limit=2&targetId=x",
            FIRST,
        ] {
            assert!(matches!(next(elsewhere), Step::Contradiction(_)), "{elsewhere}");
        }
    }

    #[test]
    fn pages_that_do_not_end_are_not_read_for_ever() {
        let mut walk = walk();
        let steps = (0..100).map(|at| {
            let next = url(&format!("https://acme.okta.com/api/v1/mappings?after={at}&targetId=x"));
            walk.step(PageFacts { new: 0, ..page(Some(&next), true, 2) })
        });
        assert!(steps.into_iter().any(|step| matches!(step, Step::Contradiction(_))));
    }

    #[test]
    fn pages_shrink_and_a_walk_begins_again_once() {
        let mut walk = Walk::new(url("https://acme.okta.com/api/v1/users?limit=200&search=status+pr"), None, false);
        let mut sizes = Vec::new();
        while walk.shrink() {
            sizes.push(limit(&walk.url).unwrap());
        }
        assert_eq!(sizes, [50, 12, 10]);
        assert!(walk.url.as_str().contains("search=status+pr"));
        assert!(walk.is_at_first() && walk.restart() && !walk.restart() && !walk.is_at_first());
    }
}
