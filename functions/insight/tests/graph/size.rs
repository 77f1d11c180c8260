//! A large org, record by record. `OKTA_LAKE_GRAPH_USERS=100000 cargo test --release -p insight --test graph size -- --nocapture`
//! measures; without the variable a small one shows that the work grows with the org, and not faster.

use std::time::{Duration, Instant};

use insight::graph::access::{AccessIndex, LastUsed};
use insight::graph::builder::Builder;
use insight::graph::choke::choke_points;
use insight::graph::model::Graph;
use insight::graph::reach::reach;
use insight::graph::sources::SOURCES;
use insight::inventory::{Known, Record};
use serde_json::{Value, json};

use crate::org::hour;
use crate::random::Random;

/// Groups that a user is in, and apps that a user has, on average.
const GROUPS_EACH: u64 = 12;
const APPS_EACH: u64 = 15;

/// Makes the graph of an org: a fifth of a group, a twentieth of an app and half a per cent of an admin for each user.
fn graph(users: u64) -> Graph {
    let mut random = Random(1);
    let mut builder = Builder::new("large", hour(0), Vec::new());
    SOURCES.iter().for_each(|source| builder.entity(source.entity, &Known::Complete, None));
    let mut add = |entity: &str, id: String, json: Value| builder.record(entity, &Record { id, parent: None, json });
    let (groups, apps) = (users / 5, users / 20);
    for number in 0..users {
        let provider = json!({"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp"}});
        add(
            "user",
            format!("00u{number}"),
            json!({"status": "ACTIVE", "profile": {"login": format!("user{number}@large.example")}, "credentials": provider}),
        );
    }
    for number in 0..groups {
        add(
            "group",
            format!("00g{number}"),
            json!({"type": "OKTA_GROUP", "profile": {"name": format!("Group {number}")}}),
        );
    }
    for number in 0..apps {
        add(
            "app",
            format!("0oa{number}"),
            json!({"name": "web", "label": format!("App {number}"), "status": "ACTIVE"}),
        );
        add("app_group", format!("0oa{number}/00g{}", random.below(groups)), json!({"priority": 0}));
    }
    for number in 0..users {
        for _ in 0..GROUPS_EACH {
            add("group_member", format!("00g{}/00u{number}", random.below(groups)), Value::Null);
        }
        for _ in 0..APPS_EACH {
            add(
                "app_user",
                format!("0oa{}/00u{number}", random.below(apps)),
                json!({"scope": "USER", "status": "ACTIVE"}),
            );
        }
    }
    for number in 0..users / 200 {
        let role =
            random.pick(&["SUPER_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "APP_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN"]);
        add("user_role", format!("00u{}/ra{number}", random.below(users)), json!({"type": role, "status": "ACTIVE"}));
    }
    for number in 0..20 {
        add(
            "group_role",
            format!("00g{}/ra{number}", random.below(groups)),
            json!({"type": "SUPER_ADMIN", "status": "ACTIVE"}),
        );
    }
    add(
        "agent_pool",
        "pool1".to_owned(),
        json!({"name": "corp", "type": "AD", "agents": [{"id": "agent1", "name": "dc01"}]}),
    );
    builder.finish()
}

/// Makes the graph and asks everything that an inventory's run asks.
fn ask(users: u64) -> Duration {
    let start = Instant::now();
    let graph = graph(users);
    let built = start.elapsed();
    let to_org = reach(&graph, graph.org().unwrap());
    let paths = graph.principals().filter(|id| graph.path(&to_org, *id).is_some()).count();
    let points = choke_points(&graph, &to_org);
    let to_super = start.elapsed();
    let tier_zero = graph.tier_zero();
    let controlled: usize = tier_zero.iter().map(|id| reach(&graph, *id).controllers(&graph).count()).sum();
    let asked = start.elapsed();
    let index = AccessIndex::of(&graph);
    let used = LastUsed::new();
    let access: usize = index.apps().into_iter().map(|app| index.of_app(app, &used).len()).sum();
    let took = start.elapsed();
    println!(
        "{users} users, {} edges, {access} of access: built {built:?}; {paths} paths, {} choke points {to_super:?}; {} of tier zero \
         with {controlled} controllers {asked:?}; all {took:?}; peak {} MB",
        graph.edges().len(),
        points.len(),
        tier_zero.len(),
        peak_mb(),
    );
    assert!(paths > 0 && !points.is_empty() && access as u64 > users);
    took
}

/// The most memory that the process had, as Linux tells it.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

#[test]
fn size_of_the_work_grows_with_the_org() {
    #[allow(clippy::disallowed_methods)] // A measurement is asked for on the command line.
    if let Ok(users) = std::env::var("OKTA_LAKE_GRAPH_USERS") {
        ask(users.parse().unwrap());
        return;
    }
    let (small, large) = (ask(1_000), ask(4_000));
    assert!(large < small * 24 + Duration::from_secs(5), "{small:?}, four times the org: {large:?}");
}
