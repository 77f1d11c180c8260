//! The pages of one target into parts: what was read is durable before the state says so.

use std::time::Duration;

use jiff::Timestamp;
use lake::claim::reason::Cause;
use lake::inventory::Row;
use lake::{Rejected, quarantine};
use okta::{Error, Page};

use crate::inventory::entity::{Entity, Envelope};
use crate::inventory::envelope::records;
use crate::inventory::parts::{Added, Parts};
use crate::inventory::record::{Origin, record};
use crate::inventory::refusal::{Meaning, Refused, is_page_too_large, meaning};
use crate::inventory::scope::Target;
use crate::inventory::session::InventorySession;
use crate::inventory::state::EntityProgress;
use crate::inventory::stop::StopReason;
use crate::inventory::walk::{PageFacts, Step, Walk};

/// Rows are made durable at least this often.
const CHECKPOINT: Duration = Duration::from_secs(20);

/// What is said of an answer that contradicts another one.
const CONTRADICTION: &str = "report it: Okta's answers contradict each other";

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

/// What becomes of a target after an answer.
enum After {
    /// The next page is asked for.
    Ask,
    /// It has ended.
    End(TargetEnd),
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
        walk: &mut Walk,
        first: Result<Page, Error>,
    ) -> Result<TargetEnd, StopReason> {
        let mut answer = first;
        loop {
            self.progress.calls += 1;
            let after = match answer {
                Ok(page) => self.page(target, walk, &page).await?,
                Err(error) => self.refused(walk, error)?,
            };
            if let After::End(end) = after {
                return Ok(end);
            }
            if self.is_checkpoint_due() {
                self.note_place(walk);
                self.checkpoint().await?;
                (self.progress.cursor, self.progress.is_restarted) = (None, false);
            }
            answer = self.session.org.client.get(&walk.url).await;
        }
    }

    /// What becomes of a target after a refusal.
    fn refused(&mut self, walk: &mut Walk, error: Error) -> Result<After, StopReason> {
        if is_page_too_large(&error) && walk.shrink() {
            return Ok(After::Ask);
        }
        let meaning = meaning(&error);
        if matches!(meaning, Meaning::Stop) {
            // What comes next is what was just refused.
            self.progress.calls -= 1;
            self.note_place(walk);
            return Err(error.into());
        }
        if let Meaning::Later(refused) = meaning {
            return Ok(After::End(TargetEnd::Later(refused, error)));
        }
        let is_at_first = walk.is_at_first();
        if !is_at_first && walk.restart() {
            return Ok(After::Ask);
        }
        Ok(After::End(match meaning {
            Meaning::NothingThere => TargetEnd::Read,
            Meaning::NotFound(refused) if is_at_first => TargetEnd::NotFound(refused),
            // A list whose first page was read is offered and allowed.
            Meaning::NotFound(refused) | Meaning::Refused(refused) if !is_at_first => {
                TargetEnd::Unread(Refused { cause: Cause::Failed, ..refused })
            }
            Meaning::NotFound(refused) | Meaning::Refused(refused) | Meaning::Later(refused) => {
                TargetEnd::Unread(refused)
            }
            Meaning::Stop => return Err(error.into()),
        }))
    }

    /// Takes over a page. What becomes of the target after it.
    async fn page(&mut self, target: &Target, walk: &mut Walk, page: &Page) -> Result<After, StopReason> {
        let found = match records(page, self.entity.envelope) {
            Ok(found) => found,
            Err(_) if walk.ask_again() => return Ok(After::Ask),
            Err(error) => {
                let remedy = "report it: Okta's answer is not what its documentation says";
                let refused = Refused::new(Cause::Failed, quarantine::reason(&error), remedy);
                return Ok(After::End(TargetEnd::Unread(refused)));
            }
        };
        self.progress.pages += 1;
        let fetched = page.sent().unwrap_or_else(|| self.session.org.client.now());
        let new_before = self.progress.accounts.rows;
        for text in &found {
            self.record(target, text, fetched).await?;
        }
        let step = walk.step(PageFacts {
            next: page.next(),
            has_self: true,
            records: found.len() as u64,
            new: self.progress.accounts.rows - new_before,
            is_list: self.entity.envelope != Envelope::One,
        });
        Ok(match step {
            Step::Next => After::Ask,
            Step::End => After::End(TargetEnd::Read),
            Step::Unconfirmed => {
                let what = "nothing proves that the last page was the last";
                let remedy = "see what stands between this machine and Okta: a proxy that removes `Link` headers";
                After::End(TargetEnd::Unread(Refused::new(Cause::EndUnconfirmed, what, remedy)))
            }
            Step::Contradiction(_) if walk.restart() => After::Ask,
            Step::Contradiction(what) => {
                After::End(TargetEnd::Unread(Refused::new(Cause::Contradiction, what, CONTRADICTION)))
            }
        })
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

    fn note_place(&mut self, walk: &Walk) {
        self.progress.cursor = Some(walk.url.to_string());
        self.progress.is_restarted = walk.is_restarted;
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
