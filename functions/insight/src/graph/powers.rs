//! What roles let their holders do: edges from each assignment to the things that it is for.

use crate::graph::change::Span;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::RoleFact;
use crate::graph::given::{Dated, Given, latest};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::nodes::Nodes;
use crate::graph::orn::Resource;
use crate::graph::role::{Domain, Power, TAKING_SCOPES, built_in, powers};
use crate::graph::scopes::{Bound, Protected, Scopes, Selection};
use crate::graph::sources::{is_whole, number};
use crate::inventory::Known;

/// Roles on their way into edges.
#[derive(Debug)]
pub(crate) struct Roles<'a> {
    pub(crate) nodes: &'a mut Nodes,
    pub(crate) scopes: &'a mut Scopes,
    pub(crate) given: &'a Given,
    pub(crate) protected: &'a Protected,
    pub(crate) known: &'a [Known],
    pub(crate) spans: &'a [Span],
    /// The attributes that rules which are on look at.
    pub(crate) attributes: &'a [NodeId],
    pub(crate) org: NodeId,
    /// The edges so far.
    pub(crate) edges: Vec<Edge>,
}

/// What lets somebody do something.
#[derive(Debug, Clone, Copy)]
struct Ground {
    /// Since when it holds.
    span: u32,
    /// Whether it stands although something was not read.
    is_assumed: bool,
}

