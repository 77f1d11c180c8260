//! Sealing never says more than it knows: answers that are wrong, records that cannot be parsed, forged and damaged objects,
//! an hour that takes several invocations.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lake::Format;
use lake::signing::KeyFile;
use okta_sim::{FaultKind, LinkLoss, OrgConfig, RecordEdit};
use serde_json::{Value, json};

use crate::support::rows;
use crate::support::view::{check_chain, ledger, view};
use crate::support::{Collector, Settings};

const START: &str = "2026-03-01T13:00:00Z";
const LOGS: &str = "/api/v1/logs";
const ENTRY: &str = "ledger/tenant=acme/day=2026-03-01/13.json";

fn reconcile() -> Value {
    json!({"action": "reconcile", "tenant": "acme"})
}

fn at(minutes: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// An org at the start of its first hour with okta-lake: each hour has several pages of events, and Okta stores all of them
/// at once.
async fn collector() -> Collector {
    let org = OrgConfig { days: 2, events_per_day: 2_400, late_per_mille: 0, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 10, format: Format::Ndjson }).await;
    collector.clock.set(at(0));
    collector.run(reconcile()).await;
    collector
}

fn events(collector: &Collector) -> BTreeMap<String, String> {
    let events = collector.simulator.org().events(at(0)..at(60));
    events.map(|event| (event.uuid, event.json)).collect()
}

async fn deliver_all(collector: &Collector) -> BTreeMap<String, String> {
    collector.clock.set(at(61));
    let truth = events(collector);
    collector.deliver(&truth.values().cloned().collect::<Vec<_>>()).await;
    truth
}

/// The entry of the first hour.
fn entry(collector: &Collector) -> Value {
    ledger(collector.folder())[0].clone()
}

fn of_hour(collector: &Collector, truth: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut seen = view(collector.folder());
    seen.retain(|uuid, _| truth.contains_key(uuid));
    seen
}

fn published(collector: &Collector, kind: &str) -> Vec<Value> {
    collector.told().into_iter().filter(|event| event.detail_type == kind).map(|event| event.detail).collect()
}

fn quarantined(collector: &Collector) -> usize {
    collector.keys("quarantine/tenant=acme").len()
}

#[tokio::test]
async fn an_empty_answer_for_an_old_hour_is_not_believed() {
    let collector = collector().await;
    let truth = events(&collector);
    collector.simulator.inject(FaultKind::EmptyList.once().under(LOGS).hour(at(0)));
    // Three days later: there is no recheck to come.
    collector.clock.set(at(3 * 24 * 60));
    let report = collector.run(reconcile()).await;
    let first = entry(&collector);
    assert_eq!((&first["completeness"], &first["rows"]), (&"partial".into(), &0.into()), "{first}");
    assert!(report["tenants"][0]["unsettled"].as_u64() >= Some(1), "{report}");
    collector.clock.advance(SignedDuration::from_mins(11));
    collector.run(reconcile()).await;
    let confirmed = entry(&collector);
    assert_eq!(confirmed["rows"].as_u64(), Some(truth.len() as u64), "{confirmed}");
    assert!(of_hour(&collector, &truth) == truth);
    collector.clock.advance(SignedDuration::from_hours(7));
    collector.run(reconcile()).await;
    assert_eq!(entry(&collector)["completeness"], "complete");
    check_chain(&ledger(collector.folder()), collector.folder());
}

#[tokio::test]
async fn an_old_hour_is_complete_after_a_second_read_and_its_object_stays() {
    let collector = collector().await;
    collector.clock.set(at(3 * 24 * 60));
    collector.run(reconcile()).await;
    let first = entry(&collector);
    assert_eq!((&first["completeness"], &first["reasons"][0]["cause"]), (&"partial".into(), &"reads_missing".into()));
    collector.run(reconcile()).await;
    assert_eq!(entry(&collector)["generation"], 1, "too soon");
    collector.clock.advance(SignedDuration::from_mins(11));
    collector.run(reconcile()).await;
    let second = entry(&collector);
    assert_eq!((&second["completeness"], &second["object"]), (&"complete".into(), &first["object"]));
    let reads = second["evidence"]["reads"].as_array().unwrap();
    assert_eq!(reads.len(), 2);
    assert!(reads[0]["page_size"] != reads[1]["page_size"] && reads[0]["since"] != reads[1]["since"], "{reads:?}");
}

