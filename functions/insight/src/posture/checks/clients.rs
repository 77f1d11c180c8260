//! OAuth clients: what they may do to the org, how they prove who they are, where they send people.

use std::collections::BTreeSet;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, both, each, setting, within};
use crate::posture::checks::admins::unused;
use crate::posture::checks::hosts::{host_of, is_local, is_own};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Unjudged, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "app-api-service-integration",
        title: "OIN API service integrations",
        question: "Which third party manages the org through an API integration, or was installed by somebody who has left?",
        severity: Severity::High,
        domain: Domain::Clients,
        standards: &["NIST 800-53 SA-9", "CIS 15", "ATT&CK T1199"],
        reads: &[each("api_service_integration"), both("user")],
        remedy: "Applications > API Service Integrations > the integration > Revoke",
        ..Check::with(Logic::Each(integration))
    },
    Check {
        id: "app-client-secret-where-key-possible",
        title: "Secret instead of key",
        question: "Which confidential client authenticates with a shared secret?",
        severity: Severity::Low,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Client authentication: Public key / Private key",
        ..Check::with(Logic::Each(shared_secret))
    },
    Check {
        id: "app-no-dpop",
        title: "Service app tokens are not sender-constrained",
        question: "Which API service app has DPoP off?",
        severity: Severity::Low,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Proof of possession: require DPoP",
        ..Check::with(Logic::Each(no_dpop))
    },
    Check {
        id: "app-no-pkce",
        title: "Public client without PKCE",
        question: "Which native/SPA app does not require PKCE?",
        severity: Severity::Medium,
        domain: Domain::Clients,
        standards: &["ATT&CK T1528"],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Client credentials > Require PKCE",
        ..Check::with(Logic::Each(no_pkce))
    },
    Check {
        id: "app-refresh-token-no-rotation",
        title: "Refresh tokens do not rotate or never end",
        question: "Which app's refresh token is static or unlimited?",
        severity: Severity::Medium,
        domain: Domain::Clients,
        standards: &["ATT&CK T1550.001"],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Refresh token > Rotate token after every use",
        ..Check::with(Logic::Each(no_rotation))
    },
    Check {
        id: "app-risky-grants",
        title: "Risky grant types",
        question: "Which OIDC app allows implicit, password, or device code?",
        severity: Severity::High,
        domain: Domain::Clients,
        standards: &["OAuth 2.1", "ATT&CK T1528", "ATT&CK T1566"],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Grant type",
        ..Check::with(Logic::Each(risky_grants))
    },
    Check {
        id: "app-secret-old",
        title: "Old client secret",
        question: "Which client secret or JWK is older than n days, or are there several active?",
        severity: Severity::Medium,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("app"), within("app_jwk"), within("app_client_secret")],
        limit: Some(at_most(365, "days")),
        remedy: "Applications > the app > General > Client credentials: generate new, deactivate the old",
        ..Check::with(Logic::Each(old_secret))
    },
    Check {
        id: "app-service-manage-scopes",
        title: "Service app with *.manage",
        question: "Which app is granted okta.*.manage scopes and has a role?",
        severity: Severity::High,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("app_grant"), against("client_role")],
        remedy: "Applications > the app > Okta API Scopes: revoke",
        ..Check::with(Logic::Each(manages))
    },
    Check {
        id: "app-service-scopes-unused",
        title: "Granted scopes that are not used",
        question: "Which granted scope did the app never request or use in n days?",
        severity: Severity::Medium,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("app_grant")],
        facts: &[Fact::ScopeUsed],
        limit: Some(at_most(90, "days")),
        remedy: "Applications > the app > Okta API Scopes: revoke",
        ..Check::with(Logic::Each(scope_unused))
    },
    Check {
        id: "app-service-super-admin",
        title: "Service app is admin",
        question: "Which service app holds SUPER_ADMIN or ORG_ADMIN?",
        severity: Severity::Critical,
        domain: Domain::Clients,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("client_role")],
        remedy: "Applications > the app > Admin roles: a custom role instead",
        ..Check::with(Logic::Each(service_admin))
    },
    Check {
        id: "app-wildcard-redirect",
        title: "Wildcard or foreign redirect",
        question: "Which app has a wildcard, http or localhost redirect URI?",
        severity: Severity::High,
        domain: Domain::Clients,
        standards: &["ATT&CK T1528"],
        reads: &[each("app")],
        remedy: "Applications > the app > General > Login > Sign-in redirect URIs",
        ..Check::with(Logic::Each(redirects))
    },
    Check {
        id: "app-xaa-connections",
        title: "Cross-app and agent connections",
        question: "Which app may get tokens for which other app?",
        severity: Severity::Medium,
        domain: Domain::Clients,
        standards: &["ATT&CK T1550.001"],
        reads: &[each("app_interclient_allowed"), against("app_cross_app_connection")],
        remedy: "Applications > the app > Manage connections: remove what nobody needs",
        ..Check::with(Logic::Each(interclient))
    },
    Check {
        id: "org-client-privileges-default",
        title: "New service apps become super admin",
        question: "Is 'public client app admins' on?",
        severity: Severity::Critical,
        domain: Domain::Org,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[setting("client_privileges_setting")],
        remedy: "Settings > Account > Public client app admins: off",
        ..Check::with(Logic::Each(default_privileges))
    },
];

