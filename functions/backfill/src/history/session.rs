//! What a run over the log of one org works with.

use std::sync::Arc;

use lake::StateError;
use okta::Error;

use crate::history::client_stats::ClientStats;
use crate::history::report::LogsReport;
use crate::history::store::Jobs;
use crate::okta_log::page_writer::SinkError;
use crate::org::backoff::STORE;
use crate::org::binding::BindingError;
use crate::org::context::OrgContext;
use crate::org::lease::Held;
use crate::org::leased_state::LeaseError;
use crate::org::problem::Problem;

/// A run over the log of one org.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) org: &'a OrgContext<'a>,
    /// Pauses and refusals of the client.
    pub(crate) stats: Arc<ClientStats>,
    pub(crate) jobs: Jobs,
}

/// Why a run stops before its work is done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StopReason {
    /// The deadline comes before the next call may go.
    #[error("the time of this invocation was up")]
    Deadline,
    /// Another run has the lease.
    #[error(transparent)]
    Held(#[from] Held),
    /// The org.
    #[error(transparent)]
    Okta(Error),
    /// It is not the org that the tenant belongs to.
    #[error(transparent)]
    Binding(BindingError),
    /// The pages of the log contradict each other, again and again.
    #[error("Okta's pages of the log contradict each other, and did so when they were read again")]
    Contradiction,
    /// Rows cannot be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// State cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl StopReason {
    /// What a person does about it.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Okta(error) => error.remedy(),
            Self::Binding(error) => error.remedy(),
            Self::State(error) => error.remedy().to_owned(),
            Self::Sink(SinkError::Write(error)) => error.remedy().to_owned(),
            Self::Sink(SinkError::Encode(error)) => error.remedy().to_owned(),
            Self::Sink(SinkError::Quarantine(_)) => STORE.to_owned(),
            Self::Contradiction => {
                "nothing: it is tried again; if it stays, see what stands between this function and Okta".to_owned()
            }
            Self::Deadline | Self::Held(_) => "nothing: the next run goes on from here".to_owned(),
        }
    }

    /// The report of a run that this stopped before it had anything else to report.
    pub(crate) fn report(self, tenant: &str) -> LogsReport {
        match self {
            Self::Deadline => LogsReport { is_too_late: true, ..LogsReport::default() },
            Self::Held(held) => LogsReport { held_until: Some(held.until), ..LogsReport::default() },
            reason => LogsReport::of_problem(Problem::told(tenant, lake::quarantine::reason(&reason), reason.remedy())),
        }
    }
}

impl From<Error> for StopReason {
    fn from(error: Error) -> Self {
        match error {
            Error::TooLate(_) => Self::Deadline,
            error => Self::Okta(error),
        }
    }
}

impl From<BindingError> for StopReason {
    fn from(error: BindingError) -> Self {
        match error {
            BindingError::Okta(error) => error.into(),
            BindingError::State(error) => Self::State(error),
            error => Self::Binding(error),
        }
    }
}

impl From<LeaseError> for StopReason {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Held(held) => Self::Held(held),
            LeaseError::State(error) => Self::State(error),
        }
    }
}
