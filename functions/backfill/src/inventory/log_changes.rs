//! What the System Log says of changes since the last collections: which things were touched, and who did it. It is kept
//! small: ids as digests, names once, and no more events than a limit.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use okta::{Client, Error, List, Pages, Shape};
use serde::Deserialize;

use crate::inventory::entity::Entity;
use crate::inventory::parts::{Key, key};
use crate::inventory::record::ids;
use crate::okta_log::query::bounded;

/// Prefixes that one query asks for.
const PREFIXES: usize = 12;

/// Events that are kept at most: some 40 MB.
const EVENTS: usize = 200_000;

/// How far behind the clock of the server that a thing was read from may be.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Why the log's changes are not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogChangesError {
    #[error(transparent)]
    Okta(#[from] Error),
    #[error("the log has more than {EVENTS} changes since the last collection")]
    TooMany,
}

/// The events of a while that are about changes.
#[derive(Debug, Default)]
pub(crate) struct LogChanges {
    events: Vec<ChangeEvent>,
    by_target: HashMap<Key, Vec<u32>>,
    event_types: Interner<String>,
    actors: Interner<Actor>,
}

/// An event, as far as it explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeEvent {
    pub(crate) uuid: Box<str>,
    pub(crate) published: Timestamp,
    event_type: u32,
    actor: u32,
}

/// The event that explains a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Explanation<'a> {
    pub(crate) event: &'a ChangeEvent,
    pub(crate) event_type: &'a str,
    pub(crate) actor: &'a Actor,
}

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Actor {
    pub(crate) id: Option<String>,
    pub(crate) alternate_id: Option<String>,
    pub(crate) display_name: Option<String>,
}

/// A `LogEvent`, as far as it explains.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEvent {
    uuid: String,
    event_type: String,
    published: Timestamp,
    #[serde(default)]
    actor: Option<Actor>,
    #[serde(default)]
    target: Option<Vec<Target>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Target {
    id: Option<String>,
}

/// Values, each kept once.
#[derive(Debug)]
struct Interner<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Interner<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let values = &mut self.values;
        *self.numbers.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            next
        })
    }
}

impl LogChanges {
    /// Reads the events whose types begin with one of `prefixes`.
    pub(crate) async fn read(
        client: &Client,
        prefixes: &BTreeSet<&str>,
        (since, until): (Timestamp, Timestamp),
        page: u64,
    ) -> Result<Self, LogChangesError> {
        let mut changes = Self::default();
        let mut seen = HashSet::new();
        for chunk in shortest(prefixes).chunks(PREFIXES) {
            let tests: Vec<_> = chunk.iter().map(|prefix| format!("eventType sw \"{prefix}\"")).collect();
            let first = bounded(client, (since, until), Some(&tests.join(" or ")), page)?;
            let mut pages = Pages::new(client, List::new(first, Shape::List));
            while let Some(page) = pages.next().await? {
                // Collecting the log reports records that are not events.
                let events = page.records()?.into_iter().filter_map(|record| serde_json::from_str(record.get()).ok());
                events.filter(|event: &LogEvent| seen.insert(key(&event.uuid))).for_each(|event| changes.add(event));
                if changes.events.len() > EVENTS {
                    return Err(LogChangesError::TooMany);
                }
            }
        }
        Ok(changes)
    }

    fn add(&mut self, event: LogEvent) {
        let number = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        for target in event.target.iter().flatten().filter_map(|target| target.id.as_ref()) {
            self.by_target.entry(key(target)).or_default().push(number);
        }
        let event_type = self.event_types.number(event.event_type);
        let actor = self.actors.number(event.actor.unwrap_or_default());
        let uuid = event.uuid.into_boxed_str();
        self.events.push(ChangeEvent { uuid, published: event.published, event_type, actor });
    }

    /// Returns the things that events of these types name.
    pub(crate) fn touched(&self, prefixes: &[&str]) -> HashSet<Key> {
        let is_of_type: Vec<_> = self.event_types.values.iter().map(|name| begins(name, prefixes)).collect();
        let fits = |at: &u32| is_of_type[self.events[*at as usize].event_type as usize];
        self.by_target.iter().filter(|(_, events)| events.iter().any(fits)).map(|(target, _)| *target).collect()
    }

