//! Choke points, tier zero, and the file for `BloodHound`.

use std::collections::{BTreeMap, BTreeSet};

use insight::graph::choke::choke_points;
use insight::graph::edge::{EDGE_KINDS, EdgeKind};
use insight::graph::model::Graph;
use insight::graph::node::{NODE_KINDS, NodeKind};
use insight::graph::open_graph;
use insight::graph::reach::reach;
use insight::graph::reference;
use serde_json::{Value, json};

use crate::org::{Org, node, to_super_admin};
use crate::random;

/// The kinds of `openhound_okta/kinds/edges.py` at 01c4369 that this graph can have, and those that only its export makes.
const OPENHOUND_EDGES: &[&str] = &[
    "AddMember",
    "AgentMemberOf",
    "AgentPoolFor",
    "ApiTokenFor",
    "AppAdmin",
    "AppAssignment",
    "Contains",
    "CreatorOf",
    "DeviceOf",
    "GroupAdmin",
    "GroupMembershipAdmin",
    "GroupPull",
    "GroupPush",
    "HasRole",
    "HasRoleAssignment",
    "HelpDeskAdmin",
    "HostsAgent",
    "IdentityProviderFor",
    "IdpGroupAssignment",
    "InboundOrgSSO",
    "InboundSSO",
    "KerberosSSO",
    "KeyOf",
    "ManageApp",
    "ManagerOf",
    "MemberOf",
    "MembershipSync",
    "MobileAdmin",
    "OrgAdmin",
    "OrgSWA",
    "OutboundOrgSSO",
    "OutboundSSO",
    "PasswordSync",
    "PolicyMapping",
    "ReadClientSecret",
    "ReadPasswordUpdates",
    "RealmContains",
    "ResetFactors",
    "ResetPassword",
    "ResourceSetContains",
    "SWA",
    "ScopedTo",
    "SecretOf",
    "SuperAdmin",
    "UserPull",
    "UserPush",
    "UserSync",
];

/// The kinds of `openhound_okta/kinds/nodes.py` at 01c4369.
const OPENHOUND_NODES: &[&str] = &[
    "Agent",
    "AgentPool",
    "ApiServiceIntegration",
    "ApiToken",
    "Application",
    "AuthorizationServer",
    "ClientSecret",
    "CustomRole",
    "Device",
    "Group",
    "IdentityProvider",
    "JWK",
    "Organization",
    "Policy",
    "Realm",
    "ResourceSet",
    "Role",
    "RoleAssignment",
    "User",
];

fn is_in(kinds: &[&str], name: &str) -> bool {
    name.strip_prefix("Okta_").is_some_and(|name| kinds.contains(&name))
}

#[test]
fn names_of_kinds_are_those_of_openhound() {
    for name in NODE_KINDS.iter().filter_map(|row| row.open_graph) {
        assert!(is_in(OPENHOUND_NODES, name), "{name}");
    }
    for name in EDGE_KINDS.iter().filter_map(|row| row.open_graph) {
        assert!(is_in(OPENHOUND_EDGES, name), "{name}");
    }
}

fn file(graph: &Graph) -> Value {
    let mut out = Vec::new();
    let counts = open_graph::write(graph, &mut out).unwrap();
    let file: Value = serde_json::from_slice(&out).unwrap();
    let written = ["nodes", "edges"].iter().map(|of| file["graph"][of].as_array().unwrap().len()).sum::<usize>();
    assert_eq!(counts.values().sum::<u64>(), written as u64);
    file
}

#[test]
fn every_edge_of_the_file_has_both_ends_in_it() {
    for seed in 0..200 {
        let file = file(&random::org(seed).graph());
        let nodes = file["graph"]["nodes"].as_array().unwrap();
        let ids: BTreeSet<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        assert!(nodes.iter().all(|node| is_in(OPENHOUND_NODES, node["kinds"][0].as_str().unwrap())));
        for edge in file["graph"]["edges"].as_array().unwrap() {
            assert!(is_in(OPENHOUND_EDGES, edge["kind"].as_str().unwrap()), "{edge}");
            for end in ["start", "end"] {
                assert!(ids.contains(edge[end]["value"].as_str().unwrap()), "seed {seed}: {edge}");
            }
        }
    }
}

