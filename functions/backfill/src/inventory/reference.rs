//! The table of entities for docs/inventory.md. Pure.

use std::fmt::Write as _;

use crate::inventory::entity::{Entity, Refresh, Tier};
use crate::inventory::table::SECTIONS;

/// Returns the table of entities, as Markdown.
pub fn table() -> String {
    let mut text =
        String::from("| entity | read from | scope | depends on | incremental | |\n|---|---|---|---|---|---|\n");
    for section in SECTIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| **{}** | | | | | |", section.name);
        section.entities.iter().for_each(|entity| text.push_str(&row(entity)));
    }
    text
}

/// The names of the entities, in the order of the table.
pub fn names() -> Vec<&'static str> {
    SECTIONS.iter().flat_map(|section| section.entities).map(|entity| entity.name).collect()
}

fn row(entity: &Entity) -> String {
    let parent = entity.parent().map(|parent| format!("`{parent}`")).unwrap_or_default();
    let incremental = match entity.refresh {
        Refresh::Whole => "whole",
        Refresh::Since { .. } => "by date",
        Refresh::Touched => "by the log",
    };
    let tier = match entity.tier {
        Tier::Required => "",
        Tier::Additional => "on request",
        Tier::Audited => "named only: audited",
    };
    let engine = if entity.is_identity_engine_only { "Identity Engine" } else { "" };
    let notes: Vec<_> = [tier, engine].into_iter().filter(|note| !note.is_empty()).collect();
    let Entity { name, path, scope, .. } = entity;
    format!("| `{name}` | `{path}` | `{scope}` | {parent} | {incremental} | {} |\n", notes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_has_a_row() {
        let table = table();
        for entity in SECTIONS.iter().flat_map(|section| section.entities) {
            assert!(table.contains(&format!("\n| `{}` | `{}` |", entity.name, entity.path)), "{}", entity.name);
        }
    }
}
