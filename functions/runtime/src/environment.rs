//! Reads the variables of the table: set, well-formed, or an error that names the variable, what is wrong and what to do.

use std::ffi::OsString;
use std::fmt;

use crate::variables::{Variable, WhenUnset};

/// A variable that is missing or cannot be used. The function does not start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A required variable is not set.
    #[error("{name} is not set: set it to {expected}", name = .0.name, expected = .0.expected)]
    Missing(&'static Variable),
    /// A variable is not set that another one needs.
    #[error(
        "{name} is not set, but {needed_by} is: set {name} to {expected}, or unset {needed_by}",
        name = variable.name, needed_by = needed_by.name, expected = variable.expected
    )]
    Incomplete {
        /// What is not set.
        variable: &'static Variable,
        /// What is set.
        needed_by: &'static Variable,
    },
    /// A variable has a value that cannot be used.
    #[error("{name} is {value:?}, which cannot be used: set it to {expected}", name = variable.name, expected = variable.expected)]
    Invalid {
        /// The variable.
        variable: &'static Variable,
        /// Its value.
        value: String,
    },
}

/// Returns the value of the variable of a name.
type Lookup = dyn Fn(&str) -> Option<OsString>;

/// The environment of a process.
pub struct Environment(Box<Lookup>);

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Environment(..)")
    }
}

impl Environment {
    /// That of this process.
    #[allow(clippy::disallowed_methods)] // The one place that reads it.
    pub fn of_process() -> Self {
        Self(Box::new(|name| std::env::var_os(name)))
    }

    /// One with these variables and no others.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        let owned: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        Self(Box::new(move |name| owned.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())))
    }

    /// A variable's value. Blank is not set.
    pub fn optional(&self, variable: &'static Variable) -> Result<Option<String>, ConfigError> {
        let value = match (self.0)(variable.name).map(OsString::into_string) {
            None => None,
            Some(Ok(value)) => Some(value).filter(|value| !value.trim().is_empty()),
            // Not quoted: the value of a proxy has a password in it.
            Some(Err(_)) => return Err(invalid(variable, "(not UTF-8)".to_owned())),
        };
        Ok(value.or(match variable.default {
            WhenUnset::Value(value) => Some(value.to_owned()),
            WhenUnset::Required | WhenUnset::Off => None,
        }))
    }

    /// The value of a variable that has a default or must be set.
    pub fn required(&self, variable: &'static Variable) -> Result<String, ConfigError> {
        self.optional(variable)?.ok_or(ConfigError::Missing(variable))
    }

    /// The same, as `parse` reads it; `None` says that the value cannot be used.
    pub fn parsed<T>(&self, variable: &'static Variable, parse: impl Fn(&str) -> Option<T>) -> Result<T, ConfigError> {
        let value = self.required(variable)?;
        parse(value.trim()).ok_or_else(|| invalid(variable, value))
    }
}

/// The error of a value that cannot be used.
pub fn invalid(variable: &'static Variable, value: String) -> ConfigError {
    ConfigError::Invalid { variable, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: &Variable = Variable::named("OKTA_LAKE_BUCKET");
    const MINUTES: &Variable = Variable::named("OKTA_LAKE_LATENESS_MINUTES");
    const RULE: &Variable = Variable::named("OKTA_LAKE_RULE");

    fn parse(text: &str) -> Option<u32> {
        text.parse().ok()
    }

    #[test]
    fn a_default_holds_where_nothing_is_set() {
        for environment in [Environment::of(&[]), Environment::of(&[("OKTA_LAKE_LATENESS_MINUTES", " ")])] {
            assert_eq!(environment.parsed(MINUTES, parse), Ok(60));
        }
        assert_eq!(Environment::of(&[]).optional(RULE), Ok(None));
        assert_eq!(Environment::of(&[("OKTA_LAKE_LATENESS_MINUTES", " 7 ")]).parsed(MINUTES, parse), Ok(7));
    }

    #[test]
    fn an_error_names_the_variable_what_is_wrong_and_the_remedy() {
        let error = Environment::of(&[("OKTA_LAKE_BUCKET", " ")]).required(BUCKET).unwrap_err().to_string();
        let expected = "the name of the lake's bucket (the stack's output LakeBucket)";
        assert_eq!(error, format!("OKTA_LAKE_BUCKET is not set: set it to {expected}"));
        let environment = Environment::of(&[("OKTA_LAKE_LATENESS_MINUTES", "soon")]);
        let error = environment.parsed(MINUTES, parse).unwrap_err().to_string();
        let expected = "a number of minutes from 1 to 1440";
        assert_eq!(
            error,
            format!(r#"OKTA_LAKE_LATENESS_MINUTES is "soon", which cannot be used: set it to {expected}"#)
        );
        let error = ConfigError::Incomplete { variable: BUCKET, needed_by: RULE }.to_string();
        assert!(
            error.starts_with("OKTA_LAKE_BUCKET is not set, but OKTA_LAKE_RULE is: set OKTA_LAKE_BUCKET"),
            "{error}"
        );
        assert!(error.ends_with(", or unset OKTA_LAKE_RULE"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_no_text_is_an_error_and_not_unset() {
        use std::os::unix::ffi::OsStringExt;
        let environment = Environment(Box::new(|_| Some(OsString::from_vec(b"6\xff".to_vec()))));
        let error = environment.parsed(MINUTES, parse).unwrap_err();
        assert_eq!(error, invalid(MINUTES, "(not UTF-8)".to_owned()));
    }
}
