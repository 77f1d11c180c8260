//! What the function is asked to do: the same JSON from the scheduler, from a person, from the bus and from the local
//! command. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lake::ledger::Head;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A command: an action, and the org that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Command {
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// For which tenant; for every one, if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Checks credentials, scopes, roles and everything else that a collection needs.
    TestConnectivity(Nothing),
    /// Collects the log and the inventory ("Collect Now").
    Collect(LogsRequest),
    /// Collects the log.
    Logs(LogsRequest),
    /// Goes on with every collection that is not finished, and polls.
    Continue(Nothing),
    /// Collects the identity inventory.
    Inventory(InventoryRequest),
    /// Seals the hours that are due, and repairs what is missing.
    Reconcile(Nothing),
    /// Maps sealed hours anew.
    Renormalize(Renormalize),
    /// Checks the ledger and what it describes.
    Verify(VerifyRequest),
    /// Reports how far everything is.
    Status(Nothing),
}

/// An action without parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Which part of the log is collected, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // As the JSON has them.
pub struct LogsRequest {
    /// From when; by default from where the last collection ended, or as far back as Okta's log goes.
    #[serde(deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when; by default until now.
    #[serde(deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only event types that begin with one of these.
    #[serde(deserialize_with = "event_types", skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// Whether the newest part is read first.
    #[serde(skip_serializing_if = "is_false")]
    pub newest_first: bool,
    /// Whether only the plan is made.
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
    /// Whether the collections that are not finished are cancelled.
    #[serde(skip_serializing_if = "is_false")]
    pub cancel: bool,
    /// Whether the log is polled from now on; by default it is polled unless a log stream is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<bool>,
}

/// How an inventory is collected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything is read.
    #[default]
    Full,
    /// What may have changed is read; the rest is taken over from the last collection.
    Incremental,
}

/// Which part of the inventory is collected, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InventoryRequest {
    /// How it is collected.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: Mode,
    /// Only these entities and those that they depend on; by default all that are required.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<String>,
    /// Also those that cost a call for each user or app, or repeat others.
    #[serde(skip_serializing_if = "is_false")]
    pub additional: bool,
    /// Whether only the plan is made.
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

/// Which sealed hours are mapped anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renormalize {
    /// The first hour.
    #[serde(deserialize_with = "needed_time")]
    pub since: Timestamp,
    /// Hours from here on are left as they are.
    #[serde(deserialize_with = "needed_time")]
    pub until: Timestamp,
    /// Whether the hours are only counted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

/// Which hours are verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyRequest {
    /// The first hour; by default from where the last verification ended.
    #[serde(deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Hours from here on are left out.
    #[serde(deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Heads of the org's ledger that were published on the bus or in the log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<Head>,
    /// What becomes of damaged hours; by default nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
}

/// What becomes of damaged hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// The repair is described.
    Plan,
    /// They are sealed again from what Okta confirms.
    Apply,
}

/// A command that cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Not a JSON object.
    #[error(
        "a command is a JSON object such as {{\"action\": \"continue\", \"tenant\": \"acme\"}}; tenant is optional"
    )]
    NotAnObject,
    /// `tenant` is not text.
    #[error("tenant: expected the name of an org's secret, without its prefix")]
    Tenant,
    /// The action is missing or unknown, or a member does not go with it or has a wrong value.
    #[error(
        "{action}: {source}; expected an action, its parameters and perhaps `tenant`: {{\"action\": \"continue\", \"tenant\": \"acme\"}}"
    )]
    Members {
        /// The action, or what stands in its place.
        action: String,
        /// What is wrong, with the members that go.
        source: serde_json::Error,
    },
    /// An empty range.
    #[error("since ({since}) is not before until ({until})")]
    Empty {
        /// The start.
        since: Timestamp,
        /// The end.
        until: Timestamp,
    },
}

impl Action {
    /// Its name in a command.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TestConnectivity(_) => "test-connectivity",
            Self::Collect(_) => "collect",
            Self::Logs(_) => "logs",
            Self::Continue(_) => "continue",
            Self::Inventory(_) => "inventory",
            Self::Reconcile(_) => "reconcile",
            Self::Renormalize(_) => "renormalize",
            Self::Verify(_) => "verify",
            Self::Status(_) => "status",
        }
    }

    /// Returns whether somebody waits for the answer, so that this invocation gives it for every org.
    pub fn is_answered_at_once(&self) -> bool {
        match self {
            Self::TestConnectivity(_) | Self::Status(_) => true,
            Self::Collect(logs) | Self::Logs(logs) => logs.dry_run || logs.cancel,
            Self::Inventory(inventory) => inventory.dry_run,
            Self::Renormalize(renormalize) => renormalize.dry_run,
            Self::Verify(verify) => verify.repair == Some(Repair::Plan),
            Self::Continue(_) | Self::Reconcile(_) => false,
        }
    }

    fn range(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Collect(logs) | Self::Logs(logs) => (logs.since, logs.until),
            Self::Renormalize(renormalize) => (Some(renormalize.since), Some(renormalize.until)),
            Self::Verify(verify) => (verify.since, verify.until),
            _ => (None, None),
        }
    }
}

impl LogsRequest {
    /// Returns whether the whole log is wanted.
    pub fn is_everything(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.event_types.is_empty()
    }
}

impl Command {
    /// A command to go on with everything of an org.
    pub fn go_on(tenant: &str) -> Self {
        Self { action: Action::Continue(Nothing {}), tenant: Some(tenant.to_owned()) }
    }

