//! Every variable of the backfill function, read once and typed.

use std::time::Duration;

use jiff::SignedDuration;
use lake::Format;
use lake::signing::{KeyFile, PublicKey};
use normalize::ocsf::Release;
use okta::{AllowedHosts, Network, Proxy, Share, tls_with_bundle};
use runtime::variables::Variable;
use runtime::{ConfigError, Environment, environment, logs};

use crate::outputs::security_lake::Subscription;

const AWS_CA_BUNDLE: &Variable = Variable::named("AWS_CA_BUNDLE");
const BUCKET: &Variable = Variable::named("OKTA_LAKE_BUCKET");
const BUS: &Variable = Variable::named("OKTA_LAKE_BUS");
const CUSTOM_DOMAINS: &Variable = Variable::named("OKTA_LAKE_CUSTOM_DOMAINS");
const EVENT_BUS: &Variable = Variable::named("OKTA_LAKE_EVENT_BUS");
const FORMAT: &Variable = Variable::named("OKTA_LAKE_FORMAT");
const HTTPS_PROXY: &Variable = Variable::named("HTTPS_PROXY");
const HTTPS_PROXY_LOWER: &Variable = Variable::named("https_proxy");
const LATENESS_MINUTES: &Variable = Variable::named("OKTA_LAKE_LATENESS_MINUTES");
const LOG: &Variable = Variable::named("OKTA_LAKE_LOG");
const NO_PROXY: &Variable = Variable::named("NO_PROXY");
const NO_PROXY_LOWER: &Variable = Variable::named("no_proxy");
const PROGRESS_SECONDS: &Variable = Variable::named("OKTA_LAKE_PROGRESS_SECONDS");
const RATE_SHARE: &Variable = Variable::named("OKTA_LAKE_RATE_SHARE");
const RULE: &Variable = Variable::named("OKTA_LAKE_RULE");
const SECRET_PREFIX: &Variable = Variable::named("OKTA_LAKE_SECRET_PREFIX");
const SECURITY_LAKE_ACCOUNT: &Variable = Variable::named("OKTA_LAKE_SECURITY_LAKE_ACCOUNT");
const SECURITY_LAKE_BUCKET: &Variable = Variable::named("OKTA_LAKE_SECURITY_LAKE_BUCKET");
const SECURITY_LAKE_EXTERNAL_ID: &Variable = Variable::named("OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID");
const SECURITY_LAKE_OCSF: &Variable = Variable::named("OKTA_LAKE_SECURITY_LAKE_OCSF");
const SIGNING_KEY: &Variable = Variable::named("OKTA_LAKE_SIGNING_KEY");
const SIGNING_KEY_FILE: &Variable = Variable::named("OKTA_LAKE_SIGNING_KEY_FILE");
const TRUSTED_KEYS: &Variable = Variable::named("OKTA_LAKE_TRUSTED_KEYS");
const SSL_CERT_FILE: &Variable = Variable::named("SSL_CERT_FILE");

/// How this deployment is configured.
#[derive(Debug)]
pub struct Config {
    /// The bucket of the lake.
    pub bucket: String,
    /// The prefix of the names of the orgs' secrets.
    pub secret_prefix: String,
    /// The partner event bus that Okta's log stream feeds, if there is one.
    pub bus: Option<String>,
    /// The rule on that bus.
    pub rule: Option<String>,
    /// The format of the objects that are written.
    pub format: Format,
    /// The bus on which okta-lake publishes its events.
    pub own_bus: Option<String>,
    /// The interval at which a collection publishes its progress.
    pub progress_interval: Duration,
    /// The earliest time after its end at which an hour is sealed.
    pub lateness: SignedDuration,
    /// The part of the rate limits that may be used.
    pub share: Share,
    /// The hosts of orgs besides Okta's own.
    pub allowed_hosts: AllowedHosts,
    /// The way to the orgs.
    pub network: Network,
    /// Where sealed hours are written as well, if they are.
    pub security_lake: Option<Subscription>,
    /// The key that signs the ledger, if there is one.
    pub signing_key: Option<SigningKey>,
    /// The public halves of the keys that signed before it.
    pub trusted_keys: Vec<PublicKey>,
    /// What is logged, as a filter.
    pub log: String,
}

/// The key that signs the ledger.
#[derive(Debug)]
pub enum SigningKey {
    /// A key of AWS KMS, by its ARN.
    Kms(String),
    /// The key of a local file.
    File(KeyFile),
}

/// Okta counts half of a limit for an app by itself; a tenth is left to others whatever is set.
const FLOOR_PERCENT: u32 = 10;

