//! The identity inventory of a simulated org: everything that is there, what may not be read, what has changed and who did
//! it, and nothing that is secret.

// `cargo test -p tests --test system inventory -- --nocapture` shows the manifests and the changes.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use lake::Format;
use okta_sim::{FaultKind, OrgConfig, PLANTED, Role};
use serde_json::{Value, json};

use crate::support::inventory::{Api, changes, rows, texts};
use crate::support::{Collector, Ended, Settings};

fn settings() -> Settings {
    let org = OrgConfig { users: 60, groups: 14, apps: 10, days: 30, events_per_day: 1_500, ..OrgConfig::default() };
    Settings { org, page: 100, format: Format::Parquet }
}

async fn collect(collector: &Collector, mode: &str) -> Value {
    let report = collector.run(json!({"action": "inventory", "tenant": "acme", "mode": mode})).await;
    assert_eq!((&report["is_complete"], &report["tenants"][0]["problems"]), (&true.into(), &json!([])), "{report}");
    report["tenants"][0]["manifest"].clone()
}

/// What is known of an entity, in a word: why it was not read, if it was not.
fn word(manifest: &Value, entity: &str) -> String {
    let entity = &manifest["entities"][entity];
    entity["unread"].as_str().or(entity["status"].as_str()).unwrap_or("being read").to_owned()
}

fn ids(rows: &BTreeMap<String, Value>) -> BTreeSet<String> {
    rows.keys().cloned().collect()
}

/// What is compared, entity by entity: where it is, and what it hangs on.
const CHECKED: &[(&str, &str, Option<&str>)] = &[
    ("user", "/api/v1/users?search=status+pr", None),
    ("group", "/api/v1/groups", None),
    ("app", "/api/v1/apps?includeNonDeleted=true", None),
    ("group_rule", "/api/v1/groups/rules", None),
    ("device", "/api/v1/devices", None),
    ("admin_user", "/api/v1/iam/assignees/users", None),
    ("custom_role", "/api/v1/iam/roles", None),
    ("resource_set", "/api/v1/iam/resource-sets", None),
    ("api_token", "/api/v1/api-tokens", None),
    ("network_zone", "/api/v1/zones", None),
    ("trusted_origin", "/api/v1/trustedOrigins", None),
    ("behavior", "/api/v1/behaviors", None),
    ("authenticator", "/api/v1/authenticators", None),
    ("identity_provider", "/api/v1/idps", None),
    ("authorization_server", "/api/v1/authorizationServers", None),
    ("event_hook", "/api/v1/eventHooks", None),
    ("inline_hook", "/api/v1/inlineHooks", None),
    ("log_stream", "/api/v1/logStreams", None),
    ("realm", "/api/v1/realms", None),
    ("brand", "/api/v1/brands", None),
    ("domain", "/api/v1/domains", None),
    ("user_type", "/api/v1/meta/types/user", None),
    ("agent_pool", "/api/v1/agentPools", None),
    ("user_factor", "/api/v1/users/{}/factors", Some("user")),
    ("group_member", "/api/v1/groups/{}/users", Some("group")),
    ("group_owner", "/api/v1/groups/{}/owners", Some("group")),
    ("group_role", "/api/v1/groups/{}/roles", Some("group")),
    ("app_user", "/api/v1/apps/{}/users", Some("app")),
    ("app_group", "/api/v1/apps/{}/groups", Some("app")),
    ("app_grant", "/api/v1/apps/{}/grants", Some("app")),
    ("user_role", "/api/v1/users/{}/roles", Some("user")),
    ("policy_rule", "/api/v1/policies/{}/rules", Some("policy")),
];

#[tokio::test]
async fn what_exists_is_collected_and_what_is_collected_exists() {
    let collector = Collector::start(settings()).await;
    let manifest = collect(&collector, "full").await;
    let api = Api::new(&collector).await;
    let lake = collector.folder();
    for (entity, path, parent) in CHECKED {
        let mut truth = BTreeSet::new();
        match parent {
            None => truth.extend(api.ids(path).await),
            Some(parent) => {
                for (id, row) in rows(lake, &manifest, parent) {
                    let is_gone = *entity == "user_factor" && row["status"] == "DEPROVISIONED";
                    if !is_gone {
                        truth.extend(api.ids(&path.replace("{}", &id)).await.iter().map(|own| format!("{id}/{own}")));
                    }
                }
            }
        }
        assert_eq!(ids(&rows(lake, &manifest, entity)), truth, "{entity}");
        let status = if truth.is_empty() { "empty" } else { "complete" };
        assert_eq!(manifest["entities"][entity]["status"], status, "{entity}: {}", manifest["entities"][entity]);
    }
    // A row has the object as Okta sent it.
    let (id, row) = rows(lake, &manifest, "network_zone").into_iter().next().unwrap();
    let stored: Value = serde_json::from_str(row["json"].as_str().unwrap()).unwrap();
    assert_eq!(Some(stored), api.object(&format!("/api/v1/zones/{id}")).await);
    assert!(collector.keys("manifests").len() == 1 && collector.state("inventory.json").unwrap()["run"].is_null());
}

