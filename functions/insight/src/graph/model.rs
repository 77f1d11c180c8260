//! The graph: what exists in an org at an instant, and how it is related.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::graph::change::Span;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::Assigned;
use crate::graph::node::{NODE_KINDS, Node, NodeId, NodeKind};
use crate::graph::nodes::ById;
use crate::graph::sign_on::Rule;
use crate::graph::sources::{SOURCES, is_whole};
use crate::inventory::{Known, Unread};

/// What exists in an org at an instant, and how it is related.
#[derive(Debug)]
pub struct Graph {
    /// The org.
    pub tenant: String,
    /// The instant.
    pub as_of: Timestamp,
    pub(crate) nodes: Vec<Node>,
    pub(crate) by_id: ById,
    pub(crate) edges: Vec<Edge>,
    pub(crate) spans: Vec<Span>,
    /// What held before that instant, and does not any more.
    pub(crate) closed: Vec<(Edge, Span)>,
    /// By app and user.
    pub(crate) assigned: Vec<Assigned>,
    pub(crate) priorities: HashMap<(NodeId, NodeId), i64>,
    /// The rules of each policy that decides who may open apps, in the order in which Okta tries them.
    pub(crate) rules: HashMap<NodeId, Vec<Rule>>,
    pub(crate) everyone: Vec<NodeId>,
    /// The scopes of the API that apps and integrations were granted.
    pub(crate) grants: HashMap<NodeId, Vec<String>>,
    /// The org's id in Okta.
    pub(crate) org_id: Option<String>,
    /// How much is known, of each of [`SOURCES`].
    pub(crate) known: Vec<Known>,
    /// The edges of control into each node.
    pub(crate) incoming: Adjacency,
}

/// The edges at each node, without a list for each.
#[derive(Debug, Default)]
pub(crate) struct Adjacency {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

/// An entity without which something cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The entity.
    pub entity: &'static str,
    /// What is missing and why.
    pub why: String,
}

impl Graph {
    /// A thing.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Every thing, with its number.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).map(NodeId).zip(&self.nodes)
    }

    /// The thing of this kind and id.
    pub fn find(&self, kind: NodeKind, id: &str) -> Option<NodeId> {
        self.by_id.get(&(kind, Box::from(id))).copied()
    }

    /// Things of a kind that have this id or this name, whatever the case.
    pub fn named(&self, kind: NodeKind, text: &str) -> Vec<NodeId> {
        let is_it = |node: &Node| &*node.id == text || node.name.eq_ignore_ascii_case(text);
        self.nodes().filter(|(_, node)| node.kind == kind && is_it(node)).map(|(id, _)| id).collect()
    }

    /// Every relation that holds.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Relations that held once, as far as the changes of the inventory go back.
    pub fn closed(&self) -> &[(Edge, Span)] {
        &self.closed
    }

    /// Assignments of users to apps, as the apps have them, by app and user.
    pub fn assigned(&self) -> &[Assigned] {
        &self.assigned
    }

    /// From when to when a relation held.
    pub fn span(&self, edge: &Edge) -> &Span {
        &self.spans[edge.span as usize]
    }

    /// The entity that a relation comes from.
    pub fn entity(&self, edge: &Edge) -> &'static str {
        SOURCES[usize::from(edge.source)].entity
    }

    /// Whether all of what a relation comes from was read.
    pub fn is_complete(&self, edge: &Edge) -> bool {
        !edge.is_assumed && is_whole(&self.known[usize::from(edge.source)])
    }

    /// Those who can act.
    pub fn principals(&self) -> impl Iterator<Item = NodeId> + '_ {
        let acting =
            self.nodes().filter(|(id, node)| NODE_KINDS[node.kind as usize].is_principal && self.is_usable(*id));
        acting.map(|(id, _)| id)
    }

    /// Whether a thing exists and can be used.
    pub fn is_usable(&self, id: NodeId) -> bool {
        self.node(id).is_active && !self.is_gone(id)
    }

    /// Whether a thing that something names does not exist: all of its entity was read, and it is not there.
    pub fn is_gone(&self, id: NodeId) -> bool {
        let node = self.node(id);
        !node.is_read && entity_of(node.kind).is_some_and(|at| self.known[at] == Known::Complete)
    }

    /// What was not read of that without which "there is no path" cannot be said.
    pub fn gaps_of_paths(&self) -> Vec<Gap> {
        self.gaps(|at| SOURCES[at].is_for_paths)
    }

    /// What was not read of that without which "there is no access" cannot be said.
    pub fn gaps_of_access(&self) -> Vec<Gap> {
        self.gaps(|at| SOURCES[at].is_for_access)
    }

    fn gaps(&self, is_needed: impl Fn(usize) -> bool) -> Vec<Gap> {
        let unread = self.known.iter().enumerate().filter(|(at, known)| is_needed(*at) && !is_whole(known));
        unread.map(|(at, known)| Gap { entity: SOURCES[at].entity, why: why(known) }).collect()
    }

    /// Whoever takes one of these has taken what everything else rests on: the org, holders of the roles Super and Organization
    /// Administrator, the policy of the Admin Console, authorization servers and sign-in pages. In the order of their numbers.
    pub fn tier_zero(&self) -> Vec<NodeId> {
        let mut found: Vec<NodeId> = self.holders_of(&["SUPER_ADMIN", "ORG_ADMIN"]);
        let guards = self.edges.iter().filter(|edge| edge.kind == EdgeKind::Guards).map(|edge| edge.from);
        found.extend(guards);
        let kinds = [NodeKind::Org, NodeKind::AuthorizationServer, NodeKind::SignInPage];
        found.extend(self.nodes().filter(|(_, node)| kinds.contains(&node.kind)).map(|(id, _)| id));
        found.sort_unstable();
        found.dedup();
        found.retain(|id| self.is_usable(*id));
        found
    }

    /// Those who have one of these roles, themselves or by a group.
    pub fn holders_of(&self, roles: &[&str]) -> Vec<NodeId> {
        let is_one = |role: NodeId| roles.contains(&&*self.node(role).id);
        let of_kind = |kind| self.edges.iter().filter(move |edge: &&Edge| edge.kind == kind);
        let mut assignments: Vec<_> =
            of_kind(EdgeKind::IsRole).filter(|edge| is_one(edge.to)).map(|edge| edge.from).collect();
        assignments.sort_unstable();
        let held = of_kind(EdgeKind::HasRole).filter(|edge| assignments.binary_search(&edge.to).is_ok());
        let mut holders: Vec<_> = held.map(|edge| edge.from).collect();
        holders.sort_unstable();
        let members = of_kind(EdgeKind::Member).filter(|edge| holders.binary_search(&edge.to).is_ok());
        let members: Vec<_> = members.map(|edge| edge.from).collect();
        holders.extend(members);
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// The org.
    pub fn org(&self) -> Option<NodeId> {
        self.find(NodeKind::Org, "org")
    }
}

