//! The records in `quarantine/`, counted by reason.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

/// Quarantined messages by reason, without what differs from message to message.
pub(crate) type Reasons = BTreeMap<String, u64>;

/// A message in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Quarantined {
    /// Why it is there, with every cause.
    pub(crate) reason: String,
    /// The message's text.
    #[serde(default)]
    pub(crate) body: String,
}

/// Reads one record.
pub(crate) fn read(path: &Path) -> io::Result<Quarantined> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Counts one record.
pub(crate) fn add(path: &Path, reasons: &mut Reasons) -> io::Result<()> {
    *reasons.entry(kind(&read(path)?.reason)).or_default() += 1;
    Ok(())
}

/// The first part of a reason says what is wrong. Its causes, after a colon, and what it quotes are the message's own.
fn kind(reason: &str) -> String {
    let kind = reason.split_once(": ").map_or(reason, |(kind, _)| kind);
    match (kind.find('"'), kind.rfind('"')) {
        (Some(start), Some(end)) if start < end => format!("{}...{}", &kind[..=start], &kind[end..]),
        _ => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_without_their_details() {
        let folder = tempfile::tempdir().unwrap();
        let mut reasons = Reasons::new();
        for (name, reason) in [
            ("1", "not JSON: line 1"),
            ("2", "not JSON: line 9"),
            ("3", "detail is null"),
            ("4", "published \"noon\" is no time"),
            ("5", "published \"\\\"\" is no time: \"x\""),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, serde_json::json!({"reason": reason, "body": "x"}).to_string()).unwrap();
            add(&path, &mut reasons).unwrap();
        }
        assert_eq!(
            reasons,
            [("not JSON", 2), ("detail is null", 1), ("published \"...\" is no time", 2)]
                .map(|(kind, count)| (kind.to_owned(), count))
                .into()
        );
    }
}
