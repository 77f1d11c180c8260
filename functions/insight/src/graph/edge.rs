//! How things of the graph are related: kinds of edges as a table, and edges.

use crate::graph::node::NodeId;

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EdgeKind {
    /// A user is in a group.
    Member,
    /// An owner of a group.
    Owns,
    /// A rule puts users into a group.
    RuleFeeds,
    /// A rule looks at an attribute, or at a group.
    Decides,
    /// Users may edit their own profile.
    EditsOwnProfile,
    /// Somebody may write an attribute.
    WritesAttribute,
    /// Somebody has a role.
    HasRole,
    /// An assignment is of a role.
    IsRole,
    /// An assignment of a custom role is for a resource set.
    ScopedTo,
    /// A resource set has something in it.
    SetContains,
    /// What an assignment reaches.
    Includes,
    /// An assignment makes its holder super admin.
    SuperAdmin,
    /// Resets passwords.
    ResetPassword,
    /// Resets factors.
    ResetFactors,
    /// Puts members into a group.
    AddMember,
    /// Manages an app.
    ManageApp,
    /// Reads an app's client secret.
    ReadSecret,
    /// Manages a policy.
    ManagePolicy,
    /// Manages identity providers that exist.
    ManageIdp,
    /// May create an identity provider.
    CreateIdp,
    /// Manages an inline hook.
    EditHook,
    /// Edits a sign-in page.
    EditSignInPage,
    /// Manages an authorization server.
    ManageServer,
    /// May create an app, and new apps become super admins.
    CreateSuperClient,
    /// A policy decides who enters the Admin Console.
    Guards,
    /// An app is opened by a policy.
    GuardedBy,
    /// A credential acts as what it belongs to.
    CredentialOf,
    /// An app or an integration has scopes that suffice to take the org.
    TakesByScope,
    /// Users whom an identity provider may link.
    CanLink,
    /// A user who signs in through an identity provider.
    IdpFor,
    /// An identity provider puts its users into a group.
    IdpAssigns,
    /// A key signs what an identity provider says.
    SignsFor,
    /// An agent belongs to a pool.
    AgentOf,
    /// A directory says who its users are.
    Authenticates,
    /// An app decides the profile or the password of its users.
    MastersUser,
    /// An app receives the passwords of its users.
    ReceivesPassword,
    /// An app imports a group.
    GroupPull,
    /// A group is pushed into an app.
    GroupPush,
    /// A hook changes what an authorization server says.
    ChangesTokens,
    /// Somebody is the owner of an AI agent.
    OwnsAgent,
    /// An AI agent acts as an app.
    ActsAs,
    /// Okta's support may sign in as an admin.
    Impersonates,
    /// A user's device.
    DeviceOf,
    /// A realm has a user.
    RealmContains,
    /// A group has an app.
    AppOfGroup,
}

/// A row of [`EDGE_KINDS`].
#[derive(Debug, Clone, Copy)]
pub struct EdgeKindRow {
    /// The kind.
    pub kind: EdgeKind,
    /// Its name in files and in JSON.
    pub name: &'static str,
    /// Whether who holds the left can act as the right, or take it: only such edges are part of a path.
    pub is_control: bool,
    /// Which entities it comes from, by commas.
    pub entities: &'static str,
    /// Its name in `OpenGraph` files. Source: `openhound_okta/kinds/edges.py` of SpecterOps/openhound-okta at 01c4369.
    pub open_graph: Option<&'static str>,
    /// What it says. `{from}`, `{to}` and `{via}` stand for names.
    pub meaning: &'static str,
    /// What somebody does with it.
    pub abuse: &'static str,
    /// What closes it; empty if nothing does but removing what leads to it.
    pub remedy: &'static str,
}

const fn link(
    kind: EdgeKind,
    name: &'static str,
    entities: &'static str,
    open_graph: Option<&'static str>,
    meaning: &'static str,
) -> EdgeKindRow {
    EdgeKindRow { kind, name, is_control: false, entities, open_graph, meaning, abuse: "", remedy: "" }
}

