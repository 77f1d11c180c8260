//! Numbers that are a pure function of their key, so that any event can be made again without those before it.

/// `SplitMix64`. Written out, and not a crate's: the same seed must make the same org whatever version of which
/// crate is linked.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One number out of two, well mixed.
pub(crate) const fn mix(left: u64, right: u64) -> u64 {
    let mut value = left.wrapping_mul(STEP) ^ right.wrapping_add(STEP);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Random {
    /// The numbers of `key`.
    pub(crate) const fn new(key: u64) -> Self {
        Self(key)
    }

    /// The numbers of the pair (`seed`, `key`).
    pub(crate) const fn of(seed: u64, key: u64) -> Self {
        Self(mix(seed, key))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0, STEP)
    }

    /// A number below `bound`; 0 when there is none.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        // The high half of the product: no division, and a bias below 2^-32 for every bound that is used here.
        ((self.next() >> 32).wrapping_mul(bound)) >> 32
    }

    /// As an index into something that is `len` long.
    pub(crate) const fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// True in `per_mille` of a thousand cases.
    pub(crate) const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(crate) const fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_for_the_same_key_and_no_others() {
        let take = |mut random: Random| (0..4).map(|_| random.next()).collect::<Vec<_>>();
        assert_eq!(take(Random::of(7, 1)), take(Random::of(7, 1)));
        assert_ne!(take(Random::of(7, 1)), take(Random::of(7, 2)));
        assert_ne!(take(Random::of(7, 1)), take(Random::of(1, 7)));
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut random = Random::new(3);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[random.index(10)] += 1;
        }
        assert!(seen.iter().all(|count| (900..1100).contains(count)), "{seen:?}");
    }
}
