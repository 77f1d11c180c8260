//! The cases' events and what our engine says of them, for an independent judge: `agreement.py` asks pySigma the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use crate::case::{cases, rules};

/// Writes one JSON line a case into the file that `OKTA_LAKE_AGREEMENT` names: the rule, the events as flat rows, and
/// the groups and events that were found.
#[test]
fn cases_are_written_for_the_judge() {
    let rules = rules();
    let mut lines = String::new();
    for (rule, case) in cases() {
        let kind = rules.rule(rule).unwrap().kind();
        if !["event", "threshold", "sequence"].contains(&kind) {
            continue;
        }
        let outcome = case.outcome(rules, rule);
        let found: Vec<Value> = outcome
            .findings
            .iter()
            .filter(|finding| finding.rule == *rule)
            .map(|finding| json!({"group": finding.group, "evidence": finding.evidence}))
            .collect();
        let rows: Vec<_> = case.events().iter().map(flat).collect();
        writeln!(lines, "{}", json!({"rule": rule, "kind": kind, "rows": rows, "found": found})).unwrap();
    }
    assert!(lines.lines().count() > 200, "there is something to judge");
    #[expect(clippy::disallowed_methods, reason = "where the judge wants the cases")]
    if let Ok(path) = std::env::var("OKTA_LAKE_AGREEMENT") {
        std::fs::write(path, lines).unwrap();
    }
}

/// An event as a row: a name for each scalar, as the rules write them. Of several values of a name the row has one,
/// which is why no case gives a rule several that matter.
fn flat(event: &Value) -> BTreeMap<String, String> {
    let mut row = BTreeMap::new();
    place("", event, &mut row);
    row
}

fn place(name: &str, value: &Value, row: &mut BTreeMap<String, String>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(part, value)| place(&below(part), value, row)),
        Value::Array(items) => {
            let mut types = BTreeSet::new();
            for item in items {
                place(name, item, row);
                if let Some(kind) = item["type"].as_str().filter(|kind| types.insert((*kind).to_owned())) {
                    place(&below(kind), item, row);
                }
            }
        }
        Value::Null => {}
        Value::String(text) => {
            row.entry(name.to_owned()).or_insert_with(|| text.clone());
        }
        scalar => {
            row.entry(name.to_owned()).or_insert_with(|| scalar.to_string());
        }
    }
}
