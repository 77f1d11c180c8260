//! What the demonstration sends: the same on every machine, every time.

use jiff::{SignedDuration, Timestamp};
use okta_sim::{Event, Org, OrgConfig};

/// Every event at such a position is delivered twice in a row, as EventBridge may.
pub(crate) const TWICE: usize = 50;

/// Every event at such a position is delivered again after all others, as SQS may.
pub(crate) const LATER: usize = 20;

/// The length of the stretch of the log.
const HOURS: i64 = 12;

/// The average number of events a day; the stretch is a busy Monday morning.
const EVENTS_PER_DAY: u32 = 46_000;

/// One message for the queue.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// An event of the org.
    Event(&'a Event),
    /// Something that is no event, and comes to the queue nevertheless.
    Garbage(&'static str),
}

/// What reaches the queue though it should not. Each is kept in quarantine.
pub(crate) const GARBAGE: [&str; 8] = [
    "not JSON at all",
    r#"{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":{"uuid":"cut off"#,
    r#"{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":"somebody else's"}}"#,
    r#"{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":null}"#,
    r#"{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":[1,2]}"#,
    r#"{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":{"published":"2026-03-02T08:00:00Z","eventType":"user.session.start"}}"#,
    r#"{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":{"uuid":"a","eventType":"user.session.start","published":"yesterday"}}"#,
    r#"{"source":"aws.partner/okta.com/../s","detail-type":"SystemLog","detail":{}}"#,
];

/// The script of the demonstration.
#[derive(Debug)]
pub(crate) struct Script {
    org: Org,
    from: Timestamp,
    to: Timestamp,
    /// In the order in which Okta has them: late ones come late.
    events: Vec<Event>,
}

impl Script {
    /// The script. There is one.
    pub(crate) fn new() -> Self {
        let config = OrgConfig { events_per_day: EVENTS_PER_DAY, ..OrgConfig::default() };
        let to = config.now;
        let from = to - SignedDuration::from_hours(HOURS);
        let org = Org::new(config);
        let mut events: Vec<_> = org.events(from..to).collect();
        events.sort_by_key(|event| event.persisted);
        Self { org, from, to, events }
    }

    /// The org's subdomain.
    pub(crate) fn tenant(&self) -> &str {
        self.org.tenant()
    }

    /// Where the stretch of the log starts.
    pub(crate) fn from(&self) -> Timestamp {
        self.from
    }

    /// Where it ends.
    pub(crate) fn to(&self) -> Timestamp {
        self.to
    }

    /// The part of a key that belongs to the hour whose writes are refused for a while.
    pub(crate) fn hour_of_trouble(&self) -> String {
        (self.to - SignedDuration::from_hours(3)).strftime("day=%Y-%m-%d/hour=%H").to_string()
    }

    /// How many different events there are.
    pub(crate) fn event_count(&self) -> u64 {
        self.events.len() as u64
    }

    /// How many messages there are.
    pub(crate) fn message_count(&self) -> u64 {
        self.messages().count() as u64
    }

    /// The messages, in the order of their arrival.
    pub(crate) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let first = self.events.iter().enumerate().flat_map(move |(at, event)| {
            let again = at.is_multiple_of(TWICE).then_some(Message::Event(event));
            let garbage = self.garbage_at(at).map(Message::Garbage);
            [Some(Message::Event(event)), again, garbage].into_iter().flatten()
        });
        first.chain(self.events.iter().step_by(LATER).map(Message::Event))
    }

    /// The garbage lies evenly among the events.
    fn garbage_at(&self, at: usize) -> Option<&'static str> {
        let apart = self.events.len() / GARBAGE.len();
        at.is_multiple_of(apart).then(|| GARBAGE.get(at / apart).copied()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_script_has_what_it_announces() {
        let script = Script::new();
        let (mut events, mut garbage, mut messages) = (HashSet::new(), HashSet::new(), 0);
        for message in script.messages() {
            messages += 1;
            match message {
                Message::Event(event) => drop(events.insert(&event.uuid)),
                Message::Garbage(text) => assert!(garbage.insert(text), "{text:?} comes twice"),
            }
        }
        assert_eq!(events.len() as u64, script.event_count());
        assert_eq!(garbage.len(), GARBAGE.len());
        assert!((15_000..25_000).contains(&events.len()), "{}", events.len());
        let copies = events.len().div_ceil(TWICE) + events.len().div_ceil(LATER);
        assert_eq!(messages, events.len() + copies + GARBAGE.len());
    }
}
