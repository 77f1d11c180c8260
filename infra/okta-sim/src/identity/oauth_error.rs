//! What the token endpoint and DPoP answer when they refuse, in Okta's words.

use serde_json::json;

use crate::api::answer::Answer;

/// A refusal: status, `error` and `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

const fn error(status: u16, error: &'static str, description: &'static str) -> OAuthError {
    OAuthError { status, error, description }
}

const INVALID_CLIENT: &str = "invalid_client";
const INVALID_PROOF: &str = "invalid_dpop_proof";

pub(crate) const ACCESS_TOKEN_EXPIRED: OAuthError = error(401, "invalid_token", "The token has expired.");
pub(crate) const ACCESS_TOKEN_INVALID: OAuthError = error(401, "invalid_token", "The access token is invalid.");
pub(crate) const ACCESS_TOKEN_NOT_BOUND: OAuthError =
    error(401, "invalid_token", "The presented access_token is not DPoP bound.");
pub(crate) const ACCESS_TOKEN_REVOKED: OAuthError = error(401, "invalid_token", "The access token has been revoked.");
pub(crate) const ASSERTION_ALG: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion JWT signature algorithm is invalid.");
pub(crate) const ASSERTION_AUDIENCE: OAuthError =
    error(401, INVALID_CLIENT, "The audience claim for client_assertion must be the endpoint invoked for the request.");
pub(crate) const ASSERTION_EXPIRED: OAuthError = error(401, INVALID_CLIENT, "The client_assertion token is expired.");
pub(crate) const ASSERTION_ISSUED_IN_FUTURE: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion token must be issued before the current time.");
pub(crate) const ASSERTION_ISSUER: OAuthError =
    error(401, INVALID_CLIENT, "The issuer claim for client_assertion is not a valid client_id.");
pub(crate) const ASSERTION_KID: OAuthError = error(401, INVALID_CLIENT, "The client_assertion JWT kid is invalid.");
pub(crate) const ASSERTION_MALFORMED: OAuthError =
    error(401, INVALID_CLIENT, "The parsing of the client_assertion failed.");
pub(crate) const ASSERTION_NO_EXPIRY: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion must contain the 'exp' claim as seconds since epoch.");
pub(crate) const ASSERTION_NO_KEYS: OAuthError =
    error(401, INVALID_CLIENT, "The client does not have a JWKSet configured, but the client_assertion requires one.");
pub(crate) const ASSERTION_SIGNATURE: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion signature is invalid.");
pub(crate) const ASSERTION_SUBJECT: OAuthError =
    error(401, INVALID_CLIENT, "The subject claim for client_assertion is not a valid client_id.");
pub(crate) const ASSERTION_TOO_LONG: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion token has an expiration too far into the future.");
pub(crate) const ASSERTION_TYPE: OAuthError = error(400, "invalid_request", "The client_assertion_type is invalid.");
pub(crate) const ASSERTION_USED: OAuthError =
    error(401, INVALID_CLIENT, "The client_assertion token has already been used.");
pub(crate) const AUTH_METHOD_INTEGRATION: OAuthError = error(
    401,
    INVALID_CLIENT,
    "OAuth Integration Client Credentials requests to the OrgModel Authorization Server must use either private_key_jwt \
     or client_secret_basic as the token_endpoint_auth_method.",
);
pub(crate) const AUTH_METHOD_SERVICE: OAuthError = error(
    401,
    INVALID_CLIENT,
    "Client Credentials requests to the OrgModel Authorization Server must use the private_key_jwt \
     token_endpoint_auth_method.",
);
pub(crate) const BASIC_MALFORMED: OAuthError =
    error(401, INVALID_CLIENT, "Found Authentication header but was not valid client credentials.");
pub(crate) const CLIENT_ID: OAuthError = error(401, INVALID_CLIENT, "Invalid value for 'client_id' parameter.");
pub(crate) const CLIENT_SECRET: OAuthError =
    error(401, INVALID_CLIENT, "The client secret supplied for a confidential client is invalid.");
pub(crate) const CREDENTIALS_IN_QUERY: OAuthError =
    error(400, "invalid_request", "Client credentials cannot be supplied via query parameters.");
