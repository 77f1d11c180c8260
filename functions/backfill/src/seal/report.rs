//! What reconciling came to: an org's hours, and what stood in the way.

use jiff::Timestamp;
use serde::Serialize;

use crate::events::{Gap, SealedHour};
use crate::org::backoff::STORE;
use crate::org::leased_state::LeaseError;
use crate::org::problem::Problem;
use crate::seal::hour::Stop;
use crate::seal::run::TurnError;

/// What became of an org's hours.
#[derive(Debug, Default, Serialize)]
pub struct ReconcileReport {
    /// The org.
    pub tenant: String,
    /// Whether every hour that is due has its seal.
    pub is_complete: bool,
    /// The hours that were sealed, in order.
    pub sealed: Vec<SealedHour>,
    /// What was missing, and is there now.
    pub gaps: Vec<Gap>,
    /// Hours that are due and were not reached.
    pub due: u64,
    /// Objects that were cleared away.
    pub removed: u64,
    /// Hours that Security Lake got, whole.
    pub exported: u64,
    /// Hours that it lacks, or a class of them.
    pub to_export: u64,
    /// Whether the time was up before all of them were tried, and those that were tried were not in vain.
    #[serde(skip)]
    pub(super) is_export_cut_short: bool,
    /// Until when another run has the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
}

impl ReconcileReport {
    /// Whether the time was up before every hour had its seal, or Security Lake every hour.
    pub fn is_cut_short(&self) -> bool {
        let is_sealing = self.due > 0 && self.problems.is_empty();
        (is_sealing || self.is_export_cut_short) && self.held_until.is_none()
    }

    pub(super) fn hour(&mut self, hour: Timestamp, stop: &Stop) {
        self.problem(
            format!("the hour {hour} is not sealed: {}", lake::quarantine::reason(stop)),
            stop.remedy().to_owned(),
        );
    }

    pub(super) fn stop(&mut self, error: &TurnError) {
        match error {
            TurnError::Memory(LeaseError::Held(held)) => self.held_until = Some(held.until),
            TurnError::Hour(Stop::Okta(cause)) => self.problem(lake::quarantine::reason(cause), cause.remedy()),
            other => self.problem(lake::quarantine::reason(other), STORE.to_owned()),
        }
    }

    pub(super) fn problem(&mut self, what: String, remedy: String) {
        self.problems.push(Problem::told(&self.tenant, what, remedy));
    }
}

impl Stop {
    /// Whether it says nothing about other hours.
    pub(super) fn is_of_this_hour(&self) -> bool {
        matches!(self, Self::Raced(_) | Self::Object { .. } | Self::Gone(_) | Self::Seal(_) | Self::Json(_))
    }

    /// What a person does about it.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Raced(_) => "nothing: it is tried again",
            Self::Object { source, .. } => source.remedy(),
            Self::Seal(error) => error.remedy(),
            Self::State(error) => error.remedy(),
            Self::Gone(_) => "put back the object: the bucket keeps versions",
            _ => "report it",
        }
    }
}
