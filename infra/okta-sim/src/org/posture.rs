//! How well an org is kept.

use std::str::FromStr;

/// How well the org is kept: it decides settings, admins, ages of credentials and stale accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Posture {
    /// As the benchmarks ask.
    Good,
    /// As most orgs are.
    #[default]
    Typical,
    /// As an auditor fears.
    Bad,
}

impl Posture {
    /// The value for this posture.
    pub(crate) fn pick<T>(self, good: T, typical: T, bad: T) -> T {
        match self {
            Self::Good => good,
            Self::Typical => typical,
            Self::Bad => bad,
        }
    }
}

impl FromStr for Posture {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "good" => Ok(Self::Good),
            "typical" => Ok(Self::Typical),
            "bad" => Ok(Self::Bad),
            _ => Err(format!("{text:?} is not good, typical or bad")),
        }
    }
}
