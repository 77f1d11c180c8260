//! The Lambda Runtime API, served on a loopback port for one function process. Payloads are bytes: what is handed in
//! reaches the function as it is, be it JSON or not.

use std::sync::{Arc, Mutex as SyncMutex, PoisonError};

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::credentials::random_text;
use crate::error::Error;
use crate::loopback::Server;

/// The largest response that Lambda takes: 6 MB, and 100 bytes that its documentation does not mention.
pub const LARGEST_RESPONSE: usize = 6 * 1024 * 1024 + 100;

/// One event for the function.
#[derive(Debug, Clone)]
pub struct Event {
    /// The request's id.
    pub request_id: String,
    /// The bytes of the event.
    pub payload: Bytes,
    /// When the function's time is over.
    pub deadline: Timestamp,
    /// The ARN that was invoked.
    pub function_arn: String,
    /// The X-Ray trace header.
    pub trace_id: String,
}

/// What the function said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It posted a response.
    Response(Bytes),
    /// It posted an error.
    Error(FunctionFault),
}

/// An error as a function reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FunctionFault {
    /// Its type, such as `Unhandled`.
    pub error_type: String,
    /// Its message.
    pub error_message: String,
}

/// The API of one function process. It stops when it is dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    token: String,
    events: mpsc::UnboundedSender<Handover>,
    phase: watch::Receiver<Phase>,
}

type Handover = (Event, oneshot::Sender<Reply>);

/// Where the function is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Starting,
    Idle,
    Busy,
    InitFailed(FunctionFault),
}

impl RuntimeApi {
    /// Listens below a path that nobody can guess: the requests of this API are not signed.
    pub async fn start() -> Result<Self, Error> {
        let token = random_text::<16>()?;
        let (events, queue) = mpsc::unbounded_channel();
        let (turn, phase) = watch::channel(Phase::Starting);
        let shared = Arc::new(Shared { queue: Mutex::new(queue), current: SyncMutex::new(None), phase: turn });
        let server = Server::start(Router::new().nest(&format!("/{token}"), router(shared))).await?;
        Ok(Self { server, token, events, phase })
    }

    /// Where it listens: the value of `AWS_LAMBDA_RUNTIME_API`. On Lambda it has neither a scheme nor a path; the runtime
    /// of the functions takes both.
    pub fn url(&self) -> String {
        format!("http://{}/{}", self.server.address(), self.token)
    }

    /// Waits until the function asks for an event; it has then finished all work on the one before.
    pub async fn idle(&self) -> Result<(), FunctionFault> {
        let mut phase = self.phase.clone();
        let settled = phase.wait_for(|phase| matches!(phase, Phase::Idle | Phase::InitFailed(_))).await;
        match settled.as_deref() {
            Ok(Phase::InitFailed(fault)) => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    /// Hands one event to the function and waits for its reply, however long that takes.
    pub async fn invoke(&self, event: Event) -> Reply {
        let (reply, answer) = oneshot::channel();
        // Both channels live as long as the server, which lives as long as this handle.
        let handed_over = self.events.send((event, reply)).is_ok();
        match answer.await {
            Ok(reply) if handed_over => reply,
            _ => Reply::Error(fault("Runtime.Gone", "the Runtime API stopped")),
        }
    }
}

struct Shared {
    queue: Mutex<mpsc::UnboundedReceiver<Handover>>,
    current: SyncMutex<Option<(String, oneshot::Sender<Reply>)>>,
    phase: watch::Sender<Phase>,
}

impl Shared {
    /// Gives the reply to whoever waits for it; false if nobody does.
    fn settle(&self, request_id: &str, reply: Reply) -> bool {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match current.take_if(|(id, _)| id == request_id) {
            Some((_, waiting)) => waiting.send(reply).is_ok(),
            None => false,
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let waiting = Waiting::begin(&shared.phase);
    let handover = shared.queue.lock().await.recv().await;
    let Some((event, reply)) = handover else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    *shared.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((event.request_id.clone(), reply));
    waiting.end();
    deliver(event)
}

/// The function waits for an event. If it hangs up meanwhile, it is not idle any more.
struct Waiting<'a> {
    phase: &'a watch::Sender<Phase>,
    after: Phase,
}

impl<'a> Waiting<'a> {
    fn begin(phase: &'a watch::Sender<Phase>) -> Self {
        phase.send_replace(Phase::Idle);
        Self { phase, after: Phase::Starting }
    }

    fn end(mut self) {
        self.after = Phase::Busy;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.phase.send_replace(self.after.clone());
    }
}

fn deliver(event: Event) -> Response {
    Response::builder()
        .header("Lambda-Runtime-Aws-Request-Id", event.request_id)
        .header("Lambda-Runtime-Deadline-Ms", event.deadline.as_millisecond())
        .header("Lambda-Runtime-Invoked-Function-Arn", event.function_arn)
        .header("Lambda-Runtime-Trace-Id", event.trace_id)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(event.payload))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    if body.len() > LARGEST_RESPONSE {
        let message = format!("response payload size exceeded maximum allowed payload size ({LARGEST_RESPONSE} bytes)");
        shared.settle(&id, Reply::Error(fault("Function.ResponseSizeTooLarge", &message)));
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message);
    }
    accepted(shared.settle(&id, Reply::Response(body)))
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    accepted(shared.settle(&id, Reply::Error(read_fault(&headers, &body))))
}

async fn init_error(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    shared.phase.send_replace(Phase::InitFailed(read_fault(&headers, &body)));
    accepted(true)
}

/// The body of an error may be anything; its type is also in a header.
fn read_fault(headers: &HeaderMap, body: &[u8]) -> FunctionFault {
    let mut fault = serde_json::from_slice(body).unwrap_or_else(|_| FunctionFault {
        error_message: String::from_utf8_lossy(body).into_owned(),
        ..FunctionFault::default()
    });
    if fault.error_type.is_empty()
        && let Some(given) = headers.get("Lambda-Runtime-Function-Error-Type").and_then(|value| value.to_str().ok())
    {
        given.clone_into(&mut fault.error_type);
    }
    fault
}

fn fault(error_type: &str, message: &str) -> FunctionFault {
    FunctionFault { error_type: error_type.to_owned(), error_message: message.to_owned() }
}

fn accepted(known: bool) -> Response {
    if known {
        return (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response();
    }
    refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

fn refused(status: StatusCode, error_type: &str, message: &str) -> Response {
    (status, Json(json!({"errorType": error_type, "errorMessage": message}))).into_response()
}
