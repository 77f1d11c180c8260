//! Agents on the org's own machines: directories, RADIUS; and realms, which users are assigned to.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, whole};
use crate::api::error::ApiError;

/// Pool, type, agent and whether the agent is the newest version in a typical org.
const POOLS: &[(&str, &str, &[&str])] = &[
    ("corp.acme.example", "AD", &["dc01.corp.acme.example", "dc02.corp.acme.example"]),
    ("vpn", "Radius", &["radius01.acme.example"]),
    ("ldap.acme.example", "LDAP", &["ldap01.acme.example"]),
];

/// `GET /api/v1/agentPools`: in a bad org, agents are old, alone or gone.
pub(crate) fn pools<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let pool = |(number, (name, kind, agents)): (u64, &(&str, &str, &[&str]))| {
        let id = pool_id(context, number);
        let count = context.pick(agents.len(), agents.len(), 1);
        let agents: Vec<Value> = agents[..count]
            .iter()
            .enumerate()
            .map(|(place, name)| agent(context, (&id, kind), number * 10 + place as u64, name))
            .collect();
        let inactive = agents.iter().filter(|agent| agent["operationalStatus"] == "INACTIVE").count();
        json!({
            "id": id,
            "name": name,
            "type": kind,
            "operationalStatus": if inactive == agents.len() { "INACTIVE" } else { "OPERATIONAL" },
            "disruptedAgents": 0,
            "inactiveAgents": inactive,
            "agents": agents,
        })
    };
    whole((0..).zip(POOLS).map(pool).collect())
}

fn agent(context: &EndpointContext<'_>, (pool, kind): (&str, &str), number: u64, name: &str) -> Value {
    let is_gone = number == 20 && context.pick(false, false, true);
    let is_latest = context.pick(true, !number.is_multiple_of(10), false);
    json!({
        "id": context.org.single_id("a53", number),
        "name": name,
        "type": kind,
        "poolId": pool,
        "operationalStatus": if is_gone { "INACTIVE" } else { "OPERATIONAL" },
        "updateStatus": "Success",
        "version": if is_latest { "3.22.0" } else { "3.9.2" },
        "isHidden": false,
        "isLatestGAedVersion": is_latest,
        "latestGAedVersion": "3.22.0",
        "lastConnection": context.now_ms - if is_gone { 40 * 86_400_000 } else { 20_000 },
    })
}

/// `GET /api/v1/agentPools/{id}/updates`.
pub(crate) fn updates<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let number = (0..POOLS.len() as u64).find(|number| pool_id(context, *number) == context.id(0));
    let number = number.ok_or_else(|| context.not_found(0, "AgentPool"))?;
    whole(vec![json!({
        "id": context.org.single_id("apu", number),
        "name": "Monthly",
        "agentType": POOLS[number as usize].1,
        "agents": [],
        "enabled": context.pick(true, true, false),
        "notifyAdmin": true,
        "reason": null,
        "schedule": {"cron": "0 3 * * 6L", "timezone": "Europe/Berlin", "delay": 0, "duration": 420, "lastUpdated": context.long_ago()},
        "sortOrder": 0,
        "status": "Scheduled",
        "targetVersion": "3.22.0",
        "_links": {},
    })])
}

fn pool_id(context: &EndpointContext<'_>, number: u64) -> String {
    context.org.single_id("0oa", 78 + number)
}

/// The realms: name and type.
const REALMS: &[(&str, &str)] = &[("Default Realm", "DEFAULT"), ("Contractors", "PARTNER")];

/// `GET /api/v1/realms`.
pub(crate) fn realms<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let realm = |(number, (name, kind)): (u64, &(&str, &str))| {
        let members = json!({"isDefault": number == 0, "profile": {"name": name, "realmType": kind}});
        context.object("guo", number, "/api/v1/realms", members)
    };
    linked((0..).zip(REALMS).map(realm).collect(), 200, 200)
}

/// `GET /api/v1/realm-assignments`: contractors have a realm of their own.
pub(crate) fn realm_assignments<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let assignment = |(number, (name, expression)): (u64, (&str, Value))| {
        let realm = context.org.single_id("guo", number);
        context.object(
            "rul",
            number,
            "/api/v1/realm-assignments",
            json!({
                "name": name,
                "status": "ACTIVE",
                "isDefault": number == 0,
                "priority": if number == 0 { 499 } else { 0 },
                "domains": [],
                "conditions": {"expression": expression, "profileSourceId": context.org.single_id("0oa", 2)},
                "actions": {"assignUserToRealm": {"realmId": realm}},
            }),
        )
    };
    let contractors = json!({"value": "user.profile.userType == \"Contractor\""});
    linked((0..).zip([("Catch-all", Value::Null), ("Contractors", contractors)]).map(assignment).collect(), 200, 200)
}
