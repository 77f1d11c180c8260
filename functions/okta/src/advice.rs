//! What Okta's error codes mean for a collector, and what a person does about them. Okta's own lists of codes:
//! the error-code pages of its developer site; only the codes that reading can meet are here.

use Disposition::{Denied, NotFound, Rejected, Retry, Stop, Unlicensed};

/// What a caller does with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// It passes: the same call can succeed later.
    Retry,
    /// Nothing will work until somebody has repaired the credentials or the org.
    Stop,
    /// This data is not allowed: a scope, a role or a permission is missing.
    Denied,
    /// The org does not offer this: a licence or feature is missing, or it runs the other engine.
    Unlicensed,
    /// The object does not exist, or not any more.
    NotFound,
    /// The request is not one that the org accepts; others may well be.
    Rejected,
}

/// A code of Okta's, `errorCode` or OAuth's `error`.
struct Code {
    name: &'static str,
    disposition: Disposition,
    remedy: &'static str,
}

const fn row(name: &'static str, disposition: Disposition, remedy: &'static str) -> Code {
    Code { name, disposition, remedy }
}

const ROLE: &str = "give the app an admin role that can read this: Admin Console > Applications > the app > Admin roles \
    (Read-only Administrator reads most, a custom role with \"View\" permissions the rest)";
const SCOPES: &str = "grant the scope: Admin Console > Applications > the app > Okta API Scopes";
const TOKEN: &str = "the token is wrong, expired or revoked: put new credentials into the secret";
const NOT_OFFERED: &str = "the org does not offer this: the feature is not licensed or not switched on \
    (Admin Console > Settings > Features), or the org runs the other engine";
const LATER: &str = "nothing: it is tried again";
const GONE: &str = "nothing: the object was deleted while it was being read";
const REPORT: &str = "the org does not take this request: report it with the error id";
const CLIENT: &str = "compare client_id and the key or client secret with the app's (Admin Console > Applications > the app \
    > General > Client Credentials), and see that the app is active";
const PROOF: &str = "nothing to configure: report it with the request id";

/// Sorted by code.
#[rustfmt::skip]
const CODES: &[Code] = &[
    row("E0000001", Rejected, REPORT),
    row("E0000003", Rejected, REPORT),
    row("E0000004", Stop, TOKEN),
    row("E0000005", Stop, TOKEN),
    row("E0000006", Denied, ROLE),
    row("E0000007", NotFound, GONE),
    // "The requested path was not found": not a missing object but a missing endpoint.
    row("E0000008", Unlicensed, NOT_OFFERED),
    row("E0000009", Retry, LATER),
    row("E0000010", Retry, "nothing: the org is in read-only mode for maintenance, it is tried again"),
    row("E0000011", Stop, TOKEN),
    row("E0000013", Stop, CLIENT),
    row("E0000015", Unlicensed, NOT_OFFERED),
    row("E0000022", Unlicensed, NOT_OFFERED),
    row("E0000026", Unlicensed, "nothing: Okta has retired this endpoint"),
    row("E0000031", Rejected, REPORT),
    row("E0000038", Denied, ROLE),
    row("E0000047", Retry, "nothing: the rate limit of the org is used up, it is tried again after the reset"),
    row("E0000052", Unlicensed, NOT_OFFERED),
    row("E0000053", Rejected, "check the range: the System Log goes back 90 days, and filters take documented fields only"),
    row("E0000060", Unlicensed, NOT_OFFERED),
    row("E0000094", Rejected, REPORT),
    row("E0000100", Retry, "nothing: Okta's search is down for a while, it is tried again"),
    row("E0000153", NotFound, GONE),
    row("E0000154", NotFound, GONE),
    row("E0000156", NotFound, GONE),
    row("E0000215", Unlicensed, "nothing: Okta has retired this endpoint"),
    row("E0000249", Retry, LATER),
    row("E0000253", Retry, LATER),
    row("E0000260", Stop, "the org has been deactivated: ask its owner or Okta"),
    row("access_denied", Stop, "allow the address that this runs from in the app's network zones"),
    row("consent_required", Denied, SCOPES),
    row("insufficient_scope", Denied, SCOPES),
    row("invalid_client", Stop, CLIENT),
    row("invalid_dpop_proof", Stop, PROOF),
    row("invalid_request", Stop, PROOF),
    row("invalid_scope", Denied, "the org does not know the scope, or it is not granted: Admin Console > Applications > the app > Okta API Scopes"),
    row("invalid_token", Stop, TOKEN),
    row("server_error", Retry, LATER),
    row("unauthorized_client", Stop, "create the app as \"API Services\": this one may not use the client credentials grant"),
    row("use_dpop_nonce", Stop, PROOF),
];

