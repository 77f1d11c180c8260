//! The targets of an entity, one after another: which were read, and which were not and why.

use futures::{StreamExt as _, stream};
use lake::claim::reason::Cause;
use okta::{Error, Page, Url};

use crate::inventory::entity::{Entity, Partitioning};
use crate::inventory::page_reader::{PageReader, TargetEnd};
use crate::inventory::record::fill;
use crate::inventory::refusal::Refused;
use crate::inventory::scope::Target;
use crate::inventory::state::EntityProgress;
use crate::inventory::stop::StopReason;
use crate::inventory::table::find;
use crate::inventory::walk::Walk;

/// Calls of one entity that are under way at once. The client keeps to what the org allows.
const AT_ONCE: usize = 8;

/// Once so many targets were refused and none was read, the others are not asked for.
const REFUSALS: u64 = 8;

/// Failures in a row after which the org is asked whether it answers at all.
const OUTAGE: usize = 3;

/// Attempts after which a failure is taken to be the target's own.
const PATIENCE: u32 = 2;

/// An entity while it is being read.
#[derive(Debug)]
pub(crate) struct Reader<'a, 's> {
    pages: PageReader<'a, 's>,
    /// How many targets in a row failed.
    streak: usize,
}

/// The first answer for a target: none if it has no address.
type First = Option<(Url, Result<Page, Error>)>;

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
        let start = self.pages.progress.targets_done.min(targets.len());
        let mut cursor = self.pages.progress.cursor.take().and_then(|cursor| client.resume(&cursor).ok());
        let mut is_restarted = std::mem::take(&mut self.pages.progress.is_restarted);
        let firsts = (start..targets.len()).map(|at| {
            let url = cursor.take().or_else(|| targets[at].url.clone());
            async move {
                match url {
                    Some(url) => (at, Some((url.clone(), client.get(&url).await))),
                    None => (at, None),
                }
            }
        });
        let mut firsts = stream::iter(firsts).buffered(AT_ONCE);
        while let Some((at, first)) = firsts.next().await {
            self.pages.session.in_time()?;
            let end = self.target(&targets[at], first, std::mem::take(&mut is_restarted)).await?;
            self.pages.progress.targets_done = at + 1;
            if let Err(error) = self.note(&targets[at], end).await {
                return Err(self.undo(at, error, targets.len()));
            }
            if self.is_refused_everywhere() {
                self.pages.progress.targets_done = targets.len();
                return Ok(());
            }
            self.pages.checkpoint_if_due().await?;
        }
        Ok(())
    }

    async fn target(&mut self, target: &Target, first: First, is_restarted: bool) -> Result<TargetEnd, StopReason> {
        let (Some(url), Some((asked, answer))) = (&target.url, first) else {
            let remedy = "report it: okta-lake cannot ask for it";
            let refused = Refused::new(Cause::Failed, "an id of a parent cannot be part of an address", remedy);
            return Ok(TargetEnd::Unread(refused));
        };
        let mut walk = Walk::new(url.clone(), Some(asked), is_restarted);
        let end = Box::pin(self.pages.target(target, &mut walk, answer)).await?;
        Ok(match end {
            TargetEnd::NotFound(refused) => self.not_found(target, refused).await?,
            end => end,
        })
    }

    /// Okta does not find what belongs to a parent: the parent was deleted, or the org does not offer it. Asking for the
    /// parent tells which.
    async fn not_found(&mut self, target: &Target, refused: Refused) -> Result<TargetEnd, StopReason> {
        let item = self.pages.entity.parent().and_then(find).and_then(|parent| parent.item);
        let path = item.zip(target.parent.as_deref()).and_then(|(item, parent)| fill(item, parent));
        let Some(path) = path else { return Ok(TargetEnd::Unread(refused)) };
        let client = &self.pages.session.org.client;
        self.pages.progress.calls += 1;
        let code = |error: &Error| error.refusal().and_then(|refusal| refusal.code.clone());
        match client.get(&client.url(&path, &[])?).await {
            Err(error) if code(&error).as_deref() == Some("E0000007") => Ok(TargetEnd::Gone),
            Err(error @ Error::TooLate(_)) => Err(error.into()),
            _ => Ok(TargetEnd::Unread(refused)),
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
        let is_suspicious = self.streak % 50 == OUTAGE.min(progress.targets.max(1));
        if is_suspicious && progress.attempts < PATIENCE && !self.org_answers().await {
            return Err(error);
        }
        Ok(())
    }

    /// Whether the org answers the first page of the list at the root of this entity's parents.
    async fn org_answers(&self) -> bool {
        let parents = std::iter::successors(self.pages.entity.parent().and_then(find), |entity| find(entity.parent()?));
        let Some(root) = parents.last().filter(|root| matches!(root.partitioning, Partitioning::Once)) else {
            return false;
        };
        let client = &self.pages.session.org.client;
        let Ok(url) = client.url(root.path, root.query) else { return false };
        client.get(&url).await.is_ok()
    }

    /// Takes back the targets that failed in a row up to the one at `at`: they are asked for again.
    fn undo(&mut self, at: usize, error: Error, targets: usize) -> StopReason {
        let progress = &mut *self.pages.progress;
        let streak = self.streak.min(targets);
        progress.targets_done = (at + 1).saturating_sub(streak);
        if let Some(unread) = progress.unread.get_mut(&Cause::Failed) {
            unread.count = unread.count.saturating_sub(streak as u64);
        }
        progress.unread.retain(|_, unread| unread.count > 0);
        error.into()
    }

    /// Whether there is no use in asking for more.
    fn is_refused_everywhere(&self) -> bool {
        let EntityProgress { targets_done, accounts, unread, .. } = &*self.pages.progress;
        let is_one_cause = unread.len() == 1 && !unread.contains_key(&Cause::Failed);
        let refused = self.pages.progress.targets_unread();
        let is_partitioned_by_parent = matches!(self.pages.entity.partitioning, Partitioning::Each { .. });
        is_partitioned_by_parent
            && is_one_cause
            && accounts.api == 0
            && refused >= REFUSALS
            && refused == *targets_done as u64
    }
}

/// Notes a target that was not read. A value that comes with a licence that the org does not have has no records.
fn note_unread(entity: &Entity, target: &Target, refused: Refused, progress: &mut EntityProgress) {
    if let (Partitioning::Values { optional, .. }, Some(value)) = (entity.partitioning, target.value)
        && refused.cause == Cause::NotOffered
        && optional.contains(&value)
        && target.may_be_missing
    {
        progress.not_offered.push(value.to_owned());
        return;
    }
    refused.note(&mut progress.unread);
}
