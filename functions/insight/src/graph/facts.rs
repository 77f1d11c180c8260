//! What one record says: nodes, edges, and facts from which edges are derived when everything is read.

use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::nodes::{Description, Nodes};
use crate::graph::orn::Resource;
use crate::graph::sign_on::PolicyFact;

/// Takes what records say.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) nodes: Nodes,
    pub(crate) said: Said,
    /// The number of the entity whose record is read.
    pub(crate) source: u16,
}

/// What records said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) edges: Vec<Edge>,
    pub(crate) described: Vec<Description>,
    pub(crate) assigned: Vec<Assigned>,
    /// The priority of a group among those of an app.
    pub(crate) priorities: Vec<(NodeId, NodeId, i64)>,
    /// The name of each app in Okta's catalog.
    pub(crate) app_kinds: Vec<(NodeId, Box<str>)>,
    pub(crate) policies: Vec<(NodeId, PolicyFact)>,
    /// The groups that everybody is in.
    pub(crate) everyone: Vec<NodeId>,
    /// What edges are derived from, each with the number of its span.
    pub(crate) facts: Vec<(Fact, u32)>,
    /// The org's id in Okta.
    pub(crate) org_id: Option<String>,
}

/// What edges are derived from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    /// Somebody has a role.
    Role(RoleFact),
    /// An assignment of a role is limited to this.
    Target(NodeId, Resource),
    /// A custom role has a permission.
    Permission(NodeId, String),
    /// A resource set has this.
    Resource(NodeId, Resource),
    /// An app or an integration has a scope of the API.
    Grant(NodeId, String),
    /// What an app's settings let it do.
    App(NodeId, AppTrait),
    /// Users may write this attribute of their own.
    SelfWritten(String),
    /// An identity provider links by itself.
    Link(LinkFact),
    /// A group rule looks at an attribute.
    Condition(NodeId, String),
    /// A user is of the directory of this name, or a pool is its agents'.
    Directory(NodeId, Box<str>),
    /// New clients become super admins.
    NewClientsAreSuperAdmins,
}

/// A user's assignment to an app, as the app has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assigned {
    /// The app.
    pub app: NodeId,
    /// The user.
    pub user: NodeId,
    /// Whether the user was assigned himself, and not through a group.
    pub is_direct: bool,
    /// When the assignment was made, in milliseconds since 1970; 0 if Okta did not say.
    pub since_ms: i64,
}

/// A role that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoleFact {
    pub(crate) assignment: NodeId,
    pub(crate) holder: NodeId,
    /// The role: built-in ones by type, custom ones by id.
    pub(crate) role: NodeId,
    /// What a custom role is for.
    pub(crate) set: Option<NodeId>,
    pub(crate) source: u16,
}

/// What an app's settings let it do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AppTrait {
    HasClientSecret,
    IsAdminConsole,
    MastersUsers,
    ReceivesPasswords,
}

/// Whom an identity provider may link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkFact {
    pub(crate) provider: NodeId,
    /// Only members of these groups; empty: anybody.
    pub(crate) groups: Vec<NodeId>,
    pub(crate) excluded: Vec<NodeId>,
    pub(crate) excludes_admins: bool,
    pub(crate) source: u16,
}

impl Said {
    /// Adds what something else said.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.edges.append(&mut other.edges);
        self.described.append(&mut other.described);
        self.assigned.append(&mut other.assigned);
        self.priorities.append(&mut other.priorities);
        self.app_kinds.append(&mut other.app_kinds);
        self.policies.append(&mut other.policies);
        self.everyone.append(&mut other.everyone);
        self.facts.append(&mut other.facts);
        self.org_id = other.org_id.or(self.org_id.take());
    }
}

impl Facts {
    /// A thing, which need not have been read.
    pub(crate) fn node(&mut self, kind: NodeKind, id: &str) -> NodeId {
        self.nodes.id(kind, id)
    }

    /// Says that something exists, what it is called and whether it can be used.
    pub(crate) fn describe(&mut self, node: NodeId, name: &str, is_active: bool) {
        self.said.described.push(Description { node, name: Box::from(name), is_active, is_protected: false });
    }

    pub(crate) fn fact(&mut self, fact: Fact) {
        self.said.facts.push((fact, 0));
    }

    pub(crate) fn edge(&mut self, kind: EdgeKind, from: NodeId, to: NodeId) {
        let edge = Edge { kind, from, to, via: None, source: self.source, is_assumed: false, span: 0 };
        self.said.edges.push(edge);
    }
}
