//! Faults on demand: what S3 does on a bad day, injected in front of the store for chosen requests.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// A fault that a request meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The answer is this status (503 as `SlowDown`, 500 as `InternalError`, 409 as `ConditionalRequestConflict`,
    /// 403 as `AccessDenied`); nothing is written.
    Status(u16),
    /// The connection breaks before anything is done.
    Disconnect,
    /// The request is carried out, and then the connection breaks before the answer.
    LostAnswer,
    /// The request is carried out after this delay.
    Delay(Duration),
}

/// The request that a fault rule judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRequest {
    /// The HTTP method: "PUT" writes, "GET" reads or lists.
    pub method: String,
    /// The object's key; empty for requests about the bucket.
    pub key: String,
}

type Rule = Box<dyn Fn(&FaultRequest) -> Option<Fault> + Send + Sync>;

/// The rule in force.
#[derive(Default)]
pub(crate) struct Faults(RwLock<Option<Rule>>);

impl Faults {
    pub(crate) fn set(&self, rule: Option<Rule>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rule;
    }

    fn judge(&self, request: &Request) -> Option<Fault> {
        let rule = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rule.as_ref().and_then(|rule| rule(&describe(request)))
    }
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set = self.0.read().is_ok_and(|rule| rule.is_some());
        f.debug_struct("Faults").field("set", &set).finish()
    }
}

/// The layer in front of the store.
pub(crate) async fn inject(State(faults): State<Arc<Faults>>, request: Request, next: Next) -> Response {
    match faults.judge(&request) {
        None => next.run(request).await,
        Some(Fault::Status(status)) => refusal(status, request.method() != Method::HEAD),
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            next.run(request).await
        }
        Some(Fault::Disconnect) => broken(),
        Some(Fault::LostAnswer) => {
            next.run(request).await;
            broken()
        }
    }
}

fn describe(request: &Request) -> FaultRequest {
    // Path style: /BUCKET/KEY.
    let path = request.uri().path().trim_start_matches('/');
    let key = path.split_once('/').map_or("", |(_, key)| key);
    FaultRequest { method: request.method().to_string(), key: percent_decoded(key) }
}

fn percent_decoded(key: &str) -> String {
    let mut parts = key.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => decoded.extend([&[byte], &part.as_bytes()[2..]].concat()),
            None => decoded.extend([b"%", part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn refusal(status: u16, with_body: bool) -> Response {
    let code = match status {
        403 => "AccessDenied",
        409 => "ConditionalRequestConflict",
        503 => "SlowDown",
        _ => "InternalError",
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>injected</Message></Error>"
    );
    let mut response = Response::new(if with_body { Body::from(body) } else { Body::empty() });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/xml"));
    response
}

/// An answer whose body breaks off, upon which the server closes the connection.
fn broken() -> Response {
    let broken = futures::stream::once(async { Err::<bytes::Bytes, _>(std::io::Error::other("injected")) });
    Response::new(Body::from_stream(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_see_keys_as_they_are() {
        assert_eq!(
            percent_decoded("live/tenant%3Da/hour=01/snapshot%3D10%3A00"),
            "live/tenant=a/hour=01/snapshot=10:00"
        );
        assert_eq!(percent_decoded("a%b%4"), "a%b%4");
    }
}
