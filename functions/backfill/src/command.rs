//! What the function is asked to do: the same JSON from the scheduler, from a person and from the local command.

use serde::Deserialize;
use serde_json::Value;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// What to do.
    pub(crate) action: Action,
    /// For which tenant; for every one, if none is named.
    #[serde(default)]
    pub(crate) tenant: Option<String>,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// Checks credentials, scopes, roles and every other thing that a collection needs.
    TestConnectivity,
}

/// A command that means nothing.
#[derive(Debug, thiserror::Error)]
#[error("no command: {0}; expected {{\"action\": \"test-connectivity\", \"tenant\": \"acme\"}}, tenant being optional")]
pub(crate) struct CommandError(#[from] serde_json::Error);

impl Command {
    /// Reads a command.
    pub(crate) fn parse(payload: Value) -> Result<Self, CommandError> {
        Ok(serde_json::from_value(payload)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_names_its_action() {
        let command = Command::parse(json!({"action": "test-connectivity", "tenant": "acme"})).unwrap();
        assert_eq!(command, Command { action: Action::TestConnectivity, tenant: Some("acme".to_owned()) });
        assert_eq!(Command::parse(json!({"action": "test-connectivity"})).unwrap().tenant, None);
        for bad in [json!({}), json!({"action": "explode"}), json!([]), json!({"action": "test-connectivity", "x": 1})]
        {
            let error = Command::parse(bad).unwrap_err().to_string();
            assert!(error.contains("test-connectivity"), "{error}");
        }
    }
}
