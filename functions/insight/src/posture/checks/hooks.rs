//! Hooks: who is told of events, and who decides for Okta.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, each};
use crate::posture::checks::hosts::{host_of, is_own};
use crate::posture::fields::Fields;
use crate::posture::outcome::{About, Answer, Verdict, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::is_active;
use crate::posture::words::name;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "hook-foreign",
        title: "Hooks to foreign hosts",
        question: "Which hook sends data outside the org's domains, without TLS or without a secret?",
        severity: Severity::High,
        domain: Domain::Hooks,
        standards: &["NIST 800-53 AC-4", "ATT&CK T1567", "ATT&CK T1556"],
        reads: &[each("event_hook"), against("inline_hook")],
        remedy: "Workflow > Event Hooks, Inline Hooks > the hook: https, a secret, a host of yours",
        ..Check::with(Logic::Some(foreign))
    },
    Check {
        id: "hook-inline-token",
        title: "Inline hook that changes tokens or passwords",
        question: "Which inline hook changes tokens, passwords or registrations?",
        severity: Severity::Medium,
        domain: Domain::Hooks,
        standards: &["ATT&CK T1556"],
        reads: &[each("inline_hook")],
        remedy: "Workflow > Inline Hooks > the hook: deactivate it, or list it under `ignore`",
        ..Check::with(Logic::Each(decides))
    },
];

fn foreign<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let hooks = ["event_hook", "inline_hook"]
        .into_iter()
        .flat_map(|entity| case.org().records(entity).iter().map(move |hook| (entity, hook)));
    hooks.map(|(entity, hook)| Verdict { about: About::Record(entity, hook), answer: of_hook(case, hook) }).collect()
}

fn of_hook(case: &Case<'_>, hook: &Record) -> Answer {
    concerns(is_active(hook))?;
    let address = hook.want_text("/channel/config/uri")?;
    if !address.to_lowercase().starts_with("https://") {
        return fail_if(true, || "is called without TLS".to_owned());
    }
    if hook.text("/verificationStatus") == "UNVERIFIED" {
        return fail_if(true, || "nobody has verified who answers".to_owned());
    }
    if hook.text("/channel/type") != "OAUTH" && !hook.has("/channel/config/authScheme") {
        return fail_if(true, || "is called without a secret, so anybody can call it too".to_owned());
    }
    if case.declared().domains.is_empty() {
        return Err(unknown("the org's own domains are not declared (`declared.domains`)"));
    }
    let host = host_of(address).unwrap_or_default();
    pass_if(is_own(case, &host), || format!("sends to {}", name(&host)))
}

/// Types that change what others rely on (Okta's management document).
const DECIDES: &[&str] = &[
    "com.okta.import.transform",
    "com.okta.oauth2.tokens.transform",
    "com.okta.saml.tokens.transform",
    "com.okta.user.credential.password.import",
    "com.okta.user.pre-registration",
];

fn decides(_: &Case<'_>, hook: &Record) -> Answer {
    concerns(is_active(hook))?;
    let kind = hook.want_text("/type")?;
    if kind == "com.okta.telephony.provider" {
        return fail_if(false, String::new);
    }
    // What is not known here may decide too.
    if !DECIDES.contains(&kind) {
        return Err(unknown(format!("the hook type `{}` is not known here", name(kind))));
    }
    fail_if(true, || format!("decides for Okta ({})", name(kind)))
}
