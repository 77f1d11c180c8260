//! What is read of an entity: everything, or what may have changed since its last collection.

use std::collections::HashSet;

use lake::inventory::Row;
use lake::layout;
use okta::{Error, Url};
use serde::{Deserialize, Serialize};

use crate::inventory::collect::Stop;
use crate::inventory::entity::{Entity, Fan, Refresh};
use crate::inventory::parts::{Snapshot, key};
use crate::inventory::record::ids;
use crate::inventory::store::Latest;
use crate::inventory::turn::Turn;
use crate::okta_log::query::stamp;

/// What was changed so shortly before the last collection may not have been in it: Okta's search is behind the data.
const OVERLAP: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// A parent that nothing touched is read again after so many days.
const ROTATION: u8 = 7;

/// The parents that an incremental run reads, written down when they were chosen: the log goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Chosen {
    run: String,
    parents: Vec<String>,
}

/// What is read of an entity.
pub(crate) struct Scope {
    /// The addresses, each with the parent that it is of.
    pub(crate) targets: Vec<(Option<String>, Url)>,
    /// What of the last collection stays.
    pub(crate) carried: Option<Carried>,
}

/// What of the last collection stays in an incremental one.
pub(crate) struct Carried {
    pub(crate) latest: Latest,
    pub(crate) keep: Keep,
}

pub(crate) enum Keep {
    /// What has not been read again, and was not deleted.
    Except(HashSet<String>),
    /// What hangs on these.
    Of(HashSet<String>),
}

/// What is to be read: everything, or what may have changed.
pub(crate) async fn scope(turn: &Turn<'_>, entity: &'static Entity) -> Result<Scope, Stop> {
    let latest = turn.latest(entity).await;
    let targets = |parents: Vec<Option<String>>| {
        let target = |parent: Option<String>| Ok((parent.clone(), turn.url(entity, parent.as_deref(), None)?));
        parents.into_iter().map(target).collect::<Result<Vec<_>, Error>>().map_err(Stop::Okta)
    };
    match (entity.fan, entity.refresh, latest) {
        (Fan::Once, Refresh::Since { deleted_by, .. }, Some(latest)) => {
            let since = latest.taken.checked_sub(OVERLAP).unwrap_or(latest.taken);
            // Only the log tells what was deleted: without it, everything is read.
            let Some(events) = turn.events().await else {
                return Ok(Scope { targets: targets(vec![None])?, carried: None });
            };
            let deleted = events.touched(deleted_by);
            let keep = Keep::Except(deleted.into_iter().map(str::to_owned).collect());
            let url = turn.url(entity, None, Some(&stamp(since))).map_err(Stop::Okta)?;
            Ok(Scope { targets: vec![(None, url)], carried: Some(Carried { latest, keep }) })
        }
        (Fan::Once, ..) => Ok(Scope { targets: targets(vec![None])?, carried: None }),
        (Fan::Values(values), ..) => {
            let urls = values.iter().map(|value| Ok((None, turn.url_of_value(entity, value)?)));
            Ok(Scope { targets: urls.collect::<Result<_, Error>>().map_err(Stop::Okta)?, carried: None })
        }
        (Fan::Each { of, when }, refresh, latest) => {
            let mut parents = Vec::new();
            let above = turn.progress_of(of).await.unwrap_or_default();
            let snapshot = turn.snapshot_named(of);
            // What an incremental collection read anew of the parents.
            let mut fresh = HashSet::new();
            snapshot
                .rows(above.parts, |row| {
                    if serde_json::from_str(&row.json).is_ok_and(|parent| when(&parent)) {
                        if turn.is_fresh(&row) {
                            fresh.insert(row.id.clone());
                        }
                        parents.push(row.id);
                    }
                })
                .await?;
            let (Refresh::Touched, Some(latest)) = (refresh, latest) else {
                return Ok(Scope { targets: targets(parents.into_iter().map(Some).collect())?, carried: None });
            };
            let chosen = choose(turn, entity, of, &parents, fresh, &latest).await?;
            let again: HashSet<_> = chosen.iter().cloned().collect();
            let keep = Keep::Of(parents.into_iter().filter(|parent| !again.contains(parent)).collect());
            let targets = targets(chosen.into_iter().map(Some).collect())?;
            Ok(Scope { targets, carried: Some(Carried { latest, keep }) })
        }
    }
}

/// The parents that an incremental run reads: those that are new or different, those that the log names, and a seventh of
/// the others each day.
async fn choose(
    turn: &Turn<'_>,
    entity: &'static Entity,
    of: &'static str,
    parents: &[String],
    fresh: HashSet<String>,
    latest: &Latest,
) -> Result<Vec<String>, Stop> {
    let name = layout::state_key(turn.tenant, &format!("inventory/{}.json", entity.name));
    let (known, version) = turn.lake().read_state::<Chosen>(&name).await?;
    if let Some(known) = known.filter(|known| known.run == turn.run) {
        return Ok(known.parents);
    }
    let mut different = turn.different(of, fresh).await?;
    let touched = turn.events().await.map(|events| events.touched(entity.told_by));
    if let Some(touched) = &touched {
        different.extend(related(turn, entity, latest, touched).await?);
    }
    let day = turn.started.as_second().div_euclid(86_400).rem_euclid(ROTATION.into());
    let is_due = |parent: &String| i64::from(key(parent)[0] % ROTATION) == day;
    // Without the log nobody knows what was touched.
    let is_touched = |parent: &String| touched.as_ref().is_none_or(|touched| touched.contains(parent.as_str()));
    let is_chosen = |parent: &&String| is_due(parent) || is_touched(parent) || different.contains(*parent);
    let parents: Vec<_> = parents.iter().filter(is_chosen).cloned().collect();
    let chosen = Chosen { run: turn.run.to_owned(), parents };
    turn.lake().write_state(&name, &chosen, &version).await?;
    Ok(chosen.parents)
}

/// The parents of rows that the log names, though it may not name the parents: who leaves the org leaves its groups. And
/// those that hang together with something that was touched.
async fn related(
    turn: &Turn<'_>,
    entity: &'static Entity,
    latest: &Latest,
    touched: &HashSet<&str>,
) -> Result<HashSet<String>, Stop> {
    let own = |row: &Row| ids(&row.id).last().unwrap_or_default();
    let mut related = HashSet::new();
    let before = Snapshot { id: &latest.snapshot, ..turn.snapshot(entity) };
    before
        .rows(latest.parts, |row| related.extend(row.parent.clone().filter(|_| touched.contains(&*own(&row)))))
        .await?;
    let Some(via) = entity.via else { return Ok(related) };
    let mut fresh = HashSet::new();
    let others = turn.progress_of(via.of).await.unwrap_or_default();
    let others_of = turn.snapshot_named(via.of);
    others_of.rows(others.parts, |row| fresh.extend(turn.is_fresh(&row).then_some(row.id))).await?;
    let edges = turn.progress_of(via.edges).await.unwrap_or_default();
    let is_touched = |own: &str| touched.contains(own) || fresh.contains(own);
    let edges_of = turn.snapshot_named(via.edges);
    edges_of.rows(edges.parts, |row| related.extend(row.parent.clone().filter(|_| is_touched(&own(&row))))).await?;
    Ok(related)
}