impl Roles<'_> {
    /// Makes the edges of every role.
    pub(crate) fn derive(&mut self) {
        for (role, span) in &self.given.roles {
            let first = self.edges.len();
            self.role(role, *span);
            for edge in &mut self.edges[first..] {
                (edge.via, edge.source) = (Some(role.assignment), role.source);
            }
        }
    }

    fn role(&mut self, role: &RoleFact, span: u32) {
        self.scoped_to(role);
        let id = self.nodes.get(role.role).id.clone();
        if &*id == "SUPER_ADMIN" {
            if let Some(ground) = self.ground(role, span, TAKING_SCOPES) {
                self.edge(EdgeKind::SuperAdmin, role.assignment, self.org, ground);
            }
            return;
        }
        let (permissions, bound): (Dated<String>, _) = match built_in(&id) {
            Some(role) => (role.permissions.iter().map(|name| ((*name).to_owned(), 0)).collect(), Bound::Bounded),
            None => (self.given.permissions.get(&role.role).cloned().unwrap_or_default(), Bound::Unbounded),
        };
        for (permission, since) in &permissions {
            let span = latest(self.spans, [span, *since]);
            for power in powers(permission) {
                if let Some(ground) = self.ground(role, span, power.scopes) {
                    self.power(role, power, bound, ground);
                }
            }
        }
    }

    /// A built-in role is for its targets, or for the org; what a custom one is for is said with it.
    fn scoped_to(&mut self, role: &RoleFact) {
        let ground = Ground { span: 0, is_assumed: false };
        if role.set.is_some() {
            return;
        }
        let Some(targets) = self.given.targets.get(&role.assignment) else {
            return self.edge(EdgeKind::ScopedTo, role.assignment, self.org, ground);
        };
        for (target, _) in targets {
            if let Resource::One(domain, id) = target {
                let to = self.nodes.id(kind_of(*domain), id);
                self.edge(EdgeKind::ScopedTo, role.assignment, to, ground);
            }
        }
    }

    /// What lets a role's holder use it: a person needs nothing else, a client one of the scopes. With grants unread, it is
    /// assumed to have one.
    fn ground(&self, role: &RoleFact, span: u32, scopes: &[&str]) -> Option<Ground> {
        if self.nodes.get(role.holder).kind != NodeKind::App {
            return Some(Ground { span, is_assumed: false });
        }
        let granted = self.given.grants.get(&role.holder).into_iter().flatten();
        let enough = granted.filter(|(scope, _)| scopes.contains(&scope.as_str()));
        match enough.map(|(_, since)| *since).min_by_key(|since| self.spans[*since as usize].from) {
            Some(since) => Some(Ground { span: latest(self.spans, [span, since]), is_assumed: false }),
            None => (!self.is_whole("app_grant")).then_some(Ground { span, is_assumed: true }),
        }
    }

    fn power(&mut self, role: &RoleFact, power: &Power, bound: Bound, ground: Ground) {
        let (reached, is_assumed) = self.reached(role, power.domain);
        for (resource, since) in &reached {
            let span = latest(self.spans, [ground.span, *since]);
            let ground = Ground { span, is_assumed: ground.is_assumed || is_assumed };
            self.reach(role.assignment, power, resource, bound, ground);
            if *resource == Resource::All(power.domain) {
                self.take(role.assignment, power, ground);
            }
        }
    }

    /// Who manages all things of some domains takes the org.
    fn take(&mut self, assignment: NodeId, power: &Power, ground: Ground) {
        match (power.edge, self.given.new_clients) {
            (EdgeKind::ManageIdp, _) => self.edge(EdgeKind::CreateIdp, assignment, self.org, ground),
            (EdgeKind::ManageApp, Some(since)) => {
                let ground = Ground { span: latest(self.spans, [ground.span, since]), ..ground };
                self.edge(EdgeKind::CreateSuperClient, assignment, self.org, ground);
            }
            _ => {}
        }
    }

    /// What an assignment is for in a domain, and whether that is assumed because its targets were not read.
    fn reached(&self, role: &RoleFact, domain: Domain) -> (Dated<Resource>, bool) {
        let is_of = |resource: &Resource| match resource {
            Resource::All(of) | Resource::One(of, _) => *of == domain,
            Resource::MembersOf(_) => domain == Domain::Users,
            Resource::AppsOfKind(_) => domain == Domain::Apps,
        };
        if let Some(set) = role.set {
            let resources = self.given.resources.get(&set).into_iter().flatten();
            return (resources.filter(|(resource, _)| is_of(resource)).cloned().collect(), false);
        }
        if built_in(&self.nodes.get(role.role).id).is_none() {
            return (Vec::new(), false);
        }
        let Some(targets) = self.given.targets.get(&role.assignment) else {
            return (vec![(Resource::All(domain), 0)], !self.are_targets_read(role));
        };
        let of_users = targets.iter().filter_map(|(target, since)| match target {
            Resource::One(Domain::Groups, group) if domain == Domain::Users => {
                Some((Resource::MembersOf(group.clone()), *since))
            }
            _ => None,
        });
        (targets.iter().filter(|(target, _)| is_of(target)).cloned().chain(of_users).collect(), false)
    }

    /// Whether an assignment without targets is for everything: only if its targets were read.
    fn are_targets_read(&self, role: &RoleFact) -> bool {
        let of = match self.nodes.get(role.holder).kind {
            NodeKind::User => "user_role",
            NodeKind::Group => "group_role",
            _ => "client_role",
        };
        match &*self.nodes.get(role.role).id {
            "USER_ADMIN" | "HELP_DESK_ADMIN" | "GROUP_MEMBERSHIP_ADMIN" => self.is_whole(&format!("{of}_group_target")),
            "APP_ADMIN" => self.is_whole(&format!("{of}_app_target")),
            _ => true,
        }
    }

    /// Makes the edges from an assignment to what it reaches.
    fn reach(&mut self, from: NodeId, power: &Power, resource: &Resource, bound: Bound, ground: Ground) {
        if power.edge == EdgeKind::WritesAttribute {
            for attribute in self.attributes {
                self.edge(power.edge, from, *attribute, ground);
            }
            return;
        }
        let to = match resource {
            Resource::All(domain) => self.scopes.node(self.nodes, Selection::All(*domain, bounded(*domain, bound))),
            Resource::AppsOfKind(kind) => self.scopes.node(self.nodes, Selection::AppsOfKind(kind.clone())),
            Resource::MembersOf(group) => {
                let group = self.nodes.id(NodeKind::Group, group);
                self.scopes.node(self.nodes, Selection::Members(group, bound))
            }
            Resource::One(domain, id) => {
                let one = self.nodes.id(kind_of(*domain), id);
                if bounded(*domain, bound) == Bound::Bounded && self.protected.has(self.nodes, one) {
                    return;
                }
                one
            }
        };
        self.edge(power.edge, from, to, ground);
    }

    fn edge(&mut self, kind: EdgeKind, from: NodeId, to: NodeId, ground: Ground) {
        let Ground { span, is_assumed } = ground;
        self.edges.push(Edge { kind, from, to, via: None, source: 0, is_assumed, span });
    }

    fn is_whole(&self, entity: &str) -> bool {
        number(entity).and_then(|at| self.known.get(usize::from(at))).is_some_and(is_whole)
    }
}

/// Only users and groups are protected.
fn bounded(domain: Domain, bound: Bound) -> Bound {
    if matches!(domain, Domain::Users | Domain::Groups) { bound } else { Bound::Unbounded }
}

fn kind_of(domain: Domain) -> NodeKind {
    match domain {
        Domain::Users => NodeKind::User,
        Domain::Groups => NodeKind::Group,
        Domain::Apps => NodeKind::App,
        Domain::Policies => NodeKind::Policy,
        Domain::IdentityProviders => NodeKind::IdentityProvider,
        Domain::AuthorizationServers => NodeKind::AuthorizationServer,
        Domain::Hooks => NodeKind::InlineHook,
        Domain::Customizations => NodeKind::SignInPage,
    }
}
