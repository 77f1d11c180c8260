//! The simulator over HTTP: requests in, answers out, and a record of both.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::SignedDuration;

use crate::api::answer::Answer;
use crate::api::buckets::BUCKETS;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::request_facts;
use crate::api::service::{FaultyRequest, Handled, OrgService};
use crate::fault::kind::FaultKind;
use crate::random::mix;
use crate::traffic::RecordedRequest;

/// The simulator and the number of the next request.
#[derive(Debug)]
struct Server {
    service: Arc<OrgService>,
    number: AtomicU64,
}

/// No request of this API has a larger body.
const LARGEST_BODY: usize = 1 << 20;

/// Shorter bodies are not worth compressing.
const COMPRESSED_FROM: usize = 1_024;

/// The service that answers for the org.
pub(crate) fn router(service: Arc<OrgService>) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(Server { service, number: AtomicU64::new(0) }))
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let number = server.number.fetch_add(1, Ordering::Relaxed);
    let service = &server.service;
    let call = received(request, crate::id::request(mix(service.org.config().seed, number))).await;
    let facts = request_facts::of(&call, service.clock.now_ms());
    let faults = service.faults.take(&facts);
    let request = Arc::new(FaultyRequest { call, facts, faults });
    let handled = handled(service, &request).await;
    record(service, &request.call, &handled);
    sent(service, &request, handled)
}

async fn received(request: Request, id: String) -> Call {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default();
    let mut call = Call::new(id, head.method.as_str(), head.uri.path(), query, texts(&head.headers));
    call.body = axum::body::to_bytes(body, LARGEST_BODY).await.unwrap_or_default().to_vec();
    call
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
    headers.iter().filter_map(text).collect()
}

/// Answers on a thread that may block: a page of the log is real work.
async fn handled(service: &Arc<OrgService>, request: &Arc<FaultyRequest>) -> Handled {
    let call = &request.call;
    let Some(_in_flight) = service.limits.enter() else {
        let verdict = service.limits.exhausted(&call.path, service.clock.now_ms()).concurrency();
        return Handled::anonymous(ApiError::TooManyRequests.answer(&call.id), Some(verdict));
    };
    if let Some(FaultKind::Slow(time) | FaultKind::PageTooLarge(_, time)) = &request.faults.replacement {
        tokio::time::sleep(*time).await;
    }
    let (worker, asked) = (Arc::clone(service), Arc::clone(request));
    let done = tokio::task::spawn_blocking(move || worker.handle(&asked)).await;
    // A panic is a bug of the simulator; whoever calls it should see a server error, as with any server.
    done.unwrap_or_else(|_| Handled::anonymous(ApiError::Internal.answer(&call.id), None))
}

fn record(service: &OrgService, call: &Call, handled: &Handled) {
    service.traffic().add(RecordedRequest {
        at: service.clock.now(),
        method: call.method.clone(),
        path: call.path.clone(),
        query: call.query_text.clone(),
        client: handled.client.clone(),
        status: handled.answer.status,
        bucket: handled.verdict.map(|verdict| BUCKETS[verdict.bucket].path),
    });
}

fn sent(service: &OrgService, request: &FaultyRequest, handled: Handled) -> Response {
    let FaultyRequest { call, facts, faults } = request;
    let skew_s = service.faults.state().skew_s;
    let shift_s = skew_s + service.faults.take_date_shift(facts, handled.answer.status);
    let mut answer = match handled.verdict {
        Some(verdict) => verdict.write(handled.answer, skew_s),
        None => handled.answer,
    };
    let now = service.clock.now();
    let now = now.saturating_add(SignedDuration::from_secs(shift_s)).unwrap_or(now);
    answer = answer.with("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if !handled.is_foreign {
        answer = answer.with("x-okta-request-id", call.id.clone());
    }
    if answer.body.len() >= COMPRESSED_FROM && accepts_gzip(call) {
        answer = compressed(answer);
    }
    response(answer, faults.replacement == Some(FaultKind::Cut))
}

fn accepts_gzip(call: &Call) -> bool {
    call.header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip"))
}

fn compressed(answer: Answer) -> Answer {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = io::Write::write_all(&mut encoder, &answer.body).and_then(|()| encoder.finish());
    match written {
        Ok(body) => Answer { body, ..answer }.with("content-encoding", "gzip"),
        // Writing to memory does not fail; uncompressed is right too.
        Err(_) => answer,
    }
}

fn response(answer: Answer, is_cut: bool) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if is_cut {
        response.headers_mut().insert("content-length", HeaderValue::from(answer.body.len()));
        *response.body_mut() = cut(answer.body);
    } else {
        *response.body_mut() = Body::from(answer.body);
    }
    response
}

/// The first half, and then the connection is gone.
fn cut(mut body: Vec<u8>) -> Body {
    body.truncate(body.len() / 2);
    let gone = io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault");
    Body::from_stream(futures::stream::iter([Ok(Bytes::from(body)), Err(gone)]))
}
