//! An inventory with the paths that checks take through it: children by their parent, a record by its id.

use std::collections::HashMap;

use crate::inventory::{Inventory, Known, Record};

/// An inventory, indexed.
#[derive(Debug)]
pub(crate) struct Org<'a> {
    /// The inventory.
    pub(crate) inventory: &'a Inventory,
    children: HashMap<&'a str, HashMap<&'a str, Vec<&'a Record>>>,
}

impl<'a> Org<'a> {
    /// Indexes an inventory.
    pub(crate) fn of(inventory: &'a Inventory) -> Self {
        let mut children: HashMap<&str, HashMap<&str, Vec<&Record>>> = HashMap::new();
        for (entity, found) in &inventory.entities {
            for record in &found.records {
                if let Some(parent) = &record.parent {
                    children.entry(entity).or_default().entry(parent).or_default().push(record);
                }
            }
        }
        Self { inventory, children }
    }

    /// What was read of an entity.
    pub(crate) fn records(&self, entity: &str) -> &'a [Record] {
        self.inventory.records(entity)
    }

    /// How much of it is known.
    pub(crate) fn known(&self, entity: &str) -> &'a Known {
        self.inventory.known(entity)
    }

    /// The records of an entity under one parent.
    pub(crate) fn children(&self, entity: &str, parent: &str) -> &[&'a Record] {
        self.children.get(entity).and_then(|by_parent| by_parent.get(parent)).map_or(&[], Vec::as_slice)
    }

    /// The record with this id. Records are in the order of their ids.
    pub(crate) fn find(&self, entity: &str, id: &str) -> Option<&'a Record> {
        let records = self.records(entity);
        let at = records.binary_search_by(|record| record.id.as_str().cmp(id)).ok()?;
        records.get(at)
    }
}
