//! `MAPPING_VERSION` cannot be forgotten: it belongs to the reviewed rows and to the tables.

use std::fs;
use std::path::Path;

use normalize::MAPPING_VERSION;
use sha2::{Digest as _, Sha256};

/// Each version with the digest of what it made. Rows are only added.
const VERSIONS: [(u32, &str); 2] = [(1, "f03df573160a8ffe460d61cd6301053d"), (2, "1ee63d0194ca18c5a258c500e2015b15")];

#[test]
fn the_version_belongs_to_what_the_mapping_does() {
    let [.., (version, recorded)] = VERSIONS;
    assert!(VERSIONS.is_sorted(), "sort VERSIONS by version");
    let (digest, next) = (digest(), version + 1);
    assert!(
        recorded == digest,
        "the mapping does something else than version {version} did. If the row of any event is another one now, set \
         MAPPING_VERSION in functions/normalize/src/map.rs to {next} and add ({next}, \"{digest}\") to VERSIONS here: \
         otherwise nobody maps what is in the lake anew. If you have only added a fixture, replace the digest of \
         version {version} by {digest}."
    );
    assert_eq!(
        MAPPING_VERSION, version,
        "MAPPING_VERSION in functions/normalize/src/map.rs is not the last of VERSIONS"
    );
}

/// Of the reviewed rows of all fixtures, and of what the tables decide.
fn digest() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut snapshots: Vec<_> = fs::read_dir(folder.join("tests/mapping/snapshots")).unwrap().collect();
    snapshots.sort_by_key(|file| file.as_ref().unwrap().file_name());
    let mut hasher = Sha256::new();
    for file in snapshots {
        let snapshot = fs::read_to_string(file.unwrap().path()).unwrap();
        // What stands above the row says where the test is.
        let (_, row) = snapshot.split_once("\n---\n").unwrap();
        hasher.update(row);
    }
    for line in fs::read_to_string(folder.join("data/event_types.csv")).unwrap().lines() {
        // The last column is a note for people.
        let decided: Vec<_> = line.splitn(5, ',').take(4).collect();
        hasher.update(decided.join(",") + "\n");
    }
    hasher.update(fs::read_to_string(folder.join("data/subjects.csv")).unwrap());
    let half: [u8; 16] = hasher.finalize()[..16].try_into().unwrap();
    format!("{:032x}", u128::from_be_bytes(half))
}
