//! The graph's nodes, edges and roles, in docs/graph.md.

use anyhow::Result;

use crate::section;

/// The page with the tables as they are.
pub(crate) fn in_page(page: &str) -> Result<String> {
    section::replace(page, "tables", &insight::graph::reference::tables())
}
