//! Which entities of the inventory the graph is made of, how each is read, and what cannot be said without it.

use jiff::Timestamp;

use crate::graph::facts::Facts;
use crate::graph::read::{admins, apps, federation, machines, people};
use crate::inventory::{Known, Record, Unread};

/// How a record is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reader {
    Plain(fn(&mut Facts, &Record)),
    At(fn(&mut Facts, &Record, Timestamp)),
}

/// A row of [`SOURCES`].
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The entity's name in the inventory.
    pub entity: &'static str,
    pub(crate) reader: Reader,
    /// Whether somebody may have a path that cannot be seen without it.
    pub is_for_paths: bool,
    /// Whether somebody may have access that cannot be seen without it.
    pub is_for_access: bool,
}

const fn source(entity: &'static str, reader: fn(&mut Facts, &Record)) -> Source {
    Source { entity, reader: Reader::Plain(reader), is_for_paths: true, is_for_access: false }
}

impl Source {
    const fn and_access(mut self) -> Self {
        self.is_for_access = true;
        self
    }

    const fn only_access(mut self) -> Self {
        (self.is_for_paths, self.is_for_access) = (false, true);
        self
    }

    const fn only_shown(mut self) -> Self {
        self.is_for_paths = false;
        self
    }
}

/// A row for each entity, sorted.
pub const SOURCES: &[Source] = &[
    source("agent_pool", federation::agent_pool),
    source("ai_agent", machines::ai_agent),
    source("api_service_integration", machines::api_service),
    source("api_token", machines::api_token),
    source("app", apps::app).and_access(),
    source("app_feature", apps::app_feature),
    source("app_grant", apps::app_grant),
    source("app_group", apps::app_group).only_access(),
    source("app_jwk", apps::app_jwk),
    source("app_user", apps::app_user).and_access(),
    source("authorization_server", federation::server).only_shown(),
    source("authorization_server_policy_rule", federation::server_rule).only_shown(),
    source("brand", federation::brand).only_shown(),
    source("client_privileges_setting", machines::client_privileges),
    source("client_role", admins::client_role),
    source("client_role_app_target", admins::app_target),
    source("client_role_group_target", admins::group_target),
    source("custom_role", admins::custom_role),
    source("custom_role_permission", admins::permission),
    source("device", people::device).only_shown(),
    source("group", people::group).and_access(),
    source("group_member", people::member).and_access(),
    source("group_owner", people::owner),
    source("group_push_mapping", apps::group_push).only_shown(),
    source("group_role", admins::group_role),
    source("group_role_app_target", admins::app_target),
    source("group_role_group_target", admins::group_target),
    source("group_rule", people::rule),
    source("identity_provider", federation::provider),
    source("identity_provider_user", federation::provider_user),
    source("inline_hook", federation::hook).only_shown(),
    Source {
        entity: "okta_support",
        reader: Reader::At(machines::okta_support),
        is_for_paths: true,
        is_for_access: false,
    },
    source("org", machines::org).only_shown(),
    source("policy", federation::policy),
    source("policy_rule", federation::policy_rule).only_shown(),
    source("realm", people::realm).only_shown(),
    source("resource_set", admins::resource_set),
    source("resource_set_member", admins::set_member),
    source("resource_set_resource", admins::set_resource),
    source("user", people::user).and_access(),
    source("user_role", admins::user_role),
    source("user_role_app_target", admins::app_target),
    source("user_role_group_target", admins::group_target),
    source("user_schema", people::user_schema),
];

/// Whether what an entity does not have does not exist: all of it was read, or the org does not have such things.
pub(crate) fn is_whole(known: &Known) -> bool {
    matches!(known, Known::Complete | Known::Unread { why: Unread::NotOffered, .. })
}

/// The number of an entity; none if the graph does not use it.
pub(crate) fn number(entity: &str) -> Option<u16> {
    let at = SOURCES.binary_search_by_key(&entity, |source| source.entity).ok()?;
    u16::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::edge::EDGE_KINDS;

    #[test]
    fn the_table_is_sorted() {
        assert!(SOURCES.is_sorted_by_key(|source| source.entity), "sort SOURCES by entity");
        assert_eq!(number("user").map(|at| SOURCES[usize::from(at)].entity), Some("user"));
        assert_eq!(number("behavior"), None);
    }

    #[test]
    fn what_edges_come_from_is_read() {
        for row in EDGE_KINDS {
            for entity in row.entities.split(", ") {
                assert!(number(entity).is_some(), "{} comes from {entity}, which SOURCES does not have", row.name);
            }
        }
    }
}
