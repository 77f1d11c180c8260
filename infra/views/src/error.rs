//! What can be wrong with a definition.

/// What is wrong with a table, a view or a query of the pack.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A column of the lake has a type that no engine is told of.
    #[error("no engine has the type {0}")]
    Type(String),
    /// The schema of a table cannot be read from its type in Rust.
    #[error("cannot read the columns of {table}")]
    Schema {
        /// The table.
        table: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A query of the pack lacks a line of its header, or uses what there is not.
    #[error("query {query}: {problem}")]
    Query {
        /// The name of its file.
        query: String,
        /// What is wrong.
        problem: String,
    },
}
