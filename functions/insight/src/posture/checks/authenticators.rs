//! Which authenticators there are, how they are set up, and what people must enroll.

use crate::inventory::{Engine, Record};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, both, each, speaks_for, within};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, Outcome, Unjudged, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{is_active, policies};
use crate::posture::profile::FEDERAL;
use crate::posture::words::some_of;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "mfa-enroll-none-required",
        title: "Enrolment policy requires nothing",
        question: "Which enrolment policy has no required authenticator?",
        severity: Severity::Medium,
        domain: Domain::Authenticators,
        standards: &["NIST 800-53 IA-2", "CIS 6.3", "ATT&CK T1078"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Enrollment > policy > Okta Verify: Required",
        ..Check::with(Logic::Each(none_required))
    },
    Check {
        id: "mfa-fastpass-user-verification",
        title: "FastPass without user verification",
        question: "Is biometrics or PIN demanded for FastPass and WebAuthn?",
        severity: Severity::Low,
        domain: Domain::Authenticators,
        standards: &["NIST 800-63B"],
        reads: &[each("authenticator"), within("authenticator_method")],
        engine: Some(Engine::Identity),
        remedy: "Security > Authenticators > Okta Verify > User verification: Required",
        ..Check::with(Logic::Each(user_verification))
    },
    Check {
        id: "mfa-okta-verify-fips",
        title: "Okta Verify without FIPS devices",
        question: "Is FIPS compliance required?",
        severity: Severity::Low,
        domain: Domain::Authenticators,
        standards: &["STIG OKTA-APP-001700", "NIST 800-53 SC-13", "NIST 800-53 IA-7"],
        reads: &[each("authenticator")],
        engine: Some(Engine::Identity),
        profiles: FEDERAL,
        remedy: "Security > Authenticators > Okta Verify > FIPS Compliance: Required",
        ..Check::with(Logic::Each(fips))
    },
    Check {
        id: "mfa-okta-verify-missing",
        title: "Okta Verify is not offered",
        question: "Is Okta Verify (push, FastPass) active and offered?",
        severity: Severity::Medium,
        domain: Domain::Authenticators,
        standards: &["NIST 800-53 IA-2(8)"],
        reads: &[speaks_for("authenticator"), speaks_for("policy")],
        engine: Some(Engine::Identity),
        remedy: "Security > Authenticators > Add authenticator",
        ..Check::with(Logic::Org(okta_verify))
    },
    Check {
        id: "mfa-phishing-resistant-available",
        title: "No phishing-resistant authenticator",
        question: "Is FastPass, WebAuthn or a smart card active?",
        severity: Severity::High,
        domain: Domain::Authenticators,
        standards: &["NIST 800-53 IA-2(8)", "ATT&CK T1557"],
        reads: &[speaks_for("authenticator"), speaks_for("authenticator_method")],
        engine: Some(Engine::Identity),
        remedy: "Security > Authenticators > Add authenticator > FIDO2 (WebAuthn), or Okta Verify > FastPass",
        ..Check::with(Logic::Org(phishing_resistant))
    },
    Check {
        id: "mfa-smart-card-active",
        title: "Smart card authenticator off",
        question: "Is PIV/CAC accepted?",
        severity: Severity::Low,
        domain: Domain::Authenticators,
        standards: &["STIG OKTA-APP-001670", "NIST 800-53 IA-2(12)"],
        reads: &[speaks_for("authenticator")],
        engine: Some(Engine::Identity),
        profiles: FEDERAL,
        remedy: "Security > Authenticators > Add authenticator > Smart Card Authenticator",
        ..Check::with(Logic::Org(smart_card))
    },
    Check {
        id: "mfa-smart-card-ca",
        title: "Smart card IdP with a foreign CA",
        question: "Is the chain of every smart card identity provider from an approved authority?",
        severity: Severity::Low,
        domain: Domain::Authenticators,
        standards: &["STIG OKTA-APP-001920", "NIST 800-53 SC-17"],
        reads: &[each("identity_provider")],
        profiles: FEDERAL,
        remedy: "Security > Identity Providers > smart card > Certificate chain",
        ..Check::with(Logic::Each(smart_card_ca))
    },
    Check {
        id: "mfa-weak-authenticator-allowed",
        title: "Weak authenticators offered",
        question: "Which enrolment policy offers SMS, voice, email or a security question for authentication?",
        severity: Severity::High,
        domain: Domain::Authenticators,
        standards: &["NIST 800-53 IA-2(8)", "NIST 800-63B", "CIS 6.3", "ATT&CK T1621", "ATT&CK T1111"],
        reads: &[each("policy"), both("authenticator")],
        remedy: "Security > Authenticators > Setup > Used for: Recovery only, or Disabled",
        ..Check::with(Logic::Each(weak_allowed))
    },
    Check {
        id: "mfa-webauthn-any-aaguid",
        title: "Any security key accepted",
        question: "Is there an allow-list of AAGUIDs for admins?",
        severity: Severity::Low,
        domain: Domain::Authenticators,
        standards: &["NIST 800-63B"],
        reads: &[each("authenticator"), speaks_for("policy"), speaks_for("authenticator_method")],
        engine: Some(Engine::Identity),
        remedy: "Security > Authenticators > FIDO2 (WebAuthn) > Authenticator groups, and the enrollment policy of admins",
        ..Check::with(Logic::Org(security_keys))
    },
];

