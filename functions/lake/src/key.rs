//! What a key of the lake means: the inverse of [`crate::layout`]. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use normalize::Tenant;

use crate::partition::Partition;

/// A key of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key<'a> {
    /// `live/tenant=T/day=D/hour=HH/<name>`: rows that may not be sealed yet.
    Live {
        /// The hour.
        partition: Partition,
        /// The name of the object.
        name: &'a str,
    },
    /// `sealed/tenant=T/day=D/hour=HH/gen=N/<name>`: the rows of a generation of an hour.
    Sealed {
        /// The hour.
        partition: Partition,
        /// The generation.
        generation: u64,
        /// The name of the object.
        name: &'a str,
    },
    /// `ledger/tenant=T/day=D/HH.json`: the entry of an hour.
    Ledger(Partition),
    /// `quarantine/tenant=T/day=D/<name>`: a record that could not be parsed.
    Quarantine {
        /// The org, or [`crate::layout::UNKNOWN_TENANT`].
        tenant: &'a str,
        /// The day of the receipt.
        day: Date,
        /// The name of the object.
        name: &'a str,
    },
    /// `inventory/entity=E/tenant=T/snapshot=S/<name>`: a part of a collection of an entity.
    Inventory {
        /// The entity.
        entity: &'a str,
        /// The org.
        tenant: Tenant,
        /// The collection.
        snapshot: &'a str,
        /// The name of the part.
        name: &'a str,
    },
    /// `changes/entity=E/tenant=T/day=D/<name>`: what a collection found changed.
    Changes {
        /// The entity.
        entity: &'a str,
        /// The org.
        tenant: Tenant,
        /// The day of the collection.
        day: Date,
        /// The name of the part.
        name: &'a str,
    },
    /// `manifests/tenant=T/<snapshot>.json`: what a collection came to.
    Manifest {
        /// The org.
        tenant: Tenant,
        /// The collection.
        snapshot: &'a str,
    },
    /// `state/tenant=T/<name>`: what the functions remember about an org; the name may have slashes.
    State {
        /// The org.
        tenant: Tenant,
        /// The name.
        name: &'a str,
    },
}

impl<'a> Key<'a> {
    /// Reads a key; none if no part of okta-lake writes such a key.
    pub fn parse(key: &'a str) -> Option<Self> {
        let (prefix, rest) = key.split_once('/')?;
        if prefix == "state" {
            let (tenant, name) = rest.split_once('/')?;
            return Some(Self::State { tenant: tenant_of(tenant)?, name }).filter(|_| !name.is_empty());
        }
        let parts: Vec<_> = rest.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        match (prefix, parts.as_slice()) {
            ("live", [tenant, day, hour, name]) => Some(Self::Live { partition: hour_of(tenant, day, hour)?, name }),
            ("sealed", [tenant, day, hour, generation, name]) => {
                let generation = number(value(generation, "gen")?)?;
                Some(Self::Sealed { partition: hour_of(tenant, day, hour)?, generation, name })
            }
            ("ledger", [tenant, day, name]) => {
                let (day, hour) = (value(day, "day")?, name.strip_suffix(".json")?);
                Some(Self::Ledger(Partition { tenant: tenant_of(tenant)?, hour: start(day, hour)? }))
            }
            ("quarantine", [tenant, day, name]) => {
                Some(Self::Quarantine { tenant: value(tenant, "tenant")?, day: date(value(day, "day")?)?, name })
            }
            ("inventory", [entity, tenant, snapshot, name]) => Some(Self::Inventory {
                entity: value(entity, "entity")?,
                tenant: tenant_of(tenant)?,
                snapshot: value(snapshot, "snapshot")?,
                name,
            }),
            ("changes", [entity, tenant, day, name]) => Some(Self::Changes {
                entity: value(entity, "entity")?,
                tenant: tenant_of(tenant)?,
                day: date(value(day, "day")?)?,
                name,
            }),
            ("manifests", [tenant, name]) => {
                Some(Self::Manifest { tenant: tenant_of(tenant)?, snapshot: name.strip_suffix(".json")? })
            }
            _ => None,
        }
    }

    /// The hour of an object with rows, or of a ledger entry.
    pub fn partition(&self) -> Option<&Partition> {
        match self {
            Self::Live { partition, .. } | Self::Sealed { partition, .. } | Self::Ledger(partition) => Some(partition),
            _ => None,
        }
    }
}

fn value<'a>(part: &'a str, name: &str) -> Option<&'a str> {
    part.strip_prefix(name)?.strip_prefix('=').filter(|value| !value.is_empty())
}

fn tenant_of(part: &str) -> Option<Tenant> {
    Tenant::parse(value(part, "tenant")?).ok()
}

fn hour_of(tenant: &str, day: &str, hour: &str) -> Option<Partition> {
    Some(Partition { tenant: tenant_of(tenant)?, hour: start(value(day, "day")?, value(hour, "hour")?)? })
}

/// The start of an hour, from `YYYY-MM-DD` and two digits.
fn start(day: &str, hour: &str) -> Option<Timestamp> {
    let hour = (hour.len() == 2).then(|| hour.parse().ok()).flatten().filter(|hour| (0..24).contains(hour))?;
    TimeZone::UTC.to_timestamp(date(day)?.at(hour, 0, 0, 0)).ok()
}

/// Only the form that okta-lake writes: another one would be another key for the same day.
fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

/// A number without leading zeros.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_writes_is_no_key() {
        for key in [
            "live/tenant=acme/day=2026-05-04/hour=9/d1",
            "live/tenant=acme/day=2026-05-04/hour=24/d1",
            "live/tenant=acme/day=2026-5-4/hour=09/d1",
            "live/tenant=acme/day=2026-05-04/hour=09/",
            "live/tenant=acme/day=2026-05-04/hour=09/x/d1",
            "live/tenant=../day=2026-05-04/hour=09/d1",
            "live/.DS_Store",
            "sealed/tenant=acme/day=2026-05-04/hour=09/gen=01/d1",
            "ledger/tenant=acme/day=2026-05-04/24.json",
            "ledger/tenant=acme/day=2026-05-04/09.txt",
            "state/tenant=acme/",
            "other/tenant=acme/x",
            "",
        ] {
            assert_eq!(Key::parse(key), None, "{key}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(live|sealed|ledger|state)?/?(tenant=a/)?(day=2026-0[0-9]-[0-9]{2}/)?.{0,40}") {
            let _ = Key::parse(&text);
        }
    }
}
