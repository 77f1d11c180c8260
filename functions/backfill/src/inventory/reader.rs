//! The targets of an entity, one after another: which were read, and which were not and why.

use futures::{StreamExt as _, stream};
use lake::claim::reason::Cause;
use okta::{Client, Disposition, Error};

use crate::inventory::entity::{Entity, Partitioning};
use crate::inventory::page_reader::{PageReader, TargetEnd, TargetPages};
use crate::inventory::record::fill;
use crate::inventory::refusal::Refused;
use crate::inventory::scope::Target;
use crate::inventory::state::EntityProgress;
use crate::inventory::stop::StopReason;
use crate::inventory::table::find;

/// Calls of one entity that are under way at once. The client keeps to what the org allows.
const AT_ONCE: usize = 8;

/// Once so many targets were refused and none was read, the others are not asked for.
const REFUSALS: u64 = 8;

/// Failures in a row after which the org is asked whether it answers at all.
const OUTAGE: usize = 3;

/// Failures in a row until it is asked again.
const OUTAGE_AGAIN: usize = 50;

/// Attempts after which a failure is taken to be the target's own.
const PATIENCE: u32 = 2;

/// An entity while it is being read.
#[derive(Debug)]
pub(crate) struct Reader<'a, 's> {
    pages: PageReader<'a, 's>,
    /// How many targets in a row failed.
    streak: usize,
}

impl<'a, 's> Reader<'a, 's> {
    /// Reads the pages of targets into `pages`.
    pub(crate) fn new(pages: PageReader<'a, 's>) -> Self {
        Self { pages, streak: 0 }
    }

    /// Gives back what it reads into.
    pub(crate) fn into_pages(self) -> PageReader<'a, 's> {
        self.pages
    }

    /// Reads every target from where the last invocation stopped.
    pub(crate) async fn read(&mut self, targets: &[Target]) -> Result<(), StopReason> {
        let client = &self.pages.session.org.client;
        let entity = self.pages.entity;
        let start = self.pages.progress.targets_done.min(targets.len());
        let mut place = self.pages.progress.place.clone();
        let firsts = (start..targets.len()).map(|at| {
            let pages = TargetPages::open(client, entity, &targets[at], place.take());
            async move {
                match pages {
                    Some(mut pages) => {
                        let first = pages.next().await;
                        (at, Some((pages, first)))
                    }
                    None => (at, None),
                }
            }
        });
        let mut firsts = stream::iter(firsts).buffered(AT_ONCE);
        while let Some((at, first)) = firsts.next().await {
            self.pages.session.in_time()?;
            // From here on, whoever stops says where.
            self.pages.progress.place = None;
            let end = match first {
                Some((pages, first)) => Box::pin(self.pages.target(&targets[at], pages, first)).await?,
                None => TargetEnd::Unread(unaddressable()),
            };
            let end = self.checked(client, &targets[at], end).await?;
            self.pages.progress.targets_done = at + 1;
            if let Err(error) = self.note(&targets[at], end).await {
                return Err(self.undo(at, error));
            }
            if self.is_refused_everywhere() {
                self.leave_out(targets.len());
                return Ok(());
            }
            self.pages.checkpoint_if_due().await?;
        }
        Ok(())
    }

    /// Where Okta does not find what belongs to a parent, the parent was deleted, or the org does not offer it. Asking for
    /// the parent tells which.
    async fn checked(&mut self, client: &Client, target: &Target, end: TargetEnd) -> Result<TargetEnd, StopReason> {
        let TargetEnd::NotFound(refused) = end else { return Ok(end) };
        let item = self.pages.entity.parent().and_then(find).and_then(|parent| parent.item);
        let path = item.zip(target.parent.as_deref()).and_then(|(item, parent)| fill(item, parent));
        let Some(path) = path else { return Ok(TargetEnd::Unread(refused.not_offered())) };
        self.pages.progress.calls += 1;
        match client.get(&client.url(&path, &[])?).await {
            Err(error) if error.disposition() == Disposition::NotFound => Ok(TargetEnd::Gone),
            Err(error @ Error::TooLate(_)) => Err(error.into()),
            _ => Ok(TargetEnd::Unread(refused.not_offered())),
        }
    }

