//! Who says who somebody is: identity providers, directories and their agents, authorization servers, hooks, policies.

use serde_json::Value;

use crate::graph::edge::EdgeKind;
use crate::graph::facts::{Fact, Facts, LinkFact};
use crate::graph::json::{ids, is_active, text, texts};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::sign_on;
use crate::inventory::Record;

pub(crate) fn provider(facts: &mut Facts, record: &Record) {
    let json = &record.json;
    let provider = facts.node(NodeKind::IdentityProvider, &record.id);
    facts.describe(provider, text(json, "/name"), is_active(json));
    let kid = text(json, "/protocol/credentials/trust/kid");
    if !kid.is_empty() {
        let key = facts.node(NodeKind::Key, kid);
        facts.edge(EdgeKind::SignsFor, key, provider);
    }
    if text(json, "/policy/accountLink/action") == "AUTO" {
        let link = link(facts, provider, json);
        facts.fact(Fact::Link(link));
    }
    let assigned = match text(json, "/policy/provisioning/groups/action") {
        "ASSIGN" => "assignments",
        "APPEND" | "SYNC" => "filter",
        _ => return,
    };
    for group in texts(json, &format!("/policy/provisioning/groups/{assigned}")) {
        let group = facts.node(NodeKind::Group, group);
        facts.edge(EdgeKind::IdpAssigns, provider, group);
    }
}

fn link(facts: &mut Facts, provider: NodeId, json: &Value) -> LinkFact {
    let mut nodes = |kind, pointer| texts(json, pointer).map(|id| facts.nodes.id(kind, id)).collect();
    LinkFact {
        provider,
        groups: nodes(NodeKind::Group, "/policy/accountLink/filter/groups/include"),
        excluded: nodes(NodeKind::User, "/policy/accountLink/filter/users/exclude"),
        excludes_admins: json.pointer("/policy/accountLink/filter/users/excludeAdmins") == Some(&Value::Bool(true)),
        source: facts.source,
    }
}

pub(crate) fn provider_user(facts: &mut Facts, record: &Record) {
    let [provider, user] = ids(record).try_into().unwrap_or_default();
    if !user.is_empty() {
        let (provider, user) = (facts.node(NodeKind::IdentityProvider, &provider), facts.node(NodeKind::User, &user));
        facts.edge(EdgeKind::IdpFor, provider, user);
    }
}

/// A pool, which stands for its directory, and the agents that speak for it.
pub(crate) fn agent_pool(facts: &mut Facts, record: &Record) {
    let pool = facts.node(NodeKind::AgentPool, &record.id);
    facts.describe(pool, text(&record.json, "/name"), true);
    if matches!(text(&record.json, "/type"), "AD" | "LDAP") {
        facts.fact(Fact::Directory(pool, Box::from(text(&record.json, "/name"))));
    }
    for agent in record.json["agents"].as_array().into_iter().flatten() {
        let id = text(agent, "/id");
        if !id.is_empty() {
            let node = facts.node(NodeKind::Agent, id);
            facts.describe(node, text(agent, "/name"), true);
            facts.edge(EdgeKind::AgentOf, node, pool);
        }
    }
}

pub(crate) fn server(facts: &mut Facts, record: &Record) {
    let server = facts.node(NodeKind::AuthorizationServer, &record.id);
    facts.describe(server, text(&record.json, "/name"), is_active(&record.json));
}

/// A rule of an authorization server may call a hook.
pub(crate) fn server_rule(facts: &mut Facts, record: &Record) {
    let server = ids(record).swap_remove(0);
    let hook = text(&record.json, "/actions/token/inlineHook/id");
    if !hook.is_empty() && is_active(&record.json) {
        let (hook, server) =
            (facts.node(NodeKind::InlineHook, hook), facts.node(NodeKind::AuthorizationServer, &server));
        facts.edge(EdgeKind::ChangesTokens, hook, server);
    }
}

pub(crate) fn hook(facts: &mut Facts, record: &Record) {
    let hook = facts.node(NodeKind::InlineHook, &record.id);
    facts.describe(hook, text(&record.json, "/name"), is_active(&record.json));
}

pub(crate) fn brand(facts: &mut Facts, record: &Record) {
    let page = facts.node(NodeKind::SignInPage, &record.id);
    facts.describe(page, text(&record.json, "/name"), true);
}

pub(crate) fn policy(facts: &mut Facts, record: &Record) {
    // Some entities have the kind of policy before the id.
    let id = ids(record).pop().unwrap_or_default();
    let policy = facts.node(NodeKind::Policy, &id);
    facts.describe(policy, text(&record.json, "/name"), is_active(&record.json));
    facts.said.policies.push((policy, sign_on::policy(text(&record.json, "/type"))));
}

pub(crate) fn policy_rule(facts: &mut Facts, record: &Record) {
    let mut ids = ids(record);
    ids.pop();
    if let Some(policy) = ids.pop()
        && is_active(&record.json)
    {
        let policy = facts.node(NodeKind::Policy, &policy);
        let rule = sign_on::rule(&mut facts.nodes, &record.json);
        facts.said.policies.push((policy, rule));
    }
}
