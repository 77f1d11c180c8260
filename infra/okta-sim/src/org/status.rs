//! The status of a user.

use crate::random::mix;

/// A user's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Deprovisioned,
    LockedOut,
    PasswordExpired,
    Provisioned,
    Recovery,
    Staged,
    Suspended,
}

/// How many of a thousand people begin with a status; the rest are active.
const SHARES: [(Status, u64); 7] = [
    (Status::Deprovisioned, 30),
    (Status::LockedOut, 12),
    (Status::PasswordExpired, 22),
    (Status::Provisioned, 15),
    (Status::Recovery, 8),
    (Status::Staged, 15),
    (Status::Suspended, 18),
];

impl Status {
    /// The status that somebody has when the log begins.
    pub(crate) fn at_start(key: u64) -> Self {
        let mut draw = mix(key, 0x57) % 1_000;
        for (status, share) in SHARES {
            match draw.checked_sub(share) {
                Some(rest) => draw = rest,
                None => return status,
            }
        }
        Self::Active
    }

    /// Whether somebody with this status can sign in, or could until a moment ago.
    pub(crate) const fn can_act(self) -> bool {
        matches!(self, Self::Active | Self::LockedOut | Self::PasswordExpired | Self::Recovery)
    }

    /// Whether somebody with this status has ever signed in.
    pub(crate) const fn has_been_active(self) -> bool {
        !matches!(self, Self::Provisioned | Self::Staged)
    }

    /// `status` in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deprovisioned => "DEPROVISIONED",
            Self::LockedOut => "LOCKED_OUT",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::Provisioned => "PROVISIONED",
            Self::Recovery => "RECOVERY",
            Self::Staged => "STAGED",
            Self::Suspended => "SUSPENDED",
        }
    }
}
