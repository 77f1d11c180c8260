//! One read of an hour from the API: every record is confirmed, written to `live/` or kept in quarantine.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use lake::Partition;
use normalize::{IngestContext, IngestPath, LogEvent, hour_of};
use okta::{Client, Disposition, Error, Page};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::okta_log::page_writer::gather;
use crate::okta_log::query::bounded;
use crate::seal::error::HourError;
use crate::seal::index::{Index, RecordVerdict};
use crate::seal::quarantine::quarantine;
use crate::seal::read_plan::{Course, PageFacts, ReadPlan, Step};
use crate::seal::report::Gap;
use crate::seal::session::{LEAST_LEFT, Org};

/// Why a record of the API is not a row of the hour.
const OUTSIDE: &str = "Okta gave this record for a range of time that it does not belong to";
const CONTRADICTS: &str = "Okta gave another record with this uuid before";

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
    /// Records next to the hour, by hash: they are progress, too.
    #[serde(skip)]
    neighbours: HashSet<u64>,
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
        let mut course = Course::new(self.plan, read.reached);
        let mut address = self.address(&course)?;
        course.visit(&address);
        loop {
            if !self.org.deadline.allows(LEAST_LEFT) {
                return Ok(ReadEnd::OutOfTime);
            }
            let step = match self.client.get(&address).await {
                Ok(page) => self.take(&page, &mut course, index, read).await?,
                Err(Error::TooLate(_)) => return Ok(ReadEnd::OutOfTime),
                Err(error) if is_denied(&error) && read.pages == 0 => return Ok(ReadEnd::Denied(error)),
                Err(error) => recover(error, &mut course)?,
            };
            address = match step {
                Step::Follow(next) => next,
                Step::Restart => self.address(&course)?,
                Step::End { is_confirmed } => {
                    read.is_end_confirmed = Some(is_confirmed);
                    return Ok(ReadEnd::Done);
                }
            };
        }
    }

    fn address(&self, course: &Course) -> Result<okta::Url, Error> {
        bounded(self.client, course.bounds(), None, course.page)
    }

    /// Takes a page. What the lake does not have is durable in `live/` when this returns, and what is no event of the
    /// hour in quarantine.
    async fn take(
        &self,
        page: &Page,
        course: &mut Course,
        index: &mut Index,
        read: &mut ApiRead,
    ) -> Result<Step, HourError> {
        // JSON of another shape proves nothing.
        let Ok(records) = page.records() else {
            return recover(page.records().err().unwrap_or(Error::NoScope), course);
        };
        read.pages += 1;
        let (mut missing, mut rejected, mut new) = (Vec::new(), Vec::new(), 0);
        for record in &records {
            match self.judge(record, course, index) {
                Judgement::Known => new += 1,
                Judgement::Repeated => {}
                Judgement::Neighbour => new += u64::from(read.neighbours.insert(hash(record))),
                Judgement::Missing(published) => {
                    new += 1;
                    read.note_missing(self.partition, published);
                    missing.push(*record);
                }
                Judgement::Rejected(reason) => {
                    if read.quarantined_hashes.insert(hash(record)) {
                        new += 1;
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
            self.org.app.sink.write(gather(&missing, &context, |_| true)).await?;
        }
        for (reason, body) in rejected {
            quarantine(self.org, reason, body).await?;
            read.quarantined += 1;
        }
        read.reached = Some(course.reached);
        let (records, has_self_link) = (records.len() as u64, true);
        Ok(course.after(PageFacts { next: page.next(), has_self_link, records, new }))
    }

    fn judge(&self, record: &RawValue, course: &mut Course, index: &mut Index) -> Judgement {
        let log = match LogEvent::parse(record.get()) {
            Ok(log) => log,
            Err(error) => return Judgement::Rejected(lake::quarantine::reason(&error)),
        };
        if !course.is_within(log.published) {
            return Judgement::Rejected(OUTSIDE.to_owned());
        }
        course.reach(log.published);
        if hour_of(log.published) != self.partition.hour {
            return Judgement::Neighbour;
        }
        match index.confirm(&log.uuid, record.get()) {
            RecordVerdict::Known => Judgement::Known,
            RecordVerdict::Missing => Judgement::Missing(log.published),
            RecordVerdict::Repeated => Judgement::Repeated,
            RecordVerdict::Contradicts => Judgement::Rejected(CONTRADICTS.to_owned()),
        }
    }
}

/// What a record is.
enum Judgement {
    /// An event of the hour that the lake has.
    Known,
    /// An event of the hour that the lake does not have.
    Missing(Timestamp),
    /// An event that this read had before.
    Repeated,
    /// An event next to the hour.
    Neighbour,
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

/// What comes after an answer that is of no use: smaller pages where these are too much for Okta, else the query again from
/// the latest record on. A cursor that Okta refuses, or a page of a proxy, is not the end of the hour.
fn recover(error: Error, course: &mut Course) -> Result<Step, HourError> {
    let is_heavy = is_heavy(&error);
    let is_worth_it = if is_heavy { course.shrink() } else { is_of_the_answer(&error) && course.restart() };
    if !is_worth_it {
        return Err(error.into());
    }
    tracing::warn!(%error, page = course.page, "the read of an hour goes on from its latest record");
    Ok(Step::Restart)
}

/// Whether another query may well be answered.
fn is_of_the_answer(error: &Error) -> bool {
    matches!(error.disposition(), Disposition::Rejected | Disposition::NotFound | Disposition::Denied)
        || matches!(error, Error::Truncated { .. } | Error::ForeignLink { .. })
}

fn is_denied(error: &Error) -> bool {
    matches!(error.disposition(), Disposition::Denied | Disposition::Stop | Disposition::Unlicensed)
        && !matches!(error, Error::ForeignLink { .. } | Error::Redirected { .. })
}

fn hash(record: &RawValue) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.get().hash(&mut hasher);
    hasher.finish()
}

/// Whether smaller pages may be answered.
fn is_heavy(error: &Error) -> bool {
    matches!(error, Error::NoAnswer { source: okta::TransportError::TooLarge(_), .. })
}
