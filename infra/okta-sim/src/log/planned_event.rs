//! The events of one slot of time: which scenarios are told in it, and when.

use std::ops::Range;

use crate::log::base_record;
use crate::log::event::Event;
use crate::log::event_type;
use crate::log::persistence;
use crate::log::record::Record;
use crate::log::scenario::{Scenario, Step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::scenarios::SCENARIOS;
use crate::org::change::Change;
use crate::org::model::OrgModel;
use crate::random::{Random, mix};
use crate::time::timestamp;

/// One event that has not been written out yet: a slot of them is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PlannedEvent {
    pub(crate) published_ms: i64,
    /// Of the occurrence.
    key: u64,
    scenario: u16,
    step: u16,
    /// Number of the change that is told, or none.
    change: Option<u32>,
    began_ms: i64,
    /// Whether it is inserted a fixed time after it is published.
    is_punctual: bool,
}

/// How often a scenario that does not fit into the rest of a slot is drawn anew.
const TRIES: usize = 16;

/// The events of a slot in the order of `published`: the regular ones, and those on top.
pub(crate) fn planned_events(org: &OrgModel, slot: i64) -> Vec<PlannedEvent> {
    let mut planned = regular_events(org, slot);
    let extra = extra_events(org, &(org.activity.start_ms(slot)..org.activity.start_ms(slot + 1)));
    if !extra.is_empty() {
        planned.extend(extra);
        planned.sort_unstable();
    }
    planned
}

/// The longest story, and an hour more.
const LONGEST_STORY_MS: i64 = 2 * 3_600_000;

/// The events of changes that come on top of the regular ones, published in `range`.
pub(crate) fn extra_events(org: &OrgModel, range: &Range<i64>) -> Vec<PlannedEvent> {
    let mut planned = Vec::new();
    let changes = org.calendar.between(range.start.saturating_sub(LONGEST_STORY_MS), range.end);
    for (number, change) in changes.filter(|(_, change)| change.is_extra) {
        planned.extend(events_of_change(org, number, change));
    }
    planned.retain(|event| range.contains(&event.published_ms));
    planned
}

/// The events of a change on top.
pub(crate) fn events_of_change(org: &OrgModel, number: u32, change: &Change) -> Vec<PlannedEvent> {
    let mut planned = Vec::new();
    let key = mix(org.config.seed ^ 0xe872a, u64::from(number));
    let occurrence = Occurrence { key, began_ms: change.at_ms, change: Some(number) };
    plan(SCENARIOS.of_change(change.kind), &occurrence, &mut planned);
    planned
}

/// The regular events of a slot in the order of `published`: exactly as many as the org's activity has there.
pub(crate) fn regular_events(org: &OrgModel, slot: i64) -> Vec<PlannedEvent> {
    if org.activity.start_ms(slot) < org.log_start_ms() {
        return Vec::new();
    }
    let wanted = usize::try_from(org.activity.events_in(slot)).unwrap_or_default();
    let mut random = Random::of(org.config.seed ^ 0x51_07, slot.cast_unsigned());
    let mut planned = Vec::with_capacity(wanted);
    let changes = org.calendar.between(org.activity.start_ms(slot), org.activity.start_ms(slot + 1));
    for (number, change) in changes.filter(|(_, change)| !change.is_extra) {
        let scenario = SCENARIOS.of_change(change.kind);
        let occurrence = Occurrence { key: random.next(), began_ms: change.at_ms, change: Some(number) };
        plan(scenario, &occurrence, &mut planned);
    }
    while planned.len() < wanted {
        let scenario = fitting(&mut random, wanted - planned.len());
        let began_ms = org.activity.instant_in(slot, &mut random, scenario.1.length_ms() + JITTER_MS + 1);
        plan(scenario, &Occurrence { key: random.next(), began_ms, change: None }, &mut planned);
    }
    planned.truncate(wanted);
    planned.sort_unstable();
    planned
}

/// What most events fit into.
const TYPICAL_SIZE: usize = 3_072;

/// No two occurrences keep exactly the same time.
const JITTER_MS: i64 = 40;

fn fitting(random: &mut Random, room: usize) -> (u16, &'static Scenario) {
    let mut drawn = SCENARIOS.draw(random);
    for _ in 0..TRIES {
        if drawn.1.steps.len() <= room {
            break;
        }
        drawn = SCENARIOS.draw(random);
    }
    drawn
}

/// A scenario at a time.
struct Occurrence {
    key: u64,
    began_ms: i64,
    change: Option<u32>,
}

fn plan(scenario: (u16, &Scenario), occurrence: &Occurrence, planned: &mut Vec<PlannedEvent>) {
    let Occurrence { key, began_ms, change } = *occurrence;
    for (index, step) in (0..).zip(scenario.1.steps) {
        let mut random = Random::of(key, 100 + u64::from(index));
        if !random.chance(u64::from(step.per_mille)) {
            continue;
        }
        let jitter = random.below(JITTER_MS.cast_unsigned()).cast_signed();
        let published_ms = began_ms + i64::from(step.after_ms) + jitter;
        planned.push(PlannedEvent {
            published_ms,
            key,
            scenario: scenario.0,
            step: index,
            change,
            began_ms,
            is_punctual: false,
        });
    }
}

impl PlannedEvent {
    /// How long after they are published punctual events are inserted.
    pub(crate) const PUNCTUAL_LAG_MS: i64 = 100;

    /// The first event of a scenario, inserted in the order of `published`.
    pub(crate) const fn punctual(published_ms: i64, key: u64, scenario: u16) -> Self {
        Self { published_ms, key, scenario, step: 0, change: None, began_ms: published_ms, is_punctual: true }
    }

    /// When the event is inserted: what polling requests order by.
    pub(crate) fn persisted_ms(&self, org: &OrgModel) -> i64 {
        if self.is_punctual {
            return self.published_ms + Self::PUNCTUAL_LAG_MS;
        }
        persistence::persisted_ms(org, self.published_ms, self.event_key())
    }

    /// The event's key, which its uuid is made of.
    pub(crate) const fn event_key(&self) -> u64 {
        mix(self.key, self.step as u64)
    }

    /// The event, written out.
    pub(crate) fn event(&self, org: &OrgModel) -> Event {
        let (scenario, step) = self.step();
        let uuid = crate::id::uuid(self.published_ms, self.event_key());
        let change = self.change.map(|number| org.calendar.changes()[number as usize]);
        let actor_kind = step.actor_kind.unwrap_or(scenario.actor_kind);
        let context = ScenarioContext::new(org, (actor_kind, scenario.fits), self.key, self.began_ms, change);
        let kind = event_type::event_type(step.event_type);
        let mut record = base_record::record(&context, kind, self.published_ms, &uuid);
        (step.fill)(&context, &mut record);
        let json = written(&record);
        Event {
            published: timestamp(self.published_ms),
            persisted: timestamp(self.persisted_ms(org)),
            event_type: kind.name,
            json,
            uuid,
        }
    }

    /// The type, without writing the event out.
    pub(crate) fn event_type(&self) -> &'static str {
        self.step().1.event_type
    }

    fn step(&self) -> (&'static Scenario, &'static Step) {
        let scenario = SCENARIOS.scenario(self.scenario);
        (scenario, &scenario.steps[self.step as usize])
    }
}

fn written(record: &Record<'_>) -> String {
    let mut json = Vec::with_capacity(TYPICAL_SIZE);
    // A record is strings and numbers under string keys: there is nothing that JSON has no form for.
    let is_whole = serde_json::to_writer(&mut json, record).is_ok();
    debug_assert!(is_whole);
    String::from_utf8(json).unwrap_or_default()
}
