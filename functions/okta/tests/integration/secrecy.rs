//! Planted secrets are looked for in everything that the client says: errors, debug output, events, logs at TRACE.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use okta::{BoxError, Client, Event, Options, SecretSource, SecretString};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Fault, Reply, Seen, Server, options};

const API_TOKEN: &str = "PLANTED0API0TOKEN";
const CLIENT_SECRET: &str = "PLANTED0CLIENT0SECRET";
const ACCESS_TOKEN: &str = "PLANTED0ACCESS0TOKEN";
const PEM: &str = include_str!("../keys/rsa.pkcs8.pem");

/// Everything that was said.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn add(&self, text: &str) {
        self.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Said {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What a request carried, all of it: what a malicious or careless server could send back.
fn echo(seen: &Seen) -> String {
    let carried: Vec<_> = ["authorization", "dpop"].iter().filter_map(|name| seen.header(name)).collect();
    let assertion = seen.field("client_assertion").unwrap_or_default();
    format!("{} {assertion}", carried.join(" ")).replace('"', "'")
}

/// Answers that carry back what the request carried, in every place that an error could be made of.
fn echoing(seen: &Seen, manner: usize) -> Reply {
    let echo = echo(seen);
    let api = format!(
        r#"{{"errorCode": "E1", "errorSummary": "{echo}", "errorId": "{echo}", "errorCauses": [{{"errorSummary": "{echo}"}}]}}"#
    );
    match manner {
        0 => Reply::json(&api).status(401),
        1 => Reply::oauth_error(400, &echo, &echo),
        2 => Reply::json("")
            .status(403)
            .header("www-authenticate", format!("Bearer scope=\"{echo}\", error=\"insufficient_scope\"")),
        3 => Reply::json(&api).status(500).header("x-okta-request-id", echo),
        4 => Reply::json(&echo).header("content-type", format!("text/html; {echo}")),
        5 => Reply::json(&format!(r#"{{"access_token": 5, "{echo}": "{echo}"}}"#)),
        6 => Reply::json(&echo).fault(Fault::CutBody(10)),
        7 => {
            Reply::json("").status(302).header("location", format!("https://evil.example/?{}", echo.replace(' ', "+")))
        }
        8 => Reply::oauth_error(400, "use_dpop_nonce", &echo).header("dpop-nonce", "nonce"),
        9 => Reply::oauth_error(400, "invalid_dpop_proof", &echo),
        10 => Reply::json("[]").header("x-okta-request-id", echo),
        11 => Reply::json("[]").header("link", format!("<https://{}/>; rel=\"next\"", echo.replace(' ', "/"))),
        _ => Reply::json("").fault(Fault::Cut),
    }
}

/// A source that fails after the first reading, as Secrets Manager may.
struct Failing(Mutex<Option<SecretString>>);

impl SecretSource for Failing {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        let secret = self.0.lock().unwrap().take();
        Box::pin(async { secret.ok_or_else(|| "not allowed to read the secret".into()) })
    }
}

fn kinds() -> [String; 3] {
    let pem = PEM.replace('\n', "\\n");
    [
        format!(r#""api_token": "{API_TOKEN}""#),
        format!(r#""client_id": "0oa1", "client_secret": "{CLIENT_SECRET}""#),
        format!(r#""client_id": "0oa1", "key_id": "k1", "private_key": "{pem}""#),
    ]
}

/// Calls an org that answers in `manner`, first to the token request or only to the call.
async fn provoke(said: &Said, fields: &str, manner: usize, is_bound: bool, at_token: bool) {
    let token_type = if is_bound { "DPoP" } else { "Bearer" };
    let token = format!(r#"{{"access_token": "{ACCESS_TOKEN}", "token_type": "{token_type}", "expires_in": 60}}"#);
    let server = Server::start(move |seen| {
        let is_granted = seen.is_token_request() && !at_token;
        if is_granted { Reply::json(&token) } else { echoing(seen, manner) }
    })
    .await;
    let events = said.clone();
    let observer = Arc::new(move |event: &Event| events.add(&format!("{event:?} ")));
    let source = Arc::new(Failing(Mutex::new(Some(server.secret(fields).into()))));
    let client = Client::new(source, Options { observer, ..options() }).await.unwrap();
    said.add(&format!("{client:?} {:?}", client.org()));
    client.use_scopes(vec!["okta.users.read".into()]).await;
    let url = client.url("/api/v1/users", &[]).unwrap();
    match client.get(&url).await {
        Ok(page) => said.add(&format!("{page:?}")),
        Err(error) => said.add(&format!("{error} {error:?} {error:#?} {} {}", error.remedy(), chain(&error))),
    }
    if let Err(error) = client.discover_scopes(&["okta.users.read", "okta.logs.read"]).await {
        said.add(&format!("{error} {error:?} {} {}", error.remedy(), chain(&error)));
    }
    said.add(&format!("{:?}", client.usage()));
}

fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.map(|source| format!("{source} {source:?}")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn no_secret_is_ever_said() {
    let said = Said::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(said.clone());
    tracing::subscriber::set_global_default(subscriber.with_ansi(false).finish()).unwrap();
    tracing_log::LogTracer::init().unwrap();
    log::trace!("old logs are looked at");
    tracing::trace!("new logs are looked at");

    for fields in kinds() {
        for manner in 0..13 {
            for (is_bound, at_token) in [(false, false), (true, false), (false, true)] {
                provoke(&said, &fields, manner, is_bound, at_token).await;
            }
        }
    }
    let text = said.text();
    for expected in ["old logs are looked at", "new logs are looked at", "evil.example", "E1", "***", "TokenObtained"] {
        assert!(text.contains(expected), "{expected:?} should have been said: nothing was provoked");
    }
    let basic = STANDARD.encode(format!("0oa1:{CLIENT_SECRET}"));
    let pem: Vec<_> = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    let planted = [API_TOKEN, CLIENT_SECRET, ACCESS_TOKEN, &basic, "PLANTED"];
    // "eyJ" begins every JWT: assertions and proofs.
    for secret in planted.into_iter().chain(pem).chain(["eyJ"]) {
        if let Some(at) = text.find(secret) {
            panic!("{secret} was said: {}", text[at.saturating_sub(300)..].chars().take(400).collect::<String>());
        }
    }
}
