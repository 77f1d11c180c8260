//! What happens in an org: short stories of one to a dozen events, told of somebody at some time.

use crate::log::record::Record;
use crate::log::scene::Scene;
use crate::org::people::Person;

/// Who plays in a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    /// One of the first people, at a computer.
    Admin,
    /// Somebody from elsewhere, as one of the org's people.
    Attacker,
    /// Okta itself: nobody's address, no browser.
    Job,
    /// Anybody, at home or in the office.
    Person,
    /// A service app in a cloud.
    Service,
}

/// A story: its events are told of the same person, session and request.
#[derive(Debug)]
pub(crate) struct Story {
    /// For tests, and for whoever reads the tables.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(crate) name: &'static str,
    /// How often it is told, next to the others of its table.
    pub(crate) weight: u64,
    pub(crate) cast: Cast,
    /// Whether it can be told of this person.
    pub(crate) fits: fn(&Person) -> bool,
    pub(crate) steps: &'static [Step],
}

/// One event of a story.
#[derive(Debug)]
pub(crate) struct Step {
    /// When, counted from the story's beginning.
    pub(crate) after_ms: u32,
    /// In how many of a thousand tellings it happens.
    pub(crate) per_mille: u16,
    pub(crate) event_type: &'static str,
    /// Fills in what is not the same for all events of the cast.
    pub(crate) tell: Tell,
}

pub(crate) type Tell = for<'a> fn(&Scene<'a>, &mut Record<'a>);

/// A step that always happens.
pub(crate) const fn step(after_ms: u32, event_type: &'static str, tell: Tell) -> Step {
    Step { after_ms, per_mille: 1_000, event_type, tell }
}

/// A step that happens in `per_mille` of a thousand tellings.
pub(crate) const fn maybe(per_mille: u16, after_ms: u32, event_type: &'static str, tell: Tell) -> Step {
    Step { after_ms, per_mille, event_type, tell }
}

/// A story that can be told of anybody.
pub(crate) const fn story(name: &'static str, weight: u64, cast: Cast, steps: &'static [Step]) -> Story {
    Story { name, weight, cast, fits: anybody, steps }
}

/// A story that can be told of some people only.
pub(crate) const fn story_of(
    fits: fn(&Person) -> bool,
    name: &'static str,
    weight: u64,
    cast: Cast,
    steps: &'static [Step],
) -> Story {
    Story { name, weight, cast, fits, steps }
}

const fn anybody(_: &Person) -> bool {
    true
}

impl Story {
    /// From its first event to its last.
    pub(crate) fn length_ms(&self) -> i64 {
        self.steps.iter().map(|step| i64::from(step.after_ms)).max().unwrap_or_default()
    }
}

/// How a change of the org is told. It is never drawn: it happens when the change does.
pub(crate) const fn told(name: &'static str, steps: &'static [Step]) -> Story {
    Story { name, weight: 0, cast: Cast::Admin, fits: anybody, steps }
}