#[tokio::test]
async fn an_answer_that_lacks_what_it_had_is_read_again_and_else_contradicted() {
    let collector = collector().await;
    let truth = events(&collector);
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    assert_eq!(entry(&collector)["completeness"], "complete");
    // Once: the read after it has everything.
    collector.simulator.inject(FaultKind::EmptyList.once().under(LOGS).hour(at(0)));
    collector.clock.set(at(60 + 24 * 60));
    collector.run(reconcile()).await;
    assert_eq!((&entry(&collector)["completeness"], &entry(&collector)["generation"]), (&"complete".into(), &1.into()));
    // Always: it is said, and no row is lost.
    let late = r#"{"uuid":"late","published":"2026-03-01T13:30:00.000Z","eventType":"user.session.start"}"#;
    collector.deliver(&[late.to_owned()]).await;
    collector.simulator.inject(FaultKind::EmptyList.always().under(LOGS).hour(at(0)));
    collector.run(reconcile()).await;
    let entry = entry(&collector);
    assert_eq!(
        (&entry["completeness"], entry["rows"].as_u64()),
        (&"contradicted".into(), Some(truth.len() as u64 + 1))
    );
    assert!(of_hour(&collector, &truth) == truth);
}

#[tokio::test]
async fn records_that_cannot_be_parsed_are_kept_and_counted() {
    let collector = collector().await;
    let truth = deliver_all(&collector).await;
    let uuids: Vec<_> = truth.keys().cloned().collect();
    let edits =
        [RecordEdit::Remove("eventType".to_owned()), RecordEdit::Set("uuid".to_owned(), json!(7)), RecordEdit::CutZone];
    for (edit, uuid) in edits.into_iter().zip(&uuids) {
        collector.simulator.inject(FaultKind::Record(edit).always().record(uuid));
    }
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let entry = entry(&collector);
    assert_eq!(
        (&entry["completeness"], entry["rows"].as_u64()),
        (&"partial".into(), Some(truth.len() as u64)),
        "{entry}"
    );
    assert_eq!((&entry["evidence"]["accounts"]["quarantined"], quarantined(&collector)), (&3.into(), 3), "{entry}");
}

#[tokio::test]
async fn a_lost_link_and_a_record_of_another_time_are_no_end() {
    for loss in [LinkLoss::All, LinkLoss::Next] {
        let collector = collector().await;
        let truth = events(&collector);
        collector.simulator.inject(FaultKind::LinksMissing(loss).once().under(LOGS).hour(at(0)));
        collector.clock.set(at(125));
        collector.run(reconcile()).await;
        assert!(of_hour(&collector, &truth) == truth, "{loss:?}");
        assert_eq!(entry(&collector)["completeness"], "complete", "{loss:?}");
    }
    let collector = collector().await;
    let mut truth = events(&collector);
    let uuid = truth.keys().next().unwrap().clone();
    let future = json!("2098-01-01T00:00:00.000Z");
    collector
        .simulator
        .inject(FaultKind::Record(RecordEdit::Set("published".to_owned(), future)).always().record(&uuid));
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    truth.remove(&uuid);
    assert!(of_hour(&collector, &truth) == truth);
    assert_eq!((&entry(&collector)["completeness"], quarantined(&collector)), (&"partial".into(), 1));
}

#[tokio::test]
async fn loops_of_pages_come_to_an_end() {
    for fault in [FaultKind::NextLoop, FaultKind::NextLoopOf(2), FaultKind::EmptyPagesForever, FaultKind::LastPageLoops]
    {
        let collector = collector().await;
        collector.simulator.inject(fault.clone().always().under(LOGS).hour(at(0)));
        collector.clock.set(at(125));
        let report = collector.run(reconcile()).await;
        let is_complete = ledger(collector.folder()).first().is_some_and(|entry| {
            entry["completeness"] == "complete" && entry["rows"].as_u64() != Some(events(&collector).len() as u64)
        });
        assert!(!is_complete, "{fault:?}: {report}");
    }
}

