//! Every variable of the stream function, read once and typed.

use lake::Format;
use tracing_subscriber::EnvFilter;

/// How this deployment is set up.
#[derive(Debug)]
pub(crate) struct Config {
    /// `OKTA_LAKE_BUCKET`: the bucket of the lake.
    pub(crate) bucket: String,
    /// `OKTA_LAKE_FORMAT`: `parquet` (the default) or `ndjson`.
    pub(crate) format: Format,
    /// `OKTA_LAKE_LOG`: what is logged, as a tracing filter; `info` by default.
    pub(crate) log: String,
}

/// A variable that is missing or cannot be used. The function does not start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum ConfigError {
    /// A needed variable is not set.
    #[error("{0} is not set: give it the name of the lake's bucket (the stack's output LakeBucket)")]
    Missing(&'static str),
    /// A variable has a value that means nothing.
    #[error("{name}: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Config {
    /// Reads the environment.
    pub(crate) fn from_environment() -> Result<Self, ConfigError> {
        #[allow(clippy::disallowed_methods)] // This is the one place.
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| variable(name).filter(|value| !value.trim().is_empty());
        let invalid = |name| move |reason| ConfigError::Invalid { name, reason };
        let log = set("OKTA_LAKE_LOG").unwrap_or_else(|| "info".to_owned());
        EnvFilter::try_new(&log).map_err(|error| invalid("OKTA_LAKE_LOG")(error.to_string()))?;
        let format = set("OKTA_LAKE_FORMAT").map_or(Ok(Format::default()), |name| name.parse());
        Ok(Self {
            bucket: set("OKTA_LAKE_BUCKET").ok_or(ConfigError::Missing("OKTA_LAKE_BUCKET"))?,
            format: format.map_err(invalid("OKTA_LAKE_FORMAT"))?,
            log,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_bucket_is_all_that_is_needed() {
        let config = read(&[("OKTA_LAKE_BUCKET", "lake")]).unwrap();
        assert_eq!((config.bucket.as_str(), config.format, config.log.as_str()), ("lake", Format::Parquet, "info"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(read(&[("OKTA_LAKE_BUCKET", " ")]).unwrap_err(), ConfigError::Missing("OKTA_LAKE_BUCKET"));
        let error = read(&[("OKTA_LAKE_BUCKET", "b"), ("OKTA_LAKE_FORMAT", "csv")]).unwrap_err().to_string();
        assert_eq!(error, r#"OKTA_LAKE_FORMAT: "csv" is no format: expected parquet or ndjson"#);
        let error = read(&[("OKTA_LAKE_BUCKET", "b"), ("OKTA_LAKE_LOG", "a=b=c")]).unwrap_err().to_string();
        assert!(error.starts_with("OKTA_LAKE_LOG"), "{error}");
    }
}
