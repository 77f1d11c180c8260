//! The records in the body of a list: an array, or the only array of an object.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::answer::Answer;

/// The answer with other records: `edit` gets each record's text. None if the body is no list.
pub(crate) fn edited(answer: &Answer, edit: impl FnMut(&str) -> Vec<String>) -> Option<Answer> {
    let body = with_records(&answer.body, edit)?;
    Some(Answer { body, ..answer.clone() })
}

fn with_records(body: &[u8], mut edit: impl FnMut(&str) -> Vec<String>) -> Option<Vec<u8>> {
    if let Ok(records) = serde_json::from_slice::<Vec<&RawValue>>(body) {
        let records: Vec<String> = records.iter().flat_map(|record| edit(record.get())).collect();
        return Some(format!("[{}]", records.join(",")).into_bytes());
    }
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let list = body.as_object_mut()?.values_mut().find_map(Value::as_array_mut)?;
    let edited = list.iter().flat_map(|record| edit(&record.to_string()));
    *list = edited.filter_map(|text| serde_json::from_str(&text).ok()).collect();
    Some(body.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_are_found_in_both_kinds_of_lists() {
        let second = |text: &str| if text.contains('2') { vec![text.to_owned()] } else { Vec::new() };
        for (body, expected) in [
            (json!([{"id": 1}, {"id": 2}]), json!([{"id": 2}])),
            (json!({"roles": [{"id": 1}, {"id": 2}], "_links": {}}), json!({"roles": [{"id": 2}], "_links": {}})),
        ] {
            let answer = edited(&Answer::json(200, &body), second).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), expected);
        }
        assert_eq!(edited(&Answer::json(200, &json!({"id": 1})), second), None);
    }
}
