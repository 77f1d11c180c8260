//! The inventory that the lake has, as plain data: which objects hold what is known now, and what they say. Pure: whoever calls
//! fetches the objects, from S3 or from a folder.

use std::collections::BTreeMap;

use bytes::Bytes;
use insight::graph::change::{Cause, Change};
use insight::inventory::{self, Known, Record};
use jiff::Timestamp;
use lake::claim::{Claim, UnreadCause};
use lake::inventory as rows;
use lake::layout;
use lake::stored::ReadError;
use normalize::Tenant;
use serde::Deserialize;

use crate::inventory::manifest::{Collected, Manifest};
use crate::inventory::state::Engine;

/// What the lake knows of an org.
#[derive(Debug, Clone)]
pub struct Stored {
    /// When the latest collection began.
    pub as_of: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// Which of Okta's engines the org runs on.
    pub engine: Option<inventory::Engine>,
    /// Each entity that was ever collected.
    pub entities: BTreeMap<String, StoredEntity>,
    /// When each collection began, by its name.
    starts: BTreeMap<String, Timestamp>,
}

/// What the lake knows of an entity.
#[derive(Debug, Clone)]
pub struct StoredEntity {
    /// How much.
    pub known: Known,
    /// Since when it is collected: the beginning of the first collection that was complete; none if none was.
    pub since: Option<Timestamp>,
    /// The collection that has it.
    pub snapshot: String,
    /// The keys of its parts.
    pub keys: Vec<String>,
}

/// What the lake knows of an org, as its manifests say: of each entity the newest collection that has ended. None if none has.
pub fn latest(tenant: &Tenant, manifests: impl IntoIterator<Item = Manifest>) -> Option<Stored> {
    let mut ended: Vec<_> = manifests.into_iter().filter(|manifest| manifest.ended.is_some()).collect();
    ended.sort_by_key(|manifest| manifest.started);
    let last = ended.last()?;
    let mut stored = Stored {
        as_of: last.started,
        until: last.ended?,
        engine: last.org.engine.map(|engine| match engine {
            Engine::IdentityEngine => inventory::Engine::Identity,
            Engine::Classic => inventory::Engine::Classic,
        }),
        entities: BTreeMap::new(),
        starts: ended.iter().map(|manifest| (manifest.snapshot.clone(), manifest.started)).collect(),
    };
    for manifest in &ended {
        for (name, collected) in &manifest.entities {
            stored.add(tenant, manifest, name, collected);
        }
    }
    Some(stored)
}

impl Stored {
    /// Takes over what a newer collection says.
    fn add(&mut self, tenant: &Tenant, manifest: &Manifest, name: &str, collected: &Collected) {
        let is_complete = collected.claim.as_ref().is_some_and(Claim::is_complete);
        let first = is_complete.then_some(manifest.started);
        let since = self.entities.get(name).and_then(|before| before.since).or(first);
        let keys = (0..collected.parts).map(|part| layout::part_key(tenant, name, &manifest.snapshot, part)).collect();
        let known = collected.claim.as_ref().map_or(Known::NotCollected, known);
        let entity = StoredEntity { known, since, snapshot: manifest.snapshot.clone(), keys };
        self.entities.insert(name.to_owned(), entity);
    }

    /// The changes of an object of `changes/`, of collections up to the one that has the entity. A state that is no JSON is left
    /// out with its change.
    pub fn changes(&self, entity: &str, body: Bytes) -> Result<Vec<Change>, ReadError> {
        let Some(latest) = self.entities.get(entity).map(|entity| entity.snapshot.as_str()) else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        let columns = [
            "id",
            "parent",
            "snapshot",
            "before",
            "after",
            "event_uid",
            "event_code",
            "event_time",
            "actor_id",
            "actor_name",
        ];
        rows::read(body, &columns, |row: ChangeRow| {
            if row.snapshot.as_str() <= latest {
                changes.extend(self.change(entity, row));
            }
        })?;
        Ok(changes)
    }

    fn change(&self, entity: &str, row: ChangeRow) -> Option<Change> {
        let found = self.starts.get(&row.snapshot).copied();
        let at = row.event_time.and_then(|time| Timestamp::from_millisecond(time).ok()).or(found)?;
        let state = |json: Option<String>| json.map(|json| serde_json::from_str(&json)).transpose().ok();
        Some(Change {
            entity: entity.to_owned(),
            id: row.id,
            parent: row.parent,
            at,
            before: state(row.before)?,
            after: state(row.after)?,
            cause: Cause { event: row.event_uid, event_type: row.event_code, actor: row.actor_name.or(row.actor_id) },
        })
    }
}

