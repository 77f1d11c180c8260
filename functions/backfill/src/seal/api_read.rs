//! One read of an hour from the API: every record is confirmed, written to `live/` or kept in quarantine.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use lake::Partition;
use normalize::{IngestContext, IngestPath, LogEvent, hour_of};
use okta::{Client, Disposition, Error, List, Page, Pages, Shape};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::events::Gap;
use crate::okta_log::page_writer::{Admission, gather};
use crate::okta_log::query::bounded;
use crate::seal::error::HourError;
use crate::seal::index::{Index, RecordVerdict};
use crate::seal::quarantine::quarantine;
use crate::seal::read_plan::ReadPlan;
use crate::seal::session::{LEAST_LEFT, Org};

/// Why a record of the API is not a row of the hour.
const OUTSIDE: &str = "Okta gave this record for a range of time that it does not belong to";
const CONTRADICTS: &str = "Okta gave another record with this uuid before";

/// After this many queries in a row that bring nothing new a read gives up.
const FRUITLESS_LEGS: u32 = 3;

/// What the API said about an hour so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApiRead {
    /// The latest `published` that it reached.
    pub(crate) reached: Option<Timestamp>,
    /// How many pages were answered.
    pub(crate) pages: u64,
    /// Records that are in quarantine.
    pub(crate) quarantined: u64,
    /// What the lake did not have.
    pub(crate) missing: Option<Gap>,
    /// Whether the read is at its end; none while it is under way.
    pub(crate) is_end_confirmed: Option<bool>,
    /// Records that were put into quarantine, by hash, so that none is counted twice.
    #[serde(default, skip_serializing_if = "HashSet::is_empty")]
    quarantined_hashes: HashSet<u64>,
}

/// A part of a read, from a query to its last page.
enum Leg {
    /// The read is over.
    Over(ReadEnd),
    /// It is not, and the query is of no use any more.
    Broken(Error),
}

/// How a read ended.
#[derive(Debug)]
pub(crate) enum ReadEnd {
    /// On its last page, proven or not.
    Done,
    /// The org does not let the log be read.
    Denied(Error),
    /// The time is up: it goes on where it is.
    OutOfTime,
}

/// A read under way.
pub(crate) struct ApiReader<'a> {
    pub(crate) org: &'a Org<'a>,
    pub(crate) client: &'a Client,
    pub(crate) partition: &'a Partition,
    pub(crate) plan: ReadPlan,
}

