//! What a run of the checks came to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::inventory::Engine;
use crate::posture::check::Check;
use crate::posture::profile::Profile;

/// The answers to all checks about one org.
#[derive(Debug, Clone)]
pub struct Report {
    /// The org.
    pub tenant: String,
    /// When the inventory began that was judged.
    pub as_of: Timestamp,
    /// The org's engine, if it is known.
    pub engine: Option<Engine>,
    /// The thresholds that were in force.
    pub profile: Profile,
    /// Each check's answer, in the order of the table.
    pub checks: Vec<Checked>,
}

/// What a check says of the org.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The check.
    pub check: &'static Check,
    /// The worst of its results, and `pass` only if everything was read.
    pub value: Value,
    /// The limit that was in force.
    pub limit: Option<i64>,
    /// Why it is what it is, in words.
    pub words: String,
    /// How many things pass.
    pub passed: u64,
    /// What does not pass.
    pub results: Vec<Finding>,
}

/// What a check says of one thing, unless it passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The same for the same org, check and thing, always.
    pub uid: String,
    /// The thing.
    pub resource: Resource,
    /// What is said.
    pub value: Value,
    /// With value and limit, or what is missing and how to give it.
    pub words: String,
    /// Who has accepted it and why.
    pub accepted: Option<String>,
}

/// A thing that a check judges.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// The entity of the inventory, or another kind of thing.
    pub kind: String,
    /// Its key.
    pub id: String,
    /// What it is called: by whoever named it, without control characters.
    pub name: String,
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// As it should be, and everything was read.
    Pass,
    /// Not as it should be.
    Fail,
    /// Something is missing to say it.
    Unknown,
    /// The org does not have what the check asks about.
    NotApplicable,
    /// Not as it should be, and somebody has accepted it.
    Accepted,
}

impl Value {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
            Self::Accepted => "accepted",
        }
    }
}

impl Report {
    /// The answer of a check.
    pub fn of(&self, check: &str) -> Option<&Checked> {
        self.checks.iter().find(|checked| checked.check.id == check)
    }

    /// How many checks have an answer.
    pub fn count(&self, value: Value) -> usize {
        self.checks.iter().filter(|checked| checked.value == value).count()
    }
}

/// The name of what a check says of a thing of an org: made of the three, so that it stays the same.
pub fn uid(tenant: &str, check: &str, kind: &str, id: &str) -> String {
    let mut digest = Sha256::new();
    for part in [tenant, check, kind, id] {
        // With its length, so that no two lists of parts read the same.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let digits = digest.finalize().into_iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_made_of_its_parts_and_stays() {
        assert_eq!(uid("acme", "admin-no-mfa", "user", "00u1"), uid("acme", "admin-no-mfa", "user", "00u1"));
        assert_ne!(uid("acme", "a", "b", "c"), uid("acme", "ab", "", "c"));
        assert_eq!(uid("acme", "a", "b", "c").len(), 32);
    }
}
