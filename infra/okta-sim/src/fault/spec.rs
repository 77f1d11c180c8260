//! A fault: what goes wrong, to which requests, and how often.

use jiff::Timestamp;

use crate::fault::conditions::{Conditions, PathCondition};
use crate::fault::kind::{FaultKind, FaultScope};

/// A fault. It is made from its kind and then narrowed:
/// `FaultKind::refused(403, "E0000006").always().at("/api/v1/users/*/factors").parent(id)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// To how many requests it happens; to all, if none. States of the org always last.
    pub times: Option<u32>,
    /// How many requests that fulfill the conditions are spared before it begins.
    pub skip: u32,
    pub(crate) conditions: Conditions,
}

impl FaultKind {
    /// The fault, once.
    pub fn once(self) -> Fault {
        self.times(1)
    }

    /// The fault, this many times.
    pub fn times(self, times: u32) -> Fault {
        Fault { times: Some(times), ..self.always() }
    }

    /// The fault, always.
    pub fn always(self) -> Fault {
        Fault { kind: self, times: None, skip: 0, conditions: Conditions::default() }
    }
}

impl Fault {
    /// Only for requests whose path begins with `path`.
    #[must_use]
    pub fn under(mut self, path: impl Into<String>) -> Self {
        self.conditions.path = Some(PathCondition::Under(path.into()));
        self
    }

    /// Only for requests with this path; `*` stands for one segment.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.conditions.path = Some(PathCondition::At(path.into()));
        self
    }

    /// Only for this page of a list, counted from 1.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.conditions.page = Some(page);
        self
    }

    /// Only for requests that have this id in their path. Several calls allow several ids.
    #[must_use]
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.conditions.parents.push(id.into());
        self
    }

    /// Only for requests with this value of a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.conditions.query = Some((name.into(), value.into()));
        self
    }

    /// Only for requests for a part of the log that touches the hour that begins at `start`; for faults of records:
    /// only for events published in that hour.
    #[must_use]
    pub fn hour(mut self, start: Timestamp) -> Self {
        self.conditions.hour_ms = Some(start.as_millisecond());
        self
    }

    /// For faults of records: only for the record with this `uuid` or `id`. Several calls allow several records.
    #[must_use]
    pub fn record(mut self, id: impl Into<String>) -> Self {
        self.conditions.records.push(id.into());
        self
    }

    /// Only for `per_mille` of a thousand paths, always the same for one seed; for faults of records: of the records.
    #[must_use]
    pub fn share(mut self, per_mille: u32, seed: u64) -> Self {
        self.conditions.share = Some((per_mille, seed));
        self
    }

    /// Begins only after this many requests that fulfill the conditions.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Whether it happens to single answers.
    pub(crate) const fn is_of_answers(&self) -> bool {
        !matches!(self.kind.scope(), FaultScope::Org)
    }

    /// Whether its conditions choose records too.
    pub(crate) const fn is_of_records(&self) -> bool {
        matches!(self.kind, FaultKind::Record(_))
    }
}