#[tokio::test]
async fn one_hour_that_cannot_be_read_holds_up_no_other() {
    let collector = collector().await;
    let wrong = FaultKind::WrongBody(okta_sim::WrongBody::Shape);
    collector.simulator.inject(wrong.always().under(LOGS).hour(at(0)));
    collector.clock.set(at(245));
    let report = collector.run(reconcile()).await;
    let tenant = &report["tenants"][0];
    assert_eq!(tenant["problems"].as_array().unwrap().len(), 1, "{report}");
    let hours: Vec<_> =
        ledger(collector.folder()).iter().map(|entry| entry["hour"].as_str().unwrap().to_owned()).collect();
    assert_eq!(hours, ["2026-03-01T14:00:00Z", "2026-03-01T15:00:00Z"], "{report}");
    collector.simulator.clear_faults();
    collector.run(reconcile()).await;
    assert_eq!(ledger(collector.folder()).len(), 3);
}

#[tokio::test]
async fn the_version_of_the_api_wins_and_the_loser_is_kept() {
    let collector = collector().await;
    collector.clock.set(at(61));
    let truth = events(&collector);
    let (uuid, raw) = truth.first_key_value().unwrap();
    let mut forged: Value = serde_json::from_str(raw).unwrap();
    forged["displayMessage"] = "forged".into();
    let mut batch: Vec<_> = truth.iter().filter(|(id, _)| *id != uuid).map(|(_, raw)| raw.clone()).collect();
    batch.push(forged.to_string());
    collector.deliver(&batch).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    assert!(of_hour(&collector, &truth) == truth, "as Okta sent it");
    assert_eq!(quarantined(&collector), 1);
    let kept = std::fs::read_to_string(collector.folder().join(&collector.keys("quarantine")[0])).unwrap();
    assert!(kept.contains("forged"), "{kept}");
    assert_eq!(entry(&collector)["rows"].as_u64(), Some(truth.len() as u64));
}

#[tokio::test]
async fn events_that_only_the_stream_has_are_published() {
    let collector = collector().await;
    let truth = deliver_all(&collector).await;
    let forged = r#"{"uuid":"forged","published":"2026-03-01T13:30:00.000Z","eventType":"user.session.start"}"#;
    collector.deliver(&[forged.to_owned()]).await;
    collector.clock.set(at(125));
    collector.told();
    let report = collector.run(reconcile()).await;
    let told = published(&collector, "Unconfirmed");
    let hour: Vec<_> = told.iter().filter(|detail| detail["hour"] == START).collect();
    assert_eq!((hour.len(), &hour[0]["events"]), (1, &1.into()), "{report}");
    let entry = entry(&collector);
    assert_eq!((&entry["counts"]["stream_only"], entry["rows"].as_u64()), (&1.into(), Some(truth.len() as u64 + 1)));
}

#[tokio::test]
async fn a_deleted_entry_destroys_nothing() {
    let collector = collector().await;
    let truth = deliver_all(&collector).await;
    let only = r#"{"uuid":"only","published":"2026-03-01T13:30:00.000Z","eventType":"user.session.start"}"#;
    collector.deliver(&[only.to_owned()]).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    collector.clock.set(at(190));
    collector.run(reconcile()).await;
    assert!(!collector.keys("live").iter().any(|key| key.contains("hour=13/")), "the seal is the only copy");
    std::fs::remove_file(collector.folder().join(ENTRY)).unwrap();
    for minutes in [195, 260, 330] {
        collector.clock.set(at(minutes));
        collector.run(reconcile()).await;
    }
    let seen = view(collector.folder());
    assert!(seen.contains_key("only") && truth.keys().all(|uuid| seen.contains_key(uuid)));
    let entry = entry(&collector);
    assert_eq!((&entry["generation"], &entry["counts"]["stream_only"]), (&2.into(), &1.into()), "{entry}");
    let sealed = collector.keys("sealed").into_iter().filter(|key| key.contains("hour=13/")).count();
    assert_eq!(sealed, 1, "what was merged is removed");
}

