//! What no class placed: the leaves that are still in the tree.

use std::borrow::Cow;
use std::fmt::Write;

use crate::json::{Json, Object};
use crate::ocsf::{Text, Unmapped};

/// The member whose items are keyed by their type: Okta keeps no order of targets.
const TARGETS: &str = "target";

/// Members whose keys Okta does not fix: what they hold may say something by its mere name. Anywhere else null is the
/// same as absent.
const MAPS: [&str; 3] = ["changeDetails", "debugData", "detailEntry"];

/// Every leaf of `members` that was not taken, by its path; `types` are those of the targets. Empty texts are no
/// leaves, and nulls only where a key says something by itself.
pub(super) fn of<'a>(members: &Object<'a>, types: &[Text<'a>]) -> Option<Unmapped<'a>> {
    let mut leaves = Leaves { path: String::new(), types, in_map: false, unmapped: Unmapped::default() };
    leaves.object(members);
    (!leaves.unmapped.is_empty()).then_some(leaves.unmapped)
}

struct Leaves<'a, 't> {
    path: String,
    types: &'t [Text<'a>],
    in_map: bool,
    unmapped: Unmapped<'a>,
}

impl<'a> Leaves<'a, '_> {
    fn object(&mut self, object: &Object<'a>) {
        let (parent, in_map) = (self.path.len(), self.in_map);
        for (name, value) in object.iter() {
            if parent > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            self.in_map = in_map || MAPS.contains(&name);
            self.value(value);
            self.path.truncate(parent);
        }
        self.in_map = in_map;
    }

    fn value(&mut self, value: &Json<'a>) {
        match value {
            Json::Null if self.is_key_in_map() => self.unmapped.insert(&self.path, "null".into()),
            Json::Null | Json::Taken => {}
            Json::Object(object) => self.object(object),
            Json::Array(values) if self.path == TARGETS => self.targets(values),
            Json::Array(values) => self.array(values),
            Json::Text(text) if text.is_empty() => {}
            Json::Text(text) | Json::Deep(text) => self.unmapped.insert(&self.path, text.clone()),
            Json::Bool(_) | Json::Number(_) => self.unmapped.insert(&self.path, Cow::Owned(value.to_string())),
        }
    }

    /// Whether the path ends in a key of a map of [`MAPS`], not in the map itself.
    fn is_key_in_map(&self) -> bool {
        self.in_map && !MAPS.iter().any(|map| self.path.ends_with(map))
    }

    fn array(&mut self, values: &[Json<'a>]) {
        let parent = self.path.len();
        for (index, value) in values.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(self.path, "[{index}]");
            self.value(value);
            self.path.truncate(parent);
        }
    }

    fn targets(&mut self, targets: &[Json<'a>]) {
        let parent = self.path.len();
        for (index, target) in targets.iter().enumerate() {
            let _ = write!(self.path, "[{}]", self.types.get(index).map_or("", AsRef::as_ref));
            self.value(target);
            self.path.truncate(parent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::target;

    #[test]
    fn targets_are_keyed_by_type_and_keys_of_maps_are_kept() {
        let text = r#"{"target":[{"type":"A","x":1},{"type":"B","x":2},{"type":"A","x":3},7],"zone":null,
            "debugContext":{"debugData":{"why":null,"deep":{"b":[null]}}},"device":{"managed":null}}"#;
        let mut json = Json::parse(text).unwrap();
        let members = json.as_object_mut().unwrap();
        let unmapped = of(members, &target::types(members)).unwrap();
        let leaves: Vec<_> = unmapped.iter().filter(|(path, _)| !path.contains(".type")).collect();
        assert_eq!(
            leaves,
            [
                ("debugContext.debugData.deep.b[0]", "null"),
                ("debugContext.debugData.why", "null"),
                ("target[A].x", "1"),
                ("target[A].x#2", "3"),
                ("target[B].x", "2"),
                ("target[]", "7"),
            ]
        );
    }
}
