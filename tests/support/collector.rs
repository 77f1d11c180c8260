//! The backfill function's library with a simulated org, an embedded S3, a bus and a secret, all over real HTTP. Time can
//! be moved, and the function can be stopped at any of its requests to AWS, before or after they took effect.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use backfill::app::App;
use backfill::aws::bus::Bus;
use backfill::aws::metrics::Metrics;
use backfill::aws::secrets::Secrets;
use backfill::aws::stack::Stack;
use backfill::handler::answer;
use backfill::okta_log::page_writer::Sink;
use backfill::org::deadline::Deadline;
use backfill::seal::due::RECHECK_AFTER;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use lake::batch::object;
use lake::{Batch, Format, Lake, Partition};
use local_aws::bus_server::{BusEvent, BusServer};
use local_aws::credentials::Credentials as LocalCredentials;
use local_aws::fault::Fault;
use local_aws::s3_server::{BUCKET, EmbeddedS3, REGION};
use local_aws::secrets_server::SecretsServer;
use normalize::{IngestContext, IngestPath, LogEvent, Tenant, hour_of};
use okta::{AllowedHosts, Clock, Network, Share};
use okta_sim::{LimitsConfig, OrgConfig, SimConfig, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, watch};

use crate::support::rows;

/// What is simulated.
pub(crate) struct Settings {
    pub(crate) org: OrgConfig,
    /// How many events are asked for at once.
    pub(crate) page: u64,
    pub(crate) format: Format,
}

/// A collector of one org, ready for commands.
pub(crate) struct Collector {
    pub(crate) simulator: Simulator,
    pub(crate) s3: EmbeddedS3,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) function: App,
    lake: TempDir,
    events: Mutex<UnboundedReceiver<BusEvent>>,
    secrets: SecretsServer,
    bus: BusServer,
}

/// The machine's clock, moved on by hand. Who sleeps wakes when the clock has moved as far.
#[derive(Debug, Clone)]
pub(crate) struct MovableClock {
    origin: Timestamp,
    start: Instant,
    moved_ms: watch::Sender<i64>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Answered,
    /// It was stopped at the request that it was to be stopped at.
    Stopped,
}

impl MovableClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        self.moved_ms.send_modify(|moved| *moved += i64::try_from(by.as_millis()).unwrap());
    }

    /// Sets the time, also back: for a run that has nothing to do with those before.
    pub(crate) fn set(&self, now: Timestamp) {
        let moved = now.as_millisecond() - self.origin.as_millisecond();
        let passed = i64::try_from(self.start.elapsed().as_millis()).unwrap();
        self.moved_ms.send_replace(moved - passed);
    }

    fn moved(&self) -> SignedDuration {
        SignedDuration::from_millis(*self.moved_ms.borrow())
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        self.origin + SignedDuration::try_from(self.start.elapsed()).unwrap() + self.moved()
    }

    fn elapsed(&self) -> Duration {
        // A week more, so that it can be set back.
        let ahead = self.moved() + SignedDuration::from_hours(24 * 7);
        self.start.elapsed() + ahead.unsigned_abs()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (clock, mut moved) = (self.clone(), self.moved_ms.subscribe());
        // A client without a deadline sleeps until the end of time.
        let wakes = self.elapsed().saturating_add(duration);
        Box::pin(async move {
            while let Some(left) = wakes.checked_sub(clock.elapsed()).filter(|left| !left.is_zero()) {
                // Moved back, it sleeps no longer than was asked for.
                let _ = tokio::time::timeout(left.min(duration), moved.changed()).await;
            }
        })
    }
}

impl Default for Settings {
    /// Some eighty events in the range of the tests, in seventeen pages.
    fn default() -> Self {
        let org = OrgConfig { users: 10, groups: 3, apps: 3, days: 2, events_per_day: 90, ..OrgConfig::default() };
        Self { org, page: 5, format: Format::Ndjson }
    }
}

impl Collector {
    /// With an API token.
    pub(crate) async fn start(settings: Settings) -> Self {
        Self::start_as("token", settings).await
    }

    /// With the credentials of one of the simulator's clients.
    pub(crate) async fn start_as(client: &str, settings: Settings) -> Self {
        let Settings { org, page, format } = settings;
        let clock = Arc::new(MovableClock { origin: org.now, start: Instant::now(), moved_ms: watch::Sender::new(0) });
        let simulator = simulator(org, Arc::clone(&clock)).await;
        let lake = tempfile::tempdir().unwrap();
        let s3 = EmbeddedS3::start(lake.path()).await.unwrap();
        let secrets = SecretsServer::start(s3.credentials(), "acme", simulator.secret(client).unwrap()).await.unwrap();
        let (bus, events) = BusServer::start(s3.credentials()).await.unwrap();
        let function = function(&s3, &secrets, Some(&bus), Arc::clone(&clock), page, format);
        Self { simulator, s3, clock, function, lake, events: Mutex::new(events), secrets, bus }
    }

