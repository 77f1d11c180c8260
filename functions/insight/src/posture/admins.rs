//! Who is an admin: by a role of one's own, by a group's, or as a client.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Record;
use crate::posture::fields::{Fields, own_id};
use crate::posture::org::Org;

/// Who holds which roles.
#[derive(Debug, Default)]
pub(crate) struct Admins<'a> {
    /// People, with the roles that they hold and the group that they hold them through.
    people: BTreeMap<&'a str, Vec<Held<'a>>>,
    /// Clients, with the types of their roles.
    clients: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// A role that somebody holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held<'a> {
    /// The assignment: a `user_role` or a `group_role`.
    pub(crate) role: &'a Record,
    /// The group that it comes from.
    pub(crate) group: Option<&'a str>,
}

impl<'a> Admins<'a> {
    /// Finds who is an admin.
    pub(crate) fn of(org: &Org<'a>) -> Self {
        let mut admins = Self::default();
        for (role, person) in active(org.records("user_role")) {
            admins.people.entry(person).or_default().push(Held { role, group: None });
        }
        for (role, group) in active(org.records("group_role")) {
            for member in org.children("group_member", group) {
                admins.people.entry(own_id(member)).or_default().push(Held { role, group: Some(group) });
            }
        }
        for (role, client) in active(org.records("client_role")) {
            admins.clients.entry(client).or_default().insert(role.text("/type"));
        }
        admins
    }

    /// The roles of somebody.
    pub(crate) fn roles(&self, person: &str) -> &[Held<'a>] {
        self.people.get(person).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody is an admin.
    pub(crate) fn has(&self, person: &str) -> bool {
        self.people.contains_key(person)
    }

    /// Whether somebody holds a role of one of these types.
    pub(crate) fn holds(&self, person: &str, types: &[&str]) -> bool {
        self.roles(person).iter().any(|held| types.contains(&held.role.text("/type")))
    }

    /// Everybody who is an admin.
    pub(crate) fn people(&self) -> impl Iterator<Item = &'a str> {
        self.people.keys().copied()
    }

    /// The clients that hold a role, with the types.
    pub(crate) fn clients(&self) -> impl Iterator<Item = (&'a str, &BTreeSet<&'a str>)> {
        self.clients.iter().map(|(client, roles)| (*client, roles))
    }
}

/// The assignments in force, with who holds them.
fn active(roles: &[Record]) -> impl Iterator<Item = (&Record, &str)> {
    let in_force = roles.iter().filter(|role| role.text("/status") != "INACTIVE");
    in_force.filter_map(|role| Some((role, role.parent.as_deref()?)))
}
