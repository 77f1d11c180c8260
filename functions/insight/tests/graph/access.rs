//! Who can open which app, by which ways, and what for.

use insight::graph::access::{Access, AccessIndex, Entry, LastUsed, Way};
use insight::graph::change::Cause;
use insight::graph::machine::machines;
use insight::graph::model::Graph;
use insight::graph::node::NodeKind;
use insight::graph::sign_on::Proof;
use insight::inventory::Known;
use serde_json::{Value, json};

use crate::org::{Org, hour, node};

fn access(graph: &Graph, user: &str, app: &str) -> Option<Access> {
    let (user, app) = (node(graph, NodeKind::User, user), node(graph, NodeKind::App, app));
    let opened = LastUsed::from([(("ada".to_owned(), "portal".to_owned()), hour(3))]);
    let index = AccessIndex::of(graph);
    let found = index.of_app(app, &opened).into_iter().find(|access| access.user == user);
    assert_eq!(
        found,
        index.of_user(user, &opened).into_iter().find(|access| access.app == app),
        "both questions agree"
    );
    found
}

fn rule(name: &str, priority: u64, conditions: &Value, mode: &str) -> Value {
    json!({
        "name": name, "priority": priority, "status": "ACTIVE", "conditions": conditions,
        "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": mode, "constraints": []}}},
    })
}

/// `ada` has the portal herself and by two groups, of which a rule fills one.
fn org() -> Org {
    let mut org = Org::sound();
    org.app("portal", json!({"_links": {"accessPolicy": {"href": "https://x/api/v1/policies/p2"}}}));
    org.set("policy", "p2", json!({"name": "Apps", "type": "ACCESS_POLICY", "status": "ACTIVE"}));
    let staff_at_work = json!({"people": {"groups": {"include": ["staff"]}}, "network": {"connection": "ZONE"}});
    org.set("policy_rule", "p2/r1", rule("at work", 1, &staff_at_work, "1FA"));
    org.set("policy_rule", "p2/r2", rule("everywhere", 2, &json!(null), "2FA"));
    org.group("sales", json!({})).member("sales", "ada");
    org.set(
        "group_rule",
        "0pr1",
        json!({
            "name": "Sales", "status": "ACTIVE", "conditions": {"expression": {"value": "user.department==\"sales\""}},
            "actions": {"assignUserToGroups": {"groupIds": ["sales"]}},
        }),
    );
    org.set("app_group", "portal/staff", json!({"priority": 1})).set(
        "app_group",
        "portal/sales",
        json!({"priority": 0}),
    );
    org.set(
        "app_user",
        "portal/ada",
        json!({"scope": "USER", "status": "ACTIVE", "created": "2026-01-02T03:04:05.000Z"}),
    );
    org.set("app_user", "portal/ben", json!({"scope": "GROUP", "status": "ACTIVE"}));
    org
}

#[test]
fn every_way_is_told_and_the_one_that_wins_first() {
    let graph = org().graph();
    let ada = access(&graph, "ada", "portal").unwrap();
    let (sales, staff) = (node(&graph, NodeKind::Group, "sales"), node(&graph, NodeKind::Group, "staff"));
    let by_rule = vec![Entry::Rule(node(&graph, NodeKind::GroupRule, "0pr1"))];
    let group = |group, entries, priority| Way::Group { group, entries, priority: Some(priority), since: None };
    let expected = [Way::Direct, group(sales, by_rule, 0), group(staff, vec![Entry::AddedBefore], 1)];
    assert_eq!(ada.ways, expected);
    assert_eq!(ada.since.unwrap().to_string(), "2026-01-02T03:04:05Z");
    assert_eq!((ada.last_used, ada.is_carried_out), (Some(hour(3)), true));
    let sign_on = ada.sign_on.unwrap();
    assert_eq!((sign_on.rules, sign_on.open), (vec!["at work".to_owned(), "everywhere".to_owned()], vec!["network"]));
    assert_eq!(sign_on.weakest, Some(Proof::OneFactor));
    assert_eq!(graph.gaps_of_access(), []);
}

#[test]
fn what_a_group_promises_is_told_apart_from_what_the_app_has() {
    let mut org = org();
    org.group("new", json!({})).member("new", "root").set("app_group", "hr/new", json!({}));
    org.set("app_user", "hr/ben", json!({"scope": "GROUP", "status": "ACTIVE"}));
    let graph = org.graph();
    assert!(!access(&graph, "root", "hr").unwrap().is_carried_out, "the app does not have him yet");
    assert_eq!(access(&graph, "ben", "hr").unwrap().ways, [Way::Unexplained]);
    assert!(access(&graph, "ada", "hr").is_none());
}

