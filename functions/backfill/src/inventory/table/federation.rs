//! Federation: identity providers, authorization servers, realms, directory agents.

use crate::inventory::entity::{Entity, Guess, list};
use crate::inventory::table::scopes::{LIMIT, SERVERS};

const AUTHORIZATION: &[&str] = &["oauth2.as.", "oauth2.scope.", "oauth2.claim."];

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    // Okta returns client secrets of identity providers, and its own log records that they were read.
    list("identity_provider", "/api/v1/idps", "okta.idps.read").query(LIMIT).redacted(&["protocol.credentials.client.client_secret"]).event_types(&["system.idp."]).item("/api/v1/idps/{}").guess(Guess::Rows(3)),
    list("identity_provider_key", "/api/v1/idps/credentials/keys", "okta.idps.read").query(LIMIT).key(&["kid"]),
    list("identity_provider_signing_key", "/api/v1/idps/{}/credentials/keys", "okta.idps.read").each("identity_provider").key(&["kid"]),
    list("identity_provider_csr", "/api/v1/idps/{}/credentials/csrs", "okta.idps.read").each("identity_provider").additional(),
    list("identity_provider_active_key", "/api/v1/idps/{}/credentials/keys/active", "okta.idps.read").each("identity_provider").key(&["kid"]).additional(),
    list("identity_provider_user", "/api/v1/idps/{}/users", "okta.idps.read").each("identity_provider").query(LIMIT).touched(),
    list("authorization_server", "/api/v1/authorizationServers", SERVERS).query(LIMIT).volatile(&["credentials.signing.lastRotated", "credentials.signing.nextRotation"]).event_types(AUTHORIZATION).item("/api/v1/authorizationServers/{}").guess(Guess::Rows(2)),
    list("authorization_server_scope", "/api/v1/authorizationServers/{}/scopes", SERVERS).each("authorization_server").query(LIMIT).event_types(AUTHORIZATION),
    list("authorization_server_claim", "/api/v1/authorizationServers/{}/claims", SERVERS).each("authorization_server").event_types(AUTHORIZATION),
    list("authorization_server_policy", "/api/v1/authorizationServers/{}/policies", SERVERS).each("authorization_server").event_types(AUTHORIZATION).item("/api/v1/authorizationServers/{}/policies/{}"),
    list("authorization_server_policy_rule", "/api/v1/authorizationServers/{}/policies/{}/rules", SERVERS).each("authorization_server_policy").event_types(AUTHORIZATION),
    list("authorization_server_key", "/api/v1/authorizationServers/{}/credentials/keys", SERVERS).each("authorization_server").key(&["kid"]).event_types(AUTHORIZATION),
    list("authorization_server_client", "/api/v1/authorizationServers/{}/clients", SERVERS).each("authorization_server").key(&["client_id"]).event_types(AUTHORIZATION),
    list("authorization_server_client_token", "/api/v1/authorizationServers/{}/clients/{}/tokens", SERVERS).each("authorization_server_client").query(LIMIT).additional().event_types(AUTHORIZATION),
    list("resource_server_key", "/api/v1/authorizationServers/{}/resourceservercredentials/keys", SERVERS).each("authorization_server").key(&["kid"]).additional().event_types(AUTHORIZATION),
    list("associated_server", "/api/v1/authorizationServers/{}/associatedServers", SERVERS).each("authorization_server").additional(),
    list("realm", "/api/v1/realms", "okta.realms.read").query(LIMIT).identity_engine(),
    list("realm_assignment", "/api/v1/realm-assignments", "okta.realmAssignments.read").query(LIMIT).identity_engine(),
    // Without the parameter Okta gives five pools of each type and does not mention the others.
    list("agent_pool", "/api/v1/agentPools", "okta.agentPools.read").query(&[("limitPerPoolType", "200")]).volatile(&["agents", "operationalStatus"]),
    list("agent_pool_update", "/api/v1/agentPools/{}/updates", "okta.agentPools.read").each("agent_pool").volatile(&["agents"]).additional(),
];
