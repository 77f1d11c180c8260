//! Every path that the inventory collects is answered, and most have records.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use okta_sim::OrgConfig;
use serde_json::Value;

use crate::test_org::TestOrg;

/// The inventory's own tables, as text: each row has name and path.
static TABLE: LazyLock<String> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions/backfill/src/inventory/table");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
});

/// Values for places in a path that no list gives.
const VALUES: &[(&str, &[&str])] = &[
    ("/api/v1/first-party-app-settings", &["admin-console"]),
    ("/api/v1/org/contacts", &["BILLING", "TECHNICAL"]),
    ("/api/v1/roles", &["SUPER_ADMIN", "HELP_DESK_ADMIN"]),
];

/// Entities that an org of this kind has none of.
const EMPTY: &[&str] = &[
    "app_csr",
    "associated_server",
    "client_role_app_target",
    "client_role_group_target",
    "group_role_app_target",
    "identity_provider_csr",
    "resource_server_key",
    "user_role_governance",
    "user_role_target",
    "user_security_key",
];

/// How many parents are asked for each path.
const PARENTS: usize = 60;

/// Name and path of each row.
fn rows() -> Vec<(&'static str, &'static str)> {
    let quoted = |line: &'static str| line.split('"').skip(1).step_by(2).take(2).collect::<Vec<_>>();
    let is_row = |line: &&str| line.trim_start().starts_with("list(\"") || line.trim_start().starts_with("one(\"");
    TABLE.lines().filter(is_row).map(quoted).map(|texts| (texts[0], texts[1])).collect()
}

/// Whether an entity is a single object.
fn is_object(name: &str) -> bool {
    TABLE.contains(&format!("one(\"{name}\""))
}

/// The records of an answer, whatever they are wrapped in.
fn records(body: Value) -> Vec<Value> {
    match body {
        Value::Array(records) => records,
        Value::Object(mut members) => {
            let list = members.values_mut().find(|member| member.is_array()).map(Value::take);
            match list {
                Some(Value::Array(records)) => records,
                _ => vec![Value::Object(members)],
            }
        }
        _ => Vec::new(),
    }
}

fn id(record: &Value) -> Option<String> {
    ["id", "client_id"].iter().find_map(|name| record[name].as_str()).map(str::to_owned)
}

/// Asks for lists once, and remembers their ids.
struct Walk<'a> {
    okta: &'a TestOrg,
    ids: BTreeMap<String, Vec<String>>,
}

impl Walk<'_> {
    async fn ask(&self, path: &str) -> (u16, Vec<Value>) {
        let query = match path {
            "/api/v1/policies" => "?type=ACCESS_POLICY",
            "/api/v1/principal-rate-limits" => "?filter=principalType+eq+%22SSWS_TOKEN%22",
            "/api/v1/users" => "?search=status+pr",
            _ => "",
        };
        let reply = self.okta.ask(&format!("{path}{query}")).await;
        self.okta.wait(std::time::Duration::from_secs(1));
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        (reply.status, if reply.status == 200 { records(body) } else { Vec::new() })
    }

    async fn ids_of(&mut self, list: &str) -> Vec<String> {
        if let Some((_, values)) = VALUES.iter().find(|(path, _)| *path == list) {
            return values.iter().map(|value| (*value).to_owned()).collect();
        }
        let list = match list {
            "/api/v1/meta/schemas/apps" => "/api/v1/apps",
            "/api/v1/meta/schemas/user" => return self.schemas().await,
            _ => list,
        };
        if !self.ids.contains_key(list) {
            let found = self.ask(list).await.1.iter().filter_map(id).collect();
            self.ids.insert(list.to_owned(), found);
        }
        self.ids[list].clone()
    }

    async fn schemas(&self) -> Vec<String> {
        let types = self.ask("/api/v1/meta/types/user").await.1;
        let link = |user_type: &Value| {
            let link = user_type["_links"]["schema"]["href"].as_str().unwrap();
            link.rsplit('/').next().unwrap().to_owned()
        };
        types.iter().map(link).collect()
    }

    /// Concrete paths of a pattern.
    async fn paths(&mut self, pattern: &str) -> Vec<String> {
        let mut paths = vec![String::new()];
        let mut parts = pattern.split("/{}");
        paths[0].push_str(parts.next().unwrap());
        for part in parts {
            let mut longer = Vec::new();
            for path in paths {
                let ids = self.ids_of(&path).await;
                longer.extend(ids.into_iter().map(|id| format!("{path}/{id}{part}")));
                if longer.len() >= PARENTS {
                    break;
                }
            }
            longer.truncate(PARENTS);
            paths = longer;
        }
        paths
    }
}

