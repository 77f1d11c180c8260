//! One entity of a run: what is read of it, what another entity or the last collection says, and what is then known.

use lake::claim::reason::Cause;
use lake::claim::{Claim, UnreadCause};
use lake::inventory::Row;
use okta::{Disposition, Error};
use serde_json::Value;

use crate::inventory::claims::{self, is_suspiciously_small};
use crate::inventory::entity::Entity;
use crate::inventory::page_reader::PageReader;
use crate::inventory::parts::PartError;
use crate::inventory::reader::Reader;
use crate::inventory::record::implied;
use crate::inventory::refusal::Refused;
use crate::inventory::scope::{Carried, Scope, scope};
use crate::inventory::session::InventorySession;
use crate::inventory::state::{Engine, EntityProgress, Stage};
use crate::inventory::stop::StopReason;

/// An entity that could not be read is tried this often.
const ATTEMPTS: u32 = 6;

/// Reads an entity, or goes on with it.
pub(crate) async fn collect(session: &InventorySession<'_>, entity: &'static Entity) -> Result<(), StopReason> {
    let mut progress = session.progress(entity.name).await.unwrap_or_default();
    let claim = match obstacle(session, entity).await {
        Some(claim) => claim,
        None => Box::pin(attempt(session, entity, &mut progress)).await?,
    };
    let word = claim.word();
    tracing::info!(entity = entity.name, rows = progress.rows, calls = progress.calls, %word, "read");
    let progress = EntityProgress { stage: Stage::Read, place: None, claim: Some(claim), ..progress };
    session.keep(entity, &progress).await
}

/// Returns the claim of an entity that is not asked for.
async fn obstacle(session: &InventorySession<'_>, entity: &Entity) -> Option<Claim> {
    if !session.grants.allows(entity.scope) {
        let what = format!("the scope {} is not granted", entity.scope);
        let remedy = "grant it: Admin Console > Applications > the app > Okta API Scopes";
        return Some(claims::unread(UnreadCause::Denied, what, remedy));
    }
    if entity.is_identity_engine_only && session.facts.engine == Some(Engine::Classic) {
        let what = "Classic Engine does not have it";
        return Some(claims::unread(UnreadCause::NotOffered, what, "nothing: the org runs Classic Engine"));
    }
    let parent = entity.parent()?;
    let above = session.progress(parent).await?.claim?;
    if above.has_rows() {
        return None;
    }
    let remedy = above.reasons().first().and_then(|reason| reason.remedy.clone()).unwrap_or_default();
    // Where the org does not have the parent, it has no children either.
    if matches!(&above, Claim::Unread(unread) if unread.why == UnreadCause::NotOffered) {
        let what = format!("it depends on {parent}, which the org does not offer");
        return Some(claims::unread(UnreadCause::NotOffered, what, remedy));
    }
    let what = format!("it depends on {parent}, which was not read");
    Some(claims::unread(UnreadCause::Skipped, what, remedy))
}

/// Reads an entity once. What goes wrong is tried again in a later invocation, a number of times.
async fn attempt(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    progress: &mut EntityProgress,
) -> Result<Claim, StopReason> {
    let begun = session.org.app.clock.elapsed();
    let read = Box::pin(read(session, entity, progress)).await;
    progress.seconds += session.org.app.clock.elapsed().saturating_sub(begun).as_secs();
    let stop = match read {
        Ok(claim) => return Ok(claim),
        Err(stop) => stop,
    };
    let error = match stop {
        StopReason::Okta(error) if error.disposition() != Disposition::Stop => error,
        StopReason::Part(PartError::Gone(_) | PartError::Read { .. }) | StopReason::Lost(_) => {
            tracing::warn!(entity = entity.name, error = %stop, "the entity is read anew: what it builds upon is lost");
            session.forget(entity).await;
            *progress = EntityProgress { attempts: progress.attempts + 1, ..EntityProgress::default() };
            session.keep(entity, progress).await?;
            return if progress.attempts < ATTEMPTS { Err(stop) } else { Ok(failed(&stop.to_string())) };
        }
        stop => {
            session.keep(entity, progress).await?;
            return Err(stop);
        }
    };
    progress.attempts += 1;
    tracing::warn!(entity = entity.name, %error, remedy = error.remedy(), "the entity cannot be read now");
    if progress.attempts < ATTEMPTS {
        session.keep(entity, progress).await?;
        return Err(StopReason::Okta(error));
    }
    Ok(given_up(entity, progress, session, &error))
}

fn failed(what: &str) -> Claim {
    claims::unread(UnreadCause::Failed, what, "nothing: the next run reads it anew")
}

