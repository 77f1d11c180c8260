//! Files of the lake that cannot be read: each is named, skipped and counted, and the rest is shown.

use std::path::Path;

use lake::quarantine::reason;
use serde::Serialize;

use crate::report::note;

/// What helps in every case.
const REMEDY: &str = "`okta-lake verify` says whether they can be repaired; an older copy of a file can be put back.";

/// One file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Damaged {
    /// Its key in the lake.
    pub(crate) key: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

/// The files that could not be read.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Damage(Vec<Damaged>);

impl Damage {
    /// Notes a file; the same one counts once.
    pub(crate) fn add(&mut self, lake: &Path, path: &Path, error: &dyn std::error::Error) {
        let key = path.strip_prefix(lake).unwrap_or(path).display().to_string();
        if self.0.iter().all(|known| known.key != key) {
            self.0.push(Damaged { key, problem: reason(error) });
        }
    }

    /// Whether every file could be read.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Names the files on standard error, with what to do.
    pub(crate) fn report(&self) -> std::io::Result<()> {
        for Damaged { key, problem } in &self.0 {
            note(&format!("skipped {key}: {problem}"))?;
        }
        if !self.is_none() {
            note(&format!("Files that could not be read: {}. {REMEDY}", self.0.len()))?;
        }
        Ok(())
    }
}
