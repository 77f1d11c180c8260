//! Users, groups, who is in them, who owns them, and the rules that fill them.

use serde_json::Value;

use crate::graph::edge::EdgeKind;
use crate::graph::facts::{Fact, Facts};
use crate::graph::json::{first, ids, is_active, text, texts};
use crate::graph::node::NodeKind;
use crate::graph::nodes::Description;
use crate::inventory::Record;

pub(crate) fn user(facts: &mut Facts, record: &Record) {
    let user = facts.node(NodeKind::User, &record.id);
    let name = first(&record.json, &["/profile/login", "/profile/email", "/profile/displayName"]);
    facts.describe(user, name, text(&record.json, "/status") != "DEPROVISIONED");
    if let Some(realm) = Some(text(&record.json, "/realmId")).filter(|realm| !realm.is_empty()) {
        let realm = facts.node(NodeKind::Realm, realm);
        facts.edge(EdgeKind::RealmContains, realm, user);
    }
    let directory = text(&record.json, "/credentials/provider/name");
    if matches!(text(&record.json, "/credentials/provider/type"), "ACTIVE_DIRECTORY" | "LDAP") && !directory.is_empty()
    {
        facts.fact(Fact::Directory(user, Box::from(directory)));
    }
}

/// Okta spells the flag in three ways.
pub(crate) fn group(facts: &mut Facts, record: &Record) {
    let group = facts.node(NodeKind::Group, &record.id);
    let stats = record.json.pointer("/_embedded/stats");
    let spellings = ["hasAdminPrivilege", "hasAdminPrivlege", "hasAdminPrivileges"];
    let is_protected = spellings.iter().find_map(|name| stats?.get(name)?.as_bool()).unwrap_or(false);
    let name = Box::from(text(&record.json, "/profile/name"));
    facts.said.described.push(Description { node: group, name, is_active: true, is_protected });
    if text(&record.json, "/type") == "BUILT_IN" && text(&record.json, "/profile/name") == "Everyone" {
        facts.said.everyone.push(group);
    }
    let source = text(&record.json, "/source/id");
    if text(&record.json, "/type") == "APP_GROUP" && !source.is_empty() {
        let app = facts.node(NodeKind::App, source);
        facts.edge(EdgeKind::GroupPull, app, group);
    }
}

pub(crate) fn member(facts: &mut Facts, record: &Record) {
    let [group, user] = ids(record).try_into().unwrap_or_default();
    if !user.is_empty() {
        let (group, user) = (facts.node(NodeKind::Group, &group), facts.node(NodeKind::User, &user));
        facts.edge(EdgeKind::Member, user, group);
    }
}

pub(crate) fn owner(facts: &mut Facts, record: &Record) {
    let [group, owner] = ids(record).try_into().unwrap_or_default();
    // Until an owner whom an app names is known in Okta, there is nobody.
    if owner.is_empty() || record.json["resolved"] == Value::Bool(false) {
        return;
    }
    let kind = if text(&record.json, "/type") == "GROUP" { NodeKind::Group } else { NodeKind::User };
    let (group, owner) = (facts.node(NodeKind::Group, &group), facts.node(kind, &owner));
    facts.edge(EdgeKind::Owns, owner, group);
}

pub(crate) fn rule(facts: &mut Facts, record: &Record) {
    let rule = facts.node(NodeKind::GroupRule, &record.id);
    facts.describe(rule, text(&record.json, "/name"), text(&record.json, "/status") == "ACTIVE");
    for group in texts(&record.json, "/actions/assignUserToGroups/groupIds") {
        let group = facts.node(NodeKind::Group, group);
        facts.edge(EdgeKind::RuleFeeds, rule, group);
    }
    let expression = text(&record.json, "/conditions/expression/value");
    for group in quoted(expression).filter(|text| text.starts_with("00g")) {
        let group = facts.node(NodeKind::Group, group);
        facts.edge(EdgeKind::Decides, group, rule);
    }
    for attribute in attributes(expression) {
        facts.fact(Fact::Condition(rule, attribute));
    }
}

/// The texts in quotes of an expression: ids of groups, in `isMemberOfAnyGroup("00g…")`.
fn quoted(expression: &str) -> impl Iterator<Item = &str> {
    expression.split('"').skip(1).step_by(2)
}

/// The attributes of the user that an expression names: `user.department`, outside of quotes.
fn attributes(expression: &str) -> Vec<String> {
    let outside = expression.split('"').step_by(2);
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    let mut found: Vec<String> = outside
        .flat_map(|part| part.split("user.").skip(1))
        .map(|rest| rest.chars().take_while(|sign| is_name(*sign)).collect::<String>())
        .filter(|name| !name.is_empty() && !matches!(name.as_str(), "isMemberOfAnyGroup" | "isMemberOfGroup"))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The attributes that users may write themselves.
pub(crate) fn user_schema(facts: &mut Facts, record: &Record) {
    for part in ["base", "custom"] {
        let properties = record.json.pointer(&format!("/definitions/{part}/properties")).and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if property["permissions"].as_array().is_some_and(|permissions| permissions.iter().any(is_self_written)) {
                facts.fact(Fact::SelfWritten(name.clone()));
            }
        }
    }
}

fn is_self_written(permission: &Value) -> bool {
    text(permission, "/principal") == "SELF" && text(permission, "/action") == "READ_WRITE"
}

pub(crate) fn realm(facts: &mut Facts, record: &Record) {
    let realm = facts.node(NodeKind::Realm, &record.id);
    facts.describe(realm, text(&record.json, "/profile/name"), true);
}

pub(crate) fn device(facts: &mut Facts, record: &Record) {
    let device = facts.node(NodeKind::Device, &record.id);
    facts.describe(device, text(&record.json, "/profile/displayName"), is_active(&record.json));
    for user in record.json.pointer("/_embedded/users").and_then(Value::as_array).into_iter().flatten() {
        let user = facts.node(NodeKind::User, text(user, "/user/id"));
        facts.edge(EdgeKind::DeviceOf, device, user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_names_attributes_and_groups() {
        let expression = r#"user.department=="user.city" and isMemberOfAnyGroup("00g1","00g2") or user.title=="x""#;
        assert_eq!(attributes(expression), ["department", "title"]);
        assert_eq!(quoted(expression).collect::<Vec<_>>(), ["user.city", "00g1", "00g2", "x"]);
        assert!(attributes("user.").is_empty());
        assert!(attributes(r#"user.isMemberOfAnyGroup("00g1")"#).is_empty());
    }
}
