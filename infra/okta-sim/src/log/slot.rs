//! The events of one slot of time: which stories are told in it, and when.

use crate::log::late;
use crate::log::record::Record;
use crate::log::scene::Scene;
use crate::log::stage;
use crate::log::story::{Step, Story};
use crate::log::{Event, event_type};
use crate::org::{Org, timestamp};
use crate::random::{Random, mix};

/// One event that has not been written out yet: a slot of them is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) published_ms: i64,
    /// Of the telling.
    key: u64,
    story: u16,
    step: u16,
    /// Number of the change that is told, or none.
    change: Option<u32>,
    began_ms: i64,
}

/// How often a story that does not fit into the rest of a slot is drawn anew.
const TRIES: usize = 16;

/// The events of a slot in the order of `published`: exactly as many as the org's rhythm has there.
pub(crate) fn moments(org: &Org, slot: i64) -> Vec<Moment> {
    if org.rhythm.start_ms(slot) < org.log_start_ms() {
        return Vec::new();
    }
    let wanted = usize::try_from(org.rhythm.events_in(slot)).unwrap_or_default();
    let mut random = Random::of(org.config.seed ^ 0x51_07, slot.cast_unsigned());
    let mut moments = Vec::with_capacity(wanted);
    for (number, change) in org.calendar.between(org.rhythm.start_ms(slot), org.rhythm.start_ms(slot + 1)) {
        let story = org.tales.of_change(change.kind);
        let telling = Telling { key: random.next(), began_ms: change.at_ms, change: Some(number) };
        tell(story, &telling, &mut moments);
    }
    while moments.len() < wanted {
        let story = fitting(org, &mut random, wanted - moments.len());
        let began_ms = org.rhythm.instant_in(slot, &mut random, story.1.length_ms() + JITTER_MS + 1);
        tell(story, &Telling { key: random.next(), began_ms, change: None }, &mut moments);
    }
    moments.truncate(wanted);
    moments.sort_unstable();
    moments
}

/// What most events fit into.
const TYPICAL_SIZE: usize = 3_072;

/// No two tellings keep exactly the same time.
const JITTER_MS: i64 = 40;

fn fitting(org: &Org, random: &mut Random, room: usize) -> (u16, &'static Story) {
    let mut drawn = org.tales.draw(random);
    for _ in 0..TRIES {
        if drawn.1.steps.len() <= room {
            break;
        }
        drawn = org.tales.draw(random);
    }
    drawn
}

/// A story at a time.
struct Telling {
    key: u64,
    began_ms: i64,
    change: Option<u32>,
}

fn tell(story: (u16, &Story), telling: &Telling, moments: &mut Vec<Moment>) {
    let Telling { key, began_ms, change } = *telling;
    for (index, step) in (0..).zip(story.1.steps) {
        let mut random = Random::of(key, 100 + u64::from(index));
        if !random.chance(u64::from(step.per_mille)) {
            continue;
        }
        let jitter = random.below(JITTER_MS.cast_unsigned()).cast_signed();
        let published_ms = began_ms + i64::from(step.after_ms) + jitter;
        moments.push(Moment { published_ms, key, story: story.0, step: index, change, began_ms });
    }
}

impl Moment {
    /// When the event is inserted: what polling requests order by.
    pub(crate) fn persisted_ms(&self, org: &Org) -> i64 {
        late::persisted_ms(org, self.published_ms, self.event_key())
    }

    /// The event's key, which its uuid is made of.
    pub(crate) const fn event_key(&self) -> u64 {
        mix(self.key, self.step as u64)
    }

    /// The event, written out.
    pub(crate) fn event(&self, org: &Org) -> Event {
        let (story, step) = self.told(org);
        let uuid = crate::id::uuid(self.published_ms, self.event_key());
        let change = self.change.map(|number| org.calendar.changes()[number as usize]);
        let scene = Scene::new(org, story, self.key, self.began_ms, change);
        let kind = event_type::event_type(step.event_type);
        let mut record = stage::record(&scene, kind, self.published_ms, &uuid);
        (step.tell)(&scene, &mut record);
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
    pub(crate) fn event_type(&self, org: &Org) -> &'static str {
        self.told(org).1.event_type
    }

    fn told(&self, org: &Org) -> (&'static Story, &'static Step) {
        let story = org.tales.story(self.story);
        (story, &story.steps[self.step as usize])
    }
}

fn written(record: &Record<'_>) -> String {
    let mut json = Vec::with_capacity(TYPICAL_SIZE);
    // A record is strings and numbers under string keys: there is nothing that JSON has no form for.
    let is_whole = serde_json::to_writer(&mut json, record).is_ok();
    debug_assert!(is_whole);
    String::from_utf8(json).unwrap_or_default()
}
