//! How the API is asked for an hour, and what its answers prove. Pure.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::{SignedDuration, Timestamp};
use okta::Url;

use crate::seal::due::HOUR;

/// An alternate read begins and ends this much outside of the hour.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);

/// After this many pages in a row without a new record, a read is not on its way to an end.
const BARREN_PAGES: u32 = 3;

/// How many times in a row a read begins anew, from the latest record, after an error or an end that is not proven.
const RESTARTS: u32 = 3;

/// The smallest page.
const SMALLEST_PAGE: u64 = 10;

/// What a read asks for. Two plans differ in every part of the address, so that no cache and no fault of one answers
/// the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadPlan {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) page: u64,
}

/// A read on its way through the pages.
#[derive(Debug)]
pub(crate) struct Course {
    plan: ReadPlan,
    /// When the latest record was published: a restart begins there.
    pub(crate) reached: Timestamp,
    /// The size of a page: it shrinks when the API cannot make one.
    pub(crate) page: u64,
    visited: HashSet<u64>,
    barren: u32,
    restarts: u32,
    /// The page before had no proven end, and this one was asked for to confirm it.
    is_confirming: bool,
}

/// What was found on a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFacts<'a> {
    pub(crate) next: Option<&'a Url>,
    /// Whether it has the link to itself that every list of Okta has.
    pub(crate) has_self_link: bool,
    pub(crate) records: u64,
    /// How many of them this read had not had before.
    pub(crate) new: u64,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// This page.
    Follow(Url),
    /// A new query, from the latest record on.
    Restart,
    /// The read is at its end.
    End {
        /// Whether that is proven.
        is_confirmed: bool,
    },
}

impl ReadPlan {
    /// The plan of a read, alternate or not.
    pub(crate) fn of(is_alternate: bool, hour: Timestamp, page: u64) -> Self {
        if is_alternate { Self::alternate(hour, page) } else { Self::first(hour, page) }
    }

    /// The hour itself, in pages of the usual size.
    pub(crate) fn first(hour: Timestamp, page: u64) -> Self {
        Self { since: hour, until: hour.saturating_add(HOUR).unwrap_or(Timestamp::MAX), page }
    }

    /// The same records by other bounds and in pages of another size.
    pub(crate) fn alternate(hour: Timestamp, page: u64) -> Self {
        let Self { since, until, .. } = Self::first(hour, page);
        let (since, until) = (since.checked_sub(MARGIN).unwrap_or(since), until.checked_add(MARGIN).unwrap_or(until));
        Self { since, until, page: (page * 7 / 10).max(1) }
    }
}

impl Course {
    /// At the start of a plan, or where an earlier invocation was.
    pub(crate) fn new(plan: ReadPlan, reached: Option<Timestamp>) -> Self {
        let reached = reached.unwrap_or(plan.since);
        let (visited, page) = (HashSet::new(), plan.page);
        Self { plan, reached, page, visited, barren: 0, restarts: 0, is_confirming: false }
    }

    /// Returns whether the address is asked for the first time.
    pub(crate) fn visit(&mut self, address: &Url) -> bool {
        let mut hasher = DefaultHasher::new();
        address.hash(&mut hasher);
        self.visited.insert(hasher.finish())
    }

    /// Notes a record that is within the bounds.
    pub(crate) fn reach(&mut self, published: Timestamp) {
        self.reached = self.reached.max(published);
    }

    /// Returns whether the plan asked for records of this time.
    pub(crate) fn is_within(&self, published: Timestamp) -> bool {
        (self.plan.since..self.plan.until).contains(&published)
    }

    /// Decides what comes after a page.
    pub(crate) fn after(&mut self, facts: PageFacts<'_>) -> Step {
        if facts.new > 0 {
            (self.barren, self.restarts) = (0, 0);
        } else {
            self.barren += 1;
        }
        let was_confirming = std::mem::replace(&mut self.is_confirming, false);
        match facts.next {
            Some(next) if self.barren < BARREN_PAGES && self.visit(next) => return Step::Follow(next.clone()),
            None if facts.has_self_link && facts.records < self.page => return Step::End { is_confirmed: true },
            _ => {}
        }
        // A lost link, a circle, a full last page: the answer does not prove that nothing follows. Asked again from the
        // latest record on, an answer with nothing new that is not full confirms it.
        if was_confirming && facts.new == 0 && facts.records < self.page && facts.next.is_none() {
            return Step::End { is_confirmed: true };
        }
        if (was_confirming && facts.new == 0) || !self.restart() {
            return Step::End { is_confirmed: false };
        }
        Step::Restart
    }

