//! What is read of an entity: everything, or what may have changed since its last collection.

use std::collections::HashSet;

use lake::inventory::Row;
use lake::{StateError, layout};
use okta::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::inventory::claims::page_size;
use crate::inventory::entity::{Entity, Partitioning, Refresh};
use crate::inventory::parts::{Digest, Key, key};
use crate::inventory::record::ids;
use crate::inventory::session::InventorySession;
use crate::inventory::state::{Collection, Engine, EntityProgress};
use crate::inventory::stop::StopReason;
use crate::inventory::table::find;
use crate::okta_log::query::stamp;

/// What was changed so shortly before the last collection may not have been in it: Okta's search lags behind the data.
const OVERLAP: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// A parent that nothing touched is read again after this many days.
const ROTATION: u8 = 7;

/// `state/tenant=T/inventory/E.json`: the parents that an incremental run reads, stored when they are chosen, for the log
/// goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ChosenParents {
    #[serde(default)]
    tenant: String,
    run: String,
    parents: Vec<String>,
}

/// What is read of an entity.
#[derive(Debug)]
pub(crate) struct Scope {
    /// What is asked for.
    pub(crate) targets: Vec<Target>,
    /// What of the last collection stays.
    pub(crate) carried: Option<Carried>,
    /// The parents whose records another entity implies.
    pub(crate) implied_parents: Vec<String>,
}

/// Something that is asked for page by page.
#[derive(Debug)]
pub(crate) struct Target {
    /// The id of the parent.
    pub(crate) parent: Option<String>,
    /// The value of the query.
    pub(crate) value: Option<&'static str>,
    /// Whether the value is part of the ids of the records.
    pub(crate) is_value_key: bool,
    /// Whether the org may not offer the value: it did not in the last complete collection, or there was none.
    pub(crate) may_be_missing: bool,
    /// The first page; none if an id cannot be part of an address.
    pub(crate) url: Option<Url>,
}

/// What of the last collection stays in an incremental one.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) base: Collection,
    pub(crate) keep: Keep,
}

/// Which rows stay.
#[derive(Debug)]
pub(crate) enum Keep {
    /// Those that were not read again, and were not deleted.
    Except(HashSet<Key>),
    /// Those of these parents.
    Of(HashSet<Key>),
}

impl Keep {
    /// Whether a row stays.
    pub(crate) fn keeps(&self, row: &Row) -> bool {
        match self {
            Self::Except(deleted) => !deleted.contains(&key(&row.id)),
            Self::Of(parents) => row.parent.as_ref().is_some_and(|parent| parents.contains(&key(parent))),
        }
    }
}

/// The parents of an entity, as far as it applies to them.
#[derive(Debug, Default)]
struct Parents {
    /// Those that are asked for, each with the address that its record has.
    asked: Vec<(String, Option<String>)>,
    /// Those whose records are implied.
    implied: Vec<String>,
    /// Those that this run read anew.
    fresh: HashSet<Key>,
}

/// Returns what is read of an entity: everything, or what may have changed.
pub(crate) async fn scope(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    progress: &EntityProgress,
) -> Result<Scope, StopReason> {
    let size = page_size(entity, progress.reads.len());
    match entity.partitioning {
        Partitioning::Once => once(session, entity, size).await,
        Partitioning::Values { .. } => values(session, entity, size).await,
        Partitioning::Each { .. } => Box::pin(each(session, entity, size, progress)).await,
    }
}

async fn once(session: &InventorySession<'_>, entity: &'static Entity, size: Option<u64>) -> Result<Scope, StopReason> {
    let whole = || Target::of(session, entity, None, size).map(|target| Scope::whole(vec![target]));
    let (Refresh::Since { deleted_by, .. }, Some(base)) = (entity.refresh, session.base(entity.name).await) else {
        return whole();
    };
    // Only the log says what was deleted: without it, everything is read.
    let Some(changes) = session.log_changes().await else { return whole() };
    let keep = Keep::Except(changes.touched(deleted_by));
    let since = base.taken.checked_sub(OVERLAP).unwrap_or(base.taken);
    let url = session.url(entity, None, Some(&stamp(since)), size)?;
    let target = Target { parent: None, value: None, is_value_key: false, may_be_missing: false, url: Some(url) };
    Ok(Scope { carried: Some(Carried { base, keep }), ..Scope::whole(vec![target]) })
}

