//! What an error of one call means for the entity that is being read. Pure.

use std::collections::BTreeMap;

use lake::claim::reason::Cause;
use lake::quarantine;
use okta::{Contradiction, Disposition, Error};

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
    /// Okta's answers contradict each other: the list is read again from its first page, once.
    Contradicted(Refused),
    /// It is not read now; later it may be.
    Later(Refused),
    /// No call will succeed, or none in time.
    Stop,
}

/// Why something is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// In a word.
    pub(crate) cause: Cause,
    /// What was observed.
    pub(crate) what: String,
    /// What a person does about it.
    pub(crate) remedy: String,
    /// Okta's error code.
    pub(crate) code: Option<String>,
}

/// What Okta answers to a value that it does not know, or not in this org.
const UNKNOWN_VALUE: &[&str] = &["E0000001", "E0000015"];

/// Returns what an error means.
pub(crate) fn meaning(error: &Error) -> Meaning {
    let code = error.refusal().and_then(|refusal| refusal.code.clone());
    let refused = |cause| Refused { cause, what: quarantine::reason(error), remedy: error.remedy(), code };
    match error.disposition() {
        _ if matches!(error, Error::TooLate(_)) => Meaning::Stop,
        Disposition::NotApplicable => Meaning::NothingThere,
        Disposition::NotFound => Meaning::NotFound(refused(Cause::NotOffered)),
        Disposition::Denied => Meaning::Refused(refused(Cause::Denied)),
        Disposition::NotOffered => Meaning::Refused(refused(Cause::NotOffered)),
        Disposition::Rejected => Meaning::Refused(refused(Cause::Failed)),
        Disposition::Contradicted => Meaning::Contradicted(refused(contradiction(error))),
        Disposition::Retry => Meaning::Later(refused(Cause::Failed)),
        Disposition::Stop => Meaning::Stop,
    }
}

fn contradiction(error: &Error) -> Cause {
    match error {
        Error::Contradiction { source, .. } => match source {
            Contradiction::NoSelfLink | Contradiction::FullPageWithoutNext { .. } => Cause::EndUnconfirmed,
            Contradiction::RefusedLater { .. } => Cause::Failed,
            _ => Cause::Contradiction,
        },
        _ => Cause::Failed,
    }
}

impl Refused {
    /// A refusal with a text of our own.
    pub(crate) fn new(cause: Cause, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { cause, what: what.into(), remedy: remedy.into(), code: None }
    }

    /// The same refusal, of something that the org does not offer.
    pub(crate) fn not_offered(self) -> Self {
        Self { cause: Cause::NotOffered, remedy: "nothing: the org does not offer it".to_owned(), ..self }
    }

    /// Whether Okta refused a value of the query because it does not know it, or not in this org.
    pub(crate) fn is_of_value(&self) -> bool {
        self.code.as_deref().is_some_and(|code| UNKNOWN_VALUE.contains(&code))
    }

    /// Counts it among the others of its cause: the first one's text stays.
    pub(crate) fn note(self, unread: &mut BTreeMap<Cause, Unread>) {
        let Self { cause, what, remedy, .. } = self;
        unread.entry(cause).or_insert(Unread { count: 0, what, remedy }).count += 1;
    }
}
