//! Ways to become an admin: through a group, an identity provider, the help desk, an app.

use std::collections::BTreeSet;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, both, each, setting};
use crate::posture::fields::{Fields, own_id};
use crate::posture::outcome::{About, Answer, Verdict, concerns, fail_if, pass_if};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "admin-app-admin-over-privileged-app",
        title: "App admin over an app that is admin",
        question: "Which app admin can read or add credentials of an app that is an admin itself?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6", "ATT&CK T1098.001", "ATT&CK T1528"],
        reads: &[
            each("user_role"),
            against("group_role"),
            against("user_role_app_target"),
            against("group_role_app_target"),
            against("client_role"),
            against("app_grant"),
            against("resource_set_binding"),
            against("custom_role_permission"),
            against("resource_set_resource"),
        ],
        remedy: "Security > Administrators > the admin > Application administrator > Edit: named apps only, none with a role",
        ..Check::with(Logic::Some(over_apps))
    },
    Check {
        id: "admin-auto-assign-console",
        title: "Admin app auto-assigned",
        question: "Is the Admin Console assigned automatically with a role?",
        severity: Severity::Info,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6"],
        reads: &[setting("auto_assign_admin_app_setting")],
        remedy: "Settings > Account",
        ..Check::with(Logic::Each(auto_assign))
    },
    Check {
        id: "admin-by-group-owner",
        title: "Group owner or rule makes admins",
        question: "Who can put himself or others into a group that carries a role (owners, GROUP_ADMIN, GROUP_MEMBERSHIP_ADMIN, group rules, app push)?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(1)", "ATT&CK T1098.003", "ATT&CK T1484"],
        reads: &[each("group_role"), against("group_owner"), against("group_rule")],
        remedy: "Directory > Groups > the group > Owners: none; Directory > Groups > Rules: none that assigns to it",
        ..Check::with(Logic::Some(by_group))
    },
    Check {
        id: "admin-custom-role-dangerous",
        title: "Custom role with dangerous permissions",
        question: "Which custom role can manage roles, users' credentials, apps, IdPs, policies, or agents?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6", "ATT&CK T1098.003"],
        reads: &[each("custom_role"), against("custom_role_permission")],
        remedy: "Security > Administrators > Roles > the role > Edit: only what its holders need",
        ..Check::with(Logic::Each(dangerous))
    },
    Check {
        id: "admin-helpdesk-can-reset-admin",
        title: "Help desk can reset an admin",
        question: "Which custom role can reset the password or the factors of an admin?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6", "ATT&CK T1556.006", "ATT&CK T1098"],
        reads: &[
            each("resource_set_binding"),
            both("custom_role_permission"),
            both("resource_set_resource"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Security > Administrators > Resources > the set: groups without admins",
        ..Check::with(Logic::Each(resets_admins))
    },
    Check {
        id: "admin-linked-to-idp",
        title: "Admins an external IdP can sign in",
        question: "Which admin is linked to an inbound IdP, or can be auto-linked by one?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &["NIST 800-53 IA-8", "ATT&CK T1199", "ATT&CK T1484.002"],
        reads: &[
            each("identity_provider_user"),
            against("identity_provider"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Security > Identity Providers > the provider > Account link policy: specific groups, or exclude admins",
        ..Check::with(Logic::Some(linked))
    },
    Check {
        id: "admin-resource-set-wide",
        title: "Resource set is everything",
        question: "Which custom role is bound to all users, groups or apps?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6", "CIS 6.8"],
        reads: &[each("resource_set_resource"), against("resource_set_binding")],
        remedy: "Security > Administrators > Resources > the set: named groups and apps",
        ..Check::with(Logic::Each(wide_set))
    },
    Check {
        id: "admin-third-party",
        title: "Third-party admins allowed",
        question: "Are third-party admins on, and who are they?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &[
            "NIST 800-53 AC-6(5)",
            "NIST 800-53 AC-2",
            "CIS 5.4",
            "CIS 6.8",
            "SOC2 CC6.3",
            "ATT&CK T1078.004",
            "ATT&CK T1199",
        ],
        reads: &[setting("third_party_admin_setting")],
        remedy: "Settings > Account > Third-party administrators",
        ..Check::with(Logic::Each(third_party))
    },
];

