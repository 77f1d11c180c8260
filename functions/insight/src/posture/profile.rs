//! Sets of thresholds, and which of them ask a check.

use serde::{Deserialize, Serialize};

/// Which set of thresholds is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// What we hold to be right.
    #[default]
    Default,
    /// The DISA STIG for Okta, version 1 release 2.
    Stig,
    /// NIST SP 800-63B and OMB M-22-09: phishing-resistant factors and federal certificates, without the rules for the
    /// composition and the age of passwords that SP 800-63B advises against.
    Federal,
}

/// Every profile.
pub const PROFILES: &[Profile] = &[Profile::Default, Profile::Stig, Profile::Federal];
/// The profiles of federal orgs.
pub(crate) const FEDERAL: &[Profile] = &[Profile::Stig, Profile::Federal];
/// The profile of the STIG.
pub(crate) const STIG: &[Profile] = &[Profile::Stig];
/// Asked only if the configuration says so.
pub(crate) const ON_REQUEST: &[Profile] = &[];
