//! What became of the inventory of an org in an invocation. Pure.

use jiff::Timestamp;
use serde::Serialize;

use crate::inventory::plan::InventoryPlan;
use crate::inventory::summary::ManifestSummary;
use crate::org::problem::Problem;

/// What became of the inventory of an org.
#[derive(Debug, Default, Serialize)]
pub struct InventoryReport {
    /// The org.
    pub tenant: String,
    /// Whether no work is left.
    pub is_complete: bool,
    /// The plan, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<InventoryPlan>,
    /// What the manifest says, in short; as far as it goes, while the run is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestSummary>,
    /// Until when another run has the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What prevented more.
    pub problems: Vec<Problem>,
    /// What a person should know, although it prevented nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Problem>,
}

impl InventoryReport {
    /// A report of an org of which nothing is known yet.
    pub(crate) fn new(tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), ..Self::default() }
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, what: String, remedy: String) {
        tracing::warn!(tenant = self.tenant, what, remedy, "a note");
        self.notes.push(Problem { what, remedy });
    }

    /// Adds a problem.
    pub(crate) fn problem(&mut self, what: String, remedy: String) {
        self.problems.push(Problem::told(&self.tenant, what, remedy));
    }
}
