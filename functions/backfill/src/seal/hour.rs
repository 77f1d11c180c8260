//! One hour: what the lake has of it, what the API has of it, and the seal of both.

use jiff::Timestamp;
use lake::claim::evidence::{Accounts, Evidence, Read};
use lake::ledger::{Counts, Entry, FORMAT, Lateness};
use lake::seal::SealError;
use lake::sort::SortError;
use lake::stored::{ReadError, VisitError};
use lake::{Claim, Lake, Partition, Sorter, StateError, StoredRow, Version, layout, seal, stored};
use normalize::{IngestContext, IngestPath, LogEvent, MAPPING_VERSION, hour_of};
use okta::{Contradiction, Disposition, Error, Page};
use serde_json::value::RawValue;

use crate::aws::bus::Bus;
use crate::events::{Event, Gap};
use crate::history::plan::RETENTION;
use crate::okta_log::page_writer::{Admission, Sink, SinkError, gather};
use crate::okta_log::query::bounded;
use crate::seal::due::HOUR;
use crate::seal::index::Index;

/// So often an hour is begun anew because another run was first.
const TRIES: usize = 3;

/// What an hour is sealed with.
#[derive(Debug)]
pub(crate) struct Tools<'a> {
    /// The org; none if it cannot be read.
    pub(crate) client: Option<&'a okta::Client>,
    pub(crate) sink: &'a Sink,
    pub(crate) bus: &'a Bus,
    pub(crate) clock: &'a dyn okta::Clock,
    /// How many events are asked for at once.
    pub(crate) page: u64,
    /// Whether the lack of an event means that the stream lost it.
    pub(crate) has_stream: bool,
}

/// What is done with the rows of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// All that the lake and the API have is sealed.
    Reconcile,
    /// What is sealed is mapped anew.
    Remap,
}

/// Why an hour is not sealed now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The time is up.
    #[error("the time is up")]
    Deadline,
    /// Another run is at the same hour.
    #[error("another run is at the hour {0}")]
    Raced(Timestamp),
    /// The org does not answer.
    #[error(transparent)]
    Okta(#[from] Error),
    /// An object that cannot be read.
    #[error("{key} cannot be read")]
    Object {
        /// Its key.
        key: String,
        #[source]
        source: ReadError,
    },
    /// An object that is gone.
    #[error("{0}, which the ledger names, is gone")]
    Gone(String),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("a ledger entry has no JSON form")]
    Json(#[from] serde_json::Error),
}

/// How an hour ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With a new seal.
    Sealed(Box<Outcome>),
    /// With the seal that it had: there is nothing else.
    Unchanged(Claim),
}

/// A sealed hour.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) entry: Entry,
    pub(crate) gap: Option<Gap>,
    pub(crate) has_stream: bool,
}

/// The hour while it is being put together.
struct Hour<'a> {
    tools: &'a Tools<'a>,
    partition: &'a Partition,
    before: Option<Entry>,
    version: Version,
    inputs: std::collections::BTreeSet<String>,
    index: Index,
    rows: Sorter,
    accounts: Accounts,
}

/// What the API said about the hour.
enum Truth {
    Read(Read, Option<Gap>),
    Denied,
}

/// Seals an hour, unless its seal still holds.
pub(crate) async fn seal_hour(tools: &Tools<'_>, partition: &Partition, task: Task) -> Result<Ended, Stop> {
    for _ in 0..TRIES {
        match Hour::open(tools, partition).await?.seal(task).await {
            Err(Stop::State(StateError::Lost(_)) | Stop::Raced(_)) => {}
            ended => return ended,
        }
    }
    Err(Stop::Raced(partition.hour))
}

impl<'a> Hour<'a> {
    async fn open(tools: &'a Tools<'a>, partition: &'a Partition) -> Result<Self, Stop> {
        let (before, version) = tools.sink.lake.read_state::<Entry>(&layout::ledger_key(partition)).await?;
        let inputs = before.as_ref().map(|entry| entry.inputs.clone()).unwrap_or_default();
        Ok(Self {
            tools,
            partition,
            before,
            version,
            inputs,
            index: Index::default(),
            rows: Sorter::new(),
            accounts: Accounts::default(),
        })
    }

