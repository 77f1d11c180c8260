//! Writes `docs/data-reference.md`. What a column holds and where it comes from is not told but tried: the mapping is
//! given LogEvents that differ in one field, and what changes in the row comes from that field.
//!
//! `cargo run -p data-reference` writes the page. A test fails when the page is not what it would write.

mod columns;
mod leaves;
mod origins;
mod page;
mod queries;

use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let path = path();
    std::fs::write(&path, page::write()?).with_context(|| format!("cannot write {}", path.display()))
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/data-reference.md")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_what_the_mapping_does() {
        let page = std::fs::read_to_string(super::path()).unwrap();
        let is_current = page == super::page::write().unwrap();
        assert!(is_current, "docs/data-reference.md is out of date: run `cargo run -p data-reference`");
    }
}
