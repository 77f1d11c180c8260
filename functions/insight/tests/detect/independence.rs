//! What is found depends on the set of events: neither on their order, nor on repetition, nor on how they are cut.

use insight::detect::{Context, Evaluation, NoInventory, Outcome, Profile, RuleSet};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::case::{cases, rules, start};

fn outcome(rules: &RuleSet, events: &[Value]) -> Outcome {
    let mut evaluation = Evaluation::new(rules);
    for event in events {
        evaluation.show(event);
    }
    let complete = Timestamp::MIN..Timestamp::MAX;
    let profile = Profile::default();
    evaluation.finish(&Context { tenant: "acme", profile: &profile, inventory: &NoInventory, complete })
}

/// The events of some cases, each at a time of its own, with uuids of their own.
fn story(picked: &[(usize, i64)]) -> Vec<Value> {
    let cases = cases();
    let mut events = Vec::new();
    for (turn, (pick, minutes)) in picked.iter().enumerate() {
        for mut event in cases[pick % cases.len()].1.events() {
            let time: Timestamp = event["published"].as_str().unwrap().parse().unwrap();
            event["published"] = json!((time + SignedDuration::from_mins(*minutes)).to_string());
            event["uuid"] = json!(format!("{turn}-{}", event["uuid"].as_str().unwrap()));
            events.push(event);
        }
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_and_repetition_change_nothing(
        picked in prop::collection::vec((0usize..10_000, -300i64..300), 1..12),
        seed in any::<u64>(),
    ) {
        let rules = rules();
        let events = story(&picked);
        let expected = outcome(rules, &events);
        let mut shuffled: Vec<Value> = events.iter().chain(events.iter().step_by(3)).cloned().collect();
        let key = |event: &Value| event["uuid"].as_str().unwrap().bytes().fold(seed, |sum, byte| sum.rotate_left(7).wrapping_mul(31) ^ u64::from(byte));
        shuffled.sort_by_key(key);
        prop_assert_eq!(outcome(rules, &shuffled), expected);
    }

    /// Events that come later add to findings and make new ones; none goes, and none gets another uid.
    #[test]
    fn a_late_event_takes_nothing_back(
        picked in prop::collection::vec((0usize..10_000, -300i64..300), 2..12),
        late in any::<prop::sample::Index>(),
    ) {
        let rules = rules();
        let all = story(&picked);
        let mut early = all.clone();
        early.remove(late.index(all.len()));
        let later = outcome(rules, &all);
        for finding in outcome(rules, &early).findings {
            let again = later.findings.iter().find(|other| other.uid == finding.uid);
            // An event in between can end an absence, or be the stop between two places.
            let may_go = ["absence", "travel"].contains(&rules.rule(&finding.rule).unwrap().kind());
            prop_assert!(may_go || again.is_some_and(|again| again.count >= finding.count || finding.count == 2 || rules.rule(&finding.rule).unwrap().kind() == "sequence"), "{}", finding.rule);
        }
    }
}

#[test]
fn buckets_are_the_same_whenever_one_looks() {
    let rules = rules();
    let event = |minutes: i64, number: usize| {
        json!({"uuid": format!("u{number}"), "published": (start() + SignedDuration::from_mins(minutes)).to_string(),
            "eventType": "user.mfa.attempt_bypass", "actor": {"id": "00u1"}})
    };
    let (first, second) = (event(59, 1), event(61, 2));
    let both = outcome(rules, &[second.clone(), first.clone()]);
    let uids = |outcome: &Outcome| -> Vec<String> {
        outcome
            .findings
            .iter()
            .filter(|finding| finding.rule == "mfa-bypass-attempt")
            .map(|finding| finding.uid.clone())
            .collect()
    };
    let mut apart = uids(&outcome(rules, &[first]));
    apart.extend(uids(&outcome(rules, &[second])));
    apart.sort();
    assert_eq!(uids(&both), apart);
    assert_eq!(apart.len(), 2, "two buckets are two findings");
    let related = |outcome: &Outcome| {
        outcome
            .findings
            .iter()
            .filter(|finding| finding.rule == "mfa-bypass-attempt")
            .all(|finding| finding.related.len() == 1)
    };
    assert!(related(&both), "the two name each other");
}
