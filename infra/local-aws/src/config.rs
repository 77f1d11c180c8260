//! Every variable of the local stack, read once.

use std::ffi::OsString;
use std::path::PathBuf;

use runtime::variables::{Reader, VARIABLES};

/// What the environment says about how this process was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// `CARGO` and `CARGO_MANIFEST_DIR`: set when cargo runs this, as in `cargo run` and `cargo test`.
    pub cargo: Option<Cargo>,
    /// The variables that are passed on to the functions as they are ([`Reader::Command`]).
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

impl Config {
    /// Reads the environment of this process.
    pub fn from_environment() -> Self {
        Self::read(|name| std::env::var_os(name))
    }

    fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cargo = path("CARGO").zip(path("CARGO_MANIFEST_DIR"));
        let handed_on = VARIABLES.iter().filter(|it| it.readers.contains(&Reader::Command));
        let handed_on = handed_on.filter_map(|it| Some((it.name.to_owned(), variable(it.name)?.into_string().ok()?)));
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