impl Config {
    /// Reads the environment.
    pub fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let variable = |name| environment.optional(name);
        Ok(Self {
            bucket: environment.required(BUCKET)?,
            secret_prefix: environment.required(SECRET_PREFIX)?,
            bus: variable(EVENT_BUS)?,
            rule: variable(RULE)?,
            format: environment.parsed(FORMAT, |text| text.parse().ok())?,
            own_bus: variable(BUS)?,
            progress_interval: environment.parsed(PROGRESS_SECONDS, seconds)?,
            lateness: environment.parsed(LATENESS_MINUTES, minutes)?,
            share: environment.parsed(RATE_SHARE, share)?,
            allowed_hosts: allowed_hosts(&variable(CUSTOM_DOMAINS)?.unwrap_or_default()),
            network: network(environment)?,
            security_lake: security_lake(environment)?,
            signing_key: signing_key(environment)?,
            trusted_keys: trusted_keys(environment)?,
            log: environment.parsed(LOG, |text| logs::is_filter(text).then(|| text.to_owned()))?,
        })
    }
}

/// The proxy and the CA certificates of a company's network. The address of the proxy may hold a password: no error shows it.
fn network(environment: &Environment) -> Result<Network, ConfigError> {
    let except = first(environment, [NO_PROXY, NO_PROXY_LOWER])?.map(|(_, except)| except).unwrap_or_default();
    let proxy = first(environment, [HTTPS_PROXY, HTTPS_PROXY_LOWER])?.map(|(variable, address)| {
        Proxy::parse(&address, &except).map_err(|_| environment::invalid(variable, "***".to_owned()))
    });
    let tls = first(environment, [AWS_CA_BUNDLE, SSL_CERT_FILE])?.map(|(variable, path)| {
        let pem = std::fs::read(path.trim()).ok();
        pem.and_then(|pem| tls_with_bundle(&pem).ok()).ok_or_else(|| environment::invalid(variable, path))
    });
    Ok(Network { tls: tls.transpose()?, proxy: proxy.transpose()? })
}

/// The first of the variables that is set, with its value.
fn first(
    environment: &Environment,
    variables: [&'static Variable; 2],
) -> Result<Option<(&'static Variable, String)>, ConfigError> {
    for variable in variables {
        if let Some(value) = environment.optional(variable)? {
            return Ok(Some((variable, value)));
        }
    }
    Ok(None)
}

/// The key of KMS, or that of a file.
fn signing_key(environment: &Environment) -> Result<Option<SigningKey>, ConfigError> {
    if let Some(arn) = environment.optional(SIGNING_KEY)? {
        return Ok(Some(SigningKey::Kms(arn)));
    }
    let Some(path) = environment.optional(SIGNING_KEY_FILE)? else { return Ok(None) };
    let pem = std::fs::read_to_string(path.trim()).ok();
    let key = pem.and_then(|pem| KeyFile::from_pem(&pem).ok());
    key.map(|key| Some(SigningKey::File(key))).ok_or_else(|| environment::invalid(SIGNING_KEY_FILE, path))
}

fn trusted_keys(environment: &Environment) -> Result<Vec<PublicKey>, ConfigError> {
    let text = environment.optional(TRUSTED_KEYS)?.unwrap_or_default();
    PublicKey::list(&text).map_err(|_| environment::invalid(TRUSTED_KEYS, text))
}

fn security_lake(environment: &Environment) -> Result<Option<Subscription>, ConfigError> {
    let variables = [SECURITY_LAKE_BUCKET, SECURITY_LAKE_ACCOUNT, SECURITY_LAKE_EXTERNAL_ID];
    let Some(needed_by) = first_set(environment, &variables)? else {
        return Ok(None);
    };
    let needed = |variable| environment.optional(variable)?.ok_or(ConfigError::Incomplete { variable, needed_by });
    let (bucket, account, external_id) =
        (needed(SECURITY_LAKE_BUCKET)?, needed(SECURITY_LAKE_ACCOUNT)?, needed(SECURITY_LAKE_EXTERNAL_ID)?);
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(environment::invalid(SECURITY_LAKE_ACCOUNT, account));
    }
    let release = match environment.optional(SECURITY_LAKE_OCSF)? {
        Some(name) => name.parse().map_err(|_| environment::invalid(SECURITY_LAKE_OCSF, name))?,
        None => Release::default(),
    };
    Ok(Some(Subscription { bucket, account, external_id, release }))
}

fn first_set(
    environment: &Environment,
    variables: &[&'static Variable],
) -> Result<Option<&'static Variable>, ConfigError> {
    for variable in variables {
        if environment.optional(variable)?.is_some() {
            return Ok(Some(variable));
        }
    }
    Ok(None)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().filter(|seconds| (1..=900).contains(seconds)).map(Duration::from_secs)
}

fn minutes(text: &str) -> Option<SignedDuration> {
    text.parse().ok().filter(|minutes| (1..=1_440).contains(minutes)).map(SignedDuration::from_mins)
}

