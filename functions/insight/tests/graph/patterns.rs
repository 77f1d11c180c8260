//! The patterns that lead to super admin: each is a change of a sound org that must appear, and disappear when it is undone.

use insight::graph::edge::EdgeKind::{
    self, ActsAs, AddMember, AgentOf, Authenticates, CanLink, ChangesTokens, CreateSuperClient, CredentialOf, EditHook,
    Guards, IdpFor, Impersonates, ManageApp, ManagePolicy, MastersUser, Member, Owns, OwnsAgent, ReadSecret,
    ReceivesPassword, ResetFactors, RuleFeeds, SignsFor, SuperAdmin, WritesAttribute,
};
use insight::graph::model::Graph;
use insight::graph::node::NodeKind::{
    self, Agent, ApiToken, App, AuthorizationServer, IdentityProvider, InlineHook, Key, Support, User,
};
use insight::graph::path::Answer;
use serde_json::json;

use crate::org::{Org, answer, hour, idp, kinds, merged};

const ORG: (NodeKind, &str) = (NodeKind::Org, "org");

/// Checks that a change opens a way, that the way is known to be opened by it, and that there is none before it or without it.
fn pattern(sound: &Org, change: impl Fn(&mut Org), who: (NodeKind, &str), to: (NodeKind, &str), expected: &[EdgeKind]) {
    let mut after = sound.clone();
    change(&mut after);
    let changes = after.changes_since(sound, hour(5), "evt5");
    let graph = after.graph_at(hour(9), &changes);
    let Answer::Path(path) = answer(&graph, who, to) else { panic!("no path") };
    assert_eq!(kinds(&path), expected);
    let (since, cause) = graph.opened(&path).unwrap();
    assert_eq!((since, cause.event.as_deref(), cause.actor.as_deref()), (hour(5), Some("evt5"), Some("mallory")));
    for step in &path.steps {
        assert!(!graph.says(step).contains('{') && !graph.abuse(step).is_empty(), "{}", graph.says(step));
    }
    let nowhere = |graph: Graph| graph.find(who.0, who.1).is_none() || answer(&graph, who, to) == Answer::NoPath;
    assert!(nowhere(after.graph_at(hour(4), &changes)), "it was not there before");
    assert!(nowhere(sound.graph()), "without the change, it is not there");
    let mut back = sound.changes_since(&after, hour(7), "evt7");
    back.extend(changes);
    let undone = sound.graph_at(hour(9), &back);
    assert!(nowhere(undone), "undone, it is gone");
    let between = sound.graph_at(hour(6), &back);
    assert!(matches!(answer(&between, who, to), Answer::Path(_)), "it was there in between");
}

const ADA: (NodeKind, &str) = (User, "ada");

#[test]
fn pattern_01_member_of_an_admin_group() {
    pattern(
        &Org::sound(),
        |org| {
            org.member("admins", "ada");
        },
        ADA,
        ORG,
        &[Member, SuperAdmin],
    );
}

#[test]
fn pattern_02_owner_of_an_admin_group() {
    let change = |org: &mut Org| {
        org.set("group_owner", "admins/ada", json!({"type": "USER"}));
    };
    pattern(&Org::sound(), change, ADA, ORG, &[Owns, SuperAdmin]);
}

#[test]
fn pattern_03_may_put_members_into_an_admin_group() {
    let custom = |org: &mut Org| {
        org.custom("ada", "okta.groups.members.manage", "orn:okta:directory:00o1:groups:admins");
    };
    pattern(&Org::sound(), custom, ADA, ORG, &[AddMember, SuperAdmin]);
    // Okta keeps standard roles from groups that it knows to have roles.
    let standard = |org: &mut Org| {
        org.role("user_role", "ada", "GROUP_MEMBERSHIP_ADMIN");
    };
    let mut refused = Org::sound();
    standard(&mut refused);
    assert_eq!(answer(&refused.graph(), ADA, ORG), Answer::NoPath);
    let mut unflagged = Org::sound();
    unflagged.group("admins", json!({}));
    pattern(&unflagged, standard, ADA, ORG, &[AddMember, SuperAdmin]);
}

#[test]
fn pattern_04_an_own_attribute_that_a_rule_looks_at() {
    let mut sound = Org::sound();
    sound.set("group_rule", "0pr1", rule("ACTIVE"));
    let schema = json!({"definitions": {"custom": {"properties": {"team": {"permissions": [{"principal": "SELF", "action": "READ_WRITE"}]}}}}});
    let change = |org: &mut Org| {
        org.set("user_schema", "oty1", schema.clone());
    };
    pattern(&sound, change, ADA, ORG, &[WritesAttribute, RuleFeeds, SuperAdmin]);
    let mut off = sound.clone();
    change(&mut off);
    off.set("group_rule", "0pr1", rule("INACTIVE"));
    assert_eq!(answer(&off.graph(), ADA, ORG), Answer::NoPath, "a rule that is off feeds nothing");
}

