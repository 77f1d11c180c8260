//! Reads the slices of one job side by side until they are done, the time is up, or something stands in the way.
//!
//! For each slice: page, rows, checkpoint, and only then the next page. A crash therefore costs each slice one page at
//! most, and what that page had is written under the same keys again.

use lake::{StateError, Version};
use normalize::{IngestContext, IngestPath};
use okta::{Contradiction, Error, Page};

use crate::history::job::Checkpoint;
use crate::history::plan::{Split, split};
use crate::history::run::{Run, Slot, Stop};
use crate::okta_log::page_writer::gather;
use crate::okta_log::query::bounded;
use crate::okta_log::refused::is_refused;
use crate::org::lease::Held;

/// Slices that are read at once. Okta answers a page of the log in about a second, so this many can use any share.
pub(super) const WORKERS: usize = 8;

/// So many cursors in a row may be refused for one slice before a person must look.
const MOST_RESTARTS: u32 = 3;

impl Run<'_> {
    /// One of the workers.
    pub(super) async fn work(&self) {
        while self.stop.borrow().is_none() {
            let outcome = match self.claim().await {
                Ok(Some(slice)) => {
                    let outcome = self.read(slice).await;
                    self.slots.borrow_mut()[slice].is_reading = false;
                    outcome
                }
                Ok(None) => return,
                Err(stop) => Err(stop),
            };
            if let Err(stop) = outcome {
                self.stop.borrow_mut().get_or_insert(stop);
            }
        }
    }

    /// A slice that nobody reads yet; when there is none, half of what is left of the heaviest.
    async fn claim(&self) -> Result<Option<usize>, Stop> {
        if let Some(slice) = self.claim_next() {
            return Ok(Some(slice));
        }
        let _turn = self.changing.lock().await;
        let Some((split, heavy)) = self.heaviest() else { return Ok(None) };
        self.slots.borrow_mut()[heavy].is_splitting = true;
        let changed = self.change(|job| job.split(heavy, split)).await;
        let mut slots = self.slots.borrow_mut();
        slots[heavy].is_splitting = false;
        changed?;
        slots.push(Slot { is_reading: true, ..Slot::new(Checkpoint::default(), Version::Absent) });
        Ok(Some(slots.len() - 1))
    }

    fn claim_next(&self) -> Option<usize> {
        let job = self.job.borrow();
        let mut slots = self.slots.borrow_mut();
        let free = slots.iter().enumerate().filter(|(_, slot)| !slot.is_reading && !slot.checkpoint.is_done);
        let since = |index: usize| job.slices[index].range.since;
        let free = free.map(|(index, _)| index);
        let next = if job.request.newest_first {
            free.max_by_key(|index| since(*index))
        } else {
            free.min_by_key(|index| since(*index))
        };
        next.inspect(|index| slots[*index].is_reading = true)
    }

    fn heaviest(&self) -> Option<(Split, usize)> {
        let (job, slots) = (self.job.borrow(), self.slots.borrow());
        let reading = slots.iter().enumerate().filter(|(_, slot)| slot.is_reading && !slot.checkpoint.is_done);
        let splits = reading.filter_map(|(index, slot)| {
            let reached = slot.checkpoint.reached.max(slot.writing_to);
            Some((split(&job.slices[index], slot.checkpoint.calls, reached)?, index))
        });
        splits.max()
    }

    /// Reads a slice to its end.
    async fn read(&self, index: usize) -> Result<(), Stop> {
        while self.stop.borrow().is_none() {
            let checkpoint = self.slots.borrow()[index].checkpoint.clone();
            if checkpoint.is_done {
                return Ok(());
            }
            let next = match self.page(&checkpoint, index).await {
                Ok(page) => self.keep(&page, &checkpoint, index).await?,
                // The cursor is too old or not Okta's any more: on from what was reached.
                Err(error) if checkpoint.cursor.is_some() && is_refused(&error) => {
                    if checkpoint.restarts >= MOST_RESTARTS {
                        return Err(error.into());
                    }
                    tracing::warn!(slice = index, %error, "the cursor is refused: the slice goes on from what it reached");
                    let mut checkpoint = checkpoint;
                    checkpoint.restart();
                    checkpoint
                }
                Err(error) => return Err(error.into()),
            };
            self.checkpoint(index, next).await?;
        }
        Ok(())
    }

    async fn page(&self, checkpoint: &Checkpoint, index: usize) -> Result<Page, Error> {
        let client = self.tools.client;
        let address = if let Some(cursor) = &checkpoint.cursor {
            client.resume(cursor)?
        } else {
            let job = self.job.borrow();
            let range = job.slices[index].range;
            let since = checkpoint.reached.unwrap_or(range.since);
            bounded(client, (since, range.until), job.request.filter().as_deref(), self.tools.page)?
        };
        let page = client.get(&address).await?;
        if page.is_its_own_next() {
            let source = Contradiction::RepeatedCursor;
            return Err(Error::Contradiction { path: address.path().to_owned(), source });
        }
        Ok(page)
    }

    /// Makes a page durable; returns the checkpoint that says so.
    async fn keep(&self, page: &Page, before: &Checkpoint, index: usize) -> Result<Checkpoint, Stop> {
        if self.slots.borrow()[index].is_splitting {
            // Where the slice ends is being decided.
            let _turn = self.changing.lock().await;
        }
        let now = self.tools.clock.now();
        let logged = page.sent().unwrap_or(now);
        let receipt = IngestContext { tenant: self.tools.tenant, path: IngestPath::History, logged, processed: now };
        // The slice may have been split while the page was on its way.
        let until = self.job.borrow().slices[index].range.until;
        let records = page.records()?;
        let gathered = gather(&records, &receipt, |published| published < until);
        let latest = gathered.latest;
        self.slots.borrow_mut()[index].writing_to = latest;
        let mut checkpoint = before.clone();
        checkpoint.written += self.tools.sink.write(gathered).await?;
        checkpoint.calls += 1;
        checkpoint.restarts = 0;
        checkpoint.reached = before.reached.max(latest);
        let next = page.next()?;
        checkpoint.is_done = next.is_none() || latest.is_some_and(|latest| latest >= until);
        checkpoint.cursor = next.filter(|_| !checkpoint.is_done).map(ToString::to_string);
        Ok(checkpoint)
    }

    async fn checkpoint(&self, index: usize, checkpoint: Checkpoint) -> Result<(), Stop> {
        let seen = self.slots.borrow()[index].version.clone();
        let id = self.job.borrow().id.clone();
        let version = match self.tools.jobs.checkpoint(&id, index, &checkpoint, &seen).await {
            // Only a run that believes the lease to be its own writes here.
            Err(StateError::Lost(_)) => return Err(Stop::Held(Held { until: self.tools.clock.now() })),
            written => written?,
        };
        self.calls.set(self.calls.get() + 1);
        let slot = &mut self.slots.borrow_mut()[index];
        (slot.checkpoint, slot.version) = (checkpoint, version);
        Ok(())
    }
}
