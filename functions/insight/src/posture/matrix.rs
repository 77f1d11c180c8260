//! The matrix: each change of the good org makes exactly the checks fail that it should, and what is missing makes them
//! unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::inventory::{Engine, Known, Unread};
use crate::posture::check::{Check, Role};
use crate::posture::fixture::Fixture;
use crate::posture::mutations::{MUTATIONS, Mutation};
use crate::posture::profile::Profile;
use crate::posture::report::{Checked, Report, Value};
use crate::posture::table::{checks, find};

#[test]
fn a_good_org_passes_every_check() {
    let report = Fixture::good().report();
    let others = report.checks.iter().filter(|checked| checked.value != Value::Pass).map(shown);
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_change_makes_exactly_the_checks_fail_that_it_should() {
    let mut wrong = Vec::new();
    for mutation in MUTATIONS {
        let failed = failed(&spoiled(mutation).report());
        let expected: BTreeSet<&str> = mutation.also.iter().copied().chain([mutation.check]).collect();
        println!("{:40} → {}", mutation.check, failed.iter().copied().collect::<Vec<_>>().join(" "));
        if failed != expected {
            wrong.push(format!("{}: {:?}, expected {:?}", mutation.check, failed, expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_has_a_change_that_it_notices() {
    let covered: BTreeSet<&str> = MUTATIONS.iter().map(|mutation| mutation.check).collect();
    let open: Vec<&str> = checks().map(|check| check.id).filter(|id| !covered.contains(id)).collect();
    assert!(open.is_empty(), "add to the mutations what makes these fail: {open:?}");
}

/// Takes away, one at a time, all that a check reads and wants to know, from the good org and from the spoiled one.
#[test]
fn what_is_missing_makes_a_check_unknown_and_never_pass() {
    let (mut blind, mut wrong) = (Vec::new(), Vec::new());
    for mutation in MUTATIONS {
        let check = find(mutation.check).unwrap();
        let mut unknown = false;
        for (what, take) in deprivations(check) {
            let mut good = Fixture::good();
            take(&mut good);
            let mut bad = spoiled(mutation);
            take(&mut bad);
            let (of_good, of_bad) = (good.ask(check).value, bad.ask(check).value);
            if of_bad == Value::Pass || of_good == Value::Fail {
                wrong.push(format!("{} without {what}: {of_bad:?}, not fail; {of_good:?}, not pass", check.id));
            }
            unknown |= of_good == Value::Unknown || of_bad == Value::Unknown;
        }
        if !unknown {
            blind.push(check.id);
        }
    }
    assert!(wrong.is_empty(), "a record that decides has the wrong role:\n{}", wrong.join("\n"));
    assert!(blind.is_empty(), "nothing makes these unknown: {blind:?}");
}

#[test]
fn every_rule_of_the_stig_passes_fails_and_is_unknown() {
    let good = Fixture::good().report();
    let mut ids = BTreeMap::new();
    for mutation in MUTATIONS {
        let check = find(mutation.check).unwrap();
        let Some(id) = check.stig() else { continue };
        let bad = spoiled(mutation).ask(check).value;
        let unknown = deprivations(check).into_iter().any(|(_, take)| {
            let mut org = spoiled(mutation);
            take(&mut org);
            let mut without = Fixture::good();
            take(&mut without);
            [org, without].iter().any(|org| org.ask(check).value == Value::Unknown)
        });
        println!("{id} {:40} pass {:?}, fail {bad:?}, unknown {unknown}", check.id, value(&good, check));
        assert_eq!((value(&good, check), bad, unknown), (Value::Pass, Value::Fail, true), "{id} {}", check.id);
        ids.insert(id, check.id);
    }
    assert_eq!(ids.len(), 29);
}

#[test]
fn what_an_org_does_not_offer_is_not_applicable() {
    for check in checks() {
        let Some(subject) = check.subject() else { continue };
        let mut org = Fixture::good();
        org.inventory.entities.get_mut(subject).unwrap().known =
            Known::Unread { why: Unread::NotOffered, reason: String::new() };
        assert_eq!(org.ask(check).value, Value::NotApplicable, "{} without {subject}", check.id);
    }
}

#[test]
fn checks_of_identity_engine_are_not_applicable_on_classic() {
    let mut org = Fixture::good();
    org.inventory.engine = Some(Engine::Classic);
    let report = org.report();
    for checked in &report.checks {
        let is_other = checked.check.engine == Some(Engine::Identity);
        assert_eq!(checked.value == Value::NotApplicable, is_other, "{}", shown(checked));
    }
}

#[test]
fn half_an_inventory_passes_nothing_that_it_reads() {
    let mut org = Fixture::good();
    for entity in org.inventory.entities.values_mut() {
        entity.known = Known::Partial { reasons: vec!["stopped".to_owned()], parents_unread: 7 };
        let keep = entity.records.len() / 2;
        entity.records.truncate(keep);
    }
    for checked in &org.report().checks {
        let rests_on_all = checked.check.reads.iter().any(|reads| !matches!(reads.role, Role::For | Role::Within));
        assert!(checked.value != Value::Pass || !rests_on_all, "{}", shown(checked));
    }
    let mut nothing = Fixture::good();
    nothing.inventory.entities.clear();
    let passed = nothing.report().checks.into_iter().filter(|checked| checked.value == Value::Pass);
    assert!(passed.into_iter().all(|checked| checked.check.reads.is_empty() || checked.check.id == "log-not-exported"));
}

#[test]
fn a_condition_that_is_not_known_makes_a_failure_unknown() {
    for id in
        ["session-global-idle", "session-persistent-cookie", "mfa-admin-console-required", "mfa-app-single-factor"]
    {
        let mutation = MUTATIONS.iter().find(|mutation| mutation.check == id).unwrap();
        let mut org = spoiled(mutation);
        let rules: Vec<String> = org.inventory.records("policy_rule").iter().map(|rule| rule.id.clone()).collect();
        for rule in rules {
            org.set("policy_rule", &rule, "/conditions/moonPhase", json!({"phase": "FULL"}));
        }
        let report = org.report();
        let checked = report.of(id).unwrap();
        assert_eq!(checked.value, Value::Unknown, "{}", shown(checked));
        assert!(shown(checked).contains("moonPhase"));
    }
}

#[test]
fn a_factor_type_that_is_not_known_is_never_strong() {
    let mut org = Fixture::good();
    for factor in ["u1/f1", "u1/f2", "u3/f1", "u3/f2"] {
        org.set("user_factor", factor, "/factorType", json!("webauthn-quantum"));
    }
    let report = org.report();
    for id in [
        "admin-no-phishing-resistant",
        "admin-no-mfa",
        "admin-no-backup-factor",
        "user-no-mfa",
        "user-weak-factors-only",
    ] {
        assert_eq!(report.of(id).unwrap().value, Value::Unknown, "{id}");
    }
}

#[test]
fn names_that_attack_their_readers_stay_in_their_line() {
    let evil = "=HYPERLINK(\"x\")<script>\u{202e}\r\nname";
    let mut org = spoiled(MUTATIONS.iter().find(|mutation| mutation.check == "session-global-idle").unwrap());
    org.set("policy_rule", "p-signon/r2", "/name", json!(evil));
    org.set("policy", "p-signon", "/name", json!(evil));
    let report = org.report();
    let finding = &report.of("session-global-idle").unwrap().results[0];
    for text in [&finding.resource.name, &finding.words] {
        assert!(!text.chars().any(|sign| sign.is_control() || sign == '\u{202e}'), "{text:?}");
    }
    assert!(finding.resource.name.contains("<script>"), "what writes HTML or CSV escapes it: here it is kept");
}

#[test]
fn ten_thousand_rules_are_judged_one_by_one() {
    let mut org = Fixture::good();
    let rule = org.inventory.records("policy_rule").iter().find(|rule| rule.id == "p-signon/r2").unwrap().clone();
    let records = &mut org.inventory.entities.get_mut("policy_rule").unwrap().records;
    for number in 0..10_000 {
        let mut more = rule.clone();
        more.id = format!("p-signon/s{number:05}");
        more.json["priority"] = json!(10 + number);
        more.json["actions"]["signon"]["session"]["maxSessionIdleMinutes"] = json!(60);
        records.push(more);
    }
    records.sort_by(|one, other| one.id.cmp(&other.id));
    let report = org.report();
    assert_eq!(report.of("session-global-idle").unwrap().results.len(), 10_000);
    assert_eq!(
        report.of("policy-inactive-strong-rule").unwrap().results.len(),
        10_000,
        "all are hidden by the first of them"
    );
}

#[test]
fn profiles_waivers_and_exceptions_decide_what_is_judged() {
    let mut org = spoiled(MUTATIONS.iter().find(|mutation| mutation.check == "session-global-idle").unwrap());
    org.set("policy_rule", "p-signon/r2", "/actions/signon/session/maxSessionIdleMinutes", json!(60));
    assert_eq!(
        value(&org.report(), find("session-global-idle").unwrap()),
        Value::Fail,
        "60 minutes in the profile stig"
    );
    org.settings.profile = Profile::Default;
    assert_eq!(
        value(&org.report(), find("session-global-idle").unwrap()),
        Value::Pass,
        "60 minutes in the profile default"
    );
    assert_eq!(value(&org.report(), find("password-symbol").unwrap()), Value::NotApplicable);
    let configured = |yaml: &str| {
        let mut org = org.clone();
        let today = jiff::tz::TimeZone::UTC.to_datetime(crate::posture::fixture::now()).date();
        org.settings = crate::posture::configuration::parse(yaml, today).unwrap();
        value(&org.report(), find("session-global-idle").unwrap())
    };
    assert_eq!(configured("checks: [{id: session-global-idle, limit: 30}]"), Value::Fail);
    assert_eq!(configured("checks: [{id: session-global-idle, limit: 30, ignore: [p-signon/r2]}]"), Value::Pass);
    assert_eq!(configured("checks: [{id: session-global-idle, limit: 30, include: [p-signon/r1]}]"), Value::Pass);
    assert_eq!(configured("checks: [{id: session-global-idle, enabled: false}]"), Value::NotApplicable);
    let waived = |resource: &str, expires: &str| {
        format!(
            "profile: stig\nwaivers: [{{check: session-global-idle, resource: {resource}, reason: r, owner: o, expires: {expires}}}]"
        )
    };
    assert_eq!(configured(&waived("p-signon/r2", "2026-06-01")), Value::Accepted);
    assert_eq!(configured(&waived("p-signon/r2", "2026-05-31")), Value::Fail, "a waiver ends");
    assert_eq!(configured(&waived("p-signon/r1", "2026-06-01")), Value::Fail, "a waiver is for one thing");
}

#[test]
fn results_keep_their_uids() {
    let uids = || {
        let report = spoiled(&MUTATIONS[0]).report();
        report.checks.into_iter().flat_map(|checked| checked.results).map(|found| found.uid).collect::<Vec<_>>()
    };
    assert_eq!(uids(), uids());
}

fn spoiled(mutation: &Mutation) -> Fixture {
    let mut org = Fixture::good();
    (mutation.make)(&mut org);
    org
}

fn failed(report: &Report) -> BTreeSet<&'static str> {
    report.checks.iter().filter(|checked| checked.value == Value::Fail).map(|checked| checked.check.id).collect()
}

fn value(report: &Report, check: &Check) -> Value {
    report.of(check.id).unwrap().value
}

fn shown(checked: &Checked) -> String {
    let results =
        checked.results.iter().map(|found| format!("{} {}: {}", found.resource.kind, found.resource.id, found.words));
    format!("{} {:?} {} [{}]", checked.check.id, checked.value, checked.words, results.collect::<Vec<_>>().join("; "))
}

type Take = Box<dyn Fn(&mut Fixture)>;

/// What can be missing of all that a check reads.
fn deprivations(check: &'static Check) -> Vec<(String, Take)> {
    let mut takes: Vec<(String, Take)> = Vec::new();
    for reads in check.reads {
        takes.push((reads.entity.to_owned(), Box::new(|org: &mut Fixture| org.deny(reads.entity))));
        let part = |org: &mut Fixture| {
            let partial = Known::Partial { reasons: vec!["stopped".to_owned()], parents_unread: 1 };
            org.inventory.entities.get_mut(reads.entity).unwrap().known = partial;
        };
        takes.push((format!("a part of {}", reads.entity), Box::new(part)));
    }
    for fact in check.facts {
        takes.push((format!("{fact:?}"), Box::new(|org: &mut Fixture| drop(org.log.facts.remove(fact)))));
    }
    if check.id.starts_with("log-") {
        takes.push((
            "the ledger".to_owned(),
            Box::new(|org: &mut Fixture| org.log = crate::posture::log::Log::default()),
        ));
    }
    if check.id == "posture-coverage" {
        takes.push(("everything".to_owned(), Box::new(|org: &mut Fixture| org.inventory.entities.clear())));
    }
    takes
}