#[tokio::test]
async fn the_calls_are_those_that_are_needed() {
    let collector = Collector::start(settings()).await;
    let manifest = collect(&collector, "full").await;
    let lake = collector.folder();
    let of = |entity: &str| rows(lake, &manifest, entity);
    let calls = |entity: &str| manifest["entities"][entity]["calls"].as_u64().unwrap();
    let active = of("user").values().filter(|row| row["status"] != "DEPROVISIONED").count() as u64;
    assert_eq!((calls("user"), calls("user_factor")), (1, active));
    let has_members = |row: &&Value| {
        let group: Value = serde_json::from_str(row["json"].as_str().unwrap()).unwrap();
        row["name"] != "Everyone" && group["_embedded"]["stats"]["usersCount"] != 0
    };
    assert_eq!(calls("group_member"), of("group").values().filter(has_members).count() as u64);
    assert_eq!(calls("user_role"), of("admin_user").len() as u64);
    let plan = collector.run(json!({"action": "inventory", "tenant": "acme", "dry_run": true})).await;
    // Where Okta does not find what belongs to a parent, asking for the parent costs a call that no plan knows of.
    let (mut planned, mut made) = (0, 0);
    for entity in plan["tenants"][0]["plan"]["entities"].as_array().unwrap() {
        let name = entity["entity"].as_str().unwrap();
        if matches!(word(&manifest, name).as_str(), "complete" | "empty") {
            planned += entity["calls"].as_u64().unwrap();
            made += calls(name);
        }
    }
    println!("{planned} calls planned, {made} made");
    assert!(planned > 100 && planned.abs_diff(made) * 10 < planned, "{plan}");
}

#[tokio::test]
async fn what_may_not_be_read_is_told_apart() {
    let collector = Collector::start_as("service", settings()).await;
    let before = collect(&collector, "full").await;
    collector.simulator.inject(FaultKind::Role(Role::ReadOnly).always());
    collector.simulator.inject(FaultKind::ScopeMissing("okta.apps.read".to_owned()).always());
    collector.simulator.inject(FaultKind::TokensRevoked.always());
    collector.simulator.inject(FaultKind::Unlicensed.always().under("/api/v1/devices"));
    collector.simulator.inject(FaultKind::RoleMissing.always().under("/api/v1/groups/rules"));
    collector.clock.advance(SignedDuration::from_hours(30));
    let manifest = collect(&collector, "full").await;
    for (entity, wanted) in [
        ("user", "complete"),
        ("app", "denied"),
        ("app_user", "denied"),
        ("app_grant", "skipped"),
        ("device", "not_offered"),
        ("group_rule", "denied"),
        ("admin_user", "denied"),
        ("user_role", "skipped"),
    ] {
        assert_eq!(word(&manifest, entity), wanted, "{entity}: {}", manifest["entities"][entity]);
    }
    let told = |entity: &str| manifest["entities"][entity]["remedy"].as_str().unwrap().to_owned();
    assert!(told("app").contains("Okta API Scopes") && told("group_rule").contains("admin role"), "{manifest}");
    // Nobody may take what could not be read for gone.
    assert!(changes(collector.folder(), "app").is_empty() && changes(collector.folder(), "group_rule").is_empty());
    let latest = collector.state("inventory.json").unwrap()["latest"].clone();
    assert_eq!((&latest["app"]["snapshot"], &latest["user"]["snapshot"]), (&before["snapshot"], &manifest["snapshot"]));
    for (entity, collected) in manifest["entities"].as_object().unwrap() {
        println!(
            "{entity:<34} {:<10} {:>6} rows {:>5} calls  {}",
            collected["status"].as_str().unwrap(),
            collected["rows"],
            collected["calls"],
            collected["what"].as_str().unwrap_or_default()
        );
    }
}

#[tokio::test]
async fn no_secret_reaches_the_lake() {
    let collector = Collector::start(settings()).await;
    collector.simulator.inject(FaultKind::SecretsPlanted.always());
    let command = json!({"action": "inventory", "tenant": "acme", "additional": true});
    let report = collector.run(command).await;
    let manifest = &report["tenants"][0]["manifest"];
    let entities = manifest["entities"].as_object().unwrap().values();
    let redacted: u64 = entities.filter_map(|entity| entity["redacted"].as_u64()).sum();
    // And a record that is none: it is kept, without its secrets.
    let texts = texts(collector.folder());
    println!("{redacted} secrets taken out; searched {} texts", texts.len());
    assert!(redacted > 1_000 && texts.len() > 500, "{redacted}");
    for (key, text) in &texts {
        assert!(!text.contains(PLANTED), "{key}: {text}");
    }
    assert!(!report.to_string().contains(PLANTED));
}

