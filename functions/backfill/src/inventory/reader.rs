//! The pages of an entity into parts: what was read is durable before the state says so.

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use lake::inventory::Row;
use lake::{Rejected, quarantine};
use okta::{Contradiction, Disposition, Error, Page, Url};

use crate::inventory::collect::Stop;
use crate::inventory::entity::{Entity, Fan};
use crate::inventory::page::records;
use crate::inventory::parts::{Parts, Snapshot, key};
use crate::inventory::record::record;
use crate::inventory::scope::{Carried, Keep};
use crate::inventory::store::{Outcome, Progress, Reason, Status};
use crate::inventory::turn::Turn;

/// Calls of one entity that are under way at once. What the org allows is kept by the client.
const AT_ONCE: usize = 8;

/// When so many parents in a row are refused and none was read, the entity is refused.
const REFUSALS: u64 = 3;

/// Rows are made durable at least so often.
const CHECKPOINT: std::time::Duration = std::time::Duration::from_secs(20);

/// What is done with a refusal.
enum Refused {
    /// The parent is not there any more.
    Gone(Reason),
    Denied(Reason),
    Unlicensed(Reason),
    Failed(Reason),
}

/// An entity while it is being read.
pub(crate) struct Reader<'a, 't> {
    pub(crate) turn: &'a Turn<'t>,
    pub(crate) entity: &'static Entity,
    pub(crate) progress: &'a mut Progress,
    pub(crate) parts: Parts<'a>,
    /// When rows were made durable last.
    pub(crate) written: std::time::Duration,
}

impl Reader<'_, '_> {
    /// Reads every target from where the last run stopped; how the entity ends, if it is refused.
    pub(crate) async fn pages(&mut self, targets: &[(Option<String>, Url)]) -> Result<Option<Outcome>, Stop> {
        let turn = self.turn;
        let start = self.progress.parents_done.min(targets.len());
        let mut cursor = match self.progress.cursor.take() {
            Some(cursor) => turn.client.resume(&cursor).ok(),
            None => None,
        };
        let firsts = (start..targets.len()).map(|at| {
            let url = cursor.take().unwrap_or_else(|| targets[at].1.clone());
            async move { (at, turn.client.get(&url).await, url) }
        });
        let mut firsts = stream::iter(firsts).buffered(AT_ONCE);
        while let Some((at, first, url)) = firsts.next().await {
            if let Some(refused) = self.target(targets[at].0.as_deref(), first, url).await? {
                return Ok(Some(refused));
            }
        }
        Ok(None)
    }

    /// Reads the pages of one target.
    async fn target(
        &mut self,
        parent: Option<&str>,
        first: Result<Page, Error>,
        mut url: Url,
    ) -> Result<Option<Outcome>, Stop> {
        let mut answer = first;
        let mut addresses = HashSet::new();
        loop {
            self.progress.calls += 1;
            let page = match answer {
                Ok(page) => page,
                Err(error) => match refused(error) {
                    // What comes next is what was just refused.
                    Err(stop) => {
                        self.progress.calls -= 1;
                        self.progress.cursor = Some(url.to_string());
                        return Err(stop);
                    }
                    Ok(refused) => {
                        let ends = self.fault(refused);
                        self.progress.parents_done += 1;
                        return Ok(ends);
                    }
                },
            };
            self.page(parent, &page).await?;
            addresses.insert(key(url.as_str()));
            let next = page.next().map(|next| next.cloned());
            match next {
                Ok(Some(next)) if !addresses.contains(&key(next.as_str())) => url = next,
                Ok(None) => break,
                untrusted => {
                    let repeated = Contradiction::RepeatedCursor;
                    let error = untrusted
                        .err()
                        .unwrap_or_else(|| Error::Contradiction { path: url.path().to_owned(), source: repeated });
                    self.progress.faults.failed += 1;
                    self.progress.faults.first.get_or_insert(reason(&error));
                    break;
                }
            }
            if self.is_time() {
                self.progress.cursor = Some(url.to_string());
                self.checkpoint().await?;
                self.progress.cursor = None;
            }
            answer = self.turn.client.get(&url).await;
        }
        self.progress.parents_done += 1;
        if self.is_time() {
            self.checkpoint().await?;
        }
        Ok(None)
    }

