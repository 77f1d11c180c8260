//! Edges that no record says alone: what roles let their holders do, whom providers and directories speak for, what
//! attributes lead to. Made when everything is read.

use std::collections::{HashMap, HashSet};

use crate::graph::change::Span;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::{AppTrait, Facts, Said};
use crate::graph::given::{Given, latest};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::nodes::Nodes;
use crate::graph::powers::Roles;
use crate::graph::role::{Domain, TAKING_SCOPES};
use crate::graph::scopes::{Bound, Protected, Scopes, Selection, Sources};
use crate::graph::sources::number;
use crate::inventory::Known;

/// What edges are derived from, and into.
#[derive(Debug)]
struct Derivation<'a> {
    nodes: &'a mut Nodes,
    said: &'a Said,
    given: &'a Given,
    spans: &'a [Span],
    scopes: Scopes,
    derived: Vec<Edge>,
    org: NodeId,
    /// The attributes that rules which are on look at.
    attributes: Vec<NodeId>,
}

/// Derives edges, and puts them behind those that records say; returns the scopes of the API that were granted. `known` has an
/// element for each entity.
pub(crate) fn derive(facts: &mut Facts, known: &[Known], spans: &[Span]) -> HashMap<NodeId, Vec<String>> {
    let Facts { nodes, said, .. } = facts;
    for description in std::mem::take(&mut said.described) {
        nodes.describe(description);
    }
    let mut given = Given::of(std::mem::take(&mut said.facts), number("resource_set_member").unwrap_or_default());
    let repeated = given.drop_repeated_roles();
    if !repeated.is_empty() {
        said.edges.retain(|edge| !repeated.contains(&edge.from) && !repeated.contains(&edge.to));
    }
    name_assignments(nodes, &given);
    let org = nodes.id(NodeKind::Org, "org");
    let (scopes, derived, attributes) = (Scopes::default(), Vec::new(), Vec::new());
    let mut derivation = Derivation { nodes, said, given: &given, spans, scopes, derived, org, attributes };
    derivation.run(known);
    let derived = derivation.derived;
    said.edges.extend(derived);
    granted(given)
}

fn granted(given: Given) -> HashMap<NodeId, Vec<String>> {
    let sorted = |granted: Vec<(String, u32)>| {
        let mut scopes: Vec<_> = granted.into_iter().map(|(scope, _)| scope).collect();
        scopes.sort();
        scopes
    };
    given.grants.into_iter().map(|(of, granted)| (of, sorted(granted))).collect()
}

/// An assignment that does not say what it is called has its role's name.
fn name_assignments(nodes: &mut Nodes, given: &Given) {
    for (role, _) in &given.roles {
        let (assignment, of) = (nodes.get(role.assignment), nodes.get(role.role));
        if assignment.name == assignment.id && !of.name.is_empty() {
            let name = of.name.clone();
            nodes.rename(role.assignment, &name);
        }
    }
}

