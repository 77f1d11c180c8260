//! The action `test-connectivity`: checks the stack and the orgs, and publishes what does not work.

pub(crate) mod org_checks;

use crate::actions::fan_out::each;
use crate::actions::inventory::ORGS_AT_ONCE;
use crate::app::App;
use crate::aws::secrets::SecretsError;
use crate::check::{CREDENTIALS, Check, Report, Section, Status};
use crate::command::Command;
use crate::events::{ConnectivityFailed, Event};
use crate::org::deadline::Deadline;

/// Checks the stack, and the org of the command or every org.
pub(crate) async fn run(app: &App, command: &Command, deadline: &Deadline) -> Report {
    let mut stack = app.stack.check().await;
    for output in &app.outputs {
        stack.checks.push(output.check().await);
    }
    let mut sections = vec![stack];
    let names = match &command.tenant {
        Some(tenant) => Ok(vec![tenant.clone()]),
        // Those that have no value yet as well: somebody has forgotten them.
        None => app.secrets.list().await.map(|found| found.into_iter().map(|secret| secret.tenant).collect()),
    };
    match names {
        Ok(names) if !names.is_empty() => sections.extend(of_orgs(app, &names, deadline).await),
        outcome => sections.push(no_org(app, outcome.err())),
    }
    for section in &sections {
        publish(app, section).await;
    }
    Report::new(sections, is_needed)
}

/// Checks orgs side by side.
pub(crate) async fn of_orgs(app: &App, names: &[String], deadline: &Deadline) -> Vec<Section> {
    each(names, ORGS_AT_ONCE, deadline, |name, deadline| async move {
        Box::pin(org_checks::check(app, &name, &deadline)).await
    })
    .await
}

/// Logs what was found, counts what must be looked at, and publishes it.
pub(crate) async fn publish(app: &App, section: &Section) {
    let name = &section.name;
    for Check { name: check, status, detail, remedy, .. } in &section.checks {
        match (status, remedy) {
            (Status::Ok | Status::Skipped, _) | (_, None) => {
                tracing::info!(section = name, check, ?status, detail, "checked");
            }
            (_, Some(remedy)) => tracing::warn!(section = name, check, ?status, detail, remedy, "checked"),
        }
    }
    let checks: Vec<_> = section.checks.iter().filter(|check| check.is_failure()).cloned().collect();
    app.figures.tested(checks.len());
    if !checks.is_empty() {
        let detail = ConnectivityFailed { tenant: name.clone(), checks };
        app.bus.publish(&Event::ConnectivityFailed(detail)).await;
    }
}

fn no_org(app: &App, error: Option<SecretsError>) -> Section {
    let (prefix, region) = (app.secrets.prefix(), app.secrets.region());
    let check = match error {
        Some(error) => Check::new("Secret", Status::Failed, error.to_string())
            .remedy("let the function's role list and read the secrets under its prefix"),
        None => Check::new("Secret", Status::Failed, format!("there is no secret {prefix}<tenant> in {region}"))
            .remedy(format!(
                "put the org's credentials into a secret called {prefix}<tenant> in {region}: see the README"
            )),
    };
    Section::new("tenants", None, vec![check])
}

/// Without these nothing can be collected. A kind of data that is denied leaves the others.
fn is_needed(check: &Check) -> bool {
    matches!(check.name.as_str(), "Bucket" | "Secret" | CREDENTIALS)
}
