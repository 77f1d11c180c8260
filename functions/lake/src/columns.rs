//! Events as Arrow columns of the one schema.

use std::borrow::Borrow;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, ListArray, RecordBatch, StructArray, new_null_array};
use arrow_schema::{DataType, FieldRef, Fields};
use normalize::ocsf::Event;
use serde::ser::Error as _;
use serde_arrow::ArrayBuilder;

use crate::occurring::Occurring;
use crate::schema;

/// `events` as columns of [`schema::events`]. Only what occurs in one of them is laid out; the rest is null.
pub(crate) fn of<'a, E: Borrow<Event<'a>>>(
    events: impl IntoIterator<Item = E>,
) -> Result<RecordBatch, serde_arrow::Error> {
    let events: Vec<_> = events.into_iter().collect();
    let mut occurring = Occurring::default();
    for event in &events {
        occurring.add(event.borrow()).map_err(serde_arrow::Error::custom)?;
    }
    let schema = schema::events();
    let mut builder = ArrayBuilder::from_arrow(&occurring.of(schema.fields()))?;
    let rows = events.len();
    // Each is freed as soon as it is laid out.
    events.into_iter().try_for_each(|event| builder.push(event.borrow()))?;
    let laid_out = StructArray::from(builder.to_record_batch()?);
    let columns = completed(&laid_out, schema.fields(), rows);
    RecordBatch::try_new(Arc::clone(&schema), columns).map_err(serde_arrow::Error::custom)
}

/// The columns of `fields`: those that `array` has, and nulls for the others.
fn completed(array: &StructArray, fields: &Fields, rows: usize) -> Vec<ArrayRef> {
    let column = |field: &FieldRef| match array.column_by_name(field.name()) {
        Some(column) => complete(column, field.data_type()),
        None => new_null_array(field.data_type(), rows),
    };
    fields.iter().map(column).collect()
}

fn complete(column: &ArrayRef, wanted: &DataType) -> ArrayRef {
    if column.data_type() == wanted {
        return Arc::clone(column);
    }
    match wanted {
        DataType::Struct(fields) => {
            let column = column.as_struct();
            let members = completed(column, fields, column.len());
            Arc::new(StructArray::new(fields.clone(), members, column.nulls().cloned()))
        }
        DataType::List(item) => {
            let column = column.as_list::<i32>();
            let items = complete(column.values(), item.data_type());
            Arc::new(ListArray::new(Arc::clone(item), column.offsets().clone(), items, column.nulls().cloned()))
        }
        _ => Arc::clone(column),
    }
}
