//! A small HTTP server on this machine that lives as long as its handle.

use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::error::Error;

/// A running server; dropping it closes the port.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of the loopback interface, and serves in the background.
    pub(crate) async fn start(router: Router) -> Result<Self, Error> {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(address).await.map_err(Error::Listen)?;
        let bound = listener.local_addr().map_err(Error::Listen)?;
        // `serve` ends only with the task: it retries whatever `accept` says.
        let task = tokio::spawn(async move {
            // Answers go out at once: otherwise half of them wait for the other side's delayed acknowledgement.
            let no_delay = |stream: &mut TcpStream| drop(stream.set_nodelay(true));
            let _ = axum::serve(listener.tap_io(no_delay), router).await;
        });
        Ok(Self { address: bound, task })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
