//! What a caller does about an error.

/// What a caller does about an error. Each error type of this crate says it by its method `action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Try again, now or in a later run: the cause lies outside and may pass.
    Retry,
    /// Set this record or object aside and go on with the others: it will never be different.
    Quarantine,
    /// Stop and say what a person has to do: nothing that is tried again helps.
    Stop,
}