fn rule(status: &str) -> serde_json::Value {
    json!({
        "name": "Ops", "status": status,
        "conditions": {"expression": {"value": "user.team==\"ops\""}},
        "actions": {"assignUserToGroups": {"groupIds": ["admins"]}},
    })
}

#[test]
fn pattern_05_app_admin_of_a_service_that_is_super_admin() {
    let change = |org: &mut Org| {
        org.role("user_role", "ada", "APP_ADMIN");
    };
    pattern(&Org::sound(), change, ADA, ORG, &[ManageApp, SuperAdmin]);
}

#[test]
fn pattern_06_a_read_only_admin_reads_a_client_secret() {
    let mut sound = Org::sound();
    sound.role("user_role", "ada", "READ_ONLY_ADMIN");
    let secret = json!({"credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}}});
    let change = |org: &mut Org| {
        org.app("robot", secret.clone());
    };
    let mut changed = sound.clone();
    change(&mut changed);
    let Answer::Path(path) = answer(&changed.graph(), ADA, ORG) else { panic!() };
    assert_eq!(kinds(&path), [ReadSecret, SuperAdmin]);
    assert_eq!(answer(&sound.graph(), ADA, ORG), Answer::NoPath);
    let role = |org: &mut Org| {
        org.role("user_role", "ada", "READ_ONLY_ADMIN");
    };
    let mut with_secret = Org::sound();
    change(&mut with_secret);
    pattern(&with_secret, role, ADA, ORG, &[ReadSecret, SuperAdmin]);
}

#[test]
fn pattern_07_a_token_of_a_super_admin() {
    let change = |org: &mut Org| {
        org.set("api_token", "00T1", json!({"name": "backup", "userId": "root"}));
    };
    pattern(&Org::sound(), change, (ApiToken, "00T1"), ORG, &[CredentialOf, SuperAdmin]);
}

#[test]
fn pattern_08_a_custom_help_desk_resets_the_factors_of_a_super_admin() {
    let custom = |org: &mut Org| {
        org.custom("ada", "okta.users.credentials.resetFactors", "orn:okta:directory:00o1:users");
    };
    pattern(&Org::sound(), custom, ADA, ORG, &[ResetFactors, SuperAdmin]);
    let mut standard = Org::sound();
    standard.role("user_role", "ada", "HELP_DESK_ADMIN");
    assert_eq!(
        answer(&standard.graph(), ADA, ORG),
        Answer::NoPath,
        "Okta protects super admins from the standard role"
    );
    assert!(matches!(answer(&standard.graph(), ADA, (User, "ben")), Answer::Path(_)));
}

#[test]
fn pattern_09_an_identity_provider_that_links_to_anybody() {
    let change = |org: &mut Org| {
        org.set("identity_provider", "idp1", idp(&json!(null)));
    };
    pattern(&Org::sound(), change, (IdentityProvider, "idp1"), ORG, &[CanLink, SuperAdmin]);
    pattern(&Org::sound(), change, (Key, "kid1"), ORG, &[SignsFor, CanLink, SuperAdmin]);
    let linked = |org: &mut Org| {
        org.set("identity_provider_user", "idp1/root", json!({"id": "root"}));
    };
    pattern(&Org::sound(), linked, (IdentityProvider, "idp1"), ORG, &[IdpFor, SuperAdmin]);
    let groups = json!({"groups": {"include": ["staff"]}});
    let by_group = |org: &mut Org| {
        org.set("identity_provider", "idp1", idp(&groups));
    };
    pattern(&Org::sound(), by_group, (IdentityProvider, "idp1"), ORG, &[CanLink, SuperAdmin]);
}

#[test]
fn pattern_10_the_host_of_a_directory_agent() {
    let provider = json!({"credentials": {"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp"}}});
    let mut mastered = Org::sound();
    mastered.user("root", provider.clone());
    let Answer::Path(path) = answer(&mastered.graph(), (Agent, "agent1"), ORG) else { panic!() };
    assert_eq!(kinds(&path), [AgentOf, Authenticates, SuperAdmin]);
    let mut sound = Org::sound();
    sound.user("ada", provider);
    let change = |org: &mut Org| {
        org.role("user_role", "ada", "SUPER_ADMIN");
    };
    pattern(&sound, change, (Agent, "agent1"), ORG, &[AgentOf, Authenticates, SuperAdmin]);
    assert_eq!(answer(&Org::sound().graph(), (Agent, "agent1"), ORG), Answer::NoPath);
}

#[test]
fn pattern_11_an_app_that_masters_an_admin_or_receives_the_password() {
    for (feature, kind) in [("PUSH_PASSWORD_UPDATES", ReceivesPassword), ("PROFILE_MASTERING", MastersUser)] {
        let mut sound = Org::sound();
        sound.app("hr", json!({"features": [feature]}));
        let has_root = |org: &mut Org| {
            org.set("app_user", "hr/root", json!({"scope": "USER", "status": "PROVISIONED"}));
            org.set("user_role", "root/extra", json!({"type": "SUPER_ADMIN", "status": "ACTIVE"}));
        };
        let mut changed = sound.clone();
        has_root(&mut changed);
        let Answer::Path(path) = answer(&changed.graph(), (App, "hr"), ORG) else { panic!("{feature}") };
        assert_eq!(kinds(&path), [kind, SuperAdmin]);
        assert_eq!(answer(&sound.graph(), (App, "hr"), ORG), Answer::NoPath);
        sound.set("app_user", "hr/ada", json!({"scope": "USER", "status": "PROVISIONED"}));
        let change = |org: &mut Org| {
            org.role("user_role", "ada", "SUPER_ADMIN");
        };
        pattern(&sound, change, (App, "hr"), ORG, &[kind, SuperAdmin]);
    }
}

#[test]
fn pattern_12_a_client_with_a_role_and_a_scope_to_use_it() {
    for scope in ["okta.roles.manage", "okta.apps.manage"] {
        let change = |org: &mut Org| {
            org.grant("reader", scope);
            org.set("client_role", "reader/SUPER_ADMIN", json!({"type": "SUPER_ADMIN", "status": "ACTIVE"}));
        };
        let mut changed = Org::sound();
        change(&mut changed);
        let Answer::Path(path) = answer(&changed.graph(), (App, "reader"), ORG) else { panic!("{scope}") };
        assert_eq!(kinds(&path), [SuperAdmin]);
        assert_eq!(answer(&Org::sound().graph(), (App, "reader"), ORG), Answer::NoPath, "it may only read the log");
        let mut sound = Org::sound();
        sound.app("job", json!({})).grant("job", scope);
        let role = |org: &mut Org| {
            org.role("client_role", "job", "SUPER_ADMIN");
        };
        pattern(&sound, role, (App, "job"), ORG, &[SuperAdmin]);
    }
}

#[test]
fn pattern_13_manages_the_policy_of_the_admin_console() {
    let custom = |org: &mut Org| {
        org.custom("ada", "okta.policies.manage", "orn:okta:idp:00o1:policies:ACCESS_POLICY:p1");
    };
    pattern(&Org::sound(), custom, ADA, ORG, &[ManagePolicy, Guards]);
}

#[test]
fn pattern_14_an_inline_hook_that_changes_tokens() {
    let rule = json!({"status": "ACTIVE", "actions": {"token": {"inlineHook": {"id": "hook1"}}}});
    let change = |org: &mut Org| {
        org.set("authorization_server_policy_rule", "aus1/pol/rule", rule.clone());
    };
    let server = (AuthorizationServer, "aus1");
    pattern(&Org::sound(), change, (InlineHook, "hook1"), server, &[ChangesTokens]);
    let mut hooked = Org::sound();
    change(&mut hooked);
    let custom = |org: &mut Org| {
        org.custom("ada", "okta.inlinehooks.manage", "orn:okta:idp:00o1:inlineHooks");
    };
    pattern(&hooked, custom, ADA, server, &[EditHook, ChangesTokens]);
    assert!(hooked.graph().tier_zero().contains(&hooked.graph().find(server.0, server.1).unwrap()));
}

#[test]
fn pattern_15_okta_support_may_sign_in() {
    let open = |until: i64| json!({"support": "ENABLED", "expiration": hour(until).to_string()});
    let change = |org: &mut Org| {
        org.set("okta_support", "okta_support", open(48));
    };
    pattern(&Org::sound(), change, (Support, "okta"), ORG, &[Impersonates]);
    let mut expired = Org::sound();
    expired.set("okta_support", "okta_support", open(-1));
    assert!(expired.graph().find(Support, "okta").is_none(), "it has ended");
}

#[test]
fn pattern_16_an_ai_agent_whose_owner_is_weaker_than_it() {
    let agent = json!({"status": "ACTIVE", "profile": {"name": "Helper"}, "owners": ["ada"], "appId": "robot"});
    let change = |org: &mut Org| {
        org.set("ai_agent", "wlp1", agent.clone());
    };
    pattern(&Org::sound(), change, ADA, ORG, &[OwnsAgent, ActsAs, SuperAdmin]);
}

#[test]
fn pattern_17_new_clients_become_super_admins() {
    let mut sound = Org::sound();
    let off = sound.records[&("app", "robot".to_owned())].clone();
    sound.set("app", "robot", merged(off, json!({"status": "INACTIVE"})));
    let on = |org: &mut Org| {
        org.set("client_privileges_setting", "client_privileges_setting", json!({"clientPrivilegesSetting": true}));
    };
    let mut with_role = sound.clone();
    with_role.role("user_role", "ada", "APP_ADMIN");
    assert_eq!(answer(&with_role.graph(), ADA, ORG), Answer::NoPath);
    let mut changed = with_role.clone();
    on(&mut changed);
    let Answer::Path(path) = answer(&changed.graph(), ADA, ORG) else { panic!() };
    assert_eq!(kinds(&path), [CreateSuperClient]);
    let mut with_setting = sound.clone();
    on(&mut with_setting);
    let role = |org: &mut Org| {
        org.role("user_role", "ada", "APP_ADMIN");
    };
    pattern(&with_setting, role, ADA, ORG, &[CreateSuperClient]);
}
