//! Identities that are not people: tokens, integrations, AI agents.

use serde_json::Value;

use crate::graph::edge::EdgeKind;
use crate::graph::facts::{Fact, Facts};
use crate::graph::json::{first, is_active, text, texts};
use crate::graph::node::NodeKind;
use crate::inventory::Record;

pub(crate) fn api_token(facts: &mut Facts, record: &Record) {
    let token = facts.node(NodeKind::ApiToken, &record.id);
    facts.describe(token, text(&record.json, "/name"), true);
    let owner = text(&record.json, "/userId");
    if !owner.is_empty() {
        let owner = facts.node(NodeKind::User, owner);
        facts.edge(EdgeKind::CredentialOf, token, owner);
    }
}

pub(crate) fn api_service(facts: &mut Facts, record: &Record) {
    let service = facts.node(NodeKind::ApiService, &record.id);
    facts.describe(service, text(&record.json, "/name"), true);
    for scope in texts(&record.json, "/grantedScopes") {
        facts.fact(Fact::Grant(service, scope.to_owned()));
    }
}

/// Owners come as ids or as objects, and a group may be one.
pub(crate) fn ai_agent(facts: &mut Facts, record: &Record) {
    let agent = facts.node(NodeKind::AiAgent, &record.id);
    facts.describe(agent, first(&record.json, &["/profile/name", "/name"]), is_active(&record.json));
    for owner in record.json["owners"].as_array().into_iter().flatten() {
        let named = owner.as_str().unwrap_or_else(|| first(owner, &["/id", "/orn"]));
        let id = named.rsplit(':').next().unwrap_or_default();
        let is_group = text(owner, "/type") == "GROUP" || named.contains(":groups:") || id.starts_with("00g");
        if !id.is_empty() {
            let owner = facts.node(if is_group { NodeKind::Group } else { NodeKind::User }, id);
            facts.edge(EdgeKind::OwnsAgent, owner, agent);
        }
    }
    let app = first(&record.json, &["/signOnProvider/appInstanceId", "/appId", "/clientId"]);
    if !app.is_empty() {
        let app = facts.node(NodeKind::App, app);
        facts.edge(EdgeKind::ActsAs, agent, app);
    }
}

/// Okta's support, while it is let in.
pub(crate) fn okta_support(facts: &mut Facts, record: &Record, as_of: jiff::Timestamp) {
    let ends = text(&record.json, "/expiration").parse::<jiff::Timestamp>();
    if text(&record.json, "/support") == "ENABLED" && ends.is_ok_and(|ends| ends > as_of) {
        let (support, org) = (facts.node(NodeKind::Support, "okta"), facts.node(NodeKind::Org, "org"));
        facts.describe(support, "Okta Support", true);
        facts.edge(EdgeKind::Impersonates, support, org);
    }
}

pub(crate) fn client_privileges(facts: &mut Facts, record: &Record) {
    if record.json["clientPrivilegesSetting"] == Value::Bool(true) {
        facts.fact(Fact::NewClientsAreSuperAdmins);
    }
}

pub(crate) fn org(facts: &mut Facts, record: &Record) {
    let org = facts.node(NodeKind::Org, "org");
    facts.describe(org, first(&record.json, &["/companyName", "/subdomain"]), true);
    facts.said.org_id = record.json["id"].as_str().map(str::to_owned);
}
