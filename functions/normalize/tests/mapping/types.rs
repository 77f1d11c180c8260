//! Every type of the table, in every form that an event of it may have.

use normalize::event_type;

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

#[test]
fn every_type_in_every_form_is_valid_and_loses_nothing() {
    for decided in event_type::rows() {
        let event_type = decided.unwrap().event_type.replace('*', "not_in_the_table");
        for (variant, template) in VARIANTS {
            let event = template.replace("EVENT_TYPE", &event_type);
            let row = row::of(&event);
            assert_eq!(ocsf_check::check(&row), [], "{event_type}, {variant}: {row}");
            assert_eq!(leaves::lost(&event, &row), [] as [String; 0], "{event_type}, {variant}");
        }
    }
}
