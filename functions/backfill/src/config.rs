//! Every variable of the backfill function, read once and typed.

use std::time::Duration;

use jiff::SignedDuration;
use lake::Format;
use okta::{AllowedHosts, Share};
use tracing_subscriber::EnvFilter;

use crate::outputs::security_lake::Subscription;

/// How this deployment is set up.
#[derive(Debug)]
pub struct Config {
    /// `OKTA_LAKE_BUCKET`: the bucket of the lake.
    pub bucket: String,
    /// `OKTA_LAKE_SECRET_PREFIX`: what the names of the tenants' secrets begin with; `okta-lake/` by default.
    pub secret_prefix: String,
    /// `OKTA_LAKE_EVENT_BUS`: the partner event bus that Okta's log stream arrives on, if there is one.
    pub bus: Option<String>,
    /// `OKTA_LAKE_RULE`: the rule on that bus.
    pub rule: Option<String>,
    /// `OKTA_LAKE_FORMAT`: `parquet` (the default) or `ndjson`.
    pub format: Format,
    /// `OKTA_LAKE_BUS`: the bus on which okta-lake tells what happens, and asks to be called again.
    pub own_bus: Option<String>,
    /// `OKTA_LAKE_PROGRESS_SECONDS`: how often progress is told; 30 by default.
    pub told_every: Duration,
    /// `OKTA_LAKE_LATENESS_MINUTES`: how long after its end an hour is sealed at the earliest; 60 by default. Where the
    /// stream is slower, it is longer by itself.
    pub lateness: SignedDuration,
    /// `OKTA_LAKE_RATE_SHARE`: percent of the rate limits that may be used; 50 by default.
    pub share: Share,
    /// `OKTA_LAKE_CUSTOM_DOMAINS`: hosts of orgs besides Okta's own, by commas; `loopback` allows this machine.
    pub allowed_hosts: AllowedHosts,
    /// `OKTA_LAKE_SECURITY_LAKE_BUCKET`, `OKTA_LAKE_SECURITY_LAKE_ACCOUNT` and `OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID`: where
    /// sealed hours are written as well, if they are.
    pub security_lake: Option<Subscription>,
    /// `OKTA_LAKE_LOG`: what is logged, as a tracing filter; `info` by default.
    pub log: String,
}