    /// The same command for one org.
    #[must_use]
    pub fn of(&self, tenant: &str) -> Self {
        Self { action: self.action.clone(), tenant: Some(tenant.to_owned()) }
    }

    /// Reads a command.
    pub fn parse(payload: Value) -> Result<Self, CommandError> {
        let Value::Object(mut members) = payload else { return Err(CommandError::NotAnObject) };
        let tenant = match members.remove("tenant") {
            None | Some(Value::Null) => None,
            Some(Value::String(tenant)) => Some(tenant),
            Some(_) => return Err(CommandError::Tenant),
        };
        let action = action(members)?;
        if let (Some(since), Some(until)) = action.range()
            && since >= until
        {
            return Err(CommandError::Empty { since, until });
        }
        Ok(Self { action, tenant })
    }
}

impl TryFrom<Value> for Command {
    type Error = CommandError;

    fn try_from(payload: Value) -> Result<Self, CommandError> {
        Self::parse(payload)
    }
}

fn action(members: Map<String, Value>) -> Result<Action, CommandError> {
    let action = members.get("action").and_then(Value::as_str).unwrap_or("no action").to_owned();
    serde_json::from_value(Value::Object(members)).map_err(|source| CommandError::Members { action, source })
}

/// A time or a day, to the millisecond, as Okta has it.
fn parse_time(text: &str) -> Result<Timestamp, String> {
    let as_day = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let time = text.parse::<Timestamp>().ok().or_else(|| as_day(text.parse().ok()?));
    let whole = time.and_then(|time| Timestamp::from_millisecond(time.as_millisecond()).ok());
    whole.ok_or_else(|| format!("{text:?} is neither a time such as 2026-05-04T10:00:00Z nor a day such as 2026-05-04"))
}

fn needed_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    parse_time(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.as_deref().map(parse_time).transpose().map_err(D::Error::custom)
}

/// Beginnings of event types, each once, in order.
fn event_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut prefixes = Vec::<String>::deserialize(deserializer)?;
    if let Some(bad) = prefixes.iter().find(|prefix| !is_event_type(prefix)) {
        let expected = "not the beginning of an event type: expected letters, digits, . _ and -";
        return Err(D::Error::custom(format!("event_types: {bad:?} is {expected}")));
    }
    prefixes.sort();
    prefixes.dedup();
    Ok(prefixes)
}

fn is_event_type(prefix: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=100).contains(&prefix.len()) && prefix.bytes().all(is_letter)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
fn is_false(value: &bool) -> bool {
    !value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(payload: Value) -> String {
        Command::parse(payload).unwrap_err().to_string()
    }

    #[test]
    fn a_command_reads_back_as_it_was_written() {
        let commands = [
            json!({"action": "test-connectivity", "tenant": "acme"}),
            json!({"action": "collect"}),
            json!({"action": "logs", "since": "2026-05-04T00:00:00Z", "event_types": ["policy."], "poll": false}),
            json!({"action": "continue"}),
            json!({"action": "inventory", "mode": "incremental", "entities": ["user"], "additional": true}),
            json!({"action": "reconcile", "tenant": "acme"}),
            json!({"action": "renormalize", "since": "2026-05-04T00:00:00Z", "until": "2026-05-05T00:00:00Z"}),
            json!({"action": "verify", "since": "2026-05-04T00:00:00Z", "repair": "plan"}),
            json!({"action": "status"}),
        ];
        for command in commands {
            let parsed = Command::parse(command.clone()).unwrap();
            assert_eq!(command["action"], parsed.action.name());
            assert_eq!(serde_json::to_value(&parsed).unwrap(), command);
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_what_can_be() {
        assert!(refused(json!({})).contains("missing field `action`"));
        for bad in [json!({"action": "explode"}), json!({"action": 7})] {
            let error = refused(bad);
            assert!(error.contains("`test-connectivity`") || error.contains("integer `7`"), "{error}");
        }
        assert!(refused(json!([])).contains("JSON object"));
        assert!(refused(json!({"action": "status", "tenant": 7})).starts_with("tenant: "));
    }

    #[test]
    fn a_member_that_does_not_go_with_the_action_is_named_and_so_are_those_that_do() {
        for (command, said) in [
            (json!({"action": "status", "dry_run": true}), ["status: unknown field `dry_run`", "there are no fields"]),
            (json!({"action": "continue", "since": "2026-05-04"}), ["unknown field `since`", "there are no fields"]),
            (
                json!({"action": "logs", "mode": "full"}),
                ["logs: unknown field `mode`", "`since`, `until`, `event_types`"],
            ),
            (json!({"action": "inventory", "poll": true}), ["unknown field `poll`", "`mode`, `entities`"]),
            (json!({"action": "renormalize", "since": "2026-05-04"}), ["renormalize", "missing field `until`"]),
            (json!({"action": "logs", "since": "yesterday"}), ["logs", "\"yesterday\" is neither a time"]),
            (json!({"action": "logs", "event_types": ["a\" or \"b"]}), ["event_types: ", "letters, digits"]),
        ] {
            let error = refused(command);
            assert!(said.iter().all(|said| error.contains(said)), "{error}");
        }
        let backwards = json!({"action": "logs", "since": "2026-05-04", "until": "2026-05-04"});
        assert!(refused(backwards).contains("not before"));
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
}