/// `invalid_client` has one code for many mistakes: the description tells them apart. Sorted.
#[rustfmt::skip]
const PHRASES: &[(&str, &str)] = &[
    ("'client_id' parameter", "the org has no such client: copy the client id from the app's General tab into `client_id`, and see that the app is active"),
    ("JWKSet", "the app has no usable public key: add one under Admin Console > Applications > the app > General > Public Keys"),
    ("application_type", "create the app as \"API Services\": Okta gives okta.* scopes to no other kind"),
    ("assertion JWT kid", "`key_id` names no active key of the app: copy the KID from Admin Console > Applications > the app > General > Public Keys"),
    ("assertion signature", "`private_key` is not the other half of the public key that `key_id` names: add its public key to the app, or give the right private key"),
    ("client secret supplied", "the client secret is wrong or revoked: generate a new one (Admin Console > Applications > the app > General > Client secrets) and put it into the secret"),
    ("far into the future", "the clock of this machine is wrong"),
    ("must be issued before", "the clock of this machine is wrong"),
    ("network zones", "allow the address that this runs from in the app's network zones"),
    ("private_key_jwt token", "an \"API Services\" app takes no client secret: choose \"Public key / Private key\" in its General tab and give `key_id` and `private_key`"),
    ("token is expired", "the clock of this machine is wrong"),
];

/// What an answer means, by its code or, failing that, its status.
pub(crate) fn disposition(status: u16, code: Option<&str>) -> Disposition {
    if let Some(known) = code.and_then(find) {
        return known.disposition;
    }
    match status {
        401 => Stop,
        403 => Denied,
        404 | 410 => NotFound,
        405 | 501 => Unlicensed,
        408 | 429 | 500..=599 => Retry,
        _ => Rejected,
    }
}

/// What a person does about it.
pub(crate) fn remedy(status: u16, code: Option<&str>, summary: &str) -> &'static str {
    if let Some((_, remedy)) = PHRASES.iter().find(|(phrase, _)| summary.contains(phrase)) {
        return remedy;
    }
    if let Some(known) = code.and_then(find) {
        return known.remedy;
    }
    match disposition(status, None) {
        Retry => LATER,
        Stop => TOKEN,
        Denied => ROLE,
        Unlicensed => NOT_OFFERED,
        NotFound => GONE,
        Rejected => REPORT,
    }
}

fn find(code: &str) -> Option<&'static Code> {
    let index = CODES.binary_search_by(|known| known.name.cmp(code)).ok()?;
    CODES.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        let unsorted = CODES.windows(2).find(|pair| pair[0].name >= pair[1].name);
        assert!(unsorted.is_none(), "in CODES, move {}", unsorted.map_or("", |pair| pair[1].name));
        let unsorted = PHRASES.windows(2).find(|pair| pair[0].0 >= pair[1].0);
        assert!(unsorted.is_none(), "in PHRASES, move {:?}", unsorted.map(|pair| pair[1].0));
    }

    #[test]
    fn a_known_code_decides_and_a_status_stands_in() {
        assert_eq!(disposition(401, Some("E0000011")), Stop);
        assert_eq!(disposition(401, Some("E0000015")), Unlicensed);
        assert_eq!(disposition(500, Some("E0000053")), Rejected);
        assert_eq!(disposition(403, Some("E9999999")), Denied);
        assert_eq!(disposition(403, None), Denied);
        assert_eq!(disposition(418, None), Rejected);
        assert_eq!(disposition(502, None), Retry);
    }

    /// The descriptions are Okta's, of its list of OAuth 2.0 error codes.
    #[test]
    fn each_mistake_with_the_client_has_its_own_remedy() {
        let cases = [
            ("The client_assertion JWT kid is invalid.", "`key_id` names no"),
            ("The client_assertion signature is invalid.", "is not the other half"),
            (
                "The client does not have a JWKSet configured, but the client_assertion requires one.",
                "no usable public key",
            ),
            ("The client secret supplied for a confidential client is invalid.", "wrong or revoked"),
            ("Invalid value for 'client_id' parameter.", "no such client"),
            (
                "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.",
                "takes no client secret",
            ),
            (
                "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
                "create the app as",
            ),
            ("The client_assertion token is expired.", "clock"),
            ("The client_assertion token must be issued before the current time.", "clock"),
            ("The client_assertion token has an expiration too far into the future.", "clock"),
            (
                "Client authentication failed. Either the client or the client credentials are invalid.",
                "compare client_id",
            ),
        ];
        for (summary, expected) in cases {
            let remedy = remedy(401, Some("invalid_client"), summary);
            assert!(remedy.contains(expected), "{summary}: {remedy}");
            let hits = PHRASES.iter().filter(|(phrase, _)| summary.contains(phrase)).count();
            assert!(hits <= 1, "{summary} is met by {hits} phrases: order would decide");
        }
    }
}
