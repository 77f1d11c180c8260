//! What a connectivity test found: a table for people, as JSON for machines.

use serde::{Deserialize, Serialize};

use crate::data_type::{DATA_TYPES, LOGS};

/// The check of an org's access token.
pub(crate) const CREDENTIALS: &str = "Credentials";

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

    /// Whether at least one kind of data can be read, if any was tried: credentials that open nothing are of no use.
    fn has_data(&self) -> bool {
        let is_data = |check: &&Check| DATA_TYPES.iter().any(|data| data.name == check.name);
        let mut data = self.checks.iter().filter(is_data).peekable();
        data.peek().is_none() || data.any(Check::works)
    }
}

/// The whole test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `test-connectivity`.
    pub action: &'static str,
    /// Whether all that okta-lake cannot do without works.
    pub is_ready: bool,
    /// Whether every check is ok.
    pub is_complete: bool,
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

    /// Whether what was checked works.
    fn works(&self) -> bool {
        matches!(self.status, Status::Ok | Status::Warning)
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
        let is_ready =
            checks().filter(|check| is_needed(check)).all(Check::works) && sections.iter().all(Section::has_data);
        let is_complete = checks().all(|check| check.status == Status::Ok);
        Self { action: "test-connectivity", is_ready, is_complete, sections }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_open_nothing_are_not_ready() {
        let is_ready = |users| {
            let denied = DATA_TYPES.iter().map(|data| Check::new(data.name, Status::Denied, ""));
            let checks =
                denied.map(|check| if check.name == "Users" { Check { status: users, ..check } } else { check });
            let org = Section::new("acme", None, checks.chain([Check::ok(CREDENTIALS, "")]).collect());
            Report::new(vec![Section::new("stack", None, vec![]), org], |check| check.name == CREDENTIALS).is_ready
        };
        assert!(is_ready(Status::Ok) && is_ready(Status::Warning));
        assert!(!is_ready(Status::Denied) && !is_ready(Status::Failed) && !is_ready(Status::Unlicensed));
    }

    #[test]
    fn only_what_stops_everything_is_a_failure() {
        let is_failure = |name, status| Check::new(name, status, "").is_failure();
        assert!(is_failure("Bucket", Status::Failed) && is_failure("Users", Status::Failed));
        assert!(is_failure("System Log", Status::Denied) && is_failure(CREDENTIALS, Status::Denied));
        assert!(!is_failure("Realms", Status::Denied) && !is_failure("System Log", Status::Unlicensed));
    }
}
