//! Digests and how they are written.

use std::fmt::Write as _;
use std::io::{self, Read};

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

/// SHA-256 of a file in hexadecimal, and how many bytes it has.
pub fn of_file(mut file: impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex(&hasher.finalize()), bytes)),
            read => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
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
        assert_eq!(of_file(&b""[..]).unwrap(), (of_nothing.to_owned(), 0));
        let long = vec![7; 100_000];
        assert_eq!(of_file(&*long).unwrap(), (sha256(&long), 100_000));
    }
}
