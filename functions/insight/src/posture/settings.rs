//! What an org decides about its checks: thresholds, exceptions, waivers and what it declares about itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::posture::profile::Profile;

/// The section `posture` of the configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Which thresholds are in force.
    pub profile: Profile,
    /// What the org declares about itself.
    pub declared: Declared,
    /// What is different for single checks.
    pub checks: BTreeMap<&'static str, CheckSettings>,
    /// Failures that somebody has accepted.
    pub waivers: Vec<Waiver>,
}

/// What an org declares about itself: checks that need it are unknown until it is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Declared {
    /// Accounts for emergencies, by login or id.
    pub break_glass: BTreeSet<String>,
    /// The domains of the org: `acme.example` also stands for the hosts under it.
    pub domains: BTreeSet<String>,
    /// Apps that must not be lost, by their name in the integration network or by label; our own list if empty.
    pub critical_apps: BTreeSet<String>,
    /// Groups that carry privileges without an admin role, by name or id.
    pub privileged_groups: BTreeSet<String>,
    /// Identity providers that are known, by name or id.
    pub identity_providers: BTreeSet<String>,
    /// Agents of directories that are known, by name or id.
    pub agents: BTreeSet<String>,
    /// Values of `userType` of people from outside.
    pub guest_types: BTreeSet<String>,
    /// Members of a profile that everybody must have.
    pub mandatory_fields: BTreeSet<String>,
    /// Countries from which nobody signs in (ISO 3166).
    pub denied_countries: BTreeSet<String>,
    /// Texts of which the issuer of a smart card must have one.
    pub certificate_issuers: BTreeSet<String>,
    /// The beginning of the banner that a sign-in page must show; that of the `DoD` if none is declared.
    pub banner: Option<String>,
}

/// What is different for one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// Whether it is asked; what the profile says if this is not given.
    pub enabled: Option<bool>,
    /// Another limit.
    pub limit: Option<i64>,
    /// Things that it leaves out, by id or name.
    pub ignore: BTreeSet<String>,
    /// The only things that it looks at, by id or name; all if empty.
    pub include: BTreeSet<String>,
}

/// A failure that somebody has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The check.
    pub check: &'static str,
    /// The thing, by id or name; everything if none.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// Who has accepted it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: Date,
}
