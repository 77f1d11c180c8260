//! The region and the credentials of the local servers: each run has its own, so that no other user of the machine can
//! read the lake or the Okta secret through them.

use std::fmt;

use crate::digest::hex;
use crate::error::Error;

/// The region that requests are signed for. Any would do.
pub const REGION: &str = "us-east-1";

/// An access key that only this process and the functions it starts know.
#[derive(Clone)]
pub struct Credentials {
    /// The public part: it says which secret a request is signed with.
    pub access_key_id: String,
    /// The secret part.
    pub secret_access_key: String,
}

impl Credentials {
    /// New credentials from the operating system's random numbers.
    pub fn random() -> Result<Self, Error> {
        let access_key_id = format!("LOCAL{}", random_text::<8>()?.to_uppercase());
        Ok(Self { access_key_id, secret_access_key: random_text::<32>()? })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Random bytes from the operating system, as hexadecimal digits.
pub(crate) fn random_text<const BYTES: usize>() -> Result<String, Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    Ok(hex(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_differ_and_are_not_printed() {
        let (one, two) = (Credentials::random().unwrap(), Credentials::random().unwrap());
        assert_ne!(one.access_key_id, two.access_key_id);
        assert_ne!(one.secret_access_key, two.secret_access_key);
        assert!(!format!("{one:?}").contains(&one.secret_access_key));
    }
}
