//! The one schema of all events: its columns are derived from the OCSF types.

use std::sync::{Arc, LazyLock};

use arrow_schema::{FieldRef, Schema, SchemaRef};
use normalize::ocsf::Event;
use serde_arrow::schema::{SchemaLike, TracingOptions};

// The types are fixed when this is compiled, and a test traces them.
#[allow(clippy::expect_used)]
static SCHEMA: LazyLock<SchemaRef> =
    LazyLock::new(|| Arc::new(Schema::new(trace().expect("the OCSF types have an Arrow form"))));

/// The Arrow schema of every Parquet file with events. A pair in `unmapped` is text to text.
pub fn events() -> SchemaRef {
    Arc::clone(&SCHEMA)
}

fn trace() -> serde_arrow::Result<Vec<FieldRef>> {
    let options = TracingOptions::default()
        .strings_as_large_utf8(false)
        .sequence_as_large_list(false)
        .map_as_struct(false)
        .from_type_budget(1_000);
    Vec::<FieldRef>::from_type::<Event<'static>>(options)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arrow_schema::DataType;
    use normalize::ocsf::Class;

    use super::*;

    #[test]
    fn the_columns_are_those_of_the_classes() {
        let of_classes: BTreeSet<_> = Class::all().flat_map(Class::columns).collect();
        let schema = events();
        let of_schema: BTreeSet<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let difference: Vec<_> = of_classes.symmetric_difference(&of_schema).collect();
        assert!(
            difference.is_empty(),
            "{difference:?}: a column belongs to the classes that have it, and to the event"
        );
    }

    #[test]
    fn the_types_have_an_arrow_form() {
        let schema = Schema::new(trace().unwrap());
        assert_eq!(schema.field_with_name("time").unwrap().data_type(), &DataType::Int64);
        assert_eq!(schema.field_with_name("raw_data").unwrap().data_type(), &DataType::Utf8);
        assert!(matches!(schema.field_with_name("unmapped").unwrap().data_type(), DataType::Map(..)));
        assert!(schema.field_with_name("actor").unwrap().is_nullable());
        assert!(!schema.field_with_name("class_uid").unwrap().is_nullable());
    }
}