async fn values(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    size: Option<u64>,
) -> Result<Scope, StopReason> {
    let Partitioning::Values { values, identity_engine, is_key, .. } = entity.partitioning else {
        return Ok(Scope::whole(Vec::new()));
    };
    let latest = session.latest(entity.name).await;
    let is_classic = session.facts.engine == Some(Engine::Classic);
    let asked = values.iter().copied().filter(|value| !is_classic || !identity_engine.contains(value));
    let target = |value: &'static str| {
        let url = Some(session.url_of_value(entity, value, size)?);
        let may_be_missing = latest.as_ref().is_none_or(|latest| latest.not_offered.iter().any(|known| known == value));
        Ok(Target { parent: None, value: Some(value), is_value_key: is_key, may_be_missing, url })
    };
    Ok(Scope::whole(asked.map(target).collect::<Result<_, StopReason>>()?))
}

async fn each(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    size: Option<u64>,
    progress: &EntityProgress,
) -> Result<Scope, StopReason> {
    let parents = parents(session, entity).await?;
    let base = session.base(entity.name).await;
    let (Refresh::Touched, Some(base)) = (entity.refresh, base) else {
        let targets = parents.asked.into_iter().map(|parent| Target::of_parent(session, entity, parent, size));
        return Ok(Scope { implied_parents: parents.implied, ..Scope::whole(targets.collect()) });
    };
    let chosen = choose(session, entity, &parents, &base, progress).await?;
    let again: HashSet<_> = chosen.iter().map(|parent| key(parent)).collect();
    let (read, kept): (Vec<_>, Vec<_>) = parents.asked.into_iter().partition(|(id, _)| again.contains(&key(id)));
    let keep = Keep::Of(kept.iter().map(|(id, _)| key(id)).collect());
    let targets = read.into_iter().map(|parent| Target::of_parent(session, entity, parent, size));
    let scope = Scope::whole(targets.collect());
    Ok(Scope { carried: Some(Carried { base, keep }), implied_parents: parents.implied, ..scope })
}

/// The parents that this run collected, as far as the entity applies to them.
async fn parents(session: &InventorySession<'_>, entity: &'static Entity) -> Result<Parents, StopReason> {
    let Partitioning::Each { of, when, link } = entity.partitioning else { return Ok(Parents::default()) };
    let above = session.progress(of).await.unwrap_or_default();
    let implied = match entity.implied {
        Some(implied) if session.progress(implied.by).await.is_some_and(|by| by.is_complete()) => Some(implied),
        // What is not implied by a complete entity is asked for.
        _ => None,
    };
    let mut parents = Parents::default();
    let snapshot = session.snapshot(of);
    for part in 0..above.parts {
        session.in_time()?;
        let visit = |row: Row| {
            let Ok(record) = serde_json::from_str::<Value>(&row.json) else { return };
            if !when(&record) {
                return;
            }
            if implied.is_some_and(|implied| (implied.parent)(&record)) {
                return parents.implied.push(row.id);
            }
            if session.is_fresh(&row) {
                parents.fresh.insert(key(&row.id));
            }
            let link = link.and_then(|link| record.pointer(link)).and_then(Value::as_str).map(str::to_owned);
            parents.asked.push((row.id, link));
        };
        snapshot.read(part, lake::inventory::ROW, visit).await?;
    }
    Ok(parents)
}

/// The parents that an incremental run reads: those that are new or different, those that the log names, and a seventh of
/// the others each day.
async fn choose(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    parents: &Parents,
    base: &Collection,
    progress: &EntityProgress,
) -> Result<Vec<String>, StopReason> {
    let tenant = session.org.tenant.as_str();
    let name = layout::state_key(&session.org.tenant, &format!("inventory/{}.json", entity.name));
    let (known, version) = match session.lake().read_state::<ChosenParents>(&name).await {
        Ok(found) => found,
        // What is not readable is chosen anew; it is replaced whatever it is.
        Err(StateError::Unreadable { .. }) => (None, session.lake().read_versioned(&name).await?.1),
        Err(error) => return Err(error.into()),
    };
    if let Some(known) = known.filter(|known| known.run == session.id && known.tenant == tenant) {
        return Ok(known.parents);
    }
    if progress.targets_done > 0 || progress.parts > 0 {
        // Which parents the rows that were read belong to is not known any more.
        return Err(StopReason::Lost(name));
    }
    let chosen = ChosenParents {
        tenant: tenant.to_owned(),
        run: session.id.clone(),
        parents: may_have_changed(session, entity, parents, base).await?,
    };
    session.lake().write_state(&name, &chosen, &version).await?;
    Ok(chosen.parents)
}

