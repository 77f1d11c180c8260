//! What an error of one call means for the entity that is being read. Pure.

use std::collections::BTreeMap;

use lake::claim::reason::Cause;
use lake::quarantine;
use okta::{Disposition, Error};

use crate::inventory::state::Unread;

/// What an error of one call means.
#[derive(Debug)]
pub(crate) enum Meaning {
    /// There is nothing for this parent, as Okta documents it: it has been read.
    NothingThere,
    /// Okta does not find the parent.
    NotFound(Refused),
    /// It is not read.
    Refused(Refused),
    /// It is not read now; later it may be.
    Later(Refused),
    /// No call will succeed, or none in time.
    Stop,
}

/// Why something is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) cause: Cause,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// Refusals that mean that there is nothing: the status and a part of what Okta says. Recorded from real orgs. Sorted.
const NOTHING_THERE: &[(u16, &str)] = &[(400, "Provisioning is not supported")];

/// Returns what an error means.
pub(crate) fn meaning(error: &Error) -> Meaning {
    if is_nothing_there(error) {
        return Meaning::NothingThere;
    }
    let refused = |cause| Refused { cause, what: quarantine::reason(error), remedy: error.remedy() };
    match error.disposition() {
        _ if matches!(error, Error::TooLate(_)) => Meaning::Stop,
        // The link is not followed; the other lists are none the worse.
        _ if matches!(error, Error::ForeignLink { .. }) => Meaning::Refused(refused(Cause::Contradiction)),
        Disposition::NotFound if code(error) == Some("E0000007") => Meaning::NotFound(refused(Cause::NotOffered)),
        Disposition::Denied => Meaning::Refused(refused(Cause::Denied)),
        Disposition::Unlicensed => Meaning::Refused(refused(Cause::NotOffered)),
        Disposition::NotFound | Disposition::Rejected => Meaning::Refused(refused(Cause::Failed)),
        Disposition::Retry => Meaning::Later(refused(Cause::Failed)),
        Disposition::Stop => Meaning::Stop,
    }
}

fn is_nothing_there(error: &Error) -> bool {
    let Some(refusal) = error.refusal() else { return false };
    let says =
        |phrase: &str| refusal.summary.contains(phrase) || refusal.causes.iter().any(|cause| cause.contains(phrase));
    NOTHING_THERE.iter().any(|(status, phrase)| *status == refusal.status && says(phrase))
}

fn code(error: &Error) -> Option<&str> {
    error.refusal()?.code.as_deref()
}

/// Whether a smaller page may succeed: Okta could not make this one in time, or it is too large.
pub(crate) fn is_page_too_large(error: &Error) -> bool {
    match error {
        Error::Api { refusal, .. } => {
            matches!((refusal.status, refusal.code.as_deref()), (500, Some("E0000009")) | (504, _))
        }
        Error::NoAnswer { .. } | Error::Truncated { .. } => true,
        _ => false,
    }
}

impl Refused {
    /// A refusal with a text of our own.
    pub(crate) fn new(cause: Cause, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { cause, what: what.into(), remedy: remedy.into() }
    }

    /// Counts it among the others of its cause: the first one's text stays.
    pub(crate) fn note(self, unread: &mut BTreeMap<Cause, Unread>) {
        let Self { cause, what, remedy } = self;
        unread.entry(cause).or_insert(Unread { count: 0, what, remedy }).count += 1;
    }
}