    /// Returns the event that explains a change of a thing that was seen at `fetched`: the one that names most of what
    /// the thing is made of, and of these the latest.
    pub(crate) fn explain(
        &self,
        entity: &Entity,
        id: &str,
        change: &str,
        fetched: Timestamp,
    ) -> Option<Explanation<'_>> {
        let latest = fetched.checked_add(SKEW).unwrap_or(fetched);
        let fits = |event: &ChangeEvent| {
            let event_type = self.event_type(event);
            event.published <= latest && begins(event_type, entity.event_types) && !contradicts(event_type, change)
        };
        if id == entity.name {
            let event = self.events.iter().filter(|event| fits(event)).max_by_key(|event| event.published);
            return event.map(|event| self.explanation(event));
        }
        let mut named = HashMap::<u32, usize>::new();
        for id in ids(id) {
            for at in self.by_target.get(&key(&id)).into_iter().flatten() {
                *named.entry(*at).or_default() += 1;
            }
        }
        let named = named.into_iter().map(|(at, count)| (count, &self.events[at as usize]));
        let is_of_pair = |event: &ChangeEvent| begins(self.event_type(event), entity.pair_events);
        let fitting = named.filter(|(count, event)| fits(event) && (*count > 1 || !is_of_pair(event)));
        let best = fitting.max_by_key(|(count, event)| (*count, event.published));
        best.map(|(_, event)| self.explanation(event))
    }

    fn event_type(&self, event: &ChangeEvent) -> &str {
        &self.event_types.values[event.event_type as usize]
    }

    fn explanation<'a>(&'a self, event: &'a ChangeEvent) -> Explanation<'a> {
        Explanation { event, event_type: self.event_type(event), actor: &self.actors.values[event.actor as usize] }
    }
}

fn begins(event_type: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| event_type.starts_with(prefix))
}

/// The last words of event types that take something away, and of those that bring it.
const TAKES: &[&str] =
    &["remove", "revoke", "delete", "completed", "deprovision", "deactivate", "reset_all", "unassign"];
const BRINGS: &[&str] = &["add", "grant", "create", "provision", "activate", "assign"];

/// Whether an event says the opposite of a change.
fn contradicts(event_type: &str, change: &str) -> bool {
    let verb = event_type.rsplit('.').next().unwrap_or_default();
    match change {
        "added" => TAKES.contains(&verb),
        "removed" => BRINGS.contains(&verb),
        _ => false,
    }
}

/// Without those that another one covers.
fn shortest<'a>(prefixes: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut kept: Vec<&str> = Vec::new();
    for prefix in prefixes {
        if kept.last().is_none_or(|last| !prefix.starts_with(last)) {
            kept.push(prefix);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::table::find;

    fn event(uuid: &str, event_type: &str, second: i64, targets: &[&str]) -> LogEvent {
        let target = targets.iter().map(|id| Target { id: Some((*id).to_owned()) }).collect();
        LogEvent {
            uuid: uuid.to_owned(),
            event_type: event_type.to_owned(),
            published: Timestamp::from_second(second).unwrap(),
            actor: None,
            target: Some(target),
        }
    }

    #[test]
    fn the_event_that_names_most_explains() {
        let mut changes = LogChanges::default();
        changes.add(event("1", "group.user_membership.add", 10, &["u1", "g1"]));
        changes.add(event("2", "group.user_membership.add", 20, &["u1", "g2"]));
        changes.add(event("3", "user.session.start", 30, &["u1", "g1"]));
        changes.add(event("4", "group.user_membership.remove", 500, &["u1", "g1"]));
        let member = find("group_member").unwrap();
        let at = |id: &str, change: &str, second: i64| {
            let second = Timestamp::from_second(second).unwrap();
            changes.explain(member, id, change, second).map(|found| &*found.event.uuid)
        };
        let explained = |id: &str| at(id, "added", 100);
        assert_eq!((explained("g1/u1"), explained("g2/u1"), explained("g3/u9")), (Some("1"), Some("2"), None));
        assert_eq!((at("g1/u1", "added", 900), at("g1/u1", "removed", 900)), (Some("1"), Some("4")));
        assert_eq!(explained("g3/u1"), None, "an event that names another group does not explain this one");
        assert_eq!(changes.touched(&["group."]), HashSet::from(["u1", "g1", "g2"].map(key)));
    }

    #[test]
    fn a_prefix_covers_those_that_begin_with_it() {
        let prefixes = BTreeSet::from(["group.", "group.user_membership.", "user.lifecycle.", "user.mfa."]);
        assert_eq!(shortest(&prefixes), ["group.", "user.lifecycle.", "user.mfa."]);
    }
}
