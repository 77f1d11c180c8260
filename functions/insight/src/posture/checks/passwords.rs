//! Password policies. Those of a directory are left to the directory.

use std::collections::BTreeSet;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_least, at_most, both, each, speaks_for};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, Unjudged, concerns, fail_if, pass_if};
use crate::posture::policy_rule::{is_active, policies};
use crate::posture::profile::{ON_REQUEST, STIG};
use crate::posture::words::{minutes, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "password-auto-unlock",
        title: "Locked accounts unlock too soon",
        question: "Which active password policy unlocks accounts by itself before n minutes?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(30, "minutes")),
        remedy: "Security > Authenticators > Password > policy > Account is automatically unlocked after",
        ..Check::with(Logic::Each(auto_unlock))
    },
    Check {
        id: "password-breached",
        title: "Breached password protection off",
        question: "Which active password policy does nothing about passwords found in a breach?",
        severity: Severity::High,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > Breached password protection",
        ..Check::with(Logic::Each(breached))
    },
    Check {
        id: "password-common",
        title: "Common passwords allowed",
        question: "Which active password policy takes common passwords?",
        severity: Severity::Medium,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-002980", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > Common password check",
        ..Check::with(Logic::Each(common))
    },
    Check {
        id: "password-exclude-names",
        title: "Names in the password",
        question: "Which active password policy takes the first or last name as part of the password?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > Does not contain first name, last name",
        ..Check::with(Logic::Each(exclude_names))
    },
    Check {
        id: "password-exclude-username",
        title: "Username in the password",
        question: "Which active password policy takes the username as part of the password?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > Does not contain part of username",
        ..Check::with(Logic::Each(exclude_username))
    },
    Check {
        id: "password-expire-warning",
        title: "No warning before a password expires",
        question: "Which active password policy lets passwords expire without a warning n days before?",
        severity: Severity::Info,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(5, "days")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Prompt user before password expires",
        ..Check::with(Logic::Each(expire_warning))
    },
    Check {
        id: "password-history",
        title: "Old passwords come back",
        question: "Which active password policy remembers fewer than n old passwords?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-003010", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(4, "passwords").stig(5)),
        remedy: "Security > Authenticators > Password > policy > Enforce password history",
        ..Check::with(Logic::Each(history))
    },
    Check {
        id: "password-length",
        title: "Passwords are too short",
        question: "Which active password policy takes passwords shorter than n characters?",
        severity: Severity::Medium,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000650", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(12, "characters").stig(15)),
        remedy: "Security > Authenticators > Password > policy > Minimum length",
        ..Check::with(Logic::Each(length))
    },
    Check {
        id: "password-lockout",
        title: "Passwords can be guessed",
        question: "Which active password policy locks out after more than n attempts, or never?",
        severity: Severity::Medium,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000170", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_most(10, "attempts").stig(3)),
        remedy: "Security > Authenticators > Password > policy > Lock out user after",
        ..Check::with(Logic::Each(lockout))
    },
    Check {
        id: "password-lowercase",
        title: "No lower case letter required",
        question: "Which active password policy asks for no lower case letter?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000680", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(1, "lower case letters")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Complexity requirements: Lower case letter",
        ..Check::with(Logic::Each(lowercase))
    },
    Check {
        id: "password-max-age",
        title: "Passwords never expire",
        question: "Which active password policy keeps passwords for longer than n days?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000745", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_most(60, "days")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Password expires after",
        ..Check::with(Logic::Each(max_age))
    },
    Check {
        id: "password-min-age",
        title: "Passwords can be changed back at once",
        question: "Which active password policy lets a new password be changed before n minutes?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000740", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(1440, "minutes")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Minimum password age",
        ..Check::with(Logic::Each(min_age))
    },
    Check {
        id: "password-number",
        title: "No digit required",
        question: "Which active password policy asks for no digit?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000690", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(1, "digits")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Complexity requirements: Number",
        ..Check::with(Logic::Each(number))
    },
    Check {
        id: "password-policy-uncovered",
        title: "Users under the default password policy",
        question: "How many users fall to the Default policy?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy"), speaks_for("group_member"), both("user")],
        remedy: "Security > Authenticators > Password > policy > Add group",
        ..Check::with(Logic::Each(uncovered))
    },
    Check {
        id: "password-recovery-email",
        title: "Recovery mails are good for long",
        question: "Which active password policy sends recovery mails that are good for longer than n minutes?",
        severity: Severity::Info,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_most(60, "minutes")),
        remedy: "Security > Authenticators > Password > policy > Email recovery lifetime",
        ..Check::with(Logic::Each(recovery_email))
    },
    Check {
        id: "password-recovery-question",
        title: "Security question recovers",
        question: "Which active password policy lets a security question recover an account?",
        severity: Severity::Medium,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > rule > Additional verification: not Security Question",
        ..Check::with(Logic::Each(recovery_question))
    },
    Check {
        id: "password-recovery-sms",
        title: "SMS or voice recovers",
        question: "Which active password policy lets a text message or a call recover an account?",
        severity: Severity::Medium,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        remedy: "Security > Authenticators > Password > policy > rule > Users can initiate recovery with: not Phone",
        ..Check::with(Logic::Each(recovery_sms))
    },
    Check {
        id: "password-show-lockout",
        title: "A lockout is not shown",
        question: "Which active password policy hides from people that they are locked out?",
        severity: Severity::Info,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        profiles: ON_REQUEST,
        remedy: "Security > Authenticators > Password > policy > Show lockout failures",
        ..Check::with(Logic::Each(show_lockout))
    },
    Check {
        id: "password-stale-hash-import",
        title: "Imported password hashes",
        question: "Which users have credentials.provider IMPORT or an unset password?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["NIST 800-53 IA-5"],
        reads: &[each("user")],
        remedy: "Directory > People > the person > Reset password",
        ..Check::with(Logic::Each(imported_hash))
    },
    Check {
        id: "password-symbol",
        title: "No symbol required",
        question: "Which active password policy asks for no symbol?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000700", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(1, "symbols")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Complexity requirements: Symbol",
        ..Check::with(Logic::Each(symbol))
    },
    Check {
        id: "password-uppercase",
        title: "No upper case letter required",
        question: "Which active password policy asks for no upper case letter?",
        severity: Severity::Low,
        domain: Domain::Passwords,
        standards: &["STIG OKTA-APP-000670", "NIST 800-53 IA-5(1)", "CIS 5.2", "SOC2 CC6.1", "ATT&CK T1110"],
        reads: &[each("policy")],
        limit: Some(at_least(1, "upper case letters")),
        profiles: STIG,
        remedy: "Security > Authenticators > Password > policy > Complexity requirements: Upper case letter",
        ..Check::with(Logic::Each(uppercase))
    },
];

