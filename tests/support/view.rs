//! What a reader of the view sees, and whether the ledger tells the truth: read from the files, with none of the product's
//! code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::rows;

/// The view of a lake: by uuid, what Okta sent.
pub(crate) type View = BTreeMap<String, String>;

/// The entries of the ledger, in the order of hours.
pub(crate) fn ledger(lake: &Path) -> Vec<Value> {
    rows::json(&lake.join("ledger"))
}

/// The rows of the view. Checks on the way that each sealed object is what its entry says, each event once.
pub(crate) fn view(lake: &Path) -> View {
    let mut view = View::new();
    let mut merged = BTreeSet::new();
    for entry in ledger(lake) {
        let hour = entry["hour"].as_str().unwrap();
        let folder = format!("live/tenant=acme/day={}/hour={}/", &hour[..10], &hour[11..13]);
        let inputs = entry["inputs"].as_array().unwrap().iter();
        merged.extend(inputs.map(|name| format!("{folder}{}", name.as_str().unwrap())));
        let rows = entry["object"].as_str().map(|object| rows::file(&lake.join(object))).unwrap_or_default();
        check(&entry, &rows);
        for row in &rows {
            let (uid, raw) = event(row);
            assert!(view.insert(uid, raw).is_none(), "an event is in two seals: {row}");
        }
    }
    for key in rows::keys(lake, "live").iter().filter(|key| !merged.contains(*key)) {
        view.extend(rows::file(&lake.join(key)).iter().map(event));
    }
    view
}

/// Whether each entry names the one before it as it is, or as it was.
pub(crate) fn check_chain(ledger: &[Value], lake: &Path) {
    for pair in ledger.windows(2) {
        let [before, entry] = pair else { continue };
        let link = &entry["previous"];
        let hour = before["hour"].as_str().unwrap();
        let path = lake.join(format!("ledger/tenant=acme/day={}/{}.json", &hour[..10], &hour[11..13]));
        let digest = hex(&Sha256::digest(std::fs::read(path).unwrap()));
        let former = before["generations"].as_array().into_iter().flatten();
        let known: Vec<_> =
            former.map(|former| former["digest"].as_str().unwrap().to_owned()).chain([digest]).collect();
        assert!(
            link["hour"] == before["hour"] && known.contains(&link["digest"].as_str().unwrap().to_owned()),
            "{link}"
        );
    }
}

fn check(entry: &Value, rows: &[Value]) {
    let mut uids = Sha256::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let (uid, _) = event(row);
        uids.update(format!("{uid}\n"));
        assert!(seen.insert((row["time"].as_i64(), uid)), "twice in {entry}");
    }
    assert_eq!(
        (entry["rows"].as_u64(), entry["digest"].as_str()),
        (Some(rows.len() as u64), Some(&*hex(&uids.finalize())))
    );
    let count = |name: &str| entry["counts"][name].as_u64().unwrap();
    assert_eq!(count("stream_only") + count("api_only") + count("both"), rows.len() as u64, "{entry}");
    let times: Vec<_> = rows.iter().map(|row| row["time"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{entry}");
}

fn event(row: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&row["metadata"]["uid"]), text(&row["raw_data"]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
