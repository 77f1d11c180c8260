//! What assignments of roles and identity providers reach, as nodes that many of them share: a scope includes each thing once,
//! however many admins have it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::{Assigned, LinkFact};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::nodes::Nodes;
use crate::graph::role::Domain;
use crate::graph::sources::number;

/// What a scope includes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Selection {
    /// All things of a domain.
    All(Domain, Bound),
    /// The members of a group.
    Members(NodeId, Bound),
    /// The apps of a kind.
    AppsOfKind(String),
    /// The users of an app.
    UsersOf(NodeId),
    /// Those whom an identity provider may link, by its place among the facts.
    Linked(usize),
}

/// Whether Okta protects admins from whoever has the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bound {
    /// Neither super admins nor groups that have roles.
    Bounded,
    /// Everything.
    Unbounded,
}

/// Who must not be reached by whom.
#[derive(Debug, Default)]
pub(crate) struct Protected {
    /// Users who are super admins, themselves or by a group.
    pub(crate) super_admins: HashSet<NodeId>,
    /// Users who have any role.
    pub(crate) admins: HashSet<NodeId>,
}

/// Scopes, each once.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    by_selection: BTreeMap<Selection, NodeId>,
}

/// What scopes are filled from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) edges: &'a [Edge],
    pub(crate) assigned: &'a [Assigned],
    pub(crate) app_kinds: &'a HashMap<NodeId, Box<str>>,
    pub(crate) links: &'a [(LinkFact, u32)],
    pub(crate) protected: &'a Protected,
}

impl Scopes {
    /// The node of a selection.
    pub(crate) fn node(&mut self, nodes: &mut Nodes, selection: Selection) -> NodeId {
        if let Some(known) = self.by_selection.get(&selection) {
            return *known;
        }
        let node = nodes.id(NodeKind::Scope, &id(nodes, &selection));
        self.by_selection.insert(selection, node);
        node
    }

    /// The edges from each scope to what it includes.
    pub(crate) fn fill(&self, nodes: &Nodes, sources: Sources<'_>) -> Vec<Edge> {
        let mut filled = Vec::new();
        let mut members: HashMap<NodeId, Vec<(NodeId, Includes<'_>)>> = HashMap::new();
        let mut users_of: HashMap<NodeId, NodeId> = HashMap::new();
        for (selection, scope) in &self.by_selection {
            match selection {
                Selection::All(domain, bound) => all(nodes, sources, *scope, *domain, *bound, &mut filled),
                Selection::Members(group, bound) => {
                    members.entry(*group).or_default().push((*scope, Includes::Bounded(*bound)));
                }
                Selection::AppsOfKind(kind) => apps_of_kind(sources, *scope, kind, &mut filled),
                Selection::UsersOf(app) => drop(users_of.insert(*app, *scope)),
                Selection::Linked(at) => {
                    let Some((link, _)) = sources.links.get(*at) else { continue };
                    if link.groups.is_empty() {
                        let users = nodes.of(NodeKind::User).filter(|user| link.reaches(sources.protected, *user));
                        filled.extend(users.map(|user| includes(*scope, user, "user")));
                    }
                    for group in &link.groups {
                        members.entry(*group).or_default().push((*scope, Includes::Linked(link)));
                    }
                }
            }
        }
        for edge in sources.edges.iter().filter(|edge| edge.kind == EdgeKind::Member) {
            let wanted = members.get(&edge.to).into_iter().flatten();
            let wanted = wanted.filter(|(_, includes)| includes.holds(sources.protected, edge.from));
            filled.extend(wanted.map(|(scope, _)| Edge {
                kind: EdgeKind::Includes,
                from: *scope,
                to: edge.from,
                ..*edge
            }));
        }
        let users =
            sources.assigned.iter().filter_map(|it| Some(includes(*users_of.get(&it.app)?, it.user, "app_user")));
        filled.extend(users);
        filled
    }
}

/// Which members of a group belong to a scope.
#[derive(Debug, Clone, Copy)]
enum Includes<'a> {
    Bounded(Bound),
    Linked(&'a LinkFact),
}

impl Includes<'_> {
    fn holds(self, protected: &Protected, user: NodeId) -> bool {
        match self {
            Self::Bounded(bound) => bound == Bound::Unbounded || !protected.super_admins.contains(&user),
            Self::Linked(link) => link.reaches(protected, user),
        }
    }
}

