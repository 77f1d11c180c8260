//! The org: who may look in, who is told, what mail and domains it has.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_least, at_most, both, each, setting};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{About, Answer, Outcome, Verdict, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{is_active, rules};
use crate::posture::words::name;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "agent-new",
        title: "New agent",
        question: "Which agent appeared lately, on which host?",
        severity: Severity::High,
        domain: Domain::Org,
        standards: &["ATT&CK T1556.007"],
        reads: &[each("agent_pool")],
        facts: &[Fact::AgentCreated],
        limit: Some(at_most(30, "days")),
        remedy: "Directory > Directory Integrations: deactivate it, or declare it in the configuration",
        ..Check::with(Logic::Some(new_agents))
    },
    Check {
        id: "agent-outdated",
        title: "Agents out of date or down",
        question: "Which AD, LDAP, RADIUS agents are outdated, disrupted, or single?",
        severity: Severity::Medium,
        domain: Domain::Org,
        standards: &["NIST 800-53 SI-2", "CIS 7"],
        reads: &[each("agent_pool")],
        limit: Some(at_least(2, "agents")),
        remedy: "Directory > Directory Integrations",
        ..Check::with(Logic::Some(outdated_agents))
    },
    Check {
        id: "domain-custom-unverified",
        title: "Custom domain not verified or certificate manual",
        question: "Which custom domain is not verified, or has a certificate that somebody renews by hand?",
        severity: Severity::Low,
        domain: Domain::Org,
        standards: &["NIST 800-53 SC-17"],
        reads: &[each("domain")],
        remedy: "Customizations > Domain",
        ..Check::with(Logic::Each(domain_unverified))
    },
    Check {
        id: "email-sender-custom",
        title: "Mail goes through a custom server",
        question: "Which sender domain is not verified, and which mail goes through a server of its own?",
        severity: Severity::Low,
        domain: Domain::Org,
        standards: &["ATT&CK T1566"],
        reads: &[each("email_domain"), against("email_server")],
        remedy: "Customizations > Brands > Emails",
        ..Check::with(Logic::Some(mail_servers))
    },
    Check {
        id: "inactivity-automation",
        title: "No inactivity automation",
        question: "Is there an active automation that suspends after n days and covers everybody?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["STIG OKTA-APP-000090", "NIST 800-53 AC-2(3)", "CIS 5.3"],
        reads: &[both("policy"), both("policy_rule")],
        limit: Some(at_most(35, "days")),
        remedy: "Workflow > Automations > Add automation > User inactivity; every group; Suspend",
        ..Check::with(Logic::Org(automation))
    },
    Check {
        id: "org-comm-optout",
        title: "Org opted out of Okta's mails",
        question: "Does the org get no mails from Okta?",
        severity: Severity::Low,
        domain: Domain::Org,
        standards: &["NIST 800-53 SI-5"],
        reads: &[setting("okta_communication")],
        remedy: "Settings > Account",
        ..Check::with(Logic::Each(opted_out))
    },
    Check {
        id: "org-contacts-gone",
        title: "Contacts have left",
        question: "Are technical and billing contacts active users?",
        severity: Severity::Low,
        domain: Domain::Org,
        standards: &["NIST 800-53 IR-6"],
        reads: &[each("org_contact_user"), both("user")],
        remedy: "Settings > Account",
        ..Check::with(Logic::Each(contact_gone))
    },
    Check {
        id: "support-access-open",
        title: "Okta Support access is open",
        question: "Is Support impersonation granted now, until when, for which case?",
        severity: Severity::High,
        domain: Domain::Org,
        standards: &["NIST 800-53 AC-17", "NIST 800-53 MA-4", "ATT&CK T1199"],
        reads: &[setting("okta_support"), against("okta_support_case")],
        remedy: "Settings > Account > Give access to Okta Support: Disabled",
        ..Check::with(Logic::Some(support_access))
    },
];

fn support_access<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let settings = case.org().records("okta_support").iter();
    let cases = case.org().records("okta_support_case").iter();
    let settings = settings
        .map(|setting| Verdict { about: About::Record("okta_support", setting), answer: open_setting(case, setting) });
    settings
        .chain(
            cases.map(|found| Verdict {
                about: About::Record("okta_support_case", found),
                answer: open_case(case, found),
            }),
        )
        .collect()
}

fn open_setting(case: &Case<'_>, setting: &Record) -> Answer {
    let is_on = setting.want_text("/support")? != "DISABLED";
    let is_over = setting.time("/expiration").is_some_and(|end| end <= case.now());
    let until = || if setting.has("/expiration") { setting.text("/expiration") } else { "for ever" };
    fail_if(is_on && !is_over, || format!("Okta Support can sign in as an admin until {}", name(until())))
}

