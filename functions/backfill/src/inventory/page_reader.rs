//! The pages of one target into parts: what was read is durable before the state says so.

use std::time::Duration;

use jiff::Timestamp;
use lake::claim::reason::Cause;
use lake::inventory::Row;
use lake::{Rejected, quarantine};
use okta::{Client, Error, List, Page, Pages, Shape};

use crate::inventory::entity::{Entity, Envelope};
use crate::inventory::envelope::records;
use crate::inventory::parts::{Added, Parts};
use crate::inventory::record::{Origin, record};
use crate::inventory::refusal::{Meaning, Refused, meaning};
use crate::inventory::scope::Target;
use crate::inventory::session::InventorySession;
use crate::inventory::state::{EntityProgress, Place};
use crate::inventory::stop::StopReason;

/// Rows are made durable at least this often.
const CHECKPOINT: Duration = Duration::from_secs(20);

/// Reads pages of an entity.
#[derive(Debug)]
pub(crate) struct PageReader<'a, 's> {
    pub(crate) session: &'a InventorySession<'s>,
    pub(crate) entity: &'static Entity,
    pub(crate) progress: &'a mut EntityProgress,
    pub(crate) parts: Parts<'a>,
    /// When rows were made durable last.
    written: Duration,
}

/// The pages of a target, and whether they were begun again.
#[derive(Debug)]
pub(crate) struct TargetPages {
    pages: Pages,
    is_restarted: bool,
}

/// How a target ended.
#[derive(Debug)]
pub(crate) enum TargetEnd {
    /// It was read to its end.
    Read,
    /// Its parent was deleted meanwhile.
    Gone,
    /// Okta does not find it.
    NotFound(Refused),
    /// It was not read to its end.
    Unread(Refused),
    /// It was not read, and may be later.
    Later(Refused, Error),
}

impl TargetPages {
    /// Opens a target at its first page, or where the last invocation stopped. Returns none if it has no address.
    pub(crate) fn open(client: &Client, entity: &Entity, target: &Target, place: Option<Place>) -> Option<Self> {
        let list = List::new(target.url.clone()?, shape(entity.envelope));
        let resumed = place.and_then(|Place { cursor, walk, is_restarted }| {
            let pages = Pages::resume(client, list.clone(), &cursor, walk).ok()?;
            Some(Self { pages, is_restarted })
        });
        Some(resumed.unwrap_or_else(|| Self { pages: Pages::new(client, list), is_restarted: false }))
    }

    /// The next page, or nothing after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Page>, Error> {
        self.pages.next().await
    }

    /// Begins again at the first page, once. Returns whether it did.
    fn restart(&mut self) -> bool {
        if self.is_restarted {
            return false;
        }
        self.pages.restart();
        self.is_restarted = true;
        true
    }

    fn place(&self) -> Option<Place> {
        let cursor = self.pages.cursor()?.to_string();
        Some(Place { cursor, walk: self.pages.walk().clone(), is_restarted: self.is_restarted })
    }
}

impl<'a, 's> PageReader<'a, 's> {
    /// Reads pages into `parts`.
    pub(crate) fn new(
        session: &'a InventorySession<'s>,
        entity: &'static Entity,
        progress: &'a mut EntityProgress,
        parts: Parts<'a>,
    ) -> Self {
        let written = session.org.app.clock.elapsed();
        Self { session, entity, progress, parts, written }
    }

    /// Reads the pages of a target, the first of which was answered already.
    pub(crate) async fn target(
        &mut self,
        target: &Target,
        mut pages: TargetPages,
        first: Result<Option<Page>, Error>,
    ) -> Result<TargetEnd, StopReason> {
        let mut answer = first;
        loop {
            match answer {
                Ok(None) => return Ok(TargetEnd::Read),
                Ok(Some(page)) => {
                    self.progress.calls += 1;
                    if let Some(refused) = self.page(target, &page).await? {
                        return Ok(TargetEnd::Unread(refused));
                    }
                }
                Err(error) => {
                    if let Some(end) = self.refused(&mut pages, error)? {
                        return Ok(end);
                    }
                }
            }
            if self.is_checkpoint_due() {
                self.progress.place = pages.place();
                self.checkpoint().await?;
                self.progress.place = None;
            }
            answer = pages.next().await;
        }
    }

