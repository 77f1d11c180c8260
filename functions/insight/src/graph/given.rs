//! What edges are derived from, by what it is about; each with the number of its span.

use std::collections::{HashMap, HashSet};

use crate::graph::change::Span;
use crate::graph::facts::{AppTrait, Fact, LinkFact, RoleFact};
use crate::graph::node::NodeId;
use crate::graph::orn::Resource;

/// Statements, each with the number of its span.
pub(crate) type Dated<T> = Vec<(T, u32)>;

/// What edges are derived from.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) roles: Dated<RoleFact>,
    pub(crate) targets: HashMap<NodeId, Dated<Resource>>,
    pub(crate) permissions: HashMap<NodeId, Dated<String>>,
    pub(crate) resources: HashMap<NodeId, Dated<Resource>>,
    pub(crate) grants: HashMap<NodeId, Dated<String>>,
    pub(crate) apps: Dated<(NodeId, AppTrait)>,
    pub(crate) self_written: HashMap<String, u32>,
    pub(crate) links: Dated<LinkFact>,
    pub(crate) conditions: Dated<(NodeId, String)>,
    pub(crate) directories: Dated<(NodeId, Box<str>)>,
    /// Whether new clients become super admins.
    pub(crate) new_clients: Option<u32>,
}

impl Given {
    pub(crate) fn of(facts: Dated<Fact>, by_set: u16) -> Self {
        let mut given = Self::default();
        for (fact, span) in facts {
            given.add(fact, span);
        }
        // A custom role is told twice, by its holder and by its resource set: the holder's word comes first.
        given.roles.sort_by_key(|(role, _)| (role.source == by_set, role.assignment));
        given.apps.sort_by_key(|(app, _)| *app);
        given.apps.dedup_by_key(|(app, _)| *app);
        given
    }

    fn add(&mut self, fact: Fact, span: u32) {
        match fact {
            Fact::Role(role) => self.roles.push((role, span)),
            Fact::Target(of, resource) => self.targets.entry(of).or_default().push((resource, span)),
            Fact::Permission(of, permission) => self.permissions.entry(of).or_default().push((permission, span)),
            Fact::Resource(of, resource) => self.resources.entry(of).or_default().push((resource, span)),
            Fact::Grant(of, scope) => self.grants.entry(of).or_default().push((scope, span)),
            Fact::App(app, app_trait) => self.apps.push(((app, app_trait), span)),
            Fact::SelfWritten(attribute) => drop(self.self_written.insert(attribute, span)),
            Fact::Link(link) => self.links.push((link, span)),
            Fact::Condition(rule, attribute) => self.conditions.push(((rule, attribute), span)),
            Fact::Directory(of, name) => self.directories.push(((of, name), span)),
            Fact::NewClientsAreSuperAdmins => self.new_clients = Some(span),
        }
    }

    /// Leaves each custom role once, and returns the assignments that are left out.
    pub(crate) fn drop_repeated_roles(&mut self) -> HashSet<NodeId> {
        let mut seen = HashSet::new();
        let mut repeated = HashSet::new();
        self.roles.retain(|(role, _)| {
            let is_new = role.set.is_none() || seen.insert((role.holder, role.role, role.set));
            if !is_new {
                repeated.insert(role.assignment);
            }
            is_new
        });
        repeated
    }
}

/// The span of what rests on several things: the one that began last.
pub(crate) fn latest(spans: &[Span], of: impl IntoIterator<Item = u32>) -> u32 {
    of.into_iter().max_by_key(|span| spans[*span as usize].from).unwrap_or_default()
}
