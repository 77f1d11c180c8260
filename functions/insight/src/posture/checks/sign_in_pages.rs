//! The sign-in page, and what stands against guessing and automation.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, each, setting, speaks_for};
use crate::posture::checks::hosts::{host_of, is_of_okta, is_own};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, fail_if, pass_if};
use crate::posture::profile::FEDERAL;
use crate::posture::words::some_of;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "signin-banner",
        title: "DoD warning banner",
        question: "Is the banner on every brand's sign-in page?",
        severity: Severity::Info,
        domain: Domain::SignInPages,
        standards: &["STIG OKTA-APP-000200", "NIST 800-53 AC-8"],
        reads: &[each("brand_sign_in_page")],
        profiles: FEDERAL,
        remedy: "Customizations > Brands > Pages",
        ..Check::with(Logic::Each(banner))
    },
    Check {
        id: "signin-captcha",
        title: "No CAPTCHA or bot protection",
        question: "Is a CAPTCHA or bot protection on for sign-in, enrolment, recovery?",
        severity: Severity::Low,
        domain: Domain::SignInPages,
        standards: &["ATT&CK T1110"],
        reads: &[speaks_for("org_captcha"), speaks_for("bot_protection")],
        remedy: "Security > General > CAPTCHA; Bot Protection",
        ..Check::with(Logic::Org(captcha))
    },
    Check {
        id: "signin-knowledge-first",
        title: "Password first for 2FA",
        question: "Is possession asked before knowledge?",
        severity: Severity::Low,
        domain: Domain::SignInPages,
        standards: &["ATT&CK T1110.003"],
        reads: &[setting("authenticator_setting")],
        remedy: "Security > General > Protect against password-based attacks",
        ..Check::with(Logic::Each(knowledge_first))
    },
    Check {
        id: "signin-lockout-unknown-device",
        title: "Lockout also from unknown devices",
        question: "Does an attacker's guessing lock out the user on known devices?",
        severity: Severity::Low,
        domain: Domain::SignInPages,
        standards: &["NIST 800-53 AC-7", "ATT&CK T1110", "ATT&CK T1531"],
        reads: &[setting("user_lockout_setting")],
        remedy: "Security > General > Block suspicious password attempts from unknown devices",
        ..Check::with(Logic::Each(lockout_unknown))
    },
    Check {
        id: "signin-page-custom-js",
        title: "Custom script on the sign-in page",
        question: "Does a brand's sign-in page load scripts from elsewhere?",
        severity: Severity::Medium,
        domain: Domain::SignInPages,
        standards: &["NIST 800-53 SI-7", "ATT&CK T1056.003"],
        reads: &[each("brand_sign_in_page")],
        remedy: "Customizations > Brands > Pages > Sign-in page",
        ..Check::with(Logic::Each(foreign_scripts))
    },
];

/// How the banner begins that the `DoD` demands (DTM 08-060).
const BANNER: &str = "You are accessing a U.S. Government (USG) Information System";

fn knowledge_first(_: &Case<'_>, setting: &Record) -> Answer {
    let second = setting.want_flag("/verifyKnowledgeSecondWhen2faRequired")?;
    pass_if(second, || "the password is asked first where two factors are required".to_owned())
}

fn lockout_unknown(_: &Case<'_>, setting: &Record) -> Answer {
    let prevents = setting.want_flag("/preventBruteForceLockoutFromUnknownDevices")?;
    pass_if(prevents, || "guessing from unknown devices locks the user out everywhere".to_owned())
}

fn captcha(case: &Case<'_>) -> Answer {
    let is_set = |setting: &Record| !setting.text("/captchaId").is_empty() && !setting.list("/enabledPages").is_empty();
    let enforces = |setting: &Record| setting.text("/mode") == "ENFORCED";
    let found = case.org().records("org_captcha").iter().any(is_set)
        || case.org().records("bot_protection").iter().any(enforces);
    pass_if(found, || "neither a CAPTCHA nor bot protection is on".to_owned())
}

fn banner(case: &Case<'_>, page: &Record) -> Answer {
    let wanted = case.declared().banner.as_deref().unwrap_or(BANNER);
    let has = content(page).is_some_and(|text| squeezed(text).contains(&squeezed(wanted)));
    pass_if(has, || "the page has no such banner".to_owned())
}

/// The page as a brand has changed it; none if it is Okta's own.
fn content(page: &Record) -> Option<&str> {
    let texts = ["/_embedded/customized/pageContent", "/pageContent"].map(|pointer| page.text(pointer));
    texts.into_iter().find(|text| !text.is_empty())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn foreign_scripts(case: &Case<'_>, page: &Record) -> Answer {
    let is_foreign = |source: &&str| host_of(source).is_some_and(|host| !is_of_okta(&host) && !is_own(case, &host));
    let foreign: Vec<&str> =
        content(page).map_or_else(Vec::new, |text| script_sources(text).into_iter().filter(is_foreign).collect());
    fail_if(!foreign.is_empty(), || format!("loads scripts from {}", some_of(foreign.iter().copied())))
}

/// The addresses of a page's script elements, as a browser reads attributes: quoted or not, in any case.
fn script_sources(page: &str) -> Vec<&str> {
    let lower = page.to_ascii_lowercase();
    let mut sources = Vec::new();
    let mut at = 0;
    while let Some(found) = lower[at..].find("<script") {
        let start = at + found;
        let end = lower[start..].find('>').map_or(lower.len(), |length| start + length);
        sources.extend(source_of(&page[start..end], &lower[start..end]));
        at = end;
    }
    sources
}

fn source_of<'a>(tag: &'a str, lower: &str) -> Option<&'a str> {
    let is_attribute = |at: &usize| {
        lower[..*at].ends_with(|sign: char| sign.is_whitespace() || sign == '/' || sign == '"' || sign == '\'')
    };
    let at = lower.match_indices("src").map(|(at, _)| at).find(is_attribute)?;
    let value = tag[at + 3..].trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split(char::is_whitespace).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_however_they_are_written() {
        let page = "<SCRIPT SRC='//a.example/x.js'></script><script async src = https://b.example/y.js></script>\
                    <script data-src=\"no\">let src = 1;</script><script src=\"/own.js\"></script><script";
        assert_eq!(script_sources(page), ["//a.example/x.js", "https://b.example/y.js", "/own.js"]);
    }
}
