//! Where people may come from: zones, `ThreatInsight`, behavior detection, trusted origins.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_most, both, each, setting, speaks_for, within};
use crate::posture::checks::hosts::{host_of, is_local, is_own};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "behavior-rules-missing",
        title: "Behaviour detection is not set up",
        question: "Are behaviours for new device, IP, country, velocity ACTIVE and used?",
        severity: Severity::Low,
        domain: Domain::Network,
        standards: &["NIST 800-53 SI-4", "ATT&CK T1078"],
        reads: &[speaks_for("behavior")],
        remedy: "Security > Behavior Detection > Add behavior",
        ..Check::with(Logic::Org(behaviors))
    },
    Check {
        id: "origin-foreign",
        title: "Trusted origins of others",
        question: "Which trusted origin is not one of our domains?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["NIST 800-53 SC-7", "ATT&CK T1528"],
        reads: &[each("trusted_origin")],
        remedy: "Security > API > Trusted Origins > Deactivate, or declare the domain in the configuration",
        ..Check::with(Logic::Each(foreign_origin))
    },
    Check {
        id: "origin-http",
        title: "Trusted origins without TLS",
        question: "Which trusted origin is reached without TLS?",
        severity: Severity::High,
        domain: Domain::Network,
        standards: &["NIST 800-53 SC-8"],
        reads: &[each("trusted_origin")],
        remedy: "Security > API > Trusted Origins > the origin: https",
        ..Check::with(Logic::Each(plain_origin))
    },
    Check {
        id: "origin-wildcard-cors",
        title: "Wildcard origin",
        question: "Which trusted origin stands for many hosts?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["NIST 800-53 SC-7"],
        reads: &[each("trusted_origin")],
        remedy: "Security > API > Trusted Origins > the origin: one host",
        ..Check::with(Logic::Each(wildcard_origin))
    },
    Check {
        id: "threatinsight-exempt",
        title: "Exempt zones in ThreatInsight",
        question: "Which zones are exempt, and how wide?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["NIST 800-53 SI-4"],
        reads: &[setting("threat_insight"), within("network_zone")],
        remedy: "Security > General > Okta ThreatInsight settings > Exempt zones: none",
        ..Check::with(Logic::Each(exempt))
    },
    Check {
        id: "threatinsight-not-blocking",
        title: "ThreatInsight only logs",
        question: "Is ThreatInsight off or in audit?",
        severity: Severity::High,
        domain: Domain::Network,
        standards: &["NIST 800-53 SI-4", "ATT&CK T1110"],
        reads: &[setting("threat_insight")],
        remedy: "Security > General > Okta ThreatInsight settings > Log and enforce security based on threat level",
        ..Check::with(Logic::Each(not_blocking))
    },
    Check {
        id: "zone-anonymizers-open",
        title: "Anonymizers are not blocked",
        question: "Is there an active block zone for Tor, VPN and proxies?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["STIG OKTA-APP-003243", "NIST 800-53 SC-7", "CIS 13", "ATT&CK T1090.003"],
        reads: &[speaks_for("network_zone")],
        remedy: "Security > Networks > Enhanced dynamic zone > IP service categories: all anonymizers; Block access",
        ..Check::with(Logic::Org(anonymizers))
    },
    Check {
        id: "zone-denied-countries",
        title: "Sign-ins from countries on the deny list",
        question: "Which countries are denied by policy, and who came from there?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["NIST 800-53 AC-3", "ATT&CK T1078"],
        reads: &[both("network_zone")],
        facts: &[Fact::CountrySeen],
        limit: Some(at_most(30, "days")),
        remedy: "Security > Networks > Enhanced dynamic zone > Locations; Block access",
        ..Check::with(Logic::Some(denied_countries))
    },
    Check {
        id: "zone-no-blocklist",
        title: "No block list at all",
        question: "Is any block zone with content active?",
        severity: Severity::Medium,
        domain: Domain::Network,
        standards: &["NIST 800-53 SC-7"],
        reads: &[speaks_for("network_zone")],
        remedy: "Security > Networks > Add zone > Block access from IPs",
        ..Check::with(Logic::Org(no_blocklist))
    },
    Check {
        id: "zone-too-wide",
        title: "Trusted zone too wide",
        question: "Which POLICY zone covers more than n addresses, 0.0.0.0/0, or a public cloud range?",
        severity: Severity::High,
        domain: Domain::Network,
        standards: &["NIST 800-53 SC-7", "ATT&CK T1078"],
        reads: &[each("network_zone")],
        limit: Some(at_most(65_536, "addresses")),
        remedy: "Security > Networks > the zone: the addresses that are yours",
        ..Check::with(Logic::Each(too_wide))
    },
    Check {
        id: "zone-unused",
        title: "Zone used nowhere",
        question: "Which zone is used by no rule and no token?",
        severity: Severity::Info,
        domain: Domain::Network,
        standards: &["NIST 800-53 CM-7"],
        reads: &[
            each("network_zone"),
            speaks_for("policy_rule"),
            speaks_for("api_token"),
            speaks_for("threat_insight"),
        ],
        remedy: "Security > Networks > the zone > Delete",
        ..Check::with(Logic::Some(unused_zones))
    },
];

