//! The keys of the lake's objects: hive-style partitions in UTC. [`crate::key`] reads them. Pure.

use jiff::Timestamp;
use normalize::Tenant;

use crate::format::Format;
use crate::key::Key;
use crate::partition::Partition;

/// The tenant part of keys for messages whose org is unknown. No tenant starts with `_`.
pub const UNKNOWN_TENANT: &str = "_unknown";

/// `live/tenant=T/day=YYYY-MM-DD/hour=HH/<digest>.<extension>`.
pub fn live_key(partition: &Partition, digest: &str, format: Format) -> String {
    format!("{}{digest}.{}", live_folder(partition), format.extension())
}

/// `live/tenant=T/`: what is not sealed yet, or not removed since.
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
    match Key::parse(key)? {
        Key::Live { partition, name } => (partition.tenant == *tenant).then_some((partition.hour, name)),
        _ => None,
    }
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

/// `ledger/tenant=T/`: the org's ledger.
pub fn ledger_prefix(tenant: &Tenant) -> String {
    format!("ledger/tenant={tenant}/")
}

/// `ledger/tenant=T/day=YYYY-MM-DD/HH.json`: the entry of an hour.
pub fn ledger_key(partition: &Partition) -> String {
    let Partition { tenant, hour } = partition;
    format!("ledger/tenant={tenant}/day={}/{}.json", day(*hour), hour_of_day(*hour))
}

/// The hour that a key of an org's ledger is about; none if it is no such key.
pub fn ledger_hour(tenant: &Tenant, key: &str) -> Option<Timestamp> {
    match Key::parse(key)? {
        Key::Ledger(partition) => (partition.tenant == *tenant).then_some(partition.hour),
        _ => None,
    }
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

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn hour_of_day(time: Timestamp) -> String {
    time.strftime("%H").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    fn partition() -> Partition {
        Partition { tenant: Tenant::parse("acme").unwrap(), hour: "2026-05-04T09:00:00Z".parse().unwrap() }
    }

    #[test]
    fn every_key_that_is_built_is_read() {
        let (partition, tenant) = (partition(), partition().tenant);
        let day: Date = "2026-05-04".parse().unwrap();
        let name = "d1.parquet";
        let read = |key: &str, expected: Key<'_>| assert_eq!(Key::parse(key), Some(expected), "{key}");
        let live = live_key(&partition, "d1", Format::Parquet);
        read(&live, Key::Live { partition: partition.clone(), name });
        let sealed = sealed_key(&partition, 12, "d1", Format::Parquet);
        read(&sealed, Key::Sealed { partition: partition.clone(), generation: 12, name });
        read(&ledger_key(&partition), Key::Ledger(partition.clone()));
        for (org, known) in [("acme", Some(&tenant)), (UNKNOWN_TENANT, None)] {
            let key = quarantine_key(known, partition.hour, "d1");
            read(&key, Key::Quarantine { tenant: org, day, name: "d1.json" });
        }
        let part = part_key(&tenant, "user", "s1", 3);
        let name = "part-00003.parquet";
        read(&part, Key::Inventory { entity: "user", tenant: tenant.clone(), snapshot: "s1", name });
        let changes = changes_key(&tenant, "user", partition.hour, "s1", 3);
        read(&changes, Key::Changes { entity: "user", tenant: tenant.clone(), day, name: "s1-00003.parquet" });
        read(&manifest_key(&tenant, "s1"), Key::Manifest { tenant: tenant.clone(), snapshot: "s1" });
        read(&state_key(&tenant, "logs/1/job.json"), Key::State { tenant, name: "logs/1/job.json" });
    }

    #[test]
    fn keys_are_partitioned_by_tenant_day_and_hour() {
        let tenant = Tenant::parse("acme").unwrap();
        let hour: Timestamp = "2026-05-04T09:00:00Z".parse().unwrap();
        let partition = Partition { tenant: tenant.clone(), hour };
        let live = live_key(&partition, "d1", Format::Parquet);
        assert_eq!(live, "live/tenant=acme/day=2026-05-04/hour=09/d1.parquet");
        let sealed = sealed_key(&partition, 2, "d3", Format::Ndjson);
        assert_eq!(sealed, "sealed/tenant=acme/day=2026-05-04/hour=09/gen=2/d3.ndjson.zst");
        let ledger = ledger_key(&partition);
        assert_eq!(ledger, "ledger/tenant=acme/day=2026-05-04/09.json");
        assert_eq!(quarantine_key(Some(&tenant), hour, "d2"), "quarantine/tenant=acme/day=2026-05-04/d2.json");
        assert_eq!(quarantine_key(None, hour, "d2"), "quarantine/tenant=_unknown/day=2026-05-04/d2.json");
    }

    proptest! {
        #[test]
        fn every_hour_has_one_key(hour in -10_000_i64..1_000_000) {
            let hour = Timestamp::from_second(hour * 3_600).unwrap();
            let partition = Partition { hour, ..partition() };
            let key = ledger_key(&partition);
            prop_assert_eq!(Key::parse(&key), Some(Key::Ledger(partition)));
        }
    }
}
