//! Random texts as Okta makes them, the same in every run.

use std::fmt::Write;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// SplitMix64 (Steele, Lea, Flood 2014): enough for test data, and not one more dependency.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        // The remainder of a u64 by a usize is a usize; its bias is of no matter here.
        usize::try_from(self.number() % end as u64).unwrap_or_default()
    }

    /// One of `choices`.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// `prefix` and letters and digits up to `length`, as Okta's ids are.
    pub fn id(&mut self, prefix: &str, length: usize) -> String {
        let mut id = String::with_capacity(length);
        id.push_str(prefix);
        while id.len() < length {
            id.push(char::from(*self.one_of(LETTERS)));
        }
        id
    }

    /// `length` hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        let mut digits = String::with_capacity(length + 16);
        while digits.len() < length {
            // Writing to a String cannot fail.
            let _ = write!(digits, "{:016x}", self.number());
        }
        digits.truncate(length);
        digits
    }

    /// A UUID.
    pub fn uuid(&mut self) -> String {
        let digits = self.hex(32);
        format!("{}-{}-11f1-{}-{}", &digits[..8], &digits[8..12], &digits[16..20], &digits[20..])
    }

    /// A public IPv4 address.
    pub fn ip(&mut self) -> String {
        format!("{}.{}.{}.{}", 11 + self.below(110), self.below(256), self.below(256), 1 + self.below(254))
    }
}
