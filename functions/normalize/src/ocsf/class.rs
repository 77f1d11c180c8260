//! OCSF classes and their activities (schema.ocsf.io, release 1.8.0), by their captions.

use std::borrow::Cow;
use std::fmt;

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
    /// Application Lifecycle [6002].
    ApplicationLifecycle,
    /// API Activity [6003].
    ApiActivity,
}

/// What an OCSF class says once for all its events.
struct Facts {
    class: Class,
    name: &'static str,
    caption: &'static str,
    uid: u16,
    category: &'static str,
    activities: &'static [(u8, &'static str)],
}

/// Sorted by uid; 0 Unknown and 99 Other belong to every class and are left out.
const CLASSES: [Facts; 12] = [
    Facts {
        class: Class::BaseEvent,
        name: "base_event",
        caption: "Base Event",
        uid: 0,
        category: "Uncategorized",
        activities: &[],
    },
    Facts {
        class: Class::ScheduledJobActivity,
        name: "scheduled_job_activity",
        caption: "Scheduled Job Activity",
        uid: 1006,
        category: "System Activity",
        activities: &[(1, "Create"), (2, "Update"), (3, "Delete"), (4, "Enable"), (5, "Disable"), (6, "Start")],
    },
    Facts {
        class: Class::DetectionFinding,
        name: "detection_finding",
        caption: "Detection Finding",
        uid: 2004,
        category: "Findings",
        activities: &[(1, "Create"), (2, "Update"), (3, "Close")],
    },
    Facts {
        class: Class::AccountChange,
        name: "account_change",
        caption: "Account Change",
        uid: 3001,
        category: "Identity & Access Management",
        activities: &[(1, "Create"), (2, "Enable"), (3, "Password Change"), (4, "Password Reset"), (5, "Disable"), (6, "Delete"), (7, "Attach Policy"), (8, "Detach Policy"), (9, "Lock"), (10, "MFA Factor Enable"), (11, "MFA Factor Disable"), (12, "Unlock")],
    },
    Facts {
        class: Class::Authentication,
        name: "authentication",
        caption: "Authentication",
        uid: 3002,
        category: "Identity & Access Management",
        activities: &[(1, "Logon"), (2, "Logoff"), (3, "Authentication Ticket"), (4, "Service Ticket Request"), (5, "Service Ticket Renew"), (6, "Preauth"), (7, "Account Switch")],
    },
    Facts {
        class: Class::AuthorizeSession,
        name: "authorize_session",
        caption: "Authorize Session",
        uid: 3003,
        category: "Identity & Access Management",
        activities: &[(1, "Assign Privileges"), (2, "Assign Groups")],
    },
    Facts {
        class: Class::EntityManagement,
        name: "entity_management",
        caption: "Entity Management",
        uid: 3004,
        category: "Identity & Access Management",
        activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete"), (5, "Move"), (6, "Enroll"), (7, "Unenroll"), (8, "Enable"), (9, "Disable"), (10, "Activate"), (11, "Deactivate"), (12, "Suspend"), (13, "Resume")],
    },
    Facts {
        class: Class::UserAccess,
        name: "user_access",
        caption: "User Access Management",
        uid: 3005,
        category: "Identity & Access Management",
        activities: &[(1, "Assign Privileges"), (2, "Revoke Privileges")],
    },
    Facts {
        class: Class::GroupManagement,
        name: "group_management",
        caption: "Group Management",
        uid: 3006,
        category: "Identity & Access Management",
        activities: &[(1, "Assign Privileges"), (2, "Revoke Privileges"), (3, "Add User"), (4, "Remove User"), (5, "Delete"), (6, "Create"), (7, "Add Subgroup"), (8, "Remove Subgroup")],
    },
    Facts {
        class: Class::WebResourcesActivity,
        name: "web_resources_activity",
        caption: "Web Resources Activity",
        uid: 6001,
        category: "Application Activity",
        activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete"), (5, "Search"), (6, "Import"), (7, "Export"), (8, "Share")],
    },
    Facts {
        class: Class::ApplicationLifecycle,
        name: "application_lifecycle",
        caption: "Application Lifecycle",
        uid: 6002,
        category: "Application Activity",
        activities: &[(1, "Install"), (2, "Remove"), (3, "Start"), (4, "Stop"), (5, "Restart"), (6, "Enable"), (7, "Disable"), (8, "Update")],
    },
    Facts {
        class: Class::ApiActivity,
        name: "api_activity",
        caption: "API Activity",
        uid: 6003,
        category: "Application Activity",
        activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete")],
    },
];

impl Class {
    /// Every class, by uid.
    pub fn all() -> impl Iterator<Item = Self> {
        CLASSES.iter().map(|facts| facts.class)
    }

    /// The class of an OCSF name such as `account_change`.
    pub fn parse(name: &str) -> Option<Self> {
        CLASSES.iter().find(|facts| facts.name == name).map(|facts| facts.class)
    }

    /// The class of a `class_uid`.
    pub fn from_uid(uid: u16) -> Option<Self> {
        CLASSES.iter().find(|facts| facts.uid == uid).map(|facts| facts.class)
    }

    /// `class_uid`.
    pub fn uid(self) -> u16 {
        self.facts().uid
    }

    /// The OCSF name, such as `account_change`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// `class_name`, such as `Account Change`.
    pub fn caption(self) -> &'static str {
        self.facts().caption
    }

    /// `category_uid`: the thousands of the class.
    pub fn category_uid(self) -> u8 {
        u8::try_from(self.uid() / 1000).unwrap_or_default()
    }

    /// `category_name`.
    pub fn category_caption(self) -> &'static str {
        self.facts().category
    }

    /// The activity of this class with that caption; `Other: Name` is 99 under a name of our own.
    pub fn activity(self, caption: &'static str) -> Option<Activity> {
        if let Some(name) = caption.strip_prefix("Other: ") {
            return Some(Activity { id: 99, name });
        }
        let known = self.facts().activities.iter().find(|(_, known)| *known == caption);
        known.map(|&(id, name)| Activity { id, name })
    }

    /// `type_name`: class and activity. An activity of our own naming is `Other` there.
    pub fn type_caption(self, activity: Activity) -> Cow<'static, str> {
        let known = self.facts().activities.iter().find(|(id, _)| *id == activity.id);
        format!("{}: {}", self.caption(), known.map_or("Other", |(_, caption)| caption)).into()
    }

    fn facts(self) -> &'static Facts {
        &CLASSES[self as usize]
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.caption())
    }
}

/// What an event of a class does: `activity_id` and `activity_name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// `activity_id` in its class.
    pub id: u8,
    /// Its caption, or a name of ours for 99.
    pub name: &'static str,
}

impl Activity {
    /// Something that the class has no activity for and that nobody has named.
    pub const OTHER: Self = Self { id: 99, name: "Other" };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, facts) in CLASSES.iter().enumerate() {
            assert_eq!(facts.class as usize, index, "move {} so that CLASSES and Class agree", facts.name);
        }
        assert!(CLASSES.is_sorted_by_key(|facts| facts.uid), "sort CLASSES by uid");
    }

    #[test]
    fn activities_are_found_by_caption() {
        assert_eq!(Class::Authentication.activity("Preauth"), Some(Activity { id: 6, name: "Preauth" }));
        assert_eq!(Class::AccountChange.activity("Other: Rename"), Some(Activity { id: 99, name: "Rename" }));
        assert_eq!(Class::AccountChange.activity("Preauth"), None);
        assert_eq!(Class::parse("user_access").map(Class::uid), Some(3005));
        assert_eq!(Class::BaseEvent.category_caption(), "Uncategorized");
    }
}
