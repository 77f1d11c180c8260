//! An HTTP/1.1 server written byte by byte, so that it can also answer as no good server would.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use okta::{AllowedHosts, Client, Error, Options, RetryPolicy, SecretString};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// What comes back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    None,
    /// The connection is closed without an answer.
    Cut,
    /// The connection is closed after so many bytes of the body.
    CutBody(usize),
    /// Nothing happens for so long.
    Stall(Duration),
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

type Handler = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status: 200, headers, body: body.into(), fault: Fault::None }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    #[allow(clippy::needless_pass_by_value, reason = "numbers and texts are both headers")]
    pub(crate) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.retain(|(known, _)| known != name || name == "link");
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// With a `Link` to the path of the request with this query.
    pub(crate) fn linked(self, seen: &Seen, relation: &str, query: &str) -> Self {
        let host = seen.header("host").unwrap();
        self.header("link", format!("<http://{host}{}?{query}>; rel=\"{relation}\"", seen.path))
    }

    /// Without the links of other relations.
    pub(crate) fn only_links(mut self, relations: &[&str]) -> Self {
        let is_kept = |value: &str| relations.iter().any(|relation| value.ends_with(&format!("rel=\"{relation}\"")));
        self.headers.retain(|(name, value)| name != "link" || is_kept(value));
        self
    }

    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    /// A token response.
    pub(crate) fn token(token: &str) -> Self {
        Self::json(&format!(r#"{{"access_token": "{token}", "token_type": "Bearer", "expires_in": 3600}}"#))
    }

    /// An error of the API.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::json(&format!(r#"{{"errorCode": "{code}", "errorSummary": "Summary of {code}."}}"#)).status(status)
    }

    /// A refusal of the token endpoint.
    pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> Self {
        Self::json(&format!(r#"{{"error": "{error}", "error_description": "{description}"}}"#)).status(status)
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_pairs(&self.query).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A field of a form body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let mut pairs = form_pairs(&self.body);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.path == "/oauth2/v1/token"
    }
}

fn form_pairs(text: &str) -> impl Iterator<Item = (String, String)> + use<> {
    let url = okta::Url::parse(&format!("http://form/?{text}")).unwrap();
    let pairs: Vec<_> = url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    pairs.into_iter()
}

impl Server {
    pub(crate) async fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let handler: Handler = Arc::new(handler);
        let server = Self { url, seen: seen.clone(), connections: connections.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                // Or every answer waits 40 ms for the acknowledgement of its own head.
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, handler.clone(), seen.clone()));
            }
        });
        server
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.path == path).count()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// A secret for this server with these further fields.
    pub(crate) fn secret(&self, fields: &str) -> String {
        format!(r#"{{"org_url": "{}", "tenant": "sim", {fields}}}"#, self.url)
    }

    /// A client with an API token, which needs no token endpoint.
    pub(crate) async fn client(&self) -> Client {
        self.client_with(r#""api_token": "t""#, options()).await.unwrap()
    }

    pub(crate) async fn client_with(&self, fields: &str, options: Options) -> Result<Client, Error> {
        Client::new(Arc::new(SecretString::from(self.secret(fields))), options).await
    }
}

/// Options for this machine, with pauses that a test does not feel.
pub(crate) fn options() -> Options {
    let short = Duration::from_millis(2);
    Options {
        allowed_hosts: AllowedHosts { custom_domains: Vec::new(), loopback: true },
        retry: RetryPolicy { base: short, cap: short, max_failures: 3, max_throttles: 3 },
        ..Options::default()
    }
}

/// A `Date` header.
pub(crate) fn http_date(time: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}

async fn serve(stream: TcpStream, handler: Handler, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let reply = handler(&request);
        seen.lock().unwrap().push(request);
        if write(stream.get_mut(), reply).await.is_none() {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query, body) = (path.to_owned(), query.to_owned(), String::from_utf8(body).unwrap());
    Some(Seen { method, path, query, headers, body })
}

/// Writes a reply; nothing if the connection is to be closed.
async fn write(stream: &mut TcpStream, reply: Reply) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} Whatever\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    let body = match reply.fault {
        Fault::Cut => return None,
        Fault::CutBody(length) => &reply.body[..length],
        Fault::Stall(time) => {
            tokio::time::sleep(time).await;
            &reply.body[..]
        }
        Fault::None => &reply.body[..],
    };
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.flush().await.ok()?;
    (!matches!(reply.fault, Fault::CutBody(_))).then_some(())
}
