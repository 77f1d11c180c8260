//! Members of records, by their JSON pointers (RFC 6901): a member that is missing or of another type is no value.

use jiff::Timestamp;
use serde_json::Value;

use crate::inventory::Record;
use crate::posture::outcome::{Unjudged, unknown};

/// Reads members of a record.
pub(crate) trait Fields {
    /// The object.
    fn json(&self) -> &Value;

    /// A text; empty if there is none.
    fn text(&self, pointer: &str) -> &str {
        self.json().pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A whole number.
    fn number(&self, pointer: &str) -> Option<i64> {
        self.json().pointer(pointer).and_then(Value::as_i64)
    }

    /// A switch.
    fn flag(&self, pointer: &str) -> Option<bool> {
        self.json().pointer(pointer).and_then(Value::as_bool)
    }

    /// A list; empty if there is none.
    fn list(&self, pointer: &str) -> &[Value] {
        self.json().pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts of a list.
    fn texts(&self, pointer: &str) -> Vec<&str> {
        self.list(pointer).iter().filter_map(Value::as_str).collect()
    }

    /// A time.
    fn time(&self, pointer: &str) -> Option<Timestamp> {
        self.text(pointer).parse().ok()
    }

    /// Whether a member is there and not null.
    fn has(&self, pointer: &str) -> bool {
        self.json().pointer(pointer).is_some_and(|value| !value.is_null())
    }

    /// A number that the check cannot do without.
    fn want_number(&self, pointer: &str) -> Result<i64, Unjudged> {
        self.number(pointer).ok_or_else(|| absent(pointer, "number"))
    }

    /// A switch that the check cannot do without.
    fn want_flag(&self, pointer: &str) -> Result<bool, Unjudged> {
        self.flag(pointer).ok_or_else(|| absent(pointer, "switch"))
    }

    /// A text that the check cannot do without.
    fn want_text(&self, pointer: &str) -> Result<&str, Unjudged> {
        Some(self.text(pointer)).filter(|text| !text.is_empty()).ok_or_else(|| absent(pointer, "text"))
    }

    /// A time that the check cannot do without.
    fn want_time(&self, pointer: &str) -> Result<Timestamp, Unjudged> {
        self.time(pointer).ok_or_else(|| absent(pointer, "time"))
    }

    /// The last segment of an address: the id of what it points to.
    fn linked(&self, pointer: &str) -> Option<&str> {
        self.text(pointer).rsplit('/').next().filter(|id| !id.is_empty())
    }
}

impl Fields for Value {
    fn json(&self) -> &Value {
        self
    }
}

impl Fields for Record {
    fn json(&self) -> &Value {
        &self.json
    }
}

/// The record's id without its parents'.
pub(crate) fn own_id(record: &Record) -> &str {
    record.id.rsplit('/').next().unwrap_or(&record.id)
}

fn absent(pointer: &str, kind: &str) -> Unjudged {
    let member = pointer.trim_start_matches('/').replace('/', ".");
    unknown(format!("Okta sent no {kind} as `{member}`: the check waits until it does"))
}
