//! What a check has before it: the org, the log, what was declared, its limit, and the time.

use std::cell::OnceCell;

use jiff::Timestamp;

use crate::inventory::{Known, Record, Unread};
use crate::posture::admins::Admins;
use crate::posture::fields::{Fields, own_id};
use crate::posture::log::{Fact, Log, Seen};
use crate::posture::org::Org;
use crate::posture::outcome::{Answer, Unjudged, pass_if, unknown};
use crate::posture::settings::{Declared, Settings};
use crate::posture::words;

/// What all checks of a run share.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    /// The org.
    pub(crate) org: Org<'a>,
    /// What is known of its log.
    pub(crate) log: &'a Log,
    /// What is configured.
    pub(crate) settings: &'a Settings,
    /// The time for which everything is judged.
    pub(crate) now: Timestamp,
    admins: OnceCell<Admins<'a>>,
}

/// What one check has before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    /// What it shares with the others.
    ground: &'a Ground<'a>,
    /// Its limit; zero if it has none.
    pub(crate) limit: i64,
}

impl<'a> Ground<'a> {
    /// Everything that the checks of a run share.
    pub(crate) fn new(org: Org<'a>, log: &'a Log, settings: &'a Settings, now: Timestamp) -> Self {
        Self { org, log, settings, now, admins: OnceCell::new() }
    }
}

impl<'a> Case<'a> {
    /// What a check with this limit has before it.
    pub(crate) fn new(ground: &'a Ground<'a>, limit: i64) -> Self {
        Self { ground, limit }
    }

    /// The org.
    pub(crate) fn org(&self) -> &'a Org<'a> {
        &self.ground.org
    }

    /// What the org declares about itself.
    pub(crate) fn declared(&self) -> &'a Declared {
        &self.ground.settings.declared
    }

    /// What is configured.
    pub(crate) fn settings(&self) -> &'a Settings {
        self.ground.settings
    }

    /// What is known of the log.
    pub(crate) fn log(&self) -> &'a Log {
        self.ground.log
    }

    /// The time for which everything is judged.
    pub(crate) fn now(&self) -> Timestamp {
        self.ground.now
    }

    /// Who is an admin.
    pub(crate) fn admins(&self) -> &'a Admins<'a> {
        self.ground.admins.get_or_init(|| Admins::of(&self.ground.org))
    }

    /// Whether an account is declared to be for emergencies.
    pub(crate) fn is_break_glass(&self, user: &Record) -> bool {
        let declared = &self.declared().break_glass;
        declared.contains(&user.id) || declared.contains(user.text("/profile/login"))
    }

    /// Days since a time.
    pub(crate) fn days_since(&self, time: Timestamp) -> i64 {
        words::days(time, self.now())
    }

    /// Passes up to the limit; otherwise fails with the value, the unit and the limit.
    pub(crate) fn at_most(&self, value: i64, what: &str, unit: &str) -> Answer {
        pass_if(value <= self.limit, || format!("{what} {value} {unit}, limit {}", self.limit))
    }

    /// Passes from the limit on; otherwise fails with the value, the unit and the limit.
    pub(crate) fn at_least(&self, value: i64, what: &str, unit: &str) -> Answer {
        pass_if(value >= self.limit, || format!("{what} {value} {unit}, at least {}", self.limit))
    }

    /// Goes on only if an entity was read to its end.
    pub(crate) fn want(&self, entity: &str) -> Result<(), Unjudged> {
        missing(entity, self.org().known(entity)).map_or(Ok(()), |words| Err(Unjudged::Unknown(words)))
    }

    /// What was seen of a thing in the log, if it was seen.
    pub(crate) fn seen(&self, fact: Fact, thing: &str) -> Result<Option<Seen>, Unjudged> {
        let needs = || unknown(format!("needs the log: {}", fact.words()));
        Ok(self.log().facts.get(&fact).ok_or_else(needs)?.get(thing).copied())
    }

    /// Goes on only if the log is known without a gap for this many days: of what is not in it may be said that it was not.
    pub(crate) fn log_reaches(&self, days: i64) -> Result<(), Unjudged> {
        let reach = self.log().complete_since.map_or(0, |since| self.days_since(since));
        if reach >= days {
            return Ok(());
        }
        Err(unknown(format!(
            "the log is complete for {reach} of the last {days} days: `okta-lake run reconcile` fills it"
        )))
    }
}

/// Why an entity is not known to its end, and what to do; none if it is. What an org does not offer it does not have.
pub(crate) fn missing(entity: &str, known: &Known) -> Option<String> {
    match known {
        Known::Complete | Known::Unread { why: Unread::NotOffered, .. } => None,
        Known::Partial { reasons, parents_unread } => {
            let reasons = words::some_of(reasons.iter().map(String::as_str));
            Some(format!("`{entity}` was not read to its end ({parents_unread} unread): {reasons}"))
        }
        Known::Unread { why, reason } => Some(format!("`{entity}` was not read: {}", unread_words(*why, reason))),
        Known::NotCollected => Some(format!("`{entity}` was not collected: name it in the inventory's entities")),
    }
}

fn unread_words(why: Unread, reason: &str) -> String {
    let word = match why {
        Unread::Denied => "the credentials may not; grant the scope and the role that docs/inventory.md names",
        Unread::NotOffered => "the org does not offer it",
        Unread::Failed => "Okta gave no answer that could be used; the next inventory asks again",
        Unread::Skipped => "what it depends on was not read",
    };
    if reason.is_empty() { word.to_owned() } else { format!("{word} ({})", words::name(reason)) }
}

/// What a record is called, by whoever named it.
pub(crate) fn name_of(org: &Org<'_>, entity: &str, record: &Record) -> String {
    const NAMES: &[&str] = &["/profile/login", "/profile/name", "/profile/displayName", "/label", "/name", "/origin"];
    const OTHERS: &[&str] = &["/domain", "/scopeId", "/type", "/key", "/contactType", "/factorType"];
    let own = NAMES.iter().chain(OTHERS).map(|pointer| record.text(pointer)).find(|text| !text.is_empty());
    let own = words::name(own.unwrap_or_else(|| own_id(record)));
    let parent = match entity {
        "policy_rule" => "policy",
        "app_grant" | "app_key" | "app_jwk" | "client_role" | "app_user" | "app_group" => "app",
        "user_role" | "user_factor" | "user_risk" | "user_grant" => "user",
        "group_role" | "group_owner" | "group_member" => "group",
        _ => return own,
    };
    let above = record.parent.as_deref().and_then(|id| org.find(parent, id));
    above.map_or_else(|| own.clone(), |above| format!("{} / {own}", name_of(org, parent, above)))
}
