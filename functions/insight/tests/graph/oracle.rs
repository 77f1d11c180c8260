//! The graph's answers on random orgs, against answers from the records themselves: a plain closure here, and recursion in SQL
//! (`tests/graph/oracle.py`), which reads what this test leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use insight::graph::access::{AccessIndex, LastUsed};
use insight::graph::model::Graph;
use insight::graph::node::NodeKind;
use insight::graph::reach::reach;
use serde_json::{Value, json};

use crate::org::Org;
use crate::{naive, random};

/// Orgs to compare.
const ORGS: u64 = 600;

/// Orgs that are left for the script.
const LEFT: u64 = 200;

/// The names of the closure, for those who can act and for groups.
fn distances(graph: &Graph) -> BTreeMap<String, u32> {
    let reach = reach(graph, graph.org().unwrap());
    let named = graph.nodes().filter_map(|(id, node)| {
        let kind = match node.kind {
            NodeKind::User => "user",
            NodeKind::Group => "group",
            NodeKind::App => "app",
            NodeKind::ApiToken => "token",
            NodeKind::AiAgent => "ai",
            NodeKind::IdentityProvider => "idp",
            NodeKind::Key => "key",
            NodeKind::Agent => "agent",
            NodeKind::AgentPool => "pool",
            NodeKind::GroupRule => "rule",
            NodeKind::Policy => "policy",
            _ => return None,
        };
        Some((format!("{kind}:{}", node.id), reach.distance(id)?))
    });
    named.collect()
}

/// Users with the apps that they have, and the number of ways.
fn access(graph: &Graph) -> Vec<(String, String, usize)> {
    let index = AccessIndex::of(graph);
    let found = index.apps().into_iter().flat_map(|app| index.of_app(app, &LastUsed::new()));
    let named = |access: insight::graph::access::Access| {
        (graph.node(access.user).id.to_string(), graph.node(access.app).id.to_string(), access.ways.len())
    };
    let mut found: Vec<_> = found.map(named).collect();
    found.sort();
    found
}

fn naive_access(org: &Org) -> Vec<(String, String, usize)> {
    let mut ways: BTreeMap<(String, String), usize> = BTreeMap::new();
    let pair = |id: &str| id.split_once('/').map(|(left, right)| (left.to_owned(), right.to_owned())).unwrap();
    let of = |entity: &'static str| org.records.iter().filter(move |((of, _), _)| *of == entity);
    for ((_, id), json) in of("app_user") {
        let (app, user) = pair(id);
        *ways.entry((user, app)).or_default() += usize::from(json["scope"] == "USER");
    }
    for ((_, assigned), _) in of("app_group") {
        let (app, group) = pair(assigned);
        for ((_, member), _) in of("group_member").filter(|((_, id), _)| pair(id).0 == group) {
            *ways.entry((pair(member).1, app.clone())).or_default() += 1;
        }
    }
    let is_there =
        |user: &str| org.records.get(&("user", user.to_owned())).is_some_and(|user| user["status"] != "DEPROVISIONED");
    let told = ways.into_iter().filter(|((user, _), _)| is_there(user));
    told.map(|((user, app), ways)| (user, app, ways.max(1))).collect()
}

#[test]
fn random_orgs_are_answered_as_the_plain_closure_answers_them() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graph-oracle");
    fs::create_dir_all(&folder).unwrap();
    let mut found = 0;
    for seed in 0..ORGS {
        let org = random::org(seed);
        let graph = org.graph();
        let (ours, mut plain) = (distances(&graph), naive::distances(&org));
        plain.remove("org");
        assert_eq!(ours, plain, "seed {seed}");
        assert_eq!(access(&graph), naive_access(&org), "seed {seed}");
        found += ours.len();
        if seed < LEFT {
            let records =
                org.records.iter().map(|((entity, id), json)| json!({"entity": entity, "id": id, "json": json}));
            let all = json!({"seed": seed, "records": records.collect::<Vec<Value>>(), "distances": ours, "access": access(&graph)});
            fs::write(folder.join(format!("{seed}.json")), all.to_string()).unwrap();
        }
    }
    assert!(found > 2_000, "the random orgs have hardly any ways: {found}");
}
