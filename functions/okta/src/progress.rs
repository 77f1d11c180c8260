//! What the client does, for progress displays and metrics. Waits above all: they must not look like a program that hangs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::retry::Cause;

/// The client calls it for every event; it must return quickly.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// Something that a person or a metric may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A call waits for its turn.
    Waiting {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// What for.
        reason: WaitReason,
        /// The length of the wait, if it is known.
        wait: Option<Duration>,
    },
    /// A call was answered, with any status.
    Answered {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// The HTTP status.
        status: u16,
        /// The time from sending the request to the end of the answer.
        elapsed: Duration,
        /// The size of the body in bytes, unpacked.
        bytes: usize,
        /// The calls that the org allows in a minute and those that are left, if the answer states them.
        limit_and_remaining: Option<(u32, u32)>,
    },
    /// A call failed and is made again.
    Retrying {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// What went wrong.
        cause: Cause,
        /// The number of failures so far.
        attempts: u32,
        /// The pause before the next attempt.
        wait: Duration,
    },
    /// A new access token was given.
    TokenObtained {
        /// Whether it is bound to a key (DPoP).
        is_bound: bool,
        /// How long it is valid.
        lifetime: Duration,
    },
    /// The org rejected the credentials, so the client read the secret again.
    SecretReread {
        /// Whether it had changed.
        is_new: bool,
    },
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitReason {
    /// The share of this minute is used up, or is being spread over it.
    Share,
    /// Others use the bucket: the client leaves the rest of it to them.
    Others,
    /// The limit of the bucket is not known until its first answer.
    FirstAnswer,
    /// The maximum number of concurrent calls is in progress.
    Concurrency,
    /// The answer.
    Answer,
    /// A pause after a failure.
    Retry(Cause),
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share => f.write_str("its share of the rate limit"),
            Self::Others => f.write_str("the rate limit that others are using"),
            Self::FirstAnswer => f.write_str("the first answer, which states the rate limit"),
            Self::Concurrency => f.write_str("one of the calls in progress to end"),
            Self::Answer => f.write_str("the answer"),
            Self::Retry(cause) => write!(f, "another attempt ({cause})"),
        }
    }
}
