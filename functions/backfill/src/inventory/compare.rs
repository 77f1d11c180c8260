//! Two collections of an entity, and the changes between them.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use lake::inventory::{self, CONTENT_TYPE, Change, FieldChange, Row};
use lake::layout;
use serde_json::Value;

use crate::inventory::entity::Entity;
use crate::inventory::log_changes::LogChanges;
use crate::inventory::parts::{Key, PartError, Snapshot, key};
use crate::inventory::record::lasting;
use crate::inventory::session::InventorySession;
use crate::inventory::state::{Changes, Collection};
use crate::inventory::stop::StopReason;

/// Changes in a file.
const ROWS: usize = 5_000;

/// Rows of the earlier collection that are held at once; with more changes, both collections are read several times.
const HELD: usize = 10_000;

/// What is compared.
#[derive(Debug)]
struct Comparison<'a, 's> {
    session: &'a InventorySession<'s>,
    entity: &'static Entity,
    latest: &'a Collection,
    before: Snapshot<'a>,
    after: Snapshot<'a>,
    parts: u32,
    /// What explains changes; none if the log is not used.
    events: Option<&'a LogChanges>,
}

/// Which things differ.
#[derive(Debug, Default)]
struct Difference {
    added: HashSet<Key>,
    changed: HashSet<Key>,
    removed: HashSet<Key>,
}

/// Writes the changes of a complete entity since its last complete collection, and returns how many they are.
pub(crate) async fn compare(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    latest: &Collection,
    parts: u32,
) -> Result<Changes, StopReason> {
    let events = session.log_changes().await;
    let (before, after) = (session.earlier(entity.name, latest), session.snapshot(entity.name));
    Box::pin(Comparison { session, entity, latest, before, after, parts, events }.write()).await
}

impl<'a, 's> Comparison<'a, 's> {
    async fn write(&'a self) -> Result<Changes, StopReason> {
        let difference = self.difference().await?;
        let passes = difference.former().div_ceil(HELD).max(1);
        let mut writer = Writer { comparison: self, rows: Vec::new(), part: 0, changes: Changes::default() };
        writer.changes.since = Some(self.latest.snapshot.clone());
        for pass in 0..passes {
            let is_of_pass = |id: &Key| usize::from(u16::from_be_bytes([id[0], id[1]])) % passes == pass;
            self.write_pass(&mut writer, &difference, &is_of_pass).await?;
        }
        writer.finish().await
    }

    async fn difference(&self) -> Result<Difference, StopReason> {
        let mut before = HashMap::<Key, Key>::new();
        for part in 0..self.latest.parts {
            self.session.in_time()?;
            self.before.digests_of(part, |digest| before.extend([(key(&digest.id), key(&digest.hash))])).await?;
        }
        let mut difference = Difference::default();
        for part in 0..self.parts {
            self.session.in_time()?;
            self.after
                .digests_of(part, |digest| {
                    let id = key(&digest.id);
                    match before.remove(&id) {
                        None => drop(difference.added.insert(id)),
                        Some(hash) if hash != key(&digest.hash) => drop(difference.changed.insert(id)),
                        Some(_) => {}
                    }
                })
                .await?;
        }
        difference.removed = before.into_keys().collect();
        Ok(difference)
    }

    /// Writes the changes of the things that belong to a pass.
    async fn write_pass(
        &self,
        writer: &mut Writer<'a, 's>,
        difference: &Difference,
        is_of_pass: &impl Fn(&Key) -> bool,
    ) -> Result<(), StopReason> {
        let mut former = HashMap::new();
        for part in 0..self.latest.parts {
            self.session.in_time()?;
            let visit = |row: Row| {
                let id = key(&row.id);
                if is_of_pass(&id) && (difference.changed.contains(&id) || difference.removed.contains(&id)) {
                    former.insert(id, row);
                }
            };
            self.before.read(part, inventory::ROW, visit).await?;
        }
        for part in 0..self.parts {
            self.session.in_time()?;
            let mut found = Vec::new();
            let visit = |row: Row| {
                let id = key(&row.id);
                if is_of_pass(&id) && (difference.added.contains(&id) || difference.changed.contains(&id)) {
                    found.push((former.remove(&id), row));
                }
            };
            self.after.read(part, inventory::ROW, visit).await?;
            for (before, after) in found {
                writer.add(before, Some(after)).await?;
            }
        }
        let mut gone: Vec<_> = former.into_values().collect();
        gone.sort_by(|one, other| one.id.cmp(&other.id));
        for before in gone {
            writer.add(Some(before), None).await?;
        }
        Ok(())
    }

    fn change(&self, before: Option<Row>, after: Option<Row>) -> Option<Change> {
        let row = after.as_ref().or(before.as_ref())?;
        let seen = after.as_ref().and_then(|row| Timestamp::from_millisecond(row.fetched).ok());
        let change = match (&before, &after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let seen = seen.unwrap_or(Timestamp::MAX);
        let found = self.events.and_then(|events| events.explain(self.entity, &row.id, change, seen));
        let explanation = match (self.events, found) {
            (_, Some(_)) => "explained",
            (Some(_), None) => "unexplained",
            (None, None) => "unknown",
        };
        let lasting = |row: &Option<Row>| row.as_ref().map(|row| lasting(self.entity, &row.json));
        let fields = match (lasting(&before), lasting(&after)) {
            (Some(before), Some(after)) => fields(&before, &after),
            _ => Vec::new(),
        };
        let actor = found.map(|found| found.actor.clone()).unwrap_or_default();
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
            event_uid: found.map(|found| found.event.uuid.to_string()),
            event_code: found.map(|found| found.event_type.to_owned()),
            event_time: found.map(|found| found.event.published.as_millisecond()),
            actor_id: actor.id,
            actor_name: actor.alternate_id.or(actor.display_name),
        })
    }
}

impl Difference {
    /// Things of the earlier collection whose rows are needed.
    fn former(&self) -> usize {
        self.changed.len() + self.removed.len()
    }
}

/// Changes on their way into files.
#[derive(Debug)]
struct Writer<'a, 's> {
    comparison: &'a Comparison<'a, 's>,
    rows: Vec<Change>,
    part: u32,
    changes: Changes,
}

impl Writer<'_, '_> {
    async fn add(&mut self, before: Option<Row>, after: Option<Row>) -> Result<(), StopReason> {
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

    async fn write(&mut self) -> Result<(), StopReason> {
        let Comparison { after, session, .. } = self.comparison;
        let body = inventory::encode(&self.rows).map_err(PartError::from)?;
        let key = layout::changes_key(after.tenant, after.entity, session.started, after.id, self.part);
        after.lake.put(&key, CONTENT_TYPE, body).await?;
        self.part += 1;
        self.rows.clear();
        Ok(())
    }

    async fn finish(mut self) -> Result<Changes, StopReason> {
        if !self.rows.is_empty() {
            self.write().await?;
        }
        Ok(self.changes)
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
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
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
        let named: Vec<_> = fields(&before, &after)
            .into_iter()
            .map(|change| (change.path, change.before.unwrap_or_default(), change.after.unwrap_or_default()))
            .collect();
        let text = |path: &str, before: &str, after: &str| (path.to_owned(), before.to_owned(), after.to_owned());
        assert_eq!(
            named,
            [text("a", "1", ""), text("p.x", "\"1\"", "\"2\""), text("p.y", "[1]", "[1,2]"), text("p.z", "", "null")]
        );
    }
}
