//! AWS Signature Version 4 from the server's side, for servers that answer every call at `POST /`: a request that is not
//! signed with the credentials of this run is refused before it is read.

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use s3s::crypto::{Checksum as _, Sha256};

use crate::credentials::Credentials;
use crate::digest::hex;

/// The largest body that a function sends: a full `PutEvents` is 1 MB.
const LARGEST_BODY: usize = 4 << 20;

/// Lets only requests pass that are signed for the service.
pub(crate) fn require(router: Router, credentials: &Credentials, service: &'static str) -> Router {
    let state = (credentials.clone(), service);
    router.layer(axum::middleware::from_fn_with_state(state, check))
}

async fn check(
    State((credentials, service)): State<(Credentials, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    if !is_signed(&credentials, service, &parts.headers, &body) {
        let message =
            r#"{"__type":"InvalidSignatureException","message":"signed with other credentials than this run's"}"#;
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// What an `Authorization` header says.
struct Authorization<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(headers: &'a HeaderMap) -> Option<Self> {
        let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| text.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
        let mut scope = field("Credential")?.split('/');
        let mut next = || scope.next();
        Some(Self {
            access_key_id: next()?,
            date: next()?,
            region: next()?,
            service: next()?,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        })
    }
}

/// Whether a request to `POST /` carries the signature that these credentials make.
fn is_signed(credentials: &Credentials, service: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(given) = Authorization::parse(headers) else { return false };
    let is_addressed = given.access_key_id == credentials.access_key_id && given.service == service;
    let expected = is_addressed.then(|| signature(credentials, &given, headers, body)).flatten();
    expected.is_some_and(|expected| is_equal(&expected, given.signature))
}

/// The signature of a request (AWS General Reference, "Create a signed AWS API request").
fn signature(credentials: &Credentials, given: &Authorization<'_>, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let amz_date = headers.get("x-amz-date")?.to_str().ok()?;
    let time = TimeZone::UTC.to_timestamp(DateTime::strptime("%Y%m%dT%H%M%SZ", amz_date).ok()?).ok()?;
    let seconds = Duration::from_secs(u64::try_from(time.as_second()).ok()?);
    let Authorization { date, region, service, signed_headers, .. } = *given;
    let canonical_headers = canonical_headers(headers, signed_headers)?;
    let canonical = format!("POST\n/\n\n{canonical_headers}\n{signed_headers}\n{}", sha256(body));
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let key = generate_signing_key(&credentials.secret_access_key, SystemTime::UNIX_EPOCH + seconds, region, service);
    Some(calculate_signature(key, text.as_bytes()))
}

/// The signed headers, a line each; none if one of them is missing.
fn canonical_headers(headers: &HeaderMap, signed: &str) -> Option<String> {
    let line = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(format!("{name}:{value}\n"))
    };
    signed.split(';').map(line).collect()
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    hex(hasher.finalize())
}

/// Compares in a time that does not depend on where two texts differ.
fn is_equal(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |bits, (a, b)| bits | (a ^ b));
    one.len() == other.len() && differing == 0
}
