//! The lists that a rule asks for by name, `%threat_ips%`: only the user knows them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::RuleError;

/// The lists of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists(BTreeMap<String, Vec<String>>);

impl FromIterator<(String, Vec<String>)> for Lists {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(lists: I) -> Self {
        Self(lists.into_iter().collect())
    }
}

impl Lists {
    /// Replaces names of lists by what they hold.
    ///
    /// # Errors
    /// If a list is not configured, or has nothing in it.
    pub(crate) fn expand(&self, values: &[Value]) -> Result<Vec<Value>, RuleError> {
        let mut expanded = Vec::new();
        for value in values {
            match value.as_str().and_then(name) {
                Some(name) => expanded.extend(self.get(name)?.iter().cloned().map(Value::String)),
                None => expanded.push(value.clone()),
            }
        }
        Ok(expanded)
    }

    fn get(&self, name: &str) -> Result<&[String], RuleError> {
        let missing = || RuleError::NoList(name.to_owned());
        self.0.get(name).map(Vec::as_slice).filter(|list| !list.is_empty()).ok_or_else(missing)
    }
}

fn name(value: &str) -> Option<&str> {
    value.strip_prefix('%')?.strip_suffix('%')
}
