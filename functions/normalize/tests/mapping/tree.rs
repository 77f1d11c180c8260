//! JSON as somebody may send it: any nesting, keys that repeat, escapes that are no characters.

use std::fmt::{self, Write};

/// Written as the escape of a lone surrogate, which no parser of UTF-8 can hold; read as U+FFFD.
pub(crate) const SURROGATE: char = '\u{e000}';

/// One JSON value.
#[derive(Clone)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Every leaf that says something, as the text a reader would look for.
    pub(crate) fn leaves(&self, found: &mut Vec<String>) {
        match self {
            Self::Null => {}
            Self::Bool(flag) => found.push(flag.to_string()),
            Self::Integer(number) => found.push(number.to_string()),
            Self::Float(number) => found.push(format!("{number:?}")),
            Self::Text(text) if text.is_empty() => {}
            Self::Text(text) => found.push(text.replace(SURROGATE, "\u{fffd}")),
            Self::Array(values) => values.iter().for_each(|value| value.leaves(found)),
            Self::Object(members) => members.iter().for_each(|(_, value)| value.leaves(found)),
        }
    }
}

/// A failing case is printed as the JSON that it is.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Text(text) => write_text(text, f),
            Self::Array(values) => write_list('[', values, ']', f, |value, f| write!(f, "{value}")),
            Self::Object(members) => write_list('{', members, '}', f, |(name, value), f| {
                write_text(name, f)?;
                write!(f, ":{value}")
            }),
        }
    }
}

fn write_list<T>(
    open: char,
    items: &[T],
    close: char,
    f: &mut fmt::Formatter<'_>,
    write_item: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        write_item(item, f)?;
    }
    f.write_char(close)
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let quoted = serde_json::to_string(text).map_err(|_| fmt::Error)?;
    f.write_str(&quoted.replace(SURROGATE, "\\ud83d"))
}
