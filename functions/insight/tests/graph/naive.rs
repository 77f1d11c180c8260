//! The same questions, answered in the plainest way from the records themselves: who can become super admin, and in how many
//! steps. It shares no code with the graph, and is slow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::org::Org;

/// What leads to what, by names such as `user:u1`.
#[derive(Debug, Default)]
struct Facts {
    leads: BTreeSet<(String, String)>,
}

/// How many steps each thing is from super admin; what is not in it has no way.
pub(crate) fn distances(org: &Org) -> BTreeMap<String, u32> {
    let leads = facts(org).leads;
    let mut distances = BTreeMap::from([("org".to_owned(), 0)]);
    loop {
        let mut next = distances.clone();
        for (from, to) in &leads {
            if let Some(distance) = distances.get(to) {
                let known = next.entry(from.clone()).or_insert(u32::MAX);
                *known = (*known).min(distance + 1);
            }
        }
        if next == distances {
            return distances;
        }
        distances = next;
    }
}

fn rows<'a>(org: &'a Org, entity: &str) -> Vec<(Vec<&'a str>, &'a Value)> {
    let rows = org.records.iter().filter(|((of, _), _)| *of == entity);
    rows.map(|((_, id), json)| (id.split('/').collect(), json)).collect()
}

fn alive(org: &Org, entity: &'static str, id: &str) -> bool {
    org.records
        .get(&(entity, id.to_owned()))
        .is_some_and(|json| !matches!(json["status"].as_str(), Some("DEPROVISIONED" | "INACTIVE")))
}

fn members<'a>(org: &'a Org, group: &str) -> Vec<&'a str> {
    rows(org, "group_member").into_iter().filter(|(ids, _)| ids[0] == group).map(|(ids, _)| ids[1]).collect()
}

fn all<'a>(org: &'a Org, entity: &str) -> Vec<&'a str> {
    rows(org, entity).into_iter().map(|(ids, _)| ids[0]).collect()
}

const HOLDERS: [(&str, &str); 3] = [("user_role", "user"), ("group_role", "group"), ("client_role", "app")];

fn super_admins(org: &Org) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (entity, kind) in HOLDERS {
        for (ids, role) in rows(org, entity).into_iter().filter(|(_, role)| role["type"] == "SUPER_ADMIN") {
            let _ = role;
            found.insert(format!("{kind}:{}", ids[0]));
            if kind == "group" {
                found.extend(members(org, ids[0]).into_iter().map(|user| format!("user:{user}")));
            }
        }
    }
    found
}

fn admins(org: &Org) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (entity, kind) in HOLDERS {
        for (ids, _) in rows(org, entity) {
            found.insert(format!("{kind}:{}", ids[0]));
            if kind == "group" {
                found.extend(members(org, ids[0]).into_iter().map(|user| format!("user:{user}")));
            }
        }
    }
    found
}

fn facts(org: &Org) -> Facts {
    let mut facts = Facts::default();
    let mut lead = |from: String, to: String| {
        facts.leads.insert((from, to));
    };
    let watched = watched(org);
    for (ids, _) in rows(org, "group_member") {
        lead(format!("user:{}", ids[1]), format!("group:{}", ids[0]));
    }
    for (ids, owner) in rows(org, "group_owner") {
        let kind = owner["type"].as_str().unwrap().to_lowercase();
        lead(format!("{kind}:{}", ids[1]), format!("group:{}", ids[0]));
    }
    for (ids, rule) in rows(org, "group_rule").into_iter().filter(|(_, rule)| rule["status"] == "ACTIVE") {
        for group in rule["actions"]["assignUserToGroups"]["groupIds"].as_array().unwrap() {
            lead(format!("rule:{}", ids[0]), format!("group:{}", group.as_str().unwrap()));
        }
        if rule["conditions"]["expression"]["value"].as_str().unwrap().contains("00g1") {
            lead("group:00g1".to_owned(), format!("rule:{}", ids[0]));
        }
    }
    for (rule, attribute) in &watched {
        if attribute == "team" && !all(org, "user_schema").is_empty() {
            for user in all(org, "user") {
                lead(format!("user:{user}"), format!("rule:{rule}"));
            }
        }
    }
    for (ids, group) in rows(org, "group").into_iter().filter(|(_, group)| group["type"] == "APP_GROUP") {
        lead(format!("app:{}", group["source"]["id"].as_str().unwrap()), format!("group:{}", ids[0]));
    }
    for (ids, token) in rows(org, "api_token") {
        lead(format!("token:{}", ids[0]), format!("user:{}", token["userId"].as_str().unwrap()));
    }
    for (ids, agent) in rows(org, "ai_agent") {
        lead(format!("user:{}", agent["owners"][0].as_str().unwrap()), format!("ai:{}", ids[0]));
        lead(format!("ai:{}", ids[0]), format!("app:{}", agent["appId"].as_str().unwrap()));
    }
    lead("agent:agent1".to_owned(), "pool:pool1".to_owned());
    for (ids, user) in rows(org, "user") {
        if user["credentials"]["provider"]["name"] == "corp" {
            lead("pool:pool1".to_owned(), format!("user:{}", ids[0]));
        }
    }
    for (ids, app) in rows(org, "app") {
        for feature in app["features"].as_array().into_iter().flatten() {
            for (user, _) in rows(org, "app_user").into_iter().filter(|(user, _)| user[0] == ids[0]) {
                lead(format!("app:{}", ids[0]), format!("user:{}", user[1]));
            }
            if feature == "PROFILE_MASTERING" {
                watched.iter().for_each(|(rule, _)| lead(format!("app:{}", ids[0]), format!("rule:{rule}")));
            }
        }
    }
    lead("policy:p1".to_owned(), "org".to_owned());
    providers(org, &mut lead);
    built_in(org, &watched, &mut lead);
    custom(org, &watched, &mut lead);
    facts.leads.retain(|(from, to)| exists(org, from) && exists(org, to));
    facts
}

