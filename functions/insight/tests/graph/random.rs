//! Random orgs: small ones, in which everything that leads somewhere occurs, and numbers that come out the same every time.

use serde_json::{Value, json};

use crate::org::{Org, idp};

/// Numbers from a seed (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

const USERS: u64 = 9;
const GROUPS: u64 = 6;
const APPS: u64 = 5;
const ROLES: &[&str] = &[
    "SUPER_ADMIN",
    "USER_ADMIN",
    "HELP_DESK_ADMIN",
    "GROUP_MEMBERSHIP_ADMIN",
    "APP_ADMIN",
    "READ_ONLY_ADMIN",
    "REPORT_ADMIN",
];
const SCOPES: &[&str] =
    &["okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.roles.manage", "okta.logs.read"];
const PERMISSIONS: &[&str] = &[
    "okta.users.manage",
    "okta.users.credentials.resetPassword",
    "okta.groups.members.manage",
    "okta.apps.manage",
    "okta.apps.clientCredentials.read",
    "okta.policies.manage",
    "okta.users.read",
];

/// A random org.
pub(crate) fn org(seed: u64) -> Org {
    let mut random = Random(seed);
    let mut org = Org::default();
    org.set("org", "org", json!({"id": "00o1", "companyName": "Random"}));
    things(&mut org, &mut random);
    relations(&mut org, &mut random);
    roles(&mut org, &mut random);
    org
}

fn user(random: &mut Random) -> String {
    // One of them does not exist.
    format!("u{}", random.below(USERS + 1))
}

fn group(random: &mut Random) -> String {
    format!("00g{}", random.below(GROUPS + 1))
}

fn app(random: &mut Random) -> String {
    format!("0oa{}", random.below(APPS + 1))
}

fn things(org: &mut Org, random: &mut Random) {
    for number in 0..USERS {
        let status = if random.one_in(9) { "DEPROVISIONED" } else { "ACTIVE" };
        let directory = json!({"provider": {"type": "ACTIVE_DIRECTORY", "name": "corp"}});
        let credentials = if random.one_in(4) { directory } else { json!({}) };
        org.user(&format!("u{number}"), json!({"status": status, "credentials": credentials}));
    }
    for number in 0..GROUPS {
        let mut group = json!({"_embedded": {"stats": {"hasAdminPrivilege": random.one_in(3)}}});
        if random.one_in(6) {
            (group["type"], group["source"]) = (json!("APP_GROUP"), json!({"id": app(random)}));
        }
        org.group(&format!("00g{number}"), group);
    }
    for number in 0..APPS {
        let method = random.pick(&["private_key_jwt", "client_secret_basic"]);
        let features: Vec<&str> =
            ["PROFILE_MASTERING", "PUSH_PASSWORD_UPDATES"].into_iter().filter(|_| random.one_in(5)).collect();
        let status = if random.one_in(6) { "INACTIVE" } else { "ACTIVE" };
        let app = json!({"name": random.pick(&["web", "hr"]), "status": status, "features": features,
            "credentials": {"oauthClient": {"token_endpoint_auth_method": method}}});
        org.app(&format!("0oa{number}"), app);
    }
    org.app(
        "console",
        json!({"name": "saasure", "_links": {"accessPolicy": {"href": "https://x/api/v1/policies/p1"}}}),
    );
    org.set("policy", "p1", json!({"name": "Console", "type": "ACCESS_POLICY", "status": "ACTIVE"}));
    org.set("agent_pool", "pool1", json!({"name": "corp", "type": "AD", "agents": [{"id": "agent1", "name": "dc01"}]}));
}

