//! What holds of each of our rules.

use std::collections::{BTreeMap, BTreeSet};

use insight::detect::documents;
use serde_json::Value;

use crate::case::{cases, files, rules};

#[test]
fn each_rule_finds_what_it_must_and_nothing_that_it_must_not() {
    let rules = rules();
    let mut wrong = Vec::new();
    for (rule, case) in cases() {
        let outcome = case.outcome(rules, rule);
        let found = outcome.findings.iter().any(|finding| finding.rule == *rule);
        if found != case.must_match || outcome.unreadable > 0 {
            let all: Vec<_> = outcome.findings.iter().map(|finding| &finding.rule).collect();
            wrong.push(format!("{rule}: must match {}, found {all:?}; {:?}", case.must_match, outcome.unknown));
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_rule_has_cases_of_both_kinds() {
    let mut kinds: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for (rule, case) in cases() {
        kinds.entry(rule.clone()).or_default().insert(case.must_match);
    }
    for (file, _) in files() {
        let both: Option<&BTreeSet<bool>> = kinds.get(&file);
        assert!(both.is_some_and(|kinds| kinds.len() == 2), "{file}: give it events that it must and must not find");
    }
}

#[test]
fn each_rule_says_what_people_need() {
    for rule in rules().rules().iter().filter(|rule| rule.alone) {
        let name = &rule.key;
        assert!(rule.id.as_ref().is_some_and(|id| id.len() == 36), "{name}: `id` is a UUID");
        assert!(!rule.title.is_empty() && rule.title.len() < 256, "{name}: `title`");
        assert!(rule.description.len() > 20, "{name}: `description` says what it finds and why that matters");
        assert!(rule.respond.len() > 10, "{name}: `okta_lake.respond` says what to do");
        assert!(!rule.falsepositives.is_empty(), "{name}: `falsepositives`");
        assert!(!rule.fields.is_empty(), "{name}: `fields` are what to look at");
        let typed = ["actor.alternateId", "actor.displayName", "target.alternateId"];
        let grouped = rule.group_by.iter().find(|field| typed.contains(&field.as_str()));
        assert_eq!(grouped, None, "{name}: people type passwords into that field; group by an id");
    }
}

#[test]
fn each_file_is_named_after_its_rule() {
    let rules = rules();
    for (file, _) in files() {
        let rule = rules.rule(&file).unwrap_or_else(|| panic!("{file}.yml has no rule of that `name`"));
        assert!(rule.alone, "{file} makes no findings");
    }
    let alone = rules.rules().iter().filter(|rule| rule.alone).count();
    assert_eq!(alone, files().len(), "each file has one rule that makes findings");
}

#[test]
fn each_event_type_exists() {
    let catalog = include_str!("../../../normalize/data/event_types.csv");
    let catalog: BTreeSet<&str> = catalog.lines().filter_map(|line| line.split(',').next()).collect();
    for (file, text) in files() {
        for document in documents(&text).unwrap() {
            let mut types = Vec::new();
            event_types(&document, &mut types);
            for event_type in types {
                assert!(
                    catalog.contains(event_type.as_str()),
                    "{file}: {event_type} is no event type of Okta's catalog"
                );
            }
        }
    }
}

/// Whatever stands under a key `eventType`, however deep.
fn event_types(value: &Value, types: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if key == "eventType" {
                    let many = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                    types.extend(many.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                event_types(value, types);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| event_types(value, types)),
        _ => {}
    }
}

#[test]
fn no_rule_looks_at_every_event() {
    for rule in rules().rules() {
        assert!(
            rule.event_types().is_some(),
            "{}: name the event types, so that other events need not be parsed",
            rule.key
        );
    }
}

#[test]
fn there_are_as_many_as_the_documentation_says() {
    let rules = rules();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules.rules().iter().filter(|rule| rule.alone) {
        *kinds.entry(rule.kind()).or_default() += 1;
    }
    let types: BTreeSet<String> =
        rules.rules().iter().filter_map(insight::detect::Rule::event_types).flatten().collect();
    println!("{} rules over {} event types: {kinds:?}", files().len(), types.len());
    assert!(files().len() >= 150);
}
