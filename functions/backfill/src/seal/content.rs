//! What a LogEvent says, whatever the order and the spacing of its text: two copies of an event have the same content.
//! Pure.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// Hashes contents. The seeds are random, so that nobody can prepare two contents with one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContentHasher {
    seeds: [u64; 2],
}

/// The two members by which the lake knows an event, and the hash of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) uuid: String,
    pub(crate) published: String,
    pub(crate) hash: u64,
}

impl ContentHasher {
    /// A hasher with random seeds: the standard library's.
    pub(crate) fn new() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self { seeds: [random(), random() | 1] }
    }

    /// Reads a LogEvent; none if it is not an object with the texts `uuid` and `published`.
    pub(crate) fn read(&self, raw: &str) -> Option<Content> {
        let mut deserializer = serde_json::Deserializer::from_str(raw);
        let mut event = EventVisitor { hasher: self, uuid: None, published: None };
        let hash = deserializer.deserialize_map(&mut event).ok()?;
        let content = Content { uuid: event.uuid?, published: event.published?, hash };
        deserializer.end().ok()?;
        Some(content)
    }

    /// The hash of a text.
    pub(crate) fn text(&self, text: &str) -> u64 {
        let mut state = self.seeds[0] ^ text.len() as u64;
        let mut chunks = text.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let word = chunk.try_into().map_or(0, u64::from_le_bytes);
            state = self.fold(state ^ word);
        }
        let rest = chunks.remainder().iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.fold(state ^ rest)
    }

    fn number(&self, kind: u64, number: u64) -> u64 {
        self.fold(self.fold(self.seeds[0] ^ kind) ^ number)
    }

    /// A multiplication to 128 bits, folded, as wyhash and its successors mix.
    fn fold(&self, state: u64) -> u64 {
        let product = u128::from(state ^ 0x9e37_79b9_7f4a_7c15) * u128::from(self.seeds[1]);
        let [low, high] = [product & u128::from(u64::MAX), product >> 64].map(|half| u64::try_from(half).unwrap_or(0));
        low ^ high
    }
}

/// What a scalar is, so that `"1"`, `1` and `true` differ.
const NULL: u64 = 1;
const BOOL: u64 = 2;
const INTEGER: u64 = 3;
const FLOAT: u64 = 4;
const ARRAY: u64 = 5;
const OBJECT: u64 = 6;

/// The event's own members.
struct EventVisitor<'h> {
    hasher: &'h ContentHasher,
    uuid: Option<String>,
    published: Option<String>,
}

/// Any value; its hash.
#[derive(Clone, Copy)]
struct Value<'h>(&'h ContentHasher);

/// A member's name: its hash, and whether it is one of the two.
struct Name<'h>(&'h ContentHasher);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Uuid,
    Published,
    Other,
}

impl<'de> Visitor<'de> for &mut EventVisitor<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a LogEvent")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut sum = 0_u64;
        while let Some((name, member)) = map.next_key_seed(Name(self.hasher))? {
            let value = match member {
                Member::Other => map.next_value_seed(Value(self.hasher))?,
                Member::Uuid | Member::Published => {
                    let text: String = map.next_value()?;
                    let hash = self.hasher.text(&text);
                    let place = if member == Member::Uuid { &mut self.uuid } else { &mut self.published };
                    place.get_or_insert(text);
                    hash
                }
            };
            sum = sum.wrapping_add(self.hasher.number(name, value));
        }
        Ok(self.hasher.number(OBJECT, sum))
    }
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = (u64, Member);

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = (u64, Member);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let member = match name {
            "uuid" => Member::Uuid,
            "published" => Member::Published,
            _ => Member::Other,
        };
        Ok((self.0.text(name), member))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = u64;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(self.0.number(NULL, 0))
    }

    fn visit_bool<E>(self, value: bool) -> Result<u64, E> {
        Ok(self.0.number(BOOL, value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<u64, E> {
        Ok(self.0.number(INTEGER, value.cast_unsigned()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(self.0.number(INTEGER, value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<u64, E> {
        Ok(self.0.number(FLOAT, value.to_bits()))
    }

    fn visit_str<E>(self, text: &str) -> Result<u64, E> {
        Ok(self.0.text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
        let mut state = self.0.number(ARRAY, 0);
        while let Some(item) = items.next_element_seed(self)? {
            state = self.0.number(state, item);
        }
        Ok(state)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut sum = 0_u64;
        while let Some((name, _)) = map.next_key_seed(Name(self.0))? {
            let value = map.next_value_seed(self)?;
            sum = sum.wrapping_add(self.0.number(name, value));
        }
        Ok(self.0.number(OBJECT, sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spacing_do_not_matter_and_everything_else_does() {
        let hasher = ContentHasher::new();
        let hash = |rest: &str| {
            let raw = format!(r#"{{"uuid":"a","published":"2026-05-04T10:30:00Z",{rest}}}"#);
            hasher.read(&raw).expect(rest).hash
        };
        let base = hash(r#""x":{"a":1,"b":[1,2.5,null,true,"é"]},"y":"""#);
        assert_eq!(base, hash(r#" "y" : "" , "x" : { "b" : [1, 2.5, null, true, "\u00e9"], "a": 1 }"#));
        let others = [
            r#""x":{"a":1,"b":[2.5,1,null,true,"é"]},"y":"""#,
            r#""x":{"a":"1","b":[1,2.5,null,true,"é"]},"y":"""#,
            r#""x":{"b":1,"a":[1,2.5,null,true,"é"]},"y":"""#,
            r#""x":{"a":1,"b":[1,2.5,null,false,"é"]},"y":"""#,
            r#""x":{"a":1,"b":[1,2.5,true,"é"]},"y":"""#,
            r#""x":{"a":1,"b":[1,2.5,null,true,"e"]},"y":"""#,
            r#""x":{"a":1},"b":[1,2.5,null,true,"é"],"y":"""#,
            r#""x":{"a":1,"b":[1,2.5,null,true,"é"]},"y":null"#,
            r#""x":{"a":1,"b":[1,2.5,null,true,"é"]}"#,
        ];
        let mut found: Vec<_> = others.iter().map(|rest| hash(rest)).chain([base]).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), others.len() + 1);
    }

    #[test]
    fn the_two_members_are_read_and_others_are_refused() {
        let hasher = ContentHasher::new();
        let content = hasher.read(r#"{"a":{"uuid":"inner"},"published":"p","uuid":"\u0061"}"#).unwrap();
        assert_eq!((content.uuid.as_str(), content.published.as_str()), ("a", "p"));
        for raw in
            ["", "[]", "{}", r#"{"uuid":1,"published":"p"}"#, r#"{"uuid":"a"}"#, r#"{"uuid":"a","published":"p"}x"#]
        {
            assert_eq!(hasher.read(raw), None, "{raw}");
        }
    }

    #[test]
    fn kept_seeds_give_the_same_found() {
        let raw = r#"{"uuid":"a","published":"p","n":1.5}"#;
        let hasher = ContentHasher::new();
        let kept: ContentHasher = serde_json::from_str(&serde_json::to_string(&hasher).unwrap()).unwrap();
        assert_eq!(kept.read(raw), hasher.read(raw));
        assert_ne!(ContentHasher::new().read(raw), hasher.read(raw));
    }
}
