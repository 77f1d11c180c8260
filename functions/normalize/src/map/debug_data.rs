//! `debugContext.debugData`: a map of texts whose keys depend on the event. Okta promises nothing about
//! it, so each key is read where it is placed, and what is read nowhere is `unmapped`.

use crate::json::Object;

/// The debug data to take from.
pub(super) fn of<'m, 'a>(members: &'m mut Object<'a>) -> Option<&'m mut Object<'a>> {
    members.object("debugContext")?.object("debugData")
}

/// The debug data to look at.
pub(super) fn at<'m, 'a>(members: &'m Object<'a>) -> Option<&'m Object<'a>> {
    members.object_at("debugContext")?.object_at("debugData")
}

/// The pairs of a Java map's text (`{reasons=Anomalous Device, level=HIGH}`). A value may have commas:
/// a part without `=` belongs to the value before it, which is cut there.
pub(super) fn java_map(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    let pairs = inner.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim())).filter(|(key, value)| !key.is_empty() && !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_of_a_java_map() {
        let pairs = |text: &'static str| java_map(text).collect::<Vec<_>>();
        assert_eq!(pairs("{New IP=POSITIVE, Velocity=NEGATIVE}"), [("New IP", "POSITIVE"), ("Velocity", "NEGATIVE")]);
        assert_eq!(pairs("{reasons=A, B, level=HIGH}"), [("reasons", "A"), ("level", "HIGH")]);
        assert_eq!(pairs("{}"), []);
        assert_eq!(pairs("{=,a=, =b}"), []);
    }
}
