//! A LogEvent through the mapping, with everything that must hold for each row.

use jiff::Timestamp;
use normalize::ocsf::Event;
use normalize::{IngestContext, IngestPath, LogEvent, Tenant, normalize};
use serde_json::Value;

use crate::leaves::Leaves;
use crate::tree::Tree;

/// The row of a LogEvent's text, as JSON. Panics if the text is none.
pub(crate) fn of(text: &str) -> Value {
    let tenant = Tenant::parse("acme").unwrap();
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let (logged, processed) = (time("2026-05-04T10:00:02Z"), time("2026-05-04T10:00:03Z"));
    let receipt = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged, processed };
    let row = normalize(LogEvent::parse(text).unwrap(), &receipt).event;
    assert_eq!(row.raw_data, text);
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Event<'_>>(&json).unwrap(), row, "a row reads back as it was written");
    serde_json::from_str(&json).unwrap()
}

/// The row of `event`; an error if it breaks OCSF's rules, lost its id or lost a leaf.
pub(crate) fn checked(event: &Tree) -> Result<Value, String> {
    let row = of(&event.to_string());
    let faults = ocsf_check::check(&row);
    if !faults.is_empty() {
        return Err(format!("{faults:?}"));
    }
    let leaves = Leaves::of(&row);
    let mut wanted = Vec::new();
    event.leaves(&mut wanted);
    match wanted.iter().find(|leaf| !leaves.has(leaf)) {
        Some(lost) => Err(format!("lost {lost:?}")),
        None => Ok(row),
    }
}
