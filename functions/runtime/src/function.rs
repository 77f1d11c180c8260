//! The two functions.

/// A function of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Writes what Okta streams.
    Stream,
    /// Reads Okta's API.
    Backfill,
}

impl Function {
    /// Its name: the value of the dimension `Function` and of its binary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Backfill => "backfill",
        }
    }
}
