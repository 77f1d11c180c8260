//! Who can open which app, by which ways, and what a sign-in must prove.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::graph::change::Cause;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::Assigned;
use crate::graph::model::{Adjacency, Graph};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::sign_on::{SignOn, sign_on};

/// When users last opened apps, by the ids of the user and the app: from the log, which the caller has read.
pub type LastUsed = HashMap<(String, String), Timestamp>;

/// What questions about access are answered from.
#[derive(Debug)]
pub struct AccessIndex<'g> {
    graph: &'g Graph,
    /// The memberships of each user.
    groups: Adjacency,
    /// The memberships in each group.
    members: Adjacency,
    apps: HashMap<NodeId, Vec<NodeId>>,
    groups_of_apps: HashMap<NodeId, Vec<NodeId>>,
    policies: HashMap<NodeId, NodeId>,
    /// What fills a group without anybody's doing.
    fillers: HashMap<NodeId, Vec<Entry>>,
}

/// A user's access to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The user.
    pub user: NodeId,
    /// The app.
    pub app: NodeId,
    /// How, the assignment that wins first: the user's own, then groups by priority.
    pub ways: Vec<Way>,
    /// Whether the app itself has the user: a group's assignment that is not carried out yet is none.
    pub is_carried_out: bool,
    /// Which rules would decide about a sign-in; none if the app's policy is not known.
    pub sign_on: Option<SignOn>,
    /// When it began; none if that was before the inventory.
    pub since: Option<Timestamp>,
    /// When the user last opened the app; none if the log that was read has no such event.
    pub last_used: Option<Timestamp>,
}

/// A way by which a user has an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The user was assigned.
    Direct,
    /// A group of the user was.
    Group {
        /// The group.
        group: NodeId,
        /// How the user may have come into it.
        entries: Vec<Entry>,
        /// The group's priority among those of the app; the smallest wins. None if Okta did not say.
        priority: Option<i64>,
        /// Since when the user is in it.
        since: Option<Timestamp>,
    },
    /// The app has the user through a group, but none of the user's groups has the app.
    Unexplained,
}

/// How a user may have come into a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Everybody is in it.
    Everyone,
    /// A rule puts users into it.
    Rule(NodeId),
    /// A directory or another app says who is in it.
    Imported(NodeId),
    /// An identity provider puts its users into it.
    IdentityProvider(NodeId),
    /// Somebody put the user into it.
    Added {
        /// By which event.
        by: Cause,
    },
    /// Nothing fills it by itself, and who put the user into it is older than the inventory.
    AddedBefore,
}

impl<'g> AccessIndex<'g> {
    /// Prepares a graph.
    pub fn of(graph: &'g Graph) -> Self {
        let is_member = |edge: &Edge| edge.kind == EdgeKind::Member;
        let nodes = graph.nodes.len();
        let mut index = Self {
            graph,
            groups: Adjacency::outgoing(nodes, &graph.edges, is_member),
            members: Adjacency::incoming(nodes, &graph.edges, is_member),
            apps: HashMap::new(),
            groups_of_apps: HashMap::new(),
            policies: HashMap::new(),
            fillers: HashMap::new(),
        };
        for edge in &graph.edges {
            index.add(edge);
        }
        for group in &graph.everyone {
            index.fillers.insert(*group, vec![Entry::Everyone]);
        }
        index
    }

    fn add(&mut self, edge: &Edge) {
        let mut fill = |group, entry| self.fillers.entry(group).or_default().push(entry);
        match edge.kind {
            EdgeKind::AppOfGroup => {
                self.apps.entry(edge.from).or_default().push(edge.to);
                self.groups_of_apps.entry(edge.to).or_default().push(edge.from);
            }
            EdgeKind::GuardedBy => drop(self.policies.insert(edge.from, edge.to)),
            EdgeKind::RuleFeeds if self.graph.is_usable(edge.from) => fill(edge.to, Entry::Rule(edge.from)),
            EdgeKind::GroupPull => fill(edge.to, Entry::Imported(edge.from)),
            EdgeKind::IdpAssigns => fill(edge.to, Entry::IdentityProvider(edge.from)),
            _ => {}
        }
    }

    /// Everybody who has an app, in the order of their numbers.
    pub fn of_app(&self, app: NodeId, last_used: &LastUsed) -> Vec<Access> {
        let groups = self.groups_of_apps.get(&app).into_iter().flatten();
        let members =
            groups.flat_map(|group| self.members.at(*group)).map(|edge| self.graph.edges[*edge as usize].from);
        let mut users: Vec<_> = members.chain(self.assigned_to(app).iter().map(|assigned| assigned.user)).collect();
        users.sort_unstable();
        users.dedup();
        users.retain(|user| self.graph.is_usable(*user));
        users.into_iter().map(|user| self.pair(user, app, last_used)).collect()
    }

