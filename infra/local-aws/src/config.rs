//! Every variable of the local stack, read once.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the environment says about how this process was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// `CARGO` and `CARGO_MANIFEST_DIR`: set when cargo runs this, as in `cargo run` and `cargo test`.
    pub cargo: Option<Cargo>,
    /// `OKTA_LAKE_FORMAT`, `OKTA_LAKE_LOG`, `OKTA_LAKE_RATE_SHARE`: handed on to the functions as they are.
    pub handed_on: Vec<(String, String)>,
}

/// The cargo that runs this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cargo {
    /// The cargo binary.
    pub binary: PathBuf,
    /// A folder inside the workspace.
    pub folder: PathBuf,
}

/// The variables of the functions that a person may set for a local run, too.
const HANDED_ON: [&str; 3] = ["OKTA_LAKE_FORMAT", "OKTA_LAKE_LOG", "OKTA_LAKE_RATE_SHARE"];

impl Config {
    /// Reads the environment of this process.
    pub fn from_environment() -> Self {
        Self::read(|name| std::env::var_os(name))
    }

    fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cargo = path("CARGO").zip(path("CARGO_MANIFEST_DIR"));
        let handed_on =
            HANDED_ON.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?.into_string().ok()?)));
        Self { cargo: cargo.map(|(binary, folder)| Cargo { binary, folder }), handed_on: handed_on.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Config {
        Config::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn cargo_is_known_by_both_its_variables() {
        assert_eq!(read(&[("CARGO", "/bin/cargo")]).cargo, None);
        let cargo = read(&[("CARGO", "/bin/cargo"), ("CARGO_MANIFEST_DIR", "/src")]).cargo.unwrap();
        assert_eq!((cargo.binary, cargo.folder), (PathBuf::from("/bin/cargo"), PathBuf::from("/src")));
    }

    #[test]
    fn only_what_the_functions_know_is_handed_on() {
        let config = read(&[("OKTA_LAKE_FORMAT", "ndjson"), ("AWS_PROFILE", "production")]);
        assert_eq!(config.handed_on, [("OKTA_LAKE_FORMAT".to_owned(), "ndjson".to_owned())]);
    }
}
