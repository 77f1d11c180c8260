//! What stands in the way of a job: said in its state, and tried again later and later.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The first pause before a job in trouble is tried again without anybody asking for it.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// What a person does when S3 refuses.
pub(crate) const STORE: &str =
    "see that the bucket exists, and that the function's role may read, write and list it and use its key";

/// Something that stopped a run and was not the deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What a person does about it.
    pub remedy: String,
    /// Since when.
    pub since: Timestamp,
    /// How many runs in a row it has stopped.
    pub times: u32,
    /// Unattended runs wait until then.
    pub not_before: Timestamp,
}

impl Trouble {
    /// Another stop, after the trouble that there was before.
    pub fn after(before: Option<&Self>, what: String, remedy: String, now: Timestamp) -> Self {
        let times = before.map_or(0, |before| before.times) + 1;
        let doubled = FIRST_PAUSE.saturating_mul(1 << (times - 1).min(6)).min(LONGEST_PAUSE);
        let not_before = now.saturating_add(doubled).unwrap_or(now);
        Self { what, remedy, since: before.map_or(now, |before| before.since), times, not_before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let mut trouble = Trouble::after(None, "x".to_owned(), "y".to_owned(), now);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            pauses.push(trouble.not_before.duration_since(now).as_mins());
            trouble = Trouble::after(Some(&trouble), "x".to_owned(), "y".to_owned(), now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!((trouble.times, trouble.since), (10, now));
    }
}
