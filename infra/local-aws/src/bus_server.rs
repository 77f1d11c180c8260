//! Amazon EventBridge as far as the functions use it: events are put on okta-lake's own bus, and whoever listens gets them.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::loopback::Server;
use crate::signature;

/// The name of the bus.
const BUS: &str = "okta-lake";

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct BusServer {
    server: Server,
}

/// An event that was put on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusEvent {
    /// `CollectionProgress`, `Continue`, ...
    pub detail_type: String,
    /// What it says.
    pub detail: Value,
}

/// One entry of `PutEvents` (EventBridge API reference).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: String,
    detail_type: String,
    detail: String,
    event_bus_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

impl BusServer {
    /// Serves the bus; the receiver gets every event, in order.
    pub async fn start(credentials: &Credentials) -> Result<(Self, UnboundedReceiver<BusEvent>), Error> {
        let (sender, receiver) = unbounded_channel();
        let router = Router::new().route("/", post(answer)).with_state(sender);
        let server = Server::start(signature::require(router, credentials, "events")).await?;
        Ok((Self { server }, receiver))
    }

    /// The base URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The variables by which a function finds it.
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("AWS_ENDPOINT_URL_EVENTBRIDGE".to_owned(), self.endpoint()), ("OKTA_LAKE_BUS".to_owned(), BUS.to_owned())]
    }
}

async fn answer(State(sender): State<UnboundedSender<BusEvent>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    if target != "AWSEvents.PutEvents" {
        let message = json!({"__type": "InvalidRequestException", "message": "This server knows PutEvents."});
        return (StatusCode::BAD_REQUEST, Json(message)).into_response();
    }
    let Ok(PutEvents { entries }) = serde_json::from_str(&body) else {
        let message = json!({"__type": "ValidationException", "message": "Entries are not as they should be."});
        return (StatusCode::BAD_REQUEST, Json(message)).into_response();
    };
    let results: Vec<_> = entries.into_iter().map(|entry| put(entry, &sender)).collect();
    let failed = results.iter().filter(|result| result.get("ErrorCode").is_some()).count();
    Json(json!({"FailedEntryCount": failed, "Entries": results})).into_response()
}

/// EventBridge takes or refuses each entry on its own.
fn put(entry: Entry, sender: &UnboundedSender<BusEvent>) -> Value {
    let Entry { source, detail_type, detail, event_bus_name } = entry;
    let refused = |code: &str, message: &str| json!({"ErrorCode": code, "ErrorMessage": message});
    match serde_json::from_str::<Value>(&detail) {
        _ if event_bus_name != BUS || source != "okta-lake" => refused("InvalidArgument", "another bus or source"),
        Ok(detail) if detail.is_object() => {
            // Nobody has to listen.
            let _ = sender.send(BusEvent { detail_type, detail });
            json!({"EventId": "00000000-0000-4000-b000-000000000000"})
        }
        _ => refused("MalformedDetail", "Detail is malformed."),
    }
}
