//! Writes `docs/data-reference.md`, and `infra/athena/template.yaml`. What a column holds and where it comes from is not told but tried: the mapping is
//! given LogEvents that differ in one field, and what changes in the row comes from that field.
//!
//! `cargo run -p data-reference` writes both. A test fails when one of them is not what it would write.

mod athena;
mod columns;
mod leaves;
mod origins;
mod page;
mod queries;

use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    for (path, text) in [(path(), page::write()?), (athena::path(), athena::write()?)] {
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
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

    #[test]
    fn athena_knows_the_schema() {
        let template = std::fs::read_to_string(super::athena::path()).unwrap();
        let is_current = template == super::athena::write().unwrap();
        assert!(is_current, "infra/athena/template.yaml is out of date: run `cargo run -p data-reference`");
    }
}