#[tokio::test]
async fn changes_have_their_events() {
    let org = OrgConfig { users: 300, groups: 20, events_per_day: 3_000, ..settings().org };
    let collector = Collector::start(Settings { org, page: 1_000, ..settings() }).await;
    let first = collect(&collector, "full").await;
    assert!(collector.keys("changes").is_empty(), "the first collection is no change");
    collector.clock.advance(SignedDuration::from_hours(24));
    let second = collect(&collector, "full").await;
    let lake = collector.folder();
    let (mut explained, mut unexplained) = (0_u64, Vec::new());
    let entities = second["entities"].as_object().unwrap();
    for entity in entities.keys() {
        let (before, after) = (rows(lake, &first, entity), rows(lake, &second, entity));
        let told = changes(lake, entity);
        let of = |kind: &str| -> BTreeSet<_> {
            let found = told.iter().filter(|change| change["change"] == kind);
            found.map(|change| change["id"].as_str().unwrap().to_owned()).collect()
        };
        let (was, is) = (ids(&before), ids(&after));
        assert_eq!(of("added"), is.difference(&was).cloned().collect(), "{entity}");
        assert_eq!(of("removed"), was.difference(&is).cloned().collect(), "{entity}");
        let differs = |id: &&String| before[*id]["hash"] != after[*id]["hash"];
        assert_eq!(of("changed"), was.intersection(&is).filter(differs).cloned().collect(), "{entity}");
        for change in told {
            println!(
                "{entity} {} {} ({}): {} by {} {}",
                change["change"].as_str().unwrap(),
                change["id"].as_str().unwrap(),
                change["name"].as_str().unwrap_or_default(),
                change["event_code"].as_str().unwrap_or("no event"),
                change["actor_name"].as_str().unwrap_or("-"),
                change["fields"]
            );
            match change["explanation"].as_str().unwrap() {
                "explained" => explained += 1,
                _ => unexplained.push(format!("{entity} {change}")),
            }
        }
    }
    println!("{explained} explained, {} not", unexplained.len());
    assert!(explained >= 8, "{explained}");
    // The simulator's log does not tell of new devices: just these are marked.
    assert!(unexplained.iter().all(|change| change.starts_with("device ")), "{unexplained:#?}");
}

#[tokio::test]
async fn a_week_of_increments_equals_a_full_collection() {
    let collector = Collector::start(settings()).await;
    let full = collect(&collector, "full").await;
    let mut calls = Vec::new();
    for _ in 0..7 {
        collector.clock.advance(SignedDuration::from_hours(24));
        calls.push(collect(&collector, "incremental").await);
    }
    let last = calls.pop().unwrap();
    collector.clock.advance(SignedDuration::from_secs(5));
    let whole = collect(&collector, "full").await;
    let lake = collector.folder();
    for entity in whole["entities"].as_object().unwrap().keys() {
        let lasting = |manifest: &Value| -> BTreeMap<_, _> {
            rows(lake, manifest, entity).into_iter().map(|(id, row)| (id, row["hash"].clone())).collect()
        };
        assert!(lasting(&last) == lasting(&whole), "{entity}");
    }
    println!("calls: {} full, {} incremental", full["calls"], last["calls"]);
    assert!(last["calls"].as_u64().unwrap() < full["calls"].as_u64().unwrap());
}

#[tokio::test]
async fn without_the_log_nobody_knows_what_was_deleted() {
    let org = OrgConfig { users: 250, ..settings().org };
    let collector = Collector::start_as("service", Settings { org, ..settings() }).await;
    let only = json!({"action": "inventory", "tenant": "acme", "mode": "incremental", "entities": ["user"]});
    let calls = async || {
        collector.clock.advance(SignedDuration::from_hours(1));
        let report = collector.run(only.clone()).await;
        report["tenants"][0]["manifest"]["entities"]["user"]["calls"].as_u64().unwrap()
    };
    // The first time everything; then what is new; without the log, everything again.
    assert_eq!([calls().await, calls().await], [2, 1]);
    collector.simulator.inject(FaultKind::ScopeMissing("okta.logs.read".to_owned()).always());
    collector.simulator.inject(FaultKind::TokensRevoked.always());
    assert_eq!(calls().await, 2);
}

