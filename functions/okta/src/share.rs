//! The part of a rate limit that okta-lake may use: the configured share, and a floor that always stays free.

/// A share of every bucket's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    percent: u32,
    floor_percent: u32,
}

/// Percentages out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the share of the rate limit must be 1 to 100 percent and the floor 0 to 90, not {percent} and {floor_percent}"
)]
pub struct ShareError {
    percent: u32,
    floor_percent: u32,
}

impl Share {
    /// Allows `percent` of the limit that the org sets for this app, and no call when `floor_percent` of it or less is left
    /// for others.
    pub fn new(percent: u32, floor_percent: u32) -> Result<Self, ShareError> {
        if (1..=100).contains(&percent) && floor_percent <= 90 {
            Ok(Self { percent, floor_percent })
        } else {
            Err(ShareError { percent, floor_percent })
        }
    }

    /// Calls that may be made in one window of a bucket that allows `limit`: at least one, or nothing would ever end.
    pub fn budget(self, limit: u32) -> u32 {
        part(limit, self.percent).min(limit.saturating_sub(self.floor(limit))).max(1)
    }

    /// Calls that are left to others.
    pub(crate) fn floor(self, limit: u32) -> u32 {
        part(limit, self.floor_percent)
    }
}

impl Default for Share {
    /// Half of what the app may use, a tenth left.
    fn default() -> Self {
        Self { percent: 50, floor_percent: 10 }
    }
}

fn part(limit: u32, percent: u32) -> u32 {
    let part = u64::from(limit) * u64::from(percent) / 100;
    u32::try_from(part).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_leaves_the_floor_and_allows_at_least_one_call() {
        let budget = |percent, floor, limit| Share::new(percent, floor).unwrap().budget(limit);
        assert_eq!(Share::default().budget(60), 30);
        assert_eq!(budget(100, 10, 60), 54);
        assert_eq!(budget(100, 0, 60), 60);
        assert_eq!(budget(1, 10, 60), 1);
        assert_eq!(budget(50, 90, 1), 1);
        assert_eq!(budget(50, 10, u32::MAX), u32::MAX / 2);
    }

    #[test]
    fn percentages_that_make_no_sense_are_refused() {
        for (percent, floor) in [(0, 10), (101, 10), (50, 91)] {
            assert!(Share::new(percent, floor).unwrap_err().to_string().contains(&floor.to_string()));
        }
    }
}
