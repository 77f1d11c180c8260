//! What identities that are no people may do: their scopes, their roles, and what these are for.

use std::collections::HashMap;

use serde::Serialize;

use crate::graph::edge::EdgeKind;
use crate::graph::model::Graph;
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::reach::reach;

/// An identity that is no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// What it is: `app`, `api_token`, `api_service` or `ai_agent`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose rights it has: a token's owner, the app of an AI agent.
    pub acts_as: Option<String>,
    /// Scopes of the API that it was granted; a token has none, and may do what its owner may.
    pub scopes: Vec<String>,
    /// Its roles, with what they are for.
    pub roles: Vec<HeldRole>,
    /// Steps to super admin; none if no way was found.
    pub steps_to_super_admin: Option<u32>,
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HeldRole {
    /// The role's name.
    pub role: String,
    /// What it is for, by name; `the org` if it is not limited.
    pub reaches: Vec<String>,
}

/// What is looked up for each identity.
#[derive(Debug, Default)]
struct Lookup {
    /// The assignments of each holder.
    held: HashMap<NodeId, Vec<NodeId>>,
    /// What each assignment is for.
    scopes: HashMap<NodeId, Vec<NodeId>>,
    /// Whose rights a token or an agent has.
    acts_as: HashMap<NodeId, NodeId>,
}

impl Lookup {
    fn of(graph: &Graph) -> Self {
        let mut lookup = Self::default();
        for edge in graph.edges() {
            match edge.kind {
                EdgeKind::HasRole => lookup.held.entry(edge.from).or_default().push(edge.to),
                EdgeKind::ScopedTo => lookup.scopes.entry(edge.from).or_default().push(edge.to),
                EdgeKind::CredentialOf | EdgeKind::ActsAs => drop(lookup.acts_as.insert(edge.from, edge.to)),
                _ => {}
            }
        }
        lookup
    }

    fn roles(&self, graph: &Graph, holder: NodeId) -> Vec<HeldRole> {
        let named = |node: &NodeId| {
            if graph.node(*node).kind == NodeKind::Org { "the org".to_owned() } else { graph.shown(*node) }
        };
        let held = self.held.get(&holder).into_iter().flatten().map(|assignment| {
            let mut reaches: Vec<_> = self.scopes.get(assignment).into_iter().flatten().map(named).collect();
            reaches.sort();
            HeldRole { role: graph.shown(*assignment), reaches }
        });
        let mut roles: Vec<_> = held.collect();
        roles.sort();
        roles
    }
}

/// Every identity that is no person and may do something, by kind and name.
pub fn machines(graph: &Graph) -> Vec<Machine> {
    let to_org = graph.org().map(|org| reach(graph, org));
    let lookup = Lookup::of(graph);
    let is_one = |kind| matches!(kind, NodeKind::App | NodeKind::ApiToken | NodeKind::ApiService | NodeKind::AiAgent);
    let found = graph.nodes().filter(|(id, node)| is_one(node.kind) && graph.is_usable(*id));
    let found = found.map(|(id, node)| Machine {
        kind: node.kind.name(),
        id: node.id.to_string(),
        name: graph.shown(id),
        acts_as: lookup.acts_as.get(&id).map(|whose| graph.shown(*whose)),
        scopes: graph.grants.get(&id).cloned().unwrap_or_default(),
        roles: lookup.roles(graph, id),
        steps_to_super_admin: to_org.as_ref().and_then(|to_org| to_org.distance(id)),
    });
    let does_something = |machine: &Machine| {
        machine.kind != NodeKind::App.name() || !machine.scopes.is_empty() || !machine.roles.is_empty()
    };
    let mut machines: Vec<_> = found.filter(does_something).collect();
    machines.sort_by(|one, other| (one.kind, &one.name, &one.id).cmp(&(other.kind, &other.name, &other.id)));
    machines
}
