//! Records that are changed, missing or doubled.

use jiff::Timestamp;
use serde_json::Value;

use crate::api::answer::Answer;
use crate::api::list_body;
use crate::fault::record_edit::RecordEdit;
use crate::fault::spec::Fault;

/// The answer with the chosen records edited.
pub(super) fn edited(fault: &Fault, edit: &RecordEdit, answer: Answer) -> Answer {
    let change = |text: &str| {
        let record: Value = serde_json::from_str(text).unwrap_or_default();
        if is_chosen(fault, &record) {
            edit.apply(&record).iter().map(Value::to_string).collect()
        } else {
            vec![text.to_owned()]
        }
    };
    list_body::edited(&answer, change).unwrap_or(answer)
}

fn is_chosen(fault: &Fault, record: &Value) -> bool {
    let id = ["uuid", "id"].iter().find_map(|name| record[name].as_str()).unwrap_or_default();
    let published = record["published"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    fault.conditions.choose(id, published.map(Timestamp::as_millisecond))
}
