//! What the function is asked to do: the same JSON from the scheduler, from a person and from the local command.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a run of the inventory collects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything is read.
    #[default]
    Full,
    /// What may have changed is read; the rest is taken over from the last collection.
    Incremental,
}

/// What of the inventory is collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryRequest {
    /// How it is collected.
    pub mode: Mode,
    /// Only these entities, and those that they depend on; all that are required, if none is named.
    pub entities: Vec<String>,
    /// Also those that cost a call for each user or app, or repeat others.
    pub additional: bool,
    /// Whether only the plan is made.
    pub dry_run: bool,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub action: Action,
    /// For which tenant; for every one, if none is named.
    pub tenant: Option<String>,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Checks credentials, scopes, roles and every other thing that a collection needs.
    TestConnectivity,
    /// Collects the log and everything else ("Collect Now").
    Collect(Logs),
    /// Collects the log.
    Logs(Logs),
    /// Goes on with every collection that is not finished, and polls.
    Continue,
    /// Collects the identity inventory.
    Inventory(InventoryRequest),
    /// Seals the hours that are due, and repairs what is missing.
    Reconcile,
    /// Maps sealed hours anew.
    Renormalize(Renormalize),
    /// Tells how far everything is.
    Status,
}

/// Of the log, which part and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logs {
    /// From when; by default from where the last collection ended, or as far back as Okta's log goes.
    pub since: Option<Timestamp>,
    /// Until when; until now, if it is not said.
    pub until: Option<Timestamp>,
    /// Only event types that begin with one of these.
    pub event_types: Vec<String>,
    /// Whether the newest part is read first.
    pub newest_first: bool,
    /// Whether only the plan is made.
    pub dry_run: bool,
    /// Whether the collections that are not finished are cancelled.
    pub cancel: bool,
    /// Whether the log is polled from now on; if it is not said, it is polled unless a log stream is active.
    pub poll: Option<bool>,
}

/// Which sealed hours are mapped anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renormalize {
    /// The first hour.
    pub since: Timestamp,
    /// Hours from here on are left as they are.
    pub until: Timestamp,
    /// Whether the hours are only counted.
    pub dry_run: bool,
}

