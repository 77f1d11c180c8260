//! The action `continue`: goes on with every collection that is not finished, polls, and looks after the secrets.

use crate::actions::answer::OrgsAnswer;
use crate::actions::error::ActionError;
use crate::actions::fan_out::{fan_out, names};
use crate::actions::logs::{LogsAnswer, LogsTask, inventories, of_orgs};
use crate::actions::secret_rotation;
use crate::app::App;
use crate::aws::secrets::Found;
use crate::command::Command;
use crate::inventory::run::InventoryTask;
use crate::org::backoff::STORE;
use crate::org::deadline::Deadline;

/// Goes on with the org of the command, or with every org.
pub(crate) async fn run(app: &App, command: &Command, deadline: &Deadline) -> Result<LogsAnswer, ActionError> {
    let orgs = if command.tenant.is_some() {
        fan_out(app, command, names(app, command).await?).await
    } else {
        let found = app.secrets.list().await?;
        let orgs = fan_out(app, command, Found::with_values(found.clone())).await;
        look_after(app, &found, deadline).await;
        orgs
    };
    let (logs, inventory) = futures::join!(
        of_orgs(app, &orgs.here, LogsTask::Continue, deadline),
        inventories(app, &orgs.here, InventoryTask::Continue, deadline)
    );
    Ok(LogsAnswer::new(OrgsAnswer::new(command.action.name(), logs, orgs.handed_on), inventory))
}

/// Tests new and changed secrets. What the lake remembers of secrets is no reason not to go on.
async fn look_after(app: &App, found: &[Found], deadline: &Deadline) {
    if let Err(error) = Box::pin(secret_rotation::run(app, found, deadline)).await {
        tracing::error!(%error, remedy = STORE, "secrets that have changed are not tested");
    }
}
