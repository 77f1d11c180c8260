//! What the client is doing, told to whoever wants to show or count it: waits above all, which must not look like
//! a program that hangs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::retry::Cause;

/// Is called for every event; must be quick.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// Something happened that a person or a metric wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A call waits for its turn, for at most this long.
    Waiting {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// What for.
        reason: WaitReason,
        /// How long, as far as it is known.
        wait: Option<Duration>,
    },
    /// A call was answered, with whatever status.
    Answered {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// The HTTP status.
        status: u16,
        /// From sending to the whole answer.
        elapsed: Duration,
        /// Bytes of the body, unpacked.
        bytes: usize,
        /// What the org allows in a minute and what is left, when the answer says it.
        limit_and_remaining: Option<(u32, u32)>,
    },
    /// A call went wrong and is made again.
    Retrying {
        /// The rate-limit bucket.
        bucket: &'static str,
        /// What went wrong.
        cause: Cause,
        /// How often it has gone wrong.
        attempts: u32,
        /// The pause before the next attempt.
        wait: Duration,
    },
    /// A new access token was given.
    TokenObtained {
        /// Whether it is bound to a key (DPoP).
        is_bound: bool,
        /// How long it is good.
        lifetime: Duration,
    },
    /// The org did not take the credentials any more, so the secret was read again.
    SecretReread {
        /// Whether it had changed.
        is_new: bool,
    },
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitReason {
    /// The share of this minute is used, or paced.
    Share,
    /// Others use the bucket: what is left is left to them.
    Others,
    /// The bucket is not known yet: its first answer tells the limit.
    FirstAnswer,
    /// As many calls as allowed are under way.
    Concurrency,
    /// An answer that takes too long.
    Answer,
    /// A pause after something went wrong.
    Retry(Cause),
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share => f.write_str("its share of the rate limit"),
            Self::Others => f.write_str("the rate limit that others are using"),
            Self::FirstAnswer => f.write_str("the first answer, which tells the rate limit"),
            Self::Concurrency => f.write_str("one of the calls under way to end"),
            Self::Answer => f.write_str("the answer"),
            Self::Retry(cause) => write!(f, "another attempt ({cause})"),
        }
    }
}
