//! The entities of the inventory, in docs/inventory.md.

use anyhow::Result;

use crate::section;

/// The page with the entities as they are.
pub(crate) fn in_page(page: &str) -> Result<String> {
    section::replace(page, "entities", &backfill::inventory::reference::table())
}
