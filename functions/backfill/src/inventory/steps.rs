//! The steps of a run: reads every entity as soon as what it depends on is read, then compares each with its last
//! collection, and keeps the lease meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use okta::Disposition;

use crate::events::Event;
use crate::inventory::collect::collect;
use crate::inventory::compare::compare;
use crate::inventory::entity::Entity;
use crate::inventory::manifest::Manifest;
use crate::inventory::parts::PartError;
use crate::inventory::session::InventorySession;
use crate::inventory::state::{Changes, EntityProgress, Stage};
use crate::inventory::stop::StopReason;
use crate::org::leased_state::LeaseError;

/// How often the lease is renewed.
const TICK: Duration = Duration::from_secs(15);

/// What became of a run in an invocation.
#[derive(Debug)]
pub(crate) struct RunOutcome {
    /// The manifest, as far as it is.
    pub(crate) manifest: Option<Manifest>,
    /// Whether the run is over, or why it is not.
    pub(crate) ended: Result<bool, StopReason>,
}

/// Works on a run until it is over or stops, and gives the lease back.
pub(crate) async fn work_on(session: InventorySession<'_>, entities: &[&'static Entity]) -> RunOutcome {
    let bus = &session.org.app.bus;
    let ended = {
        let work = Box::pin(work(&session, entities));
        let lost = Box::pin(keep_lease(&session));
        match select(work, lost).await {
            Either::Left((ended, _)) => ended,
            Either::Right((lost, _)) => Err(lost.into()),
        }
    };
    let is_over = ended.is_ok() && session.is_over().await;
    let is_held = !matches!(ended, Err(StopReason::Leased(_)));
    match session.close(is_over, is_held).await {
        Ok(manifest) => {
            if let (true, Some(manifest)) = (is_over, &manifest) {
                bus.publish(&Event::InventoryFinished(manifest.summary())).await;
            }
            RunOutcome { manifest, ended: ended.map(|()| is_over) }
        }
        Err(stop) => RunOutcome { manifest: None, ended: Err(stop) },
    }
}

async fn work(session: &InventorySession<'_>, entities: &[&'static Entity]) -> Result<(), StopReason> {
    Box::pin(read(session, entities)).await?;
    for entity in entities {
        session.in_time()?;
        Box::pin(finish(session, entity)).await?;
    }
    Ok(())
}

/// Renews the lease and publishes how far the run is, until the lease is lost.
async fn keep_lease(session: &InventorySession<'_>) -> LeaseError {
    let app = session.org.app;
    let mut published = app.clock.elapsed();
    loop {
        app.clock.sleep(TICK).await;
        let manifest = match session.renew().await {
            Ok(manifest) => manifest,
            Err(lost) => return lost,
        };
        if app.clock.elapsed().saturating_sub(published) >= app.progress_interval
            && let Some(manifest) = manifest
        {
            published = app.clock.elapsed();
            app.bus.publish(&Event::InventoryProgress(manifest.summary())).await;
        }
    }
}

/// Reads every entity, each as soon as what it depends on is read.
async fn read(session: &InventorySession<'_>, entities: &[&'static Entity]) -> Result<(), StopReason> {
    let mut waiting = Vec::new();
    for entity in entities {
        if stage(session, entity).await == Stage::Reading {
            waiting.push(*entity);
        }
    }
    let mut busy = HashSet::new();
    let mut running = FuturesUnordered::new();
    let (mut stopped, mut begins_more) = (None, true);
    loop {
        let open: HashSet<_> = waiting.iter().map(|entity| entity.name).chain(busy.iter().copied()).collect();
        let is_ready = |entity: &&'static Entity| entity.needs(session.mode).all(|needed| !open.contains(needed));
        let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        waiting = later;
        if begins_more {
            busy.extend(ready.iter().map(|entity| entity.name));
            running.extend(ready.into_iter().map(|entity| named(session, entity)));
        }
        let Some((name, ended)) = running.next().await else { return stopped.map_or(Ok(()), Err) };
        busy.remove(name);
        let Err(stop) = ended else { continue };
        match &stop {
            // The others come to a place from which they can go on.
            StopReason::Deadline => begins_more = false,
            StopReason::Okta(error) => begins_more &= error.disposition() != Disposition::Stop,
            StopReason::Part(_) | StopReason::Lost(_) => {}
            _ => return Err(stop),
        }
        stopped.get_or_insert(stop);
    }
}

async fn named(session: &InventorySession<'_>, entity: &'static Entity) -> (&'static str, Result<(), StopReason>) {
    (entity.name, Box::pin(collect(session, entity)).await)
}

async fn stage(session: &InventorySession<'_>, entity: &Entity) -> Stage {
    session.progress(entity.name).await.unwrap_or_default().stage
}

/// Compares an entity that was read with its last collection. A collection that is not complete says nothing of what is
/// gone.
async fn finish(session: &InventorySession<'_>, entity: &'static Entity) -> Result<(), StopReason> {
    let progress = session.progress(entity.name).await.unwrap_or_default();
    if progress.stage != Stage::Read {
        return Ok(());
    }
    let changes = match session.latest(entity.name).await {
        _ if !progress.is_complete() => None,
        None => Some(Changes::default()),
        Some(latest) => match Box::pin(compare(session, entity, &latest, progress.parts)).await {
            Ok(changes) => Some(changes),
            Err(StopReason::Part(error @ (PartError::Gone(_) | PartError::Read { .. }))) => {
                tracing::warn!(entity = entity.name, %error, "the changes are not known: the last collection is lost");
                None
            }
            Err(stop) => return Err(stop),
        },
    };
    session.finish(entity, EntityProgress { changes, ..progress }).await
}
