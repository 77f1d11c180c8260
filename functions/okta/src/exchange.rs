//! One call with its attempts: wait for a turn, build the request anew, send it, check the answer, pause, repeat.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::advice::Disposition;
use crate::bucket::RateLimitInfo;
use crate::clock::Clock;
use crate::deadline::{Deadline, TooLate};
use crate::error::Error;
use crate::limit_bucket::LimitBucket;
use crate::progress::{Event, Observer, WaitReason};
use crate::random;
use crate::rate_headers::{self, RateHeaders};
use crate::rate_limit::{Permit, RateLimiter};
use crate::refusal::Refusal;
use crate::retry::{Attempts, Cause, RetryPolicy};
use crate::server_time::{ClockReading, ServerTime};
use crate::shape::WrongAnswer;
use crate::transport::{Answer, Transport, TransportError};

/// What every call to one org goes through.
pub(crate) struct Exchange {
    pub(crate) transport: Transport,
    pub(crate) limiter: RateLimiter,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) observer: Observer,
    pub(crate) server_time: ServerTime,
    /// Whether any answer had Okta's request id.
    pub(crate) has_met_okta: AtomicBool,
}

/// A request and the secret values in it, which no error may show.
pub(crate) struct Outgoing {
    pub(crate) request: Request<Full<Bytes>>,
    pub(crate) secrets: Vec<SecretString>,
    /// Whether it asks for a page that could be smaller.
    pub(crate) can_shrink: bool,
}

/// An answer, the secrets of the request that it answers, and how often the page was halved for it.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) halvings: u32,
}

/// Why there is no usable answer. A refusal is an answer.
enum Failure {
    Transport(TransportError),
    Wrong(WrongAnswer),
}

impl Exchange {
    /// Makes a call until it succeeds, is refused for good, or patience ends. A refusal is an answer too. `build` makes the
    /// request anew for every attempt and is given the number of failures that a smaller page may avoid; `check` says
    /// whether a success is one.
    pub(crate) async fn call(
        &self,
        path: &str,
        deadline: Deadline,
        build: impl Fn(u32) -> Result<Outgoing, Error>,
        check: impl Fn(&Answer, &[SecretString]) -> Result<(), WrongAnswer>,
    ) -> Result<Answered, Error> {
        let expected = LimitBucket::of(path);
        let mut attempts = Attempts::default();
        loop {
            let permit = self.limiter.admit(&expected, deadline).await?;
            let halvings = attempts.heavy();
            let Outgoing { request, secrets, can_shrink } = build(halvings)?;
            let outcome = self.attempt(&expected, permit, deadline, request).await?;
            let outcome = judge(outcome, |answer| check(answer, &secrets));
            if is_heavy(&outcome) {
                attempts.was_heavy();
            }
            let pause = cause(&outcome, can_shrink, self.clock.now())
                .and_then(|cause| Some((cause, self.retry.pause(&mut attempts, cause, random::fraction())?)));
            let Some((cause, pause)) = pause else {
                let (path, attempts) = (path.to_owned(), attempts.count().max(1));
                return match outcome {
                    Ok(answer) => Ok(Answered { answer, secrets, halvings }),
                    Err(Failure::Transport(source)) => Err(Error::NoAnswer { path, attempts, source }),
                    Err(Failure::Wrong(source)) => Err(Error::WrongAnswer { path, attempts, source }),
                };
            };
            self.pause(&expected, &attempts, cause, pause, deadline).await?;
        }
    }

    /// Both clocks now.
    pub(crate) fn clocks(&self) -> ClockReading {
        self.server_time.reading(self.clock.now())
    }

    /// The time that a signature made now has to state.
    pub(crate) fn time_for_signatures(&self) -> Timestamp {
        self.server_time.for_signatures(self.clock.now())
    }

    async fn attempt(
        &self,
        expected: &LimitBucket,
        mut permit: Permit<'_>,
        deadline: Deadline,
        request: Request<Full<Bytes>>,
    ) -> Result<Result<Answer, TransportError>, TooLate> {
        let start = self.clock.elapsed();
        let sent = self.transport.send(request, |status, headers| self.account(&mut permit, status, headers));
        let left = deadline.left(start);
        let outcome = tokio::select! {
            outcome = sent => outcome,
            () = self.clock.sleep(left) => return Err(TooLate { wait: left, reason: WaitReason::Answer }),
        };
        drop(permit);
        if let Ok(answer) = &outcome {
            self.report(expected, answer, self.clock.elapsed().saturating_sub(start));
        }
        Ok(outcome)
    }

