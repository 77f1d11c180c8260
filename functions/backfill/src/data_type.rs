//! What is collected from an org, kind by kind: the scope that it needs and one cheap call that shows whether it can be
//! read. Scopes and paths are those of Okta's Management API (its `OpenAPI` document).

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
}

/// A listing of which the first record is enough.
const fn first(name: &'static str, scope: &'static str, path: &'static str) -> DataType {
    DataType { name, scope, path, query: &[("limit", "1")], field: None }
}

/// A listing that is short, or takes no limit.
const fn all(name: &'static str, scope: &'static str, path: &'static str) -> DataType {
    DataType { name, scope, path, query: &[], field: None }
}

/// The log, which is also read for the order of the others.
pub(crate) const LOGS: DataType = first("System Log", "okta.logs.read", "/api/v1/logs");

/// The log streams, whose state is looked at.
pub(crate) const LOG_STREAMS: DataType = all("Log streams", "okta.logStreams.read", "/api/v1/logStreams");

/// Every kind, the most important first.
#[rustfmt::skip]
pub(crate) const DATA_TYPES: &[DataType] = &[
    LOGS,
    first("Users", "okta.users.read", "/api/v1/users"),
    first("Groups", "okta.groups.read", "/api/v1/groups"),
    first("Applications", "okta.apps.read", "/api/v1/apps"),
    DataType { query: &[("type", "OKTA_SIGN_ON")], ..all("Policies", "okta.policies.read", "/api/v1/policies") },
    DataType { field: Some("roles"), ..all("Admin roles", "okta.roles.read", "/api/v1/iam/roles") },
    first("Devices", "okta.devices.read", "/api/v1/devices"),
    all("Authenticators", "okta.authenticators.read", "/api/v1/authenticators"),
    all("Identity providers", "okta.idps.read", "/api/v1/idps"),
    all("Network zones", "okta.networkZones.read", "/api/v1/zones"),
    LOG_STREAMS,
    all("Event hooks", "okta.eventHooks.read", "/api/v1/eventHooks"),
    all("Trusted origins", "okta.trustedOrigins.read", "/api/v1/trustedOrigins"),
    all("Behavior rules", "okta.behaviors.read", "/api/v1/behaviors"),
    all("Brands", "okta.brands.read", "/api/v1/brands"),
    all("Realms", "okta.realms.read", "/api/v1/realms"),
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
            assert!(
                data_type.scope.strip_prefix("okta.").and_then(|scope| scope.strip_suffix(".read")).is_some(),
                "{data_type:?}"
            );
            assert!(data_type.path.starts_with("/api/v1/"), "{data_type:?}");
        }
    }
}
