//! What no class placed: the leaves that are still in the tree.

use std::borrow::Cow;
use std::fmt::Write;

use crate::json::{Json, Object};
use crate::ocsf::Unmapped;

/// Every leaf of `members` that was not taken, by its path. Nulls and empty texts are no leaves.
pub(super) fn of<'a>(members: &Object<'a>) -> Option<Unmapped<'a>> {
    let mut unmapped = Unmapped::default();
    collect_object(&mut String::new(), members, &mut unmapped);
    (!unmapped.is_empty()).then_some(unmapped)
}

fn collect_object<'a>(path: &mut String, object: &Object<'a>, unmapped: &mut Unmapped<'a>) {
    let parent = path.len();
    for (name, value) in object.iter() {
        if parent > 0 {
            path.push('.');
        }
        path.push_str(name);
        collect(path, value, unmapped);
        path.truncate(parent);
    }
}

fn collect<'a>(path: &mut String, value: &Json<'a>, unmapped: &mut Unmapped<'a>) {
    match value {
        Json::Null | Json::Taken => {}
        Json::Object(object) => collect_object(path, object, unmapped),
        Json::Array(values) => collect_array(path, values, unmapped),
        Json::Text(text) if text.is_empty() => {}
        Json::Text(text) | Json::Deep(text) => unmapped.insert(path, text.clone()),
        Json::Bool(_) | Json::Number(_) => unmapped.insert(path, Cow::Owned(value.to_string())),
    }
}

fn collect_array<'a>(path: &mut String, values: &[Json<'a>], unmapped: &mut Unmapped<'a>) {
    let parent = path.len();
    for (index, value) in values.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(path, "[{index}]");
        collect(path, value, unmapped);
        path.truncate(parent);
    }
}