    /// Every app that a user has, in the order of their numbers.
    pub fn of_user(&self, user: NodeId, last_used: &LastUsed) -> Vec<Access> {
        if !self.graph.is_usable(user) {
            return Vec::new();
        }
        let groups = self.groups.at(user).iter().map(|edge| self.graph.edges[*edge as usize].to);
        let of_groups = groups.filter_map(|group| self.apps.get(&group)).flatten().copied();
        let own = self.graph.assigned.iter().filter(|assigned| assigned.user == user).map(|assigned| assigned.app);
        let mut apps: Vec<_> = of_groups.chain(own).collect();
        apps.sort_unstable();
        apps.dedup();
        apps.into_iter().map(|app| self.pair(user, app, last_used)).collect()
    }

    /// Every app that somebody has or could have by a group, in the order of their numbers.
    pub fn apps(&self) -> Vec<NodeId> {
        let assigned = self.graph.assigned.iter().map(|assigned| assigned.app);
        let mut apps: Vec<_> = assigned.chain(self.groups_of_apps.keys().copied()).collect();
        apps.sort_unstable();
        apps.dedup();
        apps
    }

    fn assigned_to(&self, app: NodeId) -> &'g [Assigned] {
        let assigned = &self.graph.assigned;
        let (first, end) = (assigned.partition_point(|it| it.app < app), assigned.partition_point(|it| it.app <= app));
        &assigned[first..end]
    }

    fn pair(&self, user: NodeId, app: NodeId, last_used: &LastUsed) -> Access {
        let of_app = self.assigned_to(app);
        let own = of_app.binary_search_by_key(&user, |assigned| assigned.user).ok().map(|at| of_app[at]);
        let ways = self.ways(user, app, own);
        let made = own.filter(|own| own.since_ms > 0).and_then(|own| Timestamp::from_millisecond(own.since_ms).ok());
        let joined = ways.iter().filter_map(|way| match way {
            Way::Group { since, .. } => *since,
            _ => None,
        });
        let since = made.or_else(|| joined.min());
        let key = (self.graph.node(user).id.to_string(), self.graph.node(app).id.to_string());
        let last_used = if last_used.is_empty() { None } else { last_used.get(&key).copied() };
        Access { user, app, ways, is_carried_out: own.is_some(), sign_on: self.sign_on(user, app), since, last_used }
    }

    fn ways(&self, user: NodeId, app: NodeId, own: Option<Assigned>) -> Vec<Way> {
        let memberships = self.groups.at(user).iter().map(|number| self.graph.edges[*number as usize]);
        let with_app = |edge: &Edge| self.apps.get(&edge.to).is_some_and(|apps| apps.contains(&app));
        let mut groups: Vec<_> = memberships.filter(with_app).map(|edge| self.by_group(app, &edge)).collect();
        groups.sort_by_key(|(priority, group, _)| (*priority, *group));
        let mut ways: Vec<Way> = groups.into_iter().map(|(.., way)| way).collect();
        if own.is_some_and(|own| own.is_direct) {
            ways.insert(0, Way::Direct);
        }
        if ways.is_empty() {
            ways.push(Way::Unexplained);
        }
        ways
    }

    fn by_group(&self, app: NodeId, membership: &Edge) -> (i64, NodeId, Way) {
        let group = membership.to;
        let priority = self.graph.priorities.get(&(app, group)).copied().filter(|priority| *priority != i64::MAX);
        let way =
            Way::Group { group, entries: self.entries(membership), priority, since: self.graph.span(membership).from };
        (priority.unwrap_or(i64::MAX), group, way)
    }

    fn entries(&self, membership: &Edge) -> Vec<Entry> {
        let by = &self.graph.span(membership).opened_by;
        let mut entries = self.fillers.get(&membership.to).cloned().unwrap_or_default();
        if by.event.is_some() {
            entries.push(Entry::Added { by: by.clone() });
        } else if entries.is_empty() {
            entries.push(Entry::AddedBefore);
        }
        entries
    }

    fn sign_on(&self, user: NodeId, app: NodeId) -> Option<SignOn> {
        let rules = self.graph.rules.get(self.policies.get(&app)?)?;
        let is_member =
            |group: NodeId| self.groups.at(user).iter().any(|edge| self.graph.edges[*edge as usize].to == group);
        Some(sign_on(rules, user, is_member))
    }
}

impl Graph {
    /// The apps, or the users, of this id or name, whichever there are: what somebody means who asks about access.
    pub fn app_or_user(&self, text: &str) -> Vec<NodeId> {
        let mut found = self.named(NodeKind::App, text);
        found.extend(self.named(NodeKind::User, text));
        found
    }
}
