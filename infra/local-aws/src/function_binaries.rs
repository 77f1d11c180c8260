//! Where the function binaries are: beside this one. Run by cargo, they are built first, so that they are never
//! missing and never stale.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::config::{Cargo, Config};
use crate::error::Error;

/// The binaries of both functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionBinaries {
    /// The stream function.
    pub stream: PathBuf,
    /// The backfill function.
    pub backfill: PathBuf,
}

impl FunctionBinaries {
    /// Finds the binaries, and builds them first if this process is run by cargo. What cargo says goes to standard error.
    pub fn find(config: &Config) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(Error::file("find", "the folder of okta-lake"))?;
        if let Some(cargo) = &config.cargo {
            build(cargo, &own)?;
        }
        Self::beside(binaries_folder(&own))
    }

    fn beside(folder: &Path) -> Result<Self, Error> {
        let find = |name| {
            let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
            if path.is_file() { Ok(path) } else { Err(Error::NoFunction { name, path }) }
        };
        Ok(Self { stream: find("stream")?, backfill: find("backfill")? })
    }
}

/// The folder of this binary; a test's own is one deeper than those of the binaries.
fn binaries_folder(own: &Path) -> &Path {
    let folder = own.parent().unwrap_or(own);
    match folder.parent() {
        Some(above) if folder.ends_with("deps") => above,
        _ => folder,
    }
}

/// The name of the test that this binary is, if it is one: `deps/system-0123456789abcdef` is `system`.
fn test_name(own: &Path) -> Option<&str> {
    let is_test = own.parent().is_some_and(|folder| folder.ends_with("deps"));
    own.file_stem()?.to_str()?.rsplit_once('-').map(|(name, _)| name).filter(|_| is_test)
}

fn build(cargo: &Cargo, own: &Path) -> Result<(), Error> {
    let arguments = arguments(own);
    let mut command = Command::new(&cargo.binary);
    command.current_dir(workspace(&cargo.folder)).args(&arguments);
    // Standard output belongs to the command that builds this: its rows must not be mixed with cargo's.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().map_err(Error::file("run", &cargo.binary))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Build { command: format!("cargo {}", arguments.join(" ")), status })
}

/// The workspace's folder: the lock file is there, and was written before cargo ran this.
fn workspace(package: &Path) -> &Path {
    package.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap_or(package)
}

/// What is built already must not be built again with other features, so the same packages are selected as by the command
/// that built this binary: `cargo run` takes the default members, as `cargo build` does, and `cargo test --workspace` takes
/// all, with what tests need.
fn arguments(own: &Path) -> Vec<String> {
    let mut arguments = vec!["build".to_owned()];
    if let Some(test) = test_name(own) {
        arguments.extend(["--workspace", "--bin", "stream", "--bin", "backfill", "--test", test].map(str::to_owned));
    }
    let folder = binaries_folder(own);
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "dev",
        Some(name) => name,
    };
    arguments.extend(["--profile".to_owned(), profile.to_owned()]);
    if let Some(target) = folder.parent() {
        arguments.extend(["--target-dir".to_owned(), target.display().to_string()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_built_as_the_own_binary_was() {
        let folder = |own| binaries_folder(Path::new(own)).to_owned();
        assert_eq!(folder("/src/target/release/okta-lake"), Path::new("/src/target/release"));
        assert_eq!(folder("/src/target/debug/deps/tests-0123"), Path::new("/src/target/debug"));
        let built = |own| arguments(Path::new(own)).join(" ");
        assert_eq!(
            built("/src/target/debug/deps/system-0123"),
            "build --workspace --bin stream --bin backfill --test system --profile dev --target-dir /src/target"
        );
        assert_eq!(built("/src/target/debug/okta-lake"), "build --profile dev --target-dir /src/target");
        assert_eq!(built("/src/target/release/okta-lake"), "build --profile release --target-dir /src/target");
    }

    #[test]
    fn the_workspace_is_found_from_a_package() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = workspace(package);
        assert_eq!(root, package.parent().unwrap().parent().unwrap());
        assert!(std::fs::read_to_string(root.join("Cargo.toml")).unwrap().contains("[workspace]"));
    }

    #[test]
    fn a_missing_binary_is_named_with_the_way_to_get_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("stream"), "").unwrap();
        let error = FunctionBinaries::beside(folder.path()).unwrap_err().to_string();
        assert!(error.contains("function backfill") && error.contains("`cargo build`"), "{error}");
    }
}
