//! The releases of OCSF that rows are written in.

use std::str::FromStr;

use super::class::Class;
use super::event::Event;
use super::v1_3;

/// A release of OCSF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Release {
    /// 1.3.0, the newest that Amazon Security Lake takes from custom sources.
    #[default]
    V1_3,
    /// 1.8.0, that of the lake.
    V1_8,
}

impl Release {
    /// `event`, which is a row of the lake, in this release. Its class may become another one.
    pub fn form(self, event: Event<'_>) -> Event<'_> {
        match self {
            Self::V1_3 => v1_3::down(event),
            Self::V1_8 => event,
        }
    }

    /// The names of the columns that events of a class can have in this release.
    pub fn columns(self, class: Class) -> impl Iterator<Item = &'static str> {
        class.columns().filter(move |column| self == Self::V1_8 || v1_3::has(class, column))
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "1.3" => Ok(Self::V1_3),
            "1.8" => Ok(Self::V1_8),
            _ => Err(format!("{name:?} is no release: expected 1.3 or 1.8")),
        }
    }
}
