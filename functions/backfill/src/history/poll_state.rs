//! The poll of an org as it is remembered, and what a page means for it. Pure.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::org::backoff::Trouble;
use crate::org::lease::{Lease, LeasedState};
use crate::written::WriteCounts;

/// When a cursor is refused, the poll goes back this far from the last page: events are stored late, but rarely later.
const GO_BACK: SignedDuration = SignedDuration::from_hours(1);

/// `state/tenant=T/poll.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// Of this format.
    pub version: u32,
    /// The org. Polls of version 1 do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Whether the log is polled.
    pub is_on: bool,
    /// Whether somebody has decided that. Until then the org is asked whether it has a log stream.
    #[serde(default = "yes")]
    pub is_decided: bool,
    /// Where the first page began, by the time at which Okta stored events.
    pub since: Timestamp,
    /// The page that comes next; none before the first.
    pub cursor: Option<String>,
    /// When Okta answered the last page, by its clock.
    pub answered: Option<Timestamp>,
    /// Whether that page was a short one: nothing more was there.
    pub is_caught_up: bool,
    /// Pages read.
    pub calls: u64,
    /// What was written.
    #[serde(flatten)]
    pub written: WriteCounts,
    /// Who polls.
    pub lease: Option<Lease>,
    /// What stands in its way.
    pub trouble: Option<Trouble>,
}

/// Where a page leads. The `next` link of a polling request never ends (System Log API, "Polling requests").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageEnd {
    /// There is more.
    More,
    /// Nothing more is there.
    CaughtUp,
    /// A page without a next one, or a full page that is its own next one: events would be missed, or read for ever.
    Contradiction,
}

impl PageEnd {
    /// Of a page at `own` whose link leads to `next`, and that has as many records as were asked for or fewer.
    pub(crate) fn of(is_full: bool, next: Option<&str>, own: &str) -> Self {
        match next {
            None => Self::Contradiction,
            Some(next) if next == own && is_full => Self::Contradiction,
            Some(_) if is_full => Self::More,
            Some(_) => Self::CaughtUp,
        }
    }
}

impl LeasedState for Poll {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl Poll {
    /// A poll that begins at `since`.
    pub(crate) fn new(tenant: &str, is_decided: bool, since: Timestamp) -> Self {
        Self {
            version: 2,
            tenant: Some(tenant.to_owned()),
            is_on: true,
            is_decided,
            since,
            cursor: None,
            answered: None,
            is_caught_up: false,
            calls: 0,
            written: WriteCounts::default(),
            lease: None,
            trouble: None,
        }
    }

    /// Whether an unattended run may go on with it at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.is_on && self.trouble.as_ref().is_none_or(|trouble| trouble.not_before <= now)
    }

    /// The cursor is refused: back to a time by which everything had been read.
    pub(crate) fn restart(&mut self) {
        self.cursor = None;
        let answered = self.answered.and_then(|answered| answered.checked_sub(GO_BACK).ok());
        self.since = answered.map_or(self.since, |back| back.max(self.since));
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_leads_nowhere_is_a_contradiction() {
        let end = |is_full, next| PageEnd::of(is_full, next, "/here");
        assert_eq!(end(true, Some("/there")), PageEnd::More);
        assert_eq!(end(false, Some("/there")), PageEnd::CaughtUp);
        assert_eq!(end(false, Some("/here")), PageEnd::CaughtUp, "Okta answers so at the end");
        assert_eq!(end(true, Some("/here")), PageEnd::Contradiction);
        assert_eq!(end(true, None), PageEnd::Contradiction);
        assert_eq!(end(false, None), PageEnd::Contradiction);
    }

    #[test]
    fn a_refused_cursor_goes_back_an_hour_but_not_before_the_beginning() {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        let mut poll = Poll { cursor: Some("x".to_owned()), answered: Some(at(9)), ..Poll::new("acme", true, at(2)) };
        poll.restart();
        assert_eq!((poll.since, poll.cursor.clone()), (at(8), None));
        poll.answered = Some(at(8));
        poll.restart();
        assert_eq!(poll.since, at(8));
    }
}