fn linked<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let users = case.org().records("identity_provider_user").iter();
    let of_user = |user: &'a Record| {
        let answer =
            fail_if(case.admins().has(own_id(user)), || "an identity provider outside can sign in an admin".to_owned());
        Verdict { about: About::Record("identity_provider_user", user), answer }
    };
    let providers = case.org().records("identity_provider").iter().filter(|provider| is_active(provider));
    let of_provider = |provider: &'a Record| Verdict {
        about: About::Record("identity_provider", provider),
        answer: links_admins(case, provider),
    };
    users.map(of_user).chain(providers.map(of_provider)).collect()
}

fn links_admins(case: &Case<'_>, provider: &Record) -> Answer {
    concerns(provider.text("/policy/accountLink/action") == "AUTO")?;
    if provider.flag("/policy/accountLink/filter/users/excludeAdmins") == Some(true) {
        return pass_if(true, String::new);
    }
    let groups = provider.texts("/policy/accountLink/filter/groups/include");
    let members = groups.iter().flat_map(|group| case.org().children("group_member", group));
    let has_admin = members.into_iter().any(|member| case.admins().has(own_id(member)));
    let is_open = groups.is_empty() && case.admins().people().next().is_some();
    fail_if(is_open || has_admin, || "links accounts by itself, those of admins too".to_owned())
}

fn by_group<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let judge = |role: &Record| {
        let group = role.parent.as_deref().unwrap_or_default();
        let owners = case.org().children("group_owner", group).iter().map(|owner| owner.text("/displayName"));
        let writers: Vec<&str> =
            owners.chain(rules_to(case, group).into_iter().map(|rule| rule.text("/name"))).collect();
        fail_if(!writers.is_empty(), || {
            format!("members become admins, and are chosen by {}", some_of(writers.iter().copied()))
        })
    };
    let roles = case.org().records("group_role").iter();
    roles.map(|role| Verdict { about: About::Record("group_role", role), answer: judge(role) }).collect()
}

/// The rules in force that put people into a group.
pub(super) fn rules_to<'a>(case: &Case<'a>, group: &str) -> Vec<&'a Record> {
    let rules = case.org().records("group_rule").iter().filter(|rule| is_active(rule));
    rules.filter(|rule| rule.texts("/actions/assignUserToGroups/groupIds").contains(&group)).collect()
}

/// Permissions that take over an account (Okta's reference of permissions).
const TAKES_OVER: &[&str] = &[
    "okta.users.credentials.manage",
    "okta.users.credentials.manageTemporaryAccessCode",
    "okta.users.credentials.resetFactors",
    "okta.users.credentials.resetPassword",
    "okta.users.manage",
];

fn resets_admins(case: &Case<'_>, binding: &Record) -> Answer {
    // Okta keeps its own roles of the help desk from touching admins; custom roles it does not.
    let may = permissions(case, own_id(binding)).into_iter().filter(|label| TAKES_OVER.contains(label));
    let may: Vec<&str> = may.collect();
    concerns(!may.is_empty())?;
    let set = binding.parent.as_deref().unwrap_or_default();
    let resources = case.org().children("resource_set_resource", set).iter();
    let reached = resources.flat_map(|resource| reached_people(case, resource.text("/orn")));
    let admins: BTreeSet<&str> = reached.filter(|person| case.admins().has(person)).collect();
    fail_if(!admins.is_empty(), || format!("{} over {} admins", some_of(may.iter().copied()), admins.len()))
}

/// The permissions of a custom role.
pub(super) fn permissions<'a>(case: &Case<'a>, role: &str) -> Vec<&'a str> {
    case.org().children("custom_role_permission", role).iter().map(|permission| permission.text("/label")).collect()
}

/// The people that a resource stands for; admins stand for everybody, as only they are asked for.
fn reached_people<'a>(case: &Case<'a>, orn: &'a str) -> Vec<&'a str> {
    let (kind, id) = resource(orn);
    match (kind, id) {
        ("users" | "groups", None) => case.admins().people().collect(),
        ("users", Some(id)) => vec![id],
        ("groups", Some(id)) => {
            let id = id.split(':').next().unwrap_or(id);
            case.org().children("group_member", id).iter().map(|member| own_id(member)).collect()
        }
        _ => Vec::new(),
    }
}

/// The kind of a resource and its id; none if it stands for all of its kind: `orn:okta:directory:00o1:users[:00u1]`.
pub(super) fn resource(orn: &str) -> (&str, Option<&str>) {
    let mut parts = orn.splitn(6, ':').skip(4);
    (parts.next().unwrap_or_default(), parts.next().filter(|id| !id.is_empty()))
}

/// Permissions over the credentials of an app.
const OVER_APPS: &[&str] = &["okta.apps.clientCredentials.read", "okta.apps.manage"];

