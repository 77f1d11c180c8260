//! Every check of the posture, in docs/posture.md.

use std::collections::BTreeMap;
use std::fmt::Write;

use insight::posture::check::{Check, Domain, Good, Limit, Role, Severity};
use insight::posture::configuration::LONGEST_WAIVER_DAYS;
use insight::posture::left_out::LEFT_OUT;
use insight::posture::profile::Profile;
use insight::posture::table::checks;

/// The page.
pub(crate) fn write() -> String {
    let mut page = introduction();
    let mut domains: BTreeMap<Domain, Vec<&Check>> = BTreeMap::new();
    for check in checks() {
        domains.entry(check.domain).or_default().push(check);
    }
    page.push_str(&summary(&domains));
    for (domain, checks) in &domains {
        let _ = write!(page, "\n## {}\n", title(*domain));
        for check in checks {
            page.push_str(&section(check));
        }
    }
    page.push_str(&stig());
    page.push_str(&left_out());
    page
}

fn introduction() -> String {
    let count = checks().count();
    format!(
        "<!-- Written by `cargo run -p data-reference` from functions/insight/src/posture: change that, not this. -->
# Posture: {count} checks

**No command runs them yet**: they are a library (`functions/insight`) with its tests. The action, the findings and the views come
next.

Each check asks one question about the settings and the people of an org, and answers it from the inventory, and from the
log where it says so. It has one of five values:

| value | meaning |
|---|---|
| `pass` | as it should be, and everything that the check reads was read to its end |
| `fail` | not as it should be; the results say what, with the value and the limit |
| `unknown` | something is missing; the results say which entity, scope, role or hour, and how to give it |
| `not_applicable` | the org does not have what the check asks about, the profile does not ask it, or it is about the other engine |
| `accepted` | it fails, and somebody has accepted that, with a reason and an end |

Things are judged one by one. The org's value is `fail` if one of them fails; `unknown` if one could not be judged; `pass`
only if none was left out. A record that was not read cannot turn an answer: each entity below says what its records can
change. One that speaks *for a pass* makes a failure uncertain if some of it is missing, one that speaks *against* makes a
pass uncertain, and one that can change *both* makes both uncertain.

## Configuration

```yaml
profile: stig                  # default, stig or federal
declared:                      # what the org says about itself; checks that need it are unknown until it does
  break_glass: [break-glass@acme.example]
  domains: [acme.example]      # and the hosts under it
  critical_apps: []            # by name in the integration network or by label; a list of ours if empty
  privileged_groups: [Payroll]
  identity_providers: [Partner]
  agents: []
  guest_types: [contractor]    # values of the profile's userType
  mandatory_fields: [department]
  denied_countries: [KP]       # ISO 3166
  certificate_issuers: []      # parts of the names of approved certificate authorities
checks:
  - id: session-global-idle
    limit: 30                  # instead of the profile's
    ignore: [Kiosks]           # by id or name
    include: []                # only these, if there are any
  - id: app-unused
    enabled: false
waivers:
  - check: admin-super-count
    resource: acme             # by id or name; everything if it is left out
    reason: two companies are being merged
    owner: ada@acme.example
    expires: 2026-09-30        # at most {LONGEST_WAIVER_DAYS} days ahead
```

A mistake is an error with its line and its column.
"
    )
}

fn summary(domains: &BTreeMap<Domain, Vec<&Check>>) -> String {
    let mut table = "\n## Domains\n\n| domain | checks | critical | high | medium | low | info | STIG |\n|---|---|---|---|---|---|---|---|\n".to_owned();
    let mut row = |name: &str, checks: &[&Check]| {
        let of = |severity| checks.iter().filter(|check| check.severity == severity).count();
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let counts: Vec<String> = severities.into_iter().map(|severity| of(severity).to_string()).collect();
        let stig = checks.iter().filter(|check| check.stig().is_some()).count();
        let _ = writeln!(table, "| {name} | {} | {} | {stig} |", checks.len(), counts.join(" | "));
    };
    for (domain, checks) in domains {
        row(title(*domain), checks);
    }
    row("**all**", &domains.values().flatten().copied().collect::<Vec<_>>());
    table
}