/// A variable that is missing or cannot be used. The function does not start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A needed variable is not set.
    #[error("{0} is not set: give it the name of the lake's bucket (the stack's output LakeBucket)")]
    Missing(&'static str),
    /// Some of the variables for Security Lake are set, and this one is not.
    #[error(
        "{0} is not set: writing to Security Lake takes its bucket, its account and the external id of its sources; set \
         all of {prefix}BUCKET, {prefix}ACCOUNT and {prefix}EXTERNAL_ID, or none",
        prefix = "OKTA_LAKE_SECURITY_LAKE_"
    )]
    Incomplete(&'static str),
    /// A variable has a value that means nothing.
    #[error("{name}: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Okta counts half of a limit for an app by itself; a tenth is left to others whatever is set.
const FLOOR_PERCENT: u32 = 10;

/// Often enough to watch, seldom enough for a bus.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// Okta's stream and log are rarely later, and what is later still is sealed again.
const LATENESS: SignedDuration = SignedDuration::from_hours(1);

impl Config {
    /// Reads the environment.
    pub fn from_environment() -> Result<Self, ConfigError> {
        #[allow(clippy::disallowed_methods)] // This is the one place.
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| variable(name).filter(|value| !value.trim().is_empty());
        let invalid = |name| move |reason| ConfigError::Invalid { name, reason };
        let log = set("OKTA_LAKE_LOG").unwrap_or_else(|| "info".to_owned());
        EnvFilter::try_new(&log).map_err(|error| invalid("OKTA_LAKE_LOG")(error.to_string()))?;
        let share = set("OKTA_LAKE_RATE_SHARE").as_deref().map_or(Ok(Share::default()), share);
        let format = set("OKTA_LAKE_FORMAT").map_or(Ok(Format::default()), |name| name.parse());
        let told_every = set("OKTA_LAKE_PROGRESS_SECONDS").as_deref().map_or(Ok(TOLD_EVERY), seconds);
        let lateness = set("OKTA_LAKE_LATENESS_MINUTES").as_deref().map_or(Ok(LATENESS), minutes);
        Ok(Self {
            bucket: set("OKTA_LAKE_BUCKET").ok_or(ConfigError::Missing("OKTA_LAKE_BUCKET"))?,
            secret_prefix: set("OKTA_LAKE_SECRET_PREFIX").unwrap_or_else(|| "okta-lake/".to_owned()),
            bus: set("OKTA_LAKE_EVENT_BUS"),
            rule: set("OKTA_LAKE_RULE"),
            format: format.map_err(invalid("OKTA_LAKE_FORMAT"))?,
            own_bus: set("OKTA_LAKE_BUS"),
            told_every: told_every.map_err(invalid("OKTA_LAKE_PROGRESS_SECONDS"))?,
            lateness: lateness.map_err(invalid("OKTA_LAKE_LATENESS_MINUTES"))?,
            share: share.map_err(invalid("OKTA_LAKE_RATE_SHARE"))?,
            allowed_hosts: allowed_hosts(&set("OKTA_LAKE_CUSTOM_DOMAINS").unwrap_or_default()),
            security_lake: security_lake(set)?,
            log,
        })
    }
}

fn security_lake(set: impl Fn(&'static str) -> Option<String>) -> Result<Option<Subscription>, ConfigError> {
    const NAMES: [&str; 3] =
        ["OKTA_LAKE_SECURITY_LAKE_BUCKET", "OKTA_LAKE_SECURITY_LAKE_ACCOUNT", "OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID"];
    let values = NAMES.map(&set);
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let missing = NAMES.iter().zip(&values).find(|(_, value)| value.is_none()).map(|(name, _)| *name);
    let [Some(bucket), Some(account), Some(external_id)] = values else {
        return Err(ConfigError::Incomplete(missing.unwrap_or(NAMES[0])));
    };
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        let reason =
            format!("{account:?} is no AWS account: expected the 12 digits of the one that owns Security Lake");
        return Err(ConfigError::Invalid { name: NAMES[1], reason });
    }
    Ok(Some(Subscription { bucket, account, external_id }))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse().ok().filter(|seconds| (1..=900).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text:?} is no number of seconds from 1 to 900"))
}

fn minutes(text: &str) -> Result<SignedDuration, String> {
    let minutes = text.trim().parse().ok().filter(|minutes| (1..=1_440).contains(minutes));
    minutes.map(SignedDuration::from_mins).ok_or_else(|| format!("{text:?} is no number of minutes from 1 to 1440"))
}

fn share(text: &str) -> Result<Share, String> {
    let percent = text.trim().parse().map_err(|_| format!("{text:?} is no whole number of percent"))?;
    Share::new(percent, FLOOR_PERCENT).map_err(|error| error.to_string())
}

fn allowed_hosts(text: &str) -> AllowedHosts {
    let hosts = text.split(',').map(str::trim).filter(|host| !host.is_empty());
    let (loopback, custom_domains): (Vec<_>, Vec<_>) = hosts.map(str::to_owned).partition(|host| host == "loopback");
    AllowedHosts { custom_domains, loopback: !loopback.is_empty() }
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
        assert_eq!((config.bucket.as_str(), config.secret_prefix.as_str()), ("lake", "okta-lake/"));
        assert_eq!((config.bus, config.share, config.allowed_hosts.loopback), (None, Share::default(), false));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(read(&[]).unwrap_err(), ConfigError::Missing("OKTA_LAKE_BUCKET"));
        for share in ["0", "101", "half"] {
            let error = read(&[("OKTA_LAKE_BUCKET", "b"), ("OKTA_LAKE_RATE_SHARE", share)]).unwrap_err().to_string();
            assert!(error.starts_with("OKTA_LAKE_RATE_SHARE"), "{error}");
        }
    }

    #[test]
    fn security_lake_takes_all_of_its_variables_or_none() {
        let lake = ("OKTA_LAKE_BUCKET", "lake");
        let bucket = ("OKTA_LAKE_SECURITY_LAKE_BUCKET", "aws-security-data-lake");
        let account = ("OKTA_LAKE_SECURITY_LAKE_ACCOUNT", "111122223333");
        let external_id = ("OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID", "x");
        assert_eq!(read(&[lake]).unwrap().security_lake, None);
        let complete = read(&[lake, bucket, account, external_id]).unwrap().security_lake.unwrap();
        assert_eq!((&*complete.bucket, &*complete.account), ("aws-security-data-lake", "111122223333"));
        let error = read(&[lake, bucket, ("OKTA_LAKE_SECURITY_LAKE_ACCOUNT", " "), external_id]).unwrap_err();
        assert_eq!(error, ConfigError::Incomplete("OKTA_LAKE_SECURITY_LAKE_ACCOUNT"));
        assert!(error.to_string().contains("OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID, or none"), "{error}");
        let error = read(&[lake, bucket, ("OKTA_LAKE_SECURITY_LAKE_ACCOUNT", "1234"), external_id]).unwrap_err();
        assert!(error.to_string().starts_with("OKTA_LAKE_SECURITY_LAKE_ACCOUNT: \"1234\""), "{error}");
    }

    #[test]
    fn custom_domains_are_a_list() {
        let hosts = allowed_hosts("login.acme.example, loopback,");
        assert_eq!(hosts, AllowedHosts { custom_domains: vec!["login.acme.example".to_owned()], loopback: true });
    }
}
