//! What the System Log says of changes: which things were touched, and who did it.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use okta::{Client, Error, List, Pages, Shape};
use serde::Deserialize;

use crate::data_type::LOGS;
use crate::inventory::entity::Entity;
use crate::inventory::record::ids;
use crate::okta_log::query::stamp;

/// So many prefixes are asked for at once.
const PREFIXES: usize = 12;

/// A thing may have been read by a server whose clock is behind.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The events of a while that tell of changes.
#[derive(Debug, Default)]
pub(crate) struct Events {
    events: Vec<Told>,
    by_target: HashMap<String, Vec<usize>>,
}

/// An event, as far as it explains.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    pub(crate) uuid: String,
    pub(crate) event_type: String,
    pub(crate) published: Timestamp,
    #[serde(default)]
    pub(crate) actor: Option<Actor>,
    #[serde(default)]
    target: Option<Vec<Target>>,
}

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Actor {
    pub(crate) id: Option<String>,
    pub(crate) alternate_id: Option<String>,
    pub(crate) display_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Target {
    id: Option<String>,
}

impl Events {
    /// Reads the events whose types begin so.
    pub(crate) async fn read(
        client: &Client,
        prefixes: &BTreeSet<&str>,
        since: Timestamp,
        until: Timestamp,
        page: u64,
    ) -> Result<Self, Error> {
        let mut events = Self::default();
        let mut seen = HashSet::new();
        for chunk in shortest(prefixes).chunks(PREFIXES) {
            let tests: Vec<_> = chunk.iter().map(|prefix| format!("eventType sw \"{prefix}\"")).collect();
            let (since, until, limit) = (stamp(since), stamp(until), page.to_string());
            let filter = tests.join(" or ");
            let query = [
                ("since", &*since),
                ("until", &*until),
                ("sortOrder", "ASCENDING"),
                ("limit", &*limit),
                ("filter", &*filter),
            ];
            let mut pages = Pages::new(client, List::new(client.url(LOGS.path, &query)?, Shape::List));
            while let Some(page) = pages.next().await? {
                // What is no event is the stream's and the history's matter.
                let told = page.records()?.into_iter().filter_map(|record| serde_json::from_str(record.get()).ok());
                told.filter(|told: &Told| seen.insert(told.uuid.clone())).for_each(|told| events.add(told));
            }
        }
        Ok(events)
    }

    fn add(&mut self, told: Told) {
        for target in told.target.iter().flatten().filter_map(|target| target.id.as_ref()) {
            self.by_target.entry(target.clone()).or_default().push(self.events.len());
        }
        self.events.push(told);
    }

    /// The things that events of these types name.
    pub(crate) fn touched(&self, prefixes: &[&str]) -> HashSet<&str> {
        let is_told = |at: &usize| begins(&self.events[*at].event_type, prefixes);
        let touched = self.by_target.iter().filter(|(_, told)| told.iter().any(is_told));
        touched.map(|(target, _)| target.as_str()).collect()
    }

    /// The event that explains a change of a thing that was seen at `fetched`: the one that names most of what the thing
    /// is made of, and of these the latest.
    pub(crate) fn explain(&self, entity: &Entity, id: &str, change: &str, fetched: Timestamp) -> Option<&Told> {
        let latest = fetched.checked_add(SKEW).unwrap_or(fetched);
        let fits = |told: &Told| {
            told.published <= latest
                && begins(&told.event_type, entity.told_by)
                && !contradicts(&told.event_type, change)
        };
        if id == entity.name {
            return self.events.iter().filter(|told| fits(told)).max_by_key(|told| told.published);
        }
        let mut named = HashMap::<usize, usize>::new();
        for id in ids(id) {
            for at in self.by_target.get(&id).into_iter().flatten() {
                *named.entry(*at).or_default() += 1;
            }
        }
        let fitting = named.into_iter().map(|(at, count)| (count, &self.events[at]));
        let fitting =
            fitting.filter(|(count, told)| fits(told) && (*count > 1 || !is_of_pair(entity, &told.event_type)));
        fitting.max_by_key(|(count, told)| (*count, told.published)).map(|(_, told)| told)
    }
}

fn begins(event_type: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| event_type.starts_with(prefix))
}

/// Event types that name both ends of an entity's records: one that names another pair tells nothing of this one.
const PAIRS: &[(&str, &str)] = &[
    ("app_group", "group.application_assignment."),
    ("app_user", "application.user_membership."),
    ("group_member", "group.user_membership."),
];

fn is_of_pair(entity: &Entity, event_type: &str) -> bool {
    PAIRS.iter().any(|(name, prefix)| *name == entity.name && event_type.starts_with(prefix))
}

/// What event types that take something away end in, and those that bring it.
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

    fn told(uuid: &str, event_type: &str, second: i64, targets: &[&str]) -> Told {
        let target = targets.iter().map(|id| Target { id: Some((*id).to_owned()) }).collect();
        Told {
            uuid: uuid.to_owned(),
            event_type: event_type.to_owned(),
            published: Timestamp::from_second(second).unwrap(),
            actor: None,
            target: Some(target),
        }
    }

    #[test]
    fn the_event_that_names_most_explains() {
        let mut events = Events::default();
        events.add(told("1", "group.user_membership.add", 10, &["u1", "g1"]));
        events.add(told("2", "group.user_membership.add", 20, &["u1", "g2"]));
        events.add(told("3", "user.session.start", 30, &["u1", "g1"]));
        events.add(told("4", "group.user_membership.remove", 500, &["u1", "g1"]));
        let member = find("group_member").unwrap();
        let at = |id: &str, change: &str, second: i64| {
            let second = Timestamp::from_second(second).unwrap();
            events.explain(member, id, change, second).map(|told| told.uuid.as_str())
        };
        let explained = |id: &str| at(id, "added", 100);
        assert_eq!((explained("g1/u1"), explained("g2/u1"), explained("g3/u9")), (Some("1"), Some("2"), None));
        assert_eq!((at("g1/u1", "added", 900), at("g1/u1", "removed", 900)), (Some("1"), Some("4")));
        assert_eq!(explained("g3/u1"), None, "another group's event is none of this one's");
        assert_eq!(events.touched(&["group."]), HashSet::from(["u1", "g1", "g2"]));
    }

    #[test]
    fn a_prefix_covers_those_that_begin_with_it() {
        let prefixes = BTreeSet::from(["group.", "group.user_membership.", "user.lifecycle.", "user.mfa."]);
        assert_eq!(shortest(&prefixes), ["group.", "user.lifecycle.", "user.mfa."]);
    }
}