fn section(check: &Check) -> String {
    let mut text = format!("\n### `{}`\n\n**{}.** {}\n\n", check.id, check.title, check.question);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "- {name}: {value}");
        }
    };
    line("Severity", format!("{:?}", check.severity).to_lowercase());
    line("Limit", check.limit.as_ref().map(limit).unwrap_or_default());
    line("Asked", asked(check));
    line(
        "Reads",
        check
            .reads
            .iter()
            .map(|reads| format!("`{}`{}", reads.entity, role(reads.role)))
            .collect::<Vec<_>>()
            .join(", "),
    );
    line("Of the log", check.facts.iter().map(|fact| fact.words()).collect::<Vec<_>>().join("; "));
    line("What to do", check.remedy.to_owned());
    line("Standards", check.standards.join(", "));
    text
}

fn limit(limit: &Limit) -> String {
    let side = match limit.good {
        Good::AtMost => "at most",
        Good::AtLeast => "at least",
    };
    if limit.default == limit.stig && limit.stig == limit.federal {
        return format!("{side} {} {}", limit.default, limit.unit);
    }
    let Limit { unit, default, stig, federal, .. } = limit;
    format!("{side} {default} {unit}; `stig` {stig}, `federal` {federal}")
}

fn asked(check: &Check) -> String {
    let profiles = match check.profiles {
        [] => "only if `enabled: true` is configured".to_owned(),
        profiles if profiles.contains(&Profile::Default) => String::new(),
        profiles => {
            let names = profiles.iter().map(|profile| format!("`{}`", format!("{profile:?}").to_lowercase()));
            format!("in the profiles {}, or if `enabled: true` is configured", names.collect::<Vec<_>>().join(" and "))
        }
    };
    let engine = if check.engine.is_some() { "of orgs on Identity Engine" } else { "" };
    [engine, &profiles].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Subject | Role::Setting => "",
        Role::For => " (for a pass)",
        Role::Against => " (against)",
        Role::Both => " (both)",
        Role::Within => " (if it was read)",
    }
}

fn stig() -> String {
    let mut rules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for check in checks() {
        if let Some(rule) = check.stig() {
            rules.entry(rule).or_default().push(format!("[`{0}`](#{0})", check.id));
        }
    }
    let mut text =
        format!("\n## The DISA STIG, version 1 release 2\n\n{} rules.\n\n| rule | checks |\n|---|---|\n", rules.len());
    for (rule, checks) in rules {
        let _ = writeln!(text, "| {rule} | {} |", checks.join(", "));
    }
    text
}

fn left_out() -> String {
    let mut text = "\n## What is not checked, and why\n\n| check | reason |\n|---|---|\n".to_owned();
    for (check, reason) in LEFT_OUT {
        let _ = writeln!(text, "| `{check}` | {reason} |");
    }
    text
}

fn title(domain: Domain) -> &'static str {
    match domain {
        Domain::Sessions => "Sessions",
        Domain::SignInPolicies => "Sign-in policies",
        Domain::Authenticators => "Authenticators",
        Domain::SignInPages => "Sign-in pages",
        Domain::Passwords => "Passwords",
        Domain::People => "People",
        Domain::Admins => "Admins",
        Domain::Tokens => "API tokens",
        Domain::Clients => "OAuth clients",
        Domain::Apps => "Apps",
        Domain::Federation => "Federation",
        Domain::AuthorizationServers => "Authorization servers",
        Domain::Network => "Network",
        Domain::Hooks => "Hooks",
        Domain::Devices => "Devices",
        Domain::Groups => "Groups",
        Domain::Logging => "Logging",
        Domain::Org => "The org",
        Domain::Agents => "Agents and service accounts",
        Domain::Governance => "Governance",
        Domain::Drift => "Drift",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn checks_read_only_entities_of_the_inventory() {
        let known: BTreeSet<&str> = backfill::inventory::reference::names().into_iter().collect();
        let unknown: Vec<&str> =
            insight::posture::table::entities().into_iter().filter(|name| !known.contains(name)).collect();
        assert!(unknown.is_empty(), "the inventory has no such entities: {unknown:?}");
    }
}