fn over_apps<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let privileged = privileged_apps(case);
    let of_role = |entity: &'static str, targets: &'static str, role: &'a Record| {
        let named: Vec<&str> = case.org().children(targets, &role.id).iter().map(|target| own_id(target)).collect();
        let reached = privileged.iter().filter(|app| named.is_empty() || named.contains(app)).count();
        let words = move || format!("an app admin over {reached} apps that are admins");
        Verdict { about: About::Record(entity, role), answer: fail_if(reached > 0, words) }
    };
    let is_app_admin = |role: &&Record| role.text("/type") == "APP_ADMIN";
    let people = case.org().records("user_role").iter().filter(is_app_admin);
    let groups = case.org().records("group_role").iter().filter(is_app_admin);
    let custom = case.org().records("resource_set_binding").iter();
    people
        .map(|role| of_role("user_role", "user_role_app_target", role))
        .chain(groups.map(|role| of_role("group_role", "group_role_app_target", role)))
        .chain(custom.map(|binding| of_binding(case, binding, &privileged)))
        .collect()
}

/// Apps with a role, or with a scope that manages the org.
fn privileged_apps<'a>(case: &Case<'a>) -> BTreeSet<&'a str> {
    let manages = |grant: &&Record| grant.text("/scopeId").ends_with(".manage") && grant.text("/status") == "ACTIVE";
    let granted = case.org().records("app_grant").iter().filter(manages).filter_map(|grant| grant.parent.as_deref());
    case.admins().clients().map(|(client, _)| client).chain(granted).collect()
}

fn of_binding<'a>(case: &Case<'a>, binding: &'a Record, privileged: &BTreeSet<&str>) -> Verdict<'a> {
    let may = permissions(case, own_id(binding)).iter().any(|label| OVER_APPS.contains(label));
    let set = binding.parent.as_deref().unwrap_or_default();
    let reaches = |app: &&&str| {
        let resources = case.org().children("resource_set_resource", set).iter();
        resources.into_iter().any(|found| match resource(found.text("/orn")) {
            ("apps", None) => true,
            ("apps", Some(id)) => id.rsplit(':').next() == Some(**app),
            _ => false,
        })
    };
    let privileged_apps = if may { privileged.iter().filter(reaches).count() } else { 0 };
    let answer = concerns(may).and_then(|()| {
        fail_if(privileged_apps > 0, || format!("a custom role over {privileged_apps} apps that are admins"))
    });
    Verdict { about: About::Record("resource_set_binding", binding), answer }
}

fn third_party(_: &Case<'_>, setting: &Record) -> Answer {
    let is_on = setting.want_flag("/thirdPartyAdmin")?;
    fail_if(is_on, || "third-party admins are allowed".to_owned())
}

fn auto_assign(_: &Case<'_>, setting: &Record) -> Answer {
    let is_on = setting.want_flag("/autoAssignAdminAppSetting")?;
    pass_if(is_on, || "the Admin Console is not assigned with a role: somebody assigns it by hand".to_owned())
}

/// Permissions with which a custom role can take more (Okta's reference of permissions).
const DANGEROUS: &[&str] = &[
    "okta.agents.manage",
    "okta.apps.clientCredentials.read",
    "okta.apps.manage",
    "okta.authzServers.manage",
    "okta.customizations.manage",
    "okta.governance.accessCertifications.manage",
    "okta.groups.manage",
    "okta.iam.manage",
    "okta.identityProviders.manage",
    "okta.policies.manage",
    "okta.users.credentials.manage",
    "okta.users.credentials.manageTemporaryAccessCode",
    "okta.users.credentials.resetFactors",
    "okta.users.credentials.resetPassword",
    "okta.users.manage",
    "okta.workflows.invoke",
];

fn dangerous(case: &Case<'_>, role: &Record) -> Answer {
    let found: Vec<&str> = permissions(case, &role.id).into_iter().filter(|label| DANGEROUS.contains(label)).collect();
    fail_if(!found.is_empty(), || format!("may {}", some_of(found.iter().copied())))
}

fn wide_set(case: &Case<'_>, found: &Record) -> Answer {
    let set = found.parent.as_deref().unwrap_or_default();
    concerns(!case.org().children("resource_set_binding", set).is_empty())?;
    let (kind, id) = resource(found.want_text("/orn")?);
    pass_if(id.is_some() || !matches!(kind, "apps" | "groups" | "users"), || {
        format!("a role is bound to all {}", name(kind))
    })
}
