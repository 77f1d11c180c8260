//! One hour of the lake compared with the API: what is missing is repaired, and doubts lead to a second read at once.

use lake::claim::evidence::{Accounts, Read};
use lake::ledger::Entry;
use lake::{Claim, Partition};
use okta::Client;

use crate::events::Gap;
use crate::history::plan::RETENTION;
use crate::seal::api_read::{ApiRead, ApiReader, ReadEnd};
use crate::seal::checkpoint::Checkpoint;
use crate::seal::error::HourError;
use crate::seal::evidence::{self, ReadFacts};
use crate::seal::index::Index;
use crate::seal::read_plan::ReadPlan;
use crate::seal::rows::HourRows;
use crate::seal::session::{LEAST_LEFT, Org, cautious_now};

/// Mapping and writing a row takes no longer.
const MICROSECONDS_PER_ROW: u64 = 100;

/// What the API said about an hour.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) claim: Claim,
    /// What the lake did not have.
    pub(crate) gap: Option<Gap>,
}

/// Compares the rows with the API. Events that were missing are in `live/`, and among the rows, when this returns.
pub(crate) async fn compare(
    org: &Org<'_>,
    partition: &Partition,
    before: Option<&Entry>,
    mut rows: HourRows,
    checkpoint: Option<Checkpoint>,
) -> Result<(HourRows, Comparison), HourError> {
    // Beyond its retention Okta refuses to be asked.
    let is_kept = cautious_now(org).duration_since(partition.hour) < RETENTION;
    let Some(client) = org.client.as_ref().filter(|_| is_kept) else { return Ok((rows, without_api())) };
    let (mut is_alternate, mut read) = match checkpoint {
        Some(checkpoint) => (checkpoint.is_alternate, checkpoint.read),
        None => (evidence::next_is_alternate(before, org.app.page), ApiRead::default()),
    };
    let (mut is_second, mut reads) = (false, evidence::earlier_reads(before));
    loop {
        match read_once(org, client, partition, is_alternate, &mut rows.index, &mut read).await? {
            ReadEnd::Done => {}
            ReadEnd::OutOfTime => return Err(out_of_time(org, partition, is_alternate, &rows, read).await),
            ReadEnd::Denied(error) => {
                tracing::warn!(%error, remedy = error.remedy(), "the hour is sealed without the API");
                return Ok((rows, without_api()));
            }
        }
        rows = take_missing(org, partition, rows, &read).await?;
        reads.push(read_of(org, partition, is_alternate, &rows.index, &read));
        if is_second || !has_doubts(&rows.index, &read) {
            let claim = evidence::claim(partition.hour, reads, &facts(&rows.index, &read), org.app.recheck_after);
            return Ok((rows, Comparison { claim, gap: read.missing }));
        }
        (is_second, is_alternate) = (true, !is_alternate);
        rows.index.begin_read();
        read = read.again();
    }
}

async fn read_once(
    org: &Org<'_>,
    client: &Client,
    partition: &Partition,
    is_alternate: bool,
    index: &mut Index,
    read: &mut ApiRead,
) -> Result<ReadEnd, HourError> {
    if read.is_end_confirmed.is_some() {
        return Ok(ReadEnd::Done);
    }
    let plan = ReadPlan::of(is_alternate, partition.hour, org.app.page);
    let end = ApiReader { org, client, partition, plan }.read_on(index, read).await?;
    // A read that took long leaves too little time to seal what it read.
    let rows = index.seen();
    let needed = LEAST_LEFT + std::time::Duration::from_micros(rows * MICROSECONDS_PER_ROW);
    let is_late = matches!(end, ReadEnd::Done) && !org.deadline.allows(needed);
    Ok(if is_late { ReadEnd::OutOfTime } else { end })
}

/// Keeps what was read, for the next invocation to go on from there.
async fn out_of_time(
    org: &Org<'_>,
    partition: &Partition,
    is_alternate: bool,
    rows: &HourRows,
    read: ApiRead,
) -> HourError {
    if read.pages == 0 {
        return HourError::Deadline;
    }
    let (hasher, marks) = (rows.index.hasher(), Checkpoint::pack(rows.index.marks()));
    let checkpoint = Checkpoint { is_alternate, hasher, read, marks };
    checkpoint.save(org, partition).await.err().unwrap_or(HourError::Deadline)
}

/// Takes what was missing from `live/`, and what came meanwhile as well.
async fn take_missing(
    org: &Org<'_>,
    partition: &Partition,
    mut rows: HourRows,
    read: &ApiRead,
) -> Result<HourRows, HourError> {
    if read.missing.is_some() {
        rows = rows.take_live(org.lake(), partition).await?;
    }
    if rows.index.without_row() > 0 {
        // Written before, by the same name, and not in the seal: it is taken once more.
        rows.inputs.clear();
        rows = rows.take_live(org.lake(), partition).await?;
    }
    Ok(rows)
}

/// Whether the answers may be wrong: one asks again before one believes them.
fn has_doubts(index: &Index, read: &ApiRead) -> bool {
    read.is_end_confirmed != Some(true) || index.lacking() > 0 || index.without_row() > 0 || index.stream_only() > 0
}

fn read_of(org: &Org<'_>, partition: &Partition, is_alternate: bool, index: &Index, read: &ApiRead) -> Read {
    let ReadPlan { since, until, page } = ReadPlan::of(is_alternate, partition.hour, org.app.page);
    Read {
        at: cautious_now(org),
        page_size: page,
        since: Some(since),
        until: Some(until),
        pages: read.pages,
        records: index.seen() + read.quarantined,
        is_end_confirmed: read.is_end_confirmed == Some(true),
    }
}

fn facts(index: &Index, read: &ApiRead) -> ReadFacts {
    let (seen, quarantined) = (index.seen(), read.quarantined);
    let rows = seen.saturating_sub(index.without_row());
    let accounts = Accounts { api: seen + quarantined, rows, quarantined, ..Accounts::default() };
    ReadFacts { accounts, lacking: index.lacking() }
}

fn without_api() -> Comparison {
    Comparison { claim: Claim::StreamOnly, gap: None }
}
