//! Any bytes: what parses as a LogEvent has a valid OCSF event, and nothing panics.

#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use normalize::{Envelope, LogEvent, IngestContext, IngestPath, Tenant, normalize};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = Envelope::new(&text, &text);
    let Ok(log) = LogEvent::parse(&text) else { return };
    let tenant = Tenant::parse("acme").expect("a tenant");
    let now = Timestamp::from_second(1_777_888_800).expect("a time");
    let receipt = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged: now, processed: now };
    let row = serde_json::to_value(normalize(log, &receipt).event).expect("every row has a JSON form");
    let faults = ocsf_check::check(&row);
    assert!(faults.is_empty(), "{faults:?}");
});
