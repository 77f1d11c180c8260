//! What Okta's refusals mean for a collector, and what a person does about them. The codes are those of Okta's error-code
//! pages that a GET or a token request can meet; what they mean is taken from recorded answers of real orgs.

use Disposition::{Denied, NotApplicable, NotFound, NotOffered, Rejected, Retry, Stop};

/// What a caller does with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// It passes: the same call can succeed later.
    Retry,
    /// Nothing will work until somebody has repaired the credentials or the org.
    Stop,
    /// This data is not allowed: a scope, a role or a permission is missing.
    Denied,
    /// The org does not offer this: a license or feature is missing, or it runs the other engine.
    NotOffered,
    /// The object exists but cannot have this: there is nothing, and nothing is missing.
    NotApplicable,
    /// The object does not exist, or not any more.
    NotFound,
    /// The request is not one that the org accepts: a mistake of this client, or something in between refuses it.
    Rejected,
    /// The answers contradict themselves: read the list again from its first page once, then call it partial.
    Contradicted,
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
const REPORT: &str = "report it with the error id: okta-lake makes a request that the org does not accept";
const IN_BETWEEN: &str = "check what stands between this machine and Okta: the refusal is not Okta's but of a proxy, a firewall \
    or a web application firewall";
const CURSOR: &str = "nothing: the cursor is too old, the list is read again from its first page";
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
    row("E0000008", NotOffered, NOT_OFFERED),
    row("E0000009", Retry, LATER),
    row("E0000010", Retry, "nothing: the org is in read-only mode for maintenance, it is tried again"),
    row("E0000011", Stop, TOKEN),
    row("E0000013", Stop, CLIENT),
    row("E0000015", NotOffered, NOT_OFFERED),
    row("E0000019", Rejected, REPORT),
    // 405, "The endpoint does not support the provided HTTP method": no org has this GET.
    row("E0000022", Rejected, REPORT),
    row("E0000026", NotOffered, "nothing: Okta has retired this endpoint"),
    row("E0000029", Rejected, CURSOR),
    row("E0000031", Rejected, REPORT),
    row("E0000038", Denied, ROLE),
    row("E0000047", Retry, "nothing: the rate limit of the org is used up, it is tried again after the reset"),
    row("E0000052", NotOffered, NOT_OFFERED),
    row("E0000053", Rejected, "check the range: the System Log goes back 90 days, and filters take documented fields only"),
    row("E0000060", NotOffered, NOT_OFFERED),
    row("E0000094", Rejected, REPORT),
    row("E0000100", Retry, "nothing: Okta's search is down for a while, it is tried again"),
    row("E0000153", NotFound, GONE),
    row("E0000154", NotFound, GONE),
    row("E0000156", NotFound, GONE),
    row("E0000215", NotOffered, "nothing: Okta has retired this endpoint"),
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

/// Texts that change what a code means: one code stands for many things. Sorted.
const EXCEPTIONS: &[(&str, &str, Disposition)] =
    // `/apps/{id}/features` of an app without provisioning.
    &[("E0000001", "Provisioning is not supported", NotApplicable)];

/// A refusal, as far as its meaning goes.
pub(crate) struct Facts<'a> {
    pub(crate) status: u16,
    pub(crate) code: Option<&'a str>,
    /// The summary and the causes.
    pub(crate) texts: Vec<&'a str>,
    /// Whether the answer has a mark that only Okta sets: an error code, a challenge, a request id.
    pub(crate) is_oktas: bool,
}

/// What a refusal means, by its code or, failing that, its status.
pub(crate) fn disposition(facts: &Facts<'_>) -> Disposition {
    let says = |phrase: &str| facts.texts.iter().any(|text| text.contains(phrase));
    if let Some((.., meaning)) = EXCEPTIONS.iter().find(|(code, text, _)| facts.code == Some(code) && says(text)) {
        return *meaning;
    }
    if let Some(known) = facts.code.and_then(find) {
        return known.disposition;
    }
    match facts.status {
        401 => Stop,
        408 | 429 | 500 | 502..=599 => Retry,
        // Whatever stands in between speaks for itself only.
        _ if !facts.is_oktas => Rejected,
        403 => Denied,
        404 | 410 => NotFound,
        501 => NotOffered,
        _ => Rejected,
    }
}

