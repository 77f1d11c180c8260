//! Roles: who has them, what they permit, and what they are for.

use crate::graph::edge::EdgeKind;
use crate::graph::facts::{Fact, Facts, RoleFact};
use crate::graph::json::{ids, is_active, text};
use crate::graph::node::NodeKind;
use crate::graph::orn::{Resource, resource};
use crate::graph::role::{Domain, built_in};
use crate::inventory::Record;

pub(crate) fn user_role(facts: &mut Facts, record: &Record) {
    role(facts, record, NodeKind::User);
}

pub(crate) fn group_role(facts: &mut Facts, record: &Record) {
    role(facts, record, NodeKind::Group);
}

pub(crate) fn client_role(facts: &mut Facts, record: &Record) {
    role(facts, record, NodeKind::App);
}

fn role(facts: &mut Facts, record: &Record, holder: NodeKind) {
    let kind = text(&record.json, "/type");
    let custom = text(&record.json, "/role");
    if !is_active(&record.json) || (kind.is_empty() && custom.is_empty()) {
        return;
    }
    let owner = ids(record).swap_remove(0);
    let holder = facts.node(holder, &owner);
    let (id, set) = if custom.is_empty() { (kind, "") } else { (custom, text(&record.json, "/resource-set")) };
    let label = built_in(id).map_or_else(|| text(&record.json, "/label"), |role| role.label).to_owned();
    has_role(facts, &record.id, holder, id, set, &label);
}

fn has_role(
    facts: &mut Facts,
    assignment: &str,
    holder: crate::graph::node::NodeId,
    role: &str,
    set: &str,
    label: &str,
) {
    let assignment = facts.node(NodeKind::RoleAssignment, assignment);
    facts.describe(assignment, label, true);
    let role_node = facts.node(NodeKind::Role, role);
    if built_in(role).is_some() {
        facts.describe(role_node, label, true);
    }
    let set = (!set.is_empty()).then(|| facts.node(NodeKind::ResourceSet, set));
    facts.edge(EdgeKind::HasRole, holder, assignment);
    facts.edge(EdgeKind::IsRole, assignment, role_node);
    if let Some(set) = set {
        facts.edge(EdgeKind::ScopedTo, assignment, set);
    }
    facts.fact(Fact::Role(RoleFact { assignment, holder, role: role_node, set, source: facts.source }));
}

/// The groups that an assignment is limited to.
pub(crate) fn group_target(facts: &mut Facts, record: &Record) {
    target(facts, record, |id| Resource::One(Domain::Groups, id.to_owned()));
}

/// The apps that an assignment is limited to: one, or all of a kind.
pub(crate) fn app_target(facts: &mut Facts, record: &Record) {
    target(facts, record, |id| match id.split_once(',') {
        Some((_, app)) => Resource::One(Domain::Apps, app.to_owned()),
        None => Resource::AppsOfKind(id.to_owned()),
    });
}

fn target(facts: &mut Facts, record: &Record, resource: impl Fn(&str) -> Resource) {
    let Some((assignment, _)) = record.id.rsplit_once('/') else { return };
    let own = ids(record).pop().unwrap_or_default();
    let assignment = facts.node(NodeKind::RoleAssignment, assignment);
    facts.fact(Fact::Target(assignment, resource(&own)));
}

pub(crate) fn custom_role(facts: &mut Facts, record: &Record) {
    let role = facts.node(NodeKind::Role, &record.id);
    facts.describe(role, text(&record.json, "/label"), true);
}

pub(crate) fn permission(facts: &mut Facts, record: &Record) {
    let [role, permission] = ids(record).try_into().unwrap_or_default();
    if !permission.is_empty() {
        let role = facts.node(NodeKind::Role, &role);
        facts.fact(Fact::Permission(role, permission));
    }
}

pub(crate) fn resource_set(facts: &mut Facts, record: &Record) {
    let set = facts.node(NodeKind::ResourceSet, &record.id);
    facts.describe(set, text(&record.json, "/label"), true);
}

pub(crate) fn set_resource(facts: &mut Facts, record: &Record) {
    let set = ids(record).swap_remove(0);
    let set = facts.node(NodeKind::ResourceSet, &set);
    let named = [
        text(&record.json, "/orn"),
        text(&record.json, "/_links/resource/href"),
        text(&record.json, "/_links/users/href"),
    ];
    if let Some(resource) = named.into_iter().find_map(resource) {
        facts.fact(Fact::Resource(set, resource));
    }
}

/// The members of a binding: their own ids say nothing, only their addresses do.
pub(crate) fn set_member(facts: &mut Facts, record: &Record) {
    let [set, role, _] = ids(record).try_into().unwrap_or_default();
    let address = text(&record.json, "/_links/self/href");
    let mut parts = address.trim_end_matches('/').rsplit('/');
    let (Some(id), Some(kind)) = (parts.next(), parts.next()) else { return };
    let kind = match kind {
        "users" => NodeKind::User,
        "groups" => NodeKind::Group,
        "clients" | "apps" => NodeKind::App,
        _ => return,
    };
    if !id.is_empty() && !role.is_empty() {
        let holder = facts.node(kind, id);
        has_role(facts, &record.id, holder, &role, &set, "");
    }
}
