//! Who acts in a scenario.

/// Who acts in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActorKind {
    /// One of the first people, at a computer.
    Admin,
    /// Somebody from elsewhere, as one of the org's people.
    Attacker,
    /// Okta itself: nobody's address, no browser.
    Job,
    /// Anybody, at home or in the office.
    Person,
    /// A service app in a cloud.
    Service,
}
