//! Where Okta's answers contradict themselves or its documentation, so that the end of a list cannot be believed.

use crate::refusal::Refusal;

/// A contradiction. The records that came with it are right as far as anybody knows; that nothing is missing is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// Okta links every page of a list to itself; this answer has lost its links, so a next page may be lost with them.
    #[error("an answer without its `self` link")]
    NoSelfLink,
    /// A page with as many records as were asked for, but no next page, whatever the size of the page.
    #[error("a full page of {limit} records without a next page")]
    FullPageWithoutNext {
        /// The number of records that were asked for.
        limit: u32,
    },
    /// A poll of the System Log always has a next page.
    #[error("a poll without a next page")]
    PollWithoutNext,
    /// A next page that was read before: the list goes round in circles.
    #[error("a next page that was read before")]
    RepeatedCursor,
    /// The same records again under a new cursor.
    #[error("a page with the records of an earlier one")]
    RepeatedPage,
    /// Page after page without a record.
    #[error("{pages} empty pages in a row, and a next one")]
    EmptyPages {
        /// How many.
        pages: u32,
    },
    /// A next page that belongs to another list: another path, or without the filter of this one.
    #[error("a next page that belongs to another list, {path}")]
    OtherList {
        /// The path of the next page.
        path: String,
    },
    /// A next page on a host that is not the org's. No token is sent there.
    #[error("a next page on {host}, which is not this org")]
    ForeignLink {
        /// The host, without its port.
        host: String,
    },
    /// The org's public description and its settings have different ids.
    #[error("the org describes itself as {public}, and its settings are those of {private}")]
    TwoOrgs {
        /// The id in the public description.
        public: String,
        /// The id in the settings.
        private: String,
    },
    /// A later page was refused although the first one was not.
    #[error("page {page} is refused although the pages before it were not")]
    RefusedLater {
        /// Which page, counted from one.
        page: u64,
        /// What Okta said.
        #[source]
        refusal: Box<Refusal>,
    },
}
