//! Writes the Parquet file of a live object. A column without a value is one page, the same for all such columns, that is
//! made once; the others go through Arrow's own writers.

use std::sync::{Arc, LazyLock};

use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Encoding, Type};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};

use crate::parquet_layout::live_properties;
use crate::schema;

/// The Parquet schema of all files with events.
static COLUMNS: LazyLock<Result<SchemaDescriptor>> =
    LazyLock::new(|| ArrowSchemaConverter::new().convert(&schema::events()));

/// The bytes of a file with these columns of [`schema::events`].
pub(crate) fn write(columns: &RecordBatch) -> Result<Vec<u8>> {
    let descriptor = COLUMNS.as_ref().map_err(|error| ParquetError::General(error.to_string()))?;
    let properties = Arc::new(live_properties(columns)?);
    let mut file = SerializedFileWriter::new(Vec::new(), descriptor.root_schema_ptr(), Arc::clone(&properties))?;
    let filled = filled(columns)?;
    let mut writers = column_writers(&filled, &properties)?.into_iter();
    let nulls = Nulls::new(columns.num_rows())?;
    let mut group = file.next_row_group()?;
    let mut leaves = descriptor.columns().iter();
    for (field, column) in columns.schema().fields().iter().zip(columns.columns()) {
        let count = leaf_count(field.data_type());
        let own = leaves.by_ref().take(count);
        if is_empty(column) {
            own.into_iter().try_for_each(|leaf| nulls.append(leaf, &mut group))?;
            continue;
        }
        own.for_each(drop);
        for (leaf, mut writer) in compute_leaves(field, column)?.iter().zip(writers.by_ref()) {
            writer.write(leaf)?;
            writer.close()?.append_to_row_group(&mut group)?;
        }
    }
    group.close()?;
    file.into_inner()
}

fn is_empty(column: &ArrayRef) -> bool {
    !column.is_empty() && column.null_count() == column.len()
}

/// The columns that have a value.
fn filled(columns: &RecordBatch) -> Result<RecordBatch> {
    let filled: Vec<_> = (0..columns.num_columns()).filter(|at| !is_empty(columns.column(*at))).collect();
    Ok(columns.project(&filled)?)
}

/// A writer for each leaf of `filled`.
fn column_writers(filled: &RecordBatch, properties: &Arc<WriterProperties>) -> Result<Vec<ArrowColumnWriter>> {
    let schema: Arc<Schema> = filled.schema();
    let root = ArrowSchemaConverter::new().convert(&schema)?.root_schema_ptr();
    let nowhere = SerializedFileWriter::new(std::io::sink(), root, Arc::clone(properties))?;
    ArrowRowGroupWriterFactory::new(&nowhere, schema).create_column_writers(0)
}

fn leaf_count(kind: &DataType) -> usize {
    let of = |field: &Arc<Field>| leaf_count(field.data_type());
    match kind {
        DataType::Struct(members) => members.iter().map(of).sum(),
        DataType::List(item) | DataType::Map(item, _) => of(item),
        _ => 1,
    }
}

/// Columns of nulls, in each of which a run says that no row has a value.
struct Nulls {
    rows: usize,
    single: Bytes,
    repeated: Bytes,
}

impl Nulls {
    fn new(rows: usize) -> Result<Self> {
        Ok(Self { rows, single: null_page(rows, "optional")?, repeated: null_page(rows, "repeated")? })
    }

    fn append(&self, leaf: &ColumnDescPtr, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<()> {
        let page = if leaf.max_rep_level() > 0 { &self.repeated } else { &self.single };
        let (bytes, rows) = (page.len() as u64, self.rows as u64);
        let size = i64::try_from(bytes).unwrap_or(i64::MAX);
        let metadata = ColumnChunkMetaData::builder(Arc::clone(leaf))
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE])
            .set_num_values(i64::try_from(rows).unwrap_or(i64::MAX))
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(size)
            .set_data_page_offset(0)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes,
            rows_written: rows,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(page, close)
    }
}

/// The one page of a column of nulls. It does not depend on the column's type, nor on how deep the column lies: levels of 0
/// are a run of one byte for every depth below 256.
fn null_page(rows: usize, repetition: &str) -> Result<Bytes> {
    let message = parse_message_type(&format!("message nulls {{ {repetition} int32 x; }}"))?;
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_row_count_limit(usize::MAX)
        .set_write_batch_size(rows.max(1))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(message), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("no column".into()))?;
    let levels = vec![0; rows];
    if let ColumnWriter::Int32ColumnWriter(writer) = column.untyped() {
        writer.write_batch(&[], Some(&levels), (repetition == "repeated").then_some(&levels))?;
    }
    column.close()?;
    let group = group.close()?;
    let chunk = group.column(0);
    debug_assert_eq!(chunk.column_type(), Type::INT32);
    let (from, length) = chunk.byte_range();
    let bytes = Bytes::from(file.into_inner()?);
    let position = |at: u64| usize::try_from(at).map_err(|error| ParquetError::External(Box::new(error)));
    Ok(bytes.slice(position(from)?..position(from + length)?))
}
