//! The graph's tables as Markdown, for the documentation.

use std::fmt::Write as _;

use crate::graph::edge::EDGE_KINDS;
use crate::graph::node::NODE_KINDS;
use crate::graph::role::{BUILT_IN_ROLES, POWERS, TAKING_SCOPES};
use crate::graph::sources::SOURCES;

/// The tables of nodes, edges, roles, permissions and entities.
pub fn tables() -> String {
    let mut text = String::new();
    nodes(&mut text);
    edges(&mut text);
    roles(&mut text);
    sources(&mut text);
    text
}

// Writing to a string cannot fail.
fn nodes(text: &mut String) {
    text.push_str("## Nodes\n| node | from | in OpenGraph | acts |\n|---|---|---|---|\n");
    for row in NODE_KINDS {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            row.name,
            row.entities,
            code(row.open_graph),
            yes(row.is_principal)
        );
    }
}

fn edges(text: &mut String) {
    text.push_str(
        "\n## Edges of control\nWho holds the left can act as the right, or take it. Paths consist of these.\n\n",
    );
    text.push_str("| edge | means | abuse | remedy | from | in OpenGraph |\n|---|---|---|---|---|---|\n");
    for row in EDGE_KINDS.iter().filter(|row| row.is_control) {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} |",
            row.name,
            row.meaning,
            row.abuse,
            row.remedy,
            row.entities,
            code(row.open_graph)
        );
    }
    text.push_str("\n## Other edges\n| edge | means | from | in OpenGraph |\n|---|---|---|---|\n");
    for row in EDGE_KINDS.iter().filter(|row| !row.is_control) {
        let _ = writeln!(text, "| `{}` | {} | {} | {} |", row.name, row.meaning, row.entities, code(row.open_graph));
    }
}

fn roles(text: &mut String) {
    text.push_str("\n## Built-in roles\nOnly permissions that are part of a path. Super Administrator has all.\n\n");
    text.push_str("| role | permissions | kept from super admins and groups with roles |\n|---|---|---|\n");
    for role in BUILT_IN_ROLES {
        let permissions = role.permissions.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| `{}` {} | {permissions} | {} |", role.name, role.label, yes(role.is_bounded));
    }
    text.push_str("\n## Permissions\nA client needs one of the scopes besides its role.\n\n");
    text.push_str("| permission | edge | scopes |\n|---|---|---|\n");
    for power in POWERS {
        let _ = writeln!(text, "| `{}` | `{}` | {} |", power.permission, power.edge.name(), power.scopes.join(", "));
    }
    let _ = writeln!(text, "\nA client that is super admin takes the org with one of: {}.", TAKING_SCOPES.join(", "));
}

fn sources(text: &mut String) {
    text.push_str(
        "\n## Entities\n| entity | without it, no \"no path\" | without it, no \"no access\" |\n|---|---|---|\n",
    );
    for source in SOURCES {
        let _ =
            writeln!(text, "| `{}` | {} | {} |", source.entity, yes(source.is_for_paths), yes(source.is_for_access));
    }
}

fn code(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!("`{name}`"))
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "" }
}
