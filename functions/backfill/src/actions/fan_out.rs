//! A command for every org: one invocation for each, by way of the bus. Without a bus the orgs share this invocation.

use futures::{StreamExt as _, stream};

use crate::app::App;
use crate::aws::secrets::SecretsError;
use crate::command::Command;
use crate::events::Event;
use crate::org::deadline::Deadline;

/// The orgs of a command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FanOut {
    /// Those that this invocation works on.
    pub(crate) here: Vec<String>,
    /// Those that an invocation of their own was asked for.
    pub(crate) handed_on: Vec<String>,
}

/// The names of the orgs that a command means: that of its tenant, or of every secret with a value.
pub(crate) async fn names(app: &App, command: &Command) -> Result<Vec<String>, SecretsError> {
    match &command.tenant {
        Some(tenant) => Ok(vec![tenant.clone()]),
        None => app.secrets.tenants().await,
    }
}

/// Hands a command for several orgs on, one event for each. What the bus does not take is left to this invocation.
pub(crate) async fn fan_out(app: &App, command: &Command, names: Vec<String>) -> FanOut {
    if names.len() < 2 || command.tenant.is_some() || command.action.is_answered_at_once() {
        return FanOut { here: names, handed_on: Vec::new() };
    }
    let events: Vec<_> = names.iter().map(|name| Event::Continue(command.of(name))).collect();
    let are_taken = app.bus.publish_all(&events).await;
    let (taken, left): (Vec<_>, Vec<_>) = names.into_iter().zip(are_taken).partition(|(_, is_taken)| *is_taken);
    let names = |orgs: Vec<(String, bool)>| orgs.into_iter().map(|(name, _)| name).collect();
    FanOut { here: names(left), handed_on: names(taken) }
}

/// Works on orgs, up to `at_once` side by side. Each has a fair share of what is left of the time when its turn begins.
pub(crate) async fn each<R, F: Future<Output = R>>(
    names: &[String],
    at_once: usize,
    deadline: &Deadline,
    work: impl Fn(String, Deadline) -> F,
) -> Vec<R> {
    let turns = names.iter().enumerate().map(|(index, name)| {
        let work = &work;
        async move {
            let rounds_left = (names.len() - index).div_ceil(at_once);
            work(name.clone(), deadline.share(u32::try_from(rounds_left).unwrap_or(u32::MAX))).await
        }
    });
    stream::iter(turns).buffered(at_once).collect().await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use okta::{Clock, SystemClock};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn orgs_that_use_all_of_their_time_leave_the_others_theirs() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let deadline = Deadline::after(&clock, Duration::from_secs(40));
        let names: Vec<_> = (0..6).map(|org| format!("org-{org}")).collect();
        let shares = each(&names, 4, &deadline, |_, deadline| async move {
            let left = deadline.left();
            deadline.passed().await;
            left.as_secs()
        });
        assert_eq!(shares.await, [20, 20, 40, 40, 20, 20], "two slots serve one org each");
        assert_eq!(deadline.left(), Duration::ZERO);
    }
}
