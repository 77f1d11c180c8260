//! What a check says of one thing.

use crate::inventory::Record;

/// What a check says of one thing, if it can.
pub(crate) type Answer = Result<Outcome, Unjudged>;

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should be.
    Pass,
    /// It is not, in words with the value and the limit.
    Fail(String),
}

/// Why there is no judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unjudged {
    /// The check is not about this thing.
    NotConcerned,
    /// The org does not have what the check asks about, in words.
    NotApplicable(String),
    /// Something is missing: what, and how to give it.
    Unknown(String),
}

/// What a check says of which thing.
#[derive(Debug, Clone)]
pub(crate) struct Verdict<'a> {
    /// The thing.
    pub(crate) about: About<'a>,
    /// What is said.
    pub(crate) answer: Answer,
}

/// A thing that is judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum About<'a> {
    /// The org as a whole.
    Org,
    /// A record of an entity.
    Record(&'static str, &'a Record),
    /// Something that has no record of its own: its kind and its name.
    Named(&'static str, String),
}

/// A pass, or a failure in these words.
#[allow(clippy::unnecessary_wraps)] // As checks answer.
pub(crate) fn pass_if(is_good: bool, words: impl FnOnce() -> String) -> Answer {
    Ok(if is_good { Outcome::Pass } else { Outcome::Fail(words()) })
}

/// A failure, or a pass.
pub(crate) fn fail_if(is_bad: bool, words: impl FnOnce() -> String) -> Answer {
    pass_if(!is_bad, words)
}

/// Goes on only if the check is about this.
pub(crate) fn concerns(is_about: bool) -> Result<(), Unjudged> {
    if is_about { Ok(()) } else { Err(Unjudged::NotConcerned) }
}

/// What is missing.
pub(crate) fn unknown(words: impl Into<String>) -> Unjudged {
    Unjudged::Unknown(words.into())
}
