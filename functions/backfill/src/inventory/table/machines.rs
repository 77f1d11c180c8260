//! Identities that are not people: tokens, services, agents.

use crate::inventory::entity::{Entity, Envelope, list};
use crate::inventory::table::scopes::LIMIT;

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("api_token", "/api/v1/api-tokens", "okta.apiTokens.read").volatile(&["expiresAt"]).event_types(&["system.api_token."]),
    list("api_service_integration", "/integrations/api/v1/api-services", "okta.oauthIntegrations.read").event_types(&["integration.api_service."]).item("/integrations/api/v1/api-services/{}"),
    list("api_service_secret", "/integrations/api/v1/api-services/{}/credentials/secrets", "okta.oauthIntegrations.read").each("api_service_integration").audited().redacted(&["client_secret", "secret_hash"]),
    list("service_account", "/privileged-access/api/v1/service-accounts", "okta.serviceAccounts.read").query(LIMIT),
    list("okta_service_account", "/privileged-access/api/v1/okta-service-accounts", "okta.serviceAccounts.okta.read").query(LIMIT),
    list("ai_agent", "/workload-principals/api/v1/ai-agents", "okta.aiAgents.read").event_types(&["workload_principal."]).envelope(Envelope::In("data")).identity_engine(),
];
