//! The second output: an hour as Amazon Security Lake takes it from a custom source, one OCSF class a source. The rules are
//! those of its user guide, "Collecting data from custom sources in Security Lake": one class in an object, objects of
//! one day, partitions by region, account and day, rows sorted by time, Parquet in zstd, and not more than an object each
//! five minutes. A sealed hour meets all of them; [`Splitter`] makes its files.

mod split;

use std::collections::BTreeSet;

use jiff::Timestamp;
use normalize::ocsf::Class;
use normalize::{Tenant, event_type};

use crate::partition::Partition;

pub use split::{ClassFile, Splitter};

/// The media type of its objects.
pub const CONTENT_TYPE: &str = "application/vnd.apache.parquet";

/// The classes that Okta's events have, by the table of event types: each has a source.
pub fn classes() -> BTreeSet<Class> {
    event_type::rows().filter_map(Result::ok).map(|row| row.decision.class).collect()
}

/// The name of a class's custom source, such as `okta3002`. Letters and digits only, for Security Lake names a role, a
/// prefix and a table after it, and does not keep other characters in all of them; at most 20 of them
/// (`CreateCustomLogSource`).
pub fn source(class: Class) -> String {
    format!("okta{}", class.uid())
}

/// What stands for the AWS account: for records of accounts outside of AWS the user guide recommends `external_` and an
/// id that is nobody else's.
pub fn account(tenant: &Tenant) -> String {
    format!("external_okta_{tenant}")
}

/// `ext/<source>/region=R/accountId=A/eventDay=YYYYMMDD/<tenant>-<YYYYMMDD>T<HH>.zstd.parquet`. One object for each org,
/// hour and class: written again, it replaces itself.
pub fn key(class: Class, region: &str, partition: &Partition) -> String {
    let Partition { tenant, hour } = partition;
    let (source, account, day) = (source(class), account(tenant), day(*hour));
    let name = hour.strftime("%Y%m%dT%H");
    format!("ext/{source}/region={region}/accountId={account}/eventDay={day}/{tenant}-{name}.zstd.parquet")
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_partitioned_as_security_lake_wants_it() {
        let tenant = Tenant::parse("acme").unwrap();
        let partition = Partition { tenant, hour: "2026-05-04T09:00:00Z".parse().unwrap() };
        assert_eq!(
            key(Class::Authentication, "eu-central-1", &partition),
            "ext/okta3002/region=eu-central-1/accountId=external_okta_acme/eventDay=20260504/acme-20260504T09.zstd.parquet"
        );
    }

    #[test]
    fn every_class_has_its_source() {
        let script = include_str!("../../../infra/security-lake/sources.sh");
        let made: BTreeSet<_> = script.lines().filter_map(|line| line.trim().strip_prefix('"')?.get(..4)).collect();
        let needed: BTreeSet<_> = classes().into_iter().map(|class| format!("{:04}", class.uid())).collect();
        assert!(made.iter().eq(&needed), "infra/security-lake/sources.sh makes {made:?}, and the table has {needed:?}");
    }

    #[test]
    fn names_of_sources_are_short_and_plain() {
        assert_eq!(
            classes().len(),
            9,
            "a source for a new class: infra/security-lake/sources.sh, docs/security-lake.md"
        );
        for name in classes().into_iter().map(source) {
            assert!(name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
            // The role that Security Lake makes may have 64; no region has a longer name than this one.
            assert!(format!("AmazonSecurityLake-Provider-{name}-ap-southeast-1").len() <= 64, "{name}");
        }
    }
}
