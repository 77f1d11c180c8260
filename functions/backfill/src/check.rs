//! What a connectivity test found: a table for people, as JSON for machines.

use serde::{Deserialize, Serialize};

use crate::data_type::{DATA_TYPES, LOGS};
use crate::outcome::Outcome;

/// The check of an org's access token.
pub(crate) const CREDENTIALS: &str = "Credentials";

/// What a person does when clocks disagree.
pub(crate) const CLOCKS: &str = "see what stands between this function and Okta, and that this machine's clock is right: \
    until then the earlier of the two clocks decides";

/// Of a check that was not tried.
const TOO_LATE: &str = "not tried: the time of this invocation was up";

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It works.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// A scope, a role or a permission is missing.
    Denied,
    /// The org does not offer this: a licence or a feature is missing, or it is on Classic Engine.
    Unlicensed,
    /// It does not work.
    Failed,
    /// Not tried, because what it stands on does not work.
    Skipped,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked: `Credentials`, `Users`.
    #[serde(rename = "check")]
    pub name: String,
    /// How it ended.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// What a person does about it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The data that cannot be collected before that is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed_for: Vec<String>,
}

/// The checks of one tenant, or of the stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The tenant; `stack` for what all share.
    pub name: String,
    /// The org's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The table.
    pub checks: Vec<Check>,
    /// Whether the time was up before everything was tried.
    #[serde(skip)]
    pub(crate) is_cut_short: bool,
}

impl Section {
    /// Puts checks together.
    pub(crate) fn new(name: impl Into<String>, org: Option<String>, checks: Vec<Check>) -> Self {
        let is_cut_short = checks.iter().any(|check| check.detail == TOO_LATE);
        Self { name: name.into(), org, checks, is_cut_short }
    }

    /// Whether at least one kind of data can be read, if the section has any.
    fn can_be_read(&self) -> bool {
        let is_data = |check: &&Check| DATA_TYPES.iter().any(|data_type| data_type.name == check.name);
        let mut data = self.checks.iter().filter(is_data).peekable();
        data.peek().is_none() || data.any(|check| matches!(check.status, Status::Ok | Status::Warning))
    }
}

/// The whole test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `test-connectivity`.
    pub action: &'static str,
    /// Whether all that okta-lake cannot do without works.
    pub is_ready: bool,
    /// Whether nothing is left to do: every check is ok, or of something that the org does not offer.
    pub is_complete: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// The sections, the stack first.
    pub sections: Vec<Section>,
}

impl Check {
    /// A check that found nothing to do.
    pub(crate) fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, detail)
    }

    /// A check.
    pub(crate) fn new(name: impl Into<String>, status: Status, detail: impl Into<String>) -> Self {
        Self { name: name.into(), status, detail: detail.into(), remedy: None, needed_for: Vec::new() }
    }

    /// A check that was not tried, because the time was up.
    pub(crate) fn too_late(name: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, TOO_LATE)
    }

    /// Whether it must be looked at now: it does not work, or what everything stands on is denied. A kind of data that is
    /// denied may be meant so.
    pub(crate) fn is_failure(&self) -> bool {
        let is_basis = self.name == CREDENTIALS || self.name == LOGS.name;
        self.status == Status::Failed || (self.status == Status::Denied && is_basis)
    }

    /// With what a person does about it.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl Report {
    /// Puts the sections together. `needed` are the checks that nothing works without.
    pub(crate) fn new(sections: Vec<Section>, is_needed: impl Fn(&Check) -> bool) -> Self {
        let checks = || sections.iter().flat_map(|section| &section.checks);
        let works = |check: &Check| matches!(check.status, Status::Ok | Status::Warning);
        let is_ready =
            checks().filter(|check| is_needed(check)).all(works) && sections.iter().all(Section::can_be_read);
        let is_complete = checks().all(|check| matches!(check.status, Status::Ok | Status::Unlicensed));
        let outcome = match (is_ready, is_complete) {
            (false, _) => Outcome::Failed,
            (true, false) => Outcome::Incomplete,
            (true, true) => Outcome::Complete,
        };
        Self { action: "test-connectivity", is_ready, is_complete, outcome, sections }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_of_which_nothing_can_be_read_is_not_ready() {
        let report = |statuses: [Status; 2]| {
            let [logs, users] = statuses;
            let checks =
                vec![Check::ok("Secret", ""), Check::new("System Log", logs, ""), Check::new("Users", users, "")];
            let report = Report::new(vec![Section::new("acme", None, checks)], |check| check.name == "Secret");
            (report.is_ready, report.outcome)
        };
        assert_eq!(report([Status::Denied, Status::Denied]), (false, Outcome::Failed));
        assert_eq!(report([Status::Ok, Status::Denied]), (true, Outcome::Incomplete));
        assert_eq!(report([Status::Ok, Status::Unlicensed]), (true, Outcome::Complete));
    }

    #[test]
    fn only_what_stops_everything_is_a_failure() {
        let is_failure = |name, status| Check::new(name, status, "").is_failure();
        assert!(is_failure("Bucket", Status::Failed) && is_failure("Users", Status::Failed));
        assert!(is_failure("System Log", Status::Denied) && is_failure(CREDENTIALS, Status::Denied));
        assert!(!is_failure("Realms", Status::Denied) && !is_failure("System Log", Status::Unlicensed));
    }
}
