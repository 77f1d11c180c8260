//! Why an hour is not sealed, and what a person does about it.

use std::io;

use jiff::Timestamp;
use lake::ledger_writer::LedgerError;
use lake::seal::SealError;
use lake::stored::ReadError;
use lake::{StateError, WriteError};
use okta::{Disposition, Error};

use crate::okta_log::page_writer::SinkError;
use crate::outputs::sealed_output::PartsError;

/// Why an hour is not sealed now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HourError {
    /// The invocation's time is used up.
    #[error("the invocation has no time left")]
    Deadline,
    /// Another run works on the same hour.
    #[error("another run works on the hour {0}")]
    Raced(Timestamp),
    /// The API does not answer, or does not answer sensibly.
    #[error(transparent)]
    Okta(#[from] Error),
    /// An object whose rows cannot be read.
    #[error("the rows of {key} cannot be read")]
    Object {
        /// Its key.
        key: String,
        #[source]
        source: ReadError,
    },
    /// An object that the ledger names does not exist.
    #[error("the ledger names {0}, and it does not exist")]
    Gone(String),
    /// A damaged hour that the API does not give any more.
    #[error("Okta does not give the hour {0}: nothing confirms its rows")]
    NotConfirmed(Timestamp),
    /// A damaged object that quarantine cannot hold.
    #[error("{0} is too large to be kept in quarantine")]
    TooLarge(String),
    /// A sealed object has other rows than its entry says.
    #[error("{0} does not have the rows that the ledger says it has")]
    Altered(String),
    /// An entry of the ledger that cannot be read.
    #[error("the hour's entry in the ledger cannot be read")]
    Entry(#[source] StateError),
    /// An entry in the place of another hour's or org's.
    #[error("{0} is the entry of another hour or org")]
    Misplaced(String),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the local disk cannot be used")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    State(#[from] StateError),
    /// The entry was not written.
    #[error(transparent)]
    Ledger(LedgerError),
    #[error("a ledger entry has no JSON form")]
    Json(#[from] serde_json::Error),
}

impl From<WriteError> for HourError {
    fn from(error: WriteError) -> Self {
        Self::Sink(error.into())
    }
}

impl From<LedgerError> for HourError {
    fn from(error: LedgerError) -> Self {
        match error {
            // The hour is begun anew.
            LedgerError::State(error) => error.into(),
            error => Self::Ledger(error),
        }
    }
}

impl From<PartsError> for HourError {
    fn from(error: PartsError) -> Self {
        match error {
            PartsError::Object { key, source } => Self::Object { key, source },
            PartsError::Seal(error) => error.into(),
        }
    }
}

impl HourError {
    /// Returns whether the error says nothing about other hours, so that they can be sealed.
    pub(crate) fn is_of_this_hour(&self) -> bool {
        match self {
            Self::Raced(_)
            | Self::Object { .. }
            | Self::Gone(_)
            | Self::Altered(_)
            | Self::NotConfirmed(_)
            | Self::TooLarge(_)
            | Self::Entry(_)
            | Self::Misplaced(_)
            | Self::Seal(_)
            | Self::Json(_)
            | Self::Okta(Error::WrongAnswer { .. } | Error::UnexpectedJson { .. }) => true,
            Self::Okta(error) => {
                matches!(error.disposition(), Disposition::Rejected | Disposition::NotFound | Disposition::Contradicted)
            }
            Self::Deadline | Self::Disk(_) | Self::Sink(_) | Self::State(_) | Self::Ledger(_) => false,
        }
    }

    /// Returns what a person does about it.
    pub(crate) fn remedy(&self) -> String {
        const VERIFY: &str = "run the action `verify`: it says what is damaged and from what the hour can be rebuilt";
        match self {
            Self::Deadline | Self::Raced(_) => "nothing: the next run tries again".to_owned(),
            Self::Okta(error) => error.remedy(),
            Self::Object { .. } | Self::Gone(_) | Self::Altered(_) | Self::Entry(_) | Self::Misplaced(_) => {
                VERIFY.to_owned()
            }
            Self::NotConfirmed(_) => {
                "put back a version of the object that `verify` names by its SHA-256: the bucket keeps older versions"
                    .to_owned()
            }
            Self::TooLarge(_) => "move it out of the hour's folder by hand, and repair the hour again".to_owned(),
            Self::Disk(_) => "make room on the local disk: give the function more ephemeral storage".to_owned(),
            Self::Ledger(error) => error.remedy().to_owned(),
            Self::State(error) => error.remedy().to_owned(),
            Self::Sink(SinkError::Write(error)) => error.remedy().to_owned(),
            Self::Sink(SinkError::Encode(error)) => error.remedy().to_owned(),
            Self::Seal(error) => error.remedy().to_owned(),
            Self::Sink(SinkError::Quarantine(_)) | Self::Json(_) => {
                "report it: this is a mistake of okta-lake".to_owned()
            }
        }
    }
}
