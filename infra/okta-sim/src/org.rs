//! A simulated org: people, groups, apps, and how they change over time.

pub(crate) mod activity_curve;
pub(crate) mod agents;
pub(crate) mod apps;
pub(crate) mod change;
pub(crate) mod change_planner;
pub(crate) mod config;
pub(crate) mod directory;
pub(crate) mod groups;
pub(crate) mod members;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod policies;
pub(crate) mod posture;
pub(crate) mod roles;
pub(crate) mod status;
pub(crate) mod story;
