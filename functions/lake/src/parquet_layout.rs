//! How each column is laid out in a Parquet file. A batch fills a third of some three hundred columns, most of these with
//! a few repeated values: compressing them, and keeping statistics and dictionaries of them, would cost more than all the
//! rest.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use normalize::MAPPING_VERSION;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

/// zstd's own default: beyond it, size falls by a tenth and speed by half.
pub(crate) const ZSTD_LEVEL: i32 = 3;

/// The key of the file's metadata under which the version of the mapping is.
pub(crate) const MAPPING: &str = "okta_lake.mapping";

/// What readers filter by beyond the partition: only these have their extremes in the footer.
const FILTERED: [&str; 4] = ["time", "class_uid", "type_uid", "status_id"];

/// Columns without repeated values: a dictionary would be discarded.
const UNIQUE: [&str; 3] = ["raw_data", "metadata.uid", "metadata.original_time"];

/// In smaller columns, in bytes, compression saves less than its start costs.
const COMPRESSED_FROM: usize = 4_096;

/// How many rows a row group of a sealed hour has: large enough to read fast, small enough to write in little memory.
const SEALED_ROW_GROUP: usize = 100_000;

/// Security Lake wants pages of at most 1 MB uncompressed: half of it leaves room for the row that fills a page.
const SECURITY_LAKE_PAGE: usize = 512 * 1024;

/// How a sealed hour is written, whose values are not known before. It is written once and read often: every column is
/// compressed.
pub(crate) fn sealed_options() -> Result<ArrowWriterOptions, ParquetError> {
    Ok(options(sealed()?.build()))
}

/// How an object for Security Lake is written: as a sealed hour, with pages of the size that it wants.
pub(crate) fn security_lake_options() -> Result<ArrowWriterOptions, ParquetError> {
    let properties = sealed()?.set_data_page_size_limit(SECURITY_LAKE_PAGE);
    Ok(options(properties.set_dictionary_page_size_limit(SECURITY_LAKE_PAGE).build()))
}

/// Without Arrow's copy of the schema: Parquet's own says as much of our types, and half a quiet hour's object would be
/// that copy.
fn options(properties: WriterProperties) -> ArrowWriterOptions {
    ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true)
}

fn sealed() -> Result<WriterPropertiesBuilder, ParquetError> {
    let properties = common()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(SEALED_ROW_GROUP));
    Ok(without_dictionaries(properties))
}

fn without_dictionaries(properties: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
    UNIQUE.into_iter().fold(properties, |properties, name| {
        let path = ColumnPath::new(name.split('.').map(str::to_owned).collect());
        properties.set_column_dictionary_enabled(path, false)
    })
}

fn common() -> WriterPropertiesBuilder {
    let properties = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(vec![KeyValue::new(MAPPING.into(), MAPPING_VERSION.to_string())]));
    FILTERED.into_iter().fold(properties, |properties, name| {
        properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::Chunk)
    })
}

/// The properties of a live object, decided by the values in `columns`.
pub(crate) fn live_properties(columns: &RecordBatch) -> Result<WriterProperties, ParquetError> {
    let mut properties = common();
    let zstd = Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?);
    for (field, column) in columns.schema().fields().iter().zip(columns.columns()) {
        properties = lay_out(properties, vec![field.name().clone()], column, zstd);
    }
    Ok(without_dictionaries(properties).build())
}

/// Decides leaf by leaf.
fn lay_out(
    properties: WriterPropertiesBuilder,
    path: Vec<String>,
    column: &ArrayRef,
    zstd: Compression,
) -> WriterPropertiesBuilder {
    if let Some(members) = members(column) {
        return members.into_iter().fold(properties, |properties, (names, member)| {
            lay_out(properties, path.iter().cloned().chain(names).collect(), &member, zstd)
        });
    }
    let path = ColumnPath::new(path);
    if column.null_count() == column.len() {
        properties.set_column_dictionary_enabled(path, false)
    } else if column.to_data().get_slice_memory_size().is_ok_and(|size| size >= COMPRESSED_FROM) {
        properties.set_column_compression(path, zstd)
    } else {
        properties
    }
}

