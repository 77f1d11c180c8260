//! The exit status of the commands that read an org: 0 = everything, 1 = something was refused and named, 2 = nothing.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use okta_sim::{Clock, Fault, FaultKind, OrgConfig, SimConfig, Simulator};

use crate::command::FUNCTIONS;

const INVENTORY: &[&str] = &["run", "inventory", "--entity", "group", "--entity", "user_type"];
const CONNECTIVITY: &[&str] = &["test-connectivity"];
const LOGS: &[&str] = &["run", "logs", "--since", "2026-03-01", "--until", "2026-03-02"];

async fn simulator(fault: Option<Fault>) -> Simulator {
    let now = jiff::Timestamp::now();
    let org = OrgConfig { users: 5, groups: 2, apps: 2, days: 1, events_per_day: 20, now, ..OrgConfig::default() };
    let simulator = Simulator::start(SimConfig { org, clock: Clock::system(), ..SimConfig::default() }).await.unwrap();
    if let Some(fault) = fault {
        simulator.inject(fault);
    }
    simulator
}

/// The exit status of a command, and what it printed.
async fn run(arguments: &[&str], lake: &Path, secret: Option<&Path>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lake"));
    command.args(arguments).arg("--lake").arg(lake).env_remove("CARGO").stdin(Stdio::null());
    command.args(secret.into_iter().flat_map(|secret| [OsStr::new("--secret"), secret.as_os_str()]));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_says_whether_something_was_refused() {
    assert!(FUNCTIONS.backfill.is_file());
    let everything = || None;
    let some = || Some(FaultKind::ScopeMissing("okta.groups.read".to_owned()).always());
    let nothing = || Some(FaultKind::SecretsRevoked.always());
    let forbidden = || Some(FaultKind::refused(403, "E0000006").always().under("/api/v1/"));
    for (arguments, fault, expected, status_after) in [
        (INVENTORY, everything(), 0, Some(0)),
        (INVENTORY, some(), 1, Some(1)),
        (INVENTORY, nothing(), 2, None),
        (LOGS, nothing(), 2, None),
        (CONNECTIVITY, some(), 1, None),
        (CONNECTIVITY, nothing(), 2, None),
        (CONNECTIVITY, forbidden(), 2, None),
    ] {
        let (simulator, folder) = (simulator(fault.clone()).await, tempfile::tempdir().unwrap());
        let (lake, secret) = (folder.path().join("lake"), folder.path().join("secret.json"));
        std::fs::write(&secret, simulator.secret("service").unwrap()).unwrap();
        let (status, text) = run(arguments, &lake, Some(&secret)).await;
        assert_eq!(status, Some(expected), "{arguments:?} with {fault:?}: {text}");
        if let Some(expected) = status_after {
            let (status, text) = run(&["status"], &lake, None).await;
            assert_eq!(status, Some(expected), "status after {arguments:?} with {fault:?}: {text}");
        }
    }
}