fn share(text: &str) -> Option<Share> {
    Share::new(text.parse().ok()?, FLOOR_PERCENT).ok()
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
        Config::read(&Environment::of(variables))
    }

    #[test]
    fn the_bucket_is_all_that_is_needed() {
        let config = read(&[("OKTA_LAKE_BUCKET", "lake")]).unwrap();
        assert_eq!((config.bucket.as_str(), config.secret_prefix.as_str()), ("lake", "okta-lake/"));
        assert_eq!((config.bus, config.share, config.allowed_hosts.loopback), (None, Share::default(), false));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(read(&[]).unwrap_err(), ConfigError::Missing(BUCKET));
        for share in ["0", "101", "half"] {
            let error = read(&[("OKTA_LAKE_BUCKET", "b"), ("OKTA_LAKE_RATE_SHARE", share)]).unwrap_err().to_string();
            assert!(error.starts_with("OKTA_LAKE_RATE_SHARE"), "{error}");
        }
    }

    #[test]
    fn a_companys_network_is_read_and_its_proxys_password_not_shown() {
        let read = |name, value| read(&[("OKTA_LAKE_BUCKET", "b"), (name, value)]);
        assert!(read("OKTA_LAKE_BUS", "b").unwrap().network.proxy.is_none());
        for name in ["HTTPS_PROXY", "https_proxy"] {
            assert!(read(name, "http://user:pw@proxy:3128").unwrap().network.proxy.is_some());
            let error = read(name, "socks5://user:PLANTED@proxy").unwrap_err().to_string();
            assert!(error.starts_with(name) && !error.contains("PLANTED"), "{error}");
        }
        for name in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
            let error = read(name, "/nowhere/ca.pem").unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains("/nowhere/ca.pem"), "{error}");
        }
    }

    #[test]
    fn the_signing_key_is_that_of_kms_or_of_a_file() {
        let read = |name, value: &str| read(&[("OKTA_LAKE_BUCKET", "b"), (name, value)]);
        let arn = "arn:aws:kms:eu-central-1:111122223333:key/1";
        let key = read("OKTA_LAKE_SIGNING_KEY", arn).unwrap().signing_key;
        assert!(matches!(key, Some(SigningKey::Kms(found)) if found == arn));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), KeyFile::generate().unwrap().to_pem().unwrap()).unwrap();
        let key = read("OKTA_LAKE_SIGNING_KEY_FILE", file.path().to_str().unwrap()).unwrap().signing_key;
        assert!(matches!(key, Some(SigningKey::File(_))));
        std::fs::write(file.path(), "-----BEGIN PRIVATE KEY-----\nPLANTED\n-----END PRIVATE KEY-----").unwrap();
        let error = read("OKTA_LAKE_SIGNING_KEY_FILE", file.path().to_str().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with("OKTA_LAKE_SIGNING_KEY_FILE") && !error.contains("PLANTED"), "{error}");
    }

    #[test]
    fn trusted_keys_are_a_list() {
        let read = |keys: &str| read(&[("OKTA_LAKE_BUCKET", "b"), ("OKTA_LAKE_TRUSTED_KEYS", keys)]);
        let key = KeyFile::generate().unwrap().public().clone();
        let pem = key.to_pem().unwrap();
        let der: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
        let keys = read(&format!("{der}, {der}")).unwrap().trusted_keys;
        assert_eq!(keys.iter().map(PublicKey::fingerprint).collect::<Vec<_>>(), [key.fingerprint(); 2]);
        assert!(read(&pem).unwrap_err().to_string().starts_with("OKTA_LAKE_TRUSTED_KEYS"));
        assert!(read(" ").unwrap().trusted_keys.is_empty());
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
        assert_eq!(complete.release, Release::V1_3);
        let release = ("OKTA_LAKE_SECURITY_LAKE_OCSF", "1.8");
        let newer = read(&[lake, bucket, account, external_id, release]).unwrap().security_lake.unwrap();
        assert_eq!(newer.release, Release::V1_8);
        let error = read(&[lake, bucket, account, external_id, ("OKTA_LAKE_SECURITY_LAKE_OCSF", "2")]).unwrap_err();
        assert!(error.to_string().starts_with("OKTA_LAKE_SECURITY_LAKE_OCSF is \"2\""), "{error}");
        let error = read(&[lake, bucket, ("OKTA_LAKE_SECURITY_LAKE_ACCOUNT", " "), external_id]).unwrap_err();
        let needed_by = SECURITY_LAKE_BUCKET;
        assert_eq!(error, ConfigError::Incomplete { variable: SECURITY_LAKE_ACCOUNT, needed_by });
        let error = read(&[lake, external_id]).unwrap_err();
        let needed_by = SECURITY_LAKE_EXTERNAL_ID;
        assert_eq!(error, ConfigError::Incomplete { variable: SECURITY_LAKE_BUCKET, needed_by });
        let error = read(&[lake, bucket, ("OKTA_LAKE_SECURITY_LAKE_ACCOUNT", "1234"), external_id]).unwrap_err();
        assert!(error.to_string().starts_with("OKTA_LAKE_SECURITY_LAKE_ACCOUNT is \"1234\""), "{error}");
    }

    #[test]
    fn custom_domains_are_a_list() {
        let hosts = allowed_hosts("login.acme.example, loopback,");
        assert_eq!(hosts, AllowedHosts { custom_domains: vec!["login.acme.example".to_owned()], loopback: true });
    }
}
