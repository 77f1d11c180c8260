//! The tenant: which Okta org a record belongs to, safe to stand in an object key.

use std::fmt;

/// The Okta subdomain that names an org in the lake: 1 to 63 letters, digits, `-` and `_`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(String);

/// Why a text names no tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no tenant: expected an Okta subdomain of 1 to 63 letters, digits, - or _")]
pub struct TenantError(String);

impl Tenant {
    /// Checks `subdomain` and folds it to lower case, as DNS does.
    pub fn parse(subdomain: &str) -> Result<Self, TenantError> {
        let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        // The first letter may not be `_`: such names are kept for what belongs to no tenant.
        let is_valid =
            (1..=63).contains(&subdomain.len()) && !subdomain.starts_with('_') && subdomain.bytes().all(is_label);
        if is_valid {
            Ok(Self(subdomain.to_ascii_lowercase()))
        } else {
            Err(TenantError(subdomain.chars().take(80).collect()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_in_a_key_is_a_tenant() {
        assert_eq!(Tenant::parse("Acme-1").unwrap().as_str(), "acme-1");
        for bad in ["", "_unknown", "a/b", "..", "a=b", "ä", &"a".repeat(64)] {
            assert!(Tenant::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }
}