/// The claim of an entity whose remaining targets failed in every attempt.
fn given_up(entity: &Entity, progress: &mut EntityProgress, session: &InventorySession<'_>, error: &Error) -> Claim {
    let refused = Refused::new(Cause::Failed, lake::quarantine::reason(error), error.remedy());
    for _ in progress.targets_done..progress.targets.max(1) {
        refused.clone().note(&mut progress.unread);
    }
    progress.targets_done = progress.targets.max(1);
    claims::claim(entity, progress, &[], session.org.client.cautious_now())
}

async fn read(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    progress: &mut EntityProgress,
) -> Result<Claim, StopReason> {
    loop {
        let scope = Box::pin(scope(session, entity, progress)).await?;
        progress.targets = scope.targets.len();
        Box::pin(read_scope(session, entity, progress, &scope)).await?;
        let before = session.latest(entity.name).await.map_or(0, |latest| latest.rows);
        let is_doubtful = progress.reads.is_empty() && progress.unread.is_empty() && scope.carried.is_none();
        if !is_doubtful || !is_suspiciously_small(progress.rows, before) {
            let incomplete = incomplete(session, entity).await;
            return Ok(claims::claim(entity, progress, &incomplete, session.org.client.cautious_now()));
        }
        tracing::warn!(
            entity = entity.name,
            rows = progress.rows,
            before,
            "so many rows are gone: it is read once more"
        );
        read_again(session, entity, progress).await?;
    }
}

/// Begins a second read of an entity, which remembers the first.
async fn read_again(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    progress: &mut EntityProgress,
) -> Result<(), StopReason> {
    let read = claims::read(entity, progress, session.org.client.cautious_now());
    let EntityProgress { calls, seconds, attempts, .. } = *progress;
    *progress = EntityProgress { calls, seconds, attempts, reads: vec![read], ..EntityProgress::default() };
    session.keep(entity, progress).await
}

async fn read_scope(
    session: &InventorySession<'_>,
    entity: &'static Entity,
    progress: &mut EntityProgress,
    scope: &Scope,
) -> Result<(), StopReason> {
    let snapshot = session.snapshot(entity.name);
    let parts = snapshot.resume(progress.parts).await?;
    let mut reader = Reader::new(PageReader::new(session, entity, progress, parts));
    let read = Box::pin(reader.read(&scope.targets)).await;
    let mut pages = reader.into_pages();
    pages.flush().await?;
    read?;
    if let Some(carried) = &scope.carried {
        Box::pin(carry(&mut pages, carried)).await?;
    }
    Box::pin(imply(&mut pages, &scope.implied_parents)).await?;
    pages.flush().await
}

/// Takes over what of the last collection stays.
async fn carry(pages: &mut PageReader<'_, '_>, carried: &Carried) -> Result<(), StopReason> {
    let Carried { base, keep } = carried;
    let before = pages.session.earlier(pages.entity.name, base);
    for part in 0..base.parts {
        pages.session.in_time()?;
        let mut rows = Vec::new();
        before.read(part, lake::inventory::ROW, |row: Row| rows.extend(keep.keeps(&row).then_some(row))).await?;
        for row in rows {
            pages.take_over(row).await?;
        }
    }
    Ok(())
}

/// Adds the records that another entity implies.
async fn imply(pages: &mut PageReader<'_, '_>, parents: &[String]) -> Result<(), StopReason> {
    let Some(rule) = pages.entity.implied.filter(|_| !parents.is_empty()) else { return Ok(()) };
    let by = pages.session.progress(rule.by).await.unwrap_or_default();
    let others = pages.session.snapshot(rule.by);
    for part in 0..by.parts {
        pages.session.in_time()?;
        let mut rows = Vec::new();
        others
            .read(part, lake::inventory::ROW, |row: Row| {
                let is_member = serde_json::from_str::<Value>(&row.json).is_ok_and(|record| (rule.when)(&record));
                rows.extend(is_member.then_some(row));
            })
            .await?;
        for (parent, row) in parents.iter().flat_map(|parent| rows.iter().map(move |row| (parent, row))) {
            pages.take_over(implied(pages.entity, parent, row)).await?;
        }
    }
    Ok(())
}

/// What an entity depends on and is not complete itself.
async fn incomplete(session: &InventorySession<'_>, entity: &Entity) -> Vec<&'static str> {
    let Some(parent) = entity.parent() else { return Vec::new() };
    let is_complete = session.progress(parent).await.is_none_or(|parent| parent.is_complete());
    if is_complete { Vec::new() } else { vec![parent] }
}
