//! Files and folders that only their owner may use (0600, 0700): a lake holds personal data, a secret opens an org.

use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Makes a folder and those above it that are missing. A folder that exists stays as it is.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file as a whole. It replaces a file of this name, whose permissions may have been wider.
pub fn write(path: &Path, content: &[u8]) -> io::Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are made with 0600.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|failed| failed.error)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_owner_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (deep, file) = (folder.path().join("a/b"), folder.path().join("a/b/secret.json"));
        create_folder(&deep).unwrap();
        create_folder(&deep).expect("it is there already");
        assert_eq!((mode(&folder.path().join("a")), mode(&deep)), (0o700, 0o700));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        write(&file, b"new").unwrap();
        assert_eq!((mode(&file), fs::read(&file).unwrap().as_slice()), (0o600, &b"new"[..]));
    }
}
