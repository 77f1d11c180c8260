//! The action `verify`: the ledger and what it describes are checked, a share of the lake each day. It writes nothing but
//! where it goes on, and signs nothing; a repair takes a command of its own.

use jiff::{SignedDuration, Timestamp};
use lake::signing::SignError;
use lake::verify::finding::Finding;
use lake::verify::report::VerifyReport;
use lake::verify::trust::TrustedKeys;
use lake::{StateError, layout, verify};
use normalize::Tenant;
use serde::{Deserialize, Serialize};

use crate::actions::answer::{OrgReport, OrgsAnswer};
use crate::actions::error::ActionError;
use crate::actions::fan_out::{each, fan_out};
use crate::actions::repairs::{self, HourRepair};
use crate::app::App;
use crate::command::{Command, VerifyRequest};
use crate::events::{Event, LedgerViolation};
use crate::org::deadline::Deadline;
use crate::org::problem::Problem;
use crate::outcome::Outcome;
use crate::seal::session::LEAST_LEFT;

/// How many hours one invocation reads unless a range is given: a year takes two weeks of days.
const SHARE: SignedDuration = SignedDuration::from_hours(26 * 24);

/// How many violations of one run go on the bus; the answer has more of them.
const PUBLISHED: usize = 100;

/// What a person does if the signing key cannot be used.
const SIGNING_KEY: &str = "let the function's role use kms:GetPublicKey on the key that signs the ledger";

/// The name of the state object.
const STATE: &str = "verify.json";

/// Where the next run begins.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Progress {
    /// None: from the first hour.
    #[serde(default)]
    next: Option<Timestamp>,
}

/// What verification came to for one org.
#[derive(Debug, Serialize)]
pub struct OrgVerification {
    /// The org.
    pub tenant: String,
    /// What was found; none if the lake could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<VerifyReport>,
    /// What became of damaged hours, or would.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<HourRepair>,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

/// What verification came to.
pub type VerifyAnswer = OrgsAnswer<OrgVerification>;

impl OrgReport for OrgVerification {
    fn outcome(&self) -> Outcome {
        match &self.report {
            None => Outcome::Failed,
            Some(report) if report.finding_count() == 0 && self.problems.is_empty() => Outcome::Complete,
            Some(_) => Outcome::Incomplete,
        }
    }

    fn is_complete(&self) -> bool {
        self.report.as_ref().is_some_and(VerifyReport::is_sound)
    }
}

/// Verifies the lake of every org that is meant.
pub(crate) async fn run(
    app: &App,
    command: &Command,
    request: &VerifyRequest,
    deadline: &Deadline,
) -> Result<VerifyAnswer, ActionError> {
    let names = match &command.tenant {
        Some(tenant) => vec![tenant.clone()],
        None => app.sink.lake.tenants().await?,
    };
    let orgs = fan_out(app, command, names).await;
    let reports = each(&orgs.here, 1, deadline, |name, deadline| of_org(app, name, request, deadline)).await;
    app.figures.verified(reports.iter().filter_map(|org| org.report.as_ref()).map(VerifyReport::finding_count).sum());
    Ok(OrgsAnswer::new(command.action.name(), reports, orgs.handed_on))
}

async fn of_org(app: &App, name: String, request: &VerifyRequest, deadline: Deadline) -> OrgVerification {
    let problem = |what: String, remedy: String| vec![Problem::told(&name, what, remedy)];
    let failed = |problems| OrgVerification { tenant: name.clone(), report: None, repairs: Vec::new(), problems };
    let tenant = match Tenant::parse(&name) {
        Ok(tenant) => tenant,
        Err(error) => return failed(problem(error.to_string(), "name an org of the lake".to_owned())),
    };
    let trusted = match trusted(app).await {
        Ok(trusted) => trusted,
        Err(error) => return failed(problem(lake::quarantine::reason(&error), SIGNING_KEY.to_owned())),
    };
    match Box::pin(verify_org(app, &tenant, request, &trusted, &deadline)).await {
        Ok(report) => {
            publish(app, &report.findings).await;
            let (repairs, problems) = match request.repair {
                Some(repair) => Box::pin(repairs::run(app, &tenant, &report, repair, &deadline)).await,
                None => (Vec::new(), Vec::new()),
            };
            OrgVerification { tenant: name, report: Some(report), repairs, problems }
        }
        Err(error) => failed(problem(lake::quarantine::reason(&error), error.remedy().to_owned())),
    }
}

/// The keys whose signatures count: that which signs, and those before it, as the stack says. Never any of the bucket.
async fn trusted(app: &App) -> Result<TrustedKeys, SignError> {
    let mut keys = app.trusted_keys.clone();
    if let Some(signer) = &app.signer {
        keys.push(signer.public_key().await?);
    }
    Ok(TrustedKeys::new(keys))
}

async fn verify_org(
    app: &App,
    tenant: &Tenant,
    request: &VerifyRequest,
    trusted: &TrustedKeys,
    deadline: &Deadline,
) -> Result<VerifyReport, StateError> {
    let lake = &app.sink.lake;
    let now = app.clock.now();
    let is_share = request.since.is_none() && request.until.is_none() && request.repair.is_none();
    let since = if is_share { next(app, tenant).await? } else { request.since };
    let until = if is_share { since.and_then(|since| since.checked_add(SHARE).ok()) } else { request.until };
    let heads = &request.heads;
    let request = verify::VerifyRequest { tenant, since, until, trusted, heads, now };
    let report = verify::verify(lake, &request, || !deadline.allows(LEAST_LEFT)).await?;
    if is_share {
        // At the end it begins anew.
        let next = report.resume.or(until.filter(|until| *until < now));
        lake.put(&key(tenant), "application/json", body(&Progress { next })?).await.map_err(|error| {
            let (verb, bucket, code) = ("write", String::new(), error.to_string());
            StateError::Store { verb, bucket, key: key(tenant), code, source: Box::new(error) }
        })?;
    }
    Ok(report)
}

/// Where the share begins. A state that cannot be read begins anew.
async fn next(app: &App, tenant: &Tenant) -> Result<Option<Timestamp>, StateError> {
    match app.sink.lake.read_state::<Progress>(&key(tenant)).await {
        Ok((progress, _)) => Ok(progress.unwrap_or_default().next),
        Err(error @ StateError::Unreadable { .. }) => {
            tracing::warn!(%error, "verification begins at the first hour");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn key(tenant: &Tenant) -> String {
    layout::state_key(tenant, STATE)
}

fn body(progress: &Progress) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(progress).map_err(|source| StateError::Encode { key: STATE.to_owned(), source })
}

async fn publish(app: &App, findings: &[Finding]) {
    let events: Vec<_> =
        findings.iter().take(PUBLISHED).map(|finding| Event::LedgerViolation(violation(finding))).collect();
    for finding in findings.iter().take(PUBLISHED) {
        tracing::error!(tenant = finding.tenant, key = finding.key, kind = ?finding.kind, "the ledger is violated");
    }
    app.bus.publish_all(&events).await;
}

fn violation(finding: &Finding) -> LedgerViolation {
    let Finding { tenant, hour, kind, key, detail, remedies } = finding;
    let violation =
        serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let remedy = if remedies.is_empty() {
        "nothing that okta-lake knows repairs it: look for an older version of the object in the bucket"
    } else {
        "run `okta-lake verify`: it says how the hour can be repaired; docs/deployment.md has the steps"
    };
    LedgerViolation {
        tenant: tenant.clone(),
        hour: *hour,
        violation,
        detail: format!("{key}: {detail}"),
        remedy: remedy.to_owned(),
    }
}
