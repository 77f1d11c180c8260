//! Rows of the inventory and of its changes, in Parquet files called parts.

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_arrow::ArrayBuilder;
use serde_arrow::schema::{SchemaLike as _, TracingOptions};

use crate::encode::EncodeError;
use crate::parquet_layout::ZSTD_LEVEL;
use crate::stored::ReadError;

/// The media type of a part.
pub const CONTENT_TYPE: &str = "application/vnd.apache.parquet";

/// How many rows are decoded at once.
const ROWS_AT_ONCE: usize = 1_000;

/// An object that exists in an org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its key within the entity: the ids of its parents and its own, separated by slashes and percent-encoded.
    pub id: String,
    /// The id of its parent.
    pub parent: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// Its status, in Okta's words.
    pub status: Option<String>,
    /// Its type, in Okta's words.
    pub kind: Option<String>,
    /// When it was created, in Okta's words.
    pub created: Option<String>,
    /// When it was last changed, in Okta's words.
    pub last_updated: Option<String>,
    /// When it was read, in milliseconds since 1970.
    pub fetched: i64,
    /// The digest of its members, without those that change by themselves.
    pub hash: String,
    /// The object as Okta sent it, with sorted members and without secrets.
    pub json: String,
}

/// What happened to an object between two collections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// See [`Row::id`].
    pub id: String,
    /// See [`Row::parent`].
    pub parent: Option<String>,
    /// See [`Row::name`].
    pub name: Option<String>,
    /// `added`, `changed` or `removed`.
    pub change: String,
    /// The snapshot without the change.
    pub before_snapshot: String,
    /// The snapshot with it.
    pub snapshot: String,
    /// What changed: the path of each member, before and after, as JSON.
    pub fields: Vec<FieldChange>,
    /// The object before; none if it was added.
    pub before: Option<String>,
    /// The object after; none if it was removed.
    pub after: Option<String>,
    /// `explained`, by the event below; `unexplained`: the log has none; `unknown`: the log could not be read.
    pub explanation: String,
    /// The uuid of the System Log event.
    pub event_uid: Option<String>,
    /// Its type.
    pub event_code: Option<String>,
    /// When it was published, in milliseconds since 1970.
    pub event_time: Option<i64>,
    /// The id of the actor.
    pub actor_id: Option<String>,
    /// The name of the actor.
    pub actor_name: Option<String>,
}

/// A member that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The path of the member, with dots.
    pub path: String,
    /// Its value before, as JSON.
    pub before: Option<String>,
    /// Its value after, as JSON.
    pub after: Option<String>,
}

/// Rows as one Parquet file.
pub fn encode<T: Serialize + DeserializeOwned>(rows: &[T]) -> Result<Vec<u8>, EncodeError> {
    let columns = columns(rows).map_err(|error| EncodeError::Columns(Box::new(error)))?;
    let zstd = Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?);
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), columns.schema(), Some(properties))?;
    writer.write(&columns)?;
    drop(columns);
    Ok(writer.into_inner()?)
}

fn columns<T: Serialize + DeserializeOwned>(rows: &[T]) -> serde_arrow::Result<arrow_array::RecordBatch> {
    let mut builder = ArrayBuilder::from_arrow(&fields::<T>()?)?;
    rows.iter().try_for_each(|row| builder.push(row))?;
    builder.to_record_batch()
}

/// The columns of a kind of row.
pub fn fields<T: DeserializeOwned>() -> serde_arrow::Result<Vec<arrow_schema::FieldRef>> {
    let options = TracingOptions::default().strings_as_large_utf8(false).sequence_as_large_list(false);
    Vec::from_type::<T>(options)
}

/// Gives every row of a part to `visit`, in the order of the part. Only the columns of `T` are read.
pub fn read<T: DeserializeOwned>(body: Bytes, columns: &[&str], mut visit: impl FnMut(T)) -> Result<(), ReadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(body)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    for batch in builder.with_projection(mask).with_batch_size(ROWS_AT_ONCE).build()? {
        let rows: Vec<T> =
            serde_arrow::from_record_batch(&batch?).map_err(|error| ReadError::Columns(Box::new(error)))?;
        rows.into_iter().for_each(&mut visit);
    }
    Ok(())
}

/// The columns of [`Row`].
pub const ROW: &[&str] =
    &["id", "parent", "name", "status", "kind", "created", "last_updated", "fetched", "hash", "json"];

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> Row {
        Row {
            id: id.to_owned(),
            parent: None,
            name: Some("n".to_owned()),
            status: None,
            kind: None,
            created: None,
            last_updated: None,
            fetched: 5,
            hash: "h".to_owned(),
            json: "{}".to_owned(),
        }
    }

    #[test]
    fn rows_come_back() {
        #[derive(Deserialize)]
        struct Id {
            id: String,
        }
        let rows = [row("a"), row("b")];
        let body = Bytes::from(encode(&rows).unwrap());
        let (mut whole, mut ids) = (Vec::new(), Vec::new());
        read::<Row>(body.clone(), ROW, |row| whole.push(row)).unwrap();
        read::<Id>(body, &["id"], |row| ids.push(row.id)).unwrap();
        assert_eq!((whole.as_slice(), ids), (&rows[..], vec!["a".to_owned(), "b".to_owned()]));
        assert!(read::<Row>(Bytes::from_static(b"PAR1"), ROW, |_| ()).is_err());
    }

    #[test]
    fn the_names_of_columns_are_those_of_the_row() {
        let names: Vec<_> = fields::<Row>().unwrap().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ROW);
        assert!(fields::<Change>().unwrap().len() > 12);
    }
}
