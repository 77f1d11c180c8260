//! Writes every generated page and template of the repository from the tables and types that they describe.
//!
//! `cargo run -p data-reference` writes them; with `--check` it writes nothing and fails if one of them is out of date. A
//! test does the same check.

mod athena;
mod columns;
mod configuration;
mod detections;
mod entities;
mod events;
mod graph;
mod leaves;
mod metrics;
mod origins;
mod page;
mod paths;
mod posture;
mod queries;
mod section;
mod types;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

/// A generated file: its path in the repository, and what it must hold.
struct Generated {
    path: &'static str,
    text: String,
}

fn main() -> Result<ExitCode> {
    match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => write().map(|()| ExitCode::SUCCESS),
        [option] if option == "--check" => check(),
        arguments => bail!("unexpected arguments {arguments:?}: give --check, or nothing"),
    }
}

fn write() -> Result<()> {
    for Generated { path, text } in generated()? {
        std::fs::write(in_repository(path), text).with_context(|| format!("cannot write {path}"))?;
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "this is what the command is for")]
fn check() -> Result<ExitCode> {
    let stale = stale()?;
    for path in &stale {
        eprintln!("{path} is out of date: run `cargo run -p data-reference`");
    }
    Ok(if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files that do not hold what they must.
fn stale() -> Result<Vec<&'static str>> {
    let is_stale = |it: &Generated| std::fs::read_to_string(in_repository(it.path)).ok().as_ref() != Some(&it.text);
    Ok(generated()?.into_iter().filter(is_stale).map(|it| it.path).collect())
}

fn generated() -> Result<Vec<Generated>> {
    let readme = events::in_readme(&read("README.md")?)?;
    let patterns = events::patterns()?.into_iter().map(|(path, text)| Generated { path, text });
    let pages = [
        Generated { path: "README.md", text: metrics::in_readme(&readme)? },
        Generated { path: "docs/configuration.md", text: configuration::write()? },
        Generated { path: "docs/data-reference.md", text: page::write()? },
        Generated { path: "docs/detections.md", text: detections::write()? },
        Generated { path: "docs/events.md", text: events::in_page(&read("docs/events.md")?)? },
        Generated { path: "docs/graph.md", text: graph::in_page(&read("docs/graph.md")?)? },
        Generated { path: "docs/inventory.md", text: entities::in_page(&read("docs/inventory.md")?)? },
        Generated { path: "docs/posture.md", text: posture::write() },
        Generated { path: "infra/athena/template.yaml", text: athena::write()? },
    ];
    Ok(pages.into_iter().chain(patterns).collect())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(in_repository(path)).with_context(|| format!("cannot read {path}"))
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_generated_file_is_up_to_date() {
        let stale = super::stale().unwrap();
        assert!(stale.is_empty(), "{stale:?} are out of date: run `cargo run -p data-reference`");
    }
}
