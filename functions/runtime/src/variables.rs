//! Every environment variable of okta-lake, declared once. `docs/configuration.md` is generated from this table.

use crate::function::Function;

/// An environment variable.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Who reads it.
    pub readers: &'static [Reader],
    /// The value that holds where it is not set.
    pub default: WhenUnset,
    /// What it decides.
    pub meaning: &'static str,
    /// What it can be set to, as it follows "set it to".
    pub expected: &'static str,
}

/// Who reads a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// One of the functions.
    Function(Function),
    /// The `okta-lake` command, which passes it on to the functions that it starts.
    Command,
    /// The tests of this repository.
    Tests,
}

/// What holds where a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenUnset {
    /// The function does not start.
    Required,
    /// What the variable is for is switched off.
    Off,
    /// This value.
    Value(&'static str),
}

const STREAM: Reader = Reader::Function(Function::Stream);
const BACKFILL: Reader = Reader::Function(Function::Backfill);

/// All variables, sorted by name.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "AWS_CA_BUNDLE",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "A file of CA certificates that are trusted for Okta besides the system's: those of a company whose proxy \
                  inspects TLS.",
        expected: "the path of a file with CA certificates in PEM",
    },
    Variable {
        name: "HTTPS_PROXY",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "The proxy through which Okta is reached, with user name and password if it wants them.",
        expected: "an address like http://user:password@host:port",
    },
    Variable {
        name: "NO_PROXY",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "The hosts that are reached without the proxy.",
        expected: "names, addresses and networks, separated by commas",
    },
    Variable {
        name: "OKTA_LAKE_AGREEMENT",
        readers: &[Reader::Tests],
        default: WhenUnset::Off,
        meaning: "The file into which the tests of the detections write their events, for `tests/detect/agreement.py`.",
        expected: "the path of a file",
    },
    Variable {
        name: "OKTA_LAKE_BUCKET",
        readers: &[STREAM, BACKFILL],
        default: WhenUnset::Required,
        meaning: "The bucket of the lake.",
        expected: "the name of the lake's bucket (the stack's output LakeBucket)",
    },
    Variable {
        name: "OKTA_LAKE_BUS",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The event bus on which okta-lake publishes its events, `Continue` among them. Without it, nothing is \
                  published, and unfinished work waits for the next schedule.",
        expected: "the name of an event bus of this account and region",
    },
    Variable {
        name: "OKTA_LAKE_CUSTOM_DOMAINS",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The hosts of orgs that are not below one of Okta's own domains. A secret that names any other host is \
                  refused. `loopback` allows this machine, for the simulated org.",
        expected: "host names, separated by commas, such as login.acme.com",
    },
    Variable {
        name: "OKTA_LAKE_EVENT_BUS",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The partner event bus that Okta's log stream feeds. `test-connectivity` checks it.",
        expected: "the name of a partner event bus, such as aws.partner/okta.com/acme/okta-lake",
    },
    Variable {
        name: "OKTA_LAKE_FORMAT",
        readers: &[STREAM, BACKFILL, Reader::Command],
        default: WhenUnset::Value("parquet"),
        meaning: "The format of the objects that are written.",
        expected: "parquet or ndjson",
    },
    Variable {
        name: "OKTA_LAKE_GRAPH_USERS",
        readers: &[Reader::Tests],
        default: WhenUnset::Off,
        meaning: "How many users the large org of the graph's measurement has.",
        expected: "a number, such as 100000",
    },
    Variable {
        name: "OKTA_LAKE_LATENESS_MINUTES",
        readers: &[BACKFILL],
        default: WhenUnset::Value("60"),
        meaning: "The earliest time after its end at which an hour is compared with Okta and sealed. Where the stream is \
                  later than this, okta-lake waits longer by itself.",
        expected: "a number of minutes from 1 to 1440",
    },
    Variable {
        name: "OKTA_LAKE_LOG",
        readers: &[STREAM, BACKFILL, Reader::Command],
        default: WhenUnset::Value("info"),
        meaning: "What is logged. Crates that would log an event, an answer or a credential stay at `info` whatever is \
                  set.",
        expected: "a filter of the crate tracing-subscriber, such as warn or info,okta=debug",
    },
    Variable {
        name: "OKTA_LAKE_PROGRESS_SECONDS",
        readers: &[BACKFILL],
        default: WhenUnset::Value("30"),
        meaning: "The interval at which a collection publishes its progress.",
        expected: "a number of seconds from 1 to 900",
    },
    Variable {
        name: "OKTA_LAKE_RATE_SHARE",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Value("50"),
        meaning: "The percentage of every rate limit of the org that okta-lake may use. A tenth of each limit is left to \
                  others whatever is set.",
        expected: "a whole number of percent from 1 to 100",
    },
    Variable {
        name: "OKTA_LAKE_RULE",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The rule on the partner event bus. `test-connectivity` checks it.",
        expected: "the name of the rule",
    },
    Variable {
        name: "OKTA_LAKE_SCHEDULE",
        readers: &[Reader::Tests],
        default: WhenUnset::Off,
        meaning: "The seed of the one schedule that `tests/system/schedules.rs` runs, to repeat a failure.",
        expected: "a seed, which a failed test prints",
    },
    Variable {
        name: "OKTA_LAKE_SCHEDULES",
        readers: &[Reader::Tests],
        default: WhenUnset::Off,
        meaning: "The number of seeded schedules that `tests/system/schedules.rs` runs. Without it, as many as CI runs.",
        expected: "a whole number",
    },
    Variable {
        name: "OKTA_LAKE_SECRET_PREFIX",
        readers: &[BACKFILL],
        default: WhenUnset::Value("okta-lake/"),
        meaning: "The prefix of the names of the orgs' secrets in Secrets Manager.",
        expected: "a prefix that ends in a slash, such as okta-lake/",
    },
    Variable {
        name: "OKTA_LAKE_SECURITY_LAKE_ACCOUNT",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The AWS account that owns Security Lake. Needed with `OKTA_LAKE_SECURITY_LAKE_BUCKET`.",
        expected: "the 12 digits of the AWS account that owns Security Lake",
    },
    Variable {
        name: "OKTA_LAKE_SECURITY_LAKE_BUCKET",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The bucket of Amazon Security Lake, into which sealed hours are written as well.",
        expected: "the name of Security Lake's bucket in this region",
    },
    Variable {
        name: "OKTA_LAKE_SECURITY_LAKE_EXTERNAL_ID",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The external id of the custom sources of Security Lake. Needed with `OKTA_LAKE_SECURITY_LAKE_BUCKET`.",
        expected: "the external id that the custom sources were made with",
    },
    Variable {
        name: "OKTA_LAKE_SECURITY_LAKE_OCSF",
        readers: &[BACKFILL],
        default: WhenUnset::Value("1.3"),
        meaning: "The release of OCSF in which Security Lake gets events: 1.3, the newest that it takes from custom \
                  sources, or 1.8, that of the lake.",
        expected: "1.3 or 1.8",
    },
    Variable {
        name: "OKTA_LAKE_SIGNING_KEY",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The KMS key that signs the entries of the ledger: asymmetric, ECC_NIST_P256, for signing. While it is set, \
                  no hour is sealed without a signature.",
        expected: "the ARN of a KMS key",
    },
    Variable {
        name: "OKTA_LAKE_SIGNING_KEY_FILE",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "A file with the private key that signs the entries of the ledger, where there is no KMS: PEM, on the curve \
                  P-256. Only its owner should be able to read it.",
        expected: "the path of a file with a private key in PEM",
    },
    Variable {
        name: "OKTA_LAKE_TRUSTED_KEYS",
        readers: &[BACKFILL],
        default: WhenUnset::Off,
        meaning: "The public halves of the keys that signed the ledger before `OKTA_LAKE_SIGNING_KEY`, which `verify` trusts \
                  as well: base64 of DER, as `aws kms get-public-key --query PublicKey --output text` prints it.",
        expected: "public keys in base64, with commas between them",
    },
    Variable {
        name: "SSL_CERT_FILE",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "The same as `AWS_CA_BUNDLE`, which wins where both are set.",
        expected: "the path of a file with CA certificates in PEM",
    },
    Variable {
        name: "https_proxy",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "The same as `HTTPS_PROXY`, which wins where both are set.",
        expected: "an address like http://user:password@host:port",
    },
    Variable {
        name: "no_proxy",
        readers: &[BACKFILL, Reader::Command],
        default: WhenUnset::Off,
        meaning: "The same as `NO_PROXY`, which wins where both are set.",
        expected: "names, addresses and networks, separated by commas",
    },
];

impl Variable {
    /// The variable of this name. Call it in a `const`: a name that is not in the table does not compile then.
    ///
    /// # Panics
    /// If the table has no such variable.
    pub const fn named(name: &str) -> &'static Self {
        let mut row = 0;
        while row < VARIABLES.len() {
            if is_same(VARIABLES[row].name, name) {
                return &VARIABLES[row];
            }
            row += 1;
        }
        panic!("functions/runtime/src/variables.rs declares no such variable")
    }
}

/// `==` of texts, which is no `const fn` yet.
pub(crate) const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_sorted() {
        for pair in VARIABLES.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} must stand after {}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn texts_are_the_same_as_a_whole() {
        assert!(is_same("BUS", "BUS"));
        assert!(!is_same("BUS", "BUCKET") && !is_same("BUS", "BU") && !is_same("", "B"));
    }
}
