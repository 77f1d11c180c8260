//! Something that stands in the way of the work on an org, with the remedy.

use serde::Serialize;

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    /// A problem, said in the log as well.
    pub(crate) fn told(tenant: &str, what: String, remedy: String) -> Self {
        tracing::error!(tenant, what, remedy, "a problem");
        Self { what, remedy }
    }
}
