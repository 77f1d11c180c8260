//! What the inventory may say: nothing is complete, empty or removed without evidence.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use lake::Format;
use local_aws::fault::Fault as StoreFault;
use okta_sim::{Fault, FaultKind, LinkLoss, OrgConfig, RecordEdit};
use serde_json::{Value, json};

use crate::support::inventory::{changes, rows};
use crate::support::{Collector, Settings};

fn settings(users: u32) -> Settings {
    let org = OrgConfig { users, groups: 8, apps: 4, days: 3, events_per_day: 300, ..OrgConfig::default() };
    Settings { org, page: 100, format: Format::Parquet }
}

/// Collects these entities a day later, and returns the report of the org.
async fn report(collector: &Collector, mode: &str, entities: &[&str]) -> Value {
    collector.clock.advance(SignedDuration::from_hours(24));
    let command = json!({"action": "inventory", "tenant": "acme", "mode": mode, "entities": entities});
    let answer = collector.run(command).await;
    assert_eq!(answer["is_complete"], true, "{answer:#}");
    answer["tenants"][0].clone()
}

async fn collect(collector: &Collector, entities: &[&str]) -> Value {
    report(collector, "full", entities).await["manifest"].clone()
}

/// What is known of an entity, in a word: why it was not read, if it was not.
fn word(manifest: &Value, entity: &str) -> String {
    let entity = &manifest["entities"][entity];
    entity["unread"].as_str().or(entity["status"].as_str()).unwrap_or("being read").to_owned()
}

fn removed(collector: &Collector, entity: &str) -> BTreeSet<String> {
    let changes = changes(collector.folder(), entity);
    let removed = changes.iter().filter(|change| change["change"] == "removed");
    removed.map(|change| change["id"].as_str().unwrap().to_owned()).collect()
}

