//! test-connectivity on eight orgs, through the real function, its AWS clients and a simulated Okta.

use local_aws::backfill_stack::{BackfillStack, TIMEOUT};
use local_aws::config::Config;
use local_aws::function_process::Invocation;
use okta_sim::{Clock, Fault, FaultKind, OrgConfig, Role, SimConfig, Simulator};
use serde_json::{Value, json};

use crate::support::FUNCTIONS;

/// What a test found, and everything that was said on the way.
struct Tested {
    report: Value,
    said: String,
    secret: Value,
}

impl Tested {
    fn status(&self, check: &str) -> &str {
        self.find(check)["status"].as_str().unwrap()
    }

    fn find(&self, check: &str) -> &Value {
        let mut checks =
            self.report["sections"].as_array().unwrap().iter().flat_map(|it| it["checks"].as_array().unwrap());
        checks.find(|found| found["check"] == check).unwrap_or_else(|| panic!("no check {check}: {}", self.report))
    }

    /// The checks that are not ok.
    fn troubles(&self) -> Vec<String> {
        let checks = self.report["sections"].as_array().unwrap().iter().flat_map(|it| it["checks"].as_array().unwrap());
        let troubles = checks.filter(|check| check["status"] != "ok");
        troubles
            .map(|check| format!("{} {}", check["status"].as_str().unwrap(), check["check"].as_str().unwrap()))
            .collect()
    }

    /// No secret is in the answer or in the log.
    fn says_no_secret(&self) {
        for field in ["client_secret", "private_key", "api_token"] {
            let Some(secret) = self.secret[field].as_str() else { continue };
            for line in secret.lines().filter(|line| !line.starts_with("-----")) {
                assert!(!self.said.contains(line), "{field} was said: {}", self.said);
            }
        }
        // "eyJ" begins every token, assertion and proof.
        assert!(!self.said.contains("eyJ"), "a token was said: {}", self.said);
    }
}

async fn simulator(faults: Vec<Fault>) -> Simulator {
    let org = OrgConfig {
        users: 40,
        groups: 8,
        apps: 6,
        days: 2,
        events_per_day: 200,
        now: jiff::Timestamp::now(),
        ..OrgConfig::default()
    };
    Simulator::start(SimConfig { org, clock: Clock::system(), faults, ..SimConfig::default() }).await.unwrap()
}

/// Everything is logged, so that whatever could be said is said.
fn outspoken() -> Config {
    Config { handed_on: vec![("OKTA_LAKE_LOG".to_owned(), "trace".to_owned())], ..Config::default() }
}

async fn test(faults: Vec<Fault>, client: &str, bend: impl FnOnce(&mut Value)) -> Tested {
    let simulator = simulator(faults).await;
    let mut secret: Value = serde_json::from_str(&simulator.secret(client).unwrap()).unwrap();
    bend(&mut secret);
    let lake = tempfile::tempdir().unwrap();
    let config = outspoken();
    let (backfill, _) = BackfillStack::start(lake.path(), &FUNCTIONS, secret.to_string(), &config).await.unwrap();
    let invocation = backfill.run(json!({"action": "test-connectivity"}), TIMEOUT).await.unwrap();
    let response = String::from_utf8(invocation.response.to_vec()).unwrap();
    let tested = Tested {
        report: serde_json::from_str(&response).unwrap(),
        said: invocation.log.iter().cloned().chain([response]).collect(),
        secret,
    };
    tested.says_no_secret();
    tested
}

#[tokio::test]
async fn an_org_with_everything() {
    for client in ["service", "integration"] {
        let tested = test(vec![], client, |_| {}).await;
        assert_eq!(tested.troubles(), [] as [&str; 0]);
        assert_eq!(tested.report["is_complete"], true);
    }
    let tested = test(vec![], "token", |_| {}).await;
    assert_eq!(
        (tested.troubles(), &tested.report["is_ready"]),
        (vec!["warning Secret".to_owned()], &Value::Bool(true))
    );
}

#[tokio::test]
async fn a_read_only_administrator() {
    let tested = test(vec![FaultKind::Role(Role::ReadOnly).always()], "service", |_| {}).await;
    assert_eq!(tested.troubles(), ["denied Admin roles"]);
    assert!(tested.find("Admin roles")["remedy"].as_str().unwrap().contains("Admin Console > Applications"));
    assert_eq!(tested.find("Admin roles")["needed_for"][0], "Admin roles");
}

#[tokio::test]
async fn missing_scopes() {
    let missing = |scope: &str| FaultKind::ScopeMissing(scope.to_owned()).always();
    let faults = vec![missing("okta.users.read"), missing("okta.devices.read")];
    let tested = test(faults, "service", |_| {}).await;
    assert_eq!(tested.troubles(), ["denied Users", "denied Devices"]);
    assert!(tested.find("Users")["remedy"].as_str().unwrap().contains("okta.users.read"));
    assert_eq!((&tested.report["is_ready"], &tested.report["is_complete"]), (&Value::Bool(true), &Value::Bool(false)));
}

