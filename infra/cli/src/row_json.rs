//! Arrow rows to JSON, driven by the schema: nulls, empty lists and empty objects are left out, a map becomes an object,
//! the order of the columns stays.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::DataType;
use serde::Serialize;

use crate::error::DecodeError;

/// Appends one row of a batch as a JSON object, without a line's end.
pub(crate) fn write_row(batch: &RecordBatch, row: usize, line: &mut Vec<u8>) -> Result<(), DecodeError> {
    let schema = batch.schema_ref();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let is_empty = !write_object(names.zip(batch.columns()), row, line)?;
    if is_empty {
        line.extend_from_slice(b"{}");
    }
    Ok(())
}

/// Appends an object of the members that have a value; appends nothing, and says so, if none has.
fn write_object<'a>(
    members: impl Iterator<Item = (&'a str, &'a ArrayRef)>,
    row: usize,
    line: &mut Vec<u8>,
) -> Result<bool, DecodeError> {
    let start = line.len();
    for (name, column) in members {
        let before = line.len();
        line.push(if before == start { b'{' } else { b',' });
        write_scalar(name, line)?;
        line.push(b':');
        if !write_value(name, column, row, line)? {
            line.truncate(before);
        }
    }
    let has_any = line.len() > start;
    if has_any {
        line.push(b'}');
    }
    Ok(has_any)
}

/// Appends a value; appends nothing, and says so, if it is null or empty.
fn write_value(name: &str, column: &ArrayRef, row: usize, line: &mut Vec<u8>) -> Result<bool, DecodeError> {
    if column.is_null(row) {
        return Ok(false);
    }
    match column.data_type() {
        DataType::Null => return Ok(false),
        DataType::Struct(_) => return write_struct(column.as_struct(), row, line),
        DataType::List(_) => return write_list(name, &column.as_list::<i32>().value(row), line),
        DataType::LargeList(_) => return write_list(name, &column.as_list::<i64>().value(row), line),
        DataType::Map(..) => return write_map(name, &column.as_map().value(row), line),
        DataType::Utf8 => write_scalar(column.as_string::<i32>().value(row), line)?,
        DataType::LargeUtf8 => write_scalar(column.as_string::<i64>().value(row), line)?,
        DataType::Utf8View => write_scalar(column.as_string_view().value(row), line)?,
        DataType::Boolean => write_scalar(column.as_boolean().value(row), line)?,
        DataType::Int8 => write_scalar(column.as_primitive::<Int8Type>().value(row), line)?,
        DataType::Int16 => write_scalar(column.as_primitive::<Int16Type>().value(row), line)?,
        DataType::Int32 => write_scalar(column.as_primitive::<Int32Type>().value(row), line)?,
        DataType::Int64 => write_scalar(column.as_primitive::<Int64Type>().value(row), line)?,
        DataType::UInt8 => write_scalar(column.as_primitive::<UInt8Type>().value(row), line)?,
        DataType::UInt16 => write_scalar(column.as_primitive::<UInt16Type>().value(row), line)?,
        DataType::UInt32 => write_scalar(column.as_primitive::<UInt32Type>().value(row), line)?,
        DataType::UInt64 => write_scalar(column.as_primitive::<UInt64Type>().value(row), line)?,
        DataType::Float32 => write_scalar(column.as_primitive::<Float32Type>().value(row), line)?,
        DataType::Float64 => write_scalar(column.as_primitive::<Float64Type>().value(row), line)?,
        other => return Err(DecodeError::Column { column: name.to_owned(), data_type: other.to_string() }),
    }
    Ok(true)
}

fn write_struct(column: &StructArray, row: usize, line: &mut Vec<u8>) -> Result<bool, DecodeError> {
    let names = column.fields().iter().map(|field| field.name().as_str());
    write_object(names.zip(column.columns()), row, line)
}

/// Elements that are null or empty are left out as well.
fn write_list(name: &str, elements: &ArrayRef, line: &mut Vec<u8>) -> Result<bool, DecodeError> {
    let start = line.len();
    for element in 0..elements.len() {
        let before = line.len();
        line.push(if before == start { b'[' } else { b',' });
        if !write_value(name, elements, element, line)? {
            line.truncate(before);
        }
    }
    let has_any = line.len() > start;
    if has_any {
        line.push(b']');
    }
    Ok(has_any)
}