    /// Gives a command a quarter of an hour.
    pub(crate) async fn run(&self, command: Value) -> Value {
        self.run_within(command, Duration::from_mins(15)).await
    }

    /// Gives a command so long.
    pub(crate) async fn run_within(&self, command: Value, left: Duration) -> Value {
        let deadline = Deadline::after(&self.function.clock, left);
        serde_json::to_value(answer(&self.function, command, &deadline).await.unwrap()).unwrap()
    }

    /// Stops the function, as a kill does, at its `step`th request to S3 from now on, before or after it took effect.
    /// Calls to Okta need no stop of their own: they change nothing, so that stopping at one is like stopping before the
    /// next write.
    pub(crate) async fn run_until(&self, command: Value, step: u64, is_after: bool) -> Ended {
        let reached = Arc::new(Notify::new());
        let (requests, tell) = (AtomicU64::new(0), Arc::clone(&reached));
        self.s3.set_fault(move |_| {
            if requests.fetch_add(1, Ordering::SeqCst) < step {
                return None;
            }
            tell.notify_one();
            // Before: it never arrives. After: its answer never does.
            Some(if is_after { Fault::LostAnswer } else { Fault::Delay(Duration::from_hours(1)) })
        });
        let ended = tokio::select! {
            biased;
            () = reached.notified() => Ended::Stopped,
            _ = self.run(command) => Ended::Answered,
        };
        self.s3.clear_fault();
        ended
    }

    /// Writes events into `live/` as the stream function does with a batch.
    pub(crate) async fn deliver(&self, batch: &[String]) {
        let tenant = Tenant::parse("acme").unwrap();
        let now = self.clock.now();
        let receipt = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged: now, processed: now };
        let mut rows = Batch::default();
        for raw in batch {
            let log = LogEvent::parse(raw).unwrap();
            let partition = Partition { tenant: tenant.clone(), hour: hour_of(log.published) };
            rows.insert(partition, normalize::normalize(log, &receipt).event);
        }
        let Sink { lake, format, .. } = &self.function.sink;
        for (partition, rows) in rows.into_partitions() {
            let object = object(&partition, rows, *format).unwrap();
            lake.put_new(&object.key, object.content_type, object.body).await.unwrap();
        }
    }

    /// The lake's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.lake.path()
    }

    /// Every row, by uuid: how often it is there and what Okta sent.
    pub(crate) fn rows(&self) -> BTreeMap<String, (u32, String)> {
        let mut found = BTreeMap::new();
        for row in rows::all(&self.lake.path().join("live")) {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let (uuid, raw) = (text(&row["metadata"]["uid"]), text(&row["raw_data"]));
            let entry = found.entry(uuid).or_insert((0, raw.clone()));
            assert_eq!(entry.1, raw, "two rows of one event differ");
            entry.0 += 1;
        }
        found
    }

    /// What was published in a range and is there by now: uuid and text.
    pub(crate) fn truth(&self, since: Timestamp, until: Timestamp) -> BTreeMap<String, String> {
        let now = self.clock.now();
        let events = self.simulator.org().events(since..until).filter(|event| event.persisted < now);
        events.map(|event| (event.uuid, event.json)).collect()
    }

    /// Checks that the lake has exactly these events, each as Okta sent it.
    pub(crate) fn has_exactly(&self, truth: &BTreeMap<String, String>, context: &str) {
        let rows: BTreeMap<_, _> = self.rows().into_iter().map(|(uuid, (_, raw))| (uuid, raw)).collect();
        let missing = truth.keys().filter(|uuid| !rows.contains_key(*uuid)).count();
        let foreign = rows.keys().filter(|uuid| !truth.contains_key(*uuid)).count();
        assert_eq!((missing, foreign), (0, 0), "{context}: missing and foreign of {}", truth.len());
        assert!(rows == *truth, "{context}: an event is not as Okta sent it");
    }

    /// Another org, at the same time.
    pub(crate) async fn simulate(&self, org: OrgConfig) -> Simulator {
        simulator(org, Arc::clone(&self.clock)).await
    }

    /// Adds the secret of another org.
    pub(crate) fn add_org(&self, tenant: &str, secret: String) {
        self.secrets.add(tenant, secret);
    }

    /// Puts another secret into the place of acme's.
    pub(crate) fn replace_secret(&self, secret: String) {
        self.secrets.rotate(secret);
    }

    /// Deploys the function without a bus of its own.
    pub(crate) fn take_bus_away(&mut self) {
        let (page, format) = (self.function.page, self.function.sink.format);
        self.function = function(&self.s3, &self.secrets, None, Arc::clone(&self.clock), page, format);
    }

    /// Forgets everything: the lake is another one, and the function is as after a start. Requests of a run that was
    /// stopped may still take effect; they do so in the lake before.
    pub(crate) async fn clear(&mut self) {
        let lake = tempfile::tempdir().unwrap();
        self.s3 = EmbeddedS3::start_with(lake.path(), self.s3.credentials().clone()).await.unwrap();
        let (page, format) = (self.function.page, self.function.sink.format);
        self.function = function(&self.s3, &self.secrets, Some(&self.bus), Arc::clone(&self.clock), page, format);
        self.lake = lake;
    }

    /// The events on the bus since the last look.
    pub(crate) fn told(&self) -> Vec<BusEvent> {
        let mut events = self.events.lock().unwrap();
        std::iter::from_fn(|| events.try_recv().ok()).collect()
    }

    /// The state object of this name, if there is one.
    pub(crate) fn state(&self, name: &str) -> Option<Value> {
        let text = std::fs::read(self.lake.path().join("state/tenant=acme").join(name)).ok()?;
        Some(serde_json::from_slice(&text).unwrap())
    }

    /// The state object of this name that all orgs share.
    pub(crate) fn shared_state(&self, name: &str) -> Option<Value> {
        let text = std::fs::read(self.lake.path().join("state").join(name)).ok()?;
        Some(serde_json::from_slice(&text).unwrap())
    }

    /// Puts other bytes in the place of a state object.
    pub(crate) fn set_state(&self, name: &str, text: &str) {
        std::fs::write(self.lake.path().join("state/tenant=acme").join(name), text).unwrap();
    }

    /// The keys below `prefix`, sorted.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        rows::keys(self.lake.path(), prefix)
    }
}