/// A command that means nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Not of the right form.
    #[error(
        "no command: {0}; expected {{\"action\": \"test-connectivity\" | \"collect\" | \"logs\" | \"continue\" | \
         \"inventory\" | \"reconcile\" | \"renormalize\" | \"status\", \"tenant\": \"acme\"}}, tenant being optional"
    )]
    Form(#[from] serde_json::Error),
    /// Fields that do not go with this action.
    #[error("{0} goes only with the actions collect and logs")]
    Misplaced(&'static str),
    /// Fields that do not go with this action.
    #[error("{0} goes only with the action inventory")]
    MisplacedInventory(&'static str),
    /// An entity that nobody knows.
    #[error("entities: {0:?} is no entity of the inventory: see docs/inventory.md")]
    Entity(String),
    /// No range, or more than one.
    #[error("renormalize takes since and until, both, and dry_run")]
    Range,
    /// A time that is none.
    #[error("{name}: {text:?} is neither a time such as 2026-05-04T10:00:00Z nor a day such as 2026-05-04")]
    Time {
        /// The field.
        name: &'static str,
        /// What it says.
        text: String,
    },
    /// An empty range.
    #[error("since ({since}) is not before until ({until})")]
    Empty {
        /// The start.
        since: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// A prefix that no event type has.
    #[error("event_types: {0:?} is not the beginning of an event type: expected letters, digits, . _ and -")]
    EventType(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // As the JSON has them.
struct Form {
    action: ActionName,
    tenant: Option<String>,
    since: Option<String>,
    until: Option<String>,
    #[serde(default)]
    event_types: Vec<String>,
    #[serde(default)]
    newest_first: bool,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    cancel: bool,
    poll: Option<bool>,
    mode: Option<Mode>,
    #[serde(default)]
    entities: Vec<String>,
    #[serde(default)]
    additional: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ActionName {
    TestConnectivity,
    Collect,
    Logs,
    Continue,
    Inventory,
    Reconcile,
    Renormalize,
    Status,
}

impl Action {
    /// Its name in a command.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TestConnectivity => "test-connectivity",
            Self::Collect(_) => "collect",
            Self::Logs(_) => "logs",
            Self::Continue => "continue",
            Self::Inventory(_) => "inventory",
            Self::Reconcile => "reconcile",
            Self::Renormalize(_) => "renormalize",
            Self::Status => "status",
        }
    }
}

impl Command {
    /// Reads a command.
    pub fn parse(payload: Value) -> Result<Self, CommandError> {
        let form: Form = serde_json::from_value(payload)?;
        let logs = form.logs()?;
        let dry_run = logs.dry_run;
        let inventory = form.inventory(dry_run);
        if inventory != (InventoryRequest { dry_run, ..InventoryRequest::default() })
            && !matches!(form.action, ActionName::Inventory)
        {
            return Err(CommandError::MisplacedInventory(form.given_of_inventory()));
        }
        let action = match form.action {
            ActionName::Collect => Action::Collect(logs),
            ActionName::Logs => Action::Logs(logs),
            ActionName::Renormalize => Action::Renormalize(logs.range()?),
            ActionName::Inventory if logs == (Logs { dry_run, ..Logs::default() }) => Action::Inventory(inventory),
            _ if logs != Logs::default() => return Err(CommandError::Misplaced(form.given())),
            ActionName::TestConnectivity => Action::TestConnectivity,
            ActionName::Continue => Action::Continue,
            ActionName::Inventory => Action::Inventory(inventory),
            ActionName::Reconcile => Action::Reconcile,
            ActionName::Status => Action::Status,
        };
        Ok(Self { action, tenant: form.tenant })
    }
}

impl Logs {
    fn range(self) -> Result<Renormalize, CommandError> {
        let dry_run = self.dry_run;
        match self {
            Self { since: Some(since), until: Some(until), .. }
                if self == (Self { since: self.since, until: self.until, dry_run, ..Self::default() }) =>
            {
                Ok(Renormalize { since, until, dry_run })
            }
            _ => Err(CommandError::Range),
        }
    }
}

impl Form {
    fn logs(&self) -> Result<Logs, CommandError> {
        let (since, until) = (time("since", self.since.as_deref())?, time("until", self.until.as_deref())?);
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            return Err(CommandError::Empty { since, until });
        }
        if let Some(bad) = self.event_types.iter().find(|prefix| !is_event_type(prefix)) {
            return Err(CommandError::EventType(bad.clone()));
        }
        let mut event_types = self.event_types.clone();
        event_types.sort();
        event_types.dedup();
        let Self { newest_first, dry_run, cancel, poll, .. } = *self;
        Ok(Logs { since, until, event_types, newest_first, dry_run, cancel, poll })
    }

    fn inventory(&self, dry_run: bool) -> InventoryRequest {
        let mode = self.mode.unwrap_or_default();
        InventoryRequest { mode, entities: self.entities.clone(), additional: self.additional, dry_run }
    }

    /// The first field of those that are about the inventory.
    fn given_of_inventory(&self) -> &'static str {
        let fields = [("mode", self.mode.is_some()), ("entities", !self.entities.is_empty())];
        fields.iter().find(|(_, is_given)| *is_given).map_or("additional", |(name, _)| name)
    }

    /// The first field of those that are about the log.
    fn given(&self) -> &'static str {
        let fields = [
            ("since", self.since.is_some()),
            ("until", self.until.is_some()),
            ("event_types", !self.event_types.is_empty()),
            ("newest_first", self.newest_first),
            ("dry_run", self.dry_run),
            ("cancel", self.cancel),
        ];
        fields.iter().find(|(_, is_given)| *is_given).map_or("poll", |(name, _)| name)
    }
}

/// A time or a day, to the millisecond, as Okta has it.
fn time(name: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, CommandError> {
    let Some(text) = text else { return Ok(None) };
    let as_day = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let time = text.parse::<Timestamp>().ok().or_else(|| as_day(text.parse().ok()?));
    let whole = time.and_then(|time| Timestamp::from_millisecond(time.as_millisecond()).ok());
    whole.map(Some).ok_or_else(|| CommandError::Time { name, text: text.to_owned() })
}

fn is_event_type(prefix: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=100).contains(&prefix.len()) && prefix.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_names_its_action() {
        let command = Command::parse(json!({"action": "test-connectivity", "tenant": "acme"})).unwrap();
        assert_eq!(command, Command { action: Action::TestConnectivity, tenant: Some("acme".to_owned()) });
        assert_eq!(Command::parse(json!({"action": "continue"})).unwrap().tenant, None);
        for bad in [json!({}), json!({"action": "explode"}), json!([]), json!({"action": "test-connectivity", "x": 1})]
        {
            let error = Command::parse(bad).unwrap_err().to_string();
            assert!(error.contains("test-connectivity"), "{error}");
        }
    }

    #[test]
    fn a_range_may_be_days_or_times() {
        let payload = json!({
            "action": "logs", "since": "2026-05-04", "until": "2026-05-04T12:00:00.1234Z",
            "event_types": ["user.session.", "policy.", "policy."], "dry_run": true
        });
        let Action::Logs(logs) = Command::parse(payload).unwrap().action else { panic!("another action") };
        assert_eq!(logs.since.unwrap().to_string(), "2026-05-04T00:00:00Z");
        assert_eq!(logs.until.unwrap().to_string(), "2026-05-04T12:00:00.123Z");
        assert_eq!((logs.event_types, logs.dry_run), (vec!["policy.".to_owned(), "user.session.".to_owned()], true));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let refused = |payload| Command::parse(payload).unwrap_err().to_string();
        assert!(refused(json!({"action": "logs", "since": "yesterday"})).starts_with("since: \"yesterday\""));
        let backwards = json!({"action": "logs", "since": "2026-05-04", "until": "2026-05-04"});
        assert!(refused(backwards).contains("not before"));
        assert!(refused(json!({"action": "logs", "event_types": ["a\" or \"b"]})).contains("event_types"));
        assert!(refused(json!({"action": "renormalize", "since": "2026-05-04"})).contains("since and until"));
        assert_eq!(
            refused(json!({"action": "status", "dry_run": true})),
            "dry_run goes only with the actions collect and logs"
        );
    }
}