const CLIENT: &str = "/settings/oauthClient";

/// Goes on only with an OAuth client in force.
fn of_client(app: &Record) -> Result<(), Unjudged> {
    concerns(app.text("/signOnMode") == "OPENID_CONNECT" && is_active(app))
}

fn kind(app: &Record) -> &str {
    app.text("/settings/oauthClient/application_type")
}

fn method(app: &Record) -> &str {
    app.text("/credentials/oauthClient/token_endpoint_auth_method")
}

fn service_admin(_: &Case<'_>, role: &Record) -> Answer {
    let kind = role.want_text("/type")?;
    fail_if(matches!(kind, "ORG_ADMIN" | "SUPER_ADMIN"), || format!("an app holds {}", name(kind)))
}

fn manages(case: &Case<'_>, grant: &Record) -> Answer {
    concerns(grant.text("/status") == "ACTIVE" && grant.want_text("/scopeId")?.ends_with(".manage"))?;
    // A scope without a role reaches nothing.
    let app = grant.parent.as_deref().unwrap_or_default();
    let has_role = case.admins().clients().any(|(client, _)| client == app);
    fail_if(has_role, || format!("may {}, and holds an admin role", name(grant.text("/scopeId"))))
}

fn scope_unused(case: &Case<'_>, grant: &Record) -> Answer {
    concerns(grant.text("/status") == "ACTIVE")?;
    let app = grant.parent.as_deref().unwrap_or_default();
    unused(case, Fact::ScopeUsed, &format!("{app}/{}", grant.want_text("/scopeId")?), "used")
}

fn default_privileges(_: &Case<'_>, setting: &Record) -> Answer {
    let is_on = setting.want_flag("/clientPrivilegesSetting")?;
    fail_if(is_on, || "new service apps become super admins".to_owned())
}

fn old_secret(case: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    let entity = match method(app) {
        "private_key_jwt" => "app_jwk",
        method if method.starts_with("client_secret") => "app_client_secret",
        _ => return Err(Unjudged::NotConcerned),
    };
    case.want(entity)?;
    let secrets = case.org().children(entity, &app.id).iter().filter(|secret| secret.text("/status") != "INACTIVE");
    let ages: Vec<i64> =
        secrets.filter_map(|secret| secret.time("/created")).map(|time| case.days_since(time)).collect();
    if ages.len() > 1 {
        return fail_if(true, || format!("{} keys or secrets are active", ages.len()));
    }
    case.at_most(ages.first().copied().unwrap_or_default(), "the key or secret is", "days old")
}

