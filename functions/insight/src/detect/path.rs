//! The names of fields, as Okta's LogEvent has them: `actor.alternateId`, `debugContext.debugData.behaviors`.
//!
//! A name goes through arrays to each of their items. Okta's order of targets is not stable, so an item is also found by
//! its type: `target.User.id` is the `id` of each target whose `type` is `User`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::node::Node;

/// Where a field lies in an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Box<str>>);

impl Path {
    /// Reads a field's name.
    pub fn new(name: &str) -> Self {
        Self(name.split('.').map(Box::from).collect())
    }

    /// Whether one of the field's scalar values is `wanted`.
    pub fn any<'a, N: Node<'a>>(&self, event: N, mut wanted: impl FnMut(Cow<'a, str>) -> bool) -> bool {
        any(&self.0, event, &mut wanted)
    }

    /// Returns the field's values, each once, in their order. Neither null nor the empty text is a value.
    pub fn values<'a, N: Node<'a>>(&self, event: N) -> Vec<String> {
        let mut values = BTreeSet::new();
        self.any(event, |value| {
            if !value.is_empty() {
                values.insert(value.into_owned());
            }
            false
        });
        values.into_iter().collect()
    }
}

fn any<'a, N: Node<'a>>(path: &[Box<str>], node: N, wanted: &mut dyn FnMut(Cow<'a, str>) -> bool) -> bool {
    if let Some(found) = node.any_item(&mut |item| any(of_type(path, item), item, wanted)) {
        return found;
    }
    match path.split_first() {
        None => node.scalar().is_some_and(wanted),
        Some((name, rest)) => node.member(name).is_some_and(|member| any(rest, member, wanted)),
    }
}

/// What is left of the path within an item of an array: a first part that is the item's type is spent.
fn of_type<'p, 'a, N: Node<'a>>(path: &'p [Box<str>], item: N) -> &'p [Box<str>] {
    match path.split_first() {
        Some((name, rest))
            if item.member(name).is_none()
                && item.member("type").and_then(Node::scalar).is_some_and(|kind| *kind == **name) =>
        {
            rest
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_goes_through_objects_and_arrays() {
        let event = json!({
            "actor": {"id": "u", "detailEntry": null},
            "target": [{"type": "User", "id": "t1"}, {"type": "AppInstance", "id": "a1"}, {"type": "User", "id": "t2"}],
            "number": 7, "flag": false, "empty": "", "list": ["b", ["a", "b"]],
        });
        let values = |name: &str| Path::new(name).values(&event);
        assert_eq!(values("actor.id"), ["u"]);
        assert_eq!(values("target.id"), ["a1", "t1", "t2"]);
        assert_eq!(values("target.User.id"), ["t1", "t2"]);
        assert_eq!(values("target.AppInstance.id"), ["a1"]);
        assert_eq!(values("target.UserGroup.id"), [""; 0]);
        assert_eq!((values("number"), values("flag")), (vec!["7".to_owned()], vec!["false".to_owned()]));
        assert_eq!(values("list"), ["a", "b"]);
        for nothing in ["empty", "actor.detailEntry", "actor.nothing", "actor", "number.more", ""] {
            assert_eq!(values(nothing), [""; 0], "{nothing}");
        }
    }
}