/// The columns of a change that are needed.
#[derive(Debug, Deserialize)]
struct ChangeRow {
    id: String,
    parent: Option<String>,
    snapshot: String,
    before: Option<String>,
    after: Option<String>,
    event_uid: Option<String>,
    event_code: Option<String>,
    event_time: Option<i64>,
    actor_id: Option<String>,
    actor_name: Option<String>,
}

/// The columns of a record that are needed.
#[derive(Debug, Deserialize)]
struct RecordRow {
    id: String,
    parent: Option<String>,
    json: String,
}

/// Gives every record of a part, and returns how many rows of it are no JSON.
pub fn records(body: Bytes, mut visit: impl FnMut(Record)) -> Result<u64, ReadError> {
    let mut damaged = 0;
    rows::read(
        body,
        &["id", "parent", "json"],
        |RecordRow { id, parent, json }: RecordRow| match serde_json::from_str(&json) {
            Ok(json) => visit(Record { id, parent, json }),
            Err(_) => damaged += 1,
        },
    )?;
    Ok(damaged)
}

/// What a claim says, in plain data.
fn known(claim: &Claim) -> Known {
    let reasons =
        || claim.reasons().iter().map(|reason| reason.what.clone().unwrap_or_else(|| format!("{:?}", reason.cause)));
    match claim {
        Claim::Complete(_) => Known::Complete,
        Claim::Partial(partial) => {
            Known::Partial { reasons: reasons().collect(), parents_unread: partial.parents_unread }
        }
        Claim::Unread(unread) => {
            Known::Unread { why: why(unread.why), reason: reasons().collect::<Vec<_>>().join("; ") }
        }
        Claim::Contradicted { .. } | Claim::StreamOnly | Claim::Expired => {
            let reasons = std::iter::once(claim.word().to_string()).chain(reasons()).collect();
            Known::Partial { reasons, parents_unread: 0 }
        }
    }
}

fn why(cause: UnreadCause) -> inventory::Unread {
    match cause {
        UnreadCause::Denied => inventory::Unread::Denied,
        UnreadCause::NotOffered => inventory::Unread::NotOffered,
        UnreadCause::Failed => inventory::Unread::Failed,
        UnreadCause::Skipped => inventory::Unread::Skipped,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(snapshot: &str, started: &str, ended: Option<&str>, entities: &serde_json::Value) -> Manifest {
        let manifest = json!({
            "version": 2, "tenant": "acme", "snapshot": snapshot, "mode": "full", "invocations": 1, "started": started,
            "ended": ended, "calls": 6, "rows": 9, "entities": entities,
        });
        serde_json::from_value(manifest).unwrap()
    }

    fn entity(status: &str, parts: u32) -> serde_json::Value {
        json!({"status": status, "unread": "denied", "rows": 3, "parts": parts, "calls": 2, "reasons": []})
    }

    #[test]
    fn of_each_entity_the_newest_collection_that_has_ended_counts() {
        let tenant = Tenant::parse("acme").unwrap();
        let (first, second) = ("2026-05-04T09:00:00Z", "2026-05-05T09:00:00Z");
        let stored = latest(
            &tenant,
            [
                manifest("20260505T090000Z", second, Some(second), &json!({"user": entity("complete", 2)})),
                manifest(
                    "20260504T090000Z",
                    first,
                    Some(first),
                    &json!({"user": entity("complete", 1), "app": entity("unread", 0)}),
                ),
                manifest("20260506T090000Z", "2026-05-06T09:00:00Z", None, &json!({"user": entity("complete", 9)})),
            ],
        )
        .unwrap();
        assert_eq!(stored.as_of.to_string(), second);
        let user = &stored.entities["user"];
        assert_eq!((user.keys.len(), user.since.unwrap().to_string().as_str()), (2, first));
        assert_eq!(user.known, Known::Complete);
        assert_eq!(stored.entities["app"].since, None);
        assert!(matches!(stored.entities["app"].known, Known::Unread { why: inventory::Unread::Denied, .. }));
        assert!(latest(&tenant, []).is_none());
    }
}
