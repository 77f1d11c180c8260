//! What the function holds between invocations.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lake::signing::{PublicKey, Signer};
use okta::{AllowedHosts, Clock, Network, Observer, Options, Share};

use crate::aws::bus::Bus;
use crate::aws::metrics::Metrics;
use crate::aws::secrets::Secrets;
use crate::aws::stack::Stack;
use crate::okta_log::page_writer::Sink;
use crate::outputs::sealed_output::SealedOutput;

/// The function.
#[derive(Debug)]
pub struct App {
    /// The tenants' credentials.
    pub secrets: Secrets,
    /// What all tenants share.
    pub stack: Stack,
    /// Where rows go.
    pub sink: Sink,
    /// Where sealed hours are written as well.
    pub outputs: Vec<Arc<dyn SealedOutput>>,
    /// The key that signs the ledger, if there is one.
    pub signer: Option<Arc<dyn Signer>>,
    /// The public halves of the keys that signed it before.
    pub trusted_keys: Vec<PublicKey>,
    /// Where it is told what happens.
    pub bus: Bus,
    /// How much of the rate limits may be used.
    pub share: Share,
    /// Hosts of orgs besides Okta's own.
    pub allowed_hosts: AllowedHosts,
    /// The way to the orgs: a proxy, a CA of the company's own.
    pub network: Network,
    /// How many events are asked for at once.
    pub page: u64,
    /// How often progress is told.
    pub progress_interval: Duration,
    /// How long after its end an hour is sealed at the earliest.
    pub lateness: SignedDuration,
    /// How long after its end a sealed hour is compared with the API once more.
    pub recheck_after: SignedDuration,
    /// What the present invocation did.
    pub figures: Metrics,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl App {
    /// How orgs are talked to. Every call is counted.
    pub(crate) fn options(&self, observer: Observer) -> Options {
        Options {
            share: self.share,
            allowed_hosts: self.allowed_hosts.clone(),
            network: self.network.clone(),
            clock: Arc::clone(&self.clock),
            observer: self.figures.observer(observer),
            ..Options::default()
        }
    }
}
