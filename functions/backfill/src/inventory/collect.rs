//! One entity of a run: its parents, its pages, its parts. Everything that was read is durable before the state says so, and
//! the state says where to go on.

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use lake::inventory::Row;
use lake::{Rejected, StateError, WriteError, layout, quarantine};
use okta::{Disposition, Error, Page, Url};
use serde::{Deserialize, Serialize};

use crate::history::stamp;
use crate::inventory::Turn;
use crate::inventory::entity::{Entity, Fan, Refresh};
use crate::inventory::page::records;
use crate::inventory::parts::{PartError, Parts, Snapshot, key};
use crate::inventory::record::{ids, record};
use crate::inventory::store::{Latest, Outcome, Progress, Reason, Stage, Status};
use crate::leased::MemoryError;

/// Calls of one entity that are under way at once. What the org allows is kept by the client.
const AT_ONCE: usize = 8;

/// When so many parents in a row are refused and none was read, the entity is refused.
const REFUSALS: u64 = 3;

/// An entity that could not be read is tried so often.
const ATTEMPTS: u32 = 6;

/// Rows are made durable at least so often.
const CHECKPOINT: std::time::Duration = std::time::Duration::from_secs(20);

/// What was changed so shortly before the last collection may not have been in it: Okta's search is behind the data.
const OVERLAP: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// A parent that nothing touched is read again after so many days.
const ROTATION: u8 = 7;

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
    Memory(#[from] MemoryError),
    #[error("a quarantine record has no JSON form")]
    Json(#[from] serde_json::Error),
}

/// What is done with a refusal.
enum Refused {
    /// The parent is not there any more.
    Gone(Reason),
    Denied(Reason),
    Unlicensed(Reason),
    Failed(Reason),
}

/// The parents that an incremental run reads, written down when they were chosen: the log goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Chosen {
    run: String,
    parents: Vec<String>,
}

/// What is read of an entity.
struct Scope {
    /// The addresses, each with the parent that it is of.
    targets: Vec<(Option<String>, Url)>,
    /// What of the last collection stays.
    carried: Option<Carried>,
}

/// What of the last collection stays in an incremental one.
struct Carried {
    latest: Latest,
    keep: Keep,
}

