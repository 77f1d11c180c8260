//! Reading a page of the log.

use crate::api::logs::cursor::Cursor;
use crate::api::logs::query::Query;
use crate::api::page::PageRules;
use crate::api::scim::{Filter, Operator};
use crate::log::planned_event::PlannedEvent;
use crate::log::timeline::{Backwards, ByPersistence, ByPublication};
use crate::org::model::OrgModel;
use crate::time::DAY_MS;

/// A page: events as JSON, and where the next one begins.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) events: Vec<String>,
    pub(crate) next: Option<Cursor>,
}

/// Okta keeps 90 days.
const RETENTION_MS: i64 = 90 * DAY_MS;

impl Page {
    /// Reads the page that the query asks for, as it is now.
    pub(crate) fn read(org: &OrgModel, query: &Query, rules: PageRules) -> Self {
        let page = Self::from_cursor(org, query, rules);
        let number = |next| Cursor { page: query.cursor.page + 1, ..next };
        Self { next: page.next.map(number), ..page }
    }

    fn from_cursor(org: &OrgModel, query: &Query, rules: PageRules) -> Self {
        let now_ms = rules.now_ms;
        let kept_from = now_ms - RETENTION_MS;
        let reader = Reader { org, query, rules, kept_from };
        if query.is_polling() {
            return reader.poll();
        }
        let (since, until) = (query.cursor.since_ms, query.cursor.until_ms.unwrap_or(now_ms));
        if query.cursor.is_descending {
            let mut planned = Backwards::new(
                org,
                since.max(kept_from)..query.cursor.at_ms.saturating_add(i64::from(query.cursor.read > 0)),
            );
            reader.bounded(std::iter::from_fn(|| planned.next_planned()))
        } else {
            let mut planned = ByPublication::new(org, query.cursor.at_ms.max(kept_from)..until);
            reader.bounded(std::iter::from_fn(|| planned.next_planned()))
        }
    }
}

struct Reader<'a> {
    org: &'a OrgModel,
    query: &'a Query,
    rules: PageRules,
    kept_from: i64,
}

impl Reader<'_> {
    /// By insertion, without an end: there is a next link even when there is nothing more yet.
    fn poll(&self) -> Page {
        let start = self.query.cursor.at_ms.max(self.kept_from);
        // What is inserted in this very millisecond may still get company.
        let mut planned = ByPersistence::new(self.org, start..self.rules.now_ms);
        let mut place = Place::after(self.query.cursor);
        let mut events = Vec::new();
        while events.len() < self.rules.limit(self.query.limit) {
            let Some((inserted_ms, event)) = planned.next_planned() else { break };
            if place.passes(inserted_ms) && event.published_ms >= self.kept_from {
                events.extend(self.wanted(&event));
            }
        }
        Page { events, next: Some(place.cursor) }
    }

    /// By `published`, with an end: the last page has no next link.
    fn bounded(&self, mut planned: impl Iterator<Item = PlannedEvent>) -> Page {
        let limit = self.rules.limit(self.query.limit);
        let mut place = Place::after(self.query.cursor);
        let mut events = Vec::new();
        loop {
            let before = place.cursor;
            let Some(event) = planned.next() else {
                let has_next = self.rules.has_trailing_next && !events.is_empty();
                return Page { next: has_next.then_some(place.cursor), events };
            };
            // What has not been inserted yet is not there yet, although it has happened.
            let is_there = place.passes(event.published_ms) && event.persisted_ms(self.org) < self.rules.now_ms;
            let Some(event) = is_there.then(|| self.wanted(&event)).flatten() else { continue };
            if events.len() == limit {
                return Page { events, next: Some(before) };
            }
            events.push(event);
        }
    }

    /// The event as JSON, if filter and keywords let it through.
    fn wanted(&self, event: &PlannedEvent) -> Option<String> {
        let filter = self.query.filter.as_ref();
        // Most filters are by type, which is known before the event is written.
        if filter.is_some_and(|filter| excludes_type(filter, event.event_type())) {
            return None;
        }
        let json = event.event(self.org).json;
        if let Some(filter) = filter {
            let event = serde_json::from_str(&json).unwrap_or_default();
            if !filter.holds(&event) {
                return None;
            }
        }
        let text = if self.query.keywords.is_empty() { String::new() } else { json.to_lowercase() };
        self.query.keywords.iter().all(|keyword| text.contains(keyword)).then_some(json)
    }
}

/// Whether no event of this type can pass.
fn excludes_type(filter: &Filter, event_type: &str) -> bool {
    match filter {
        Filter::And(all) => all.iter().any(|filter| excludes_type(filter, event_type)),
        Filter::Or(any) => any.iter().all(|filter| excludes_type(filter, event_type)),
        Filter::Not(_) => false,
        Filter::Test(attribute, operator, value) => {
            let text = value.as_str().unwrap_or_default();
            attribute == "eventType"
                && match operator {
                    Operator::Equal => event_type != text,
                    Operator::Starts => !event_type.starts_with(text),
                    _ => false,
                }
        }
    }
}

/// How far reading has come: an instant, and how many events of it.
struct Place {
    cursor: Cursor,
    /// Events of the cursor's instant that an earlier page has given out.
    to_skip: u32,
}

impl Place {
    const fn after(cursor: Cursor) -> Self {
        Self { cursor, to_skip: cursor.read }
    }

    /// Moves on to the next event. False when an earlier page has given it out.
    fn passes(&mut self, at_ms: i64) -> bool {
        if at_ms != self.cursor.at_ms {
            self.cursor.at_ms = at_ms;
            self.cursor.read = 0;
            self.to_skip = 0;
        }
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return false;
        }
        self.cursor.read += 1;
        true
    }
}
