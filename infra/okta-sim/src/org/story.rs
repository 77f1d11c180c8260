//! Attacks and mishaps that happen on request, at a given time.

use std::str::FromStr;

use jiff::Timestamp;

/// An attack or a mishap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoryKind {
    /// Somebody has left, and still acts through a session and tokens that nobody ended.
    LeaverActs,
    /// Push after push, until one is accepted; then the attacker enrolls a factor.
    MfaFatigue,
    /// One password tried on many accounts, until one opens.
    PasswordSpray,
    /// An attacker with an admin's session adds an identity provider and comes in through it as a super administrator.
    RogueIdp,
    /// An admin's session goes on from another place and makes an API token.
    SessionTheft,
}

/// A story and when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorySpec {
    /// What happens.
    pub kind: StoryKind,
    /// When its first event is published.
    pub at: Timestamp,
}

/// Names on the command line, sorted.
const NAMES: [(&str, StoryKind); 5] = [
    ("leaver-acts", StoryKind::LeaverActs),
    ("mfa-fatigue", StoryKind::MfaFatigue),
    ("password-spray", StoryKind::PasswordSpray),
    ("rogue-idp", StoryKind::RogueIdp),
    ("session-theft", StoryKind::SessionTheft),
];

impl FromStr for StorySpec {
    type Err = String;

    /// `NAME@TIME`, as in `rogue-idp@2026-03-01T10:00:00Z`.
    fn from_str(text: &str) -> Result<Self, String> {
        let names = || NAMES.map(|(name, _)| name).join(", ");
        let (name, at) =
            text.split_once('@').ok_or_else(|| format!("write NAME@TIME, where NAME is one of {}", names()))?;
        let found = NAMES.iter().find(|(known, _)| *known == name);
        let (_, kind) = found.ok_or_else(|| format!("there is no story {name:?}; there are: {}", names()))?;
        let at = at.parse().map_err(|_| format!("{at:?} is no RFC 3339 time"))?;
        Ok(Self { kind: *kind, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_written_with_its_time() {
        let spec: StorySpec = "rogue-idp@2026-03-01T10:00:00Z".parse().unwrap();
        assert_eq!(spec, StorySpec { kind: StoryKind::RogueIdp, at: "2026-03-01T10:00:00Z".parse().unwrap() });
        assert!(NAMES.is_sorted(), "sort NAMES");
        for wrong in ["rogue-idp", "rogue@2026-03-01T10:00:00Z", "rogue-idp@noon"] {
            assert!(wrong.parse::<StorySpec>().is_err(), "{wrong}");
        }
    }
}