fn open_case(case: &Case<'_>, found: &Record) -> Answer {
    let is_on = found.text("/impersonation/status") == "ENABLED";
    let is_over = found.time("/impersonation/expiration").is_some_and(|end| end <= case.now());
    fail_if(is_on && !is_over, || format!("open for the case {}", name(found.text("/caseNumber"))))
}

fn contact_gone(case: &Case<'_>, contact: &Record) -> Answer {
    let id = contact.want_text("/userId")?;
    let status = case.org().find("user", id).map_or("gone", |user| user.text("/status"));
    pass_if(status == "ACTIVE", || format!("the contact is {}", name(status)))
}

fn opted_out(_: &Case<'_>, setting: &Record) -> Answer {
    fail_if(setting.want_flag("/optOutEmailUsers")?, || "Okta's mails about security do not arrive".to_owned())
}

fn outdated_agents<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let pools = case.org().records("agent_pool").iter();
    pools.map(|pool| Verdict { about: About::Record("agent_pool", pool), answer: pool_health(case, pool) }).collect()
}

fn pool_health(case: &Case<'_>, pool: &Record) -> Answer {
    let agents = pool.list("/agents");
    if let Some(old) = agents.iter().find(|agent| agent.flag("/isLatestGAedVersion") == Some(false)) {
        return fail_if(true, || {
            format!("the agent {} is out of date ({})", name(old.text("/name")), name(old.text("/version")))
        });
    }
    let status = pool.text("/operationalStatus");
    if matches!(status, "DEGRADED" | "DISRUPTED" | "INACTIVE") {
        return fail_if(true, || format!("the pool is {status}"));
    }
    case.at_least(i64::try_from(agents.len()).unwrap_or(i64::MAX), "has", "agents")
}

fn new_agents<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let agents = case.org().records("agent_pool").iter().flat_map(|pool| pool.list("/agents"));
    agents
        .map(|agent| Verdict { about: About::Named("agent", label(agent)), answer: is_known_agent(case, agent) })
        .collect()
}

fn label(agent: &serde_json::Value) -> String {
    format!("{} ({})", agent.text("/name"), agent.text("/id"))
}

fn is_known_agent(case: &Case<'_>, agent: &serde_json::Value) -> Answer {
    let declared = &case.declared().agents;
    if declared.contains(agent.text("/id")) || declared.contains(agent.text("/name")) {
        return Ok(Outcome::Pass);
    }
    if !declared.is_empty() {
        return fail_if(true, || "is not among the declared agents".to_owned());
    }
    let created = case.seen(Fact::AgentCreated, agent.text("/id"))?.map(|seen| case.days_since(seen.last));
    if created.is_none() {
        case.log_reaches(case.limit)?;
    }
    let is_new = created.is_some_and(|days| days <= case.limit);
    fail_if(is_new, || format!("registered {} days ago", created.unwrap_or_default()))
}

fn mail_servers<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let domains = case.org().records("email_domain").iter();
    let of_domain = |domain: &'a Record| {
        let status = domain.text("/validationStatus");
        let answer = pass_if(status == "VERIFIED", || format!("the sender's domain is {}", name(status)));
        Verdict { about: About::Record("email_domain", domain), answer }
    };
    let servers = case.org().records("email_server").iter();
    let of_server = |server: &'a Record| {
        let is_on = server.flag("/enabled") == Some(true);
        let answer = fail_if(is_on, || format!("all mail goes through {}", name(server.text("/host"))));
        Verdict { about: About::Record("email_server", server), answer }
    };
    domains.map(of_domain).chain(servers.map(of_server)).collect()
}

fn domain_unverified(_: &Case<'_>, domain: &Record) -> Answer {
    let status = domain.want_text("/validationStatus")?;
    if !matches!(status, "VERIFIED" | "COMPLETED") {
        return fail_if(true, || format!("the domain is {}", name(status)));
    }
    fail_if(domain.text("/certificateSourceType") == "MANUAL", || "somebody renews its certificate by hand".to_owned())
}

fn automation(case: &Case<'_>) -> Answer {
    let mut found =
        case.org().records("policy").iter().filter(|policy| policy.text("/type") == "USER_LIFECYCLE").peekable();
    if found.peek().is_none() {
        return Err(unknown(
            "Okta's endpoint of policies documents no automations and gave none: look under Workflow > Automations",
        ));
    }
    let days = |rule: &&Record| {
        let unit = rule.text("/conditions/people/users/inactivity/unit").to_uppercase();
        let number = rule.number("/conditions/people/users/inactivity/number")?;
        match unit.trim_end_matches('S') {
            "DAY" => Some(number),
            "WEEK" => Some(number * 7),
            _ => None,
        }
    };
    let active = found.filter(|policy| is_active(policy));
    let least = active.flat_map(|policy| rules(case, &policy.id)).filter_map(|rule| days(&rule)).min();
    match least {
        None => fail_if(true, || "no active automation looks at inactivity".to_owned()),
        Some(least) => case.at_most(least, "acts after", "days without activity"),
    }
}