fn blocks(zone: &Record) -> bool {
    is_active(zone) && zone.text("/usage") == "BLOCKLIST"
}

fn anonymizers(case: &Case<'_>) -> Answer {
    let is_anonymizer =
        |category: &&str| category.contains("ANONYMIZER") || category.contains("TOR") || category.contains("VPN");
    let enhanced = |zone: &Record| zone.texts("/ipServiceCategories/include").iter().any(is_anonymizer);
    let dynamic = |zone: &Record| matches!(zone.text("/proxyType"), "Any" | "Tor" | "NotTorAnonymizer");
    let found = case.org().records("network_zone").iter().any(|zone| blocks(zone) && (enhanced(zone) || dynamic(zone)));
    pass_if(found, || "no active zone blocks anonymizers".to_owned())
}

fn no_blocklist(case: &Case<'_>) -> Answer {
    const CONTENT: &[&str] = &[
        "/gateways",
        "/proxies",
        "/locations",
        "/locations/include",
        "/asns",
        "/asns/include",
        "/ipServiceCategories/include",
    ];
    let has_content =
        |zone: &Record| CONTENT.iter().any(|pointer| !zone.list(pointer).is_empty()) || zone.has("/proxyType");
    let found = case.org().records("network_zone").iter().any(|zone| blocks(zone) && has_content(zone));
    pass_if(found, || "no active zone blocks anything".to_owned())
}

fn too_wide(case: &Case<'_>, zone: &Record) -> Answer {
    concerns(is_active(zone) && zone.text("/usage") == "POLICY")?;
    let mut largest = 0_u128;
    for gateway in zone.list("/gateways") {
        let value = gateway.text("/value");
        let size = addresses(value).ok_or_else(|| unknown(format!("`{}` is no range of addresses", name(value))))?;
        largest = largest.max(size);
    }
    let limit = u128::try_from(case.limit).unwrap_or_default();
    pass_if(largest <= limit, || format!("trusts {largest} addresses in one range, limit {limit}"))
}

/// How many addresses a gateway covers. An IPv6 network counts by its /64s, of which a site gets one for each link.
fn addresses(value: &str) -> Option<u128> {
    if let Some((first, last)) = value.split_once('-') {
        return match (first.trim().parse().ok()?, last.trim().parse().ok()?) {
            (IpAddr::V4(first), IpAddr::V4(last)) => Some(u128::from(last.to_bits().checked_sub(first.to_bits())?) + 1),
            (IpAddr::V6(first), IpAddr::V6(last)) => Some((last.to_bits().checked_sub(first.to_bits())? >> 64) + 1),
            _ => None,
        };
    }
    let (address, length) = value.split_once('/').unwrap_or((value, "128"));
    let length: u32 = length.parse().ok()?;
    match address.trim().parse().ok()? {
        IpAddr::V4(_) if value.contains('/') => 32_u32.checked_sub(length).map(|bits| 1_u128 << bits),
        IpAddr::V4(_) => Some(1),
        IpAddr::V6(_) if length > 128 => None,
        IpAddr::V6(_) => Some(1_u128 << 64_u32.saturating_sub(length)),
    }
}

/// Whether a zone is everywhere.
pub(super) fn covers_everything(zone: &Record) -> bool {
    zone.list("/gateways").iter().any(|gateway| gateway.text("/value").ends_with("/0"))
}

fn unused_zones<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    const USES: &[(&str, &[&str])] = &[
        ("api_token", &["/network/include", "/network/exclude"]),
        ("policy_rule", &["/conditions/network/include", "/conditions/network/exclude"]),
        ("threat_insight", &["/excludeZones"]),
    ];
    let places = USES
        .iter()
        .flat_map(|(entity, pointers)| case.org().records(entity).iter().map(move |record| (record, pointers)));
    let used: BTreeSet<&str> =
        places.flat_map(|(record, pointers)| pointers.iter().flat_map(|pointer| record.texts(pointer))).collect();
    let judge = |zone: &Record| {
        concerns(zone.text("/usage") == "POLICY" && zone.flag("/system") != Some(true))?;
        pass_if(used.contains(zone.id.as_str()), || "used by no rule and no token".to_owned())
    };
    case.org()
        .records("network_zone")
        .iter()
        .map(|zone| Verdict { about: About::Record("network_zone", zone), answer: judge(zone) })
        .collect()
}