    async fn seal(mut self, task: Task) -> Result<Ended, Stop> {
        if let Some(object) = self.before.as_ref().and_then(|entry| entry.object.clone()) {
            let file = self.lake().fetch_object(&object).await?.ok_or_else(|| Stop::Gone(object.clone()))?;
            self.take(&object, |visit| stored::read_file(&object, file, visit))?;
        }
        if task == Task::Remap {
            return self.commit(None, None).await;
        }
        self.take_live().await?;
        let (claim, gap) = match self.truth().await? {
            Truth::Read(read, gap) => {
                let evidence = Evidence { reads: vec![read], accounts: self.accounts, ..Evidence::default() };
                (Claim::of(evidence, 1), gap)
            }
            Truth::Denied => (Claim::StreamOnly, None),
        };
        if let Some(gap) = &gap {
            // What was missing is in `live/` by now, and what came meanwhile is as well.
            self.take_live().await?;
            if self.tools.has_stream {
                self.tools.bus.publish(&Event::GapFound(gap.clone())).await;
            }
        }
        if self
            .before
            .as_ref()
            .is_some_and(|before| before.claim.word() == claim.word() && before.inputs == self.inputs)
        {
            return Ok(Ended::Unchanged(claim));
        }
        self.commit(Some(claim), gap).await
    }

    /// Takes the rows of every object in `live/` that it does not have yet.
    async fn take_live(&mut self) -> Result<(), Stop> {
        let tenant = &self.partition.tenant;
        for key in self.lake().keys(&layout::live_folder(self.partition)).await? {
            let Some((_, name)) = layout::live_object(tenant, &key) else { continue };
            if self.inputs.contains(name) {
                continue;
            }
            // Gone: another run has sealed it and cleared it away.
            let body = self.lake().read_object(&key).await?.ok_or(Stop::Raced(self.partition.hour))?;
            self.take(&key, |visit| stored::read(&key, body, visit))?;
            self.inputs.insert(name.to_owned());
        }
        Ok(())
    }

