//! Rows of objects, counted by class, by hour and by object.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use normalize::hour_of;

use crate::lake_reader::{self, Columns, Failure};

/// Rows counted three ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowCounts {
    /// By the uid and the name of the class.
    pub(crate) classes: BTreeMap<(u32, String), u64>,
    /// By the start of the hour.
    pub(crate) hours: BTreeMap<Timestamp, u64>,
    /// By object.
    pub(crate) files: BTreeMap<PathBuf, u64>,
}

impl RowCounts {
    /// Counts the rows of one object.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), Failure> {
        let mut rows = 0;
        lake_reader::read(path, Columns::Keys, &mut |key, _| {
            rows += 1;
            *self.classes.entry((key.class_uid, key.class_name.to_string())).or_default() += 1;
            let time = Timestamp::from_millisecond(key.time).unwrap_or(Timestamp::UNIX_EPOCH);
            *self.hours.entry(hour_of(time)).or_default() += 1;
            Ok(())
        })?;
        self.files.insert(path.to_owned(), rows);
        Ok(())
    }
}
