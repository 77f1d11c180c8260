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

/// The pairs of a Java map's text (`{reasons=Anomalous Device, New IP, level=HIGH}`), with the name of its class before
/// it or not (`Risk{level=HIGH}`). A value may have commas: a part without `=` belongs to the value before it.
pub(super) fn java_map(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let text = text.trim();
    let inner = text.find('{').map_or(text, |start| &text[start + 1..]).trim_end_matches('}');
    let is_empty = |(key, value): &(&str, &str)| key.is_empty() || value.is_empty();
    let pairs = starts_of_pairs(inner).map(move |(from, to)| {
        let (key, value) = inner[from..to].split_once('=').unwrap_or_default();
        (key.trim(), value.trim().trim_end_matches(',').trim_end())
    });
    pairs.filter(move |pair| !is_empty(pair))
}

/// From where to where each pair goes: from its key to the key of the next.
fn starts_of_pairs(inner: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut starts = Vec::new();
    let mut from = 0;
    for part in inner.split(',') {
        if part.contains('=') {
            starts.push(from);
        }
        from += part.len() + 1;
    }
    let ends: Vec<_> = starts.iter().copied().skip(1).chain([inner.len()]).collect();
    starts.into_iter().zip(ends)
}

/// The parts of a list in one text.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_of_a_java_map() {
        let pairs = |text: &'static str| java_map(text).collect::<Vec<_>>();
        assert_eq!(pairs("{New IP=POSITIVE, Velocity=NEGATIVE}"), [("New IP", "POSITIVE"), ("Velocity", "NEGATIVE")]);
        assert_eq!(pairs("{reasons=A, B, level=HIGH}"), [("reasons", "A, B"), ("level", "HIGH")]);
        assert_eq!(pairs("Risk{level=HIGH}"), [("level", "HIGH")]);
        assert_eq!(pairs("level=LOW"), [("level", "LOW")]);
        assert_eq!(pairs("{é=ü, ü}"), [("é", "ü, ü")]);
        assert_eq!(pairs("{}"), []);
        assert_eq!(pairs("{=,a=, =b}"), []);
    }
}
