//! Ctrl-C during a collection.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use okta_sim::{Clock, FaultKind, OrgConfig, SimConfig, Simulator};
use serde_json::Value;

use crate::command::FUNCTIONS;

/// The state objects of the lake.
fn states(lake: &Path) -> Vec<Value> {
    let mut left = vec![lake.join("state")];
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = std::fs::read(&path) {
            found.extend(serde_json::from_slice::<Value>(&text));
        }
    }
    found
}

fn holds_a_lease(lake: &Path) -> bool {
    states(lake).iter().any(|state| state["lease"].is_object())
}

fn start(lake: &Path, secret: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lake"));
    command.args(["run", "logs", "--lake"]).arg(lake).arg("--secret").arg(secret).env_remove("CARGO");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_gives_the_lease_back_and_says_how_to_go_on() {
    assert!(FUNCTIONS.backfill.is_file());
    let now = jiff::Timestamp::now();
    let org = OrgConfig { days: 3, events_per_day: 30_000, now, ..OrgConfig::default() };
    let simulator = Simulator::start(SimConfig { org, clock: Clock::system(), ..SimConfig::default() }).await.unwrap();
    // Ninety pages of a second each: it does not end before it is stopped.
    simulator.inject(FaultKind::Slow(Duration::from_secs(1)).always().under("/api/v1/logs"));
    let folder = tempfile::tempdir().unwrap();
    let (lake, secret) = (folder.path().join("lake"), folder.path().join("secret.json"));
    std::fs::write(&secret, simulator.secret("token").unwrap()).unwrap();
    let run = start(&lake, &secret);
    let deadline = Instant::now() + Duration::from_mins(2);
    while !holds_a_lease(&lake) {
        assert!(Instant::now() < deadline, "the collection does not begin");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopped = Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let output = tokio::task::spawn_blocking(|| run.wait_with_output()).await.unwrap().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("The same command, or `okta-lake run continue`, goes on"), "{stderr}");
    assert!(!states(&lake).is_empty() && !holds_a_lease(&lake), "another run would wait for the lease");
}
