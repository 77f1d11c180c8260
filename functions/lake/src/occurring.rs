//! Which attributes occur in a batch of events. Most of some three hundred do not, and laying out a column of nulls costs
//! as much as laying out one of values.

use std::fmt;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef};
use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

/// The attributes that occur, each with those within it: events are serialized into it.
#[derive(Debug, Default)]
pub(crate) struct Occurring {
    members: Vec<(&'static str, Occurring)>,
    /// Where the next attribute is looked for first: events serialize theirs in one order.
    next: usize,
}

impl Occurring {
    /// Adds what occurs in `event`.
    pub(crate) fn add(&mut self, event: &impl Serialize) -> Result<(), Unforeseen> {
        event.serialize(self)
    }

    /// The `fields` that occur, reduced to what occurs within them.
    pub(crate) fn of<'f>(&self, fields: impl IntoIterator<Item = &'f FieldRef>) -> Vec<FieldRef> {
        let occurring = |field: &FieldRef| {
            let (_, within) = self.members.iter().find(|(name, _)| name == field.name())?;
            Some(within.reduced(field))
        };
        fields.into_iter().filter_map(occurring).collect()
    }

    fn reduced(&self, field: &FieldRef) -> FieldRef {
        if self.members.is_empty() {
            return Arc::clone(field);
        }
        let reduced = match field.data_type() {
            DataType::Struct(members) => DataType::Struct(self.of(members).into()),
            DataType::List(item) => DataType::List(self.reduced(item)),
            _ => return Arc::clone(field),
        };
        Arc::new(Field::new(field.name(), reduced, field.is_nullable()).with_metadata(field.metadata().clone()))
    }

    fn member(&mut self, name: &'static str) -> &mut Occurring {
        let count = self.members.len();
        let found = (0..count).map(|step| (self.next + step) % count).find(|at| self.members[*at].0 == name);
        let at = found.unwrap_or_else(|| {
            self.members.push((name, Self::default()));
            count
        });
        self.next = at + 1;
        &mut self.members[at].1
    }
}

/// An event that has a form which OCSF types do not have. This is a mistake of okta-lake.
#[derive(Debug)]
pub(crate) struct Unforeseen(String);

impl fmt::Display for Unforeseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unforeseen {}

impl Error for Unforeseen {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type No = Impossible<(), Unforeseen>;

fn unforeseen<T>(what: &str) -> Result<T, Unforeseen> {
    Err(Unforeseen(format!("{what} in an event")))
}

impl Serializer for &mut Occurring {
    type Ok = ();
    type Error = Unforeseen;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = No;

    fn serialize_bool(self, _: bool) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_i8(self, _: i8) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_i16(self, _: i16) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_i32(self, _: i32) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_i64(self, _: i64) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_u8(self, _: u8) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_u16(self, _: u16) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_u32(self, _: u32) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_u64(self, _: u64) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_char(self, _: char) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_str(self, _: &str) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unforeseen> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unforeseen> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unforeseen> {
        unforeseen("an enum")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Unforeseen> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unforeseen> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<No, Unforeseen> {
        unforeseen("a tuple")
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<No, Unforeseen> {
        unforeseen("an enum")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Unforeseen> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unforeseen> {
        self.next = 0;
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<No, Unforeseen> {
        unforeseen("an enum")
    }
}

impl SerializeStruct for &mut Occurring {
    type Ok = ();
    type Error = Unforeseen;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unforeseen> {
        value.serialize(self.member(name))
    }

    fn end(self) -> Result<(), Unforeseen> {
        Ok(())
    }
}

impl SerializeSeq for &mut Occurring {
    type Ok = ();
    type Error = Unforeseen;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unforeseen> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unforeseen> {
        Ok(())
    }
}

impl SerializeTuple for &mut Occurring {
    type Ok = ();
    type Error = Unforeseen;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unforeseen> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unforeseen> {
        Ok(())
    }
}

/// A map is a column by itself, whatever its keys are.
impl SerializeMap for &mut Occurring {
    type Ok = ();
    type Error = Unforeseen;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unforeseen> {
        Ok(())
    }

    fn end(self) -> Result<(), Unforeseen> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_arrow::schema::{SchemaLike as _, TracingOptions};

    use super::*;

    #[derive(Serialize, serde::Deserialize, Default)]
    struct Outer {
        id: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        inner: Option<Vec<Inner>>,
    }

    #[derive(Serialize, serde::Deserialize, Default)]
    struct Inner {
        #[serde(skip_serializing_if = "Option::is_none")]
        a: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<bool>,
    }

    #[test]
    fn only_what_occurs_is_kept_at_every_depth() {
        let fields = {
            let options = TracingOptions::default().sequence_as_large_list(false);
            Vec::<FieldRef>::from_type::<Outer>(options).unwrap()
        };
        let mut occurring = Occurring::default();
        occurring.add(&Outer::default()).unwrap();
        let names = |fields: &[FieldRef]| fields.iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        assert_eq!(names(&occurring.of(&fields)), ["id"]);
        let inner = Some(vec![Inner::default(), Inner { b: Some(true), a: None }]);
        occurring.add(&Outer { inner, ..Outer::default() }).unwrap();
        let reduced = occurring.of(&fields);
        assert_eq!(names(&reduced), ["id", "inner"]);
        assert!(format!("{:?}", reduced[1]).contains("\"b\"") && !format!("{:?}", reduced[1]).contains("\"a\""));
    }
}