/// The manifest in the lake.
fn stored(collector: &Collector, manifest: &Value) -> Value {
    let snapshot = manifest["snapshot"].as_str().unwrap();
    let path = collector.folder().join(format!("manifests/tenant=acme/{snapshot}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_refused_parent_makes_its_entity_partial_and_removes_nothing() {
    let collector = Collector::start(settings(40)).await;
    assert_eq!(word(&collect(&collector, &["user_factor"]).await, "user_factor"), "complete");
    let before = removed(&collector, "user_factor");
    for (status, code) in [
        (400, "E0000001"),
        (401, "E0000015"),
        (403, "E0000006"),
        (404, "E0000007"),
        (405, "E0000022"),
        (422, "E0000001"),
    ] {
        let half = FaultKind::refused(status, code).always().at("/api/v1/users/*/factors").share(500, 7);
        collector.simulator.inject(half);
        let manifest = collect(&collector, &["user_factor"]).await;
        let entity = &manifest["entities"]["user_factor"];
        assert_eq!(word(&manifest, "user_factor"), "partial", "{status}: {entity}");
        assert!(entity["parents_unread"].as_u64().unwrap() > 5 && entity["rows"].as_u64().unwrap() > 5, "{entity}");
        let reason = &stored(&collector, &manifest)["entities"]["user_factor"]["reasons"][0];
        assert_eq!(reason["count"], entity["parents_unread"], "{reason}");
        collector.simulator.clear_faults();
    }
    assert_eq!(removed(&collector, "user_factor"), before, "nothing of a refused parent is removed");
    assert_eq!(word(&collect(&collector, &["user_factor"]).await, "user_factor"), "complete");
}

#[tokio::test]
async fn a_refused_value_of_the_query_makes_its_entity_partial() {
    let collector = Collector::start(settings(5)).await;
    for (status, code) in [(400, "E0000001"), (401, "E0000015"), (403, "E0000006")] {
        let refused = FaultKind::refused(status, code).always().at("/api/v1/policies").query("type", "PASSWORD");
        collector.simulator.inject(refused);
        let manifest = collect(&collector, &["policy_rule"]).await;
        assert_eq!(word(&manifest, "policy"), "partial", "{status}: {manifest:#}");
        assert_eq!(word(&manifest, "policy_rule"), "partial", "rules of policies that were not read may exist");
        collector.simulator.clear_faults();
    }
    // What comes with a licence that the org never had does not exist there.
    let licensed = FaultKind::refused(401, "E0000015").always().at("/api/v1/policies").query("type", "ENTITY_RISK");
    collector.simulator.inject(licensed);
    let manifest = collect(&collector, &["policy"]).await;
    assert_eq!(word(&manifest, "policy"), "complete");
    let values = &stored(&collector, &manifest)["entities"]["policy"]["values_not_offered"];
    assert!(values.as_array().unwrap().contains(&json!("ENTITY_RISK")), "{values}");
}

#[tokio::test]
async fn records_in_quarantine_make_an_entity_partial_and_never_empty() {
    let collector = Collector::start(settings(5)).await;
    assert_eq!(word(&collect(&collector, &["network_zone"]).await, "network_zone"), "complete");
    for edit in [RecordEdit::Remove("id".to_owned()), RecordEdit::Replace(json!("text")), RecordEdit::Replace(json!(7))]
    {
        collector.simulator.inject(FaultKind::Record(edit).always().at("/api/v1/zones"));
        let manifest = collect(&collector, &["network_zone"]).await;
        let entity = &manifest["entities"]["network_zone"];
        assert_eq!(word(&manifest, "network_zone"), "partial", "{entity}");
        assert!(entity["quarantined"].as_u64().unwrap() > 0, "{entity}");
        collector.simulator.clear_faults();
    }
    assert!(removed(&collector, "network_zone").is_empty());
}

#[tokio::test]
async fn one_id_with_two_contents_is_told() {
    let collector = Collector::start(settings(5)).await;
    let copy = RecordEdit::Copy("name".to_owned(), json!("another"));
    collector.simulator.inject(FaultKind::Record(copy).always().at("/api/v1/zones"));
    let manifest = collect(&collector, &["network_zone"]).await;
    let entity = &stored(&collector, &manifest)["entities"]["network_zone"];
    assert_eq!(
        (word(&manifest, "network_zone").as_str(), &entity["reasons"][0]["cause"]),
        ("partial", &json!("contradiction"))
    );
    assert!(entity["conflicts"].as_u64().unwrap() > 0, "{entity}");
}

#[tokio::test]
async fn a_list_that_is_refused_on_a_later_page_is_begun_again_once() {
    let collector = Collector::start(settings(450)).await;
    let all = collect(&collector, &["user"]).await["entities"]["user"]["rows"].clone();
    let refused = || FaultKind::refused(403, "E0000006");
    collector.simulator.inject(refused().once().at("/api/v1/users").page(2));
    let manifest = collect(&collector, &["user"]).await;
    assert_eq!(
        (word(&manifest, "user").as_str(), manifest["entities"]["user"]["rows"].as_u64() >= all.as_u64()),
        ("complete", true)
    );
    for (status, code) in [(403, "E0000006"), (404, "E0000007"), (400, "E0000029"), (401, "E0000015")] {
        collector.simulator.inject(FaultKind::refused(status, code).always().at("/api/v1/users").page(2));
        let manifest = collect(&collector, &["user"]).await;
        assert_eq!(word(&manifest, "user"), "partial", "{status}: {manifest:#}");
        assert_eq!(manifest["entities"]["user"]["rows"], 200);
        collector.simulator.clear_faults();
    }
    collector.simulator.inject(refused().always().at("/api/v1/users").page(1));
    assert_eq!(word(&collect(&collector, &["user"]).await, "user"), "denied", "only the first page says so");
    assert!(removed(&collector, "user").is_empty());
}

#[tokio::test]
async fn a_parent_that_always_fails_is_noted_and_the_rest_is_read() {
    let collector = Collector::start(settings(20)).await;
    let first = collect(&collector, &["user_factor"]).await;
    let factors = rows(collector.folder(), &first, "user_factor");
    let parent = factors.values().next().unwrap()["parent"].as_str().unwrap().to_owned();
    let failing = FaultKind::ServerError(500).always().at("/api/v1/users/*/factors").parent(&parent);
    collector.simulator.inject(failing);
    // At once: a day later the parent may have left.
    collector.clock.advance(SignedDuration::from_secs(5));
    let command = json!({"action": "inventory", "tenant": "acme", "entities": ["user_factor"]});
    let answer = collector.run(command).await;
    assert_eq!((&answer["is_complete"], &answer["outcome"]), (&json!(true), &json!("incomplete")), "{answer:#}");
    let manifest = answer["tenants"][0]["manifest"].clone();
    let entity = &manifest["entities"]["user_factor"];
    assert_eq!(
        (word(&manifest, "user_factor").as_str(), &entity["parents_unread"]),
        ("partial", &json!(1)),
        "{entity}"
    );
    let read: BTreeSet<_> = rows(collector.folder(), &manifest, "user_factor").into_keys().collect();
    let others = factors.iter().filter(|(_, row)| row["parent"] != parent.as_str());
    assert!(others.map(|(id, _)| id).filter(|id| !read.contains(*id)).count() < 4, "the parents after it are read");
    assert!(!removed(&collector, "user_factor").iter().any(|id| id.starts_with(&parent)));
}

#[tokio::test]
async fn a_list_whose_end_nothing_proves_is_partial() {
    let collector = Collector::start(settings(450)).await;
    assert_eq!(word(&collect(&collector, &["user"]).await, "user"), "complete");
    let faults: [Fault; 5] = [
        FaultKind::LinksMissing(LinkLoss::All).always(),
        FaultKind::LinksMissing(LinkLoss::Next).always(),
        FaultKind::NextLoop.always(),
        FaultKind::NextElsewhere.always(),
        FaultKind::NextPath("/api/v1/groups".to_owned()).always(),
    ];
    for fault in faults {
        let shown = format!("{:?}", fault.kind);
        collector.simulator.inject(fault.at("/api/v1/users"));
        let manifest = collect(&collector, &["user"]).await;
        assert_eq!(word(&manifest, "user"), "partial", "{shown}: {}", manifest["entities"]["user"]);
        assert!(manifest["entities"]["user"]["rows"].as_u64().unwrap() >= 200, "{shown}: what was read is kept");
        collector.simulator.clear_faults();
    }
    assert!(removed(&collector, "user").is_empty(), "{:?}", removed(&collector, "user"));
}

#[tokio::test]
async fn an_empty_answer_is_not_believed_at_once() {
    let collector = Collector::start(settings(30)).await;
    collect(&collector, &["user"]).await;
    collector.simulator.inject(FaultKind::EmptyList.once().at("/api/v1/users"));
    let manifest = collect(&collector, &["user"]).await;
    assert_eq!(word(&manifest, "user"), "complete");
    let evidence = &stored(&collector, &manifest)["entities"]["user"]["evidence"];
    assert_eq!(evidence["reads"].as_array().unwrap().len(), 2, "{evidence}");
    assert!(manifest["entities"]["user"]["rows"].as_u64().unwrap() >= 30 && removed(&collector, "user").is_empty());
}

#[tokio::test]
async fn a_damaged_state_is_named_and_made_anew_from_the_manifests() {
    let collector = Collector::start(settings(30)).await;
    let only = ["user", "group_member"];
    report(&collector, "full", &only).await;
    let old = collector.state("inventory.json").unwrap();
    report(&collector, "incremental", &only).await;
    let other = json!({"version": 2, "tenant": "other", "latest": {}, "run": null, "lease": null});
    for (text, is_named) in [
        (String::new(), true),
        ("{\"latest\": ".to_owned(), true),
        ("[]".to_owned(), true),
        (other.to_string(), true),
        ("{}".to_owned(), false),
        (old.to_string(), false),
    ] {
        collector.set_state("inventory.json", &text);
        let report = report(&collector, "incremental", &only).await;
        assert_eq!(report["notes"].is_array(), is_named, "{text}: {report:#}");
        let entities = &report["manifest"]["entities"];
        assert_eq!(word(&report["manifest"], "group_member"), "complete", "{text}");
        // It is compared with the last collection: that was not lost.
        let since = entities["user"]["changes"]["since"].as_str();
        assert!(
            since.is_some_and(|since| since > old["latest"]["user"]["snapshot"].as_str().unwrap()),
            "{text}: {entities}"
        );
    }
    // The parents that a run chose are chosen anew.
    let name = "inventory/group_member.json";
    assert!(collector.state(name).is_some());
    for text in ["", "{}", "{\"tenant\": \"other\", \"run\": \"x\", \"parents\": []}"] {
        collector.set_state(name, text);
        assert_eq!(
            word(&report(&collector, "incremental", &only).await["manifest"], "group_member"),
            "complete",
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_lost_snapshot_is_read_anew() {
    let collector = Collector::start(settings(30)).await;
    let first = report(&collector, "full", &["user"]).await;
    let snapshot = first["manifest"]["snapshot"].as_str().unwrap();
    let part = format!("inventory/entity=user/tenant=acme/snapshot={snapshot}/part-00000.parquet");
    std::fs::write(collector.folder().join(part), "PAR1").unwrap();
    collector.clock.advance(SignedDuration::from_hours(24));
    let command = json!({"action": "inventory", "tenant": "acme", "mode": "incremental", "entities": ["user"]});
    collector.run(command.clone()).await;
    let answer = collector.run(command).await;
    let manifest = &answer["tenants"][0]["manifest"];
    assert_eq!(word(manifest, "user"), "complete", "{answer:#}");
    assert!(manifest["entities"]["user"]["rows"].as_u64().unwrap() >= 30);
}

#[tokio::test]
async fn the_comparison_keeps_to_the_deadline() {
    let collector = Collector::start(settings(20)).await;
    let entities =
        ["user", "group", "app", "device", "network_zone", "trusted_origin", "behavior", "authenticator", "event_hook"];
    let command = json!({"action": "inventory", "tenant": "acme", "mode": "full", "entities": entities});
    collector.run(command.clone()).await;
    collector.clock.advance(SignedDuration::from_hours(24));
    // The files of the first collection take long to read, and only the comparison reads them: half a minute in all.
    let first = collector.keys("manifests").pop().unwrap();
    let first = format!("snapshot={}", first.rsplit('/').next().unwrap().trim_end_matches(".json"));
    collector.s3.set_fault(move |request| {
        let is_read = request.key.contains(&first);
        is_read.then_some(StoreFault::Delay(Duration::from_millis(1_700)))
    });
    let left = Duration::from_secs(6);
    let begun = Instant::now();
    let answer = collector.run_within(command.clone(), left).await;
    let took = begun.elapsed();
    assert_eq!(answer["is_complete"], false, "{answer:#}");
    assert!(took < left + Duration::from_secs(10), "answered after {took:?}");
    collector.s3.clear_fault();
    let mut invocations = 1;
    let mut answer = answer;
    while answer["is_complete"] != true && invocations < 10 {
        invocations += 1;
        answer = collector.run(command.clone()).await;
    }
    assert_eq!(answer["tenants"][0]["manifest"]["invocations"], invocations, "{answer:#}");
}

#[tokio::test]
async fn what_classic_engine_lacks_is_no_failure() {
    let collector = Collector::start(settings(10)).await;
    let identity_engine = collect(&collector, &["org", "device"]).await;
    assert_eq!(
        (&identity_engine["engine"], word(&identity_engine, "device").as_str()),
        (&json!("identity_engine"), "complete")
    );
    assert!(identity_engine["org_id"].as_str().unwrap().starts_with("00o"), "{identity_engine}");
    collector.simulator.inject(FaultKind::ClassicEngine.always());
    let classic = collect(&collector, &["org", "device", "authenticator_method", "policy", "user"]).await;
    assert_eq!(classic["engine"], "classic");
    assert_eq!(stored(&collector, &classic)["engine"], "classic");
    let words = ["org", "device", "authenticator", "authenticator_method", "policy", "user"]
        .map(|entity| word(&classic, entity));
    assert_eq!(words, ["complete", "not_offered", "not_offered", "not_offered", "complete", "complete"], "{classic:#}");
}
