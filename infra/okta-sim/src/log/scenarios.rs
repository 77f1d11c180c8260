//! All scenarios, and how often each is told.

mod admins;
mod jobs;
mod lifecycle;
mod limits;
mod mfa;
mod oauth;
mod sign_in;
mod single_sign_on;
mod stories;
mod threats;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::log::scenario::Scenario;
use crate::org::change::ChangeKind;
use crate::random::Random;

/// All scenarios.
pub(crate) static SCENARIOS: LazyLock<ScenarioTable> = LazyLock::new(ScenarioTable::new);

/// The scenarios with their weights added up.
#[derive(Debug)]
pub(crate) struct ScenarioTable {
    scenarios: Vec<&'static Scenario>,
    /// Weight of all scenarios up to and with this one.
    weights: Vec<u64>,
    /// Which scenario tells which kind of change.
    changes: BTreeMap<ChangeKind, u16>,
}

impl ScenarioTable {
    fn new() -> Self {
        let tables: [&'static [Scenario]; 8] = [
            admins::SCENARIOS,
            jobs::SCENARIOS,
            limits::SCENARIOS,
            mfa::SCENARIOS,
            oauth::SCENARIOS,
            sign_in::SCENARIOS,
            single_sign_on::SCENARIOS,
            threats::SCENARIOS,
        ];
        let mut scenarios: Vec<&'static Scenario> = tables.into_iter().flatten().collect();
        let mut changes = BTreeMap::new();
        for (kind, scenario) in admins::CHANGES.iter().chain(lifecycle::CHANGES) {
            changes.insert(*kind, scenarios.len() as u16);
            scenarios.push(scenario);
        }
        for (kind, scenario) in stories::STORIES {
            changes.insert(ChangeKind::Story(*kind), scenarios.len() as u16);
            scenarios.push(scenario);
        }
        let mut sum = 0;
        let weights = scenarios.iter().map(|scenario| {
            sum += scenario.weight;
            sum
        });
        Self { weights: weights.collect(), scenarios, changes }
    }

    /// A scenario, by weight.
    pub(crate) fn draw(&self, random: &mut Random) -> (u16, &'static Scenario) {
        let total = self.weights.last().copied().unwrap_or_default();
        let draw = random.below(total);
        let number = self.weights.partition_point(|weight| *weight <= draw);
        (number as u16, self.scenarios[number])
    }

    /// The number of the scenario with this name; the first one's if there is none.
    pub(crate) fn number_of(&self, name: &str) -> u16 {
        self.scenarios.iter().position(|scenario| scenario.name == name).unwrap_or_default() as u16
    }

    /// The scenario of a kind of change.
    pub(crate) fn of_change(&self, kind: ChangeKind) -> (u16, &'static Scenario) {
        // The tests see to it that every kind has one.
        let number = self.changes.get(&kind).copied().unwrap_or_default();
        (number, self.scenario(number))
    }

    /// The scenario with this number.
    pub(crate) fn scenario(&self, number: u16) -> &'static Scenario {
        self.scenarios[usize::from(number)]
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> &[&'static Scenario] {
        &self.scenarios
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::log::event_type::EVENT_TYPES;

    #[test]
    fn every_event_type_is_told_and_known() {
        let scenarios = ScenarioTable::new();
        let told: BTreeSet<_> =
            scenarios.all().iter().flat_map(|scenario| scenario.steps).map(|step| step.event_type).collect();
        let known: BTreeSet<_> = EVENT_TYPES.iter().map(|row| row.name).collect();
        let unknown: Vec<_> = told.difference(&known).collect();
        let untold: Vec<_> = known.difference(&told).collect();
        assert!(unknown.is_empty(), "add to EVENT_TYPES: {unknown:?}");
        assert!(untold.is_empty(), "no scenario tells of {untold:?}");
        assert!(told.len() >= 60, "{} event types", told.len());
    }

    #[test]
    fn every_kind_of_change_has_its_story() {
        let scenarios = ScenarioTable::new();
        for (kind, _) in ChangeKind::WEIGHTS {
            assert!(scenarios.changes.contains_key(&kind), "no scenario of {kind:?}");
        }
        assert!(
            scenarios.changes.contains_key(&ChangeKind::AppCreated)
                && scenarios.changes.contains_key(&ChangeKind::GroupCreated)
        );
    }

    #[test]
    fn stories_fit_into_the_shortest_slot() {
        let is_story = |scenario: &&&Scenario| stories::STORIES.iter().any(|(_, story)| story.name == scenario.name);
        for scenario in ScenarioTable::new().all().iter().filter(|scenario| !is_story(scenario)) {
            assert!(scenario.length_ms() < 55_000, "{} is longer than a slot", scenario.name);
            assert!(scenario.steps.is_sorted_by_key(|step| step.after_ms), "sort the steps of {}", scenario.name);
        }
    }
}
