//! What can change in the org, and the list of all changes. Every change appears in the log, so that the event behind
//! each difference between two inventories can be found.

use crate::org::story::StoryKind;

/// A kind of change; each has a scenario in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ChangeKind {
    AppAssigned,
    AppChanged,
    AppCreated,
    AppTakenAway,
    FactorsReset,
    GroupChanged,
    GroupCreated,
    GroupMemberAdded,
    GroupMemberRemoved,
    IdpChanged,
    PersonJoined,
    PersonLeft,
    PersonMoved,
    PersonSuspended,
    PersonUnsuspended,
    PolicyChanged,
    RoleGranted,
    RoleRevoked,
    Story(StoryKind),
    TokenCreated,
    TokenRevoked,
    ZoneChanged,
}

impl ChangeKind {
    /// The kinds that are drawn, with their weights.
    pub(crate) const WEIGHTS: [(Self, u64); 19] = [
        (Self::AppAssigned, 18),
        (Self::AppChanged, 5),
        (Self::AppTakenAway, 9),
        (Self::FactorsReset, 5),
        (Self::GroupChanged, 2),
        (Self::GroupMemberAdded, 22),
        (Self::GroupMemberRemoved, 12),
        (Self::IdpChanged, 1),
        (Self::PersonJoined, 7),
        (Self::PersonLeft, 5),
        (Self::PersonMoved, 14),
        (Self::PersonSuspended, 3),
        (Self::PersonUnsuspended, 2),
        (Self::PolicyChanged, 4),
        (Self::RoleGranted, 3),
        (Self::RoleRevoked, 2),
        (Self::TokenCreated, 3),
        (Self::TokenRevoked, 2),
        (Self::ZoneChanged, 2),
    ];
}

/// One change. What it does not concern is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) at_ms: i64,
    pub(crate) kind: ChangeKind,
    pub(crate) person: u32,
    pub(crate) group: u32,
    pub(crate) app: u16,
    /// A policy, a zone, a role or a token, by position.
    pub(crate) thing: u32,
    /// Whether its events come on top of those that the org has anyway.
    pub(crate) is_extra: bool,
}

/// All changes, by time.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    changes: Vec<Change>,
}

impl Calendar {
    /// A calendar of these changes, which are in order.
    pub(crate) const fn of(changes: Vec<Change>) -> Self {
        Self { changes }
    }

    /// All changes.
    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes from `start_ms` until before `end_ms`, with their numbers.
    pub(crate) fn between(&self, start_ms: i64, end_ms: i64) -> impl Iterator<Item = (u32, &Change)> {
        let first = self.changes.partition_point(|change| change.at_ms < start_ms);
        let last = self.changes.partition_point(|change| change.at_ms < end_ms);
        (first as u32..).zip(&self.changes[first..last.max(first)])
    }
}
