//! One hour: what the lake has of it, what the API has of it, and the seal of both.

use lake::ledger::{Entry, Recorded};
use lake::{Claim, Partition, StateError, Version, layout};

use crate::events::{Event, Gap};
use crate::seal::checkpoint::Checkpoint;
use crate::seal::commit::{Draft, commit};
use crate::seal::compare::{Comparison, compare};
use crate::seal::content::ContentHasher;
use crate::seal::error::HourError;
use crate::seal::replaced::carried;
use crate::seal::rows::HourRows;
use crate::seal::session::Org;

/// How many times an hour is begun anew because another run was first.
const TRIES: usize = 3;

/// What is done with the rows of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// All that the lake and the API have is sealed.
    Reconcile,
    /// What is sealed is mapped anew.
    Remap,
}

/// What is known of an hour before it is looked at, so that nothing is asked for in vain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HourHints {
    /// The lack of an event means that the stream lost it.
    pub(crate) has_stream: bool,
    /// There may be objects in `sealed/`.
    pub(crate) has_seals: bool,
    /// An earlier invocation may have begun to read it.
    pub(crate) has_checkpoint: bool,
}

/// How an hour ended.
#[derive(Debug)]
pub(crate) enum HourOutcome {
    /// With a new seal.
    Sealed(Box<Sealed>),
    /// With the seal that it had, for nothing has changed.
    Unchanged(Box<Entry>),
}

/// A sealed hour.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) recorded: Recorded,
    pub(crate) gap: Option<Gap>,
    pub(crate) has_stream: bool,
}

/// Seals an hour, unless its seal still holds.
pub(crate) async fn seal_hour(
    org: &Org<'_>,
    partition: &Partition,
    task: Task,
    mut hints: HourHints,
) -> Result<HourOutcome, HourError> {
    for _ in 0..TRIES {
        match Box::pin(attempt(org, partition, task, hints)).await {
            Err(HourError::State(StateError::Lost(_)) | HourError::Raced(_)) => hints.has_seals = true,
            ended => return ended,
        }
    }
    Err(HourError::Raced(partition.hour))
}

/// Reads the hour's entry in the ledger.
pub(crate) async fn read_entry(org: &Org<'_>, partition: &Partition) -> Result<(Option<Entry>, Version), HourError> {
    match org.lake().read_state::<Entry>(&layout::ledger_key(partition)).await {
        Ok((Some(entry), _)) if !is_of(&entry, partition) => Err(HourError::Misplaced(layout::ledger_key(partition))),
        Ok(read) => Ok(read),
        Err(error @ StateError::Unreadable { .. }) => Err(HourError::Entry(error)),
        Err(error) => Err(error.into()),
    }
}

fn is_of(entry: &Entry, partition: &Partition) -> bool {
    entry.tenant == partition.tenant.as_str() && entry.hour == partition.hour
}

async fn attempt(org: &Org<'_>, partition: &Partition, task: Task, hints: HourHints) -> Result<HourOutcome, HourError> {
    let (before, version) = read_entry(org, partition).await?;
    let checkpoint = match task {
        Task::Reconcile if hints.has_checkpoint => Checkpoint::load(org, partition).await?,
        Task::Reconcile | Task::Remap => None,
    };
    let has_checkpoint = checkpoint.is_some();
    let mut rows = HourRows::new(partition.hour, hasher(checkpoint.as_ref()));
    rows.index.resume(checkpoint.iter().flat_map(Checkpoint::unpack));
    if hints.has_seals || before.is_some() {
        rows = rows.take_sealed(org.lake(), partition, before.as_ref()).await?;
    }
    let comparison = match task {
        Task::Remap => None,
        Task::Reconcile => {
            rows = rows.take_live(org.lake(), partition).await?;
            let mut compared;
            (rows, compared) = compare(org, partition, before.as_ref(), rows, checkpoint).await?;
            compared.claim = carried(before.as_ref(), compared.claim);
            Some(compared)
        }
    };
    if let Some(gap) = comparison.as_ref().and_then(|compared| compared.gap.as_ref()).filter(|_| hints.has_stream) {
        org.app.bus.publish(&Event::GapFound(gap.clone())).await;
    }
    let outcome = match (&before, &comparison) {
        (Some(before), Some(compared)) if is_unchanged(before, &rows, compared) => {
            HourOutcome::Unchanged(Box::new(before.clone()))
        }
        _ => {
            let (has_stream, gap) = (rows.index.has_stream(), comparison.as_ref().and_then(|it| it.gap.clone()));
            let claim = comparison.map(|compared| compared.claim);
            let draft = Draft { before: before.as_ref(), version: &version, rows, claim, replaced: None };
            let recorded = commit(org, partition, draft).await?;
            HourOutcome::Sealed(Box::new(Sealed { recorded, gap, has_stream }))
        }
    };
    if has_checkpoint {
        Checkpoint::discard(org, partition).await?;
    }
    Ok(outcome)
}

fn hasher(checkpoint: Option<&Checkpoint>) -> ContentHasher {
    checkpoint.map_or_else(ContentHasher::new, |checkpoint| checkpoint.hasher)
}

fn is_unchanged(before: &Entry, rows: &HourRows, compared: &Comparison) -> bool {
    let has_same_seals = rows.sealed.iter().eq(&before.object);
    is_same_claim(&before.claim, &compared.claim)
        && before.inputs == rows.inputs
        && has_same_seals
        && rows.rejections == 0
}

/// Whether two claims say the same for the same reasons. That a claim rests on more reads does not change it.
fn is_same_claim(one: &Claim, other: &Claim) -> bool {
    let causes = |claim: &Claim| claim.reasons().iter().map(|reason| reason.cause).collect::<Vec<_>>();
    one.is_complete() == other.is_complete()
        && (one.is_complete() || one.word() == other.word())
        && causes(one) == causes(other)
}
