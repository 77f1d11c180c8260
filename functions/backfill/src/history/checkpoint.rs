//! How far a slice is, and what a page means for it. An end is believed only when a second, independent read confirms it.
//! Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::written::WriteCounts;

/// So many pages in a row may bring a slice nothing new.
const MOST_IDLE: u32 = 20;

/// So many times in a row a slice may begin a new query without progress before a person must look.
pub(crate) const MOST_RESTARTS: u32 = 3;

/// Events published in one millisecond that are remembered. More of them are only written twice.
const MOST_ON_EDGE: usize = 100;

/// How far a slice is: `state/tenant=T/logs/<job>/slice-<n>.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The org.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Where its slice begins: a checkpoint of another slice is not taken for this one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Where its slice ended when this was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The page that comes next; none at the beginning of a query.
    pub cursor: Option<String>,
    /// Where the query ends whose page comes next: later than the slice, if that was split meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_until: Option<Timestamp>,
    /// Everything published before this is in the lake.
    pub reached: Option<Timestamp>,
    /// The uuids of the events published at `reached` that are in the lake.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub edge: BTreeSet<String>,
    /// Whether the end was seen once, and is read a second time.
    #[serde(default)]
    pub is_confirming: bool,
    /// Whether all of it is in the lake, confirmed by a second read.
    pub is_done: bool,
    /// Pages read.
    pub calls: u64,
    /// What was written.
    #[serde(flatten)]
    pub written: WriteCounts,
    /// Pages in a row that brought nothing new.
    #[serde(default)]
    pub idle: u32,
    /// Queries in a row that were begun anew without progress.
    #[serde(default)]
    pub restarts: u32,
}

/// A page, as far as progress depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PageFacts {
    /// When its events were published, and their uuids, in the order of the page. Only those within the range that was
    /// asked for.
    pub(crate) events: Vec<(Timestamp, String)>,
    /// Whether it has as many records as were asked for.
    pub(crate) is_full: bool,
    /// The next page, if there is another one.
    pub(crate) next: Option<String>,
}

impl PageFacts {
    /// The time up to which the page proves everything to be read: none if it has no event, or is not in order.
    fn reached(&self, until: Timestamp) -> Option<Timestamp> {
        let is_in_order = self.events.is_sorted_by_key(|(published, _)| *published);
        self.latest(until).filter(|_| is_in_order)
    }

    /// When the latest event before `until` was published.
    pub(crate) fn latest(&self, until: Timestamp) -> Option<Timestamp> {
        self.events.iter().map(|(published, _)| *published).filter(|published| *published < until).max()
    }

    fn published_at(&self, at: Timestamp) -> BTreeSet<String> {
        let at = self.events.iter().filter(|(published, _)| *published == at);
        at.map(|(_, uuid)| uuid.clone()).take(MOST_ON_EDGE).collect()
    }
}

impl Checkpoint {
    /// Returns whether an event was not in the pages before.
    pub(crate) fn is_new(&self, published: Timestamp, uuid: &str) -> bool {
        self.reached.is_none_or(|reached| published > reached || (published == reached && !self.edge.contains(uuid)))
    }

    /// Returns the checkpoint after a page of a slice that ends at `until`.
    pub(crate) fn after(&self, page: &PageFacts, until: Timestamp) -> Self {
        let is_new = |(published, uuid): &&(Timestamp, String)| *published < until && self.is_new(*published, uuid);
        let brings_news = page.events.iter().any(|event| is_new(&event));
        let mut next = Self { calls: self.calls + 1, ..self.clone() };
        next.advance(page, until);
        if brings_news {
            (next.restarts, next.idle, next.is_confirming) = (0, 0, false);
        } else {
            next.idle += 1;
        }
        let is_past_end = page.events.iter().any(|(published, _)| *published >= until);
        let is_end = is_past_end || (page.next.is_none() && !page.is_full);
        match &page.next {
            _ if is_end && next.is_confirming && self.is_confirmed_by(page) => {
                (next.is_done, next.cursor) = (true, None);
            }
            _ if is_end && !next.is_confirming => (next.is_confirming, next.cursor) = (true, None),
            Some(cursor) if !is_end && next.idle <= MOST_IDLE => next.cursor = Some(cursor.clone()),
            // The second read contradicts the first, a full page has no next one, or pages go round in circles.
            _ if brings_news => next.cursor = None,
            _ => next.restart(),
        }
        next
    }

    /// Returns the checkpoint for a slice that ends at `until`: one that was written for a shorter slice proves nothing of
    /// the rest.
    pub(crate) fn for_end(self, until: Timestamp) -> Self {
        if self.until.is_none_or(|written| until <= written) {
            return self;
        }
        Self { cursor: None, is_confirming: false, is_done: false, ..self }
    }

