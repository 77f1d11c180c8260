//! Signatures of ledger entries: ECDSA on the curve P-256 with SHA-256, by a key of AWS KMS or of a local file. Whoever can
//! write the bucket but does not have the key cannot forge an entry. Verification needs the public key only.

mod key_file;
mod public_key;
mod signature;
mod signer;

pub use key_file::{KeyFile, KeyFileError};
pub use public_key::{PublicKey, PublicKeyError};
pub use signature::{ALGORITHM, Signature};
pub use signer::{SignError, Signer};

#[cfg(test)]
pub(crate) mod tests_support {
    use std::task::{Context, Poll, Waker};

    use super::{KeyFile, Signature, Signer as _};

    /// The signature of a key that never waits.
    pub(crate) fn sign_now(key: &KeyFile, message: &[u8]) -> Signature {
        let signed = key.sign(message).as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(signature)) = signed else { panic!("a local key waits") };
        signature
    }
}
