//! Randomness, from the one crypto library that is linked: identifiers that are used once, and jitter.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::jwt::SigningError;

/// 128 random bits as text: a `jti` that was never used before.
pub(crate) fn id() -> Result<String, SigningError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| SigningError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A number between 0 and 1, or the middle if there is no randomness: jitter is not a secret.
pub(crate) fn fraction() -> f64 {
    let mut bytes = [0; 4];
    match rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_the_same_twice() {
        assert_ne!(id().unwrap(), id().unwrap());
        assert_eq!(id().unwrap().len(), 22);
    }

    #[test]
    fn a_fraction_lies_between_0_and_1() {
        assert!((0..1_000).map(|_| fraction()).all(|fraction| (0.0..=1.0).contains(&fraction)));
    }
}
