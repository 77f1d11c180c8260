//! One invocation: a command in, an answer out.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;

use crate::actions::error::ActionError;
use crate::actions::inventory::InventoryAnswer;
use crate::actions::seals::SealsAnswer;
use crate::actions::{connectivity, inventory, logs, resume, seals, verify};
use crate::app::App;
use crate::check::Report;
use crate::command::{Action, Command, CommandError};
use crate::org::deadline::Deadline;

/// What is left of the time at the end, to write the last checkpoints and to answer in.
const RESERVE: Duration = Duration::from_secs(10);

/// The answer to a command.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To `test-connectivity`.
    Connectivity(Report),
    /// To everything about the log.
    Logs(logs::LogsAnswer),
    /// To `inventory`.
    Inventory(InventoryAnswer),
    /// To everything about seals.
    Seals(SealsAnswer),
    /// To `verify`.
    Verify(verify::VerifyAnswer),
}

/// Why a command was not carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It cannot be understood.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Nobody knows for which orgs.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        let error_type = match error {
            HandlerError::Command(_) | HandlerError::Action(ActionError::Entity(_)) => "Command",
            HandlerError::Action(ActionError::State(_)) => "State",
            HandlerError::Action(ActionError::Secrets(_)) => "Secrets",
        };
        Self { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}

/// Handles one event of the Lambda runtime.
pub async fn handle(app: &App, event: LambdaEvent<Value>) -> Result<Answer, HandlerError> {
    let deadline = Deadline::after(&app.clock, left(&event.context));
    let answer = answer(app, event.payload, &deadline).await;
    app.figures.publish(app.clock.now());
    answer
}

/// Handles a command that must have been answered by `deadline`.
pub async fn answer(app: &App, payload: Value, deadline: &Deadline) -> Result<Answer, HandlerError> {
    let command = Command::parse(payload)?;
    Ok(match &command.action {
        Action::TestConnectivity(_) => Answer::Connectivity(connectivity::run(app, &command, deadline).await),
        Action::Collect(request) => Answer::Logs(logs::collect(app, &command, request, deadline).await?),
        Action::Logs(request) => Answer::Logs(logs::run(app, &command, request, deadline).await?),
        Action::Continue(_) => Answer::Logs(resume::run(app, &command, deadline).await?),
        Action::Status(_) => Answer::Logs(logs::status(app, &command, deadline).await?),
        Action::Inventory(request) => Answer::Inventory(inventory::run(app, &command, request, deadline).await?),
        Action::Verify(request) => Answer::Verify(verify::run(app, &command, request, deadline).await?),
        Action::Reconcile(_) => Answer::Seals(seals::reconcile(app, &command, deadline).await?),
        Action::Renormalize(request) => Answer::Seals(seals::renormalize(app, &command, *request, deadline).await?),
    })
}

#[allow(clippy::disallowed_methods)] // The entry of the handler: from here on, time is an argument.
fn left(context: &Context) -> Duration {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    left.saturating_sub(RESERVE.min(left / 4))
}
