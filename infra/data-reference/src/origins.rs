//! Where each column of a class comes from, found by changing one field of a LogEvent at a time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use jiff::Timestamp;
use normalize::event_type::Row;
use normalize::ocsf::Class;
use normalize::{IngestContext, IngestPath, LogEvent, Tenant, normalize};
use serde_json::Value;

use crate::leaves::{Leaves, of_row, variants};

/// Where the values of a column come from.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// Fields that stand in it as they are.
    copied: BTreeSet<String>,
    /// Fields that decide what stands in it.
    derived: BTreeSet<String>,
    /// It depends on the delivery, not on the event.
    is_of_receipt: bool,
    /// What stood in it while nothing was changed, event by event.
    values: BTreeSet<BTreeSet<String>>,
}

/// Columns that the table decides. Not every type is tried, so that they could seem to be always the same.
const DECIDED: [&str; 5] = ["activity_id", "activity_name", "metadata.event_code", "type_name", "type_uid"];

/// By column.
pub(crate) type Origins = BTreeMap<String, Origin>;

/// LogEvents that have between them every field that the mapping knows.
const TEMPLATES: [&str; 3] = [
    include_str!("../../../functions/normalize/tests/mapping/variants/full.json"),
    include_str!("../../../functions/normalize/tests/mapping/variants/own_account.json"),
    include_str!("../../../functions/normalize/tests/mapping/variants/by_service.json"),
];

/// The columns that are set by the event types of `rows`, which are of one class.
pub(crate) fn of_class(rows: &[Row]) -> Result<Origins> {
    let mut origins = Origins::new();
    let mut tried = BTreeSet::new();
    for row in rows {
        // What acts upon the same kinds of targets is mapped by the same code; of an entity, whatever is done to it.
        let activity = (row.decision.class != Class::EntityManagement).then_some(row.decision.activity.name);
        if tried.insert((activity, row.decision.subject.target_types.as_slice())) {
            TEMPLATES.iter().try_for_each(|template| add(&mut origins, template, row.event_type))?;
        }
    }
    for column in DECIDED {
        origins.insert(column.to_owned(), Origin { derived: ["eventType".to_owned()].into(), ..Origin::default() });
    }
    Ok(origins)
}

fn add(origins: &mut Origins, template: &str, event_type: &str) -> Result<()> {
    let event: Value = serde_json::from_str(&template.replace("EVENT_TYPE", event_type))?;
    let plain = leaves(&event, "acme", 0)?;
    for (column, values) in &plain {
        origins.entry(column.clone()).or_default().values.insert(values.clone());
    }
    for column in changed(&plain, &leaves(&event, "other", 60)?) {
        origins.entry(column).or_default().is_of_receipt = true;
    }
    for variant in variants(&event) {
        let leaves = leaves(&variant.event, "acme", 0)?;
        for column in changed(&plain, &leaves).into_iter().filter(|column| plain.contains_key(column)) {
            let is_copy = leaves.get(&column).is_some_and(|values| values.iter().any(|it| holds(it, &variant.value)));
            let origin = origins.entry(column).or_default();
            if is_copy { &mut origin.copied } else { &mut origin.derived }.insert(variant.field.clone());
        }
    }
    Ok(())
}

fn holds(text: &str, value: &str) -> bool {
    text == value || value.starts_with("zz") && text.contains(value)
}

fn leaves(event: &Value, tenant: &str, seconds: i64) -> Result<Leaves> {
    let text = event.to_string();
    let tenant = Tenant::parse(tenant)?;
    let time = Timestamp::from_second(1_777_888_800 + seconds)?;
    let path = if seconds == 0 { IngestPath::Stream } else { IngestPath::Poll };
    let receipt = IngestContext { tenant: &tenant, path, logged: time, processed: time };
    let log = LogEvent::parse(&text).context("the full event is one")?;
    Ok(of_row(&serde_json::to_value(normalize(log, &receipt).event)?))
}

fn changed(before: &Leaves, after: &Leaves) -> Vec<String> {
    let columns: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    columns.into_iter().filter(|column| before.get(*column) != after.get(*column)).cloned().collect()
}

impl Origin {
    /// In words.
    pub(crate) fn describe(&self) -> String {
        if self.is_of_receipt {
            return "the delivery".to_owned();
        }
        let fields = if self.copied.is_empty() { &self.derived } else { &self.copied };
        if fields.is_empty() {
            return match self.values.iter().collect::<Vec<_>>().as_slice() {
                [values] => values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", "),
                _ => "`eventType`".to_owned(),
            };
        }
        let listed: Vec<_> = merge_targets(fields).into_iter().map(|field| format!("`{field}`")).collect();
        listed.join(", ")
    }
}

/// `target[User].id` and `target[AppUser].id` as `target[User|AppUser].id`; all kinds of targets as `target[].id`.
fn merge_targets(fields: &BTreeSet<String>) -> Vec<String> {
    const MANY: usize = 6;
    let mut merged = Vec::new();
    let mut kinds = BTreeMap::<&str, Vec<&str>>::new();
    for field in fields {
        match field.strip_prefix("target[").and_then(|rest| rest.split_once(']')) {
            Some((kind, rest)) => kinds.entry(rest).or_default().push(kind),
            None => merged.push(field.clone()),
        }
    }
    merged.extend(kinds.into_iter().map(|(rest, kinds)| {
        let kinds = if kinds.len() > MANY { String::new() } else { kinds.join("/") };
        format!("target[{kinds}]{rest}")
    }));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(event_type: &str, column: &str) -> String {
        let mut origins = Origins::new();
        add(&mut origins, TEMPLATES[0], event_type).unwrap();
        origins[column].describe()
    }

    #[test]
    fn a_column_names_its_field() {
        assert_eq!(describe("user.session.start", "metadata.uid"), "`uuid`");
        assert_eq!(describe("user.session.start", "actor.user.uid"), "`actor.id`");
        assert_eq!(describe("user.session.start", "severity_id"), "`severity`");
        assert_eq!(describe("user.session.start", "metadata.version"), "\"1.8.0\"");
        assert_eq!(describe("user.session.start", "metadata.tenant_uid"), "the delivery");
        assert_eq!(describe("group.lifecycle.create", "group.uid"), "`target[UserGroup].id`");
    }

    #[test]
    fn targets_of_many_kinds_are_one() {
        let fields = |kinds: &[&str]| kinds.iter().map(|kind| format!("target[{kind}].id")).collect::<BTreeSet<_>>();
        assert_eq!(merge_targets(&fields(&["A", "B"])), ["target[A/B].id"]);
        assert_eq!(merge_targets(&fields(&["A", "B", "C", "D", "E", "F", "G"])), ["target[].id"]);
    }
}
