//! The table of classes: all differences between them, except where their fields come from, which is in the
//! class's file of `map/`.

/// An OCSF event class that Okta events are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Base Event [0].
    BaseEvent,
    /// Scheduled Job Activity [1006].
    ScheduledJobActivity,
    /// Detection Finding [2004].
    DetectionFinding,
    /// Account Change [3001].
    AccountChange,
    /// Authentication [3002].
    Authentication,
    /// Authorize Session [3003].
    AuthorizeSession,
    /// Entity Management [3004].
    EntityManagement,
    /// User Access Management [3005].
    UserAccess,
    /// Group Management [3006].
    GroupManagement,
    /// Web Resources Activity [6001].
    WebResourcesActivity,
    /// API Activity [6003].
    ApiActivity,
}

/// What an OCSF class says once for all its events.
pub(super) struct Facts {
    pub(super) class: Class,
    pub(super) name: &'static str,
    pub(super) caption: &'static str,
    pub(super) uid: u16,
    pub(super) category: &'static str,
    pub(super) activities: &'static [(u8, &'static str)],
    /// The columns that it has beyond [`COMMON_COLUMNS`], sorted.
    pub(super) columns: &'static [&'static str],
    pub(super) origin: Origin,
    pub(super) own: &'static [Own],
}

/// Where an event says what it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In `src_endpoint` and `http_request`.
    SourceEndpoint,
    /// In `device`, since the class has no source endpoint.
    Device,
}

/// Attributes that some classes have by themselves, and all others only by a profile that the event then names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// `actor`, else of the profile `host`.
    Actor,
    /// `device`, else of the profile `host`.
    Device,
    /// `risk_level`, `risk_details` and `is_alert`, else of the profile `security_control`.
    Risk,
}

/// The attributes that every class has in the lake, by itself or by one of its profiles.
pub(super) const COMMON_COLUMNS: [&str; 34] = [
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
    "enrichments",
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

/// Sorted by uid; 0 Unknown and 99 Other belong to every class and are left out.
pub(super) const CLASSES: [Facts; 11] = [
    Facts {
        class: Class::BaseEvent,
        name: "base_event",
        caption: "Base Event",
        uid: 0,
        category: "Uncategorized",
        activities: &[],
        columns: &[],
        origin: Origin::Device,
        own: &[],
    },
    Facts {
        class: Class::ScheduledJobActivity,
        name: "scheduled_job_activity",
        caption: "Scheduled Job Activity",
        uid: 1006,
        category: "System Activity",
        activities: &[(1, "Create"), (2, "Update"), (3, "Delete"), (4, "Enable"), (5, "Disable"), (6, "Start")],
        columns: &["job"],
        origin: Origin::Device,
        own: &[Own::Actor, Own::Device],
    },
    Facts {
        class: Class::DetectionFinding,
        name: "detection_finding",
        caption: "Detection Finding",
        uid: 2004,
        category: "Findings",
        activities: &[(1, "Create"), (2, "Update"), (3, "Close")],
        columns: &["comment", "evidences", "finding_info", "resources"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Device, Own::Risk],
    },
    Facts {
        class: Class::AccountChange,
        name: "account_change",
        caption: "Account Change",
        uid: 3001,
        category: "Identity & Access Management",
        activities: &[
            (1, "Create"),
            (2, "Enable"),
            (3, "Password Change"),
            (4, "Password Reset"),
            (5, "Disable"),
            (6, "Delete"),
            (7, "Attach Policy"),
            (8, "Detach Policy"),
            (9, "Lock"),
            (10, "MFA Factor Enable"),
            (11, "MFA Factor Disable"),
            (12, "Unlock"),
        ],
        columns: &["auth_factors", "http_request", "policies", "src_endpoint", "user"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::Authentication,
        name: "authentication",
        caption: "Authentication",
        uid: 3002,
        category: "Identity & Access Management",
        activities: &[
            (1, "Logon"),
            (2, "Logoff"),
            (3, "Authentication Ticket"),
            (4, "Service Ticket Request"),
            (5, "Service Ticket Renew"),
            (6, "Preauth"),
            (7, "Account Switch"),
        ],
        columns: &[
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
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::AuthorizeSession,
        name: "authorize_session",
        caption: "Authorize Session",
        uid: 3003,
        category: "Identity & Access Management",
        activities: &[(1, "Assign Privileges"), (2, "Assign Groups")],
        columns: &["group", "http_request", "privileges", "session", "src_endpoint", "user"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::EntityManagement,
        name: "entity_management",
        caption: "Entity Management",
        uid: 3004,
        category: "Identity & Access Management",
        activities: &[
            (1, "Create"),
            (2, "Read"),
            (3, "Update"),
            (4, "Delete"),
            (5, "Move"),
            (6, "Enroll"),
            (7, "Unenroll"),
            (8, "Enable"),
            (9, "Disable"),
            (10, "Activate"),
            (11, "Deactivate"),
            (12, "Suspend"),
            (13, "Resume"),
        ],
        columns: &["comment", "entity", "entity_result", "http_request", "src_endpoint"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::UserAccess,
        name: "user_access",
        caption: "User Access Management",
        uid: 3005,
        category: "Identity & Access Management",
        activities: &[(1, "Assign Privileges"), (2, "Revoke Privileges")],
        columns: &["http_request", "privileges", "resource", "resources", "src_endpoint", "user"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::GroupManagement,
        name: "group_management",
        caption: "Group Management",
        uid: 3006,
        category: "Identity & Access Management",
        activities: &[
            (1, "Assign Privileges"),
            (2, "Revoke Privileges"),
            (3, "Add User"),
            (4, "Remove User"),
            (5, "Delete"),
            (6, "Create"),
            (7, "Add Subgroup"),
            (8, "Remove Subgroup"),
        ],
        columns: &["group", "http_request", "privileges", "resource", "src_endpoint", "subgroup", "user"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
    Facts {
        class: Class::WebResourcesActivity,
        name: "web_resources_activity",
        caption: "Web Resources Activity",
        uid: 6001,
        category: "Application Activity",
        activities: &[
            (1, "Create"),
            (2, "Read"),
            (3, "Update"),
            (4, "Delete"),
            (5, "Search"),
            (6, "Import"),
            (7, "Export"),
            (8, "Share"),
        ],
        columns: &["http_request", "src_endpoint", "web_resources"],
        origin: Origin::SourceEndpoint,
        own: &[],
    },
    Facts {
        class: Class::ApiActivity,
        name: "api_activity",
        caption: "API Activity",
        uid: 6003,
        category: "Application Activity",
        activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete")],
        columns: &["http_request", "resources", "src_endpoint"],
        origin: Origin::SourceEndpoint,
        own: &[Own::Actor],
    },
];
