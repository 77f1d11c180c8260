//! The log of one org in one invocation: collected, gone on with, cancelled, or reported on.

use jiff::Timestamp;

use crate::command::LogsRequest;
use crate::data_type::LOGS;
use crate::events::Event;
use crate::history::drive::{RunOutcome, drive, summary};
use crate::history::estimate::plan;
use crate::history::job::{Job, OVERLAP};
use crate::history::plan::{RETENTION, Range};
use crate::history::poll::{self, PollOutcome};
use crate::history::report::LogsReport;
use crate::history::request::{Request, State};
use crate::history::session::{Session, StopReason};
use crate::org::problem::Problem;

/// Collects a part of the log. What is wanted is durable before the first call to Okta.
pub(crate) async fn collect(session: &Session<'_>, logs: &LogsRequest) -> Result<LogsReport, StopReason> {
    let (org, now) = (session.org, session.org.app.clock.now());
    let (known, mut report) = known(session).await?;
    let request = requested(logs, &known, now);
    if logs.dry_run {
        report += dry_run(session, &known, request).await?;
        return Ok(report);
    }
    let job = session.jobs.wish(Job::new(org.tenant.as_str(), request, now)).await?;
    if logs.is_everything() {
        let until = job.request.range.until;
        poll::wish(org, logs.poll, until.saturating_sub(OVERLAP).unwrap_or(until)).await?;
    }
    org.client.use_scopes(vec![LOGS.scope.to_owned()]).await;
    report += part(session, work(session, &job.id).await);
    report += part(session, follow(session, true).await);
    Ok(report)
}

/// Goes on with what is not finished. The poll comes first: it is short, and what is new is wanted most.
pub(crate) async fn go_on(session: &Session<'_>) -> Result<LogsReport, StopReason> {
    let now = session.org.app.clock.now();
    let (known, mut report) = known(session).await?;
    session.org.client.use_scopes(vec![LOGS.scope.to_owned()]).await;
    report += part(session, follow(session, false).await);
    for job in known {
        if job.is_due(now) {
            report += part(session, work(session, &job.id).await);
        } else if job.state == State::Failed {
            // Nobody has asked for it again, and it is not complete.
            report.jobs.push(summary(session, &job).await?);
        }
    }
    Ok(report)
}

/// Cancels every collection that is running.
pub(crate) async fn cancel(session: &Session<'_>) -> Result<LogsReport, StopReason> {
    let (known, mut report) = known(session).await?;
    for job in known.iter().filter(|job| job.state == State::Running) {
        if session.jobs.cancel(&job.id, session.org.app.clock.now()).await?
            && let Some(stored) = session.jobs.get(&job.id).await?
        {
            let progress = summary(session, &stored.job).await?;
            session.org.app.bus.publish(&Event::CollectionFinished(progress.clone())).await;
            report.jobs.push(progress);
        }
    }
    Ok(report)
}

/// Reports how far everything is.
pub(crate) async fn status(session: &Session<'_>) -> Result<LogsReport, StopReason> {
    let (known, mut report) = known(session).await?;
    for job in &known {
        report.jobs.push(summary(session, job).await?);
    }
    report.poll = poll::read(session.org.lake(), &session.org.tenant).await?.0;
    Ok(report)
}

/// The report of a part of the work: what stops it does not stop the others.
fn part(session: &Session<'_>, part: Result<LogsReport, StopReason>) -> LogsReport {
    part.unwrap_or_else(|reason| reason.report(session.org.tenant.as_str()))
}

/// The jobs that can be read; the others are problems.
async fn known(session: &Session<'_>) -> Result<(Vec<Job>, LogsReport), StopReason> {
    let (mut known, mut report) = (Vec::new(), LogsReport::default());
    for job in session.jobs.all().await? {
        match job {
            Ok(job) => known.push(job),
            Err(error) => report += StopReason::from(error).report(session.org.tenant.as_str()),
        }
    }
    Ok((known, report))
}

