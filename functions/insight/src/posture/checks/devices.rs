//! Devices.

use std::collections::BTreeSet;

use crate::inventory::{Engine, Record};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_most, each, speaks_for};
use crate::posture::checks::admins::unused;
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, concerns, fail_if, pass_if};
use crate::posture::policy_rule::is_active;
use crate::posture::words::some_of;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "device-assurance-missing",
        title: "No device assurance",
        question: "Is there a device assurance policy for each platform in use, and does a rule demand it?",
        severity: Severity::Low,
        domain: Domain::Devices,
        standards: &["NIST 800-53 IA-3", "NIST 800-53 CM-2", "CIS 4"],
        reads: &[each("device"), speaks_for("device_assurance"), speaks_for("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > Device Assurance Policies",
        ..Check::with(Logic::Org(no_assurance))
    },
    Check {
        id: "device-stale",
        title: "Stale devices",
        question: "Which ACTIVE device was not used for n days?",
        severity: Severity::Low,
        domain: Domain::Devices,
        standards: &["NIST 800-53 AC-2(3)", "ATT&CK T1098.005"],
        reads: &[each("device")],
        facts: &[Fact::DeviceUsed],
        engine: Some(Engine::Identity),
        limit: Some(at_most(90, "days")),
        remedy: "Directory > Devices > the device > Deactivate",
        ..Check::with(Logic::Each(stale))
    },
    Check {
        id: "device-unhealthy",
        title: "Unhealthy devices in use",
        question: "Which used device is unmanaged, unencrypted, jailbroken, without screen lock, outdated?",
        severity: Severity::Medium,
        domain: Domain::Devices,
        standards: &["NIST 800-53 CM-8", "CIS 4.6", "ATT&CK T1078"],
        reads: &[each("device")],
        engine: Some(Engine::Identity),
        remedy: "Security > Device Assurance Policies: demand it; Directory > Devices > Deactivate",
        ..Check::with(Logic::Each(unhealthy))
    },
];

fn no_assurance(case: &Case<'_>) -> Answer {
    let rules = case.org().records("policy_rule").iter().filter(|rule| is_active(rule));
    let demanded: BTreeSet<&str> = rules.flat_map(|rule| rule.texts("/conditions/device/assurance/include")).collect();
    let policies = case.org().records("device_assurance").iter().filter(|policy| demanded.contains(policy.id.as_str()));
    let covered: BTreeSet<&str> = policies.map(|policy| policy.text("/platform")).collect();
    let devices = case.org().records("device").iter().filter(|device| device.text("/status") == "ACTIVE");
    let used: BTreeSet<&str> =
        devices.map(|device| device.text("/profile/platform")).filter(|text| !text.is_empty()).collect();
    let open: Vec<&str> = used.difference(&covered).copied().collect();
    fail_if(!open.is_empty(), || format!("no rule demands device assurance on {}", some_of(open.iter().copied())))
}

fn unhealthy(_: &Case<'_>, device: &Record) -> Answer {
    concerns(device.text("/status") == "ACTIVE")?;
    let faults = [
        ("jailbroken", device.flag("/profile/integrityJailbreak") == Some(true)),
        ("not encrypted", device.text("/profile/diskEncryptionType") == "NONE"),
        ("without a screen lock", device.text("/profile/screenLockType") == "NONE"),
    ];
    let found: Vec<&str> = faults.into_iter().filter(|(_, is_so)| *is_so).map(|(fault, _)| fault).collect();
    if found.is_empty() {
        // What no management tool reports is not known to be good.
        device.want_text("/profile/diskEncryptionType")?;
    }
    pass_if(found.is_empty(), || some_of(found.iter().copied()))
}

fn stale(case: &Case<'_>, device: &Record) -> Answer {
    let age = device.time("/created").map_or(i64::MAX, |created| case.days_since(created));
    concerns(device.text("/status") == "ACTIVE" && age > case.limit)?;
    unused(case, Fact::DeviceUsed, &device.id, "used")
}
