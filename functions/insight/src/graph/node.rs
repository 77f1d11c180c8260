//! What exists in the graph: kinds of nodes as a table, nodes, and the ids by which edges name them.

/// A node's number within a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NodeKind {
    /// The org itself: who takes it is a super admin.
    Org,
    /// A person's account.
    User,
    /// A group.
    Group,
    /// A group rule.
    GroupRule,
    /// An attribute of a user's profile.
    Attribute,
    /// An application, also one without people.
    App,
    /// A public key of an application, or the key of an identity provider.
    Key,
    /// A token of the API, which acts as its owner.
    ApiToken,
    /// An API service integration.
    ApiService,
    /// An agent of AI, or another workload principal.
    AiAgent,
    /// A role that somebody has, for something.
    RoleAssignment,
    /// A role, built in or custom.
    Role,
    /// A resource set.
    ResourceSet,
    /// What an assignment of a role is for: all users, the members of a group, the apps of a kind.
    Scope,
    /// A policy.
    Policy,
    /// An identity provider.
    IdentityProvider,
    /// An authorization server.
    AuthorizationServer,
    /// An inline hook: an endpoint outside of Okta whose answer Okta believes.
    InlineHook,
    /// The sign-in page of a brand.
    SignInPage,
    /// A pool of directory agents, and so its directory.
    AgentPool,
    /// A directory agent on its host.
    Agent,
    /// A device.
    Device,
    /// A realm.
    Realm,
    /// Okta's own support, while the org lets it in.
    Support,
}

/// A row of [`NODE_KINDS`].
#[derive(Debug, Clone, Copy)]
pub struct NodeKindRow {
    /// The kind.
    pub kind: NodeKind,
    /// Its name in files and in JSON.
    pub name: &'static str,
    /// Which entities it comes from, by commas.
    pub entities: &'static str,
    /// Its name in `OpenGraph` files. Source: `openhound_okta/kinds/nodes.py` of SpecterOps/openhound-okta at 01c4369.
    pub open_graph: Option<&'static str>,
    /// Whether it stands between two things without being one: paths in words leave it out.
    pub is_virtual: bool,
    /// Whether it can act: a path is told for each of these.
    pub is_principal: bool,
}

const fn row(
    kind: NodeKind,
    name: &'static str,
    entities: &'static str,
    open_graph: Option<&'static str>,
) -> NodeKindRow {
    NodeKindRow { kind, name, entities, open_graph, is_virtual: false, is_principal: false }
}

impl NodeKindRow {
    const fn acts(mut self) -> Self {
        self.is_principal = true;
        self
    }

    const fn between(mut self) -> Self {
        self.is_virtual = true;
        self
    }
}

/// A row for each kind, in the order of [`NodeKind`].
#[rustfmt::skip]
pub const NODE_KINDS: &[NodeKindRow] = &[
    row(NodeKind::Org, "org", "org", Some("Okta_Organization")),
    row(NodeKind::User, "user", "user", Some("Okta_User")).acts(),
    row(NodeKind::Group, "group", "group", Some("Okta_Group")),
    row(NodeKind::GroupRule, "group_rule", "group_rule", None),
    row(NodeKind::Attribute, "attribute", "user_schema, group_rule", None).between(),
    row(NodeKind::App, "app", "app", Some("Okta_Application")).acts(),
    row(NodeKind::Key, "key", "app_jwk, identity_provider", Some("Okta_JWK")).acts(),
    row(NodeKind::ApiToken, "api_token", "api_token", Some("Okta_ApiToken")).acts(),
    row(NodeKind::ApiService, "api_service", "api_service_integration", Some("Okta_ApiServiceIntegration")).acts(),
    row(NodeKind::AiAgent, "ai_agent", "ai_agent", None).acts(),
    row(NodeKind::RoleAssignment, "role_assignment", "user_role, group_role, client_role, resource_set_member", Some("Okta_RoleAssignment")).between(),
    row(NodeKind::Role, "role", "custom_role", Some("Okta_Role")),
    row(NodeKind::ResourceSet, "resource_set", "resource_set", Some("Okta_ResourceSet")),
    row(NodeKind::Scope, "scope", "group_role_group_target, user_role_group_target, client_role_group_target, group_role_app_target, user_role_app_target, client_role_app_target, resource_set_resource", None).between(),
    row(NodeKind::Policy, "policy", "policy", Some("Okta_Policy")),
    row(NodeKind::IdentityProvider, "identity_provider", "identity_provider", Some("Okta_IdentityProvider")).acts(),
    row(NodeKind::AuthorizationServer, "authorization_server", "authorization_server", Some("Okta_AuthorizationServer")),
    row(NodeKind::InlineHook, "inline_hook", "inline_hook", None).acts(),
    row(NodeKind::SignInPage, "sign_in_page", "brand", None),
    row(NodeKind::AgentPool, "agent_pool", "agent_pool", Some("Okta_AgentPool")),
    row(NodeKind::Agent, "agent", "agent_pool", Some("Okta_Agent")).acts(),
    row(NodeKind::Device, "device", "device", Some("Okta_Device")),
    row(NodeKind::Realm, "realm", "realm", Some("Okta_Realm")),
    row(NodeKind::Support, "support", "okta_support", None).acts(),
];

impl NodeKind {
    /// Its row of the table.
    pub fn row(self) -> &'static NodeKindRow {
        // The table has a row for each kind, in this order: a test says so.
        &NODE_KINDS[self as usize]
    }

    /// Its name in files and in JSON.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

/// A thing of the org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its id in Okta; of what Okta has no id for, one that says what it is.
    pub id: Box<str>,
    /// What people call it; the id if nothing is known. Written by whoever named it: escape it before it is shown.
    pub name: Box<str>,
    /// Whether it was read, and not only named by something else.
    pub is_read: bool,
    /// Whether it can be used: a deactivated app, a user who has left, or a rule that is off cannot.
    pub is_active: bool,
    /// Whether Okta protects it from admins who are no super admins: a group whose statistics say that it has roles.
    pub is_protected: bool,
}

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        for (position, row) in NODE_KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, position, "move {} to the place that its kind has in NodeKind", row.name);
        }
        assert_eq!(NODE_KINDS.len(), NodeKind::Support as usize + 1, "add a row for each kind");
    }
}
