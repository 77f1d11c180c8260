//! The rows that a reader of the view sees: every event once, as OCSF JSON, hour by hour and sorted by time.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use crate::error::Error;
use crate::hour_sort::HourSort;
use crate::hours::{Hour, HourKey, hours};
use crate::row_file::{self, Columns, RowKey};

/// Which rows are wanted. The default is all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those of this tenant.
    pub tenant: Option<String>,
    /// Only those of this OCSF class.
    pub class_uid: Option<u32>,
    /// Only those of this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub to: Option<Timestamp>,
    /// Only hours that are sealed, or that are not.
    pub sealed: Option<bool>,
}

impl Filter {
    /// Whether an hour can have wanted rows.
    pub fn takes_hour(&self, key: &HourKey, hour: &Hour) -> bool {
        self.tenant.as_ref().is_none_or(|tenant| *tenant == key.tenant)
            && self.from.is_none_or(|from| key.end() > from)
            && self.to.is_none_or(|to| key.start < to)
            && self.sealed.is_none_or(|sealed| sealed == hour.seal.is_some())
    }

    fn takes_row(&self, key: &RowKey<'_>) -> bool {
        self.class_uid.is_none_or(|class| class == key.class_uid)
            && self.from.is_none_or(|from| key.time >= from.as_millisecond())
            && self.to.is_none_or(|to| key.time < to.as_millisecond())
    }
}

/// Gives every wanted row to the sink, one line of JSON each, without the line's end.
pub fn rows(lake: &Path, filter: &Filter, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(), Error> {
    for (key, hour) in hours(lake)?.iter().filter(|(key, hour)| filter.takes_hour(key, hour)) {
        let mut sort = HourSort::new();
        for path in &hour.files {
            row_file::read(path, Columns::All, &mut |row, line| {
                if filter.takes_row(row) {
                    sort.add(row, line).map_err(Error::file("sort the rows of", path))?;
                }
                Ok(())
            })?;
        }
        sort.finish(sink).map_err(|cause| Error::Rows { hour: key.start, source: cause })?;
    }
    Ok(())
}