    /// Forgets the cursor: the slice goes on from what it has reached.
    pub(crate) fn restart(&mut self) {
        (self.cursor, self.idle) = (None, 0);
        self.restarts += 1;
    }

    fn advance(&mut self, page: &PageFacts, until: Timestamp) {
        let Some(reached) = page.reached(until).filter(|reached| Some(*reached) >= self.reached) else { return };
        if self.reached != Some(reached) {
            self.edge.clear();
        }
        self.edge.extend(page.published_at(reached));
        self.reached = Some(reached);
    }

    /// Whether a read from what was reached found the same last events and nothing else.
    fn is_confirmed_by(&self, page: &PageFacts) -> bool {
        let found: BTreeSet<_> = page.events.iter().map(|(_, uuid)| uuid).collect();
        self.edge.iter().all(|uuid| found.contains(uuid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Events by second and name.
    fn page(events: &[(i64, &str)], is_full: bool, next: Option<&str>) -> PageFacts {
        let events = events.iter().map(|(second, uuid)| (at(*second), (*uuid).to_owned())).collect();
        PageFacts { events, is_full, next: next.map(str::to_owned) }
    }

    fn after(pages: &[PageFacts]) -> Checkpoint {
        pages.iter().fold(Checkpoint::default(), |checkpoint, page| checkpoint.after(page, at(100)))
    }

    #[test]
    fn an_end_is_believed_when_a_second_read_finds_the_same() {
        let last = page(&[(1, "a"), (2, "b")], false, None);
        let once = after(std::slice::from_ref(&last));
        assert_eq!((once.is_done, once.is_confirming, once.reached), (false, true, Some(at(2))));
        assert!(after(&[last, page(&[(2, "b")], false, None)]).is_done);
        assert!(!after(&[page(&[], false, None)]).is_done);
        assert!(after(&[page(&[], false, None), page(&[], false, None)]).is_done);
    }

    #[test]
    fn an_empty_answer_that_the_second_read_contradicts_is_no_end() {
        let empty = page(&[], false, None);
        let found = page(&[(1, "a")], false, None);
        let contradicted = after(&[empty.clone(), found.clone()]);
        assert_eq!((contradicted.is_done, contradicted.is_confirming), (false, true));
        assert!(after(&[empty.clone(), found.clone(), found.clone()]).is_done);
        // The first read had an event, and the second has none: read again.
        let lost = after(&[found.clone(), empty.clone()]);
        assert_eq!((lost.is_done, lost.restarts), (false, 1));
        assert!(after(&[found.clone(), empty, found]).is_done);
    }

    #[test]
    fn a_full_page_without_a_next_one_is_read_on_from() {
        let cut = after(&[page(&[(1, "a"), (2, "b")], true, None)]);
        assert_eq!(
            (cut.is_done, cut.is_confirming, cut.cursor.clone(), cut.reached),
            (false, false, None, Some(at(2)))
        );
        assert!(!cut.is_new(at(2), "b") && cut.is_new(at(2), "c") && cut.is_new(at(3), "b") && !cut.is_new(at(1), "z"));
    }

    #[test]
    fn pages_that_go_round_in_circles_begin_anew_a_few_times() {
        let circle = page(&[(1, "a")], true, Some("x"));
        let mut checkpoint = after(std::slice::from_ref(&circle));
        for _ in 0..=MOST_IDLE {
            assert_eq!((checkpoint.cursor.as_deref(), checkpoint.restarts), (Some("x"), 0));
            checkpoint = checkpoint.after(&circle, at(100));
        }
        assert_eq!((checkpoint.cursor.as_deref(), checkpoint.restarts), (None, 1));
        let empty = page(&[], false, Some("x"));
        let endless = after(&vec![empty; 100]);
        assert!(!endless.is_done && endless.restarts > MOST_RESTARTS);
    }

    #[test]
    fn a_page_that_is_out_of_order_proves_nothing() {
        let mixed = after(&[page(&[(90, "z"), (1, "a")], true, Some("x"))]);
        assert_eq!((mixed.reached, mixed.cursor.as_deref()), (None, Some("x")));
    }

    #[test]
    fn the_end_of_a_shorter_slice_is_not_that_of_a_longer_one() {
        let done = Checkpoint { is_done: true, until: Some(at(50)), reached: Some(at(49)), ..Checkpoint::default() };
        assert!(done.clone().for_end(at(50)).is_done && done.clone().for_end(at(40)).is_done);
        let longer = done.for_end(at(100));
        assert_eq!((longer.is_done, longer.reached), (false, Some(at(49))));
    }

    #[test]
    fn a_slice_that_was_split_ends_where_the_other_begins() {
        let split = after(&[page(&[(99, "a"), (100, "b")], true, Some("x"))]);
        assert_eq!((split.is_confirming, split.cursor.clone(), split.reached), (true, None, Some(at(99))));
        assert!(split.after(&page(&[(99, "a")], false, None), at(100)).is_done);
    }
}
