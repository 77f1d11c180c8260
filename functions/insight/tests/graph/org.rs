//! A small org in memory, whose records tests change.

use std::collections::BTreeMap;

use insight::graph::builder::Builder;
use insight::graph::change::{Cause, Change};
use insight::graph::edge::EdgeKind;
use insight::graph::model::Graph;
use insight::graph::node::{NodeId, NodeKind};
use insight::graph::path::{Answer, Path};
use insight::graph::reach::reach;
use insight::graph::sources::SOURCES;
use insight::inventory::{Entity, Inventory, Known, Record};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A record's entity and id.
pub(crate) type Key = (&'static str, String);

/// An org.
#[derive(Debug, Clone, Default)]
pub(crate) struct Org {
    pub(crate) records: BTreeMap<(&'static str, String), Value>,
    pub(crate) unread: BTreeMap<&'static str, Known>,
}

/// The time of tests, in hours.
pub(crate) fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + hour * 3_600).unwrap()
}

impl Org {
    /// Sets a record.
    pub(crate) fn set(&mut self, entity: &'static str, id: &str, json: Value) -> &mut Self {
        self.records.insert((entity, id.to_owned()), json);
        self
    }

    /// An org in which nobody becomes super admin who is none.
    ///
    /// `root` is super admin, so are the members of `admins`, which has none, and the service `robot`. `ada` is nobody.
    pub(crate) fn sound() -> Self {
        let mut org = Self::default();
        org.set("org", "org", json!({"id": "00o1", "companyName": "Acme"}));
        for name in ["root", "ada", "ben"] {
            org.user(name, json!({}));
        }
        org.group("everyone", json!({"type": "BUILT_IN", "profile": {"name": "Everyone"}}));
        org.group("admins", json!({"_embedded": {"stats": {"hasAdminPrivilege": true}}}));
        org.group("staff", json!({}));
        for name in ["root", "ada", "ben"] {
            org.member("everyone", name).member("staff", name);
        }
        org.role("user_role", "root", "SUPER_ADMIN").role("group_role", "admins", "SUPER_ADMIN");
        org.app("robot", json!({"credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}}}));
        org.role("client_role", "robot", "SUPER_ADMIN").grant("robot", "okta.roles.manage");
        org.app("reader", json!({})).role("client_role", "reader", "SUPER_ADMIN").grant("reader", "okta.logs.read");
        org.app(
            "console",
            json!({"name": "saasure", "_links": {"accessPolicy": {"href": "https://x/api/v1/policies/p1"}}}),
        );
        org.app("hr", json!({"features": []})).app("portal", json!({}));
        org.set(
            "policy",
            "p1",
            json!({"id": "p1", "name": "Admin Console", "type": "ACCESS_POLICY", "status": "ACTIVE"}),
        );
        org.set("authorization_server", "aus1", json!({"name": "default", "status": "ACTIVE"}));
        org.set(
            "agent_pool",
            "pool1",
            json!({"name": "corp", "type": "AD", "agents": [{"id": "agent1", "name": "dc01"}]}),
        );
        org.set("inline_hook", "hook1", json!({"name": "hook", "status": "ACTIVE"}));
        org.set("identity_provider", "idp1", idp(&json!({"users": {"excludeAdmins": true}})));
        org
    }

    pub(crate) fn user(&mut self, name: &str, more: Value) -> &mut Self {
        let user = json!({"id": name, "status": "ACTIVE", "profile": {"login": name}});
        self.set("user", name, merged(user, more))
    }

    pub(crate) fn group(&mut self, name: &str, more: Value) -> &mut Self {
        let group = json!({"id": name, "type": "OKTA_GROUP", "profile": {"name": name}});
        self.set("group", name, merged(group, more))
    }

    pub(crate) fn app(&mut self, name: &str, more: Value) -> &mut Self {
        let app = json!({"id": name, "name": "oidc_client", "label": name, "status": "ACTIVE"});
        self.set("app", name, merged(app, more))
    }

    pub(crate) fn member(&mut self, group: &str, user: &str) -> &mut Self {
        self.set("group_member", &format!("{group}/{user}"), json!({"id": user}))
    }

    pub(crate) fn grant(&mut self, app: &str, scope: &str) -> &mut Self {
        self.set("app_grant", &format!("{app}/{scope}"), json!({"scopeId": scope, "status": "ACTIVE"}))
    }

    pub(crate) fn role(&mut self, entity: &'static str, holder: &str, role: &str) -> &mut Self {
        self.set(entity, &format!("{holder}/{role}"), json!({"type": role, "label": role, "status": "ACTIVE"}))
    }

    /// Gives a user a custom role with a permission for a resource.
    pub(crate) fn custom(&mut self, user: &str, permission: &str, resource: &str) -> &mut Self {
        self.set("custom_role", "cr1", json!({"label": "Custom"}));
        self.set("custom_role_permission", &format!("cr1/{permission}"), json!({"label": permission}));
        self.set("resource_set", "iam1", json!({"label": "Set"}));
        self.set("resource_set_resource", "iam1/res1", json!({"orn": resource}));
        let role =
            json!({"type": "CUSTOM", "role": "cr1", "resource-set": "iam1", "label": "Custom", "status": "ACTIVE"});
        self.set("user_role", &format!("{user}/custom"), role)
    }

    pub(crate) fn inventory(&self) -> Inventory {
        let mut entities: BTreeMap<String, Entity> = BTreeMap::new();
        for source in SOURCES {
            let known = self.unread.get(source.entity).cloned().unwrap_or(Known::Complete);
            entities.insert(source.entity.to_owned(), Entity { known, records: Vec::new() });
        }
        for ((entity, id), json) in &self.records {
            let parent = id.rsplit_once('/').map(|(parent, _)| parent.to_owned());
            let record = Record { id: id.clone(), parent, json: json.clone() };
            entities.get_mut(*entity).unwrap_or_else(|| panic!("{entity} is no source")).records.push(record);
        }
        Inventory { tenant: "acme".to_owned(), as_of: hour(0), engine: None, entities }
    }

    pub(crate) fn graph(&self) -> Graph {
        Builder::of(&self.inventory(), hour(0), Vec::new())
    }

    /// The graph at an instant, of this org and what the inventory knows of its past.
    pub(crate) fn graph_at(&self, at: Timestamp, changes: &[Change]) -> Graph {
        Builder::of(&self.inventory(), at, changes.to_vec())
    }

    /// What changed from an earlier org to this one.
    pub(crate) fn changes_since(&self, earlier: &Self, at: Timestamp, event: &str) -> Vec<Change> {
        let keys: std::collections::BTreeSet<&Key> = earlier.records.keys().chain(self.records.keys()).collect();
        let change = |key: &Key| {
            let (before, after) = (earlier.records.get(key).cloned(), self.records.get(key).cloned());
            let cause = Cause { event: Some(event.to_owned()), event_type: None, actor: Some("mallory".to_owned()) };
            let parent = key.1.rsplit_once('/').map(|(parent, _)| parent.to_owned());
            let (entity, id) = (key.0.to_owned(), key.1.clone());
            (before != after).then_some(Change { entity, id, parent, at, before, after, cause })
        };
        keys.into_iter().filter_map(change).collect()
    }
}

/// An identity provider that links by itself, with a filter.
pub(crate) fn idp(filter: &Value) -> Value {
    json!({
        "name": "Partner", "status": "ACTIVE",
        "protocol": {"credentials": {"trust": {"kid": "kid1"}}},
        "policy": {"accountLink": {"action": "AUTO", "filter": filter}, "provisioning": {"groups": {"action": "NONE"}}},
    })
}

/// An object with the members of another.
pub(crate) fn merged(mut object: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut object, more) {
        members.extend(more);
    }
    object
}

/// What can be said of a way from somebody to a thing.
pub(crate) fn answer(graph: &Graph, from: (NodeKind, &str), to: (NodeKind, &str)) -> Answer {
    let node = |(kind, id): (NodeKind, &str)| graph.find(kind, id).unwrap_or_else(|| panic!("no {id}"));
    graph.answer(&reach(graph, node(to)), node(from))
}

/// The kinds of a way's steps.
pub(crate) fn kinds(path: &Path) -> Vec<EdgeKind> {
    path.steps.iter().map(|step| step.kind).collect()
}

/// What can be said of a user's way to super admin.
pub(crate) fn to_super_admin(graph: &Graph, user: &str) -> Answer {
    answer(graph, (NodeKind::User, user), (NodeKind::Org, "org"))
}

/// The thing of a kind and id.
pub(crate) fn node(graph: &Graph, kind: NodeKind, id: &str) -> NodeId {
    graph.find(kind, id).unwrap_or_else(|| panic!("no {id}"))
}