    /// Notes a refusal; how the entity ends, if there is no use in going on.
    fn fault(&mut self, refused: Refused) -> Option<Outcome> {
        let faults = &mut self.progress.faults;
        let (status, reason) = match refused {
            // Not an object is missing but the place of all of them.
            Refused::Gone(reason) if matches!(self.entity.fan, Fan::Once) => {
                (Status::Unlicensed, Reason { remedy: "nothing: the org does not offer it".to_owned(), ..reason })
            }
            Refused::Gone(_) => {
                faults.gone += 1;
                return None;
            }
            Refused::Denied(reason) => {
                faults.denied += 1;
                (Status::Denied, reason)
            }
            Refused::Unlicensed(reason) => {
                faults.unlicensed += 1;
                (Status::Unlicensed, reason)
            }
            Refused::Failed(reason) => {
                faults.failed += 1;
                (Status::Failed, reason)
            }
        };
        faults.first.get_or_insert_with(|| reason.clone());
        let refused = faults.denied + faults.unlicensed + faults.failed;
        let was_read = self.progress.parents_done as u64 + 1 > refused + faults.gone || self.progress.rows > 0;
        let is_single = matches!(self.entity.fan, Fan::Once);
        let is_last = self.progress.parents_done + 1 == self.progress.parents;
        let is_over = is_single || !was_read && self.parts.is_empty() && (refused >= REFUSALS || is_last);
        // The types of a list are not refused for each other's sake.
        let is_over = is_over && (is_single || is_last || !matches!(self.entity.fan, Fan::Values(_)));
        is_over.then_some(Outcome { status, reason: Some(reason) })
    }

    async fn page(&mut self, parent: Option<&str>, page: &Page) -> Result<(), Stop> {
        let fetched = page.sent().unwrap_or_else(|| self.turn.client.cautious_now());
        let found = match records(page, self.entity.shape) {
            Ok(found) => found,
            Err(error) => {
                self.progress.faults.failed += 1;
                self.progress.faults.first.get_or_insert(reason(&error));
                return Ok(());
            }
        };
        for text in found {
            match record(self.entity, parent, text.get(), fetched) {
                Ok(record) => {
                    self.progress.redacted += record.redacted;
                    self.progress.duplicates += u64::from(!self.parts.add(record.row));
                }
                Err((error, rest)) => self.quarantine(&error.to_string(), &rest, fetched).await?,
            }
        }
        Ok(())
    }

    async fn quarantine(&mut self, why: &str, body: &str, received: Timestamp) -> Result<(), Stop> {
        let reason = format!("{}: {why}", self.entity.name);
        tracing::warn!(reason, "a record goes to quarantine");
        let tenant = Some(self.turn.tenant.clone());
        let rejected = Rejected { tenant, reason, message_id: None, received, body, body_base64: None };
        self.turn.lake().put_new(&rejected.key(), "application/json", serde_json::to_vec(&rejected)?).await?;
        self.progress.quarantined += 1;
        Ok(())
    }

    fn is_time(&self) -> bool {
        self.parts.is_full() || self.turn.function.clock.elapsed().saturating_sub(self.written) >= CHECKPOINT
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Stop> {
        if !self.parts.is_empty() {
            self.progress.rows += self.parts.write(self.progress.parts).await?;
            self.progress.parts += 1;
        }
        self.written = self.turn.function.clock.elapsed();
        Ok(())
    }

    async fn checkpoint(&mut self) -> Result<(), Stop> {
        self.flush().await?;
        self.turn.keep(self.entity, self.progress).await
    }

    /// Takes over what of the last collection stays.
    pub(crate) async fn carry(&mut self, carried: &Carried) -> Result<(), Stop> {
        let Carried { latest, keep } = carried;
        let before = Snapshot { id: &latest.snapshot, ..self.turn.snapshot(self.entity) };
        for part in 0..latest.parts {
            let mut rows = Vec::new();
            before
                .read(part, lake::inventory::ROW, |row: Row| {
                    let stays = match keep {
                        Keep::Except(deleted) => !deleted.contains(&row.id),
                        Keep::Of(parents) => row.parent.as_ref().is_some_and(|parent| parents.contains(parent)),
                    };
                    if stays && !self.parts.has(&row.id) {
                        rows.push(row);
                    }
                })
                .await?;
            for row in rows {
                self.parts.add(row);
                if self.parts.is_full() {
                    self.flush().await?;
                }
            }
        }
        self.flush().await
    }
}

/// What becomes of an error: something to note, or a reason to stop.
fn refused(error: Error) -> Result<Refused, Stop> {
    if matches!(error, Error::TooLate(_)) {
        return Err(Stop::Deadline);
    }
    let reason = reason(&error);
    match error.disposition() {
        Disposition::NotFound | Disposition::NotApplicable => Ok(Refused::Gone(reason)),
        Disposition::Denied => Ok(Refused::Denied(reason)),
        Disposition::NotOffered => Ok(Refused::Unlicensed(reason)),
        Disposition::Rejected if error.refusal().is_some() => Ok(Refused::Unlicensed(reason)),
        Disposition::Rejected | Disposition::Contradicted => Ok(Refused::Failed(reason)),
        Disposition::Retry | Disposition::Stop => Err(Stop::Okta(error)),
    }
}

pub(crate) fn reason(error: &Error) -> Reason {
    Reason { what: quarantine::reason(error), remedy: error.remedy() }
}