fn denied_countries<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let denied = &case.declared().denied_countries;
    if denied.is_empty() {
        let words = "no country is declared as denied (`declared.denied_countries`)".to_owned();
        return vec![Verdict { about: About::Org, answer: Err(Unjudged::NotApplicable(words)) }];
    }
    denied
        .iter()
        .map(|country| Verdict {
            about: About::Named("country", country.clone()),
            answer: denied_country(case, country),
        })
        .collect()
}

fn denied_country(case: &Case<'_>, country: &str) -> Answer {
    let listed = |zone: &Record| {
        let countries = zone.list("/locations").iter().chain(zone.list("/locations/include"));
        countries.into_iter().any(|location| location.text("/country") == country && !location.has("/region"))
    };
    if !case.org().records("network_zone").iter().any(|zone| blocks(zone) && listed(zone)) {
        return fail_if(true, || "no active zone blocks it".to_owned());
    }
    let seen = case.seen(Fact::CountrySeen, country)?.map(|seen| case.days_since(seen.last));
    let is_recent = seen.is_some_and(|days| days <= case.limit);
    fail_if(is_recent, || format!("somebody signed in from there {} days ago", seen.unwrap_or_default()))
}

fn not_blocking(_: &Case<'_>, setting: &Record) -> Answer {
    let action = setting.want_text("/action")?;
    pass_if(action == "block", || format!("ThreatInsight is set to {}, not to block", name(action)))
}

fn exempt(case: &Case<'_>, setting: &Record) -> Answer {
    let zones = setting.texts("/excludeZones");
    let names = || zones.iter().map(|id| case.org().find("network_zone", id).map_or(*id, |zone| zone.text("/name")));
    fail_if(!zones.is_empty(), || format!("{} zones are exempt: {}", zones.len(), some_of(names())))
}

fn behaviors(case: &Case<'_>) -> Answer {
    let active: BTreeSet<&str> =
        case.org().records("behavior").iter().filter(|rule| is_active(rule)).map(|rule| rule.text("/type")).collect();
    let wanted = ["ANOMALOUS_DEVICE", "ANOMALOUS_IP", "ANOMALOUS_LOCATION", "VELOCITY"];
    let lacking: Vec<&str> = wanted.into_iter().filter(|kind| !active.contains(kind)).collect();
    fail_if(!lacking.is_empty(), || format!("not detected: {}", some_of(lacking.iter().copied())))
}

fn foreign_origin(case: &Case<'_>, origin: &Record) -> Answer {
    concerns(is_active(origin))?;
    if case.declared().domains.is_empty() {
        return Err(unknown("the org's own domains are not declared (`declared.domains`)"));
    }
    let host = host_of(origin.want_text("/origin")?).unwrap_or_default();
    pass_if(is_own(case, host.trim_start_matches("*.")) || is_local(&host), || format!("trusts {}", name(&host)))
}

fn plain_origin(_: &Case<'_>, origin: &Record) -> Answer {
    concerns(is_active(origin))?;
    let address = origin.want_text("/origin")?;
    let is_plain =
        address.to_lowercase().starts_with("http://") && !host_of(address).is_some_and(|host| is_local(&host));
    fail_if(is_plain, || "trusted without TLS".to_owned())
}

fn wildcard_origin(_: &Case<'_>, origin: &Record) -> Answer {
    concerns(is_active(origin))?;
    if origin.want_text("/origin")?.contains('*') {
        return fail_if(true, || "stands for many hosts".to_owned());
    }
    Ok(Outcome::Pass)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn ranges_are_counted() {
        let sizes = [
            ("198.51.100.0/24", Some(256)),
            ("0.0.0.0/0", Some(1 << 32)),
            ("198.51.100.8-198.51.100.15", Some(8)),
            ("198.51.100.8", Some(1)),
            ("2001:db8::/48", Some(1 << 16)),
            ("2001:db8::1", Some(1)),
            ("198.51.100.15-198.51.100.8", None),
            ("198.51.100.0/33", None),
            ("=cmd()", None),
        ];
        for (value, size) in sizes {
            assert_eq!(addresses(value), size, "{value}");
        }
    }
}
