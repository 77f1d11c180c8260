//! What a run is asked for: its entities, its scopes, its name. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::command::InventoryRequest;
use crate::inventory::entity::{Entity, Tier};
use crate::inventory::state::{Collection, CollectionRun, EntityProgress, OrgFacts};
use crate::inventory::table::{entities, find};

/// Returns the first name in a request that no entity has.
pub(crate) fn unknown_entity(request: &InventoryRequest) -> Option<&str> {
    request.entities.iter().map(String::as_str).find(|name| find(name).is_none())
}

/// Returns the entities of a request, with those that they depend on, in the order of the table.
pub(crate) fn chosen(request: &InventoryRequest) -> Vec<&'static Entity> {
    let is_chosen = |entity: &&Entity| match request.entities.as_slice() {
        [] => match entity.tier {
            Tier::Required => true,
            Tier::Additional => request.additional,
            Tier::Audited => false,
        },
        only => only.iter().any(|name| name == entity.name),
    };
    let mut names = BTreeSet::new();
    let mut open: Vec<&Entity> = entities().filter(is_chosen).collect();
    while let Some(entity) = open.pop() {
        if names.insert(entity.name) {
            open.extend(entity.needs(request.mode).filter_map(find));
        }
    }
    entities().filter(|entity| names.contains(entity.name)).collect()
}

/// Returns the scopes that entities need.
pub(crate) fn scopes(entities: &[&'static Entity]) -> Vec<&'static str> {
    let scopes: BTreeSet<_> = entities.iter().map(|entity| entity.scope).collect();
    scopes.into_iter().collect()
}

/// Returns a run that begins.
pub(crate) fn begin(
    request: &InventoryRequest,
    started: Timestamp,
    latest: &BTreeMap<String, Collection>,
) -> CollectionRun {
    let entities = chosen(request).into_iter().map(|entity| (entity.name.to_owned(), EntityProgress::default()));
    let id = snapshot_id(started, latest);
    CollectionRun {
        id,
        mode: request.mode,
        started,
        invocations: 1,
        org: OrgFacts::default(),
        entities: entities.collect(),
    }
}

/// Names a snapshot after the second in which it began, or a later one: no two have the same name, and the last is the
/// greatest, even if two begin in one second or the clock was set back.
fn snapshot_id(started: Timestamp, latest: &BTreeMap<String, Collection>) -> String {
    let last = latest.values().map(|latest| &latest.snapshot).max();
    let mut at = started;
    loop {
        let id = at.strftime("%Y%m%dT%H%M%SZ").to_string();
        if last.is_none_or(|last| *last < id) {
            return id;
        }
        at = at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_snapshots_have_the_same_name() {
        let started: Timestamp = "2026-05-04T09:00:00.9Z".parse().unwrap();
        let mut latest = BTreeMap::new();
        for expected in ["20260504T090000Z", "20260504T090001Z", "20260504T090002Z"] {
            let snapshot = snapshot_id(started, &latest);
            assert_eq!(snapshot, expected);
            let collection = Collection { snapshot, taken: started, parts: 1, rows: 1, not_offered: Vec::new() };
            latest.insert("user".to_owned(), collection);
        }
    }

    #[test]
    fn a_request_includes_what_its_entities_depend_on() {
        let request = InventoryRequest { entities: vec!["group_member".to_owned()], ..InventoryRequest::default() };
        let names: Vec<_> = chosen(&request).iter().map(|entity| entity.name).collect();
        assert_eq!(names, ["user", "group", "group_member"], "users are the members of Everyone");
        let request = InventoryRequest { entities: vec!["user".to_owned(), "person".to_owned()], ..request };
        assert_eq!(unknown_entity(&request), Some("person"));
    }
}