    /// Notes how a target ended. Returns the error if not this target but the org fails.
    async fn note(&mut self, target: &Target, end: TargetEnd) -> Result<(), Error> {
        let progress = &mut *self.pages.progress;
        let failure = match end {
            TargetEnd::Read => None,
            TargetEnd::Gone => {
                progress.gone += 1;
                None
            }
            TargetEnd::NotFound(refused) | TargetEnd::Unread(refused) => {
                note_unread(self.pages.entity, target, refused, progress);
                None
            }
            TargetEnd::Later(refused, error) => {
                refused.note(&mut progress.unread);
                Some(error)
            }
        };
        let Some(error) = failure else {
            self.streak = 0;
            return Ok(());
        };
        self.streak += 1;
        let is_suspicious = self.streak % OUTAGE_AGAIN == OUTAGE.min(progress.targets.max(1));
        if is_suspicious && progress.attempts < PATIENCE && !self.org_answers().await {
            return Err(error);
        }
        Ok(())
    }

    /// Whether the org answers a list that it answered before: the one at the root of this entity's parents, or another.
    async fn org_answers(&self) -> bool {
        let session = self.pages.session;
        let parents = std::iter::successors(self.pages.entity.parent().and_then(find), |entity| find(entity.parent()?));
        let root = parents.last().filter(|root| matches!(root.partitioning, Partitioning::Once));
        let known = match root {
            Some(root) => Some(root),
            None => session.complete_list().await,
        };
        let Some(url) = known.and_then(|known| session.url(known, None, None, None).ok()) else { return false };
        session.org.client.get(&url).await.is_ok()
    }

    /// Takes back the targets that failed in a row up to the one at `at`: they are asked for again.
    fn undo(&mut self, at: usize, error: Error) -> StopReason {
        let progress = &mut *self.pages.progress;
        progress.targets_done = (at + 1).saturating_sub(self.streak);
        if let Some(unread) = progress.unread.get_mut(&Cause::Failed) {
            unread.count = unread.count.saturating_sub(self.streak as u64);
        }
        progress.unread.retain(|_, unread| unread.count > 0);
        error.into()
    }

    /// Counts the targets that are not asked for among those that were refused.
    fn leave_out(&mut self, targets: usize) {
        let progress = &mut *self.pages.progress;
        let left = targets.saturating_sub(progress.targets_done) as u64;
        progress.unread.values_mut().for_each(|unread| unread.count += left);
        progress.targets_done = targets;
    }

    /// Whether there is no use in asking for more.
    fn is_refused_everywhere(&self) -> bool {
        let EntityProgress { targets_done, accounts, unread, .. } = &*self.pages.progress;
        let is_one_cause = unread.len() == 1 && !unread.contains_key(&Cause::Failed);
        let refused = self.pages.progress.targets_unread();
        matches!(self.pages.entity.partitioning, Partitioning::Each { .. })
            && is_one_cause
            && accounts.api == 0
            && refused >= REFUSALS
            && refused == *targets_done as u64
    }
}

fn unaddressable() -> Refused {
    let what = "an id of a parent cannot be part of an address";
    Refused::new(Cause::Failed, what, "nothing: the parent is left out and counted as unread")
}

/// Notes a target that was not read. A value that comes with a licence that the org does not have has no records.
fn note_unread(entity: &Entity, target: &Target, refused: Refused, progress: &mut EntityProgress) {
    if let (Partitioning::Values { optional, .. }, Some(value)) = (entity.partitioning, target.value)
        && refused.is_of_value()
        && optional.contains(&value)
        && target.may_be_missing
    {
        progress.not_offered.push(value.to_owned());
        return;
    }
    refused.note(&mut progress.unread);
}