/// What a policy says of one authenticator: its key, and whether it is required, optional or not allowed.
fn enrolments(policy: &Record) -> Vec<(&str, &str)> {
    let listed = policy.list("/settings/authenticators").iter().map(|one| (one.text("/key"), one.text("/enroll/self")));
    // Classic Engine names factors.
    let factors = policy.json.pointer("/settings/factors").and_then(|factors| factors.as_object());
    let factors = factors.into_iter().flatten().map(|(key, value)| (key.as_str(), value.text("/enroll/self")));
    listed.chain(factors).collect()
}

fn enrolment_policy(policy: &Record) -> Result<Vec<(&str, &str)>, Unjudged> {
    concerns(policy.text("/type") == "MFA_ENROLL" && is_active(policy))?;
    let found = enrolments(policy);
    if found.is_empty() { Err(unknown("Okta sent no authenticators of this policy")) } else { Ok(found) }
}

fn none_required(_: &Case<'_>, policy: &Record) -> Answer {
    let found = enrolment_policy(policy)?;
    let is_required =
        found.iter().any(|(key, own)| *own == "REQUIRED" && !matches!(*key, "okta_password" | "okta_email"));
    pass_if(is_required, || "requires no authenticator besides the password".to_owned())
}

fn weak_allowed(case: &Case<'_>, policy: &Record) -> Answer {
    let found = enrolment_policy(policy)?;
    let mut weak = Vec::new();
    for (key, _) in found.iter().filter(|(_, own)| matches!(*own, "REQUIRED" | "OPTIONAL")) {
        if is_weak_for_sign_in(case, key)? {
            weak.push(*key);
        }
    }
    fail_if(!weak.is_empty(), || format!("lets people enroll {} to sign in", some_of(weak.iter().copied())))
}

fn is_weak_for_sign_in(case: &Case<'_>, key: &str) -> Result<bool, Unjudged> {
    match key {
        "okta_sms" | "okta_call" | "okta_question" => Ok(true),
        "phone_number" | "okta_email" | "security_question" => {
            let Some(found) = authenticator(case, key) else { return Ok(false) };
            Ok(matches!(found.want_text("/settings/allowedFor")?, "any" | "sso"))
        }
        _ => Ok(false),
    }
}

/// An authenticator that is switched on.
fn authenticator<'a>(case: &Case<'a>, key: &str) -> Option<&'a Record> {
    let found = case.org().records("authenticator").iter();
    found.into_iter().find(|found| found.text("/key") == key && is_active(found))
}