#[tokio::test]
async fn every_path_of_the_inventory_is_answered() {
    // Limits so high that nothing waits.
    let okta = TestOrg::with(|config| {
        config.limits.times = 100;
        // Large enough to have one of each kind.
        config.org = OrgConfig { users: 1_200, groups: 90, apps: 30, ..config.org.clone() };
    })
    .await;
    let mut walk = Walk { okta: &okta, ids: BTreeMap::new() };
    let rows = rows();
    assert!(rows.len() > 100, "{} rows", rows.len());
    let (mut wrong, mut empty) = (Vec::new(), BTreeSet::new());
    for (name, pattern) in rows {
        let (mut found, paths) = (0, walk.paths(pattern).await);
        for path in &paths {
            let (status, records) = walk.ask(path).await;
            found += if is_object(name) { usize::from(status == 200) } else { records.len() };
            let is_refusal = name == "app_feature" && status == 400;
            if status != 200 && !is_refusal {
                wrong.push((path.clone(), status));
            }
        }
        if found == 0 {
            empty.insert(name);
        }
    }
    assert!(wrong.is_empty(), "add to ENDPOINTS: {wrong:?}");
    let empty: Vec<_> = empty.into_iter().filter(|name| !EMPTY.contains(name)).collect();
    assert!(empty.is_empty(), "no records: {empty:?}");
}

#[tokio::test]
async fn postures_differ_where_checks_look() {
    let of = async |posture| {
        let okta = TestOrg::with(|config| config.org.posture = posture).await;
        let threat = okta.ask("/api/v1/threats/configuration").await.json()["action"].clone();
        let support = okta.ask("/api/v1/org/privacy/oktaSupport").await.json()["support"].clone();
        let assignees = okta.ask("/api/v1/iam/assignees/users").await.json();
        let mut supers = 0;
        for admin in assignees["value"].as_array().unwrap() {
            let roles = okta.ask(&format!("/api/v1/users/{}/roles", admin["id"].as_str().unwrap())).await.list();
            supers += usize::from(roles.iter().any(|role| role["type"] == "SUPER_ADMIN"));
        }
        (threat, support, supers)
    };
    let (good, bad) = (of(okta_sim::Posture::Good).await, of(okta_sim::Posture::Bad).await);
    assert_eq!((&good.0, &good.1), (&"block".into(), &"DISABLED".into()));
    assert_eq!((&bad.0, &bad.1), (&"none".into(), &"ENABLED".into()));
}

#[tokio::test]
async fn people_have_every_status_and_several_factors() {
    let okta = TestOrg::with(|config| config.org.users = 600).await;
    let users = okta.all("/api/v1/users?search=status+pr").await.0;
    let statuses: BTreeSet<_> = users.iter().map(|user| user["status"].as_str().unwrap()).collect();
    assert_eq!(statuses.len(), 8, "{statuses:?}");
    let (mut most, mut factor_statuses) = (0, BTreeSet::new());
    for user in users.iter().take(150) {
        let factors = okta.ask(&format!("/api/v1/users/{}/factors", user["id"].as_str().unwrap())).await.list();
        most = most.max(factors.len());
        factor_statuses.extend(factors.iter().map(|factor| factor["status"].as_str().unwrap().to_owned()));
    }
    assert!(most >= 4 && factor_statuses.len() >= 4, "{most} factors, {factor_statuses:?}");
}