#[tokio::test]
async fn a_wrong_key_id() {
    let tested = test(vec![], "service", |secret| secret["key_id"] = "no-such-key".into()).await;
    assert_eq!((tested.status("Credentials"), tested.status("Users")), ("failed", "skipped"));
    assert!(tested.find("Credentials")["remedy"].as_str().unwrap().starts_with("`key_id` names no active key"));
    assert_eq!(tested.report["is_ready"], false);
}

#[tokio::test]
async fn dpop_is_spoken_where_it_is_required() {
    let tested = test(vec![FaultKind::DpopRequired.always()], "service", |_| {}).await;
    assert_eq!(tested.troubles(), [] as [&str; 0]);
    assert!(tested.find("Credentials")["detail"].as_str().unwrap().contains("with DPoP"));
}

#[tokio::test]
async fn a_revoked_secret() {
    for client in ["integration", "token"] {
        let tested = test(vec![FaultKind::SecretsRevoked.always()], client, |_| {}).await;
        let is_refused = |check| matches!(tested.status(check), "failed" | "skipped");
        assert!(is_refused("Users") && is_refused("System Log"), "{}", tested.report);
    }
}

#[tokio::test]
async fn classic_engine() {
    let tested = test(vec![FaultKind::ClassicEngine.always()], "service", |_| {}).await;
    assert_eq!(tested.troubles(), ["unlicensed Authenticators"]);
}

#[tokio::test]
async fn a_disabled_log_stream() {
    let tested = test(vec![FaultKind::StreamDisabled.always()], "service", |_| {}).await;
    assert_eq!(tested.troubles(), ["warning Log stream"]);
    assert!(tested.find("Log stream")["remedy"].as_str().unwrap().contains("Log Streaming"));
}

#[tokio::test]
async fn a_secret_that_is_none_says_what_is_missing() {
    let tested = test(vec![], "service", |secret| *secret = json!({"org_url": "https://acme.okta.com"})).await;
    assert_eq!(tested.status("Secret"), "failed");
    assert_eq!(tested.report["is_ready"], false);
}

/// Of the schedule's runs, those in which the secret was tested, and what was told on the bus.
#[tokio::test]
async fn a_secret_that_changes_is_tested_at_once() {
    let simulator = simulator(vec![]).await;
    let lake = tempfile::tempdir().unwrap();
    let good = simulator.secret("integration").unwrap();
    let (backfill, mut events) =
        BackfillStack::start(lake.path(), &FUNCTIONS, good.clone(), &outspoken()).await.unwrap();
    let mut tested = Vec::new();
    for change in [None, None, Some(good.replace("client_secret\":\"", "client_secret\":\"x")), None, Some(good)] {
        if let Some(secret) = change {
            backfill.secrets.rotate(secret);
        }
        let scheduled = json!({"action": "continue"}).to_string();
        let Invocation { log, metrics, .. } = backfill.function.invoke(scheduled, TIMEOUT).await.unwrap();
        assert_eq!(metrics.get("SecretAge"), Some(0.0));
        let is_tested = log.iter().any(|line| line.contains("the secret is new or has changed"));
        assert_eq!(is_tested, metrics.get("ConnectivityFailures").is_some());
        let told = std::iter::from_fn(|| events.try_recv().ok());
        let failed = told.filter(|event| event.detail_type == "ConnectivityFailed").collect::<Vec<_>>();
        assert_eq!(u64::from(!failed.is_empty()), metrics.count("ConnectivityFailures"));
        assert!(failed.iter().all(|event| event.detail["checks"][0]["check"] == "Credentials"), "{failed:?}");
        assert!(!is_tested || failed.is_empty() != (tested.len() == 2), "{failed:?}");
        tested.push(is_tested);
    }
    assert_eq!(tested, [true, false, true, false, true]);
}

#[tokio::test]
async fn a_secret_without_a_value_waits_for_one() {
    let lake = tempfile::tempdir().unwrap();
    let secret = json!({"tenant": "acme"}).to_string();
    let (backfill, _) = BackfillStack::start(lake.path(), &FUNCTIONS, secret, &outspoken()).await.unwrap();
    backfill.secrets.empty();
    for action in ["continue", "inventory", "reconcile"] {
        let done = backfill.function.invoke(json!({"action": action}).to_string(), TIMEOUT).await.unwrap();
        let answer: Value = serde_json::from_slice(&done.response).unwrap();
        assert_eq!((&answer["is_complete"], &answer["tenants"]), (&json!(true), &json!([])), "{action}");
    }
    let done = backfill.function.invoke(json!({"action": "test-connectivity"}).to_string(), TIMEOUT).await.unwrap();
    let said = String::from_utf8(done.response.to_vec()).unwrap();
    assert!(said.contains("no secret okta-lake/acme with a value in us-east-1"), "{said}");
    assert!(said.contains("that it has a value"), "{said}");
}

#[tokio::test]
async fn what_is_no_command_says_what_would_be() {
    let simulator = simulator(vec![]).await;
    let lake = tempfile::tempdir().unwrap();
    let secret = simulator.secret("service").unwrap();
    let (backfill, _) = BackfillStack::start(lake.path(), &FUNCTIONS, secret, &Config::default()).await.unwrap();
    let error = backfill.run(json!({"action": "explode"}), TIMEOUT).await.unwrap_err().to_string();
    assert!(error.contains("test-connectivity"), "{error}");
}