/// An org with limits so high that nothing waits: pacing is tested with the client.
async fn simulator(org: OrgConfig, clock: Arc<MovableClock>) -> Simulator {
    let limits = LimitsConfig { times: 1_000, ..LimitsConfig::default() };
    let clock = okta_sim::Clock::from_fn(move || clock.now());
    Simulator::start(SimConfig { org, limits, clock, ..SimConfig::default() }).await.unwrap()
}

/// The credentials of the local servers, as the SDK takes them.
pub(crate) fn sdk_credentials(local: &LocalCredentials) -> Credentials {
    Credentials::new(&local.access_key_id, &local.secret_access_key, None, None, "test")
}

fn function(
    s3: &EmbeddedS3,
    secrets: &SecretsServer,
    bus: Option<&BusServer>,
    clock: Arc<MovableClock>,
    page: u64,
    format: Format,
) -> App {
    let credentials = sdk_credentials(s3.credentials());
    // Errors of S3 are this harness's doing: trying again would only blur at which request it was stopped.
    macro_rules! client {
        ($sdk:ident, $endpoint:expr) => {
            $sdk::Client::from_conf(
                $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new(REGION))
                    .credentials_provider(credentials.clone())
                    .endpoint_url($endpoint)
                    .retry_config($sdk::config::retry::RetryConfig::disabled())
                    .build(),
            )
        };
    }
    let lake = Lake::new(client!(aws_sdk_s3, s3.endpoint()), BUCKET);
    let endpoint = bus.map_or_else(|| s3.endpoint(), BusServer::endpoint);
    let events = client!(aws_sdk_eventbridge, endpoint);
    let figures = Metrics::default();
    App {
        secrets: Secrets::new(client!(aws_sdk_secretsmanager, secrets.endpoint()), "okta-lake/".to_owned()),
        stack: Stack { lake: lake.clone(), events: events.clone(), bus: None, rule: None },
        sink: Sink { lake, format, figures: figures.clone() },
        outputs: Vec::new(),
        signer: None,
        trusted_keys: Vec::new(),
        bus: Bus::new(events, bus.map(|_| "okta-lake".to_owned())),
        share: Share::new(100, 10).unwrap(),
        allowed_hosts: AllowedHosts { custom_domains: vec![], loopback: true },
        network: Network::default(),
        page,
        lateness: SignedDuration::from_hours(1),
        recheck_after: RECHECK_AFTER,
        progress_interval: Duration::from_secs(30),
        figures,
        clock,
    }
}
