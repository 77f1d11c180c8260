//! OCSF classes and their activities (schema.ocsf.io, release 1.8.0). What differs between them is a row of [`facts`].

mod facts;

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

pub(crate) use self::facts::Own;
use self::facts::{CLASSES, COMMON_COLUMNS, Facts};
pub use self::facts::{Class, Origin};

/// Every `type_name`, made once: they are on every row.
static TYPE_CAPTIONS: LazyLock<HashMap<(Class, u8), String>> = LazyLock::new(|| {
    let captions = CLASSES.iter().flat_map(|facts| {
        let activities = facts.activities.iter().copied().chain([(0, "Unknown"), (99, "Other")]);
        activities.map(|(id, activity)| ((facts.class, id), format!("{}: {activity}", facts.caption)))
    });
    captions.collect()
});

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

    /// The names of the columns that its events can have. The others are null in every row of the class.
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        COMMON_COLUMNS.iter().chain(self.facts().columns).copied()
    }

    /// Where its events say what they came from.
    pub fn origin(self) -> Origin {
        self.facts().origin
    }

    /// Whether it has the attributes by itself, and not by a profile.
    pub(crate) fn owns(self, attributes: Own) -> bool {
        self.facts().own.contains(&attributes)
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
    pub fn type_caption(self, activity: Activity) -> &'static str {
        TYPE_CAPTIONS.get(&(self, activity.id)).map_or(self.caption(), String::as_str)
    }

    /// The activities that are its own.
    pub(super) fn activities(self) -> impl Iterator<Item = Activity> {
        self.facts().activities.iter().map(|&(id, name)| Activity { id, name })
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
    /// An activity that is none of the class's and has no name of its own.
    pub const OTHER: Self = Self { id: 99, name: "Other" };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, facts) in CLASSES.iter().enumerate() {
            assert_eq!(facts.class as usize, index, "move {} so that CLASSES and Class agree", facts.name);
        }
        assert!(CLASSES.is_sorted_by_key(|facts| facts.uid), "sort CLASSES by uid");
    }

    #[test]
    fn columns_are_sorted_and_stand_once() {
        assert!(COMMON_COLUMNS.is_sorted(), "sort COMMON_COLUMNS by name");
        for facts in &CLASSES {
            assert!(facts.columns.is_sorted(), "sort the columns of {} by name", facts.name);
            let names: BTreeSet<_> = facts.class.columns().collect();
            assert_eq!(names.len(), facts.class.columns().count(), "{} has a column twice", facts.name);
        }
    }

    #[test]
    fn activities_are_found_by_caption() {
        assert_eq!(Class::Authentication.activity("Preauth"), Some(Activity { id: 6, name: "Preauth" }));
        assert_eq!(Class::AccountChange.activity("Other: Rename"), Some(Activity { id: 99, name: "Rename" }));
        assert_eq!(Class::AccountChange.activity("Preauth"), None);
        assert_eq!(Class::parse("user_access").map(Class::uid), Some(3005));
        assert_eq!(Class::BaseEvent.category_caption(), "Uncategorized");
        let rename = Activity { id: 99, name: "Rename" };
        assert_eq!(Class::AccountChange.type_caption(rename), "Account Change: Other");
    }
}
