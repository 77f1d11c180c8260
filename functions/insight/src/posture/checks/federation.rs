//! Identity providers that sign people in, and apps that take Okta's assertions.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, both, each};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, Outcome, Unjudged, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{certain, is_active, policy_of};
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "idp-autolink-open",
        title: "Inbound IdP links accounts by itself",
        question: "Which IdP auto-links without a group filter, or creates users and assigns groups?",
        severity: Severity::Critical,
        domain: Domain::Federation,
        standards: &["NIST 800-53 IA-8", "ATT&CK T1199", "ATT&CK T1484.002"],
        reads: &[each("identity_provider"), against("group_role")],
        remedy: "Security > Identity Providers > the provider > Account link policy: specific groups; JIT settings: no groups with a role",
        ..Check::with(Logic::Each(open_link))
    },
    Check {
        id: "idp-inactive-with-users",
        title: "Inactive IdP with linked users",
        question: "Which inactive identity provider still has linked users?",
        severity: Severity::Low,
        domain: Domain::Federation,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("identity_provider"), against("identity_provider_user")],
        remedy: "Security > Identity Providers > the provider > Users > Unlink",
        ..Check::with(Logic::Each(inactive_with_users))
    },
    Check {
        id: "idp-mfa-bypass",
        title: "IdP claims are trusted as MFA",
        question: "Which IdP's authentication counts as MFA (trustClaims / mapAMRClaims)?",
        severity: Severity::Medium,
        domain: Domain::Federation,
        standards: &["NIST 800-53 IA-8", "ATT&CK T1556"],
        reads: &[each("identity_provider")],
        remedy: "Security > Identity Providers > the provider > Trust AMR claims: off",
        ..Check::with(Logic::Each(trusted_claims))
    },
    Check {
        id: "idp-routing",
        title: "Routing sends admins out",
        question: "Does a routing rule send an admin to an external IdP?",
        severity: Severity::High,
        domain: Domain::Federation,
        standards: &["ATT&CK T1199"],
        reads: &[
            each("policy_rule"),
            both("policy"),
            both("user"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Security > Identity Providers > Routing rules: a rule above it that keeps admins in Okta",
        ..Check::with(Logic::Each(routing))
    },
    Check {
        id: "idp-unexpected",
        title: "Unknown or new IdP",
        question: "Which identity provider is not on the list of known ones, or appeared in the last n days?",
        severity: Severity::High,
        domain: Domain::Federation,
        standards: &["NIST 800-53 CM-3", "ATT&CK T1484.002", "ATT&CK T1556.007"],
        reads: &[each("identity_provider")],
        limit: Some(at_most(30, "days")),
        remedy: "Security > Identity Providers: deactivate it, or declare it in the configuration",
        ..Check::with(Logic::Each(unexpected))
    },
    Check {
        id: "idp-weak-saml",
        title: "IdP accepts weak signatures",
        question: "Which SAML IdP accepts SHA-1, unsigned assertions, or any subject format?",
        severity: Severity::High,
        domain: Domain::Federation,
        standards: &["NIST 800-53 SC-13", "ATT&CK T1606.002"],
        reads: &[each("identity_provider")],
        remedy: "Security > Identity Providers > the provider > SAML Protocol Settings: SHA-256, and sign the assertion",
        ..Check::with(Logic::Each(weak_saml))
    },
    Check {
        id: "saml-app-weak-signing",
        title: "SAML app with weak signatures",
        question: "Which SAML app signs with SHA-1 or leaves assertion or response unsigned?",
        severity: Severity::Medium,
        domain: Domain::Federation,
        standards: &["NIST 800-53 SC-13", "ATT&CK T1606.002"],
        reads: &[each("app")],
        remedy: "Applications > the app > Sign On > SAML: RSA-SHA256, sign the assertion and the response",
        ..Check::with(Logic::Each(weak_app))
    },
];

/// Goes on only with a provider in force that signs people in: a smart card is a factor, not a provider.
fn of_provider(provider: &Record) -> Result<(), Unjudged> {
    concerns(is_active(provider) && provider.text("/type") != "X509")
}

fn open_link(case: &Case<'_>, provider: &Record) -> Answer {
    of_provider(provider)?;
    let is_open = provider.text("/policy/accountLink/action") == "AUTO"
        && provider.list("/policy/accountLink/filter/groups/include").is_empty();
    if is_open {
        return fail_if(true, || "links any account by itself".to_owned());
    }
    let creates = provider.text("/policy/provisioning/action") == "AUTO";
    let groups = provider.texts("/policy/provisioning/groups/assignments");
    let privileged: Vec<&str> =
        groups.into_iter().filter(|group| !case.org().children("group_role", group).is_empty()).collect();
    fail_if(creates && !privileged.is_empty(), || {
        format!("creates admins: it puts new people into {}", some_of(privileged.iter().copied()))
    })
}

fn unexpected(case: &Case<'_>, provider: &Record) -> Answer {
    concerns(is_active(provider))?;
    let declared = &case.declared().identity_providers;
    if declared.contains(provider.text("/name")) || declared.contains(&provider.id) {
        return Ok(Outcome::Pass);
    }
    if !declared.is_empty() {
        return fail_if(true, || "is not among the declared identity providers".to_owned());
    }
    let age = case.days_since(provider.want_time("/created")?);
    pass_if(age > case.limit, || format!("appeared {age} days ago, within {}", case.limit))
}

fn weak_saml(_: &Case<'_>, provider: &Record) -> Answer {
    concerns(is_active(provider) && provider.text("/type") == "SAML2")?;
    let algorithm = provider.want_text("/protocol/algorithms/response/signature/algorithm")?;
    let scope = provider.want_text("/protocol/algorithms/response/signature/scope")?;
    if algorithm != "SHA-256" {
        return fail_if(true, || format!("takes signatures made with {}", name(algorithm)));
    }
    match scope {
        "ANY" | "ASSERTION" | "RESPONSE" => Ok(Outcome::Pass),
        "NONE" => fail_if(true, || "takes assertions that nobody has signed".to_owned()),
        other => Err(unknown(format!("the signature scope `{}` is not known here", name(other)))),
    }
}

fn trusted_claims(_: &Case<'_>, provider: &Record) -> Answer {
    of_provider(provider)?;
    let trusts =
        ["trustClaims", "mapAMRClaims"].iter().any(|member| provider.flag(&format!("/policy/{member}")) == Some(true));
    fail_if(trusts, || "its word counts as a second factor".to_owned())
}

fn inactive_with_users(case: &Case<'_>, provider: &Record) -> Answer {
    concerns(provider.text("/status") == "INACTIVE")?;
    let linked = case.org().children("identity_provider_user", &provider.id).len();
    fail_if(linked > 0, || format!("inactive, and {linked} people are linked to it"))
}

fn routing(case: &Case<'_>, rule: &Record) -> Answer {
    policy_of(case, rule, "IDP_DISCOVERY")?;
    let providers =
        rule.list("/actions/idp/providers").iter().filter(|found| !matches!(found.text("/type"), "" | "OKTA"));
    let providers: Vec<&str> = providers.map(|found| found.text("/name")).collect();
    concerns(is_active(rule) && !providers.is_empty())?;
    let users = case.admins().people().filter_map(|person| case.org().find("user", person));
    let mut sent = 0;
    for user in users {
        sent += usize::from(is_routed(rule, user.text("/profile/login"))?);
    }
    certain(rule, fail_if(sent > 0, || format!("sends {sent} admins to {}", some_of(providers.iter().copied()))))
}

/// Whether a rule of routing is about this login; a rule without patterns is about everybody.
fn is_routed(rule: &Record, login: &str) -> Result<bool, Unjudged> {
    let patterns = rule.list("/conditions/userIdentifier/patterns");
    let is_by_login = rule.text("/conditions/userIdentifier/type") != "ATTRIBUTE";
    let login = login.to_lowercase();
    let mut routed = patterns.is_empty();
    for pattern in patterns {
        let value = pattern.text("/value").to_lowercase();
        let matches = match pattern.text("/matchType") {
            _ if !is_by_login => None,
            "SUFFIX" => Some(login.ends_with(&value)),
            "STARTS_WITH" => Some(login.starts_with(&value)),
            "CONTAINS" => Some(login.contains(&value)),
            "EQUALS" => Some(login == value),
            _ => None,
        };
        routed |= matches
            .ok_or_else(|| unknown("the rule matches by an expression or an attribute, which is not evaluated here"))?;
    }
    Ok(routed)
}

fn weak_app(_: &Case<'_>, app: &Record) -> Answer {
    concerns(
        is_active(app) && app.text("/signOnMode") == "SAML_2_0" && app.has("/settings/signOn/signatureAlgorithm"),
    )?;
    let settings = "/settings/signOn";
    let algorithms = ["signatureAlgorithm", "digestAlgorithm"].map(|member| app.text(&format!("{settings}/{member}")));
    if let Some(weak) = algorithms.iter().find(|algorithm| algorithm.ends_with("SHA1")) {
        return fail_if(true, || format!("signs with {}", name(weak)));
    }
    let unsigned = ["assertionSigned", "responseSigned"]
        .into_iter()
        .filter(|member| app.flag(&format!("{settings}/{member}")) == Some(false));
    let unsigned: Vec<&str> = unsigned.collect();
    fail_if(!unsigned.is_empty(), || format!("not signed: {}", some_of(unsigned.iter().copied())))
}