    /// How a target ends after a refusal; not at all, if it is begun again.
    fn refused(&mut self, pages: &mut TargetPages, error: Error) -> Result<Option<TargetEnd>, StopReason> {
        let meaning = meaning(&error);
        if !matches!(meaning, Meaning::Stop | Meaning::Contradicted(_)) {
            self.progress.calls += 1;
        }
        Ok(match meaning {
            Meaning::Stop => {
                // What comes next is what was just refused.
                self.progress.place = pages.place();
                return Err(error.into());
            }
            Meaning::Contradicted(_) if pages.restart() => None,
            Meaning::NothingThere => Some(TargetEnd::Read),
            Meaning::NotFound(refused) if !pages.is_restarted => Some(TargetEnd::NotFound(refused)),
            // A list whose first page was read before is offered and allowed.
            Meaning::NotFound(refused) | Meaning::Refused(refused) if pages.is_restarted => {
                Some(TargetEnd::Unread(Refused { cause: Cause::Failed, ..refused }))
            }
            Meaning::NotFound(refused) | Meaning::Refused(refused) | Meaning::Contradicted(refused) => {
                Some(TargetEnd::Unread(refused))
            }
            Meaning::Later(refused) => Some(TargetEnd::Later(refused, error)),
        })
    }

    /// Takes over a page. Returns why the target ends, if its answer cannot be read.
    async fn page(&mut self, target: &Target, page: &Page) -> Result<Option<Refused>, StopReason> {
        let found = match records(page, self.entity.envelope) {
            Ok(found) => found,
            Err(error) => {
                let remedy = "report it: Okta's answer is not what its documentation says";
                return Ok(Some(Refused::new(Cause::Failed, quarantine::reason(&error), remedy)));
            }
        };
        self.progress.pages += 1;
        let fetched = page.sent().unwrap_or_else(|| self.session.org.client.cautious_now());
        for text in &found {
            self.record(target, text, fetched).await?;
        }
        Ok(None)
    }

    async fn record(&mut self, target: &Target, text: &str, fetched: Timestamp) -> Result<(), StopReason> {
        self.progress.accounts.api += 1;
        let origin = Origin { parent: target.parent.as_deref(), value: target.value.filter(|_| target.is_value_key) };
        match record(self.entity, origin, text, fetched) {
            Ok(record) => {
                self.progress.redacted += record.redacted;
                match self.parts.add(record.row) {
                    Added::New => self.progress.accounts.rows += 1,
                    Added::Repeated => self.progress.accounts.duplicates += 1,
                    Added::Conflicting => {
                        self.progress.accounts.duplicates += 1;
                        self.progress.conflicts += 1;
                    }
                }
                Ok(())
            }
            Err((error, rest)) => self.quarantine(&error.to_string(), &rest, fetched).await,
        }
    }

    async fn quarantine(&mut self, why: &str, body: &str, received: Timestamp) -> Result<(), StopReason> {
        let reason = format!("{}: {why}", self.entity.name);
        tracing::warn!(reason, "a record goes to quarantine");
        let tenant = Some(self.session.org.tenant.clone());
        let rejected = Rejected { tenant, reason, message_id: None, received, body, body_base64: None };
        let json = serde_json::to_vec(&rejected)?;
        self.session.lake().put_new(&rejected.key(), "application/json", json).await?;
        self.progress.accounts.quarantined += 1;
        Ok(())
    }

    /// Adds a row that no answer of this run has, if there is none of its id.
    pub(crate) async fn take_over(&mut self, row: Row) -> Result<(), StopReason> {
        if self.parts.add(row) == Added::New {
            self.progress.accounts.taken_over += 1;
        }
        if self.parts.is_full() { self.flush().await } else { Ok(()) }
    }

    fn is_checkpoint_due(&self) -> bool {
        self.parts.is_full() || self.session.org.app.clock.elapsed().saturating_sub(self.written) >= CHECKPOINT
    }

    /// Makes rows and progress durable, if it is time.
    pub(crate) async fn checkpoint_if_due(&mut self) -> Result<(), StopReason> {
        if self.is_checkpoint_due() { self.checkpoint().await } else { Ok(()) }
    }

    async fn checkpoint(&mut self) -> Result<(), StopReason> {
        self.flush().await?;
        self.session.keep(self.entity, self.progress).await
    }

    /// Makes rows durable.
    pub(crate) async fn flush(&mut self) -> Result<(), StopReason> {
        if !self.parts.is_empty() {
            self.progress.rows += self.parts.write(self.progress.parts).await?;
            self.progress.parts += 1;
        }
        self.written = self.session.org.app.clock.elapsed();
        Ok(())
    }
}

/// What a right answer has to be. Where the envelope decides, the answer is looked into later.
fn shape(envelope: Envelope) -> Shape {
    match envelope {
        Envelope::List | Envelope::Ids => Shape::List,
        Envelope::In(_) | Envelope::ListOrOne | Envelope::One => Shape::Any,
    }
}
