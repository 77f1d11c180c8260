//! The pages for maintainers name files: each of them must exist.

#![cfg(test)]

use std::fs;

use crate::in_repository;

/// Pages whose paths are relative to the repository.
const PAGES: [&str; 3] = ["SECURITY.md", "docs/glossary.md", "docs/state-formats.md"];

/// Where the paths begin that are looked at.
const ROOTS: [&str; 4] = ["functions/", "infra/", "tests/", "docs/"];

#[test]
fn every_file_that_a_page_names_exists() {
    let decisions = fs::read_dir(in_repository("docs/decisions")).unwrap().map(|page| page.unwrap().path());
    for page in PAGES.into_iter().map(in_repository).chain(decisions) {
        for path in paths(&fs::read_to_string(&page).unwrap()) {
            assert!(in_repository(&path).exists(), "{}: there is no {path}", page.display());
        }
    }
}

/// What stands in backticks and begins like a path, with `{a,b}` written out.
fn paths(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|it| ROOTS.iter().any(|root| it.starts_with(root)));
    quoted.flat_map(written_out).collect()
}

fn written_out(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let Some((names, after)) = rest.split_once('}') else { return vec![path.to_owned()] };
    names.split(',').map(|name| format!("{before}{name}{after}")).collect()
}