/// What a person does about it.
pub(crate) fn remedy(facts: &Facts<'_>) -> &'static str {
    let says = |phrase: &str| facts.texts.iter().any(|text| text.contains(phrase));
    if let Some((_, remedy)) = PHRASES.iter().find(|(phrase, _)| says(phrase)) {
        return remedy;
    }
    let disposition = disposition(facts);
    if let Some(known) = facts.code.and_then(find).filter(|known| known.disposition == disposition) {
        return known.remedy;
    }
    match disposition {
        Retry => LATER,
        Stop => TOKEN,
        Denied => ROLE,
        NotOffered => NOT_OFFERED,
        NotApplicable => "nothing: the object cannot have this",
        NotFound => GONE,
        Rejected if !facts.is_oktas => IN_BETWEEN,
        Rejected | Disposition::Contradicted => REPORT,
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
        assert!(EXCEPTIONS.is_sorted_by_key(|(code, text, _)| (code, text)), "sort EXCEPTIONS");
        let unsorted = PHRASES.windows(2).find(|pair| pair[0].0 >= pair[1].0);
        assert!(unsorted.is_none(), "in PHRASES, move {:?}", unsorted.map(|pair| pair[1].0));
    }

    fn facts<'a>(status: u16, code: Option<&'a str>, text: &'a str) -> Facts<'a> {
        Facts { status, code, texts: vec![text], is_oktas: true }
    }

    /// Each row is a recorded answer of a real org to a GET, or of Okta's documentation where none is recorded.
    #[test]
    fn each_refusal_has_its_real_meaning() {
        for (status, code, text, expected) in [
            (400, Some("E0000001"), "Api validation failed: filter", Rejected),
            (400, Some("E0000001"), "Provisioning is not supported.", NotApplicable),
            (400, Some("E0000001"), "Api validation failed: feature\nProvisioning is not supported.", NotApplicable),
            (400, Some("E0000031"), "Invalid search criteria.", Rejected),
            (400, Some("E0000019"), "Bad request. Accept and/or Content-Type headers are likely not set.", Rejected),
            (400, Some("E0000029"), "Invalid paging request.", Rejected),
            (401, Some("E0000011"), "Invalid token provided", Stop),
            (401, Some("E0000015"), "You do not have permission to access the feature you are requesting", NotOffered),
            (401, None, "", Stop),
            (403, Some("E0000006"), "You do not have permission to perform the requested action", Denied),
            (403, Some("E9999999"), "", Denied),
            (403, None, "", Denied),
            (404, Some("E0000007"), "Not found: Resource not found: 0oa1 (AppInstance)", NotFound),
            (404, Some("E0000008"), "The requested path was not found", NotOffered),
            (404, None, "", NotFound),
            (405, Some("E0000022"), "The endpoint does not support the provided HTTP method", Rejected),
            (405, None, "", Rejected),
            (410, None, "", NotFound),
            (429, Some("E0000047"), "", Retry),
            (500, Some("E0000009"), "", Retry),
            (500, Some("E0000053"), "", Rejected),
            (501, Some("E0000060"), "Unsupported operation.", NotOffered),
            (501, None, "", NotOffered),
            (502, None, "", Retry),
            (418, None, "", Rejected),
        ] {
            assert_eq!(disposition(&facts(status, code, text)), expected, "{status} {code:?} {text}");
        }
    }

    #[test]
    fn what_stands_in_between_denies_nothing_in_oktas_name() {
        for status in [400, 403, 404, 405, 410, 451, 501] {
            let foreign = Facts { status, code: None, texts: vec![], is_oktas: false };
            assert_eq!(disposition(&foreign), Rejected, "{status}");
            assert!(remedy(&foreign).contains("proxy"), "{status}");
        }
        let passing = Facts { status: 503, code: None, texts: vec![], is_oktas: false };
        assert_eq!(disposition(&passing), Retry);
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
            let remedy = remedy(&facts(401, Some("invalid_client"), summary));
            assert!(remedy.contains(expected), "{summary}: {remedy}");
            let hits = PHRASES.iter().filter(|(phrase, _)| summary.contains(phrase)).count();
            assert!(hits <= 1, "{summary} is met by {hits} phrases: order would decide");
        }
    }
}
