//! Apps, who has them, their credentials and scopes.

use serde_json::Value;

use crate::graph::edge::EdgeKind;
use crate::graph::facts::{AppTrait, Assigned, Fact, Facts};
use crate::graph::json::{ids, is_active, text, texts};
use crate::graph::node::{NodeId, NodeKind};
use crate::inventory::Record;

/// The app that is the Admin Console, by its name in Okta's catalog.
const ADMIN_CONSOLE: &str = "saasure";

pub(crate) fn app(facts: &mut Facts, record: &Record) {
    let json = &record.json;
    let app = facts.node(NodeKind::App, &record.id);
    facts.describe(app, text(json, "/label"), is_active(json));
    facts.said.app_kinds.push((app, Box::from(text(json, "/name"))));
    if text(json, "/credentials/oauthClient/token_endpoint_auth_method").starts_with("client_secret") {
        facts.fact(Fact::App(app, AppTrait::HasClientSecret));
    }
    if text(json, "/name") == ADMIN_CONSOLE {
        facts.fact(Fact::App(app, AppTrait::IsAdminConsole));
    }
    for feature in texts(json, "/features") {
        match feature {
            "PROFILE_MASTERING" => facts.fact(Fact::App(app, AppTrait::MastersUsers)),
            "PUSH_PASSWORD_UPDATES" => facts.fact(Fact::App(app, AppTrait::ReceivesPasswords)),
            _ => {}
        }
    }
    if let Some(policy) = text(json, "/_links/accessPolicy/href").rsplit('/').next().filter(|id| !id.is_empty()) {
        let policy = facts.node(NodeKind::Policy, policy);
        facts.edge(EdgeKind::GuardedBy, app, policy);
    }
}

pub(crate) fn app_user(facts: &mut Facts, record: &Record) {
    let [app, user] = ids(record).try_into().unwrap_or_default();
    if user.is_empty()
        || matches!(text(&record.json, "/status"), "DEPROVISIONED" | "INACTIVE" | "REVOKED" | "SUSPENDED")
    {
        return;
    }
    let (app, user) = (facts.node(NodeKind::App, &app), facts.node(NodeKind::User, &user));
    let since_ms = text(&record.json, "/created").parse().map_or(0, |time: jiff::Timestamp| time.as_millisecond());
    let is_direct = text(&record.json, "/scope") == "USER";
    facts.said.assigned.push(Assigned { app, user, is_direct, since_ms });
}

pub(crate) fn app_group(facts: &mut Facts, record: &Record) {
    let [app, group] = ids(record).try_into().unwrap_or_default();
    if !group.is_empty() {
        let (app, group) = (facts.node(NodeKind::App, &app), facts.node(NodeKind::Group, &group));
        facts.edge(EdgeKind::AppOfGroup, group, app);
        let priority = record.json["priority"].as_i64().unwrap_or(i64::MAX);
        facts.said.priorities.push((app, group, priority));
    }
}

pub(crate) fn app_grant(facts: &mut Facts, record: &Record) {
    let app = ids(record).swap_remove(0);
    let scope = text(&record.json, "/scopeId");
    if is_active(&record.json) && !scope.is_empty() {
        let app = facts.node(NodeKind::App, &app);
        facts.fact(Fact::Grant(app, scope.to_owned()));
    }
}

pub(crate) fn app_jwk(facts: &mut Facts, record: &Record) {
    let [app, key] = ids(record).try_into().unwrap_or_default();
    if !key.is_empty() {
        let (app, node) = (facts.node(NodeKind::App, &app), facts.node(NodeKind::Key, &key));
        let kid = text(&record.json, "/kid");
        facts.describe(node, if kid.is_empty() { &key } else { kid }, is_active(&record.json));
        facts.edge(EdgeKind::CredentialOf, node, app);
    }
}

/// What an app's own page of features says of passwords and profiles.
pub(crate) fn app_feature(facts: &mut Facts, record: &Record) {
    let app = ids(record).swap_remove(0);
    let app: NodeId = facts.node(NodeKind::App, &app);
    let is_on = |pointer: &str| text(&record.json, pointer) == "ENABLED";
    if text(&record.json, "/status") == "DISABLED" {
        return;
    }
    if is_on("/capabilities/update/password/status") {
        facts.fact(Fact::App(app, AppTrait::ReceivesPasswords));
    }
    if is_on("/capabilities/importRules/userCreateAndMatch/profileMaster/status")
        || record.json["capabilities"]["profileMastering"] == Value::Bool(true)
    {
        facts.fact(Fact::App(app, AppTrait::MastersUsers));
    }
}

pub(crate) fn group_push(facts: &mut Facts, record: &Record) {
    let app = ids(record).swap_remove(0);
    let group = text(&record.json, "/sourceGroupId");
    if !group.is_empty() && text(&record.json, "/status") != "INACTIVE" {
        let (app, group) = (facts.node(NodeKind::App, &app), facts.node(NodeKind::Group, group));
        facts.edge(EdgeKind::GroupPush, group, app);
    }
}
