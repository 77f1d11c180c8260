//! Changes to single records of an answer: events, or objects of the inventory.

use serde_json::Value;

/// A change to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordEdit {
    /// The record is missing.
    Drop,
    /// The record stands twice, the second time with this member changed.
    Copy(String, Value),
    /// `published` has no time zone.
    CutZone,
    /// A member, by its dotted path, is missing.
    Remove(String),
    /// Something else stands in place of the record.
    Replace(Value),
    /// A member, by its dotted path, has another value.
    Set(String, Value),
    /// The record stands twice.
    Twice,
}

impl RecordEdit {
    /// What stands in place of a record.
    pub(crate) fn apply(&self, record: &Value) -> Vec<Value> {
        let mut edited = record.clone();
        match self {
            Self::Drop => return Vec::new(),
            Self::Twice => return vec![edited.clone(), edited],
            Self::Replace(value) => return vec![value.clone()],
            Self::Copy(path, value) => {
                set(&mut edited, path, Some(value));
                return vec![record.clone(), edited];
            }
            Self::CutZone => cut_zone(&mut edited),
            Self::Remove(path) => set(&mut edited, path, None),
            Self::Set(path, value) => set(&mut edited, path, Some(value)),
        }
        vec![edited]
    }
}

fn cut_zone(record: &mut Value) {
    if let Some(published) = record["published"].as_str() {
        record["published"] = published.trim_end_matches('Z').into();
    }
}

/// Sets or removes the member at a dotted path; objects on the way are made.
fn set(record: &mut Value, path: &str, value: Option<&Value>) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(members) = record.as_object_mut() else { return };
    match (rest, value) {
        (Some(rest), _) => set(members.entry(name).or_insert_with(|| serde_json::json!({})), rest, value),
        (None, Some(value)) => drop(members.insert(name.to_owned(), value.clone())),
        (None, None) => drop(members.remove(name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_edited_dropped_or_doubled() {
        let record = json!({"id": "1", "published": "2026-03-02T00:00:00.000Z", "actor": {"id": "2"}});
        let only = |edit: RecordEdit| edit.apply(&record).pop().unwrap();
        assert_eq!(only(RecordEdit::Remove("id".to_owned())).get("id"), None);
        assert_eq!(only(RecordEdit::Set("actor.id".to_owned(), json!(7)))["actor"]["id"], 7);
        assert_eq!(only(RecordEdit::CutZone)["published"], "2026-03-02T00:00:00.000");
        assert_eq!(only(RecordEdit::Replace(json!("text"))), "text");
        assert!(RecordEdit::Drop.apply(&record).is_empty());
        assert_eq!(RecordEdit::Twice.apply(&record), [record.clone(), record.clone()]);
        let copied = RecordEdit::Copy("id".to_owned(), json!("9")).apply(&record);
        assert_eq!((&copied[0], &copied[1]["id"]), (&record, &json!("9")));
    }
}
