//! Where objects lie: pure keys, hive-style partitions in UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use normalize::Tenant;

use crate::format::Format;
use crate::partition::Partition;

/// The tenant part of keys for what cannot be told to belong to an org. No tenant starts with `_`.
pub const UNKNOWN_TENANT: &str = "_unknown";

/// `live/tenant=T/day=YYYY-MM-DD/hour=HH/<digest>.<extension>`.
pub fn live_key(partition: &Partition, digest: &str, format: Format) -> String {
    format!("{}{digest}.{}", live_folder(partition), format.extension())
}

/// `live/tenant=T/`: what is not sealed yet, or was not cleared away since.
pub fn live_prefix(tenant: &Tenant) -> String {
    format!("live/tenant={tenant}/")
}

/// `live/tenant=T/day=YYYY-MM-DD/hour=HH/`: what is not sealed yet of an hour.
pub fn live_folder(partition: &Partition) -> String {
    let Partition { tenant, hour } = partition;
    format!("live/tenant={tenant}/day={}/hour={}/", day(*hour), hour_of_day(*hour))
}

/// The hour and the name of an object of an org's part of `live/`; none if it is no such key.
pub fn live_object<'a>(tenant: &Tenant, key: &'a str) -> Option<(Timestamp, &'a str)> {
    let mut parts = key.strip_prefix(&live_prefix(tenant))?.split('/');
    let (day, hour, name) = (parts.next()?.strip_prefix("day=")?, parts.next()?.strip_prefix("hour=")?, parts.next()?);
    (parts.next().is_none() && !name.is_empty()).then_some((hour_start(day, hour)?, name))
}

/// `sealed/tenant=T/day=YYYY-MM-DD/hour=HH/`: every generation of an hour.
pub fn sealed_prefix(partition: &Partition) -> String {
    let Partition { tenant, hour } = partition;
    format!("sealed/tenant={tenant}/day={}/hour={}/", day(*hour), hour_of_day(*hour))
}

/// `sealed/.../gen=N/<digest>.<extension>`.
pub fn sealed_key(partition: &Partition, generation: u64, digest: &str, format: Format) -> String {
    format!("{}gen={generation}/{digest}.{}", sealed_prefix(partition), format.extension())
}

/// `sealed/tenant=T/`: every generation of every hour.
pub fn sealed_tenant_prefix(tenant: &Tenant) -> String {
    format!("sealed/tenant={tenant}/")
}

/// The hour that a sealed object of an org is about; none if the key is no such key.
pub fn sealed_hour(tenant: &Tenant, key: &str) -> Option<Timestamp> {
    let mut parts = key.strip_prefix(&sealed_tenant_prefix(tenant))?.split('/');
    let (day, hour) = (parts.next()?.strip_prefix("day=")?, parts.next()?.strip_prefix("hour=")?);
    parts.next()?.strip_prefix("gen=")?;
    hour_start(day, hour)
}

/// The generation that a sealed object was made for.
pub fn sealed_generation(key: &str) -> Option<u64> {
    key.split('/').find_map(|part| part.strip_prefix("gen="))?.parse().ok()
}

/// `ledger/tenant=T/`: the org's ledger.
pub fn ledger_prefix(tenant: &Tenant) -> String {
    format!("ledger/tenant={tenant}/")
}

/// `ledger/tenant=T/day=YYYY-MM-DD/HH.json`: the seal of an hour.
pub fn ledger_key(partition: &Partition) -> String {
    let Partition { tenant, hour } = partition;
    format!("ledger/tenant={tenant}/day={}/{}.json", day(*hour), hour_of_day(*hour))
}

/// The hour that a key of an org's ledger is about; none if it is no such key.
pub fn ledger_hour(tenant: &Tenant, key: &str) -> Option<Timestamp> {
    let (day, hour) = key.strip_prefix(&ledger_prefix(tenant))?.split_once('/')?;
    hour_start(day.strip_prefix("day=")?, hour.strip_suffix(".json")?)
}

/// `quarantine/tenant=T/day=YYYY-MM-DD/<digest>.json`, the day being that of the receipt.
pub fn quarantine_key(tenant: Option<&Tenant>, received: Timestamp, digest: &str) -> String {
    let tenant = tenant.map_or(UNKNOWN_TENANT, Tenant::as_str);
    format!("{}{digest}.json", quarantine_folder(tenant, received))
}

/// `quarantine/tenant=T/day=YYYY-MM-DD/`: what came on that day, of an org or of [`UNKNOWN_TENANT`].
pub fn quarantine_folder(tenant: &str, received: Timestamp) -> String {
    format!("quarantine/tenant={tenant}/day={}/", day(received))
}

/// `state/tenant=T/<name>`: what the functions remember about an org.
pub fn state_key(tenant: &Tenant, name: &str) -> String {
    format!("state/tenant={tenant}/{name}")
}

/// `inventory/entity=E/tenant=T/snapshot=S/`: one collection of an entity.
pub fn snapshot_prefix(tenant: &Tenant, entity: &str, snapshot: &str) -> String {
    format!("inventory/entity={entity}/tenant={tenant}/snapshot={snapshot}/")
}

/// `inventory/.../part-NNNNN.parquet`.
pub fn part_key(tenant: &Tenant, entity: &str, snapshot: &str, part: u32) -> String {
    format!("{}part-{part:05}.parquet", snapshot_prefix(tenant, entity, snapshot))
}

/// `changes/entity=E/tenant=T/day=YYYY-MM-DD/S-NNNNN.parquet`, the day being that of the snapshot.
pub fn changes_key(tenant: &Tenant, entity: &str, taken: Timestamp, snapshot: &str, part: u32) -> String {
    format!("changes/entity={entity}/tenant={tenant}/day={}/{snapshot}-{part:05}.parquet", day(taken))
}

/// `manifests/tenant=T/S.json`: what a collection came to.
pub fn manifest_key(tenant: &Tenant, snapshot: &str) -> String {
    format!("manifests/tenant={tenant}/{snapshot}.json")
}

fn hour_start(day: &str, hour: &str) -> Option<Timestamp> {
    let hour = (hour.len() == 2).then(|| hour.parse().ok()).flatten().filter(|hour| (0..24).contains(hour))?;
    TimeZone::UTC.to_timestamp(day.parse::<Date>().ok()?.at(hour, 0, 0, 0)).ok()
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
        assert_eq!(live_object(&tenant, &live), Some((hour, "d1.parquet")));
        let sealed = sealed_key(&partition, 2, "d3", Format::Ndjson);
        assert_eq!(sealed, "sealed/tenant=acme/day=2026-05-04/hour=09/gen=2/d3.ndjson.zst");
        assert_eq!((sealed_hour(&tenant, &sealed), sealed_generation(&sealed)), (Some(hour), Some(2)));
        assert_eq!((sealed_hour(&tenant, &live), sealed_generation(&live)), (None, None));
        let ledger = ledger_key(&partition);
        assert_eq!(ledger, "ledger/tenant=acme/day=2026-05-04/09.json");
        assert_eq!(ledger_hour(&tenant, &ledger), Some(hour));
        assert_eq!(ledger_hour(&tenant, "ledger/tenant=acme/day=2026-05-04/24.json"), None);
        assert_eq!(live_object(&tenant, "live/tenant=acme/day=2026-05-04/hour=9/d1"), None);
        assert_eq!(quarantine_key(Some(&tenant), hour, "d2"), "quarantine/tenant=acme/day=2026-05-04/d2.json");
        assert_eq!(quarantine_key(None, hour, "d2"), "quarantine/tenant=_unknown/day=2026-05-04/d2.json");
    }
}