#[tokio::test]
async fn wherever_it_is_stopped_it_goes_on() {
    let org = OrgConfig { users: 12, groups: 5, apps: 4, days: 3, events_per_day: 200, ..OrgConfig::default() };
    let mut collector = Collector::start(Settings { org, ..settings() }).await;
    let command =
        json!({"action": "inventory", "tenant": "acme", "entities": ["user_factor", "group_member", "app_user"]});
    let whole = collector.run(command.clone()).await["tenants"][0]["manifest"].clone();
    let of = |collector: &Collector, manifest: &Value| {
        let entities = manifest["entities"].as_object().unwrap().keys();
        entities
            .map(|entity| (entity.clone(), ids(&rows(collector.folder(), manifest, entity))))
            .collect::<BTreeMap<_, _>>()
    };
    let truth = of(&collector, &whole);
    assert!(truth["user_factor"].len() > 5 && truth["app_user"].len() > 5, "{truth:?}");
    let mut stops = 0;
    for step in 0.. {
        collector.clear().await;
        let ended = collector.run_until(command.clone(), step, step % 2 == 0).await;
        collector.clock.advance(SignedDuration::from_secs(61));
        let report = collector.run(json!({"action": "continue", "tenant": "acme"})).await;
        let Ended::Stopped = ended else { break };
        stops += 1;
        // Stopped before the run was noted, there is nothing to go on with.
        let manifest = match report["inventory"][0]["manifest"].clone() {
            Value::Null => collector.run(command.clone()).await["tenants"][0]["manifest"].clone(),
            manifest => manifest,
        };
        assert!(of(&collector, &manifest) == truth, "stopped at {step}: {report}");
    }
    println!("stopped at {stops} requests");
    assert!(stops > 20, "{stops}");
}

#[tokio::test]
async fn a_run_takes_as_many_invocations_as_it_needs() {
    let collector = Collector::start(settings()).await;
    collector.simulator.inject(FaultKind::Slow(Duration::from_millis(200)).always());
    let command =
        json!({"action": "inventory", "tenant": "acme", "entities": ["user_factor", "group_member", "app_user"]});
    let mut report = collector.run_within(command, Duration::from_secs(1)).await;
    assert_eq!(report["is_complete"], false, "{report}");
    let told: Vec<_> = collector.told().into_iter().filter(|event| event.detail_type == "Continue").collect();
    assert_eq!(told.len(), 1, "the next invocation is asked for");
    let mut runs = 1;
    while report["is_complete"] != true && runs < 100 {
        runs += 1;
        report = collector.run_within(told[0].detail.clone(), Duration::from_secs(1)).await;
    }
    let manifest = &report["tenants"][0]["manifest"];
    println!("{runs} invocations, {} calls", manifest["calls"]);
    assert_eq!((&report["is_complete"], &manifest["invocations"]), (&true.into(), &runs.into()), "{report}");
    collector.simulator.clear_faults();
    let again = collect(&collector, "full").await;
    assert_eq!(
        ids(&rows(collector.folder(), manifest, "user_factor")),
        ids(&rows(collector.folder(), &again, "user_factor"))
    );
    assert!(runs > 2);
}

#[tokio::test]
async fn a_list_goes_on_at_the_page_where_it_stopped() {
    let org = OrgConfig { users: 1_300, ..settings().org };
    let collector = Collector::start(Settings { org, ..settings() }).await;
    collector.simulator.inject(FaultKind::Slow(Duration::from_millis(300)).always().under("/api/v1/users"));
    let command = json!({"action": "inventory", "tenant": "acme", "entities": ["user"]});
    let mut report = Value::Null;
    let mut runs = 0;
    while report["is_complete"] != true && runs < 100 {
        runs += 1;
        report = collector.run_within(command.clone(), Duration::from_secs(1)).await;
    }
    let manifest = &report["tenants"][0]["manifest"];
    let pages = (rows(collector.folder(), manifest, "user").len() as u64).div_ceil(200);
    assert!(runs > 2, "{runs}");
    assert_eq!(manifest["entities"]["user"]["calls"], pages, "{report}");
}

#[tokio::test]
async fn what_is_no_answer_harms_only_its_own_entity() {
    let collector = Collector::start(settings()).await;
    collector.simulator.inject(FaultKind::Html.always().under("/api/v1/zones"));
    collector.simulator.inject(FaultKind::NextLoop.always().under("/api/v1/trustedOrigins"));
    collector.simulator.inject(FaultKind::Unlicensed.always().under("/api/v1/policies"));
    let manifest = collect(&collector, "full").await;
    assert_eq!(
        ["network_zone", "trusted_origin", "policy", "policy_rule", "user"].map(|entity| word(&manifest, entity)),
        ["failed", "partial", "not_offered", "not_offered", "complete"],
        "{manifest:#}"
    );
}
