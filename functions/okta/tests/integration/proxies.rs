//! The way out of a company: a proxy with a password, and a CA of its own.

use std::sync::{Arc, Mutex};

use okta::{Client, Error, Network, Options, Proxy, SecretString, TransportError, tls_with_bundle};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server::options;
use crate::tls;

const CA: &[u8] = include_bytes!("../keys/tls.ca.pem");

/// `user:p@ss`, as the header has it.
const CREDENTIALS: &str = "proxy-authorization: basic dxnlcjpwqhnz";

/// A proxy that makes tunnels for those who know the password.
struct TunnelProxy {
    port: u16,
    /// The first line of every request.
    requests: Arc<Mutex<Vec<String>>>,
}

impl TunnelProxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, seen.clone()));
            }
        });
        Self { port, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn tunnel(stream: TcpStream, seen: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next().unwrap().to_owned();
    let port: u16 = line.split([':', ' ']).nth(2).unwrap().parse().unwrap();
    seen.lock().unwrap().push(line);
    if !head.to_lowercase().contains(CREDENTIALS) {
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.ok();
        return;
    }
    let Ok(mut target) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    copy_bidirectional(&mut stream, &mut target).await.ok();
}

async fn client(url: &str, proxy: Option<Proxy>) -> Client {
    let tls = Some(tls_with_bundle(CA).unwrap());
    let secret = format!(r#"{{"org_url": "{url}", "tenant": "sim", "api_token": "PLANTED"}}"#);
    Client::new(Arc::new(SecretString::from(secret)), Options { network: Network { tls, proxy }, ..options() })
        .await
        .unwrap()
}

async fn get(client: &Client) -> Result<(), Error> {
    client.get(&client.url("/api/v1/logs", &[])?).await.map(drop)
}

#[tokio::test]
async fn the_companys_own_ca_is_trusted() {
    let (url, _) = tls::server().await;
    get(&client(&url, None).await).await.unwrap();
}

#[tokio::test]
async fn calls_go_through_the_proxys_tunnel() {
    let (url, connections) = tls::server().await;
    let proxy = TunnelProxy::start().await;
    let address = format!("http://user:p%40ss@127.0.0.1:{}", proxy.port);
    let client = client(&url, Some(Proxy::parse(&address, "corp.example").unwrap())).await;
    for _ in 0..3 {
        get(&client).await.unwrap();
    }
    let target = url.strip_prefix("https://").unwrap();
    assert_eq!(proxy.requests(), [format!("CONNECT {target} HTTP/1.1")], "one tunnel for all calls");
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_host_of_no_proxy_is_reached_straight() {
    let (url, _) = tls::server().await;
    let proxy = TunnelProxy::start().await;
    let address = format!("http://127.0.0.1:{}", proxy.port);
    get(&client(&url, Some(Proxy::parse(&address, "localhost").unwrap())).await).await.unwrap();
    assert_eq!(proxy.requests().len(), 0);
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_not_there_is_named_without_its_password() {
    let (url, connections) = tls::server().await;
    let proxy = TunnelProxy::start().await;
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    for port in [proxy.port, closed] {
        let address = format!("http://user:PLANTED@127.0.0.1:{port}");
        let error = get(&client(&url, Some(Proxy::parse(&address, "").unwrap())).await).await.unwrap_err();
        assert!(matches!(&error, Error::NoAnswer { source: TransportError::Proxy(_), .. }), "{error:?}");
        let sources = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        let shown: Vec<_> = sources.map(|error| format!("{error} {error:?}")).collect();
        assert!(!shown.concat().contains("PLANTED") && !shown.concat().contains("dXNlcjpQTEFOVEVE"), "{shown:?}");
        assert!(error.remedy().contains("HTTPS_PROXY"));
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 0);
}