enum Keep {
    /// What has not been read again, and was not deleted.
    Except(HashSet<String>),
    /// What hangs on these.
    Of(HashSet<String>),
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

/// What is to be read: everything, or what may have changed.
async fn scope(turn: &Turn<'_>, entity: &'static Entity) -> Result<Scope, Stop> {
    let latest = turn.latest(entity).await;
    let targets = |parents: Vec<Option<String>>| {
        let target = |parent: Option<String>| Ok((parent.clone(), turn.url(entity, parent.as_deref(), None)?));
        parents.into_iter().map(target).collect::<Result<Vec<_>, Error>>().map_err(Stop::Okta)
    };
    match (entity.fan, entity.refresh, latest) {
        (Fan::Once, Refresh::Since { deleted_by, .. }, Some(latest)) => {
            let since = latest.taken.checked_sub(OVERLAP).unwrap_or(latest.taken);
            // Only the log tells what was deleted: without it, everything is read.
            let Some(events) = turn.events().await else {
                return Ok(Scope { targets: targets(vec![None])?, carried: None });
            };
            let deleted = events.touched(deleted_by);
            let keep = Keep::Except(deleted.into_iter().map(str::to_owned).collect());
            let url = turn.url(entity, None, Some(&stamp(since))).map_err(Stop::Okta)?;
            Ok(Scope { targets: vec![(None, url)], carried: Some(Carried { latest, keep }) })
        }
        (Fan::Once, ..) => Ok(Scope { targets: targets(vec![None])?, carried: None }),
        (Fan::Values(values), ..) => {
            let urls = values.iter().map(|value| Ok((None, turn.url_of_value(entity, value)?)));
            Ok(Scope { targets: urls.collect::<Result<_, Error>>().map_err(Stop::Okta)?, carried: None })
        }
        (Fan::Each { of, when }, refresh, latest) => {
            let mut parents = Vec::new();
            let above = turn.progress_of(of).await.unwrap_or_default();
            let snapshot = turn.snapshot_named(of);
            // What an incremental collection read anew of the parents.
            let mut fresh = HashSet::new();
            snapshot
                .rows(above.parts, |row| {
                    if serde_json::from_str(&row.json).is_ok_and(|parent| when(&parent)) {
                        if turn.is_fresh(&row) {
                            fresh.insert(row.id.clone());
                        }
                        parents.push(row.id);
                    }
                })
                .await?;
            let (Refresh::Touched, Some(latest)) = (refresh, latest) else {
                return Ok(Scope { targets: targets(parents.into_iter().map(Some).collect())?, carried: None });
            };
            let chosen = choose(turn, entity, of, &parents, fresh, &latest).await?;
            let again: HashSet<_> = chosen.iter().cloned().collect();
            let keep = Keep::Of(parents.into_iter().filter(|parent| !again.contains(parent)).collect());
            let targets = targets(chosen.into_iter().map(Some).collect())?;
            Ok(Scope { targets, carried: Some(Carried { latest, keep }) })
        }
    }
}

/// The parents that an incremental run reads: those that are new or different, those that the log names, and a seventh of
/// the others each day.
async fn choose(
    turn: &Turn<'_>,
    entity: &'static Entity,
    of: &'static str,
    parents: &[String],
    fresh: HashSet<String>,
    latest: &Latest,
) -> Result<Vec<String>, Stop> {
    let name = layout::state_key(turn.tenant, &format!("inventory/{}.json", entity.name));
    let (known, version) = turn.lake().read_state::<Chosen>(&name).await?;
    if let Some(known) = known.filter(|known| known.run == turn.run) {
        return Ok(known.parents);
    }
    let mut different = turn.different(of, fresh).await?;
    let touched = turn.events().await.map(|events| events.touched(entity.told_by));
    if let Some(touched) = &touched {
        different.extend(related(turn, entity, latest, touched).await?);
    }
    let day = turn.started.as_second().div_euclid(86_400).rem_euclid(ROTATION.into());
    let is_due = |parent: &String| i64::from(key(parent)[0] % ROTATION) == day;
    // Without the log nobody knows what was touched.
    let is_touched = |parent: &String| touched.as_ref().is_none_or(|touched| touched.contains(parent.as_str()));
    let is_chosen = |parent: &&String| is_due(parent) || is_touched(parent) || different.contains(*parent);
    let parents: Vec<_> = parents.iter().filter(is_chosen).cloned().collect();
    let chosen = Chosen { run: turn.run.to_owned(), parents };
    turn.lake().write_state(&name, &chosen, &version).await?;
    Ok(chosen.parents)
}

/// The parents of rows that the log names, though it may not name the parents: who leaves the org leaves its groups. And
/// those that hang together with something that was touched.
async fn related(
    turn: &Turn<'_>,
    entity: &'static Entity,
    latest: &Latest,
    touched: &HashSet<&str>,
) -> Result<HashSet<String>, Stop> {
    let own = |row: &Row| ids(&row.id).last().unwrap_or_default();
    let mut related = HashSet::new();
    let before = Snapshot { id: &latest.snapshot, ..turn.snapshot(entity) };
    before
        .rows(latest.parts, |row| related.extend(row.parent.clone().filter(|_| touched.contains(&*own(&row)))))
        .await?;
    let Some(via) = entity.via else { return Ok(related) };
    let mut fresh = HashSet::new();
    let others = turn.progress_of(via.of).await.unwrap_or_default();
    let others_of = turn.snapshot_named(via.of);
    others_of.rows(others.parts, |row| fresh.extend(turn.is_fresh(&row).then_some(row.id))).await?;
    let edges = turn.progress_of(via.edges).await.unwrap_or_default();
    let is_touched = |own: &str| touched.contains(own) || fresh.contains(own);
    let edges_of = turn.snapshot_named(via.edges);
    edges_of.rows(edges.parts, |row| related.extend(row.parent.clone().filter(|_| is_touched(&own(&row))))).await?;
    Ok(related)
}

struct Reader<'a, 't> {
    turn: &'a Turn<'t>,
    entity: &'static Entity,
    progress: &'a mut Progress,
    parts: Parts<'a>,
    /// When rows were made durable last.
    written: std::time::Duration,
}

impl Reader<'_, '_> {
    /// Reads every target from where the last run stopped; how the entity ends, if it is refused.
    async fn pages(&mut self, targets: &[(Option<String>, Url)]) -> Result<Option<Outcome>, Stop> {
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
            let next = page.next().cloned();
            match next {
                Some(next) if !addresses.contains(&key(next.as_str())) => url = next,
                Some(_) => {
                    let error = Error::PageLoop { path: url.path().to_owned() };
                    self.progress.faults.failed += 1;
                    self.progress.faults.first.get_or_insert(reason(&error));
                    break;
                }
                None => break,
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
        let fetched = page.sent().unwrap_or_else(|| self.turn.client.now());
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

    async fn flush(&mut self) -> Result<(), Stop> {
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
    async fn carry(&mut self, carried: &Carried) -> Result<(), Stop> {
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
        Disposition::NotFound => Ok(Refused::Gone(reason)),
        Disposition::Denied => Ok(Refused::Denied(reason)),
        Disposition::Unlicensed => Ok(Refused::Unlicensed(reason)),
        Disposition::Rejected if error.refusal().is_some() => Ok(Refused::Unlicensed(reason)),
        Disposition::Rejected => Ok(Refused::Failed(reason)),
        Disposition::Retry | Disposition::Stop => Err(Stop::Okta(error)),
    }
}

fn reason(error: &Error) -> Reason {
    Reason { what: quarantine::reason(error), remedy: error.remedy() }
}