    /// Goes on from the latest record after an answer that is of no use; returns whether that is still worth a try.
    pub(crate) fn restart(&mut self) -> bool {
        self.restarts += 1;
        (self.is_confirming, self.barren) = (true, 0);
        self.visited.clear();
        self.restarts <= RESTARTS
    }

    /// Halves the pages, for the API cannot make them; returns whether they can be smaller.
    pub(crate) fn shrink(&mut self) -> bool {
        if self.page <= SMALLEST_PAGE {
            return false;
        }
        self.page = (self.page / 2).max(SMALLEST_PAGE);
        self.visited.clear();
        true
    }

    /// The bounds of a query from the latest record on.
    pub(crate) fn bounds(&self) -> (Timestamp, Timestamp) {
        (self.reached, self.plan.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(after: u32) -> Url {
        format!("https://acme.okta.com/api/v1/logs?after={after}").parse().unwrap()
    }

    fn course() -> Course {
        Course::new(ReadPlan::first(Timestamp::UNIX_EPOCH, 100), None)
    }

    fn facts(next: Option<&Url>, has_self_link: bool, records: u64, new: u64) -> PageFacts<'_> {
        PageFacts { next, has_self_link, records, new }
    }

    const PROVEN: Step = Step::End { is_confirmed: true };

    #[test]
    fn a_read_ends_where_the_last_page_proves_it() {
        let mut course = course();
        let next = url(1);
        assert_eq!(course.after(facts(Some(&next), true, 100, 100)), Step::Follow(next));
        assert_eq!(course.after(facts(None, true, 7, 7)), PROVEN);
    }

    #[test]
    fn a_lost_link_and_a_full_last_page_are_asked_about_once_more() {
        for (has_self_link, records) in [(false, 100), (false, 7), (true, 100)] {
            let mut course = course();
            assert_eq!(course.after(facts(None, has_self_link, records, records)), Step::Restart);
            // There was more.
            assert_eq!(course.after(facts(None, has_self_link, records, 5)), Step::Restart);
            // There is no more.
            assert_eq!(course.after(facts(None, has_self_link, 1, 0)), PROVEN);
        }
        let mut stuck = course();
        stuck.after(facts(None, true, 100, 100));
        assert_eq!(stuck.after(facts(None, true, 100, 0)), Step::End { is_confirmed: false });
    }

    #[test]
    fn circles_and_endless_empty_pages_come_to_an_end() {
        let (one, other) = (url(1), url(2));
        let mut circle = course();
        assert!(circle.visit(&one));
        assert_eq!(circle.after(facts(Some(&other), true, 100, 100)), Step::Follow(other));
        assert_eq!(circle.after(facts(Some(&one), true, 100, 100)), Step::Restart);
        let mut empty = course();
        let steps: Vec<_> = (0..100).map(|after| empty.after(facts(Some(&url(after)), true, 0, 0))).collect();
        let end = steps.iter().position(|step| matches!(step, Step::End { .. })).unwrap();
        assert!(end < 12, "{end}");
        assert_eq!(steps[end], Step::End { is_confirmed: false });
    }

    #[test]
    fn pages_shrink_to_a_bound() {
        let mut course = course();
        let sizes: Vec<_> = std::iter::from_fn(|| course.shrink().then_some(course.page)).collect();
        assert_eq!(sizes, [50, 25, 12, 10]);
    }

    #[test]
    fn an_alternate_read_has_nothing_in_common_with_the_first() {
        let (first, other) =
            (ReadPlan::first(Timestamp::UNIX_EPOCH, 1_000), ReadPlan::alternate(Timestamp::UNIX_EPOCH, 1_000));
        assert!(other.since < first.since && first.until < other.until && other.page != first.page);
    }
}