impl LinkFact {
    /// Whether an account may be linked, as far as the filter for users says.
    fn reaches(&self, protected: &Protected, user: NodeId) -> bool {
        let is_excluded_admin = self.excludes_admins && protected.admins.contains(&user);
        !is_excluded_admin && !self.excluded.contains(&user)
    }
}

fn includes(scope: NodeId, to: NodeId, entity: &str) -> Edge {
    let source = number(entity).unwrap_or_default();
    Edge { kind: EdgeKind::Includes, from: scope, to, via: None, source, is_assumed: false, span: 0 }
}

fn all(nodes: &Nodes, sources: Sources<'_>, scope: NodeId, domain: Domain, bound: Bound, filled: &mut Vec<Edge>) {
    let (kind, entity) = match domain {
        Domain::Users => (NodeKind::User, "user"),
        Domain::Groups => (NodeKind::Group, "group"),
        Domain::Apps => (NodeKind::App, "app"),
        Domain::Policies => (NodeKind::Policy, "policy"),
        Domain::IdentityProviders => (NodeKind::IdentityProvider, "identity_provider"),
        Domain::AuthorizationServers => (NodeKind::AuthorizationServer, "authorization_server"),
        Domain::Hooks => (NodeKind::InlineHook, "inline_hook"),
        Domain::Customizations => (NodeKind::SignInPage, "brand"),
    };
    let reached = nodes.of(kind).filter(|node| bound == Bound::Unbounded || !sources.protected.has(nodes, *node));
    filled.extend(reached.map(|node| includes(scope, node, entity)));
}

fn apps_of_kind(sources: Sources<'_>, scope: NodeId, kind: &str, filled: &mut Vec<Edge>) {
    let mut apps: Vec<_> = sources.app_kinds.iter().filter(|(_, of)| &***of == kind).map(|(app, _)| *app).collect();
    apps.sort_unstable();
    filled.extend(apps.into_iter().map(|app| includes(scope, app, "app")));
}

impl Protected {
    /// Whether Okta keeps admins who are no super admins from it. Of groups only their own flag says so.
    pub(crate) fn has(&self, nodes: &Nodes, node: NodeId) -> bool {
        self.super_admins.contains(&node) && nodes.get(node).kind == NodeKind::User || nodes.get(node).is_protected
    }
}

/// What a scope is called, which also tells it from others.
fn id(nodes: &Nodes, selection: &Selection) -> String {
    let but = |bound: &Bound| if *bound == Bound::Bounded { " but those who are protected" } else { "" };
    match selection {
        Selection::All(domain, bound) => format!("all {}{}", things(*domain), but(bound)),
        Selection::Members(group, bound) => format!("members of {}{}", nodes.get(*group).id, but(bound)),
        Selection::AppsOfKind(kind) => format!("apps of kind {kind}"),
        Selection::UsersOf(app) => format!("users of app {}", nodes.get(*app).id),
        Selection::Linked(at) => format!("users who may be linked, filter {at}"),
    }
}

fn things(domain: Domain) -> &'static str {
    match domain {
        Domain::Users => "users",
        Domain::Groups => "groups",
        Domain::Apps => "apps",
        Domain::Policies => "policies",
        Domain::IdentityProviders => "identity providers",
        Domain::AuthorizationServers => "authorization servers",
        Domain::Hooks => "inline hooks",
        Domain::Customizations => "sign-in pages",
    }
}
