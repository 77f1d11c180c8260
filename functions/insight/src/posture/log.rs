//! What the checks want to know of the System Log: plain facts, which whoever reads the log has gathered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Facts of the log of one org. A fact that was not gathered is no fact: checks that need it are unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Since when every hour of the log is known; none if the last hours are not.
    pub complete_since: Option<Timestamp>,
    /// How many hours since the first one of the ledger are not complete; none if there is no ledger.
    pub incomplete_hours: Option<u64>,
    /// The facts, each by the thing that it is about.
    pub facts: BTreeMap<Fact, BTreeMap<String, Seen>>,
}

/// What was seen of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When it was seen last.
    pub last: Timestamp,
    /// How often, or how many of them; the fact says of what.
    pub count: u64,
}

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A user signed in or used an app: by the user's id.
    UserActive,
    /// A user did what only admins do, or opened the Admin Console: by the user's id.
    AdminActive,
    /// Different apps that a user signed in to in the last 30 days: by the user's id.
    AppsOfUser,
    /// Percent of a user's second factors of the last 30 days that were phishable: by the user's id.
    PhishableShare,
    /// Credentials were found in a breach (`security.breached_credential.detected`): by the user's id.
    BreachedCredential,
    /// Somebody acted whose account was deactivated: by the user's id.
    ActedAfterLeaving,
    /// A call was made with an API token: by the token's id.
    TokenUsed,
    /// Different networks (AS numbers) that a token was used from in the last 30 days: by the token's id.
    TokenNetworks,
    /// A sign-in to an app, or a token for it: by the app's id.
    AppUsed,
    /// A sign-in of a user to an app: by `app/user`.
    AssignmentUsed,
    /// A scope was in a token of a client: by `app/scope`.
    ScopeUsed,
    /// A permission of a custom role was used by somebody who has it from there: by `role/permission`.
    PermissionUsed,
    /// A device was used: by the device's id.
    DeviceUsed,
    /// A mail of this kind was sent, or an event of this type happened: by the event type.
    Event,
    /// Protected actions were switched `on` or `off`: by that word.
    ProtectedActions,
    /// A successful sign-in from a country: by its ISO 3166 code.
    CountrySeen,
    /// An agent of a directory was registered: by the agent's id.
    AgentCreated,
    /// A record of the inventory differs from the approved snapshot: by `entity/id`.
    DiffersFromBaseline,
    /// A record changed and no event of the log explains it: by `entity/id`.
    UnexplainedChange,
    /// A check that passed before fails now: by the check's id.
    Weakened,
}

impl Fact {
    /// What it is called where something is missing.
    pub fn words(self) -> &'static str {
        match self {
            Self::UserActive => "when each person was last active",
            Self::AdminActive => "when each admin last acted as one",
            Self::AppsOfUser => "which apps each person uses",
            Self::PhishableShare => "which factors people sign in with",
            Self::BreachedCredential => "whose credentials were found in a breach",
            Self::ActedAfterLeaving => "who acted after leaving",
            Self::TokenUsed => "when each API token was last used",
            Self::TokenNetworks => "which networks each API token is used from",
            Self::AppUsed => "when each app was last used",
            Self::AssignmentUsed => "who last used which app",
            Self::ScopeUsed => "which scopes clients use",
            Self::PermissionUsed => "which permissions admins use",
            Self::DeviceUsed => "when each device was last used",
            Self::Event => "which types of events happened when",
            Self::ProtectedActions => "when protected actions were switched on or off",
            Self::CountrySeen => "which countries people sign in from",
            Self::AgentCreated => "when directory agents were registered",
            Self::DiffersFromBaseline => "what differs from the approved snapshot",
            Self::UnexplainedChange => "which changes no event explains",
            Self::Weakened => "which checks passed before",
        }
    }
}
