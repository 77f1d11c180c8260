//! A plain HTTP client, which hides nothing of an answer.

use ::http::{HeaderMap, Request};
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.header(name).unwrap().parse().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The members of a list.
    pub(crate) fn list(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The address behind a relation of the `link` headers.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let lines = self.headers.get_all("link").iter().map(|line| line.to_str().unwrap());
        let end = format!(">; rel=\"{relation}\"");
        lines.filter_map(|line| line.strip_prefix('<')?.strip_suffix(&end)).map(str::to_owned).next()
    }

    /// Status and `errorCode`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["errorCode"].as_str().unwrap_or_default().to_owned())
    }

    /// Status, `error` and `error_description` of an OAuth error.
    pub(crate) fn oauth_error(&self) -> (u16, String, String) {
        let text = |name: &str| self.json()[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("error"), text("error_description"))
    }
}

/// Sends a request; the error says that there was no whole answer.
pub(crate) async fn send(request: Request<String>) -> Result<Reply, String> {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = request.into_parts();
    let response = client.request(Request::from_parts(head, Full::new(Bytes::from(body)))).await;
    let (head, body) = response.map_err(|error| error.to_string())?.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes().to_vec();
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
}

/// A GET with these headers.
pub(crate) async fn get(url: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(String::new()).unwrap()).await.unwrap()
}

/// A POST of a form with these headers.
pub(crate) async fn post_form(url: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    send(request.body(body).unwrap()).await.unwrap()
}