pub(crate) const CREDENTIALS_MISSING: OAuthError = error(401, INVALID_CLIENT, "No client credentials found.");
pub(crate) const CREDENTIALS_TWICE: OAuthError = error(
    401,
    "invalid_request",
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, \
     credentials in the post body, or a client_assertion in the post body.",
);
pub(crate) const DPOP_ALG: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT signature algorithm is invalid.");
pub(crate) const DPOP_ATH: OAuthError =
    error(400, INVALID_PROOF, "'ath' claim in the DPoP proof does not match the presented access_token.");
pub(crate) const DPOP_BINDING: OAuthError =
    error(400, INVALID_PROOF, "The access_token is not bound to the provided DPoP proof.");
pub(crate) const DPOP_EXPIRED: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT is expired.");
pub(crate) const DPOP_HTM: OAuthError = error(400, INVALID_PROOF, "'htm' claim in the DPoP proof JWT is invalid.");
pub(crate) const DPOP_HTU: OAuthError = error(400, INVALID_PROOF, "'htu' claim in the DPoP proof JWT is invalid.");
pub(crate) const DPOP_IAT: OAuthError = error(400, INVALID_PROOF, "'iat' claim in the DPoP proof JWT is invalid.");
pub(crate) const DPOP_IN_FUTURE: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT is issued in the future.");
pub(crate) const DPOP_JTI: OAuthError = error(400, INVALID_PROOF, "'jti' claim in the DPoP proof JWT is invalid.");
pub(crate) const DPOP_KEY: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT is invalid.");
pub(crate) const DPOP_MALFORMED: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT cannot be parsed.");
pub(crate) const DPOP_MANY: OAuthError = error(400, INVALID_PROOF, "Multiple DPoP proof JWT headers are not allowed.");
pub(crate) const DPOP_MISSING: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT header is missing.");
pub(crate) const DPOP_NONCE: OAuthError =
    error(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.");
pub(crate) const DPOP_PROOF_REQUIRED: OAuthError =
    error(400, "invalid_request", "The resource request requires a DPoP proof.");
pub(crate) const DPOP_SCHEME: OAuthError = error(
    400,
    "invalid_request",
    "The resource request must use the DPoP authentication scheme when using a DPoP bound token.",
);
pub(crate) const DPOP_SIGNATURE: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT signature is invalid.");
pub(crate) const DPOP_TOO_OLD: OAuthError =
    error(400, INVALID_PROOF, "The DPoP proof JWT is issued more than five minutes in the past.");
pub(crate) const DPOP_TYPE: OAuthError = error(400, INVALID_PROOF, "'typ' must be 'dpop+jwt' in the DPoP proof JWT.");
pub(crate) const DPOP_USED: OAuthError = error(400, INVALID_PROOF, "The DPoP proof JWT has already been used.");
pub(crate) const GRANT_TYPE_MISSING: OAuthError =
    error(400, "invalid_request", "The token request must specify a 'grant_type'. Valid values: [client_credentials]");
pub(crate) const GRANT_TYPE_UNSUPPORTED: OAuthError = error(
    400,
    "unsupported_grant_type",
    "The authorization grant type is not supported by the authorization server. Configured grant types: \
     [client_credentials].",
);
pub(crate) const SCOPE_MISSING: OAuthError = error(400, "invalid_scope", "No scopes were requested.");
pub(crate) const SCOPE_NONE_GRANTED: OAuthError =
    error(400, "consent_required", "You are not allowed any of the requested scopes.");
pub(crate) const SCOPE_OPENID: OAuthError =
    error(400, "invalid_scope", "Cannot request 'openid' scopes using client credentials.");
pub(crate) const SCOPE_SELF: OAuthError = error(
    400,
    "client_credentials_self_scope_requested",
    "The 'client_credentials' grant type may not request .self scopes.",
);
pub(crate) const SCOPE_UNKNOWN: OAuthError =
    error(400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.");

impl OAuthError {
    /// The answer, as the token endpoint gives it.
    pub(crate) fn answer(&self) -> Answer {
        Answer::json(self.status, &json!({"error": self.error, "error_description": self.description}))
    }
}
