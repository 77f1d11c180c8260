//! One page of one slice: asked for, and made durable with the checkpoint that says so. A crash therefore costs each slice
//! one page at most, and what that page had is written under the same keys again.

use jiff::Timestamp;
use lake::{StateError, Version};
use normalize::{IngestContext, IngestPath, LogEvent};
use okta::{Disposition, Error, Page, Shape};

use crate::history::checkpoint::{Checkpoint, MOST_RESTARTS, PageFacts};
use crate::history::plan::Range;
use crate::history::request::Request;
use crate::history::session::{Session, StopReason};
use crate::history::slices::RunSlice;
use crate::okta_log::page_writer::{Admission, gather};
use crate::okta_log::query::bounded;
use crate::okta_log::refused::is_refused;
use crate::org::lease::Held;

/// A page that has arrived, and what it was asked for.
#[derive(Debug)]
pub(crate) struct Arrived {
    page: Page,
    /// The range that was asked for.
    asked: Range,
    pub(crate) facts: PageFacts,
}

/// A slice whose page is durable.
#[derive(Debug)]
pub(crate) struct Durable {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) version: Version,
    /// Why this run cannot go on with the slice, if it cannot.
    pub(crate) blocked: Option<StopReason>,
}

/// What came of asking for a page.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// A page.
    Page(Box<Arrived>),
    /// The cursor is refused: the slice begins a new query.
    Restarted(Box<Durable>),
    /// The org refuses this slice, and perhaps not the others.
    Blocked(StopReason),
}

/// Asks for the next page of a slice.
pub(crate) async fn fetch(
    session: &Session<'_>,
    request: &Request,
    id: &str,
    index: usize,
    slice: RunSlice,
) -> Result<Fetched, StopReason> {
    let RunSlice { slice, checkpoint, version, .. } = slice;
    let asked = asked(&checkpoint, slice.range);
    match page(session, request, &checkpoint, asked).await {
        Ok((page, facts)) => Ok(Fetched::Page(Box::new(Arrived { page, asked, facts }))),
        Err(error) if checkpoint.cursor.is_some() && is_of_page(&error) && checkpoint.restarts < MOST_RESTARTS => {
            tracing::warn!(slice = index, %error, "a page is refused: the slice goes on from what it reached");
            let mut checkpoint = checkpoint;
            checkpoint.restart();
            keep(session, id, index, checkpoint, &version).await.map(|durable| Fetched::Restarted(Box::new(durable)))
        }
        Err(error) if is_of_page(&error) => Ok(Fetched::Blocked(error.into())),
        Err(error) => Err(error.into()),
    }
}

/// Makes a page durable, up to the end that the slice has by now, and then the checkpoint that says so.
pub(crate) async fn write(
    session: &Session<'_>,
    id: &str,
    index: usize,
    slice: RunSlice,
    arrived: Arrived,
) -> Result<Durable, StopReason> {
    let RunSlice { slice, checkpoint: before, version, .. } = slice;
    let Arrived { page, asked, facts } = arrived;
    let org = session.org;
    let now = org.app.clock.now();
    let receipt = IngestContext {
        tenant: &org.tenant,
        path: IngestPath::History,
        logged: page.sent().unwrap_or(now),
        processed: now,
    };
    let records = page.records().map_err(StopReason::from)?;
    let gathered = gather(&records, &receipt, |event| match () {
        () if !contains(asked, event.published) => {
            Admission::Refused("published outside of the range that was asked for")
        }
        () if event.published >= slice.range.until || !before.is_new(event.published, &event.uuid) => {
            Admission::Unwanted
        }
        () => Admission::Wanted,
    });
    let written = org.app.sink.write(gathered).await?;
    let mut checkpoint = before.after(&facts, slice.range.until);
    checkpoint.written += written;
    checkpoint.tenant = Some(org.tenant.to_string());
    (checkpoint.since, checkpoint.until) = (Some(slice.range.since), Some(slice.range.until));
    checkpoint.asked_until = checkpoint.cursor.is_some().then_some(asked.until);
    keep(session, id, index, checkpoint, &version).await
}

async fn keep(
    session: &Session<'_>,
    id: &str,
    index: usize,
    checkpoint: Checkpoint,
    seen: &Version,
) -> Result<Durable, StopReason> {
    let version = match session.jobs.checkpoint(id, index, &checkpoint, seen).await {
        // Only a run that believes the lease to be its own writes here.
        Err(StateError::Lost(_)) => return Err(Held { until: session.org.app.clock.now() }.into()),
        written => written?,
    };
    let blocked = (checkpoint.restarts > MOST_RESTARTS).then_some(StopReason::Contradiction);
    Ok(Durable { checkpoint, version, blocked })
}

/// The range of the query that the next page belongs to.
fn asked(checkpoint: &Checkpoint, range: Range) -> Range {
    match checkpoint.cursor {
        Some(_) => Range { since: range.since, until: checkpoint.asked_until.unwrap_or(range.until).max(range.until) },
        None => Range { since: checkpoint.reached.unwrap_or(range.since), until: range.until },
    }
}

async fn page(
    session: &Session<'_>,
    request: &Request,
    checkpoint: &Checkpoint,
    asked: Range,
) -> Result<(Page, PageFacts), Error> {
    let (client, page) = (&session.org.client, session.org.app.page);
    // A second read is another one than the first: what answers from memory would only repeat itself.
    let limit = if checkpoint.is_confirming { (page - 1).max(1) } else { page };
    let address = match &checkpoint.cursor {
        Some(cursor) => client.resume_growing(cursor, limit, checkpoint.calls)?,
        None => bounded(client, (asked.since, asked.until), request.filter().as_deref(), limit)?,
    };
    let page = client.get_as(&address, Shape::List).await?;
    let facts = facts(&page, asked)?;
    Ok((page, facts))
}

fn facts(page: &Page, asked: Range) -> Result<PageFacts, Error> {
    let records = page.records()?;
    let events = records.iter().filter_map(|record| LogEvent::parse(record.get()).ok());
    let events = events.filter(|event| contains(asked, event.published));
    let events: Vec<(Timestamp, String)> = events.map(|event| (event.published, event.uuid.to_string())).collect();
    let next = page.next().map(|next| next.filter(|_| !page.is_its_own_next()).map(ToString::to_string));
    // A next page that cannot be followed, or whose link may be lost with the others, is there all the same.
    let may_go_on = page.is_full() || next.is_err() || !page.has_self();
    Ok(PageFacts { events, is_full: may_go_on, next: next.ok().flatten() })
}

fn contains(range: Range, published: Timestamp) -> bool {
    range.since <= published && published < range.until
}

/// Whether an error is about this page, and says nothing about the other slices.
fn is_of_page(error: &Error) -> bool {
    is_refused(error) || matches!(error.disposition(), Disposition::Rejected | Disposition::NotFound)
}