#[tokio::test]
async fn altered_and_misplaced_rows_are_not_sealed() {
    let collector = collector().await;
    let truth = deliver_all(&collector).await;
    collector.clock.set(at(70));
    let key = collector.keys("live").into_iter().find(|key| key.contains("hour=13/")).unwrap();
    // Another hour's folder.
    let copy = collector.folder().join(key.replace("hour=13/", "hour=12/"));
    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
    std::fs::copy(collector.folder().join(&key), &copy).unwrap();
    // A bit of a uuid inside raw_data.
    let path = collector.folder().join(&key);
    let text = String::from_utf8(zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap()).unwrap();
    let uuid = truth.keys().next().unwrap();
    let other: String = uuid.chars().map(|letter| if letter == 'a' { 'b' } else { letter }).rev().collect();
    let escaped = format!("\\\"uuid\\\":\\\"{uuid}");
    let flipped = text.replacen(&escaped, &format!("\\\"uuid\\\":\\\"{other}"), 1);
    assert_ne!(text, flipped);
    std::fs::write(&path, zstd::encode_all(flipped.as_bytes(), 1).unwrap()).unwrap();
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    assert!(of_hour(&collector, &truth) == truth, "the event is restored from the API");
    let twelve = ledger(collector.folder()).into_iter().find(|entry| entry["hour"] == "2026-03-01T12:00:00Z").unwrap();
    assert!(quarantined(&collector) > truth.len(), "the rows of the wrong folder, and the altered one");
    assert!(view(collector.folder()).len() >= truth.len(), "{twelve}");
}

