//! The inventory of a local lake as a graph: its manifests, the parts that they name, and the changes.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};
use backfill::inventory::manifest::Manifest;
use backfill::inventory::stored::{self, Stored, StoredEntity};
use insight::graph::builder::Builder;
use insight::graph::change::Change;
use insight::graph::model::Graph;
use insight::graph::sources::SOURCES;
use insight::inventory::Known;
use jiff::Timestamp;
use lake::stored::ReadError;
use normalize::Tenant;

use crate::damage::Damage;
use crate::view_index::{files, known_tenants};

/// A graph, and what could not be read for it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) graph: Graph,
    pub(crate) damage: Damage,
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("cannot open it")]
    Open(#[source] io::Error),
    #[error(transparent)]
    Damaged(#[from] ReadError),
    #[error("it is no manifest")]
    Manifest(#[source] serde_json::Error),
    #[error("{0} of its rows are no JSON")]
    Rows(u64),
}

/// The tenant that is meant: the named one, or the only one.
pub(crate) fn tenant(lake: &Path, named: Option<&Tenant>) -> anyhow::Result<Tenant> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    let mut known = known_tenants(lake)?.into_iter();
    match (known.next(), known.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => bail!("the lake has no tenant yet"),
        _ => bail!("the lake has several tenants: name one with --tenant"),
    }
}

/// Reads the graph of an org at an instant; by default that of the end of the latest collection.
pub(crate) fn graph(lake: &Path, tenant: &Tenant, at: Option<Timestamp>) -> anyhow::Result<Read> {
    let mut damage = Damage::default();
    let manifests = manifests(lake, tenant, &mut damage)?;
    let stored = stored::latest(tenant, manifests).with_context(|| {
        format!("no inventory of {tenant} has ended: `okta-lake run inventory --secret FILE` collects one")
    })?;
    let changes = changes(lake, tenant, &stored, &mut damage)?;
    let mut builder = Builder::new(tenant.as_str(), at.unwrap_or(stored.until), changes);
    for source in SOURCES {
        if let Some(entity) = stored.entities.get(source.entity) {
            add(lake, source.entity, entity, &mut builder, &mut damage);
        }
    }
    Ok(Read { graph: builder.finish(), damage })
}

fn manifests(lake: &Path, tenant: &Tenant, damage: &mut Damage) -> anyhow::Result<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for path in files(&lake.join(format!("manifests/tenant={tenant}")))? {
        match read(&path).and_then(|body| serde_json::from_slice(&body).map_err(FileError::Manifest)) {
            Ok(manifest) => manifests.push(manifest),
            Err(error) => damage.add(lake, &path, &error),
        }
    }
    Ok(manifests)
}

fn changes(lake: &Path, tenant: &Tenant, stored: &Stored, damage: &mut Damage) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for source in SOURCES {
        for path in files(&lake.join(format!("changes/entity={}/tenant={tenant}", source.entity)))? {
            let found = read(&path).and_then(|body| Ok(stored.changes(source.entity, body.into())?));
            match found {
                Ok(found) => changes.extend(found),
                Err(error) => damage.add(lake, &path, &error),
            }
        }
    }
    Ok(changes)
}

/// Adds an entity; one of whose parts cannot be read is not known whole.
fn add(lake: &Path, name: &str, entity: &StoredEntity, builder: &mut Builder, damage: &mut Damage) {
    let mut known = entity.known.clone();
    for key in &entity.keys {
        let path = lake.join(key);
        let added =
            read(&path).and_then(|body| Ok(stored::records(body.into(), |record| builder.record(name, &record))?));
        let error = match added {
            Ok(0) => continue,
            Ok(rows) => FileError::Rows(rows),
            Err(error) => error,
        };
        known = Known::Partial { reasons: vec![format!("{key} cannot be read whole")], parents_unread: 0 };
        damage.add(lake, &path, &error);
    }
    builder.entity(name, &known, entity.since);
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::Open)
}
