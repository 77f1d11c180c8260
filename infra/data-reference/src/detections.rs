//! docs/detections.md: every detection, from the rules themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Result, ensure};
use insight::detect::{Lists, RULE_LIMIT, Rule, RuleSet, built_in};
use serde_json::Value;

const INTRODUCTION: &str = include_str!("detections.md");

/// The kinds of questions, in the order of the page, with what they are.
const KINDS: [(&str, &str); 9] = [
    ("event", "One event tells. Runs where events are written, and again when the hour is sealed."),
    ("threshold", "How many events, or how many values of a field, within a window."),
    ("sequence", "Several rules within a window, in any order or in one."),
    ("baseline", "New, or far more, for a person, an app or the org against the days before."),
    ("absence", "Something that should have come before or after did not. Told only where every event is known."),
    ("travel", "Two places that are too far apart for the time between."),
    ("inventory", "What the inventory knew, as of the event's time, about who did it or to whom."),
    ("peers", "What nobody of the same department or role does."),
    ("risk", "Several findings of one person together."),
];

const TABLE: &str =
    "| rule | level | what it finds | else looks like it | what to do | ATT&CK |\n|---|---|---|---|---|---|\n";

/// Writes the page.
pub(crate) fn write() -> Result<String> {
    let files = built_in::files();
    let (rules, refused) = built_in::all(&placeholders(&files));
    ensure!(refused.is_empty(), "rules are refused: {refused:?}");
    let told: Vec<&Rule> = rules.rules().iter().filter(|rule| rule.alone).collect();
    let mut page = INTRODUCTION.replace("RULE_LIMIT", &RULE_LIMIT.to_string());
    page += &counts(&told, &rules)?;
    for (kind, meaning) in KINDS {
        write!(page, "\n## {}\n{meaning}\n\n{TABLE}", heading(kind))?;
        page.extend(told.iter().filter(|rule| rule.kind() == kind).map(|rule| row(rule)));
    }
    Ok(page)
}

/// A list of each name that a rule asks for: the page tells of rules whether or not they are configured.
fn placeholders(files: &[(String, Vec<Value>)]) -> Lists {
    let text = serde_json::to_string(files).unwrap_or_default();
    let names = text.split('"').filter_map(|word| word.strip_prefix('%')?.strip_suffix('%'));
    names.map(|name| (name.to_owned(), vec!["192.0.2.1".to_owned()])).collect()
}

fn counts(told: &[&Rule], rules: &RuleSet) -> Result<String> {
    let types: BTreeSet<String> = rules.rules().iter().filter_map(Rule::event_types).flatten().collect();
    let techniques: BTreeSet<&str> = told.iter().flat_map(|rule| rule.tags.iter()).map(String::as_str).collect();
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in told {
        *by_kind.entry(rule.kind()).or_default() += 1;
    }
    let mut text = format!(
        "{} detections over {} event types and {} techniques of ATT&CK.\n\n| kind | detections |\n|---|---|\n",
        told.len(),
        types.len(),
        techniques.len()
    );
    for (kind, _) in KINDS {
        writeln!(text, "| [{kind}](#{kind}) | {} |", by_kind.get(kind).unwrap_or(&0))?;
    }
    Ok(text)
}

fn heading(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn row(rule: &Rule) -> String {
    let techniques: Vec<String> =
        rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack.")).map(str::to_uppercase).collect();
    let level = format!("{:?}", rule.level).to_lowercase();
    format!(
        "| [{}](../functions/insight/rules/{}.yml) | {level} | **{}.** {} | {} | {} | {} |\n",
        rule.key,
        rule.key,
        cell(&rule.title),
        cell(&rule.description),
        cell(&rule.falsepositives.join("; ")),
        cell(&rule.respond),
        techniques.join(", ")
    )
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_rule_has_its_section() {
        let rules = built_in::all(&placeholders(&built_in::files())).0;
        for rule in rules.rules() {
            assert!(KINDS.iter().any(|(kind, _)| *kind == rule.kind()), "{}: add {} to KINDS", rule.key, rule.kind());
        }
    }
}
