//! What holds for any log of any org.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::*;
use crate::log::scenarios::SCENARIOS;
use crate::org::change::ChangeKind;
use crate::org::config::DenseHour;
use crate::org::directory::Directory;
use crate::org::status::Status;
use crate::org::story::StorySpec;

const SEED: u64 = 42;

fn org(events_per_day: u32) -> Org {
    Org::new(OrgConfig { seed: SEED, events_per_day, late_per_mille: 30, ..OrgConfig::default() })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn a_week() -> Range<Timestamp> {
    at("2026-02-02T00:00:00Z")..at("2026-02-09T00:00:00Z")
}

#[test]
fn a_week_has_exactly_its_events_in_the_order_of_published_with_unique_ids() {
    for events_per_day in [50, 2_000, 6_000] {
        let org = org(events_per_day);
        let events: Vec<_> = org.events(a_week()).collect();
        assert_eq!(events.len() as u64, u64::from(events_per_day) * 7, "seed {SEED}");
        assert_eq!(org.count(a_week()), events.len() as u64);
        assert!(events.is_sorted_by_key(|event| event.published), "seed {SEED}");
        assert!(events.iter().all(|event| a_week().contains(&event.published)));
        let ids: HashSet<_> = events.iter().map(|event| &event.uuid).collect();
        assert_eq!(ids.len(), events.len(), "seed {SEED}");
    }
}

#[test]
fn any_part_of_the_log_is_the_same_as_in_the_whole() {
    let org = org(3_000);
    let part = at("2026-02-03T10:07:11.123Z")..at("2026-02-03T17:59:59.999Z");
    let whole: Vec<_> = org.events(a_week()).filter(|event| part.contains(&event.published)).collect();
    let alone: Vec<_> = Org::new(org.config().clone()).events(part.clone()).collect();
    assert!(whole.len() > 500, "{} events", whole.len());
    assert_eq!(alone, whole, "seed {SEED}");
    assert_eq!(org.count(part), whole.len() as u64);
}

#[test]
fn insertion_brings_the_same_events_in_another_order() {
    let org = org(2_000);
    let inserted: Vec<_> = org.events_by_persistence(a_week()).collect();
    assert!(inserted.is_sorted_by_key(|event| event.persisted), "seed {SEED}");
    assert!(inserted.iter().all(|event| event.persisted > event.published));
    let ids = |events: &[Event]| events.iter().map(|event| event.uuid.clone()).collect::<HashSet<_>>();
    let wide = at("2026-02-01T00:00:00Z")..at("2026-02-09T00:00:00Z");
    let published = org.events(wide).filter(|event| a_week().contains(&event.persisted)).collect::<Vec<_>>();
    assert_eq!(ids(&inserted), ids(&published), "seed {SEED}");
    assert_eq!(inserted.len(), published.len());
}

#[test]
fn the_configured_share_of_events_is_late() {
    let org = org(9_000);
    let late = |event: &Event| event.persisted.duration_since(event.published) > SignedDuration::from_secs(2);
    let (late, all) = org.events(a_week()).fold((0, 0), |(some, all), event| (some + u32::from(late(&event)), all + 1));
    // Those of the last minute of a slot can be late by less than two seconds.
    assert!((all * 24 / 1_000..all * 35 / 1_000).contains(&late), "{late} of {all} are late, seed {SEED}");
}

#[test]
fn nothing_happens_before_the_log_begins() {
    let org = org(2_000);
    let first = org.events(Timestamp::MIN..at("2026-02-01T00:00:00Z")).next().unwrap();
    assert!(first.published >= org.log_start());
    assert_eq!(org.events(Timestamp::MIN..org.log_start()).count(), 0);
    assert_eq!(org.count(Timestamp::MIN..org.log_start()), 0);
}

#[test]
fn a_week_shows_most_event_types_and_sign_ins_dominate() {
    let org = org(9_000);
    let mut counts = std::collections::BTreeMap::<_, u32>::new();
    for event in org.events(a_week()) {
        *counts.entry(event.event_type).or_default() += 1;
    }
    assert!(counts.len() >= 85, "{} types", counts.len());
    let share = |kind: &str| f64::from(counts[kind]) / f64::from(counts.values().sum::<u32>());
    assert!(share("user.authentication.sso") > 0.2, "{counts:#?}");
    assert!(share("policy.evaluate_sign_on") > 0.15, "{counts:#?}");
    assert!(share("user.session.start") > 0.05, "{counts:#?}");
}

#[test]
fn events_have_every_field_with_oktas_quirks() {
    let org = org(2_000);
    for event in org.events(a_week()) {
        let json: serde_json::Value = serde_json::from_str(&event.json).unwrap();
        assert_eq!(json["uuid"], event.uuid.as_str());
        assert_eq!(json["eventType"], event.event_type);
        assert_eq!(json["version"], "0");
        assert_eq!(json["published"].as_str().unwrap().len(), "2026-02-02T00:00:00.000Z".len());
        assert_eq!(at(json["published"].as_str().unwrap()), event.published);
        for key in [
            "actor",
            "client",
            "authenticationContext",
            "outcome",
            "securityContext",
            "debugContext",
            "transaction",
            "request",
        ] {
            assert!(json[key].is_object(), "{key} in {json}");
        }
        assert!(json.as_object().unwrap().contains_key("device") && json.as_object().unwrap().contains_key("target"));
        let debug = json["debugContext"]["debugData"].as_object().unwrap();
        assert!(debug.values().all(serde_json::Value::is_string), "{json}");
        let mut names: Vec<_> = debug.keys().collect();
        names.dedup();
        assert_eq!(names.len(), event.json.matches_debug_keys(), "twice the same key in {}", event.json);
    }
}

/// What the log should say first of a change.
fn first_event(kind: ChangeKind) -> &'static str {
    SCENARIOS.of_change(kind).1.steps[0].event_type
}

