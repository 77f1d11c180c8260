//! One entity of a run: its parents, its pages, its parts. Everything that was read is durable before the state says so, and
//! the state says where to go on.

use lake::{StateError, WriteError};
use okta::{Disposition, Error};

use crate::inventory::entity::{Entity, Fan};
use crate::inventory::parts::PartError;
use crate::inventory::reader::{Reader, reason};
use crate::inventory::scope::scope;
use crate::inventory::store::{Outcome, Progress, Reason, Stage, Status};
use crate::inventory::turn::Turn;
use crate::org::leased_state::LeaseError;

/// An entity that could not be read is tried so often.
const ATTEMPTS: u32 = 6;

/// Why an entity is not read to its end now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the time is up")]
    Deadline,
    #[error(transparent)]
    Okta(Error),
    #[error(transparent)]
    Part(#[from] PartError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Memory(#[from] LeaseError),
    #[error("a quarantine record has no JSON form")]
    Json(#[from] serde_json::Error),
}

/// Reads an entity, or goes on with it.
pub(crate) async fn collect(turn: &Turn<'_>, entity: &'static Entity) -> Result<(), Stop> {
    let begun = turn.function.clock.elapsed();
    let mut progress = turn.progress(entity).await;
    let obstacle = obstacle(turn, entity).await;
    let outcome = if let Some(outcome) = obstacle {
        outcome
    } else {
        let read = Box::pin(read(turn, entity, &mut progress)).await;
        progress.seconds += turn.function.clock.elapsed().saturating_sub(begun).as_secs();
        match read {
            Ok(outcome) => outcome,
            Err(Stop::Okta(error)) if error.disposition() != Disposition::Stop => {
                progress.attempts += 1;
                let reason = reason(&error);
                tracing::warn!(entity = entity.name, reason.what, reason.remedy, "the entity cannot be read");
                if progress.attempts < ATTEMPTS {
                    turn.keep(entity, &progress).await?;
                    return Err(Stop::Okta(error));
                }
                Outcome { status: Status::Failed, reason: Some(reason) }
            }
            Err(stop) => {
                turn.keep(entity, &progress).await?;
                return Err(stop);
            }
        }
    };
    tracing::info!(entity = entity.name, rows = progress.rows, calls = progress.calls, status = ?outcome.status, "read");
    progress.stage = Stage::Read;
    progress.cursor = None;
    progress.outcome = Some(outcome);
    turn.keep(entity, &progress).await
}

/// What makes reading an entity pointless.
async fn obstacle(turn: &Turn<'_>, entity: &Entity) -> Option<Outcome> {
    if !turn.grants.allows(entity.scope) {
        let what = format!("the scope {} is not granted", entity.scope);
        let remedy = "grant it: Admin Console > Applications > the app > Okta API Scopes".to_owned();
        return Some(Outcome { status: Status::Denied, reason: Some(Reason { what, remedy }) });
    }
    let parent = entity.parent()?;
    let above = turn.progress_of(parent).await.and_then(|progress| progress.outcome)?;
    (!above.status.has_rows()).then(|| {
        let what = format!("it hangs on {parent}, which was not read");
        let remedy = above.reason.map_or_else(String::new, |reason| reason.remedy);
        Outcome { status: Status::Skipped, reason: Some(Reason { what, remedy }) }
    })
}

async fn read<'a>(turn: &'a Turn<'_>, entity: &'static Entity, progress: &'a mut Progress) -> Result<Outcome, Stop> {
    let scope = Box::pin(scope(turn, entity)).await?;
    progress.parents = if matches!(entity.fan, Fan::Once) { 0 } else { scope.targets.len() };
    let snapshot = turn.snapshot(entity);
    let parts = snapshot.go_on(progress.parts).await?;
    let mut reader = Reader { turn, entity, progress, parts, written: turn.function.clock.elapsed() };
    let done = Box::pin(reader.pages(&scope.targets)).await;
    reader.flush().await?;
    let refused = done?;
    if let Some(refused) = refused {
        return Ok(refused);
    }
    if let Some(carried) = &scope.carried {
        Box::pin(reader.carry(carried)).await?;
    }
    Ok(outcome(reader.progress, turn.parent_is_partial(entity).await))
}

/// What an entity came to whose calls were all made.
fn outcome(progress: &Progress, is_parent_partial: bool) -> Outcome {
    let faults = &progress.faults;
    // Not one parent has it: the org does not offer it.
    let is_nowhere =
        progress.rows == 0 && progress.parents > 0 && faults.gone + faults.unlicensed >= progress.parents as u64;
    let status = match () {
        () if is_nowhere => Status::Unlicensed,
        () if faults.denied + faults.failed > 0 || is_parent_partial => Status::Partial,
        () if progress.rows > 0 => Status::Complete,
        () => Status::Empty,
    };
    let reason = match status {
        Status::Unlicensed => faults.first.clone(),
        Status::Partial => faults.first.clone().or_else(|| {
            let what = "what it hangs on was read in part".to_owned();
            Some(Reason { what, remedy: "see there".to_owned() })
        }),
        _ => None,
    };
    Outcome { status, reason }
}