    /// Reads the head of the answer when it arrives: after a long body, the reset would look later than it is.
    fn account(&self, permit: &mut Permit<'_>, status: StatusCode, headers: &HeaderMap) {
        let local = self.clock.now();
        self.server_time.observe(headers, local);
        if headers.contains_key("x-okta-request-id") {
            self.has_met_okta.store(true, Ordering::Relaxed);
        }
        let info = RateHeaders::read(headers, local).map_or(RateLimitInfo::Absent, RateLimitInfo::Limits);
        permit.answered(self.clock.elapsed(), info, status == StatusCode::TOO_MANY_REQUESTS);
    }

    fn report(&self, expected: &LimitBucket, answer: &Answer, elapsed: Duration) {
        let limits = RateHeaders::read(&answer.headers, self.clock.now());
        (self.observer)(&Event::Answered {
            bucket: expected.name,
            status: answer.status.as_u16(),
            elapsed,
            bytes: answer.body.len(),
            limit_and_remaining: limits.map(|limits| (limits.limit, limits.remaining)),
        });
    }

    async fn pause(
        &self,
        expected: &LimitBucket,
        attempts: &Attempts,
        cause: Cause,
        pause: Duration,
        deadline: Deadline,
    ) -> Result<(), TooLate> {
        deadline.allows(self.clock.elapsed(), pause, WaitReason::Retry(cause))?;
        let attempts = attempts.count();
        tracing::debug!(bucket = expected.name, %cause, attempts, ?pause, "the call failed and is made again after a pause");
        (self.observer)(&Event::Retrying { bucket: expected.name, cause, attempts, wait: pause });
        self.clock.sleep(pause).await;
        Ok(())
    }
}

/// Separates a success that is not one.
fn judge(
    outcome: Result<Answer, TransportError>,
    check: impl Fn(&Answer) -> Result<(), WrongAnswer>,
) -> Result<Answer, Failure> {
    let answer = outcome.map_err(Failure::Transport)?;
    if answer.status.is_success() {
        check(&answer).map_err(Failure::Wrong)?;
    }
    Ok(answer)
}

/// Whether a smaller page may avoid the failure: Okta ends a query after 30 seconds with 500 E0000009 or 504.
fn is_heavy(outcome: &Result<Answer, Failure>) -> bool {
    match outcome {
        Ok(answer) => match answer.status.as_u16() {
            504 => true,
            500 => refusal(answer).is("E0000009"),
            _ => false,
        },
        Err(Failure::Transport(error)) => matches!(error, TransportError::Timeout(_) | TransportError::TooLarge(_)),
        Err(Failure::Wrong(_)) => false,
    }
}

/// Why the call should be made again, if it should.
fn cause(outcome: &Result<Answer, Failure>, can_shrink: bool, local: Timestamp) -> Option<Cause> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(Failure::Wrong(_)) => return Some(Cause::WrongAnswer),
        Err(Failure::Transport(error)) => return transport_cause(error, can_shrink),
    };
    match answer.status.as_u16() {
        429 => Some(throttled(&answer.headers, local)),
        status @ 500..=599 => passes(answer).then_some(Cause::ServerError(status)),
        408 => Some(Cause::Timeout),
        _ => None,
    }
}

fn transport_cause(error: &TransportError, can_shrink: bool) -> Option<Cause> {
    match error {
        TransportError::Timeout(_) => Some(Cause::Timeout),
        TransportError::Body(_) | TransportError::Unpack(_) => Some(Cause::Truncated),
        TransportError::TooLarge(_) => can_shrink.then_some(Cause::TooLarge),
        TransportError::Connect(_) | TransportError::Cut(_) | TransportError::Proxy(_) => Some(Cause::Connection),
        TransportError::Certificate(_) => None,
    }
}

/// Okta also uses 5xx for what another attempt cannot change: a bad filter on the System Log (E0000053), 501.
fn passes(answer: &Answer) -> bool {
    refusal(answer).disposition() == Disposition::Retry
}

fn refusal(answer: &Answer) -> Refusal {
    Refusal::read(answer.status, &answer.headers, &answer.body, &[])
}

fn throttled(headers: &HeaderMap, local: Timestamp) -> Cause {
    let limits = RateHeaders::read(headers, local);
    match limits {
        Some(limits) if limits.is_concurrency_limit() => Cause::TooManyAtOnce,
        Some(limits) => Cause::RateLimited { reset_in: Some(limits.reset_in) },
        None => Cause::RateLimited { reset_in: rate_headers::retry_after(headers) },
    }
}
