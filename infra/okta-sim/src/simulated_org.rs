//! The simulated org as tests use it: its configuration and its System Log.

use std::ops::Range;

use jiff::Timestamp;

use crate::log::event::Event;
use crate::log::planned_event::events_of_change;
use crate::log::timeline::{self, ByPersistence, ByPublication};
use crate::org::change::ChangeKind;
use crate::org::change_planner;
use crate::org::config::OrgConfig;
use crate::org::model::OrgModel;
use crate::org::story::StoryKind;
use crate::time::timestamp;

/// A simulated org. It is small: the log is computed whenever it is read.
#[derive(Debug)]
pub struct Org(OrgModel);

/// What a story is known to have been, for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryTruth {
    /// What happened.
    pub kind: StoryKind,
    /// When it began.
    pub at: Timestamp,
    /// Who was attacked, or acted.
    pub user_id: String,
    /// All of its events, in order.
    pub events: Vec<Event>,
}

impl Org {
    /// Makes the org. It has at least two people (one of them an admin), one group and one app.
    pub fn new(config: OrgConfig) -> Self {
        let mut model = OrgModel::new(config);
        model.calendar = change_planner::plan(&mut model);
        Self(model)
    }

    /// What the org was made from.
    pub const fn config(&self) -> &OrgConfig {
        &self.0.config
    }

    /// The tenant: the Okta subdomain.
    pub fn tenant(&self) -> &str {
        self.0.tenant()
    }

    /// The org's id, as `GET /api/v1/org` shows it.
    pub fn id(&self) -> String {
        self.0.org_id()
    }

    /// When the first event can have happened.
    pub fn log_start(&self) -> Timestamp {
        timestamp(self.0.log_start_ms())
    }

    /// The events published in `range`, in the order of `published`, computed one by one.
    pub fn events(&self, range: Range<Timestamp>) -> impl Iterator<Item = Event> + '_ {
        ByPublication::new(&self.0, milliseconds(&range))
    }

    /// The events inserted in `range`, in the order of insertion, which is the order of Okta's polling requests.
    pub fn events_by_persistence(&self, range: Range<Timestamp>) -> impl Iterator<Item = Event> + '_ {
        ByPersistence::new(&self.0, milliseconds(&range))
    }

    /// The exact number of events published in `range`, without computing all of them.
    pub fn count(&self, range: Range<Timestamp>) -> u64 {
        timeline::count(&self.0, milliseconds(&range))
    }

    /// The stories that happen, each with its main person and its events.
    pub fn stories(&self) -> Vec<StoryTruth> {
        let told = (0..).zip(self.0.calendar.changes()).filter_map(|(number, change)| match change.kind {
            ChangeKind::Story(kind) => Some(StoryTruth {
                kind,
                at: timestamp(change.at_ms),
                user_id: self.0.people[change.person as usize].id.clone(),
                events: events_of_change(&self.0, number, change).iter().map(|event| event.event(&self.0)).collect(),
            }),
            _ => None,
        });
        told.collect()
    }

    /// The fixed parts.
    pub(crate) const fn model(&self) -> &OrgModel {
        &self.0
    }
}

/// An event belongs to a range by its whole `published`, which has milliseconds: both ends are rounded up.
fn milliseconds(range: &Range<Timestamp>) -> Range<i64> {
    let up =
        |at: Timestamp| at.as_microsecond().div_euclid(1_000) + i64::from(at.as_microsecond().rem_euclid(1_000) > 0);
    up(range.start)..up(range.end)
}

#[cfg(test)]
mod tests;