/// The rules that are on, with the attribute of each.
fn watched(org: &Org) -> Vec<(String, String)> {
    let on = rows(org, "group_rule").into_iter().filter(|(_, rule)| rule["status"] == "ACTIVE");
    let watched = on.filter_map(|(ids, rule)| {
        let value = rule["conditions"]["expression"]["value"].as_str().unwrap();
        let attribute = value.strip_prefix("user.")?.split('=').next()?;
        Some((ids[0].to_owned(), attribute.to_owned()))
    });
    watched.collect()
}

fn exists(org: &Org, name: &str) -> bool {
    match name.split_once(':') {
        Some(("user", id)) => alive(org, "user", id),
        Some(("group", id)) => alive(org, "group", id),
        Some(("app", id)) => alive(org, "app", id),
        _ => true,
    }
}

fn providers(org: &Org, lead: &mut impl FnMut(String, String)) {
    let admins = admins(org);
    for (_, idp) in rows(org, "identity_provider") {
        lead("key:kid1".to_owned(), "idp:idp1".to_owned());
        let filter = &idp["policy"]["accountLink"]["filter"];
        let among = match filter["groups"]["include"][0].as_str() {
            Some(group) => members(org, group),
            None => all(org, "user"),
        };
        for user in among {
            let user = format!("user:{user}");
            if filter["users"]["excludeAdmins"] != true || !admins.contains(&user) {
                lead("idp:idp1".to_owned(), user);
            }
        }
    }
}

fn scoped(org: &Org, holder: &str, scopes: &[&str]) -> bool {
    let Some(app) = holder.strip_prefix("app:") else { return true };
    rows(org, "app_grant").into_iter().any(|(ids, _)| ids[0] == app && scopes.contains(&ids[1]))
}