#[test]
fn every_change_is_told_when_it_happens_and_names_whom_it_concerns() {
    let org = org(6_000);
    let (start, end) = (a_week().start.as_millisecond(), a_week().end.as_millisecond());
    let changes: Vec<_> = org.model().calendar.between(start, end).collect();
    assert!(changes.len() > 40, "{} changes", changes.len());
    let events: Vec<_> = org.events(a_week()).collect();
    for (_, change) in changes {
        let near = |event: &&Event| (0..1_000).contains(&(event.published.as_millisecond() - change.at_ms));
        let told = events.iter().filter(near).filter(|event| event.event_type == first_event(change.kind));
        let person = &org.model().people[change.person as usize].id;
        let names_person =
            matches!(change.kind, ChangeKind::PersonJoined | ChangeKind::PersonLeft | ChangeKind::GroupMemberAdded);
        assert!(told.into_iter().any(|event| !names_person || event.json.contains(person)), "{change:?}");
    }
}

#[test]
fn who_has_left_signs_in_no_more() {
    let org = org(6_000);
    let left = org.model().people.iter().find(|person| person.left_ms < a_week().start.as_millisecond()).unwrap();
    let acts = |event: &Event| event.json.starts_with(&format!(r#"{{"actor":{{"id":"{}""#, left.id));
    assert_eq!(org.events(a_week()).filter(acts).count(), 0, "{} left", left.login);
}

trait DebugKeys {
    fn matches_debug_keys(&self) -> usize;
}

impl DebugKeys for String {
    /// How many keys `debugData` has as text, duplicates counted twice.
    fn matches_debug_keys(&self) -> usize {
        let start = self.find(r#""debugData":{"#).unwrap() + 13;
        let text = &self[start..start + self[start..].find("}},\"legacyEventType\"").unwrap()];
        let plain = text.replace(r#"\""#, "");
        plain.matches("\":\"").count()
    }
}

#[test]
fn a_dense_hour_has_its_events_in_every_order() {
    let start = at("2026-02-03T10:00:00Z");
    let dense_hour = Some(DenseHour { start, events: 40_000 });
    let org = Org::new(OrgConfig { dense_hour, ..org(2_000).config().clone() });
    let hour = start..at("2026-02-03T11:00:00Z");
    let events: Vec<_> = org.events(hour.clone()).collect();
    assert!(events.len() >= 40_000, "{} events", events.len());
    assert_eq!(org.count(hour.clone()), events.len() as u64);
    assert!(events.is_sorted_by_key(|event| event.published));
    let inserted: Vec<_> = org.events_by_persistence(hour.start..at("2026-02-03T16:00:00Z")).collect();
    assert!(inserted.is_sorted_by_key(|event| event.persisted));
    let ids: HashSet<_> = inserted.iter().map(|event| &event.uuid).collect();
    assert_eq!(ids.len(), inserted.len());
    assert!(events.iter().all(|event| ids.contains(&event.uuid)), "seed {SEED}");
}

#[test]
fn stories_are_in_the_log_and_leave_traces() {
    let begins = at("2026-02-04T09:00:00Z");
    let kinds = [
        StoryKind::LeaverActs,
        StoryKind::MfaFatigue,
        StoryKind::PasswordSpray,
        StoryKind::RogueIdp,
        StoryKind::SessionTheft,
    ];
    let stories = kinds.map(|kind| StorySpec { kind, at: begins });
    let org = Org::new(OrgConfig { stories: stories.to_vec(), ..org(2_000).config().clone() });
    let truths = org.stories();
    assert_eq!(truths.iter().map(|truth| truth.kind).collect::<Vec<_>>(), kinds);
    let around = at("2026-02-04T00:00:00Z")..at("2026-02-05T00:00:00Z");
    let logged: HashSet<_> = org.events(around.clone()).map(|event| event.uuid).collect();
    assert_eq!(org.count(around.clone()), logged.len() as u64);
    let polled: HashSet<_> = org.events_by_persistence(around).map(|event| event.uuid).collect();
    for truth in &truths {
        assert!(truth.events.len() >= 3, "{:?}", truth.kind);
        assert!(truth.events.iter().all(|event| logged.contains(&event.uuid)), "{:?}", truth.kind);
        assert!(truth.events.iter().all(|event| polled.contains(&event.uuid)), "{:?}", truth.kind);
        assert!(truth.events.iter().any(|event| event.json.contains(&truth.user_id)), "{:?}", truth.kind);
    }
    let directory = Directory::at(org.model(), begins.as_millisecond());
    let leaver = org.model().people.iter().position(|person| person.id == truths[0].user_id).unwrap();
    assert_eq!(directory.users[leaver].status, Status::Deprovisioned);
    assert_eq!(directory.rogue_idps_ms, [begins.as_millisecond()]);
    assert!(directory.tokens.iter().any(|token| token.created_ms == begins.as_millisecond()));
}

#[test]
fn live_changes_come_at_their_rate_on_top_of_the_log() {
    let plain = org(2_000);
    let live = Org::new(OrgConfig { changes_per_hour: 60, ..plain.config().clone() });
    let now = plain.config().now;
    let hour = now..now + SignedDuration::from_hours(1);
    let extra = |org: &Org| {
        let (start, end) = (hour.start.as_millisecond(), hour.end.as_millisecond());
        org.model().calendar.between(start, end).filter(|(_, change)| change.is_extra).count()
    };
    assert_eq!((extra(&plain), extra(&live)), (0, 60));
    assert!(live.count(hour.clone()) >= plain.count(hour.clone()) + 60);
    assert_eq!(live.events(hour.clone()).count() as u64, live.count(hour));
}
