//! One invocation: a command in, a report out.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use okta::{AllowedHosts, Share};

use crate::command::{Action, Command, CommandError};
use crate::connectivity::{self, Terms};
use crate::report::{Check, Report, Section, Status};
use crate::secrets::{Secrets, SecretsError};
use crate::stack::Stack;

/// What is left of the time at the end, to answer in.
const RESERVE: Duration = Duration::from_secs(5);

/// What the function holds between invocations.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) secrets: Secrets,
    pub(crate) stack: Stack,
    pub(crate) share: Share,
    pub(crate) allowed_hosts: AllowedHosts,
}

/// Why a command was not even begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandlerError {
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        Self { error_type: "Command".to_owned(), error_message: error.to_string() }
    }
}

/// Handles one invocation.
pub(crate) async fn handle(function: &Function, event: LambdaEvent<serde_json::Value>) -> Result<Report, HandlerError> {
    let command = Command::parse(event.payload)?;
    let Action::TestConnectivity = command.action;
    Ok(test_connectivity(function, command.tenant, left(&event.context)).await)
}

async fn test_connectivity(function: &Function, tenant: Option<String>, left: Duration) -> Report {
    let ends = Instant::now() + left;
    let mut sections = vec![function.stack.check().await];
    let tenants = match tenant {
        Some(tenant) => Ok(vec![tenant]),
        None => function.secrets.tenants().await,
    };
    match tenants {
        Ok(tenants) if !tenants.is_empty() => {
            for tenant in tenants {
                let left = ends.saturating_duration_since(Instant::now());
                let terms = Terms { share: function.share, allowed_hosts: function.allowed_hosts.clone(), left };
                let secret = Arc::new(function.secrets.of(&tenant));
                sections.push(connectivity::check(&tenant, secret, terms).await);
            }
        }
        outcome => sections.push(no_tenant(function, outcome.err())),
    }
    for check in sections.iter().flat_map(|section| &section.checks) {
        tracing::info!(check = check.name, status = ?check.status, detail = check.detail, "checked");
    }
    Report::new(sections, is_needed)
}

fn no_tenant(function: &Function, error: Option<SecretsError>) -> Section {
    let prefix = function.secrets.prefix();
    let check = match error {
        Some(error) => Check::new("Secret", Status::Failed, error.to_string())
            .remedy("let the function's role list and read the secrets under its prefix"),
        None => Check::new("Secret", Status::Failed, format!("there is no secret {prefix}<tenant>"))
            .remedy(format!("put the org's credentials into a secret called {prefix}<tenant>: see the README")),
    };
    Section { name: "tenants".to_owned(), org: None, checks: vec![check] }
}

/// Without these nothing can be collected. A kind of data that is denied leaves the others.
fn is_needed(check: &Check) -> bool {
    matches!(check.name.as_str(), "Bucket" | "Secret" | "Credentials")
}

#[allow(clippy::disallowed_methods)] // The entry of the handler: from here on, time is an argument.
fn left(context: &Context) -> Duration {
    context.deadline().duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(RESERVE)
}
