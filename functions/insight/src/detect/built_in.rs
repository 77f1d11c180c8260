//! Our rules, as the build put them into the crate.

use serde_json::Value;

use super::lists::Lists;
use super::rule_set::{Refused, RuleSet};

const ALL: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
const AT_WRITE: &str = include_str!(concat!(env!("OUT_DIR"), "/rules_at_write.json"));

/// Returns the files of our rules, by name, with their documents.
pub fn files() -> Vec<(String, Vec<Value>)> {
    parsed(ALL)
}

/// Compiles all of our rules. Those whose lists are not configured are refused by name.
pub fn all(lists: &Lists) -> (RuleSet, Vec<Refused>) {
    RuleSet::new(files(), lists)
}

/// Compiles our rules about one event, without their prose: those that run where events are written.
pub fn at_write() -> RuleSet {
    RuleSet::new(parsed(AT_WRITE), &Lists::default()).0
}

/// The text is what the build wrote; a test reads it.
fn parsed(text: &str) -> Vec<(String, Vec<Value>)> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_ours_is_refused_but_for_lists() {
        let (rules, refused) = all(&Lists::default());
        assert!(rules.rules().len() > 150 && refused.len() < 10);
        let other: Vec<_> =
            refused.iter().filter(|refused| !matches!(refused.error, crate::detect::RuleError::NoList(_))).collect();
        assert!(other.is_empty(), "{other:#?}");
    }

    #[test]
    fn each_rule_about_one_event_runs_where_events_are_written() {
        let (all, at_write) = (all(&Lists::default()).0, at_write());
        assert_eq!(at_write.rules().len(), parsed(AT_WRITE).len());
        for rule in all.rules().iter().filter(|rule| rule.alone && rule.is_single_event()) {
            let same = at_write.rule(&rule.key);
            assert!(
                same.is_some_and(|same| same.group_by == rule.group_by && same.bucket == rule.bucket),
                "{}",
                rule.key
            );
        }
        assert!(at_write.rules().iter().all(crate::detect::Rule::is_single_event));
    }
}
