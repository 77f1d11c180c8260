//! The simulator as others use it: start it, ask it, inject faults, stop it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api::limits::{Limits, LimitsConfig};
use crate::api::service::OrgService;
use crate::clock::Clock;
use crate::fault::kind::{FaultKind, Outage};
use crate::fault::spec::Fault;
use crate::identity::Identity;
use crate::identity::clients::ClientSpec;
use crate::identity::keys::KeyError;
use crate::listener;
use crate::org::config::OrgConfig;
use crate::outage::OutageSwitch;
use crate::server;
use crate::simulated_org::Org;
use crate::tls::{self, TlsConfig, TlsError};
use crate::traffic::Traffic;

/// What to simulate, and where.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// The org.
    pub org: OrgConfig,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The time. The log goes up to its `now`, so it should begin near `org.now`.
    pub clock: Clock,
    /// Who may call.
    pub clients: Vec<ClientSpec>,
    /// How callers are limited.
    pub limits: LimitsConfig,
    /// What goes wrong from the beginning.
    pub faults: Vec<Fault>,
    /// The certificate, if the org is to be served over TLS.
    pub tls: Option<TlsConfig>,
    /// The origin of the org's custom domain, as `/.well-known/okta-organization` shows it.
    pub custom_domain: Option<String>,
}

impl Default for SimConfig {
    /// The default org on a free loopback port, at the time that it is made for, with the default clients.
    fn default() -> Self {
        let org = OrgConfig::default();
        Self {
            clock: Clock::scaled(org.now, 1),
            org,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clients: ClientSpec::defaults(),
            limits: LimitsConfig::default(),
            faults: Vec::new(),
            tls: None,
            custom_domain: None,
        }
    }
}

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A key of a client could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A running simulator of one org. Several can run in one process. It ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    service: Arc<OrgService>,
    specs: Vec<ClientSpec>,
    outage: OutageSwitch,
    stop: Option<oneshot::Sender<()>>,
    accepting: JoinHandle<()>,
    serving: JoinHandle<()>,
}

impl Simulator {
    /// Makes the org and serves it.
    ///
    /// # Panics
    /// When it is called outside a Tokio runtime.
    pub async fn start(config: SimConfig) -> Result<Self, StartError> {
        let tls = config.tls.as_ref().map(tls::server_config).transpose()?;
        let (listener, address) = listen(config.listen).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let org = Org::new(config.org);
        let identity = Identity::new(config.clients.clone(), org.model())?;
        let limits = Limits::new(config.limits, org.config().seed);
        let mut service = OrgService::new(org, config.clock, format!("{scheme}://{address}"), limits, identity);
        service.custom_domain = config.custom_domain;
        let service = Arc::new(service);
        let outage = OutageSwitch::new();
        let (connections, accepting) = listener::accept(listener, address, outage.clone(), tls);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(connections, Arc::clone(&service), stopped));
        let simulator = Self { service, specs: config.clients, outage, stop: Some(stop), accepting, serving };
        config.faults.into_iter().for_each(|fault| simulator.inject(fault));
        Ok(simulator)
    }

    /// The org's address: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.service.org_url
    }

    /// The org.
    pub fn org(&self) -> &Org {
        &self.service.org
    }

    /// The org's time.
    pub fn clock(&self) -> &Clock {
        &self.service.clock
    }

    /// What belongs into the secret store for a client, as JSON: `org_url`, `tenant`, and either `client_id` with
    /// `client_secret`, or `client_id`, `key_id` and `private_key`, or `api_token`.
    pub fn secret(&self, client: &str) -> Option<String> {
        let identity = self.service.identity();
        let found = identity.clients.iter().find(|found| found.spec.name == client)?;
        Some(found.secret_json(&self.service.org_url, self.service.org.tenant()).to_string())
    }

    /// Gives a client a new key or secret and deactivates the old one; tokens stay good. True if there is such a client.
    pub fn rotate(&self, client: &str) -> Result<bool, KeyError> {
        let mut identity = self.service.identity();
        match identity.clients.iter_mut().find(|found| found.spec.name == client) {
            Some(found) => found.rotate(self.service.org.model()).map(|()| true),
            None => Ok(false),
        }
    }

    /// Changes what a client is granted, or its role, or whether it needs DPoP. How it proves itself stays.
    pub fn change_client(&self, client: &str, change: impl FnOnce(&mut ClientSpec)) {
        let mut identity = self.service.identity();
        if let Some(found) = identity.clients.iter_mut().find(|found| found.spec.name == client) {
            let auth = found.spec.auth.clone();
            change(&mut found.spec);
            found.spec.auth = auth;
        }
    }

    /// Makes something go wrong from now on.
    pub fn inject(&self, fault: Fault) {
        if let FaultKind::Down(outage, time) = fault.kind {
            let number = self.outage.set(Some(outage));
            if let Some(time) = time {
                self.outage.end_after(time, number);
            }
        } else {
            self.service.inject(fault);
        }
    }

    /// Begins an outage, or ends it, and waits until that has taken effect.
    pub async fn set_outage(&self, outage: Option<Outage>) {
        let number = self.outage.set(outage);
        self.outage.is_applied(number).await;
    }

    /// Ends all faults, and gives the clients back what they had at the start. Revoked tokens stay revoked.
    pub fn clear_faults(&self) {
        self.outage.set(None);
        self.service.faults.clear();
        let mut identity = self.service.identity();
        for (client, spec) in identity.clients.iter_mut().zip(&self.specs) {
            client.spec.clone_from(spec);
            client.is_revoked = false;
        }
    }

    /// What has been asked so far.
    pub fn traffic(&self) -> Traffic {
        self.service.traffic().clone()
    }

    /// Waits until the simulator ends, which it does only when it is stopped.
    pub async fn join(mut self) {
        // Keeps the sender: without it, the server would stop.
        let _stop = self.stop.take();
        let _ = (&mut self.serving).await;
    }

    /// Lets the requests in flight end, and stops.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone when the server has ended already.
            let _ = stop.send(());
        }
        let _ = (&mut self.serving).await;
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

async fn serve(connections: listener::Connections, service: Arc<OrgService>, stopped: oneshot::Receiver<()>) {
    let serving = axum::serve(connections, server::router(service)).with_graceful_shutdown(async {
        // A dropped handle stops it as well.
        let _ = stopped.await;
    });
    // `axum::serve` does not end by an error of a single connection.
    let _ = serving.await;
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.accepting.abort();
        self.serving.abort();
    }
}