#[test]
fn who_put_somebody_into_a_group_is_known_from_the_change() {
    let before = org();
    let mut after = before.clone();
    after.group("vip", json!({})).member("vip", "ben").set("app_group", "portal/vip", json!({"priority": 5}));
    let changes = after.changes_since(&before, hour(2), "evt2");
    let graph = after.graph_at(hour(9), &changes);
    let ben = access(&graph, "ben", "portal").unwrap();
    let Some(Way::Group { entries, since, .. }) = ben.ways.last() else { panic!("{:?}", ben.ways) };
    let by = Cause { event: Some("evt2".to_owned()), event_type: None, actor: Some("mallory".to_owned()) };
    assert_eq!((entries.as_slice(), *since), (&[Entry::Added { by }][..], Some(hour(2))));
    let earlier = access(&after.graph_at(hour(1), &changes), "ben", "portal").unwrap();
    assert_eq!(earlier.ways.len(), 1, "he was in one group less");
}

#[test]
fn everyone_directories_and_providers_fill_groups() {
    let mut org = org();
    org.group("imported", json!({"type": "APP_GROUP", "source": {"id": "hr"}})).member("imported", "ada");
    org.set(
        "identity_provider",
        "idp2",
        json!({
            "name": "Partner", "status": "ACTIVE",
            "policy": {"provisioning": {"groups": {"action": "ASSIGN", "assignments": ["partners"]}}},
        }),
    );
    org.group("partners", json!({}))
        .group("everyone", json!({"type": "BUILT_IN", "profile": {"name": "Everyone"}}))
        .member("partners", "ada");
    for group in ["imported", "partners", "everyone"] {
        org.set("app_group", &format!("hr/{group}"), json!({}));
    }
    let graph = org.graph();
    let found: Vec<_> = access(&graph, "ada", "hr")
        .unwrap()
        .ways
        .into_iter()
        .map(|way| match way {
            Way::Group { entries, .. } => entries,
            other => panic!("{other:?}"),
        })
        .collect();
    let (hr, idp) = (node(&graph, NodeKind::App, "hr"), node(&graph, NodeKind::IdentityProvider, "idp2"));
    for entry in [Entry::Everyone, Entry::Imported(hr), Entry::IdentityProvider(idp)] {
        assert!(found.contains(&vec![entry.clone()]), "{entry:?}: {found:?}");
    }
}

#[test]
fn a_policy_that_was_not_read_asks_for_nobody_knows_what() {
    let mut org = org();
    org.records.retain(|(entity, _), _| *entity != "policy");
    org.unread.insert("policy", Known::NotCollected);
    assert_eq!(access(&org.graph(), "ada", "portal").unwrap().sign_on, None);
    org.unread.insert("app_user", Known::NotCollected);
    assert_eq!(org.graph().gaps_of_access()[0].entity, "app_user");
}

#[test]
fn machines_are_told_with_their_scopes_and_what_roles_are_for() {
    let mut org = Org::sound();
    org.set("api_token", "00T1", json!({"name": "backup", "userId": "root"}));
    org.set("client_role", "hr/ra1", json!({"type": "USER_ADMIN", "status": "ACTIVE"}));
    org.set("client_role_group_target", "hr/ra1/staff", json!({"id": "staff"})).grant("hr", "okta.users.manage");
    let found = machines(&org.graph());
    let one = |name: &str| found.iter().find(|machine| machine.name == name).unwrap();
    assert_eq!((one("backup").acts_as.as_deref(), one("backup").steps_to_super_admin), (Some("root"), Some(2)));
    assert_eq!(one("robot").scopes, ["okta.roles.manage"]);
    assert_eq!(one("robot").roles[0].reaches, ["the org"]);
    assert_eq!(
        (one("hr").roles[0].role.as_str(), one("hr").roles[0].reaches.as_slice()),
        ("Group Administrator", &["staff".to_owned()][..])
    );
    assert_eq!(one("hr").steps_to_super_admin, None, "root is protected from a group administrator");
    assert_eq!(one("reader").steps_to_super_admin, None, "its scope reads");
}
