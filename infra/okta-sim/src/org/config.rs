//! What kind of org to simulate.

use jiff::Timestamp;

use crate::org::posture::Posture;
use crate::org::story::StorySpec;

/// What kind of org to make. The same configuration always makes the same org and the same log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgConfig {
    /// Decides everything that the other fields leave open.
    pub seed: u64,
    /// The Okta subdomain: the tenant.
    pub subdomain: String,
    /// How many people work there.
    pub users: u32,
    /// How many groups there are, Everyone included.
    pub groups: u32,
    /// How many applications there are.
    pub apps: u32,
    /// How many events a day has on average; a weekday has more than a Sunday. Whole weeks are exact.
    pub events_per_day: u32,
    /// How many days of log there are before `now`.
    pub days: u32,
    /// The moment that the org is made for. The log begins at midnight `days` days earlier, and never ends.
    pub now: Timestamp,
    /// How many of a thousand events are inserted late: after minutes or hours, not within a second.
    pub late_per_mille: u32,
    /// How well the org is kept.
    pub posture: Posture,
    /// How many changes there are in each of the 72 hours after `now`, beside the usual ones: for trials.
    pub changes_per_hour: u32,
    /// Attacks and mishaps.
    pub stories: Vec<StorySpec>,
    /// An hour with many events more than all others.
    pub dense_hour: Option<DenseHour>,
}

/// An hour of many events. They are inserted in the order of `published`, and cost no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseHour {
    /// When it begins.
    pub start: Timestamp,
    /// How many events it has beside the usual ones.
    pub events: u32,
}

impl Default for OrgConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            subdomain: "acme".to_owned(),
            users: 250,
            groups: 40,
            apps: 25,
            events_per_day: 5_000,
            days: 90,
            // A Monday. Fixed, so that a default org is the same on every day.
            now: Timestamp::constant(1_772_452_800, 0),
            late_per_mille: 3,
            posture: Posture::Typical,
            changes_per_hour: 0,
            stories: Vec::new(),
            dense_hour: None,
        }
    }
}
