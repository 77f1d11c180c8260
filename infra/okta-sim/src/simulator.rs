//! The simulator as others use it: started, asked, upset, stopped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api::limits::{Limits, LimitsConfig};
use crate::api::world::World;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::identity::clients::ClientSpec;
use crate::identity::keys::KeyError;
use crate::org::{Org, OrgConfig};
use crate::server;
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
}

impl Default for SimConfig {
    /// The default org on a free loopback port, at the moment that it is made for, with the usual clients.
    fn default() -> Self {
        let org = OrgConfig::default();
        Self {
            clock: Clock::scaled(org.now, 1),
            org,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clients: ClientSpec::usual(),
            limits: LimitsConfig::default(),
            faults: Vec::new(),
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
}

/// A simulator that is running. It ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    world: Arc<World>,
    specs: Vec<ClientSpec>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Makes the org and serves it.
    ///
    /// # Panics
    /// When it is called outside a Tokio runtime.
    pub async fn start(config: SimConfig) -> Result<Self, StartError> {
        let address = config.listen;
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let org_url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let org = Org::new(config.org);
        let identity = Identity::new(config.clients.clone(), &org)?;
        let limits = Limits::new(config.limits, org.config.seed);
        let world = Arc::new(World::new(org, config.clock, org_url, limits, identity));
        config.faults.into_iter().for_each(|fault| world.inject(fault));
        let (stop, stopped) = oneshot::channel();
        let router = server::router(Arc::clone(&world));
        let task = tokio::spawn(async move {
            let serving = axum::serve(listener.tap_io(no_delay), router).with_graceful_shutdown(async {
                // A dropped handle stops it as well.
                let _ = stopped.await;
            });
            // `axum::serve` does not end by an error of a single connection.
            let _ = serving.await;
        });
        Ok(Self { world, specs: config.clients, stop: Some(stop), task })
    }

    /// The org's address: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.world.org_url
    }

    /// The org.
    pub fn org(&self) -> &Org {
        &self.world.org
    }

    /// The org's time.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// What belongs into the secret store for a client, as JSON: `org_url`, `tenant`, and either `client_id` with
    /// `client_secret`, or `client_id`, `key_id` and `private_key`, or `api_token`.
    pub fn secret(&self, client: &str) -> Option<String> {
        let identity = self.world.identity();
        let found = identity.clients.iter().find(|found| found.spec.name == client)?;
        Some(found.secret_json(&self.world.org_url, self.world.org.tenant()).to_string())
    }

    /// Gives a client a new key or secret and deactivates the old one; tokens stay good. True if there is such a client.
    pub fn rotate(&self, client: &str) -> Result<bool, KeyError> {
        let mut identity = self.world.identity();
        match identity.clients.iter_mut().find(|found| found.spec.name == client) {
            Some(found) => found.rotate(&self.world.org).map(|()| true),
            None => Ok(false),
        }
    }

    /// Changes what a client is granted, or its role, or whether it needs DPoP. How it proves itself stays.
    pub fn change_client(&self, client: &str, change: impl FnOnce(&mut ClientSpec)) {
        let mut identity = self.world.identity();
        if let Some(found) = identity.clients.iter_mut().find(|found| found.spec.name == client) {
            let auth = found.spec.auth.clone();
            change(&mut found.spec);
            found.spec.auth = auth;
        }
    }

    /// Makes something go wrong from now on.
    pub fn inject(&self, fault: Fault) {
        self.world.inject(fault);
    }

    /// Ends all faults, and gives the clients back what they had at the start. Revoked tokens stay revoked.
    pub fn clear_faults(&self) {
        self.world.mischief.clear();
        let mut identity = self.world.identity();
        for (client, spec) in identity.clients.iter_mut().zip(&self.specs) {
            client.spec.clone_from(spec);
            client.is_revoked = false;
        }
    }

    /// What has been asked so far.
    pub fn traffic(&self) -> Traffic {
        self.world.traffic().clone()
    }

    /// Waits until the simulator ends, which it does only when it is stopped.
    pub async fn join(mut self) {
        // Keeps the sender: without it, the server would stop.
        let _stop = self.stop.take();
        let _ = (&mut self.task).await;
    }

    /// Lets the requests in flight end, and stops.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone when the server has ended already.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

/// Answers go out at once: otherwise half of them wait for the other side's delayed acknowledgement.
fn no_delay(stream: &mut TcpStream) {
    // It fails only on a connection that is gone.
    let _ = stream.set_nodelay(true);
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
