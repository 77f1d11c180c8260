//! The answer to a command for one org or for every org.

use serde::Serialize;

use crate::outcome::Outcome;

/// What became of one org.
pub trait OrgReport {
    /// How it ended.
    fn outcome(&self) -> Outcome;

    /// Whether nothing is left to do.
    fn is_complete(&self) -> bool;
}

/// What became of every org that a command means.
#[derive(Debug, Serialize)]
pub struct OrgsAnswer<R> {
    /// What was asked.
    pub action: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing is left to do.
    pub is_complete: bool,
    /// Each org that this invocation worked on.
    pub tenants: Vec<R>,
    /// The orgs that have an invocation of their own: each was asked for on the bus.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handed_on: Vec<String>,
}

impl<R: OrgReport> OrgsAnswer<R> {
    /// Puts the reports together.
    pub(crate) fn new(action: &'static str, tenants: Vec<R>, handed_on: Vec<String>) -> Self {
        let worst = tenants.iter().map(OrgReport::outcome).max().unwrap_or_default();
        let is_complete = handed_on.is_empty() && tenants.iter().all(OrgReport::is_complete);
        let outcome = if is_complete { worst } else { worst.max(Outcome::Incomplete) };
        Self { action, outcome, is_complete, tenants, handed_on }
    }
}