impl Adjacency {
    /// The edges into each node, of those that are wanted.
    pub(crate) fn incoming(nodes: usize, edges: &[Edge], is_wanted: impl Fn(&Edge) -> bool) -> Self {
        Self::by(nodes, edges, |edge| edge.to, is_wanted)
    }

    /// The edges out of each node, of those that are wanted.
    pub(crate) fn outgoing(nodes: usize, edges: &[Edge], is_wanted: impl Fn(&Edge) -> bool) -> Self {
        Self::by(nodes, edges, |edge| edge.from, is_wanted)
    }

    fn by(nodes: usize, edges: &[Edge], end: impl Fn(&Edge) -> NodeId, is_wanted: impl Fn(&Edge) -> bool) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        for edge in edges.iter().filter(|edge| is_wanted(edge)) {
            starts[end(edge).index() + 1] += 1;
        }
        for at in 0..nodes {
            starts[at + 1] += starts[at];
        }
        let mut places = starts.clone();
        let mut sorted = vec![0; starts[nodes] as usize];
        for (number, edge) in (0..).zip(edges).filter(|(_, edge)| is_wanted(edge)) {
            let place = &mut places[end(edge).index()];
            sorted[*place as usize] = number;
            *place += 1;
        }
        Self { starts, edges: sorted }
    }

    /// The numbers of the edges at a node.
    pub(crate) fn at(&self, node: NodeId) -> &[u32] {
        let (first, end) = (self.starts[node.index()], self.starts[node.index() + 1]);
        &self.edges[first as usize..end as usize]
    }
}

/// The entity that tells whether a thing of a kind exists; none where nothing does.
fn entity_of(kind: NodeKind) -> Option<usize> {
    let is_listed = matches!(
        kind,
        NodeKind::User
            | NodeKind::Group
            | NodeKind::GroupRule
            | NodeKind::App
            | NodeKind::Policy
            | NodeKind::IdentityProvider
            | NodeKind::AuthorizationServer
            | NodeKind::InlineHook
    );
    is_listed.then(|| SOURCES.iter().position(|source| source.entity == kind.row().entities)).flatten()
}

fn why(known: &Known) -> String {
    match known {
        Known::Complete => String::new(),
        Known::Partial { reasons, parents_unread: 0 } => format!("partial: {}", reasons.join("; ")),
        Known::Partial { reasons, parents_unread } => {
            format!("partial, {parents_unread} parents unread: {}", reasons.join("; "))
        }
        Known::Unread { why, reason } => {
            let word = match why {
                Unread::Denied => "denied",
                Unread::NotOffered => "not offered",
                Unread::Failed => "failed",
                Unread::Skipped => "skipped",
            };
            if reason.is_empty() { word.to_owned() } else { format!("{word}: {reason}") }
        }
        Known::NotCollected => "not collected".to_owned(),
    }
}