/// Keys are text; the schema has no other maps.
fn write_map(name: &str, entries: &StructArray, line: &mut Vec<u8>) -> Result<bool, DecodeError> {
    let [keys, values] = entries.columns() else { return Ok(false) };
    let start = line.len();
    for entry in 0..entries.len() {
        let before = line.len();
        line.push(if before == start { b'{' } else { b',' });
        let has_key = write_value(name, keys, entry, line)?;
        line.push(b':');
        if !has_key || !write_value(name, values, entry, line)? {
            line.truncate(before);
        }
    }
    let has_any = line.len() > start;
    if has_any {
        line.push(b'}');
    }
    Ok(has_any)
}

fn write_scalar(value: impl Serialize, line: &mut Vec<u8>) -> Result<(), DecodeError> {
    Ok(serde_json::to_writer(line, &value)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder, StructBuilder};
    use arrow_array::{BooleanArray, Float64Array, Int64Array, StringArray};
    use arrow_schema::{Field, Fields};

    use super::*;

    fn lines(columns: Vec<(&str, ArrayRef)>) -> Vec<String> {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
                .unwrap();
        let write = |row| {
            let mut line = Vec::new();
            write_row(&batch, row, &mut line).unwrap();
            String::from_utf8(line).unwrap()
        };
        (0..batch.num_rows()).map(write).collect()
    }

    #[test]
    fn scalars_keep_their_kind_and_nulls_go() {
        let rows = lines(vec![
            ("time", Arc::new(Int64Array::from(vec![Some(i64::MAX), None, Some(-1)]))),
            ("text", Arc::new(StringArray::from(vec![Some("a\"\u{1}ä\u{2028}"), None, Some("")]))),
            ("flag", Arc::new(BooleanArray::from(vec![Some(false), None, Some(true)]))),
            ("score", Arc::new(Float64Array::from(vec![Some(0.1), None, Some(2.0)]))),
        ]);
        assert_eq!(
            rows,
            [
                "{\"time\":9223372036854775807,\"text\":\"a\\\"\\u0001ä\u{2028}\",\"flag\":false,\"score\":0.1}",
                "{}",
                "{\"time\":-1,\"text\":\"\",\"flag\":true,\"score\":2.0}"
            ]
        );
    }

    #[test]
    fn maps_become_objects_and_what_is_empty_goes() {
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        map.keys().append_value("debugContext.url");
        map.values().append_value("/a");
        map.keys().append_value("none");
        map.values().append_null();
        map.append(true).unwrap();
        map.append(true).unwrap();
        map.append(false).unwrap();
        let mut list = ListBuilder::new(StringBuilder::new());
        list.append_value([Some("x"), None, Some("y")]);
        list.append_value([None::<&str>]);
        list.append_value([None::<&str>; 0]);
        let rows = lines(vec![("unmapped", Arc::new(map.finish())), ("list", Arc::new(list.finish()))]);
        assert_eq!(rows, [r#"{"unmapped":{"debugContext.url":"/a"},"list":["x","y"]}"#, "{}", "{}"]);
    }

    #[test]
    fn nested_objects_are_written_if_anything_is_in_them() {
        let city = Fields::from(vec![Field::new("city", DataType::Utf8, true)]);
        let fields = Fields::from(vec![
            Field::new("ip", DataType::Utf8, true),
            Field::new("location", DataType::Struct(city), true),
        ]);
        let mut endpoint = StructBuilder::from_fields(fields, 3);
        for (ip, name) in [(Some("192.0.2.1"), None), (None, Some("Bern")), (None, None)] {
            endpoint.field_builder::<StringBuilder>(0).unwrap().append_option(ip);
            let location = endpoint.field_builder::<StructBuilder>(1).unwrap();
            location.field_builder::<StringBuilder>(0).unwrap().append_option(name);
            location.append(true);
            endpoint.append(true);
        }
        let rows = lines(vec![("a", Arc::new(endpoint.finish()))]);
        assert_eq!(rows, [r#"{"a":{"ip":"192.0.2.1"}}"#, r#"{"a":{"location":{"city":"Bern"}}}"#, "{}"]);
    }

    #[test]
    fn a_type_that_rows_do_not_have_is_told() {
        let column: ArrayRef = Arc::new(arrow_array::Date32Array::from(vec![1]));
        let batch = RecordBatch::try_from_iter([("when", column)]).unwrap();
        let error = write_row(&batch, 0, &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("\"when\"") && error.contains("Date32"), "{error}");
    }
}
