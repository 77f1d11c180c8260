//! The faults that are in force, and which of them happen to a request.

use std::sync::{Mutex, PoisonError};

use crate::api::org_state::OrgState;
use crate::fault::conditions::RequestFacts;
use crate::fault::kind::{FaultKind, FaultScope};
use crate::fault::spec::Fault;

/// The faults that are in force, in the order in which they were injected.
#[derive(Debug, Default)]
pub(crate) struct ActiveFaults {
    faults: Mutex<Vec<Fault>>,
}

/// The faults that happen to one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RequestFaults {
    /// What replaces the answer.
    pub(crate) replacement: Option<FaultKind>,
    /// What changes the answer, in order.
    pub(crate) changes: Vec<Fault>,
}

impl ActiveFaults {
    pub(crate) fn add(&self, fault: Fault) {
        self.with(|faults| faults.push(fault));
    }

    pub(crate) fn clear(&self) {
        self.with(Vec::clear);
    }

    /// Takes the faults that happen to a request: one replacement at most, and all changes. Each is used up by one.
    pub(crate) fn take(&self, request: &RequestFacts) -> RequestFaults {
        let mut taken = RequestFaults::default();
        self.with(|faults| {
            for fault in faults.iter_mut().filter(|fault| fault.is_of_answers() && !is_of_date(&fault.kind)) {
                let is_replacement = fault.kind.scope() == FaultScope::Replacement;
                if (is_replacement && taken.replacement.is_some()) || !happens(fault, request) {
                    continue;
                }
                if is_replacement {
                    taken.replacement = Some(fault.kind.clone());
                } else {
                    taken.changes.push(fault.clone());
                }
            }
            faults.retain(|fault| fault.times != Some(0));
        });
        taken
    }

    /// By how many seconds the `Date` of an answer with this status is off. The org's own clock comes on top.
    pub(crate) fn take_date_shift(&self, request: &RequestFacts, status: u16) -> i64 {
        let mut shift = 0;
        self.with(|faults| {
            for fault in faults.iter_mut() {
                let seconds = match fault.kind {
                    FaultKind::DateShift(seconds) => seconds,
                    FaultKind::ErrorDateShift(seconds) if status >= 400 => seconds,
                    _ => continue,
                };
                shift += if happens(fault, request) { seconds } else { 0 };
            }
            faults.retain(|fault| fault.times != Some(0));
        });
        shift
    }

    /// Whether no role is enough for this request.
    pub(crate) fn denies(&self, request: &RequestFacts) -> bool {
        self.any(|fault| fault.kind == FaultKind::RoleMissing && fault.conditions.hold(request, false))
    }

    /// Whether this request is for something that is not licensed.
    pub(crate) fn is_unlicensed(&self, request: &RequestFacts) -> bool {
        self.any(|fault| fault.kind == FaultKind::Unlicensed && fault.conditions.hold(request, false))
    }

    /// What the faults make of the org.
    pub(crate) fn state(&self) -> OrgState {
        self.with(|faults| {
            let mut state = OrgState::default();
            for fault in faults.iter() {
                state.change(&fault.kind);
            }
            state
        })
    }

    fn any(&self, wanted: impl Fn(&Fault) -> bool) -> bool {
        self.with(|faults| faults.iter().any(wanted))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        act(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a fault happens to a request, which counts.
fn happens(fault: &mut Fault, request: &RequestFacts) -> bool {
    if !fault.conditions.hold(request, fault.is_of_records()) || !has_size(&fault.kind, request) {
        return false;
    }
    if fault.skip > 0 {
        fault.skip -= 1;
        return false;
    }
    match &mut fault.times {
        Some(0) => false,
        Some(times) => {
            *times -= 1;
            true
        }
        None => true,
    }
}

/// Whether the page is as large as the fault asks.
fn has_size(kind: &FaultKind, request: &RequestFacts) -> bool {
    match kind {
        FaultKind::PageTooLarge(size, _) | FaultKind::Oversize(size, _) => {
            request.limit.is_some_and(|limit| limit >= *size)
        }
        _ => true,
    }
}

const fn is_of_date(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::DateShift(_) | FaultKind::ErrorDateShift(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> RequestFacts {
        RequestFacts { path: path.to_owned(), page: 1, ..RequestFacts::default() }
    }

    fn taken(faults: &ActiveFaults, path: &str) -> Option<FaultKind> {
        faults.take(&request(path)).replacement
    }

    #[test]
    fn a_fault_is_used_up_where_it_belongs() {
        let faults = ActiveFaults::default();
        faults.add(FaultKind::Cut.times(2).under("/api/v1/users").skip(1));
        assert_eq!(taken(&faults, "/api/v1/groups"), None);
        assert_eq!(taken(&faults, "/api/v1/users"), None, "the first is spared");
        assert_eq!(taken(&faults, "/api/v1/users/00u1"), Some(FaultKind::Cut));
        assert_eq!(taken(&faults, "/api/v1/users"), Some(FaultKind::Cut));
        assert_eq!(taken(&faults, "/api/v1/users"), None);
    }

    #[test]
    fn tokens_are_only_concerned_when_named() {
        let faults = ActiveFaults::default();
        faults.add(FaultKind::Html.always());
        assert_eq!(taken(&faults, "/oauth2/v1/token"), None);
        assert_eq!(taken(&faults, "/oauth2/v1/clients"), Some(FaultKind::Html));
        faults.clear();
        faults.add(FaultKind::Html.always().under("/oauth2"));
        assert_eq!(taken(&faults, "/oauth2/v1/token"), Some(FaultKind::Html));
    }

    #[test]
    fn one_replacement_and_all_changes_happen() {
        let faults = ActiveFaults::default();
        faults.add(FaultKind::ServerError(503).once());
        faults.add(FaultKind::Cut.once());
        faults.add(FaultKind::NextElsewhere.always());
        faults.add(FaultKind::ShortPages.always());
        let first = faults.take(&request("/api/v1/users"));
        assert_eq!((first.replacement, first.changes.len()), (Some(FaultKind::ServerError(503)), 2));
        assert_eq!(faults.take(&request("/api/v1/users")).replacement, Some(FaultKind::Cut));
    }

    #[test]
    fn dates_are_shifted_on_errors_alone_if_so_wanted() {
        let faults = ActiveFaults::default();
        faults.add(FaultKind::ErrorDateShift(60).once());
        assert_eq!(faults.take_date_shift(&request("/api/v1/users"), 200), 0);
        assert_eq!(faults.take_date_shift(&request("/api/v1/users"), 500), 60);
        assert_eq!(faults.take_date_shift(&request("/api/v1/users"), 500), 0, "it was used up");
    }
}
