//! Two collections of an entity, and what lies between them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use lake::inventory::{self, CONTENT_TYPE, Change, FieldChange, Row};
use lake::layout;
use serde_json::Value;

use crate::inventory::entity::Entity;
use crate::inventory::events::Events;
use crate::inventory::parts::{Key, PartError, Snapshot, key};
use crate::inventory::record::lasting;
use crate::inventory::store::{Changes, Latest};

/// Changes in a file.
const ROWS: usize = 5_000;

/// What is compared.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    pub(crate) entity: &'static Entity,
    pub(crate) before: Snapshot<'a>,
    pub(crate) latest: &'a Latest,
    pub(crate) after: Snapshot<'a>,
    pub(crate) parts: u32,
    pub(crate) taken: Timestamp,
    /// What explains changes; none if the log cannot be read.
    pub(crate) events: Option<&'a Events>,
}

impl Comparison<'_> {
    /// Writes the changes; what they are.
    pub(crate) async fn write(&self) -> Result<Changes, PartError> {
        let mut before = HashMap::<Key, Key>::new();
        self.before
            .digests(self.latest.parts, |digest| {
                before.insert(key(&digest.id), key(&digest.hash));
            })
            .await?;
        // What is there now and is new or different, by whether it was there.
        let (mut added, mut changed) = (HashSet::new(), HashSet::new());
        self.after
            .digests(self.parts, |digest| {
                let id = key(&digest.id);
                match before.remove(&id) {
                    None => drop(added.insert(id)),
                    Some(hash) if hash != key(&digest.hash) => drop(changed.insert(id)),
                    Some(_) => {}
                }
            })
            .await?;
        let removed: HashSet<Key> = before.into_keys().collect();
        let mut former = HashMap::new();
        self.before
            .rows(self.latest.parts, |row| {
                let id = key(&row.id);
                if changed.contains(&id) || removed.contains(&id) {
                    former.insert(id, row);
                }
            })
            .await?;
        let mut writer = Writer { comparison: self, rows: Vec::new(), part: 0, changes: Changes::default() };
        writer.changes.since = Some(self.latest.snapshot.clone());
        for part in 0..self.parts {
            let mut found = Vec::new();
            self.after
                .read::<Row>(part, inventory::ROW, |row| {
                    let id = key(&row.id);
                    if added.contains(&id) || changed.contains(&id) {
                        found.push((former.remove(&id), row));
                    }
                })
                .await?;
            for (before, after) in found {
                writer.add(before, Some(after)).await?;
            }
        }
        let mut gone: Vec<_> = former.into_values().collect();
        gone.sort_by(|one, other| one.id.cmp(&other.id));
        for before in gone {
            writer.add(Some(before), None).await?;
        }
        writer.finish().await
    }
}

struct Writer<'a> {
    comparison: &'a Comparison<'a>,
    rows: Vec<Change>,
    part: u32,
    changes: Changes,
}

impl Writer<'_> {
    async fn add(&mut self, before: Option<Row>, after: Option<Row>) -> Result<(), PartError> {
        let Some(change) = self.comparison.change(before, after) else { return Ok(()) };
        match change.change.as_str() {
            "added" => self.changes.added += 1,
            "changed" => self.changes.changed += 1,
            _ => self.changes.removed += 1,
        }
        self.changes.unexplained += u64::from(change.explanation == "unexplained");
        self.rows.push(change);
        if self.rows.len() >= ROWS { self.write().await } else { Ok(()) }
    }

    async fn write(&mut self) -> Result<(), PartError> {
        let Comparison { after, taken, .. } = self.comparison;
        let body = inventory::encode(&self.rows)?;
        let key = layout::changes_key(after.tenant, after.entity, *taken, after.id, self.part);
        after.lake.put(&key, CONTENT_TYPE, body).await?;
        self.part += 1;
        self.rows.clear();
        Ok(())
    }

    async fn finish(mut self) -> Result<Changes, PartError> {
        if !self.rows.is_empty() {
            self.write().await?;
        }
        Ok(self.changes)
    }
}

impl Comparison<'_> {
    fn change(&self, before: Option<Row>, after: Option<Row>) -> Option<Change> {
        let row = after.as_ref().or(before.as_ref())?;
        let seen = after.as_ref().and_then(|row| Timestamp::from_millisecond(row.fetched).ok());
        let change = match (&before, &after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let seen = seen.unwrap_or(Timestamp::MAX);
        let told = self.events.and_then(|events| events.explain(self.entity, &row.id, change, seen));
        let explanation = match (self.events, told) {
            (_, Some(_)) => "explained",
            (Some(_), None) => "unexplained",
            (None, None) => "unknown",
        };
        let lasting = |row: &Option<Row>| row.as_ref().map(|row| lasting(self.entity, &row.json));
        let fields = match (lasting(&before), lasting(&after)) {
            (Some(before), Some(after)) => fields(&before, &after),
            _ => Vec::new(),
        };
        let actor = told.and_then(|told| told.actor.clone()).unwrap_or_default();
        Some(Change {
            id: row.id.clone(),
            parent: row.parent.clone(),
            name: row.name.clone(),
            change: change.to_owned(),
            before_snapshot: self.latest.snapshot.clone(),
            snapshot: self.after.id.to_owned(),
            fields,
            before: before.map(|row| row.json),
            after: after.map(|row| row.json),
            explanation: explanation.to_owned(),
            event_uid: told.map(|told| told.uuid.clone()),
            event_code: told.map(|told| told.event_type.clone()),
            event_time: told.map(|told| told.published.as_millisecond()),
            actor_id: actor.id,
            actor_name: actor.alternate_id.or(actor.display_name),
        })
    }
}

/// The members that differ, by their paths. Lists are compared as a whole.
fn fields(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    differ("", Some(before), Some(after), &mut found);
    found
}

fn differ(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                differ(&path, before.get(name), after.get(name), found);
            }
        }
        (before, after) if before != after => found.push(FieldChange {
            path: path.to_owned(),
            before: before.map(ToString::to_string),
            after: after.map(ToString::to_string),
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_that_differ_are_named() {
        let before = json!({"a": 1, "p": {"x": "1", "y": [1]}, "same": {}});
        let after = json!({"p": {"x": "2", "y": [1, 2], "z": null}, "same": {}});
        let told: Vec<_> = fields(&before, &after)
            .into_iter()
            .map(|change| (change.path, change.before.unwrap_or_default(), change.after.unwrap_or_default()))
            .collect();
        let text = |path: &str, before: &str, after: &str| (path.to_owned(), before.to_owned(), after.to_owned());
        assert_eq!(
            told,
            [text("a", "1", ""), text("p.x", "\"1\"", "\"2\""), text("p.y", "[1]", "[1,2]"), text("p.z", "", "null")]
        );
    }
}
