//! The page of events, their list in the README, and the event patterns, from the types that the functions publish.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use backfill::events::{Event, SOURCE};
use serde_json::{Value, json};
use syn::Variant;

use crate::section;
use crate::types::{Types, comment, is_unit};

/// Where the types are declared that events consist of.
const SOURCES: &[&str] = &[
    "functions/backfill/src/check.rs",
    "functions/backfill/src/command.rs",
    "functions/backfill/src/events.rs",
    "functions/backfill/src/history/plan.rs",
    "functions/backfill/src/history/progress.rs",
    "functions/backfill/src/history/request.rs",
    "functions/backfill/src/inventory/manifest.rs",
    "functions/backfill/src/inventory/state.rs",
    "functions/backfill/src/inventory/summary.rs",
    "functions/backfill/src/org/backoff.rs",
    "functions/backfill/src/written.rs",
    "functions/lake/src/claim.rs",
    "functions/lake/src/ledger/entry.rs",
    "functions/lake/src/ledger/recorded.rs",
    "functions/lake/src/signing/signature.rs",
];

/// One example of each event. Most are of a run against the simulated org.
const EXAMPLES: &str = include_str!("event_examples.json");

/// The enum of all events.
const EVENTS: &str = "Event";

/// A pattern to copy.
struct Pattern {
    file: &'static str,
    lets_through: LetsThrough,
    tenant: Option<&'static str>,
}

enum LetsThrough {
    Only(&'static [&'static str]),
    AllBut(&'static str),
}

use LetsThrough::{AllBut, Only};

/// The patterns of infra/consumers, by file.
#[rustfmt::skip]
const PATTERNS: &[Pattern] = &[
    Pattern { file: "infra/consumers/patterns/collections-finished.json", lets_through: Only(&["CollectionFinished", "InventoryFinished"]), tenant: None },
    Pattern { file: "infra/consumers/patterns/connectivity-failed.json", lets_through: Only(&["ConnectivityFailed"]), tenant: None },
    Pattern { file: "infra/consumers/patterns/everything-but-continue.json", lets_through: AllBut("Continue"), tenant: None },
    Pattern { file: "infra/consumers/patterns/gaps.json", lets_through: Only(&["GapFound", "GapRepaired"]), tenant: None },
    Pattern { file: "infra/consumers/patterns/quarantine.json", lets_through: Only(&["QuarantineAdded"]), tenant: None },
    Pattern { file: "infra/consumers/patterns/sealed-hours-of-acme.json", lets_through: Only(&["HourSealed"]), tenant: Some("acme") },
    Pattern { file: "infra/consumers/patterns/stream-down.json", lets_through: Only(&["StreamDisabled", "StreamSilent"]), tenant: None },
    Pattern { file: "infra/consumers/patterns/truth.json", lets_through: Only(&["ClockDisagreement", "LedgerViolation", "Unconfirmed"]), tenant: None },
];

/// The page with its list and its sections as they must be.
pub(crate) fn in_page(page: &str) -> Result<String> {
    let types = types()?;
    let variants = types.variants(EVENTS)?;
    let examples: Vec<Event> = serde_json::from_str(EXAMPLES).context("event_examples.json")?;
    let mut sections = String::new();
    for variant in &variants {
        write_section(&mut sections, &types, variant, &examples)?;
    }
    let page = section::replace(page, "list of events", &list(&variants, true)?)?;
    section::replace(&page, "events", &sections)
}

/// The README with its list as it must be.
pub(crate) fn in_readme(readme: &str) -> Result<String> {
    section::replace(readme, "events", &list(&types()?.variants(EVENTS)?, false)?)
}

/// The patterns: their files and what each must hold.
pub(crate) fn patterns() -> Result<Vec<(&'static str, String)>> {
    let types = types()?;
    let names: Vec<_> = types.variants(EVENTS)?.iter().map(|variant| variant.ident.to_string()).collect();
    PATTERNS.iter().map(|pattern| Ok((pattern.file, write_pattern(pattern, &names)?))).collect()
}

fn types() -> Result<Types> {
    let sources: Vec<_> = SOURCES.iter().map(|path| Ok((*path, crate::read(path)?))).collect::<Result<_>>()?;
    Types::parse(sources)
}

fn list(variants: &[&Variant], is_linked: bool) -> Result<String> {
    let mut list = "| event | when |\n|---|---|\n".to_owned();
    for variant in variants {
        let name = variant.ident.to_string();
        let said = comment(&variant.attrs)?;
        let when = said.split_once(". ").map_or(said.trim_end_matches('.'), |(first, _)| first);
        let shown = if is_linked { format!("[`{name}`](#{})", name.to_lowercase()) } else { format!("`{name}`") };
        writeln!(list, "| {shown} | {when} |")?;
    }
    Ok(list)
}

fn write_section(page: &mut String, types: &Types, variant: &Variant, examples: &[Event]) -> Result<()> {
    let name = variant.ident.to_string();
    ensure!(!is_unit(variant), "{name} has no detail");
    writeln!(page, "\n### `{name}`\n{}\n\n| field | type | what |\n|---|---|---|", comment(&variant.attrs)?)?;
    for member in types.members_of(variant)? {
        let absent = if member.is_optional { ", may be absent" } else { "" };
        writeln!(page, "| `{}` | {}{absent} | {} |", member.path, member.holds, member.meaning)?;
    }
    let example = examples.iter().find(|example| type_of(example) == name);
    let example = example.with_context(|| format!("add an example of {name} to event_examples.json"))?;
    writeln!(page, "\n```json\n{}\n```", serde_json::to_string_pretty(example)?)?;
    Ok(())
}

fn type_of(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap_or_default();
    value["detail-type"].as_str().unwrap_or_default().to_owned()
}

fn write_pattern(pattern: &Pattern, names: &[String]) -> Result<String> {
    let listed = match pattern.lets_through {
        Only(types) => types,
        AllBut(ref but) => std::slice::from_ref(but),
    };
    for name in listed {
        ensure!(names.iter().any(|known| known == name), "{}: there is no event {name}", pattern.file);
    }
    let types = match pattern.lets_through {
        Only(types) => json!(types),
        AllBut(but) => json!([{"anything-but": [but]}]),
    };
    let mut members = vec![("source", json!([SOURCE])), ("detail-type", types)];
    members.extend(pattern.tenant.map(|tenant| ("detail", json!({"tenant": [tenant]}))));
    let line = |(name, value): &(&str, Value)| format!("  \"{name}\": {value}");
    Ok(format!("{{\n{}\n}}\n", members.iter().map(line).collect::<Vec<_>>().join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_an_event_as_it_is_published() {
        let events: Vec<Event> = serde_json::from_str(EXAMPLES).unwrap();
        let written: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
        for (event, written) in events.iter().zip(&written) {
            assert_eq!(&serde_json::to_value(event).unwrap(), written);
        }
    }

    #[test]
    fn patterns_are_sorted_and_name_events_that_exist() {
        assert!(PATTERNS.is_sorted_by_key(|pattern| pattern.file), "sort PATTERNS by file");
        let unknown = Pattern { file: "x.json", lets_through: Only(&["Explosion"]), tenant: None };
        assert!(write_pattern(&unknown, &["HourSealed".to_owned()]).is_err());
    }
}