fn built_in(org: &Org, watched: &[(String, String)], lead: &mut impl FnMut(String, String)) {
    let super_admins = super_admins(org);
    for (entity, kind) in HOLDERS {
        for (ids, role) in rows(org, entity).into_iter().filter(|(_, role)| role["type"] != "CUSTOM") {
            let (holder, role) = (format!("{kind}:{}", ids[0]), role["type"].as_str().unwrap());
            let targets: Vec<&str> = ["group", "app"]
                .iter()
                .flat_map(|of| rows(org, &format!("{entity}_{of}_target")))
                .filter(|(target, _)| target[..2] == ids[..])
                .map(|(target, _)| target[2])
                .collect();
            let groups = if targets.is_empty() { all(org, "group") } else { targets.clone() };
            let users: Vec<&str> = if targets.is_empty() {
                all(org, "user")
            } else {
                groups.iter().flat_map(|group| members(org, group)).collect()
            };
            let free = |name: &String| !super_admins.contains(name);
            if role == "SUPER_ADMIN"
                && scoped(
                    org,
                    &holder,
                    &["okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.roles.manage"],
                )
            {
                lead(holder.clone(), "org".to_owned());
            }
            if matches!(role, "USER_ADMIN" | "HELP_DESK_ADMIN") && scoped(org, &holder, &["okta.users.manage"]) {
                users
                    .iter()
                    .map(|user| format!("user:{user}"))
                    .filter(free)
                    .for_each(|user| lead(holder.clone(), user));
            }
            if role == "USER_ADMIN" && scoped(org, &holder, &["okta.users.manage"]) {
                watched.iter().for_each(|(rule, _)| lead(holder.clone(), format!("rule:{rule}")));
            }
            if matches!(role, "USER_ADMIN" | "GROUP_MEMBERSHIP_ADMIN") && scoped(org, &holder, &["okta.groups.manage"])
            {
                let flag = |group: &str| {
                    org.records
                        .get(&("group", group.to_owned()))
                        .is_some_and(|group| group["_embedded"]["stats"]["hasAdminPrivilege"] == true)
                };
                let groups = groups.iter().filter(|group| !flag(group)).map(|group| format!("group:{group}"));
                groups.for_each(|group| lead(holder.clone(), group));
            }
            let apps: Vec<&str> = all(org, "app")
                .into_iter()
                .filter(|app| targets.is_empty() || targets.iter().any(|target| app_is(org, app, target)))
                .collect();
            if role == "APP_ADMIN" && scoped(org, &holder, &["okta.apps.manage"]) {
                apps.iter().for_each(|app| lead(holder.clone(), format!("app:{app}")));
            }
            if role == "APP_ADMIN" && targets.is_empty() && scoped(org, &holder, &["okta.users.manage"]) {
                watched.iter().for_each(|(rule, _)| lead(holder.clone(), format!("rule:{rule}")));
            }
            if matches!(role, "APP_ADMIN" | "READ_ONLY_ADMIN")
                && scoped(org, &holder, &["okta.apps.read", "okta.apps.manage"])
            {
                apps.iter()
                    .filter(|app| has_secret(org, app))
                    .for_each(|app| lead(holder.clone(), format!("app:{app}")));
            }
        }
    }
}

fn app_is(org: &Org, app: &str, target: &str) -> bool {
    match target.split_once(',') {
        Some((_, id)) => id == app,
        None => org.records[&("app", app.to_owned())]["name"] == *target,
    }
}

fn has_secret(org: &Org, app: &str) -> bool {
    org.records
        .get(&("app", app.to_owned()))
        .is_some_and(|app| app["credentials"]["oauthClient"]["token_endpoint_auth_method"] == "client_secret_basic")
}

fn custom(org: &Org, watched: &[(String, String)], lead: &mut impl FnMut(String, String)) {
    for (ids, _) in rows(org, "user_role").into_iter().filter(|(_, role)| role["type"] == "CUSTOM") {
        let holder = format!("user:{}", ids[0]);
        let permission = rows(org, "custom_role_permission")[0].0[1];
        let resource = rows(org, "resource_set_resource")[0].1["orn"].as_str().unwrap();
        let parts: Vec<&str> = resource.split(':').skip(4).collect();
        let reached: Vec<String> = match parts[..] {
            ["users"] => all(org, "user").into_iter().map(|user| format!("user:{user}")).collect(),
            ["users", user] => vec![format!("user:{user}")],
            ["groups", group, _] => members(org, group).into_iter().map(|user| format!("user:{user}")).collect(),
            ["groups", group] => vec![format!("group:{group}")],
            ["apps"] => all(org, "app").into_iter().map(|app| format!("app:{app}")).collect(),
            _ => vec!["policy:p1".to_owned()],
        };
        let is_of_users = parts[0] == "users" || parts.len() == 3;
        if permission == "okta.users.manage" && is_of_users {
            watched.iter().for_each(|(rule, _)| lead(holder.clone(), format!("rule:{rule}")));
        }
        for thing in reached {
            let kind = thing.split(':').next().unwrap();
            let is_power = match permission {
                "okta.users.manage" | "okta.users.credentials.resetPassword" => kind == "user",
                "okta.groups.members.manage" => kind == "group",
                "okta.apps.manage" => kind == "app",
                "okta.apps.clientCredentials.read" => {
                    kind == "app" && has_secret(org, thing.split(':').nth(1).unwrap())
                }
                "okta.policies.manage" => kind == "policy",
                _ => false,
            };
            if is_power {
                lead(holder.clone(), thing);
            }
        }
    }
}
