//! Events to bytes: Parquet with nested columns, or compressed NDJSON.

use std::borrow::Borrow;
use std::io::{self, Write};

use arrow_array::RecordBatch;
use normalize::ocsf::Event;
use parquet::errors::ParquetError;

use crate::action::Action;
use crate::format::Format;
use crate::parquet_layout::ZSTD_LEVEL;
use crate::{columns, live_file};

/// An event that has no encoded form. All events have one: this is a mistake of okta-lake, not bad input.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Into Arrow columns.
    #[error("cannot lay out events as columns")]
    Columns(#[source] Box<serde_arrow::Error>),
    /// Into a Parquet file.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// Into JSON.
    #[error("cannot write NDJSON")]
    Json(#[from] serde_json::Error),
    /// Compressed.
    #[error("cannot compress")]
    Compress(#[from] io::Error),
}

impl EncodeError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        Action::Stop
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        "report it: this is a mistake of okta-lake, and neither the bucket nor the event is at fault"
    }
}

/// Encodes `events` in their order. Each is needed only until the next one: given by value, it is freed then.
pub fn encode<'a, E: Borrow<Event<'a>>>(
    events: impl IntoIterator<Item = E>,
    format: Format,
) -> Result<Vec<u8>, EncodeError> {
    match format {
        Format::Parquet => parquet(events),
        Format::Ndjson => {
            let mut writer = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
            ndjson(events, &mut writer)?;
            Ok(writer.finish()?)
        }
    }
}

/// `events` as Arrow columns of [`crate::schema::events`].
pub fn columns<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<RecordBatch, EncodeError> {
    columns::of(events).map_err(|error| EncodeError::Columns(Box::new(error)))
}

/// Writes `events` as lines of JSON.
pub(crate) fn ndjson<'a, E: Borrow<Event<'a>>>(
    events: impl IntoIterator<Item = E>,
    to: &mut impl Write,
) -> Result<(), EncodeError> {
    let mut line = Vec::new();
    for event in events {
        line.clear();
        serde_json::to_writer(&mut line, event.borrow())?;
        line.push(b'\n');
        to.write_all(&line)?;
    }
    Ok(())
}

fn parquet<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EncodeError> {
    Ok(live_file::write(&columns(events)?)?)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;
    use normalize::{IngestContext, IngestPath, LogEvent, Tenant};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use serde_json::Value;

    use super::*;

    const EVENTS: [&str; 3] = [
        r#"{"uuid":"a","published":"2026-05-04T10:30:00.123Z","eventType":"user.session.start","severity":"INFO",
            "actor":{"id":"00u1","type":"User","alternateId":"p@example.com","displayName":"P\u00e9 \"Q\""},
            "client":{"ipAddress":"198.51.100.7","userAgent":{"rawUserAgent":"Mozilla/5.0"}},
            "outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"},
            "debugContext":{"debugData":{"behaviors":"{New IP=POSITIVE}","odd":"a\nb"}},
            "target":[{"id":"0oa1","type":"AppInstance","displayName":"App"}]}"#,
        r#"{"uuid":"b","published":"2026-05-04T10:30:01Z","eventType":"group.user_membership.add",
            "target":[{"id":"00u2","type":"User"},{"id":"00g1","type":"UserGroup","displayName":"G"}]}"#,
        r#"{"uuid":"c","published":"2026-05-04T10:30:02Z","eventType":"something.nobody.knows"}"#,
    ];

    fn rows_of_parquet(body: Vec<u8>) -> Vec<Value> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(body)).unwrap().build().unwrap();
        let mut writer = arrow_json::LineDelimitedWriter::new(Vec::new());
        for batch in reader {
            writer.write(&batch.unwrap()).unwrap();
        }
        writer.finish().unwrap();
        rows_of_lines(&writer.into_inner())
    }

    fn rows_of_lines(lines: &[u8]) -> Vec<Value> {
        serde_json::Deserializer::from_slice(lines).into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn both_forms_hold_the_same_rows() {
        let tenant = Tenant::parse("acme").unwrap();
        let (logged, processed) = (Timestamp::UNIX_EPOCH, Timestamp::from_millisecond(5).unwrap());
        let context = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged, processed };
        let events = || EVENTS.map(|raw| normalize::normalize(LogEvent::parse(raw).unwrap(), &context).event);
        let parquet = rows_of_parquet(encode(events(), Format::Parquet).unwrap());
        let ndjson = encode(events(), Format::Ndjson).unwrap();
        let ndjson = rows_of_lines(&zstd::decode_all(&*ndjson).unwrap());
        assert_eq!(parquet.len(), EVENTS.len());
        for ((parquet, ndjson), raw) in parquet.iter().zip(&ndjson).zip(EVENTS) {
            assert_eq!(parquet, ndjson);
            assert_eq!(ndjson["raw_data"], raw);
            assert!(ndjson.as_object().unwrap().len() > 10, "{ndjson}");
        }
    }
}
