//! The simulator's socket: plain or TLS, and closed during outages.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::fault::kind::Outage;
use crate::outage::{InterruptedStream, OutageSwitch, State};

/// A connection, whatever it is made of.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// The connections that are ready to be served.
pub(crate) struct Connections {
    address: SocketAddr,
    ready: mpsc::Receiver<(Box<dyn Connection>, SocketAddr)>,
}

type Ready = mpsc::Sender<(Box<dyn Connection>, SocketAddr)>;

/// How many connections may wait to be served.
const BACKLOG: u32 = 1_024;

impl axum::serve::Listener for Connections {
    type Io = Box<dyn Connection>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task has ended: there will be no connection any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Accepts connections until the task is aborted.
pub(crate) fn accept(
    listener: TcpListener,
    address: SocketAddr,
    switch: OutageSwitch,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> (Connections, tokio::task::JoinHandle<()>) {
    let (sender, ready) = mpsc::channel(BACKLOG as usize);
    let tls = tls.map(TlsAcceptor::from);
    let task = tokio::spawn(accept_all(listener, address, switch, tls, sender));
    (Connections { address, ready }, task)
}

async fn accept_all(
    mut listener: TcpListener,
    address: SocketAddr,
    switch: OutageSwitch,
    tls: Option<TlsAcceptor>,
    ready: Ready,
) {
    let mut states = switch.subscribe();
    loop {
        let State { outage, number } = *states.borrow_and_update();
        if outage == Some(Outage::Refused) {
            drop(listener);
            let socket = reserved(address).await;
            switch.report_applied(number);
            if states.changed().await.is_err() {
                return;
            }
            listener = match socket.listen(BACKLOG) {
                Ok(listener) => listener,
                Err(_) => return,
            };
            continue;
        }
        switch.report_applied(number);
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, peer)) = accepted {
                admit(stream, peer, outage, &switch, tls.clone(), ready.clone());
            },
            changed = states.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

/// The address, bound but without a listener: connections to it are refused, and nobody else gets it.
async fn reserved(address: SocketAddr) -> TcpSocket {
    loop {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        if let Ok(socket) = socket
            && socket.set_reuseaddr(true).is_ok()
            && socket.bind(address).is_ok()
        {
            return socket;
        }
        // The kernel has not let go of the listener yet.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn admit(
    stream: TcpStream,
    peer: SocketAddr,
    outage: Option<Outage>,
    switch: &OutageSwitch,
    tls: Option<TlsAcceptor>,
    ready: Ready,
) {
    if outage == Some(Outage::Reset) {
        // Dropped: the peer sees a connection that was closed.
        return;
    }
    // Answers go out at once: otherwise half of them wait for the other side's delayed acknowledgement. It fails only on
    // a connection that is gone.
    let _ = stream.set_nodelay(true);
    let stream = InterruptedStream::new(stream, switch.subscribe());
    tokio::spawn(async move {
        let connection: Box<dyn Connection> = match tls {
            None => Box::new(stream),
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => Box::new(stream),
                // A peer that speaks no TLS, or does not trust the certificate.
                Err(_) => return,
            },
        };
        // An error means that the simulator has stopped.
        let _ = ready.send((connection, peer)).await;
    });
}
