//! What a verification came to. Pure.

use jiff::Timestamp;
use normalize::Tenant;
use serde::{Deserialize, Serialize};

use crate::ledger::Head;
use crate::verify::finding::Finding;
use crate::verify::object::ObjectFacts;

/// How many findings a report holds: a lake that was rewritten has one for each hour.
const FINDINGS: usize = 1_000;

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// The org.
    pub tenant: String,
    /// From when objects were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when objects were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether every wanted hour was read. Otherwise nothing is known of the hours from `resume` on.
    pub is_finished: bool,
    /// The hour at which the next run goes on: its `since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Timestamp>,
    /// What was read.
    pub checked: Checked,
    /// What was found right, but is not proven.
    pub unproven: Unproven,
    /// Hours whose object retention has removed, as a record says.
    pub expired: u64,
    /// The newest entry of the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How many more findings there are.
    pub findings_left_out: u64,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Entries of the ledger, always all of them.
    pub entries: u64,
    /// Hours.
    pub hours: u64,
    /// Objects with rows.
    pub objects: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of these objects.
    pub bytes: u64,
    /// Manifests.
    pub manifests: u64,
    /// Parts of the inventory.
    pub parts: u64,
}

/// What was found right, but is not proven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven {
    /// Entries that no signature covers: made before signing began, or in a lake without signatures.
    pub entries: u64,
    /// Signatures that were not checked, because no public key was given.
    pub signatures: u64,
    /// Objects whose entry has no digest of their bytes: their events are proven, the columns made from these are not.
    pub columns: u64,
    /// Whether no published head was given: the newest hours may have been cut off.
    pub is_end: bool,
}

impl VerifyReport {
    pub(crate) fn new(tenant: &Tenant, since: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        Self {
            tenant: tenant.to_string(),
            since,
            until,
            is_finished: false,
            resume: None,
            checked: Checked::default(),
            unproven: Unproven::default(),
            expired: 0,
            head: None,
            findings: Vec::new(),
            findings_left_out: 0,
        }
    }

    /// Whether everything that was wanted was read, and nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.is_finished && self.findings.is_empty() && self.findings_left_out == 0
    }

    /// How many findings there are.
    pub fn finding_count(&self) -> u64 {
        self.findings.len() as u64 + self.findings_left_out
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        } else {
            self.findings_left_out += 1;
        }
    }

    pub(crate) fn add_all(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            self.add(finding);
        }
    }

    pub(crate) fn count(&mut self, facts: &ObjectFacts) {
        self.checked.objects += 1;
        self.checked.rows += facts.summary.rows;
        self.checked.bytes += facts.bytes;
    }
}
