//! Ids that may be seen only once within a time: `jti` of assertions and of proofs.

use std::collections::HashMap;

/// The ids seen, with when they may be forgotten.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    seen: HashMap<String, i64>,
}

impl Replay {
    /// Remembers an id until `until_ms`. False when it was seen before.
    pub(crate) fn is_first(&mut self, id: &str, now_ms: i64, until_ms: i64) -> bool {
        self.seen.retain(|_, until| *until >= now_ms);
        self.seen.insert(id.to_owned(), until_ms).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_first_once_until_it_is_forgotten() {
        let mut replay = Replay::default();
        assert!(replay.is_first("a", 0, 100));
        assert!(!replay.is_first("a", 50, 100));
        assert!(replay.is_first("b", 50, 100));
        assert!(replay.is_first("a", 101, 200));
    }
}
