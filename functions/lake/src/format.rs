//! The forms that an object with rows can have.

use std::str::FromStr;

/// The form of an object with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Apache Parquet, zstd.
    #[default]
    Parquet,
    /// One JSON object a line, zstd.
    Ndjson,
}

impl Format {
    /// What its object keys end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Ndjson => "ndjson.zst",
        }
    }

    /// The form of an object, by its key.
    pub fn of(key: &str) -> Option<Self> {
        let is = |format: &Self| key.strip_suffix(format.extension()).is_some_and(|name| name.ends_with('.'));
        [Self::Parquet, Self::Ndjson].into_iter().find(is)
    }

    /// The media type of its objects.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Ndjson => "application/zstd",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "parquet" => Ok(Self::Parquet),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err(format!("{name:?} is no format: expected parquet or ndjson")),
        }
    }
}