#[tokio::test]
async fn damaged_entries_and_states_stop_nothing_else() {
    for damage in ["", "{}", "{\"version\":1"] {
        let collector = collector().await;
        deliver_all(&collector).await;
        collector.clock.set(at(125));
        collector.run(reconcile()).await;
        std::fs::write(collector.folder().join(ENTRY), damage).unwrap();
        collector.set_state("reconcile.json", damage);
        collector.set_state("ledger.json", damage);
        // Something is due of the damaged hour, and of the one after it.
        collector
            .deliver(&[r#"{"uuid":"late","published":"2026-03-01T13:30:00.000Z","eventType":"a"}"#.to_owned()])
            .await;
        collector.clock.set(at(185));
        let report = collector.run(reconcile()).await;
        let problems = report["tenants"][0]["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 1, "{damage:?}: {report}");
        assert!(problems[0]["remedy"].as_str().unwrap().contains("verify"), "{report}");
        let fourteen = collector.folder().join("ledger/tenant=acme/day=2026-03-01/14.json");
        let entry: Value = serde_json::from_slice(&std::fs::read(fourteen).unwrap()).unwrap();
        assert_eq!(entry["completeness"], "complete", "{damage:?}: {report}");
    }
}

#[tokio::test]
async fn what_the_state_forgets_is_derived_from_the_ledger() {
    let collector = collector().await;
    let others = |state: &Value| (state["recheck"].clone(), state["has_stream"].clone());
    deliver_all(&collector).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let whole = collector.state("reconcile.json").unwrap();
    let path = collector.folder().join("state/tenant=acme/reconcile.json");
    std::fs::remove_file(&path).unwrap();
    collector.run(reconcile()).await;
    assert_eq!(others(&collector.state("reconcile.json").unwrap()), others(&whole));
    let mut foreign = whole.clone();
    (foreign["tenant"], foreign["recheck"], foreign["has_stream"]) = ("other".into(), json!({}), false.into());
    collector.set_state("reconcile.json", &foreign.to_string());
    collector.run(reconcile()).await;
    assert_eq!(others(&collector.state("reconcile.json").unwrap()), others(&whole));
    // An older version: it does not know the last hours.
    let mut older = whole.clone();
    (older["entries"], older["recheck"]) = (0.into(), json!({}));
    collector.set_state("reconcile.json", &older.to_string());
    collector.run(reconcile()).await;
    assert_eq!(others(&collector.state("reconcile.json").unwrap()), others(&whole));
}

#[tokio::test]
async fn okta_s_clock_alone_seals_no_hour_and_removes_nothing() {
    let collector = collector().await;
    deliver_all(&collector).await;
    for hours in [3, 100 * 24] {
        collector.simulator.inject(FaultKind::DateShift(hours * 3_600).always());
        collector.run(reconcile()).await;
        assert_eq!(ledger(collector.folder()).len(), 0, "{hours}");
        collector.simulator.clear_faults();
    }
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let before = collector.keys("live");
    collector.simulator.inject(FaultKind::DateShift(3 * 3_600).always());
    collector.run(reconcile()).await;
    assert_eq!((ledger(collector.folder()).len(), collector.keys("live")), (1, before));
}

#[tokio::test]
async fn an_hour_that_one_invocation_cannot_read_takes_several() {
    let collector = collector().await;
    let truth = events(&collector);
    collector.clock.set(at(125));
    // Each write takes two seconds, and a page is a write: an invocation reads some pages only.
    let clock = Arc::clone(&collector.clock);
    collector.s3.set_fault(move |request| {
        if request.method == "PUT" && request.key.starts_with("live/") {
            clock.advance(SignedDuration::from_secs(2));
        }
        None
    });
    let mut invocations = 0;
    while ledger(collector.folder()).is_empty() {
        let report = collector.run_within(reconcile(), Duration::from_secs(9)).await;
        invocations += 1;
        assert!(invocations < 40, "{report}");
        if ledger(collector.folder()).is_empty() {
            assert!(!published(&collector, "Continue").is_empty(), "{report}");
        }
    }
    collector.s3.clear_fault();
    assert!(invocations > 1, "{invocations}");
    let entry = entry(&collector);
    assert_eq!(
        (&entry["completeness"], entry["rows"].as_u64()),
        (&"complete".into(), Some(truth.len() as u64)),
        "{entry}"
    );
    assert_eq!(
        entry["evidence"]["accounts"]["api"].as_u64(),
        Some(truth.len() as u64),
        "what was read before is known"
    );
    assert_eq!(collector.keys("state/tenant=acme").iter().filter(|key| key.contains("reading-")).count(), 0);
}

#[tokio::test]
async fn the_scheduled_verification_finds_what_was_changed_and_changes_nothing() {
    let collector = collector().await;
    deliver_all(&collector).await;
    collector.clock.set(at(185));
    collector.run(reconcile()).await;
    let verify = || json!({"action": "verify", "tenant": "acme"});
    let report = collector.run(verify()).await;
    assert_eq!(
        (&report["outcome"], &report["tenants"][0]["report"]["findings"]),
        (&"complete".into(), &json!([])),
        "{report}"
    );
    let object = entry(&collector)["object"].as_str().unwrap().to_owned();
    std::fs::remove_file(collector.folder().join(&object)).unwrap();
    let before = collector.keys("");
    collector.told();
    let report = collector.run(verify()).await;
    assert_eq!(report["outcome"], "incomplete", "{report}");
    let told = published(&collector, "LedgerViolation");
    assert!(told.iter().any(|detail| detail["violation"] == "object_missing" && detail["hour"] == START), "{told:?}");
    assert_eq!(collector.keys(""), before);
}

fn repair(how: &str) -> Value {
    json!({"action": "verify", "tenant": "acme", "repair": how})
}

#[tokio::test]
async fn a_repair_is_described_first_and_takes_only_what_okta_confirms() {
    let collector = collector().await;
    let truth = deliver_all(&collector).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let object = entry(&collector)["object"].as_str().unwrap().to_owned();
    let damaged = b"not what was sealed";
    std::fs::write(collector.folder().join(&object), damaged).unwrap();
    let before = collector.keys("");
    let plan = collector.run(repair("plan")).await;
    let planned = &plan["tenants"][0]["repairs"];
    assert_eq!((&planned[0]["hour"], &planned[0]["damaged"]), (&START.into(), &json!([object])), "{plan}");
    assert!(planned[0]["from_okta_until"].is_string() && planned[0].get("generation").is_none(), "{plan}");
    assert_eq!(collector.keys(""), before, "a plan changes nothing");

    let done = collector.run(repair("apply")).await;
    let repaired = entry(&collector);
    assert_eq!((&repaired["generation"], &repaired["reason"]), (&2.into(), &"repaired".into()), "{done}");
    assert_eq!(repaired["completeness"], "complete", "{repaired}");
    assert!(of_hour(&collector, &truth) == truth);
    let kept = rows::json(&collector.folder().join("quarantine"));
    assert_eq!(kept[0]["body_base64"], lake::quarantine::base64(damaged), "it is kept whole");
    let report = collector.run(json!({"action": "verify", "tenant": "acme"})).await;
    assert_eq!(report["tenants"][0]["report"]["findings"], json!([]), "{report}");
}

#[tokio::test]
async fn what_cannot_be_had_again_is_contradicted_and_stays_so() {
    let collector = collector().await;
    let truth = events(&collector);
    collector.clock.set(at(61));
    let raw = truth.values().next().unwrap().replacen("\"uuid\":\"", "\"uuid\":\"only-streamed-", 1);
    collector.deliver(&[raw]).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    // The grace period is over: the seal alone has the row.
    collector.clock.set(at(200));
    collector.run(reconcile()).await;
    assert_eq!(entry(&collector)["counts"]["stream_only"], 1);
    let object = entry(&collector)["object"].as_str().unwrap().to_owned();
    std::fs::remove_file(collector.folder().join(&object)).unwrap();
    collector.run(repair("apply")).await;
    let is_lost = |entry: &Value| {
        let mut reasons = entry["reasons"].as_array().unwrap().iter();
        entry["completeness"] == "contradicted" && reasons.any(|reason| reason["cause"] == "damaged")
    };
    let repaired = entry(&collector);
    assert!(is_lost(&repaired) && repaired["reason"] == "repaired", "{repaired}");
    assert!(of_hour(&collector, &truth) == truth, "what Okta has is there");
    collector.clock.advance(SignedDuration::from_hours(26));
    collector.run(reconcile()).await;
    assert!(is_lost(&entry(&collector)), "{}", entry(&collector));
}

#[tokio::test]
async fn an_hour_that_okta_has_forgotten_is_not_repaired() {
    let collector = collector().await;
    deliver_all(&collector).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let object = entry(&collector)["object"].as_str().unwrap().to_owned();
    std::fs::write(collector.folder().join(&object), "damaged").unwrap();
    collector.clock.set(at(91 * 24 * 60));
    let before = (collector.keys("sealed"), collector.keys("quarantine"), entry(&collector));
    let report = collector.run(repair("apply")).await;
    let problem = &report["tenants"][0]["problems"][0];
    assert!(problem["what"].as_str().unwrap().contains("nothing confirms its rows"), "{report}");
    assert_eq!((collector.keys("sealed"), collector.keys("quarantine"), entry(&collector)), before);
}

#[tokio::test]
async fn an_entry_that_was_forged_is_replaced_and_nothing_that_it_said_counts() {
    let mut collector = collector().await;
    let key = Arc::new(KeyFile::generate().unwrap());
    collector.function.signer = Some(key.clone());
    let truth = deliver_all(&collector).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let path = collector.folder().join(ENTRY);
    let forged = std::fs::read_to_string(&path).unwrap().replacen("\"duplicates\":0", "\"duplicates\":9", 1);
    std::fs::write(&path, &forged).unwrap();
    // The scheduled run trusts the key that signs, without being told which.
    let report = collector.run(json!({"action": "verify", "tenant": "acme"})).await;
    let findings = &report["tenants"][0]["report"]["findings"];
    assert!(findings.as_array().unwrap().iter().any(|finding| finding["kind"] == "signature_invalid"), "{report}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), forged, "it repairs nothing and signs nothing");
    collector.run(repair("apply")).await;
    let repaired = entry(&collector);
    assert_eq!((&repaired["generation"], &repaired["completeness"]), (&2.into(), &"contradicted".into()), "{repaired}");
    assert_eq!((&repaired["duplicates"], repaired["rows"].as_u64()), (&0.into(), Some(truth.len() as u64)));
    let head =
        collector.told().into_iter().rfind(|event| event.detail_type == "HourSealed").unwrap().detail["head"].clone();
    std::fs::write(&path, &forged).unwrap();
    let verify = json!({"action": "verify", "tenant": "acme", "heads": [head]});
    let report = collector.run(verify).await;
    let findings = report["tenants"][0]["report"]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["kind"] == "head_missing"), "an old generation came back: {report}");
}