/// Goes on only with a policy in force for passwords that Okta keeps.
fn of_okta(policy: &Record) -> Result<(), Unjudged> {
    let provider = policy.text("/conditions/authProvider/provider");
    concerns(
        policy.text("/type") == "PASSWORD" && is_active(policy) && !matches!(provider, "ACTIVE_DIRECTORY" | "LDAP"),
    )
}

fn wants(policy: &Record, member: &str) -> Result<i64, Unjudged> {
    of_okta(policy)?;
    policy.want_number(&format!("/settings/password/{member}"))
}

fn length(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "complexity/minLength")?, "length", "characters")
}

fn uppercase(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "complexity/minUpperCase")?, "asks for", "upper case letters")
}

fn lowercase(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "complexity/minLowerCase")?, "asks for", "lower case letters")
}

fn number(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "complexity/minNumber")?, "asks for", "digits")
}

fn symbol(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "complexity/minSymbol")?, "asks for", "symbols")
}

fn min_age(case: &Case<'_>, policy: &Record) -> Answer {
    let found = wants(policy, "age/minAgeMinutes")?;
    pass_if(found >= case.limit, || format!("minimum age {}, at least {}", minutes(found), minutes(case.limit)))
}

fn max_age(case: &Case<'_>, policy: &Record) -> Answer {
    let found = wants(policy, "age/maxAgeDays")?;
    let value = if found == 0 { "never expires".to_owned() } else { format!("expires after {found} days") };
    fail_if(found == 0 || found > case.limit, || format!("{value}, limit {}", case.limit))
}

fn history(case: &Case<'_>, policy: &Record) -> Answer {
    case.at_least(wants(policy, "age/historyCount")?, "remembers", "passwords")
}

