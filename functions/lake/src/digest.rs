//! Digests and how they are written.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// SHA-256 cut to 128 bits: enough to tell the events of an hour apart, in little memory.
pub type Key = [u8; 16];

/// The key of an event in memory, by its uuid.
pub fn key(uid: &str) -> Key {
    let digest = Sha256::digest(uid.as_bytes());
    std::array::from_fn(|at| digest[at])
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The first 128 bits of a digest in hexadecimal: the name of an object by its content.
pub fn name(digest: Sha256) -> String {
    hex(&digest.finalize()[..16])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_sha_256() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), of_nothing);
        assert_eq!(name(Sha256::new()), of_nothing[..32]);
        assert_eq!(hex(&key("")), of_nothing[..32]);
    }
}
