//! Every variable of the stream function, read once and typed.

use lake::Format;
use runtime::variables::Variable;
use runtime::{ConfigError, Environment, logs};

const BUCKET: &Variable = Variable::named("OKTA_LAKE_BUCKET");
const FORMAT: &Variable = Variable::named("OKTA_LAKE_FORMAT");
const LOG: &Variable = Variable::named("OKTA_LAKE_LOG");

/// How this deployment is configured.
#[derive(Debug)]
pub(crate) struct Config {
    /// The bucket of the lake.
    pub(crate) bucket: String,
    /// The format of the objects that are written.
    pub(crate) format: Format,
    /// What is logged, as a filter.
    pub(crate) log: String,
}

impl Config {
    /// Reads the environment.
    pub(crate) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            bucket: environment.required(BUCKET)?,
            format: environment.parsed(FORMAT, |text| text.parse().ok())?,
            log: environment.parsed(LOG, |text| logs::is_filter(text).then(|| text.to_owned()))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&Environment::of(variables))
    }

    #[test]
    fn the_bucket_is_all_that_is_required() {
        let config = read(&[("OKTA_LAKE_BUCKET", "lake")]).unwrap();
        assert_eq!((config.bucket.as_str(), config.format, config.log.as_str()), ("lake", Format::Parquet, "info"));
    }

    #[test]
    fn an_error_names_its_variable() {
        assert_eq!(read(&[("OKTA_LAKE_BUCKET", " ")]).unwrap_err(), ConfigError::Missing(BUCKET));
        for (name, value) in [("OKTA_LAKE_FORMAT", "csv"), ("OKTA_LAKE_LOG", "a=b=c")] {
            let error = read(&[("OKTA_LAKE_BUCKET", "b"), (name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains(value), "{error}");
        }
    }
}