fn relations(org: &mut Org, random: &mut Random) {
    for _ in 0..6 + random.below(12) {
        org.member(&group(random), &user(random));
    }
    for _ in 0..random.below(6) {
        let (of, is_user) = (group(random), random.one_in(2));
        let (owner, kind) = if is_user { (user(random), "USER") } else { (group(random), "GROUP") };
        org.set("group_owner", &format!("{of}/{owner}"), json!({"type": kind}));
    }
    for number in 0..random.below(3) {
        let value = random.pick(&["user.team==\"x\"", "user.city==\"y\"", "isMemberOfAnyGroup(\"00g1\")"]);
        org.set("group_rule", &format!("0pr{number}"), json!({
            "name": "rule", "status": random.pick(&["ACTIVE", "ACTIVE", "INACTIVE"]),
            "conditions": {"expression": {"value": value}}, "actions": {"assignUserToGroups": {"groupIds": [group(random)]}},
        }));
    }
    if random.one_in(3) {
        let permission: Value = json!([{"principal": "SELF", "action": "READ_WRITE"}]);
        org.set(
            "user_schema",
            "oty1",
            json!({"definitions": {"custom": {"properties": {"team": {"permissions": permission}}}}}),
        );
    }
    for _ in 0..random.below(8) {
        let scope = random.pick(&["USER", "GROUP"]);
        org.set("app_user", &format!("{}/{}", app(random), user(random)), json!({"scope": scope, "status": "ACTIVE"}));
    }
    for _ in 0..random.below(5) {
        let priority = random.below(4);
        org.set("app_group", &format!("{}/{}", app(random), group(random)), json!({"priority": priority}));
    }
    for number in 0..random.below(2) {
        org.set("api_token", &format!("00T{number}"), json!({"name": "token", "userId": user(random)}));
    }
    if random.one_in(2) {
        let filters =
            [json!(null), json!({"users": {"excludeAdmins": true}}), json!({"groups": {"include": [group(random)]}})];
        org.set("identity_provider", "idp1", idp(&filters[usize::try_from(random.below(3)).unwrap()]));
    }
    if random.one_in(3) {
        org.set("ai_agent", "wlp1", json!({"status": "ACTIVE", "owners": [user(random)], "appId": app(random)}));
    }
}

fn roles(org: &mut Org, random: &mut Random) {
    if !random.one_in(4) {
        org.role("group_role", &group(random), "SUPER_ADMIN");
    }
    for number in 0..2 + random.below(6) {
        let entity = random.pick(&["user_role", "group_role", "client_role"]);
        let holder = match entity {
            "user_role" => user(random),
            "group_role" => group(random),
            _ => app(random),
        };
        let (role, id) = (random.pick(ROLES), format!("{holder}/ra{number}"));
        org.set(entity, &id, json!({"type": role, "label": role, "status": "ACTIVE"}));
        let is_limited = random.one_in(2);
        if is_limited && matches!(role, "USER_ADMIN" | "HELP_DESK_ADMIN" | "GROUP_MEMBERSHIP_ADMIN") {
            let target = group(random);
            let entity = match entity {
                "user_role" => "user_role_group_target",
                "group_role" => "group_role_group_target",
                _ => "client_role_group_target",
            };
            org.set(entity, &format!("{id}/{target}"), json!({"id": target}));
        }
        if is_limited && role == "APP_ADMIN" && entity == "user_role" {
            let target = if random.one_in(2) { "hr".to_owned() } else { format!("hr,{}", app(random)) };
            org.set("user_role_app_target", &format!("{id}/{target}"), json!({"name": "hr"}));
        }
    }
    for _ in 0..random.below(7) {
        org.grant(&app(random), random.pick(SCOPES));
    }
    if random.one_in(2) {
        let resource = match random.below(6) {
            0 => "orn:okta:directory:00o1:users".to_owned(),
            1 => format!("orn:okta:directory:00o1:groups:{}:contained_resources", group(random)),
            2 => format!("orn:okta:directory:00o1:groups:{}", group(random)),
            3 => "orn:okta:idp:00o1:apps".to_owned(),
            4 => "orn:okta:idp:00o1:policies".to_owned(),
            _ => format!("orn:okta:directory:00o1:users:{}", user(random)),
        };
        org.custom(&user(random), random.pick(PERMISSIONS), &resource);
    }
}
