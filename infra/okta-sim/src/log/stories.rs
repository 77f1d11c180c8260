//! All stories, and how often each is told.

mod admins;
mod jobs;
mod lifecycle;
mod limits;
mod mfa;
mod oauth;
mod sign_in;
mod single_sign_on;
mod threats;

use std::collections::BTreeMap;

use crate::log::story::Story;
use crate::org::changes::Kind;
use crate::random::Random;

/// The stories with their weights added up.
#[derive(Debug)]
pub(crate) struct Tales {
    stories: Vec<&'static Story>,
    /// Weight of all stories up to and with this one.
    weights: Vec<u64>,
    /// Which story tells which kind of change.
    changes: BTreeMap<Kind, u16>,
}

impl Tales {
    pub(crate) fn new() -> Self {
        let tables: [&'static [Story]; 8] = [
            admins::STORIES,
            jobs::STORIES,
            limits::STORIES,
            mfa::STORIES,
            oauth::STORIES,
            sign_in::STORIES,
            single_sign_on::STORIES,
            threats::STORIES,
        ];
        let mut stories: Vec<&'static Story> = tables.into_iter().flatten().collect();
        let mut changes = BTreeMap::new();
        for (kind, story) in admins::CHANGES.iter().chain(lifecycle::CHANGES) {
            changes.insert(*kind, stories.len() as u16);
            stories.push(story);
        }
        let mut sum = 0;
        let weights = stories.iter().map(|story| {
            sum += story.weight;
            sum
        });
        Self { weights: weights.collect(), stories, changes }
    }

    /// A story, by weight.
    pub(crate) fn draw(&self, random: &mut Random) -> (u16, &'static Story) {
        let total = self.weights.last().copied().unwrap_or_default();
        let draw = random.below(total);
        let number = self.weights.partition_point(|weight| *weight <= draw);
        (number as u16, self.stories[number])
    }

    /// The story of a kind of change.
    pub(crate) fn of_change(&self, kind: Kind) -> (u16, &'static Story) {
        // The tests see to it that every kind has one.
        let number = self.changes.get(&kind).copied().unwrap_or_default();
        (number, self.story(number))
    }

    /// The story with this number.
    pub(crate) fn story(&self, number: u16) -> &'static Story {
        self.stories[usize::from(number)]
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> &[&'static Story] {
        &self.stories
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::log::event_type::EVENT_TYPES;

    #[test]
    fn every_event_type_is_told_and_known() {
        let tales = Tales::new();
        let told: BTreeSet<_> = tales.all().iter().flat_map(|story| story.steps).map(|step| step.event_type).collect();
        let known: BTreeSet<_> = EVENT_TYPES.iter().map(|row| row.name).collect();
        let unknown: Vec<_> = told.difference(&known).collect();
        let untold: Vec<_> = known.difference(&told).collect();
        assert!(unknown.is_empty(), "add to EVENT_TYPES: {unknown:?}");
        assert!(untold.is_empty(), "no story tells of {untold:?}");
        assert!(told.len() >= 60, "{} event types", told.len());
    }

    #[test]
    fn every_kind_of_change_has_its_story() {
        let tales = Tales::new();
        for (kind, _) in Kind::WEIGHTS {
            assert!(tales.changes.contains_key(&kind), "no story of {kind:?}");
        }
        assert!(tales.changes.contains_key(&Kind::AppCreated) && tales.changes.contains_key(&Kind::GroupCreated));
    }

    #[test]
    fn stories_fit_into_the_shortest_slot() {
        for story in Tales::new().all() {
            assert!(story.length_ms() < 55_000, "{} is longer than a slot", story.name);
            assert!(story.steps.is_sorted_by_key(|step| step.after_ms), "sort the steps of {}", story.name);
        }
    }
}
