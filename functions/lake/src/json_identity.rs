//! Whether two texts are the same JSON value, whatever the order of their members and their spacing, in eight bytes a text.
//! The hash is keyed anew in each process: nobody outside can look for two values with the same one. Pure.

use std::fmt;
use std::hash::{BuildHasher, Hasher as _, RandomState};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Compares JSON values within one process.
#[derive(Debug, Clone, Default)]
pub(crate) struct JsonIdentity {
    keys: RandomState,
}

impl JsonIdentity {
    /// Equal for texts with equal values. A text that is no JSON is only equal to itself.
    pub(crate) fn of(&self, text: &str) -> u64 {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = Seed { keys: &self.keys }.deserialize(&mut json);
        value.ok().filter(|_| json.end().is_ok()).unwrap_or_else(|| self.keys.hash_one(text))
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    keys: &'a RandomState,
}

impl Seed<'_> {
    fn scalar(self, kind: u8, bytes: &[u8]) -> u64 {
        let mut hasher = self.keys.build_hasher();
        hasher.write_u8(kind);
        hasher.write(bytes);
        hasher.finish()
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(self.scalar(0, b""))
    }

    fn visit_bool<E>(self, value: bool) -> Result<u64, E> {
        Ok(self.scalar(1, &[u8::from(value)]))
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(self.scalar(2, &value.to_le_bytes()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<u64, E> {
        Ok(self.scalar(3, &value.to_le_bytes()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<u64, E> {
        Ok(self.scalar(4, &value.to_bits().to_le_bytes()))
    }

    fn visit_str<E>(self, value: &str) -> Result<u64, E> {
        Ok(self.scalar(5, value.as_bytes()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<u64, A::Error> {
        let mut hasher = self.keys.build_hasher();
        hasher.write_u8(6);
        while let Some(value) = values.next_element_seed(self)? {
            hasher.write_u64(value);
        }
        Ok(hasher.finish())
    }

    /// The sum of the members' hashes does not depend on their order.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        let mut sum = self.scalar(7, b"");
        while let Some((name, value)) = members.next_entry_seed(self, self)? {
            let mut hasher = self.keys.build_hasher();
            hasher.write_u64(name);
            hasher.write_u64(value);
            sum = sum.wrapping_add(hasher.finish());
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn order_and_spacing_are_no_difference() {
        let identity = JsonIdentity::default();
        let same = [
            r#"{"a":[1,-2,0.5,null,true],"b":{"c":"\u00e9","d":""}}"#,
            r#" { "b" : {"d":"", "c":"é"}, "a":[1,-2,0.5,null,true] } "#,
        ];
        assert_eq!(identity.of(same[0]), identity.of(same[1]));
        for other in [
            r#"{"a":[1,-2,0.5,null,false],"b":{"c":"é","d":""}}"#,
            r#"{"a":[-2,1,0.5,null,true],"b":{"c":"é","d":""}}"#,
            r#"{"a":[1,-2,0.5,null,true],"b":{"c":"","d":"é"}}"#,
            r#"{"a":[1,-2,0.5,null,true],"b":{"c":"é"}}"#,
            r#"{"a":["1",-2,0.5,null,true],"b":{"c":"é","d":""}}"#,
            r#"[{"a":[1,-2,0.5,null,true],"b":{"c":"é","d":""}}]"#,
            r#"{"a":[1,-2,0.5,null,true],"b":{"c":"é","d":""}}x"#,
            "",
        ] {
            assert_ne!(identity.of(same[0]), identity.of(other), "{other}");
        }
        assert_eq!(identity.of("no json"), identity.of("no json"));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]{0,2}", inner, 0..3)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn equal_values_and_only_those_are_the_same(one in json(), other in json()) {
            let identity = JsonIdentity::default();
            let (text, pretty) = (one.to_string(), serde_json::to_string_pretty(&one).unwrap());
            prop_assert_eq!(identity.of(&text), identity.of(&pretty));
            prop_assert_eq!(identity.of(&text) == identity.of(&other.to_string()), one == other);
        }
    }
}
