//! Why files of the lake cannot be read.

use std::path::PathBuf;

/// A failure to read the lake.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried, as a verb: "read", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file of the lake is not what its name says.
    #[error("cannot decode {}", path.display())]
    Decode {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: DecodeError,
    },
    /// The rows of an hour could not be handed on.
    #[error("cannot write the rows of {hour}")]
    Rows {
        /// The start of the hour.
        hour: jiff::Timestamp,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Wraps the cause with what was tried on which file.
    pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

/// Why a file's bytes could not be turned into rows.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not Parquet, or damaged.
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Parquet whose columns could not be read.
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    /// Not JSON, or a row without `time`, `class_uid` or `metadata.uid`.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The bytes could not be read or decompressed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A column type that the lake's schema does not have.
    #[error("column {column:?} has the type {data_type}, which rows of the lake do not have")]
    Column {
        /// The column's name.
        column: String,
        /// Its Arrow type.
        data_type: String,
    },
}
