//! What is collected from an org, kind by kind: the scope that it needs and one cheap call that shows whether it can be
//! read. Scopes and paths are those of Okta's Management API (its OpenAPI document).

/// A kind of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DataType {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The scope that a token needs.
    pub(crate) scope: &'static str,
    /// The path of a listing of it.
    pub(crate) path: &'static str,
    /// The query that makes the listing short.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Where the listing is, if it is wrapped in an object.
    pub(crate) field: Option<&'static str>,
    /// Whether okta-lake is of little use without it.
    pub(crate) is_needed: bool,
}

const fn needed(name: &'static str, scope: &'static str, path: &'static str) -> DataType {
    DataType { name, scope, path, query: &[("limit", "1")], field: None, is_needed: true }
}

const fn more(name: &'static str, scope: &'static str, path: &'static str) -> DataType {
    DataType { name, scope, path, query: &[], field: None, is_needed: false }
}

/// The log, which is also read for the order of the others.
pub(crate) const LOGS: DataType = needed("System Log", "okta.logs.read", "/api/v1/logs");

/// The log streams, whose state is looked at.
pub(crate) const LOG_STREAMS: DataType = more("Log streams", "okta.logStreams.read", "/api/v1/logStreams");

/// Every kind, the most important first.
#[rustfmt::skip]
pub(crate) const DATA_TYPES: &[DataType] = &[
    LOGS,
    needed("Users", "okta.users.read", "/api/v1/users"),
    needed("Groups", "okta.groups.read", "/api/v1/groups"),
    needed("Applications", "okta.apps.read", "/api/v1/apps"),
    DataType { query: &[("type", "OKTA_SIGN_ON")], ..more("Policies", "okta.policies.read", "/api/v1/policies") },
    DataType { field: Some("roles"), ..more("Admin roles", "okta.roles.read", "/api/v1/iam/roles") },
    DataType { query: &[("limit", "1")], ..more("Devices", "okta.devices.read", "/api/v1/devices") },
    more("Authenticators", "okta.authenticators.read", "/api/v1/authenticators"),
    more("Identity providers", "okta.idps.read", "/api/v1/idps"),
    more("Network zones", "okta.networkZones.read", "/api/v1/zones"),
    LOG_STREAMS,
    more("Event hooks", "okta.eventHooks.read", "/api/v1/eventHooks"),
    more("Trusted origins", "okta.trustedOrigins.read", "/api/v1/trustedOrigins"),
    more("Behavior rules", "okta.behaviors.read", "/api/v1/behaviors"),
    more("Brands", "okta.brands.read", "/api/v1/brands"),
    more("Realms", "okta.realms.read", "/api/v1/realms"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_stands_once_and_is_only_read() {
        let names: BTreeSet<_> = DATA_TYPES.iter().map(|data_type| data_type.name).collect();
        assert_eq!(names.len(), DATA_TYPES.len());
        for data_type in DATA_TYPES {
            assert!(data_type.scope.starts_with("okta.") && data_type.scope.ends_with(".read"), "{data_type:?}");
            assert!(data_type.path.starts_with("/api/v1/"), "{data_type:?}");
        }
    }
}
