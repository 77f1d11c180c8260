//! Where objects lie: pure keys, hive-style partitions in UTC.

use jiff::Timestamp;
use normalize::Tenant;

use crate::batch::Partition;
use crate::encode::Format;

/// The tenant part of keys for what cannot be told to belong to an org. No tenant starts with `_`.
pub const UNKNOWN_TENANT: &str = "_unknown";

/// `live/tenant=T/day=YYYY-MM-DD/hour=HH/<digest>.<extension>`.
pub fn live_key(partition: &Partition, digest: &str, format: Format) -> String {
    let Partition { tenant, hour } = partition;
    format!("live/tenant={tenant}/day={}/hour={}/{digest}.{}", day(*hour), hour_of_day(*hour), format.extension())
}

/// `quarantine/tenant=T/day=YYYY-MM-DD/<digest>.json`, the day being that of the receipt.
pub fn quarantine_key(tenant: Option<&Tenant>, received: Timestamp, digest: &str) -> String {
    let tenant = tenant.map_or(UNKNOWN_TENANT, Tenant::as_str);
    format!("quarantine/tenant={tenant}/day={}/{digest}.json", day(received))
}

/// `state/tenant=T/<name>`: what the functions remember about an org.
pub fn state_key(tenant: &Tenant, name: &str) -> String {
    format!("state/tenant={tenant}/{name}")
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn hour_of_day(time: Timestamp) -> String {
    time.strftime("%H").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_partitioned_by_tenant_day_and_hour() {
        let tenant = Tenant::parse("acme").unwrap();
        let hour: Timestamp = "2026-05-04T09:00:00Z".parse().unwrap();
        let partition = Partition { tenant: tenant.clone(), hour };
        let live = live_key(&partition, "d1", Format::Parquet);
        assert_eq!(live, "live/tenant=acme/day=2026-05-04/hour=09/d1.parquet");
        assert_eq!(quarantine_key(Some(&tenant), hour, "d2"), "quarantine/tenant=acme/day=2026-05-04/d2.json");
        assert_eq!(quarantine_key(None, hour, "d2"), "quarantine/tenant=_unknown/day=2026-05-04/d2.json");
    }
}