fn lockout(case: &Case<'_>, policy: &Record) -> Answer {
    let found = wants(policy, "lockout/maxAttempts")?;
    let value = if found == 0 { "never locks out".to_owned() } else { format!("locks out after {found} attempts") };
    fail_if(found == 0 || found > case.limit, || format!("{value}, limit {}", case.limit))
}

fn auto_unlock(case: &Case<'_>, policy: &Record) -> Answer {
    let found = wants(policy, "lockout/autoUnlockMinutes")?;
    fail_if(found != 0 && found < case.limit, || {
        format!("unlocks after {}, at least {}", minutes(found), minutes(case.limit))
    })
}

fn show_lockout(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    let shows = policy.want_flag("/settings/password/lockout/showLockoutFailures")?;
    pass_if(shows, || "people are not told that they are locked out".to_owned())
}

fn common(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    let excludes = policy.flag("/settings/password/complexity/dictionary/common/exclude") == Some(true);
    pass_if(excludes, || "takes common passwords".to_owned())
}

fn breached(_: &Case<'_>, policy: &Record) -> Answer {
    const PROTECTION: &str = "/settings/password/breachedProtection";
    of_okta(policy)?;
    let acts = policy.flag(&format!("{PROTECTION}/logoutEnabled")) == Some(true)
        || ["expireAfterDays", "delegatedWorkflowId"]
            .iter()
            .any(|member| policy.has(&format!("{PROTECTION}/{member}")));
    pass_if(acts, || "nothing happens to a password that is found in a breach".to_owned())
}

fn exclude_username(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    let excludes = policy.want_flag("/settings/password/complexity/excludeUsername")?;
    pass_if(excludes, || "takes the username in a password".to_owned())
}

fn exclude_names(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    let excluded = policy.texts("/settings/password/complexity/excludeAttributes");
    let taken: Vec<&str> = ["firstName", "lastName"].into_iter().filter(|name| !excluded.contains(name)).collect();
    fail_if(!taken.is_empty(), || format!("takes {} in a password", some_of(taken.iter().copied())))
}

fn expire_warning(case: &Case<'_>, policy: &Record) -> Answer {
    concerns(wants(policy, "age/maxAgeDays")? > 0)?;
    case.at_least(wants(policy, "age/expireWarnDays")?, "warns", "days before")
}

fn recovers(policy: &Record, factor: &str) -> bool {
    policy.text(&format!("/settings/recovery/factors/{factor}/status")) == "ACTIVE"
}

fn recovery_question(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    fail_if(recovers(policy, "recovery_question"), || "a security question recovers an account".to_owned())
}

fn recovery_sms(_: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    let used: Vec<&str> = ["okta_sms", "okta_call"].into_iter().filter(|factor| recovers(policy, factor)).collect();
    fail_if(!used.is_empty(), || format!("{} recovers an account", some_of(used.iter().copied())))
}

fn recovery_email(case: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    concerns(recovers(policy, "okta_email"))?;
    let found =
        policy.want_number("/settings/recovery/factors/okta_email/properties/recoveryToken/tokenLifetimeMinutes")?;
    pass_if(found <= case.limit, || {
        format!("a recovery mail is good for {}, limit {}", minutes(found), minutes(case.limit))
    })
}

fn uncovered(case: &Case<'_>, policy: &Record) -> Answer {
    of_okta(policy)?;
    concerns(policy.flag("/system") == Some(true))?;
    let own = policies(case, "PASSWORD").filter(|policy| policy.flag("/system") != Some(true));
    let groups: BTreeSet<&str> = own.flat_map(|policy| policy.texts("/conditions/people/groups/include")).collect();
    let members = groups.iter().flat_map(|group| case.org().children("group_member", group));
    let covered: BTreeSet<&str> = members.map(|member| crate::posture::fields::own_id(member)).collect();
    let is_of_okta =
        |user: &&Record| user.text("/status") != "DEPROVISIONED" && user.text("/credentials/provider/type") == "OKTA";
    let users = case.org().records("user").iter().filter(is_of_okta);
    let left = users.filter(|user| !covered.contains(user.id.as_str())).count();
    fail_if(left > 0, || format!("{left} people fall to the default policy"))
}

fn imported_hash(_: &Case<'_>, user: &Record) -> Answer {
    concerns(user.text("/status") != "DEPROVISIONED")?;
    let is_imported = user.text("/credentials/provider/type") == "IMPORT";
    fail_if(is_imported, || "the password is still the hash that was imported".to_owned())
}