fn shared_secret(_: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    fail_if(method(app).starts_with("client_secret"), || format!("authenticates with {}", name(method(app))))
}

fn no_dpop(_: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    concerns(kind(app) == "service")?;
    let is_bound = app.flag(&format!("{CLIENT}/dpop_bound_access_tokens")) == Some(true);
    pass_if(is_bound, || "its tokens work for whoever has them".to_owned())
}

fn no_pkce(_: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    concerns(matches!(kind(app), "browser" | "native"))?;
    let requires = app.want_flag("/credentials/oauthClient/pkce_required")?;
    pass_if(requires, || "an authorization code works for whoever catches it".to_owned())
}

const RISKY: &[&str] = &["implicit", "password", "urn:ietf:params:oauth:grant-type:device_code"];

fn risky_grants(_: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    let granted = app.texts(&format!("{CLIENT}/grant_types"));
    let risky: Vec<&str> = granted.into_iter().filter(|grant| RISKY.contains(grant)).collect();
    fail_if(!risky.is_empty(), || format!("takes {}", some_of(risky.iter().copied())))
}

fn redirects(case: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    concerns(kind(app) != "service")?;
    let wildcard = app.text(&format!("{CLIENT}/wildcard_redirect"));
    if !matches!(wildcard, "" | "DISABLED") {
        return fail_if(true, || format!("redirects to any {}", name(&wildcard.to_lowercase())));
    }
    let addresses = app.texts(&format!("{CLIENT}/redirect_uris"));
    let open = addresses.iter().find(|address| is_open(address));
    if let Some(open) = open {
        return fail_if(true, || format!("redirects to {}", name(open)));
    }
    if case.declared().domains.is_empty() {
        return fail_if(false, String::new);
    }
    let is_foreign = |address: &&&str| host_of(address).is_some_and(|host| !is_own(case, &host) && !is_local(&host));
    let foreign: Vec<&str> = addresses.iter().filter(is_foreign).copied().collect();
    fail_if(!foreign.is_empty(), || {
        format!("redirects outside the org's domains, to {}", some_of(foreign.iter().copied()))
    })
}

/// Whether a code that is sent there can be caught: a wildcard, or no TLS. The machine itself is no network.
fn is_open(address: &str) -> bool {
    address.contains('*') || (address.starts_with("http://") && !host_of(address).is_some_and(|host| is_local(&host)))
}

fn no_rotation(_: &Case<'_>, app: &Record) -> Answer {
    of_client(app)?;
    let grants: BTreeSet<&str> = app.texts(&format!("{CLIENT}/grant_types")).into_iter().collect();
    concerns(grants.contains("refresh_token"))?;
    match app.text(&format!("{CLIENT}/refresh_token/rotation_type")).to_lowercase().as_str() {
        "rotate" => pass_if(true, String::new),
        "static" => fail_if(true, || "a refresh token stays the same for ever".to_owned()),
        "" => Err(unknown("Okta sent no rotation of this app's refresh tokens")),
        other => Err(unknown(format!("the rotation `{}` is not known here", name(other)))),
    }
}

fn integration(case: &Case<'_>, found: &Record) -> Answer {
    let scopes = found.texts("/grantedScopes").into_iter().filter(|scope| scope.ends_with(".manage"));
    let scopes: Vec<&str> = scopes.collect();
    if !scopes.is_empty() {
        return fail_if(true, || format!("a third party may {}", some_of(scopes.iter().copied())));
    }
    let creator = found.want_text("/createdBy")?;
    let is_here = case.org().find("user", creator).is_some_and(|user| user.text("/status") == "ACTIVE");
    pass_if(is_here, || "whoever installed it is not active any more".to_owned())
}

fn interclient(_: &Case<'_>, allowed: &Record) -> Answer {
    fail_if(true, || format!("{} may get tokens for this app", name(crate::posture::fields::own_id(allowed))))
}