#[test]
fn roles_are_flattened_to_what_they_are_for() {
    let mut org = Org::sound();
    org.set("user_role", "ada/ra1", json!({"type": "HELP_DESK_ADMIN", "status": "ACTIVE"}));
    org.set("user_role_group_target", "ada/ra1/staff", json!({"id": "staff"}));
    org.role("user_role", "ben", "READ_ONLY_ADMIN");
    org.app("hr", json!({"credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_post"}}}));
    let file = file(&org.graph());
    let edges: BTreeSet<(&str, &str, &str)> = file["graph"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            let end = |name: &str| edge[name]["value"].as_str().unwrap();
            (edge["kind"].as_str().unwrap(), end("start"), end("end"))
        })
        .collect();
    for expected in [
        ("Okta_HelpDeskAdmin", "ada", "ben"),
        ("Okta_HasRoleAssignment", "ada", "ada/ra1"),
        ("Okta_ScopedTo", "ada/ra1", "staff"),
        ("Okta_HasRole", "ada", "HELP_DESK_ADMIN"),
        ("Okta_ScopedTo", "root/SUPER_ADMIN", "00o1"),
        ("Okta_SuperAdmin", "root", "00o1"),
        ("Okta_ReadClientSecret", "ben", "hr/client_secret"),
        ("Okta_SecretOf", "hr/client_secret", "hr"),
        ("Okta_PolicyMapping", "console", "p1"),
    ] {
        assert!(edges.contains(&expected), "{expected:?}");
    }
    assert!(!edges.contains(&("Okta_HelpDeskAdmin", "ada", "root")), "super admins are protected");
}

/// Whoever has no way any more when the relation is taken away, one after the other.
fn freed_by(org: &Org, graph: &Graph) -> BTreeMap<(EdgeKind, String, String), usize> {
    let principals = |graph: &Graph| {
        let reach = reach(graph, graph.org().unwrap());
        let names = reach.controllers(graph).map(|id| (graph.node(id).kind, graph.node(id).id.to_string()));
        names.collect::<BTreeSet<_>>()
    };
    let before = principals(graph);
    let mut freed = BTreeMap::new();
    let taken = ["group_member", "group_owner"];
    for key in org.records.keys().filter(|(entity, _)| taken.contains(entity)) {
        let mut without = org.clone();
        without.records.remove(key);
        let graph = without.graph();
        let (group, other) = key.1.split_once('/').unwrap();
        let kind = if key.0 == "group_member" { EdgeKind::Member } else { EdgeKind::Owns };
        freed.insert((kind, other.to_owned(), group.to_owned()), before.difference(&principals(&graph)).count());
    }
    freed
}

#[test]
fn choke_points_free_as_many_as_lose_their_way() {
    let mut checked = 0;
    for seed in 0..150 {
        // Without roles for the members of groups: taking a member away would take more than one relation.
        let mut org = random::org(seed);
        org.records.retain(|(entity, id), json| {
            let is_of_members = entity.ends_with("_group_target")
                || *entity == "identity_provider"
                || (*entity == "resource_set_resource" && json.to_string().contains("contained"));
            let is_bounded_role = entity.ends_with("_role") && json["type"] != "SUPER_ADMIN" && !id.ends_with("custom");
            !is_of_members && !is_bounded_role
        });
        let graph = org.graph();
        let points = choke_points(&graph, &reach(&graph, graph.org().unwrap()));
        let freed = freed_by(&org, &graph);
        for point in points {
            let name = |id| graph.node(id).id.to_string();
            let key = (point.edge.kind, name(point.edge.from), name(point.edge.to));
            if let Some(expected) = freed.get(&key) {
                assert_eq!(point.frees as usize, *expected, "seed {seed}: {key:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "hardly anything was compared: {checked}");
}

#[test]
fn tier_zero_is_what_everything_rests_on() {
    let mut org = Org::sound();
    org.member("admins", "ada").role("user_role", "ben", "ORG_ADMIN");
    let graph = org.graph();
    let names: BTreeSet<&str> = graph.tier_zero().into_iter().map(|id| &*graph.node(id).id).collect();
    let expected = ["admins", "ada", "aus1", "ben", "org", "p1", "reader", "robot", "root"];
    assert_eq!(names, BTreeSet::from(expected));
}

#[test]
fn how_many_control_a_thing_is_counted() {
    let mut org = Org::sound();
    org.set("group_owner", "staff/ada", json!({"type": "USER"})).role("user_role", "ben", "ORG_ADMIN");
    let graph = org.graph();
    let reach = reach(&graph, node(&graph, NodeKind::Group, "staff"));
    let users: BTreeSet<&str> = reach.controllers(&graph).map(|id| &*graph.node(id).id).collect();
    assert!(users.is_superset(&BTreeSet::from(["ada", "ben", "root"])), "{users:?}");
    assert!(matches!(to_super_admin(&graph, "ben"), insight::graph::path::Answer::Path(_)));
}

#[test]
fn every_table_is_documented() {
    let text = reference::tables();
    for row in EDGE_KINDS {
        assert!(text.contains(&format!("| `{}` |", row.name)), "{}", row.name);
    }
}