const fn control(
    kind: EdgeKind,
    name: &'static str,
    entities: &'static str,
    open_graph: Option<&'static str>,
    words: [&'static str; 3],
) -> EdgeKindRow {
    let [meaning, abuse, remedy] = words;
    EdgeKindRow { kind, name, is_control: true, entities, open_graph, meaning, abuse, remedy }
}

/// Entities of role assignments.
const ROLES: &str = "user_role, group_role, client_role, resource_set_member";

/// A row for each kind, in the order of [`EdgeKind`].
#[rustfmt::skip]
pub const EDGE_KINDS: &[EdgeKindRow] = &[
    control(EdgeKind::Member, "member", "group_member", Some("Okta_MemberOf"), ["{from} is a member of {to}", "Acts with every role and app that the group gives.", "Remove {from} from {to}."]),
    control(EdgeKind::Owns, "owns", "group_owner", None, ["{from} owns {to}", "Adds itself or an accomplice to the group that it owns.", "Remove the owner {from} from {to}, or take the roles from the group."]),
    control(EdgeKind::RuleFeeds, "rule_feeds", "group_rule", None, ["{from} puts users into {to}", "Fulfils the rule, and is put into the group.", "Do not let the rule {from} feed {to}."]),
    control(EdgeKind::Decides, "decides", "group_rule", None, ["{to} looks at {from}", "Makes the rule's condition true.", "Take {from} out of the condition of {to}."]),
    control(EdgeKind::EditsOwnProfile, "edits_own_profile", "user, user_schema", None, ["{from} may edit the own profile", "Edits the own profile.", ""]),
    control(EdgeKind::WritesAttribute, "writes_attribute", "user_schema, app, user_role, group_role, client_role", None, ["{from} may write {to}", "Writes the value that the rule waits for.", "In the Profile Editor, make {to} read-only for users, or take the permission to edit profiles."]),
    control(EdgeKind::HasRole, "has_role", ROLES, Some("Okta_HasRoleAssignment"), ["{from} has the role {to}", "Uses the role.", "Remove the role {to} from {from}."]),
    link(EdgeKind::IsRole, "is_role", ROLES, Some("Okta_HasRole"), "the assignment {from} is of the role {to}"),
    link(EdgeKind::ScopedTo, "scoped_to", ROLES, Some("Okta_ScopedTo"), "the assignment {from} is for {to}"),
    link(EdgeKind::SetContains, "set_contains", "resource_set_resource", Some("Okta_ResourceSetContains"), "the resource set {from} contains {to}"),
    control(EdgeKind::Includes, "includes", "group_member, user, group, app, policy, identity_provider, authorization_server, inline_hook, brand", None, ["{from} includes {to}", "", ""]),
    control(EdgeKind::SuperAdmin, "super_admin", ROLES, Some("Okta_SuperAdmin"), ["{from} is super admin of {to}", "Does everything in the org.", "Remove the role Super Administrator from {from}."]),
    control(EdgeKind::ResetPassword, "reset_password", "user_role, group_role, client_role, custom_role_permission", Some("Okta_ResetPassword"), ["{from} may reset the password of {to}", "Sets a password or asks for a recovery link, and signs in as the user.", "Limit the role {via} to groups that have no admins in them."]),
    control(EdgeKind::ResetFactors, "reset_factors", "user_role, group_role, client_role, custom_role_permission", Some("Okta_ResetFactors"), ["{from} may reset the factors of {to}", "Resets the factors and enrolls its own.", "Limit the role {via} to groups that have no admins in them."]),
    control(EdgeKind::AddMember, "add_member", "user_role, group_role, client_role, custom_role_permission", Some("Okta_AddMember"), ["{from} may put members into {to}", "Adds itself or an accomplice to the group.", "Take {to} out of what the role {via} is for."]),
    control(EdgeKind::ManageApp, "manage_app", "user_role, group_role, client_role, custom_role_permission", Some("Okta_ManageApp"), ["{from} manages the app {to}", "Adds a key or a secret of its own to the app, and acts as it.", "Take {to} out of what the role {via} is for."]),
    control(EdgeKind::ReadSecret, "read_secret", "app, user_role, group_role, client_role, custom_role_permission", Some("Okta_ReadClientSecret"), ["{from} may read the client secret of {to}", "Reads the secret and acts as the app.", "Let {to} authenticate with private_key_jwt, or remove the role {via}."]),
    control(EdgeKind::ManagePolicy, "manage_policy", "user_role, group_role, client_role, custom_role_permission, resource_set_resource", None, ["{from} manages the policy {to}", "Weakens the policy, and signs in with a stolen password.", "Take {to} out of what the role {via} is for."]),
    control(EdgeKind::ManageIdp, "manage_idp", "user_role, group_role, client_role, custom_role_permission", None, ["{from} manages the identity provider {to}", "Replaces the provider's key or address by its own.", "Take {to} out of what the role {via} is for."]),
    control(EdgeKind::CreateIdp, "create_idp", "user_role, group_role, client_role, custom_role_permission", None, ["{from} may create identity providers", "Creates a provider of its own that links to any user, and signs in as an admin.", "Take the permission okta.identityProviders.manage from the role {via}."]),
    control(EdgeKind::EditHook, "edit_hook", "inline_hook, user_role, group_role, client_role, custom_role_permission", None, ["{from} manages the inline hook {to}", "Points the hook at its own endpoint.", "Take the permission okta.inlinehooks.manage from the role {via}."]),
    control(EdgeKind::EditSignInPage, "edit_sign_in_page", "brand, user_role, group_role, client_role, custom_role_permission", None, ["{from} edits the sign-in page of {to}", "Puts a script into the page that sends passwords elsewhere.", "Take the permission okta.customizations.manage from the role {via}."]),
    control(EdgeKind::ManageServer, "manage_server", "authorization_server, user_role, group_role, client_role, custom_role_permission", None, ["{from} manages the authorization server {to}", "Issues tokens with claims of its choice.", "Take {to} out of what the role {via} is for."]),
    control(EdgeKind::CreateSuperClient, "create_super_client", "client_privileges_setting, user_role, group_role, client_role, custom_role_permission", None, ["{from} may create apps, and new clients become super admins", "Creates a client, which is super admin at once.", "Turn off Settings > Account > Public client app admins."]),
    control(EdgeKind::Guards, "guards", "app, policy", None, ["{from} decides who enters the Admin Console of {to}", "Enters the Admin Console with the weakest proof.", ""]),
    link(EdgeKind::GuardedBy, "guarded_by", "app", Some("Okta_PolicyMapping"), "the policy {to} decides who may open {from}"),
    control(EdgeKind::CredentialOf, "credential_of", "app_jwk, api_token", Some("Okta_KeyOf"), ["{from} is a credential of {to}", "Acts as {to}.", "Revoke {from}, or limit it to a network zone."]),
    control(EdgeKind::TakesByScope, "takes_by_scope", "app_grant, api_service_integration", None, ["{from} has scopes that suffice to take {to}", "Calls the API with the scopes that it was granted.", "Revoke the scopes that {from} does not need."]),
    control(EdgeKind::CanLink, "can_link", "identity_provider", None, ["{from} may link itself to {to}", "Sends an assertion that names the user, and is linked to the account.", "Set a filter for account linking of {from}, and exclude admins."]),
    control(EdgeKind::IdpFor, "idp_for", "identity_provider_user", Some("Okta_IdentityProviderFor"), ["{to} signs in through {from}", "Sends an assertion that names the user.", "Unlink {to} from {from}."]),
    control(EdgeKind::IdpAssigns, "idp_assigns", "identity_provider", Some("Okta_IdpGroupAssignment"), ["{from} puts its users into {to}", "Sends an assertion for a user who is then in the group.", "Take {to} out of the group assignments of {from}."]),
    control(EdgeKind::SignsFor, "signs_for", "identity_provider", None, ["{from} signs what {to} says", "Signs assertions.", "Replace the key {from} of {to}."]),
    control(EdgeKind::AgentOf, "agent_of", "agent_pool", Some("Okta_AgentMemberOf"), ["{from} is an agent of {to}", "Takes the agent's host, reads passwords that pass, and answers for the directory.", "Treat the host of {from} as tier zero."]),
    control(EdgeKind::Authenticates, "authenticates", "agent_pool, user", None, ["the directory {from} says who {to} is", "Answers that the password of the user was right, or sets it in the directory.", "Make the admin {to} an account of Okta, without delegated authentication."]),
    control(EdgeKind::MastersUser, "masters_user", "app, app_feature, app_user", None, ["the app {from} is the source of the profile of {to}", "Changes the user's profile, e-mail address and so the recovery, or attributes that rules look at.", "Take the admin {to} out of the app {from}, or turn off that it is a profile source."]),
    control(EdgeKind::ReceivesPassword, "receives_password", "app, app_feature, app_user", Some("Okta_ReadPasswordUpdates"), ["the app {from} receives the password of {to}", "Reads the password where the app receives it.", "Turn off Sync Password for {from}, or take the admin {to} out of the app."]),
    control(EdgeKind::GroupPull, "group_pull", "group", Some("Okta_GroupPull"), ["the app {from} says who is in {to}", "Puts itself into the group in the app.", "Take roles from the group {to}, which is imported."]),
    link(EdgeKind::GroupPush, "group_push", "group_push_mapping", Some("Okta_GroupPush"), "the group {from} is pushed into the app {to}"),
    control(EdgeKind::ChangesTokens, "changes_tokens", "inline_hook, authorization_server_policy_rule", None, ["{from} changes the tokens of {to}", "Answers with claims of its choice.", "Remove the hook {from} from the rules of {to}, or treat its endpoint as tier zero."]),
    control(EdgeKind::OwnsAgent, "owns_agent", "ai_agent", None, ["{from} owns the AI agent {to}", "Adds a key to the agent, and acts as it.", "Give the agent {to} an owner who has its privileges anyway, or take them from the agent."]),
    control(EdgeKind::ActsAs, "acts_as", "ai_agent", None, ["{from} acts as {to}", "Uses the app's scopes and roles.", "Unlink the agent {from} from {to}."]),
    control(EdgeKind::Impersonates, "impersonates", "okta_support", None, ["{from} may sign in as an admin of {to}", "Signs in as an admin from the support's console.", "Revoke Settings > Account > Give access to Okta Support."]),
    link(EdgeKind::DeviceOf, "device_of", "device", Some("Okta_DeviceOf"), "{from} is a device of {to}"),
    link(EdgeKind::RealmContains, "realm_contains", "user", Some("Okta_RealmContains"), "the realm {from} has {to}"),
    link(EdgeKind::AppOfGroup, "app_of_group", "app_group", Some("Okta_AppAssignment"), "the members of {from} have the app {to}"),
];

impl EdgeKind {
    /// Its row of the table.
    pub fn row(self) -> &'static EdgeKindRow {
        // The table has a row for each kind, in this order: a test says so.
        &EDGE_KINDS[self as usize]
    }

    /// Its name in files and in JSON.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

/// A relation of two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// Its left end.
    pub from: NodeId,
    /// Its right end.
    pub to: NodeId,
    /// What it rests on besides its ends: the role of an assignment.
    pub via: Option<NodeId>,
    /// The number of its entity in the graph's list.
    pub(crate) source: u16,
    /// Whether it stands although a part of what it rests on was not read.
    pub is_assumed: bool,
    /// The number of its span in the graph's list; 0 is one of which nothing is known.
    pub(crate) span: u32,
}

impl Edge {
    /// What makes it this edge: its kind and its ends.
    pub(crate) fn key(&self) -> (EdgeKind, NodeId, NodeId) {
        (self.kind, self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        for (position, row) in EDGE_KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, position, "move {} to the place that its kind has in EdgeKind", row.name);
            assert!(
                !row.is_control || row.kind == EdgeKind::Includes || !row.abuse.is_empty(),
                "{} has no abuse",
                row.name
            );
        }
        assert_eq!(EDGE_KINDS.len(), EdgeKind::AppOfGroup as usize + 1, "add a row for each kind");
    }
}
