//! A LogEvent of each family, as it comes from Okta, and the row that a reader sees, reviewed.

use std::fs;
use std::path::Path;

use crate::{leaves, row};

/// Every fixture as its name and its event.
pub(crate) fn all() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mapping/fixtures");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let named = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut fixtures: Vec<_> = files.map(|path| (named(&path), fs::read_to_string(&path).unwrap())).collect();
    fixtures.sort();
    fixtures
}

#[test]
fn each_family_has_its_reviewed_row() {
    for (name, event) in all() {
        let mut row = row::of(&event);
        assert_eq!(ocsf_check::check(&row), [], "{name}");
        row.as_object_mut().unwrap().remove("raw_data");
        insta::assert_json_snapshot!(name, row);
    }
}

#[test]
fn no_family_loses_a_leaf() {
    for (name, event) in all() {
        assert_eq!(leaves::lost(&event, &row::of(&event)), [] as [String; 0], "{name}");
    }
}
