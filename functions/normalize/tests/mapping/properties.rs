//! What must hold for every LogEvent, whatever is in it.

use normalize::{Envelope, LogEvent};
use proptest::prelude::*;

use crate::events::{any_event, any_tree, damaged_event};
use crate::row;

proptest! {
    /// Valid OCSF, the same id, no leaf lost.
    #[test]
    fn every_event_becomes_a_valid_row_that_lost_nothing(event in any_event()) {
        let row = row::checked(&event).map_err(TestCaseError::fail)?;
        let mut uuid = Vec::new();
        if let crate::tree::Tree::Object(members) = &event {
            members[0].1.leaves(&mut uuid);
        }
        prop_assert_eq!(row["metadata"]["uid"].as_str(), uuid.first().map(String::as_str));
    }

    /// An event of Okta's with a few bytes changed is still one, or is refused.
    #[test]
    fn a_damaged_event_is_valid_or_refused(event in damaged_event()) {
        if LogEvent::parse(&event).is_ok() {
            prop_assert_eq!(ocsf_check::check(&row::of(&event)), []);
        }
    }

    /// Any JSON is an event or is refused.
    #[test]
    fn any_json_is_parsed_or_refused(tree in any_tree()) {
        let text = tree.to_string();
        let _ = LogEvent::parse(&text);
        let _ = Envelope::new(&text, &text);
    }

    /// So is any text.
    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        let _ = LogEvent::parse(&text);
        let _ = Envelope::new(&text, &text);
    }
}
