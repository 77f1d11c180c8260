//! Measures how dense the log is, with a few calls, before anything is collected.

use futures::future::join_all;
use jiff::Timestamp;
use normalize::LogEvent;
use okta::{Client, Error, Page, Shape};

use crate::history::plan::{Density, Sample, measurements, points};
use crate::history::request::Request;
use crate::okta_log::query::bounded;

/// What was measured, and what that took.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Events per second along the range.
    pub density: Density,
    /// Calls made for it.
    pub calls: u64,
}

/// Measures the range of a request.
pub async fn probe(client: &Client, request: &Request, page: u64) -> Result<Probe, Error> {
    let range = request.range;
    let first = sample(client, request, range.since, page).await?;
    if first.until == range.until {
        return Ok(Probe { density: Density::of(range, &[first]), calls: 1 });
    }
    let points = points(range, measurements(Density::of(range, &[first]).total(), page));
    let samples = join_all(points.into_iter().map(|at| sample(client, request, at, page))).await;
    let samples = samples.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Probe { density: Density::of(range, &samples), calls: 1 + samples.len() as u64 })
}

async fn sample(client: &Client, request: &Request, at: Timestamp, limit: u64) -> Result<Sample, Error> {
    let until = request.range.until;
    let address = bounded(client, (at, until), request.filter().as_deref(), limit)?;
    let page = client.get_as(&address, Shape::List).await?;
    let events = page.records()?.len() as u64;
    // A full page reaches as far as its last event, whatever its links say.
    let reached = if page.is_full() { last(&page)? } else { None };
    Ok(Sample { at, until: reached.filter(|reached| *reached > at).unwrap_or(until), events })
}

/// When the last event of a page was published.
fn last(page: &Page) -> Result<Option<Timestamp>, Error> {
    let records = page.records()?;
    Ok(records.iter().rev().find_map(|record| LogEvent::parse(record.get()).ok()).map(|event| event.published))
}
