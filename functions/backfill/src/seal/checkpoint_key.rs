//! Where the checkpoint of an hour lies. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lake::{Partition, layout};
use normalize::Tenant;

const PREFIX: &str = "reading-";
const SUFFIX: &str = ":00:00.bin";

/// `state/tenant=T/reading-YYYY-MM-DDTHH:00:00.bin`.
pub(crate) fn key(partition: &Partition) -> String {
    let hour = partition.hour.strftime("%Y-%m-%dT%H");
    layout::state_key(&partition.tenant, &format!("{PREFIX}{hour}{SUFFIX}"))
}

/// What every key of an org begins with.
pub(crate) fn prefix(tenant: &Tenant) -> String {
    layout::state_key(tenant, PREFIX)
}

/// The hour of a key; none if it is no such key.
pub(crate) fn hour(key: &str) -> Option<Timestamp> {
    let (_, name) = key.rsplit_once(PREFIX)?;
    let time: DateTime = name.strip_suffix(".bin")?.parse().ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_hour() {
        let tenant = Tenant::parse("acme").unwrap();
        let partition = Partition { tenant: tenant.clone(), hour: "2026-05-04T09:00:00Z".parse().unwrap() };
        let key = key(&partition);
        assert_eq!(key, "state/tenant=acme/reading-2026-05-04T09:00:00.bin");
        assert!(key.starts_with(&prefix(&tenant)));
        assert_eq!((hour(&key), hour("state/tenant=acme/reading-x.bin")), (Some(partition.hour), None));
    }
}
