//! What is in files of rows: how many by class, by hour and by file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::Error;
use crate::row_file::{self, Columns};

/// Rows counted three ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// By the uid and the name of the class.
    pub classes: BTreeMap<(u32, String), u64>,
    /// By the start of the hour.
    pub hours: BTreeMap<Timestamp, u64>,
    /// By file.
    pub files: BTreeMap<PathBuf, u64>,
}

impl Survey {
    /// Counts the rows of one file.
    pub fn add(&mut self, path: &Path) -> Result<(), Error> {
        let mut rows = 0;
        row_file::read(path, Columns::Keys, &mut |key, _| {
            rows += 1;
            *self.classes.entry((key.class_uid, key.class_name.to_string())).or_default() += 1;
            *self.hours.entry(hour_of(key.time)).or_default() += 1;
            Ok(())
        })?;
        self.files.insert(path.to_owned(), rows);
        Ok(())
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.files.values().sum()
    }
}

fn hour_of(milliseconds: i64) -> Timestamp {
    const HOUR: i64 = 3_600_000;
    Timestamp::from_millisecond(milliseconds.div_euclid(HOUR) * HOUR).unwrap_or(Timestamp::UNIX_EPOCH)
}
