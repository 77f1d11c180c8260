//! How each column lies in a Parquet file. Of some three hundred columns a batch fills a third, and most of these with
//! a few values over and over: compressing, counting and interning them would cost more than all the rest.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use normalize::MAPPING_VERSION;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::encode::ZSTD_LEVEL;

/// What readers filter by beyond the partition: only these have their extremes in the footer.
const FILTERED: [&str; 4] = ["time", "class_uid", "type_uid", "status_id"];

/// Columns whose every value is its own: a dictionary of them is thrown away.
const UNIQUE: [&str; 3] = ["raw_data", "metadata.uid", "metadata.original_time"];

/// Shorter columns gain less from compression than it takes to begin with it.
const COMPRESSED_FROM: usize = 4_096;

/// So many rows lie together in a sealed hour: large enough to read fast, small enough to be written in little memory.
const SEALED_ROW_GROUP: usize = 100_000;

/// A page of Security Lake has at most 1 MB uncompressed: half of it leaves room for the row that makes a page full.
const SECURITY_LAKE_PAGE: usize = 512 * 1024;

/// The properties of a sealed hour, whose columns are not known before they are written. Read often, written once: every
/// column is compressed, and pages can be skipped by what readers filter by.
pub(crate) fn sealed_properties() -> Result<WriterProperties, ParquetError> {
    Ok(sealed()?.build())
}

/// The properties of what Security Lake gets: as a sealed hour, in pages of the size that it wants.
pub(crate) fn security_lake_properties() -> Result<WriterProperties, ParquetError> {
    let properties = sealed()?.set_data_page_size_limit(SECURITY_LAKE_PAGE);
    Ok(properties.set_dictionary_page_size_limit(SECURITY_LAKE_PAGE).build())
}

fn sealed() -> Result<WriterPropertiesBuilder, ParquetError> {
    let mut properties = common()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(SEALED_ROW_GROUP));
    for name in UNIQUE {
        let path = ColumnPath::new(name.split('.').map(str::to_owned).collect());
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    Ok(properties)
}

fn common() -> WriterPropertiesBuilder {
    let properties = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(vec![KeyValue::new("okta_lake.mapping".into(), MAPPING_VERSION.to_string())]));
    FILTERED.into_iter().fold(properties, |properties, name| {
        properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::Chunk)
    })
}

/// The properties of a file of `columns`.
pub(crate) fn properties(columns: &RecordBatch) -> Result<WriterProperties, ParquetError> {
    let mut properties = common();
    let zstd = Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?);
    for (field, column) in columns.schema().fields().iter().zip(columns.columns()) {
        properties = lay_out(properties, vec![field.name().clone()], column, zstd);
    }
    for name in UNIQUE {
        let path = ColumnPath::new(name.split('.').map(str::to_owned).collect());
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    Ok(properties.build())
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
