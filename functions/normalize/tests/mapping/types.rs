//! Every type of the table, in every form that an event of it may have.

use normalize::event_type::{self, Basis};
use normalize::ocsf::Class;

use crate::{leaves, row};

/// LogEvents of any type: with everything, with nothing, by a job, by a service, ...
const VARIANTS: [(&str, &str); 7] = [
    ("bare", include_str!("variants/bare.json")),
    ("by_service", include_str!("variants/by_service.json")),
    ("by_system", include_str!("variants/by_system.json")),
    ("full", include_str!("variants/full.json")),
    ("new_words", include_str!("variants/new_words.json")),
    ("nulls", include_str!("variants/nulls.json")),
    ("own_account", include_str!("variants/own_account.json")),
];

/// The types of Okta's catalog of release 2026.08.1 (developer.okta.com, "Event types"). A newer one goes here, and the
/// test says what to add to the table; `okta-lake event-types --catalog` writes the rows.
const CATALOG: &str = include_str!("catalog.txt");

#[test]
fn every_type_of_the_catalog_is_decided() {
    let undecided: Vec<_> = CATALOG.lines().filter(|it| event_type::decide(it).1 == Basis::Family).collect();
    assert_eq!(undecided, [] as [&str; 0], "add rows for these to data/event_types.csv");
    let rows = event_type::rows().map(|row| row.unwrap().event_type).filter(|it| !it.ends_with('*'));
    let invented: Vec<_> = rows.filter(|row| !CATALOG.lines().any(|known| known == *row)).collect();
    assert_eq!(invented, [] as [&str; 0], "Okta's catalog has no such types");
}

#[test]
fn few_types_are_left_to_the_base_event_or_to_activity_99() {
    let rows: Vec<_> =
        event_type::rows().map(|row| row.unwrap()).filter(|row| !row.event_type.ends_with('*')).collect();
    let base = rows.iter().filter(|row| row.decision.class == Class::BaseEvent).count();
    let others = rows.iter().filter(|row| row.decision.activity.id == 99).count();
    assert!(base * 100 < rows.len() * 3, "{base} of {} types are base events", rows.len());
    assert!(others * 100 < rows.len() * 10, "{others} of {} types have no activity of their class", rows.len());
}

#[test]
fn every_type_in_every_form_is_valid_and_loses_nothing() {
    for decided in event_type::rows() {
        let event_type = decided.unwrap().event_type.replace('*', "not_in_the_table");
        for (variant, template) in VARIANTS {
            let event = template.replace("EVENT_TYPE", &event_type);
            let row = row::of(&event);
            assert_eq!(ocsf_check::check(&row), [], "{event_type}, {variant}: {row}");
            assert_eq!(leaves::lost(&event, &row), [] as [String; 0], "{event_type}, {variant}");
            let older = row::of_1_3(&event);
            assert_eq!(older["metadata"]["version"], "1.3.0");
            assert_eq!(
                ocsf_check::check_as(ocsf_check::Release::V1_3, &older),
                [],
                "{event_type}, {variant}, 1.3.0: {older}"
            );
            assert_eq!(leaves::lost(&event, &older), [] as [String; 0], "{event_type}, {variant}, 1.3.0: {older}");
        }
    }
}
