//! What a check is: a row of [`super::table`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::inventory::{Engine, Record};
use crate::posture::case::Case;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Verdict};
use crate::posture::profile::{PROFILES, Profile};

/// One question about an org, and how it is answered.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name, which findings and the configuration use.
    pub id: &'static str,
    /// What is wrong if it fails, in a few words.
    pub title: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// How bad a failure is.
    pub severity: Severity,
    /// What it belongs to.
    pub domain: Domain,
    /// The requirements that it answers, each with the name of its standard before it: `STIG OKTA-APP-000020`.
    pub standards: &'static [&'static str],
    /// The entities of the inventory that it reads; the first one decides whether the org has what it asks about.
    pub reads: &'static [Reads],
    /// What it wants to know of the log.
    pub facts: &'static [Fact],
    /// The engine that it is about; none if it is about both.
    pub engine: Option<Engine>,
    /// The number that it compares with.
    pub limit: Option<Limit>,
    /// The profiles that ask it. The configuration can ask it anyway.
    pub profiles: &'static [Profile],
    /// What to do about a failure, in the Admin Console's words.
    pub remedy: &'static str,
    /// How it is answered.
    pub(crate) logic: Logic,
}

/// How bad a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// What checks belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Domain {
    Sessions,
    SignInPolicies,
    Authenticators,
    SignInPages,
    Passwords,
    People,
    Admins,
    Tokens,
    Clients,
    Apps,
    Federation,
    AuthorizationServers,
    Network,
    Hooks,
    Devices,
    Groups,
    Logging,
    Org,
    Agents,
    Governance,
    Drift,
}

/// An entity that a check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// Its name in the inventory.
    pub entity: &'static str,
    /// What its records can change.
    pub role: Role,
}

/// What a record of an entity can change in a check's answer: it follows what is still certain if some were not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Each is judged by itself.
    Subject,
    /// The only one of its kind, which every org has: without it nothing can be said.
    Setting,
    /// It can only speak for a pass: if some are missing, a failure is not certain.
    For,
    /// It can only speak for a failure: if some are missing, a pass is not certain.
    Against,
    /// It can change both: if some are missing, nothing is certain.
    Both,
    /// The check itself looks whether it was read.
    Within,
}

/// A number that a check compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted: `minutes`, `days`, `super admins`.
    pub unit: &'static str,
    /// On which side of it is good.
    pub good: Good,
    /// In the profile `default`.
    pub default: i64,
    /// In the profile `stig`.
    pub stig: i64,
    /// In the profile `federal`.
    pub federal: i64,
}

/// On which side of a limit is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Good {
    /// At most the limit.
    AtMost,
    /// At least the limit.
    AtLeast,
}

/// How a check is answered.
#[derive(Clone, Copy)]
pub(crate) enum Logic {
    /// For each record of the first entity.
    Each(fn(&Case<'_>, &Record) -> Answer),
    /// For some records, which it finds itself.
    Some(for<'a> fn(&Case<'a>) -> Vec<Verdict<'a>>),
    /// Once, for the org.
    Org(fn(&Case<'_>) -> Answer),
}

impl fmt::Debug for Logic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Each(_) => "Each",
            Self::Some(_) => "Some",
            Self::Org(_) => "Org",
        })
    }
}

impl Check {
    /// A row to fill in.
    pub(crate) const fn with(logic: Logic) -> Self {
        Self {
            id: "",
            title: "",
            question: "",
            severity: Severity::Info,
            domain: Domain::Org,
            standards: &[],
            reads: &[],
            facts: &[],
            engine: None,
            limit: None,
            profiles: PROFILES,
            remedy: "",
            logic,
        }
    }

    /// The rule of the DISA STIG that it answers.
    pub fn stig(&self) -> Option<&'static str> {
        self.standards.iter().find_map(|standard| standard.strip_prefix("STIG "))
    }

    /// The entity that decides whether the org has what it asks about.
    pub fn subject(&self) -> Option<&'static str> {
        self.reads.first().map(|reads| reads.entity)
    }
}

impl Limit {
    /// The number of a profile.
    pub fn of(&self, profile: Profile) -> i64 {
        match profile {
            Profile::Default => self.default,
            Profile::Stig => self.stig,
            Profile::Federal => self.federal,
        }
    }

    pub(crate) const fn stig(self, stig: i64) -> Self {
        Self { stig, federal: stig, ..self }
    }
}

/// At most as many; the same in every profile.
pub(crate) const fn at_most(limit: i64, unit: &'static str) -> Limit {
    Limit { unit, good: Good::AtMost, default: limit, stig: limit, federal: limit }
}

/// At least as many; the same in every profile.
pub(crate) const fn at_least(limit: i64, unit: &'static str) -> Limit {
    Limit { unit, good: Good::AtLeast, default: limit, stig: limit, federal: limit }
}

/// Its records are judged each by itself.
pub(crate) const fn each(entity: &'static str) -> Reads {
    Reads { entity, role: Role::Subject }
}

/// A setting, which every org has.
pub(crate) const fn setting(entity: &'static str) -> Reads {
    Reads { entity, role: Role::Setting }
}

/// Its records speak for a pass.
pub(crate) const fn speaks_for(entity: &'static str) -> Reads {
    Reads { entity, role: Role::For }
}

/// Its records speak for a failure.
pub(crate) const fn against(entity: &'static str) -> Reads {
    Reads { entity, role: Role::Against }
}

/// Its records change both.
pub(crate) const fn both(entity: &'static str) -> Reads {
    Reads { entity, role: Role::Both }
}

/// The check looks by itself whether it was read.
pub(crate) const fn within(entity: &'static str) -> Reads {
    Reads { entity, role: Role::Within }
}