impl Derivation<'_> {
    fn run(&mut self, known: &[Known]) {
        let protected = self.protected();
        self.rules();
        self.own_attributes();
        let mut roles = Roles {
            nodes: self.nodes,
            scopes: &mut self.scopes,
            given: self.given,
            protected: &protected,
            known,
            spans: self.spans,
            attributes: &self.attributes,
            org: self.org,
            edges: std::mem::take(&mut self.derived),
        };
        roles.derive();
        self.derived = roles.edges;
        self.providers();
        self.directories();
        self.apps();
        self.integrations();
        let app_kinds = self.said.app_kinds.iter().cloned().collect();
        let Said { edges, assigned, .. } = self.said;
        let links = &self.given.links;
        let sources = Sources { edges, assigned, app_kinds: &app_kinds, links, protected: &protected };
        let filled = self.scopes.fill(self.nodes, sources);
        self.derived.extend(filled);
    }

    fn edge(&mut self, kind: EdgeKind, from: NodeId, to: NodeId, entity: &str, span: u32) {
        let source = number(entity).unwrap_or_default();
        self.derived.push(Edge { kind, from, to, via: None, source, is_assumed: false, span });
    }

    fn protected(&self) -> Protected {
        let roles = self.given.roles.iter().map(|(role, _)| role);
        let mut admins: HashSet<_> = roles.clone().map(|role| role.holder).collect();
        let supers = roles.filter(|role| &*self.nodes.get(role.role).id == "SUPER_ADMIN");
        let mut super_admins: HashSet<_> = supers.map(|role| role.holder).collect();
        for edge in self.said.edges.iter().filter(|edge| edge.kind == EdgeKind::Member) {
            if super_admins.contains(&edge.to) {
                super_admins.insert(edge.from);
            }
            if admins.contains(&edge.to) {
                admins.insert(edge.from);
            }
        }
        Protected { super_admins, admins }
    }

    /// Attributes lead to the rules that look at them.
    fn rules(&mut self) {
        for ((rule, name), span) in &self.given.conditions {
            if self.nodes.get(*rule).is_active {
                let attribute = self.nodes.id(NodeKind::Attribute, name);
                self.edge(EdgeKind::Decides, attribute, *rule, "group_rule", *span);
                self.attributes.push(attribute);
            }
        }
        self.attributes.sort_unstable();
        self.attributes.dedup();
    }

    /// Users may write some attributes of their own.
    fn own_attributes(&mut self) {
        let written = |attribute: &NodeId| {
            let span = self.given.self_written.get(&*self.nodes.get(*attribute).id)?;
            Some((*attribute, *span))
        };
        let own: Vec<_> = self.attributes.iter().filter_map(written).collect();
        if own.is_empty() {
            return;
        }
        let writers = self.nodes.id(NodeKind::Scope, "users who may edit their own profile");
        let users: Vec<_> = self.nodes.of(NodeKind::User).collect();
        for user in users {
            self.edge(EdgeKind::EditsOwnProfile, user, writers, "user", 0);
        }
        for (attribute, span) in own {
            self.edge(EdgeKind::WritesAttribute, writers, attribute, "user_schema", span);
        }
    }

    fn providers(&mut self) {
        for (at, (link, span)) in self.given.links.iter().enumerate() {
            let has_filter = !link.groups.is_empty() || !link.excluded.is_empty() || link.excludes_admins;
            let all = Selection::All(Domain::Users, Bound::Unbounded);
            let scope = self.scopes.node(self.nodes, if has_filter { Selection::Linked(at) } else { all });
            self.edge(EdgeKind::CanLink, link.provider, scope, "identity_provider", *span);
        }
    }

    /// Users whose password their directory knows, by the directory's name.
    fn directories(&mut self) {
        let mut pools: HashMap<&str, Vec<(NodeId, u32)>> = HashMap::new();
        for ((node, name), span) in &self.given.directories {
            if self.nodes.get(*node).kind == NodeKind::AgentPool {
                pools.entry(name).or_default().push((*node, *span));
            }
        }
        for ((user, name), span) in &self.given.directories {
            if self.nodes.get(*user).kind != NodeKind::User {
                continue;
            }
            for (pool, since) in pools.get(&**name).into_iter().flatten() {
                let span = latest(self.spans, [*span, *since]);
                self.edge(EdgeKind::Authenticates, *pool, *user, "user", span);
            }
        }
    }

    fn apps(&mut self) {
        let mut with_secret = Vec::new();
        for ((app, app_trait), span) in &self.given.apps {
            match app_trait {
                AppTrait::HasClientSecret => with_secret.push((*app, *span)),
                AppTrait::IsAdminConsole => self.admin_console(*app),
                AppTrait::MastersUsers => {
                    self.users_of(*app, EdgeKind::MastersUser, *span);
                    for attribute in self.attributes.clone() {
                        self.edge(EdgeKind::WritesAttribute, *app, attribute, "app", *span);
                    }
                }
                AppTrait::ReceivesPasswords => self.users_of(*app, EdgeKind::ReceivesPassword, *span),
            }
        }
        self.only_secrets_that_exist(&with_secret);
    }

    fn users_of(&mut self, app: NodeId, kind: EdgeKind, span: u32) {
        let scope = self.scopes.node(self.nodes, Selection::UsersOf(app));
        self.edge(kind, app, scope, "app", span);
    }

    fn admin_console(&mut self, console: NodeId) {
        let guards = self.said.edges.iter().filter(|edge| edge.kind == EdgeKind::GuardedBy && edge.from == console);
        for edge in guards {
            self.edge(EdgeKind::Guards, edge.to, self.org, "app", edge.span);
        }
    }

    /// Reading secrets reaches only apps that have one: scopes of apps are replaced by those of them that do.
    fn only_secrets_that_exist(&mut self, with_secret: &[(NodeId, u32)]) {
        let kinds: HashMap<NodeId, &str> = self.said.app_kinds.iter().map(|(app, kind)| (*app, &**kind)).collect();
        let readers: Vec<_> = self.derived.extract_if(.., |edge| edge.kind == EdgeKind::ReadSecret).collect();
        for reader in readers {
            let scope = self.nodes.get(reader.to);
            let kind = scope.id.strip_prefix("apps of kind ");
            let reaches = |app: NodeId| match (scope.kind, kind) {
                (NodeKind::Scope, Some(kind)) => kinds.get(&app).is_some_and(|of| *of == kind),
                (NodeKind::Scope, None) => true,
                _ => reader.to == app,
            };
            for (app, since) in with_secret.iter().filter(|(app, _)| reaches(*app)) {
                let span = latest(self.spans, [reader.span, *since]);
                self.derived.push(Edge { to: *app, span, ..reader });
            }
        }
    }

    /// An integration needs no role: its scopes are what it may do.
    fn integrations(&mut self) {
        let services: Vec<_> = self.nodes.of(NodeKind::ApiService).collect();
        for service in services {
            let granted = self.given.grants.get(&service).into_iter().flatten();
            if let Some((_, span)) = granted.into_iter().find(|(scope, _)| TAKING_SCOPES.contains(&scope.as_str())) {
                self.edge(EdgeKind::TakesByScope, service, self.org, "api_service_integration", *span);
            }
        }
    }
}