async fn may_have_changed(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    parents: &Parents,
    base: &Collection,
) -> Result<Vec<String>, StopReason> {
    let mut different = different(session, entity, &parents.fresh).await?;
    let touched = session.log_changes().await.map(|changes| changes.touched(entity.event_types));
    if let Some(touched) = &touched {
        different.extend(related(session, entity, base, touched).await?);
    }
    let day = session.started.as_second().div_euclid(86_400).rem_euclid(ROTATION.into());
    let is_chosen = |parent: &str| {
        let parent = key(parent);
        let is_due = i64::from(parent[0] % ROTATION) == day;
        // Without the log nobody knows what was touched.
        is_due || different.contains(&parent) || touched.as_ref().is_none_or(|touched| touched.contains(&parent))
    };
    Ok(parents.asked.iter().map(|(id, _)| id).filter(|id| is_chosen(id)).cloned().collect())
}

/// The parents that are new or different since their last collection.
async fn different(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    fresh: &HashSet<Key>,
) -> Result<HashSet<Key>, StopReason> {
    let Some(parent) = entity.parent().and_then(find) else { return Ok(HashSet::new()) };
    let is_delta = matches!(parent.refresh, Refresh::Since { .. });
    let (Some(latest), false) = (session.latest(parent.name).await, is_delta) else { return Ok(fresh.clone()) };
    let mut before = HashSet::<(Key, Key)>::new();
    let note = |digest: Digest| before.extend([(key(&digest.id), key(&digest.hash))]);
    session.earlier(parent.name, &latest).digests(latest.parts, note).await?;
    session.in_time()?;
    let mut different = HashSet::new();
    let parts = session.progress(parent.name).await.unwrap_or_default().parts;
    session
        .snapshot(parent.name)
        .digests(parts, |digest| {
            let id = key(&digest.id);
            if !before.contains(&(id, key(&digest.hash))) {
                different.insert(id);
            }
        })
        .await?;
    Ok(different)
}

/// The parents of rows that the log names, though it may not name the parents: who leaves the org leaves its groups. And
/// those that are related to something that was touched.
async fn related(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    base: &Collection,
    touched: &HashSet<Key>,
) -> Result<HashSet<Key>, StopReason> {
    let own = |row: &Row| key(&ids(&row.id).last().unwrap_or_default());
    let mut related = HashSet::new();
    let mut note = |row: Row, is_touched: bool| {
        related.extend(row.parent.as_deref().filter(|_| is_touched).map(key));
    };
    let before = session.earlier(entity.name, base);
    before
        .rows(base.parts, |row| {
            let is_touched = touched.contains(&own(&row));
            note(row, is_touched);
        })
        .await?;
    let Some(join) = entity.join_through else { return Ok(related) };
    let mut fresh = HashSet::new();
    let others = session.progress(join.of).await.unwrap_or_default();
    let is_fresh = |row: Row| fresh.extend(session.is_fresh(&row).then(|| key(&row.id)));
    session.snapshot(join.of).rows(others.parts, is_fresh).await?;
    session.in_time()?;
    let relationships = session.progress(join.relationships).await.unwrap_or_default();
    let visit = |row: Row| {
        let own = own(&row);
        note(row, touched.contains(&own) || fresh.contains(&own));
    };
    session.snapshot(join.relationships).rows(relationships.parts, visit).await?;
    Ok(related)
}

impl Scope {
    fn whole(targets: Vec<Target>) -> Self {
        Self { targets, carried: None, implied_parents: Vec::new() }
    }
}

impl Target {
    fn of(
        session: &InventorySession<'_>,
        entity: &'static Entity,
        parent: Option<String>,
        size: Option<u64>,
    ) -> Result<Self, StopReason> {
        let url = Some(session.url(entity, parent.as_deref(), None, size)?);
        Ok(Self { parent, value: None, is_value_key: false, may_be_missing: false, url })
    }

    fn of_parent(
        session: &InventorySession<'_>,
        entity: &'static Entity,
        (id, link): (String, Option<String>),
        size: Option<u64>,
    ) -> Self {
        let url = match link {
            Some(link) => session.org.client.resume(&link).ok(),
            None => session.url(entity, Some(&id), None, size).ok(),
        };
        Self { parent: Some(id), value: None, is_value_key: false, may_be_missing: false, url }
    }
}