impl ApiReader<'_> {
    /// Reads on, from where `read` is to the end or until the time is up.
    pub(crate) async fn read_on(&self, index: &mut Index, read: &mut ApiRead) -> Result<ReadEnd, HourError> {
        let mut fruitless = 0;
        loop {
            let had = index.seen() + read.quarantined;
            let error = match self.read_leg(index, read).await? {
                Leg::Over(end) => return Ok(end),
                Leg::Broken(error) => error,
            };
            fruitless = if index.seen() + read.quarantined > had { 0 } else { fruitless + 1 };
            match error {
                Error::TooLate(_) => return Ok(ReadEnd::OutOfTime),
                error if read.pages == 0 && is_denied(&error) => return Ok(ReadEnd::Denied(error)),
                error if !is_of_the_answer(&error) => return Err(error.into()),
                Error::Contradiction { .. } if fruitless >= FRUITLESS_LEGS => {
                    read.is_end_confirmed = Some(false);
                    return Ok(ReadEnd::Done);
                }
                error if fruitless >= FRUITLESS_LEGS => return Err(error.into()),
                error => tracing::warn!(%error, "the read of an hour goes on from its latest record"),
            }
        }
    }

    /// Reads page by page from the latest record on. A cursor that Okta refuses, or a page of a proxy, is not the end of the
    /// hour.
    async fn read_leg(&self, index: &mut Index, read: &mut ApiRead) -> Result<Leg, HourError> {
        let ReadPlan { since, until, page } = self.plan;
        let address = bounded(self.client, (read.reached.unwrap_or(since), until), None, page)?;
        let mut pages = Pages::new(self.client, List::new(address, Shape::List));
        loop {
            if !self.org.deadline.allows(LEAST_LEFT) {
                return Ok(Leg::Over(ReadEnd::OutOfTime));
            }
            match pages.next().await {
                Ok(Some(page)) => self.take(&page, index, read).await?,
                Ok(None) => {
                    read.is_end_confirmed = Some(pages.walk().is_end_confirmed);
                    return Ok(Leg::Over(ReadEnd::Done));
                }
                Err(error) => return Ok(Leg::Broken(error)),
            }
        }
    }

    /// Takes a page. What the lake does not have is durable in `live/` when this returns, and what is no event of the
    /// hour in quarantine.
    async fn take(&self, page: &Page, index: &mut Index, read: &mut ApiRead) -> Result<(), HourError> {
        read.pages += 1;
        let (mut missing, mut rejected) = (Vec::new(), Vec::new());
        for record in page.records()? {
            match self.judge(record, index, read) {
                Judgement::Known => {}
                Judgement::Missing(published) => {
                    read.note_missing(self.partition, published);
                    missing.push(record);
                }
                Judgement::Rejected(reason) => {
                    if read.quarantined_hashes.insert(hash(record)) {
                        rejected.push((reason, record.get()));
                    }
                }
            }
        }
        let now = self.org.app.clock.now();
        let received = page.sent().unwrap_or(now);
        if !missing.is_empty() {
            let tenant = &self.partition.tenant;
            let context = IngestContext { tenant, path: IngestPath::Repair, logged: received, processed: now };
            self.org.app.sink.write(gather(&missing, &context, |_| Admission::Wanted)).await?;
        }
        for (reason, body) in rejected {
            quarantine(self.org, reason, body).await?;
            read.quarantined += 1;
        }
        Ok(())
    }

    fn judge(&self, record: &RawValue, index: &mut Index, read: &mut ApiRead) -> Judgement {
        let log = match LogEvent::parse(record.get()) {
            Ok(log) => log,
            Err(error) => return Judgement::Rejected(lake::quarantine::reason(&error)),
        };
        // Such a record does not move the read on.
        if !(self.plan.since..self.plan.until).contains(&log.published) {
            return Judgement::Rejected(OUTSIDE.to_owned());
        }
        read.reached = read.reached.max(Some(log.published));
        if hour_of(log.published) != self.partition.hour {
            return Judgement::Known;
        }
        match index.confirm(&log.uuid, record.get()) {
            RecordVerdict::Missing => Judgement::Missing(log.published),
            RecordVerdict::Known | RecordVerdict::Repeated => Judgement::Known,
            RecordVerdict::Contradicts => Judgement::Rejected(CONTRADICTS.to_owned()),
        }
    }
}

/// What a record is.
enum Judgement {
    /// An event that the lake has, or of the margin around the hour.
    Known,
    /// An event of the hour that the lake does not have.
    Missing(Timestamp),
    /// No event that could be a row of the hour.
    Rejected(String),
}

impl ApiRead {
    /// Another read of the hour. What was missing stays so: it has been repaired meanwhile.
    pub(crate) fn again(self) -> Self {
        Self { missing: self.missing, ..Self::default() }
    }

    fn note_missing(&mut self, partition: &Partition, published: Timestamp) {
        let gap = self.missing.get_or_insert_with(|| Gap {
            tenant: partition.tenant.to_string(),
            hour: partition.hour,
            missing: 0,
            first: published,
            last: published,
        });
        gap.missing += 1;
        (gap.first, gap.last) = (gap.first.min(published), gap.last.max(published));
    }
}

/// Whether another query may well be answered.
fn is_of_the_answer(error: &Error) -> bool {
    matches!(
        error.disposition(),
        Disposition::Rejected | Disposition::NotFound | Disposition::Denied | Disposition::Contradicted
    )
}

fn is_denied(error: &Error) -> bool {
    matches!(error.disposition(), Disposition::Denied | Disposition::Stop | Disposition::NotOffered)
}

fn hash(record: &RawValue) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.get().hash(&mut hasher);
    hasher.finish()
}
