//! Who did what on which day: the baselines that `new`, `spike`, `peers` and `travel` compare with.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A day, counted from the epoch.
pub type Day = i64;

/// What was seen, by rule, entity, value and day. Merging the profiles of two spans of time gives that of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    rules: BTreeMap<String, BTreeMap<String, Entity>>,
}

/// What an entity did: its values, and how often on which day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    values: BTreeMap<String, BTreeMap<Day, u64>>,
}

/// The day of a time, UTC.
pub fn day(time: Timestamp) -> Day {
    time.as_second().div_euclid(86_400)
}

impl Profile {
    /// Adds that an entity had a value on a day.
    pub fn add(&mut self, rule: &str, entity: &str, value: &str, day: Day, count: u64) {
        let entities = self.rules.entry(rule.to_owned()).or_default();
        let values = &mut entities.entry(entity.to_owned()).or_default().values;
        *values.entry(value.to_owned()).or_default().entry(day).or_default() += count;
    }

    /// Adds what another profile saw.
    pub fn merge(&mut self, other: Self) {
        for (rule, entities) in other.rules {
            for (entity, seen) in entities {
                for (value, days) in seen.values {
                    for (day, count) in days {
                        self.add(&rule, &entity, &value, day, count);
                    }
                }
            }
        }
    }

    /// What a rule saw of an entity.
    pub(crate) fn entity(&self, rule: &str, entity: &str) -> Option<&Entity> {
        self.rules.get(rule)?.get(entity)
    }
}

impl Entity {
    /// The first day on which the entity did anything.
    pub(crate) fn since(&self) -> Option<Day> {
        self.values.values().filter_map(|days| days.keys().next()).min().copied()
    }

    /// Whether the entity had the value in the `days` before `day`.
    pub(crate) fn had(&self, value: &str, day: Day, days: u16) -> bool {
        self.values.get(value).is_some_and(|seen| seen.range(day - Day::from(days)..day).next().is_some())
    }

    /// How much the entity did on each of the `days` before `day` since it is known: values, or else events.
    pub(crate) fn daily(&self, day: Day, days: u16, distinct: bool) -> Vec<u64> {
        let Some(since) = self.since() else { return Vec::new() };
        let of = |day: Day| -> u64 {
            let counts = self.values.values().filter_map(|days| days.get(&day));
            counts.map(|count| if distinct { 1 } else { *count }).sum()
        };
        (since.max(day - Day::from(days))..day).map(of).collect()
    }
}