fn okta_verify(case: &Case<'_>) -> Answer {
    let offers =
        |policy: &Record| enrolments(policy).iter().any(|(key, own)| *key == "okta_verify" && *own != "NOT_ALLOWED");
    let is_offered = policies(case, "MFA_ENROLL").any(offers);
    match authenticator(case, "okta_verify") {
        None => pass_if(false, || "Okta Verify is not active".to_owned()),
        Some(_) => pass_if(is_offered, || "Okta Verify is active, but no enrollment policy offers it".to_owned()),
    }
}

fn phishing_resistant(case: &Case<'_>) -> Answer {
    let nonce = |found: &Record| {
        let methods = case.org().children("authenticator_method", &found.id).iter();
        methods.into_iter().any(|method| method.text("/type") == "signed_nonce" && is_active(method))
    };
    let found = ["webauthn", "smart_card_idp"].iter().any(|key| authenticator(case, key).is_some())
        || authenticator(case, "okta_verify").is_some_and(nonce);
    pass_if(found, || "neither FIDO2 nor FastPass nor a smart card is active".to_owned())
}

fn user_verification(case: &Case<'_>, found: &Record) -> Answer {
    concerns(matches!(found.text("/key"), "okta_verify" | "webauthn") && is_active(found))?;
    let own = found.text("/settings/userVerification");
    let methods = case.org().children("authenticator_method", &found.id);
    let of_method =
        methods.iter().map(|method| method.text("/settings/userVerification")).find(|text| !text.is_empty());
    match if own.is_empty() { of_method.unwrap_or_default() } else { own } {
        "" => Err(unknown("Okta sent no user verification of this authenticator")),
        demand => pass_if(demand == "REQUIRED", || format!("user verification is {demand}, not REQUIRED")),
    }
}

fn fips(_: &Case<'_>, found: &Record) -> Answer {
    concerns(found.text("/key") == "okta_verify" && is_active(found))?;
    let demand = found.want_text("/settings/compliance/fips")?;
    pass_if(demand == "REQUIRED", || format!("FIPS compliance is {demand}, not REQUIRED"))
}

fn smart_card(case: &Case<'_>) -> Answer {
    pass_if(authenticator(case, "smart_card_idp").is_some(), || "the smart card authenticator is not active".to_owned())
}

/// What the issuers of the `DoD`'s and the federal government's certificates have in their names.
const ISSUERS: &[&str] = &["OU=DoD", "OU=ECA", "O=U.S. Government"];

fn smart_card_ca(case: &Case<'_>, provider: &Record) -> Answer {
    concerns(provider.text("/type") == "X509" && is_active(provider))?;
    let issuer = provider.want_text("/protocol/credentials/trust/issuer")?;
    let declared = &case.declared().certificate_issuers;
    let own = ISSUERS.iter().copied().filter(|_| declared.is_empty());
    let is_approved = declared.iter().map(String::as_str).chain(own).any(|part| issuer.contains(part));
    pass_if(is_approved, || format!("issued by {}", crate::posture::words::name(issuer)))
}

fn security_keys(case: &Case<'_>) -> Answer {
    let Some(webauthn) = authenticator(case, "webauthn") else {
        return Err(Unjudged::NotApplicable("FIDO2 is not active".to_owned()));
    };
    let restricts = |policy: &Record| {
        let mut own = policy.list("/settings/authenticators").iter().filter(|one| one.text("/key") == "webauthn");
        own.any(|one| !one.list("/constraints/aaguidGroups").is_empty())
    };
    let methods = case.org().children("authenticator_method", &webauthn.id);
    let grouped = methods.iter().any(|method| !method.list("/settings/aaguidGroups").is_empty());
    if grouped && policies(case, "MFA_ENROLL").any(restricts) {
        return Ok(Outcome::Pass);
    }
    pass_if(policies(case, "MFA_ENROLL").any(restricts), || {
        "no enrollment policy restricts which security keys are taken".to_owned()
    })
}
