//! The rows that a reader of the view sees: every event once, as OCSF JSON, hour by hour and sorted by time.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use lake::stored::StoredMetadata;
use lake::{Sorter, StoredRow};
use normalize::Tenant;

use crate::damage::Damage;
use crate::lake_reader::{self, Columns, Failure, RowKey};
use crate::parse::TimeRange;
use crate::view_index::{Hour, HourKey, ViewIndex};

/// Which rows are wanted. The default is all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Only those of this tenant.
    pub(crate) tenant: Option<Tenant>,
    /// Only those of this OCSF class.
    pub(crate) class_uid: Option<u32>,
    /// Only those of this time.
    pub(crate) range: TimeRange,
    /// Only hours that are sealed, or that are not.
    pub(crate) sealed: Option<bool>,
}

impl Filter {
    fn takes_hour(&self, key: &HourKey, hour: &Hour) -> bool {
        self.tenant.as_ref().is_none_or(|tenant| *tenant == key.tenant)
            && self.range.since.is_none_or(|since| key.end() > since)
            && self.range.until.is_none_or(|until| key.start < until)
            && self.sealed.is_none_or(|sealed| sealed == hour.entry.is_some())
    }

    fn takes_row(&self, key: &RowKey<'_>) -> bool {
        self.class_uid.is_none_or(|class| class == key.class_uid)
            && self.range.since.is_none_or(|since| key.time >= since.as_millisecond())
            && self.range.until.is_none_or(|until| key.time < until.as_millisecond())
    }
}

/// Gives every wanted row to the sink, one line of JSON each, without the line's end. Returns what could not be read.
pub(crate) fn rows(
    lake: &Path,
    filter: &Filter,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> anyhow::Result<Damage> {
    let ViewIndex { hours, mut damage } = ViewIndex::read(lake)?;
    for (key, hour) in hours.iter().filter(|(key, hour)| filter.takes_hour(key, hour)) {
        let mut rows = HourRows::default();
        for path in &hour.files {
            match lake_reader::read(path, Columns::All, &mut |row, line| rows.add(row, line, filter)) {
                Ok(()) => {}
                Err(Failure::Visitor(error)) => return Err(error).context("cannot sort rows on disk"),
                Err(error) => damage.add(lake, path, &error),
            }
        }
        rows.finish(sink).with_context(|| format!("cannot write the rows of {}", key.start))?;
    }
    Ok(damage)
}

/// The rows of an hour: each event once, in the order of time.
#[derive(Debug, Default)]
struct HourRows {
    seen: HashSet<Box<str>>,
    sorter: Sorter,
}

impl HourRows {
    fn add(&mut self, row: &RowKey<'_>, line: &[u8], filter: &Filter) -> io::Result<()> {
        if !filter.takes_row(row) || !self.seen.insert(row.metadata.uid.as_ref().into()) {
            return Ok(());
        }
        // The sorter orders by time and uid, and carries a text along: here it is the line.
        let text = String::from_utf8(line.to_vec()).map_err(io::Error::other)?;
        let metadata = StoredMetadata {
            uid: row.metadata.uid.to_string(),
            source: String::new(),
            logged_time: 0,
            processed_time: 0,
        };
        self.sorter.add(StoredRow { time: row.time, metadata, raw_data: text }).map_err(io::Error::other)
    }

    fn finish(self, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut rows = self.sorter.finish().map_err(io::Error::other)?;
        rows.try_for_each(|row| sink(row.map_err(io::Error::other)?.raw_data.as_bytes()))
    }
}