async fn dry_run(session: &Session<'_>, known: &[Job], request: Request) -> Result<LogsReport, StopReason> {
    let mut report = LogsReport::default();
    if let Some(job) = known.iter().find(|job| job.request == request && job.is_planned) {
        report.jobs.push(summary(session, job).await?);
    } else {
        session.org.client.use_scopes(vec![LOGS.scope.to_owned()]).await;
        report.plan = Some(plan(session, &request).await?);
    }
    Ok(report)
}

async fn work(session: &Session<'_>, id: &str) -> Result<LogsReport, StopReason> {
    let mut report = LogsReport::default();
    match Box::pin(drive(session, id)).await? {
        RunOutcome::Ended { progress, plan } => {
            if let Some(trouble) = &progress.trouble {
                report.problems.push(Problem { what: trouble.what.clone(), remedy: trouble.remedy.clone() });
            }
            report.plan = plan.map(|plan| *plan);
            report.jobs.push(*progress);
        }
        RunOutcome::Held(held) => report.held_until = Some(held.until),
    }
    Ok(report)
}

async fn follow(session: &Session<'_>, is_asked_for: bool) -> Result<LogsReport, StopReason> {
    let mut report = LogsReport::default();
    match Box::pin(poll::poll(session, is_asked_for)).await? {
        PollOutcome::Ended(poll) => {
            if let Some(trouble) = &poll.trouble {
                report.problems.push(Problem { what: trouble.what.clone(), remedy: trouble.remedy.clone() });
            }
            report.poll = Some(*poll);
        }
        PollOutcome::Held(held) => report.held_until = Some(held.until),
        PollOutcome::NotDue => {}
    }
    Ok(report)
}

/// What is asked for, in full. Without a range it is what no collection has begun with yet, or what one has not finished.
fn requested(logs: &LogsRequest, known: &[Job], now: Timestamp) -> Request {
    let now = whole_second(now);
    let until = logs.until.map_or(now, |until| until.min(now));
    let earliest = now.saturating_sub(RETENTION).unwrap_or(Timestamp::UNIX_EPOCH);
    let (event_types, newest_first) = (logs.event_types.clone(), logs.newest_first);
    let same = || known.iter().filter(|job| job.request.event_types == logs.event_types);
    if logs.since.is_none() && logs.until.is_none() {
        if let Some(job) = same().find(|job| matches!(job.state, State::Running | State::Failed)) {
            return job.request.clone();
        }
        let ended = same().filter(|job| job.state == State::Finished).map(|job| job.request.range.until).max();
        let since = ended.and_then(|ended| ended.checked_sub(OVERLAP).ok()).map_or(earliest, |it| it.max(earliest));
        return Request { range: Range { since, until }, event_types, newest_first };
    }
    let since = logs.since.unwrap_or_else(|| until.saturating_sub(RETENTION).unwrap_or(earliest));
    Request { range: Range { since, until: until.max(since) }, event_types, newest_first }
}

/// Seconds are enough for a range that somebody will read.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_that_failed_is_gone_on_with_and_one_that_ended_is_gone_on_from() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-05-04T10:00:00.5Z");
        let logs = LogsRequest::default();
        let first = requested(&logs, &[], now);
        assert_eq!(first.range, Range { since: at("2026-02-03T10:00:00Z"), until: at("2026-05-04T10:00:00Z") });
        let mut job = Job::new("acme", first.clone(), now);
        for state in [State::Running, State::Failed] {
            job.state = state;
            assert_eq!(requested(&logs, std::slice::from_ref(&job), now), first, "{state:?}");
        }
        job.state = State::Finished;
        let next = requested(&logs, &[job], at("2026-05-04T11:00:00Z"));
        assert_eq!(next.range, Range { since: at("2026-05-04T09:50:00Z"), until: at("2026-05-04T11:00:00Z") });
    }
}
