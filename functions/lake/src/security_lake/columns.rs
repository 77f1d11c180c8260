//! Which columns of the lake's one schema a class has in OCSF 1.8.0. A table of Security Lake is of one class: what its
//! events can never have would only be noise there.

use normalize::ocsf::Class;

/// The attributes that every class has here, by itself or by one of its profiles.
const COMMON: [&str; 33] = [
    "action",
    "action_id",
    "activity_id",
    "activity_name",
    "actor",
    "api",
    "authorizations",
    "category_name",
    "category_uid",
    "class_name",
    "class_uid",
    "device",
    "disposition",
    "disposition_id",
    "is_alert",
    "message",
    "metadata",
    "observables",
    "raw_data",
    "risk_details",
    "risk_level",
    "risk_level_id",
    "severity",
    "severity_id",
    "status",
    "status_code",
    "status_detail",
    "status_id",
    "time",
    "timezone_offset",
    "type_name",
    "type_uid",
    "unmapped",
];

/// What a class has beyond these.
const fn own(class: Class) -> &'static [&'static str] {
    match class {
        Class::BaseEvent => &[],
        Class::ScheduledJobActivity => &["job"],
        Class::DetectionFinding => &["comment", "evidences", "finding_info", "resources"],
        Class::AccountChange => &["auth_factors", "http_request", "policies", "src_endpoint", "user"],
        Class::Authentication => &[
            "account_switch_type",
            "account_switch_type_id",
            "auth_factors",
            "auth_protocol",
            "auth_protocol_id",
            "authentication_token",
            "http_request",
            "is_mfa",
            "is_remote",
            "service",
            "session",
            "src_endpoint",
            "user",
        ],
        Class::AuthorizeSession => &["group", "http_request", "privileges", "session", "src_endpoint", "user"],
        Class::EntityManagement => &["comment", "entity", "entity_result", "http_request", "src_endpoint"],
        Class::UserAccess => &["http_request", "privileges", "resource", "resources", "src_endpoint", "user"],
        Class::GroupManagement => {
            &["group", "http_request", "privileges", "resource", "src_endpoint", "subgroup", "user"]
        }
        Class::WebResourcesActivity => &["http_request", "src_endpoint", "web_resources"],
        Class::ApplicationLifecycle => &["app"],
        Class::ApiActivity => &["http_request", "resources", "src_endpoint"],
    }
}

/// The names of a class's columns.
pub fn columns(class: Class) -> impl Iterator<Item = &'static str> {
    COMMON.iter().chain(own(class)).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema;

    #[test]
    fn the_table_is_sorted_and_has_columns_of_the_schema_once() {
        assert!(COMMON.is_sorted(), "sort COMMON by name");
        for class in Class::all() {
            assert!(own(class).is_sorted(), "sort the columns of {class} by name");
            let names: BTreeSet<_> = columns(class).collect();
            assert_eq!(names.len(), columns(class).count(), "{class} has a column twice");
            for name in names {
                assert!(schema::events().field_with_name(name).is_ok(), "{class}: the schema has no column {name}");
            }
        }
    }

    #[test]
    fn every_column_is_in_some_class() {
        let all: BTreeSet<_> = Class::all().flat_map(columns).collect();
        for field in schema::events().fields() {
            assert!(all.contains(field.name().as_str()), "{}: give it to the classes that have it", field.name());
        }
    }
}