/// What a nested column is made of, with the names that Parquet gives it; `None` if it has values itself.
fn members(column: &ArrayRef) -> Option<Vec<(Vec<String>, ArrayRef)>> {
    match column.data_type() {
        DataType::Struct(_) => {
            let column = column.as_struct();
            let names = column.fields().iter().map(|field| vec![field.name().clone()]);
            Some(names.zip(column.columns().iter().cloned()).collect())
        }
        DataType::List(_) => {
            Some(vec![(vec!["list".to_owned(), "element".to_owned()], Arc::clone(column.as_list::<i32>().values()))])
        }
        DataType::Map(entries, _) => {
            Some(vec![(vec![entries.name().clone()], Arc::new(column.as_map().entries().clone()))])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;
    use normalize::{IngestContext, IngestPath, LogEvent, Tenant};
    use parquet::basic::Encoding;
    use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    use super::*;
    use crate::encode::encode;
    use crate::format::Format;

    /// A live object of so many events, each of its own length.
    fn live(rows: usize) -> ParquetMetaData {
        let tenant = Tenant::parse("acme").unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let receipt = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged: now, processed: now };
        let raw = |n: usize| {
            format!(
                r#"{{"uuid":"u{n}","published":"2026-05-04T10:30:00.000Z","eventType":"user.session.start","x":"{}"}}"#,
                "y".repeat(n % 97)
            )
        };
        let texts: Vec<_> = (0..rows).map(raw).collect();
        let events = texts.iter().map(|text| normalize::normalize(LogEvent::parse(text).unwrap(), &receipt).event);
        let body = encode(events, Format::Parquet).unwrap();
        SerializedFileReader::new(Bytes::from(body)).unwrap().metadata().clone()
    }

    fn column<'a>(file: &'a ParquetMetaData, path: &str) -> &'a ColumnChunkMetaData {
        let columns = file.row_group(0).columns();
        columns.iter().find(|column| column.column_path().string() == path).unwrap()
    }

    fn has_dictionary(column: &ColumnChunkMetaData) -> bool {
        column.encodings().any(|encoding| encoding == Encoding::RLE_DICTIONARY)
    }

    #[test]
    fn only_what_gains_from_it_is_compressed() {
        let file = live(500);
        assert!(matches!(column(&file, "raw_data").compression(), Compression::ZSTD(_)));
        assert!(matches!(column(&file, "class_name").compression(), Compression::ZSTD(_)), "500 long names");
        assert_eq!(column(&file, "class_uid").compression(), Compression::UNCOMPRESSED, "2,000 bytes");
        assert_eq!(column(&file, "comment").compression(), Compression::UNCOMPRESSED, "no values");
        assert_eq!(column(&live(1), "raw_data").compression(), Compression::UNCOMPRESSED, "one short row");
    }

    #[test]
    fn only_repeated_values_have_a_dictionary() {
        let file = live(500);
        assert!(has_dictionary(column(&file, "class_name")));
        for unique in UNIQUE {
            assert!(!has_dictionary(column(&file, unique)), "{unique}");
        }
        assert!(!has_dictionary(column(&file, "comment")), "no values");
    }

    #[test]
    fn only_what_readers_filter_by_has_statistics() {
        let file = live(500);
        for name in FILTERED {
            assert!(column(&file, name).statistics().is_some(), "{name}");
        }
        let counted = file.row_group(0).columns().iter().filter(|column| column.statistics().is_some()).count();
        assert_eq!(counted, FILTERED.len());
    }

    #[test]
    fn the_file_names_the_mapping() {
        let file = live(1);
        let pairs = file.file_metadata().key_value_metadata().unwrap();
        let mapping = pairs.iter().find(|pair| pair.key == MAPPING).unwrap();
        assert_eq!(mapping.value.as_deref(), Some(MAPPING_VERSION.to_string().as_str()));
    }

    #[test]
    fn the_names_are_columns() {
        let file = live(1);
        for name in FILTERED.into_iter().chain(UNIQUE) {
            column(&file, name);
        }
    }
}
