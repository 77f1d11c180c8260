//! An org to test against, whose time stands still until it is moved.

use std::time::Duration;

use jiff::Timestamp;
use okta_sim::{ClientSpec, Clock, ClockControl, OrgConfig, SimConfig, Simulator};
use serde_json::Value;

use crate::http::{Reply, get};

/// A simulator with its clock's control.
pub(crate) struct TestOrg {
    pub(crate) sim: Simulator,
    control: ClockControl,
}

impl TestOrg {
    /// The usual one: small, with a log that is older than what Okta keeps.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// One with other clients.
    pub(crate) async fn with_clients(clients: Vec<ClientSpec>) -> Self {
        Self::with(|config| config.clients = clients).await
    }

    /// One with another configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut SimConfig)) -> Self {
        let org =
            OrgConfig { users: 120, groups: 20, apps: 14, events_per_day: 2_000, days: 100, ..OrgConfig::default() };
        let mut config = SimConfig { org, ..SimConfig::default() };
        change(&mut config);
        let (clock, control) = Clock::manual(config.org.now);
        config.clock = clock;
        Self { sim: Simulator::start(config).await.unwrap(), control }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sim.base_url())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sim.clock().now()
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.now().as_second()
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.control.advance(time);
    }

    /// The secret of a client, as it would be stored.
    pub(crate) fn secret(&self, client: &str) -> Value {
        serde_json::from_str(&self.sim.secret(client).unwrap()).unwrap()
    }

    /// What the API token asks for.
    pub(crate) async fn ask(&self, path: &str) -> Reply {
        self.follow(&self.url(path)).await
    }

    /// The same, for an address that an answer gave.
    pub(crate) async fn follow(&self, url: &str) -> Reply {
        let token = format!("SSWS {}", self.secret("token")["api_token"].as_str().unwrap());
        get(url, &[("authorization", &token)]).await
    }

    /// Everything in a list, page by page, and how many pages that were.
    pub(crate) async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut found, mut pages, mut url) = (Vec::new(), 0, Some(self.url(path)));
        while let Some(page) = url {
            let reply = self.follow(&page).await;
            found.extend(reply.list());
            pages += 1;
            url = reply.link("next");
            // Nobody runs into the limits here by reading on.
            self.wait(Duration::from_secs(1));
        }
        (found, pages)
    }
}
