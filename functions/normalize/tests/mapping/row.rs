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
    assert_eq!(row.raw_data.as_deref(), Some(text));
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Event<'_>>(&json).unwrap(), row, "a row reads back as it was written");
    serde_json::from_str(&json).unwrap()
}

/// The row of a LogEvent's text in OCSF 1.3.0, as JSON.
pub(crate) fn of_1_3(text: &str) -> Value {
    let row: Event<'_> = serde_json::from_value(of(text)).unwrap();
    serde_json::to_value(normalize::ocsf::v1_3::down(row)).unwrap()
}

/// The row of `event`; an error if it breaks OCSF's rules, lost its id or lost a leaf.
pub(crate) fn checked(event: &Tree) -> Result<Value, String> {
    let row = of(&event.to_string());
    let faults = ocsf_check::check(&row);
    if !faults.is_empty() {
        return Err(format!("{faults:?}"));
    }
    let faults = ocsf_check::check_as(ocsf_check::Release::V1_3, &of_1_3(&event.to_string()));
    if !faults.is_empty() {
        return Err(format!("in 1.3.0: {faults:?}"));
    }
    let leaves = Leaves::of(&row);
    let mut wanted = Vec::new();
    event.leaves(&mut wanted);
    match wanted.iter().find(|leaf| !leaves.has(leaf)) {
        Some(lost) => Err(format!("lost {lost:?}")),
        None => Ok(row),
    }
}
