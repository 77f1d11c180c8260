//! JSON text again, for values that are kept whole.

use std::fmt;

use super::{Json, Object};

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null | Self::Taken => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write_quoted(text, f),
            Self::Deep(text) => f.write_str(text),
            Self::Array(values) => write_array(values, f),
            Self::Object(object) => write_object(object, f),
        }
    }
}

fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

fn write_array(values: &[Json<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("[")?;
    for (index, value) in values.iter().enumerate() {
        write!(f, "{}{value}", if index == 0 { "" } else { "," })?;
    }
    f.write_str("]")
}

fn write_object(object: &Object<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("{")?;
    let members = object.0.iter().filter(|(_, value)| *value != Json::Taken);
    for (index, (name, value)) in members.enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        write_quoted(name, f)?;
        write!(f, ":{value}")?;
    }
    f.write_str("}")
}
