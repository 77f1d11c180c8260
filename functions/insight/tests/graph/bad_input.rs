//! Inventories that no org should have, and some have.

use insight::graph::access::{AccessIndex, LastUsed};
use insight::graph::choke::choke_points;
use insight::graph::node::NodeKind;
use insight::graph::path::Answer;
use insight::graph::reach::reach;
use insight::inventory::Known;
use serde_json::json;

use crate::org::{Org, answer, kinds, node, to_super_admin};

#[test]
fn what_does_not_exist_any_more_leads_nowhere() {
    let mut org = Org::sound();
    org.member("gone", "ada").set("group_role", "gone/SUPER_ADMIN", json!({"type": "SUPER_ADMIN", "status": "ACTIVE"}));
    org.member("admins", "nobody");
    assert_eq!(to_super_admin(&org.graph(), "ada"), Answer::NoPath, "the group is not in a complete list");
    org.unread.insert("group", Known::Partial { reasons: Vec::new(), parents_unread: 0 });
    assert!(matches!(to_super_admin(&org.graph(), "ada"), Answer::Path(_)), "the group may exist");
    let graph = org.graph();
    assert!(graph.is_gone(node(&graph, NodeKind::User, "nobody")));
    assert!(!graph.principals().any(|id| &*graph.node(id).id == "nobody"));
}

#[test]
fn who_has_left_leads_nowhere() {
    let mut org = Org::sound();
    org.member("admins", "ada").user("ada", json!({"status": "DEPROVISIONED"}));
    assert_eq!(to_super_admin(&org.graph(), "ada"), Answer::NoPath);
}

#[test]
fn owners_in_a_circle_are_found_once() {
    let mut org = Org::sound();
    for (group, owner) in [("a", "b"), ("b", "c"), ("c", "a")] {
        org.group(group, json!({}));
        org.set("group_owner", &format!("{group}/{owner}"), json!({"type": "GROUP"}));
    }
    org.set("group_owner", "admins/a", json!({"type": "GROUP"})).member("c", "ada");
    let graph = org.graph();
    let Answer::Path(path) = to_super_admin(&graph, "ada") else { panic!() };
    assert_eq!(path.steps.len(), 5, "{:?}", kinds(&path));
    let reach = reach(&graph, graph.org().unwrap());
    assert!(choke_points(&graph, &reach).iter().any(|point| point.frees >= 1));
}

#[test]
fn records_of_any_form_are_read_without_harm() {
    let odd = [
        json!(null),
        json!(7),
        json!([]),
        json!({}),
        json!({"actions": 7, "conditions": [], "agents": {}, "owners": "x"}),
    ];
    for source in insight::graph::sources::SOURCES {
        for (number, json) in odd.iter().enumerate() {
            for id in ["x", "x/y", "x/y/z", "", "%", "//", "a/b/c/d/e"] {
                let mut org = Org::sound();
                org.set(source.entity, id, json.clone());
                let graph = org.graph();
                assert_eq!(to_super_admin(&graph, "ben"), Answer::NoPath, "{} {id} {number}", source.entity);
                AccessIndex::of(&graph).of_user(node(&graph, NodeKind::User, "ada"), &LastUsed::new());
            }
        }
    }
}

#[test]
fn names_do_not_control_a_terminal() {
    let mut org = Org::sound();
    org.group("admins", json!({"profile": {"name": "\u{1b}[2J{from} admins"}})).member("admins", "ada");
    let graph = org.graph();
    let Answer::Path(path) = to_super_admin(&graph, "ada") else { panic!() };
    let said = graph.says(&path.steps[0]);
    assert!(!said.contains('\u{1b}') && said.contains("{from} admins"), "{said}");
}

/// A tenth of the largest group that Okta has been seen with.
#[test]
fn a_large_group_is_a_group() {
    let mut org = Org::sound();
    for number in 0..20_000 {
        org.user(&format!("u{number}"), json!({}));
        org.member("admins", &format!("u{number}"));
    }
    let graph = org.graph();
    let reach = reach(&graph, graph.org().unwrap());
    assert_eq!(reach.controllers(&graph).filter(|id| graph.node(*id).kind == NodeKind::User).count(), 20_001);
    let best = choke_points(&graph, &reach)[0];
    assert_eq!((graph.shown(best.edge.from), best.frees), ("admins".to_owned(), 20_000));
}

#[test]
fn half_an_inventory_gives_half_a_graph() {
    let mut org = Org::sound();
    org.records.retain(|(entity, _), _| matches!(*entity, "user_role" | "group_member"));
    for source in insight::graph::sources::SOURCES {
        if !matches!(source.entity, "user_role" | "group_member") {
            org.unread.insert(source.entity, Known::NotCollected);
        }
    }
    let graph = org.graph();
    assert!(matches!(to_super_admin(&graph, "root"), Answer::Path(_)));
    assert!(matches!(to_super_admin(&graph, "ada"), Answer::Unknown(_)));
    assert!(matches!(answer(&graph, (NodeKind::User, "ada"), (NodeKind::User, "root")), Answer::Unknown(_)));
}
