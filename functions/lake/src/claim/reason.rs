//! Why something is not complete, and what a person does about it. Pure.

use serde::{Deserialize, Serialize};

/// A reason with its remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// In a word.
    pub cause: Cause,
    /// How many records, parents or reads it concerns.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub count: u64,
    /// What was observed. It quotes no record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What a person does about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// Why something is not complete, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Okta refused a part.
    Denied,
    /// The org does not have a part.
    NotOffered,
    /// A part could not be read.
    Failed,
    /// A part depends on something that was not read.
    Skipped,
    /// The time was up before the end.
    Unfinished,
    /// Nothing proves that the last page was the last.
    EndUnconfirmed,
    /// Fewer independent reads than are required.
    ReadsMissing,
    /// Records are in quarantine.
    Quarantined,
    /// The numbers of records do not add up.
    Unaccounted,
    /// An answer of Okta contradicts another one, or the lake.
    Contradiction,
    /// A damaged object could not be repaired from a confirmed source.
    Damaged,
    /// A record that an older version of okta-lake wrote gives no reason.
    Unrecorded,
}

impl Reason {
    /// A reason that concerns `count` records, parents or reads.
    pub fn new(cause: Cause, count: u64) -> Self {
        Self { cause, count, what: None, remedy: None }
    }

    /// Adds what was observed.
    #[must_use]
    pub fn what(self, what: impl Into<String>) -> Self {
        Self { what: Some(what.into()), ..self }
    }

    /// Adds what a person does about it.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// Whether a count is left out of JSON.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature.
pub(crate) fn is_zero(count: &u64) -> bool {
    *count == 0
}
