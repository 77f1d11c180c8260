//! What lies in `quarantine/`, counted by reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;

/// Quarantined messages by reason, without what differs from message to message.
pub type Reasons = BTreeMap<String, u64>;

#[derive(Deserialize)]
struct Record {
    reason: String,
}

/// Adds the record in a file.
pub fn add(path: &Path, reasons: &mut Reasons) -> Result<(), Error> {
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    let record: Record =
        serde_json::from_slice(&bytes).map_err(|cause| Error::Decode { path: path.to_owned(), source: cause.into() })?;
    *reasons.entry(kind(&record.reason).to_owned()).or_default() += 1;
    Ok(())
}

/// The first part of a reason says what is wrong; its causes, after a colon, name places and values.
fn kind(reason: &str) -> &str {
    reason.split_once(": ").map_or(reason, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_without_their_details() {
        let folder = tempfile::tempdir().unwrap();
        let mut reasons = Reasons::new();
        for (name, reason) in [("1", "not JSON: line 1"), ("2", "not JSON: line 9"), ("3", "detail is null")] {
            let path = folder.path().join(name);
            fs::write(&path, serde_json::json!({"reason": reason, "body": "x"}).to_string()).unwrap();
            add(&path, &mut reasons).unwrap();
        }
        assert_eq!(reasons, [("not JSON".to_owned(), 2), ("detail is null".to_owned(), 1)].into());
    }
}
