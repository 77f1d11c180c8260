//! What happens in an org: short scenarios of one to a dozen events, told of somebody at some time.

use crate::log::actor_kind::ActorKind;
use crate::log::record::Record;
use crate::log::scenario_context::ScenarioContext;
use crate::org::people::Person;

/// A scenario: its events are told of the same person, session and request.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// What happens, for people.
    pub(crate) name: &'static str,
    /// How often it is told, next to the others of its table.
    pub(crate) weight: u64,
    pub(crate) actor_kind: ActorKind,
    /// Whether it can be told of this person.
    pub(crate) fits: fn(&Person) -> bool,
    pub(crate) steps: &'static [Step],
}

/// One event of a scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// When, counted from the scenario's beginning.
    pub(crate) after_ms: u32,
    /// In how many of a thousand occurrences it happens.
    pub(crate) per_mille: u16,
    pub(crate) event_type: &'static str,
    /// Who acts, if it is not the scenario's own kind of actor.
    pub(crate) actor_kind: Option<ActorKind>,
    /// Fills in what is not the same for all events of a kind of actor.
    pub(crate) fill: FillRecord,
}

pub(crate) type FillRecord = for<'a> fn(&ScenarioContext<'a>, &mut Record<'a>);

/// A step that always happens.
pub(crate) const fn step(after_ms: u32, event_type: &'static str, fill: FillRecord) -> Step {
    Step { after_ms, per_mille: 1_000, event_type, actor_kind: None, fill }
}

/// A step that happens in `per_mille` of a thousand occurrences.
pub(crate) const fn maybe(per_mille: u16, after_ms: u32, event_type: &'static str, fill: FillRecord) -> Step {
    Step { after_ms, per_mille, event_type, actor_kind: None, fill }
}

/// A scenario that can be told of anybody.
pub(crate) const fn scenario(
    name: &'static str,
    weight: u64,
    actor_kind: ActorKind,
    steps: &'static [Step],
) -> Scenario {
    Scenario { name, weight, actor_kind, fits: anybody, steps }
}

/// A scenario that can be told of some people only.
pub(crate) const fn scenario_of(
    fits: fn(&Person) -> bool,
    name: &'static str,
    weight: u64,
    actor_kind: ActorKind,
    steps: &'static [Step],
) -> Scenario {
    Scenario { name, weight, actor_kind, fits, steps }
}

const fn anybody(_: &Person) -> bool {
    true
}

impl Scenario {
    /// From its first event to its last.
    pub(crate) fn length_ms(&self) -> i64 {
        self.steps.iter().map(|step| i64::from(step.after_ms)).max().unwrap_or_default()
    }
}

/// How a change of the org is told. It is never drawn: it happens when the change does.
pub(crate) const fn change_scenario(name: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, weight: 0, actor_kind: ActorKind::Admin, fits: anybody, steps }
}

/// The step with another kind of actor.
pub(crate) const fn by(actor_kind: ActorKind, step: Step) -> Step {
    Step { actor_kind: Some(actor_kind), ..step }
}

/// A story: an attack or a mishap on request. It is longer than a slot.
pub(crate) const fn story(name: &'static str, actor_kind: ActorKind, steps: &'static [Step]) -> Scenario {
    Scenario { name, weight: 0, actor_kind, fits: anybody, steps }
}