    /// Takes the rows of an object that it does not have yet.
    fn take(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut dyn FnMut(StoredRow) -> Result<(), SortError>) -> Result<(), VisitError<SortError>>,
    ) -> Result<(), Stop> {
        let Self { index, rows, .. } = self;
        let taken = read(&mut |row| if index.add(&row) { rows.add(row) } else { Ok(()) });
        taken.map_err(|error| {
            error.either(|source| Stop::Object { key: key.to_owned(), source }, |error| SealError::from(error).into())
        })
    }

    /// Reads the hour from the API, and writes what the lake does not have into `live/`, where readers see it at once.
    async fn truth(&mut self) -> Result<Truth, Stop> {
        let Some(client) = self.tools.client else { return Ok(Truth::Denied) };
        let since = self.partition.hour;
        // Okta has forgotten it, and refuses to be asked.
        if self.tools.clock.now().duration_since(since) >= RETENTION {
            return Ok(Truth::Denied);
        }
        let until = since.checked_add(HOUR).unwrap_or(Timestamp::MAX);
        let mut address = bounded(client, (since, until), None, self.tools.page)?;
        let (mut gap, mut pages) = (None, 0);
        loop {
            let page = match client.get(&address).await {
                Ok(page) => page,
                Err(error) => return denied(error),
            };
            if page.is_its_own_next() {
                let source = Contradiction::RepeatedCursor;
                return Err(Error::Contradiction { path: address.path().to_owned(), source }.into());
            }
            self.repair(&page, &mut gap).await?;
            pages += 1;
            match page.next()? {
                Some(next) => address = next.clone(),
                None => return Ok(Truth::Read(self.read(pages), gap)),
            }
        }
    }

    fn read(&self, pages: u64) -> Read {
        let Partition { hour, .. } = self.partition;
        Read {
            at: self.tools.clock.now(),
            page_size: self.tools.page,
            since: Some(*hour),
            until: Some(self.partition.end()),
            pages,
            records: self.accounts.api,
            is_end_confirmed: true,
        }
    }

    async fn repair(&mut self, page: &Page, gap: &mut Option<Gap>) -> Result<(), Stop> {
        let Partition { tenant, hour } = self.partition;
        let now = self.tools.clock.now();
        let receipt =
            IngestContext { tenant, path: IngestPath::Repair, logged: page.sent().unwrap_or(now), processed: now };
        let records = page.records()?;
        let mut missing = Vec::new();
        for record in records {
            let published = self.missing(record);
            if let Some(published) = published {
                let gap = gap.get_or_insert_with(|| Gap {
                    tenant: tenant.to_string(),
                    hour: *hour,
                    missing: 0,
                    first: published,
                    last: published,
                });
                (gap.missing, gap.last) = (gap.missing + 1, gap.last.max(published));
                missing.push(record);
            }
        }
        if !missing.is_empty() {
            self.tools.sink.write(gather(&missing, &receipt, |_| Admission::Wanted)).await?;
        }
        Ok(())
    }

    /// Returns `published` if the event belongs to this hour and is missing from the lake. A record that is no event of
    /// this hour is not accounted for.
    fn missing(&mut self, record: &RawValue) -> Option<Timestamp> {
        self.accounts.api += 1;
        let log = LogEvent::parse(record.get()).ok()?;
        if hour_of(log.published) != self.partition.hour {
            return None;
        }
        self.accounts.rows += 1;
        (!self.index.confirm(&log.uuid)).then_some(log.published)
    }

    /// Writes the object, and then the entry that makes it count.
    async fn commit(self, claim: Option<Claim>, gap: Option<Gap>) -> Result<Ended, Stop> {
        let Partition { tenant, hour } = self.partition;
        let (lake, format) = (self.lake().clone(), self.tools.sink.format);
        let generation = self.before.as_ref().map_or(1, |entry| entry.generation + 1);
        let (has_stream, is_empty) = (self.index.has_stream(), self.index.is_empty());
        let sealed = seal::seal(tenant, self.rows.finish().map_err(SealError::from)?, format)?;
        let key = layout::sealed_key(self.partition, generation, &sealed.content, format);
        if !is_empty {
            lake.put_file(&key, format.content_type(), sealed.path()).await.map_err(SinkError::from)?;
        }
        let same = claim.is_none().then_some(self.before.as_ref()).flatten();
        let (counts, lateness): (Counts, Lateness) =
            same.map_or_else(|| (self.index.counts(), self.index.lateness), |before| (before.counts, before.lateness));
        let duplicates = self.before.as_ref().map_or(0, |before| before.duplicates) + self.index.duplicates;
        let entry = Entry {
            version: FORMAT,
            tenant: tenant.to_string(),
            hour: *hour,
            generation,
            object: (!is_empty).then_some(key),
            rows: sealed.rows,
            digest: sealed.uids.clone(),
            claim: claim.or(same.map(|before| before.claim.clone())).unwrap_or(Claim::StreamOnly),
            counts,
            duplicates,
            lateness,
            first: sealed.first,
            last: sealed.last,
            mapping: MAPPING_VERSION,
            sealed: self.tools.clock.now(),
            inputs: self.inputs,
            previous: previous(&lake, self.partition).await?.map(|entry| entry.link()).transpose()?,
            generations: self.before.as_ref().map(Entry::history).transpose()?.unwrap_or_default(),
            org_id: None,
            sequence: None,
            predecessor: None,
            object_digest: None,
            object_bytes: None,
            reason: None,
            superseded: std::collections::BTreeSet::new(),
            signature: None,
        };
        lake.write_state(&layout::ledger_key(self.partition), &entry, &self.version).await?;
        Ok(Ended::Sealed(Box::new(Outcome { entry, gap, has_stream })))
    }

    fn lake(&self) -> &'a Lake {
        &self.tools.sink.lake
    }
}

/// The entry of the hour before, if it has one.
pub(crate) async fn previous(lake: &Lake, partition: &Partition) -> Result<Option<Entry>, StateError> {
    let Ok(hour) = partition.hour.checked_sub(HOUR) else { return Ok(None) };
    let before = Partition { tenant: partition.tenant.clone(), hour };
    Ok(lake.read_state(&layout::ledger_key(&before)).await?.0)
}

/// An org that refuses to be read is not waited for: its hours are sealed as what they are.
fn denied(error: Error) -> Result<Truth, Stop> {
    match error.disposition() {
        _ if matches!(error, Error::TooLate(_)) => Err(Stop::Deadline),
        Disposition::Denied | Disposition::Stop | Disposition::NotOffered => {
            tracing::warn!(%error, remedy = error.remedy(), "the hour is sealed without the API");
            Ok(Truth::Denied)
        }
        _ => Err(error.into()),
    }
}
