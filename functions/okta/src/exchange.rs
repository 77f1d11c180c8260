//! One call, made until it is answered: its turn, the request (new for every attempt), the answer, a pause, again.

use std::sync::Arc;
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
use crate::server_time::ServerTime;
use crate::transport::{Answer, Transport, TransportError};

/// What every call to one org goes through.
pub(crate) struct Exchange {
    pub(crate) transport: Transport,
    pub(crate) limiter: RateLimiter,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) observer: Observer,
    pub(crate) server_time: ServerTime,
}

/// A request and the secret values in it, which no error may show.
pub(crate) struct Outgoing {
    pub(crate) request: Request<Full<Bytes>>,
    pub(crate) secrets: Vec<SecretString>,
}

/// An answer and the secrets of the request that it answers.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) secrets: Vec<SecretString>,
}

impl Exchange {
    /// Makes a call until it succeeds, is refused for good, or patience ends. A refusal is an answer too.
    pub(crate) async fn call(
        &self,
        path: &str,
        deadline: Deadline,
        build: impl Fn() -> Result<Outgoing, Error>,
    ) -> Result<Answered, Error> {
        let expected = LimitBucket::of(path);
        let mut attempts = Attempts::default();
        loop {
            let permit = self.limiter.admit(&expected, deadline).await?;
            let Outgoing { request, secrets } = build()?;
            let outcome = self.attempt(&expected, permit, deadline, request).await?;
            let pause = cause(&outcome, self.clock.now())
                .and_then(|cause| Some((cause, self.retry.pause(&mut attempts, cause, random::fraction())?)));
            let Some((cause, pause)) = pause else {
                let attempts = attempts.count().max(1);
                return match outcome {
                    Ok(answer) => Ok(Answered { answer, secrets }),
                    Err(source) => Err(Error::NoAnswer { path: path.to_owned(), attempts, source }),
                };
            };
            self.pause(&expected, &attempts, cause, pause, deadline).await?;
        }
    }

    /// The wall clock as the server sees it.
    pub(crate) fn now(&self) -> Timestamp {
        self.server_time.at(self.clock.now())
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

    /// The answer's head is booked when it comes: a long body would make its reset look later than it is.
    fn account(&self, permit: &mut Permit<'_>, status: StatusCode, headers: &HeaderMap) {
        let local = self.clock.now();
        self.server_time.observe(headers, local);
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
        tracing::debug!(bucket = expected.name, %cause, attempts, ?pause, "the call is made again after a pause");
        (self.observer)(&Event::Retrying { bucket: expected.name, cause, attempts, wait: pause });
        self.clock.sleep(pause).await;
        Ok(())
    }
}

/// Why the call should be made again, if it should.
fn cause(outcome: &Result<Answer, TransportError>, local: Timestamp) -> Option<Cause> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(TransportError::Timeout(_)) => return Some(Cause::Timeout),
        Err(TransportError::Body(_) | TransportError::Unpack(_)) => return Some(Cause::Truncated),
        Err(error) => return error.passes().then_some(Cause::Connection),
    };
    match answer.status.as_u16() {
        429 => Some(throttled(&answer.headers, local)),
        status @ 500..=599 => passes(answer).then_some(Cause::ServerError(status)),
        408 => Some(Cause::Timeout),
        200..=299 if answer.status != StatusCode::NO_CONTENT && answer.claims_json() && !answer.is_json() => {
            Some(Cause::Truncated)
        }
        _ => None,
    }
}

/// Okta also uses 5xx for what another attempt cannot change: a bad filter on the System Log (E0000053), 501.
fn passes(answer: &Answer) -> bool {
    let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &[]);
    refusal.disposition() == Disposition::Retry
}

fn throttled(headers: &HeaderMap, local: Timestamp) -> Cause {
    let limits = RateHeaders::read(headers, local);
    match limits {
        Some(limits) if limits.is_concurrency_limit() => Cause::TooManyAtOnce,
        Some(limits) => Cause::RateLimited { reset_in: Some(limits.reset_in) },
        None => Cause::RateLimited { reset_in: rate_headers::retry_after(headers) },
    }
}
