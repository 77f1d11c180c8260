//! A read that takes more than one invocation: how far it is, and what it had.

use jiff::Timestamp;
use lake::digest::Key;
use lake::{Partition, StateError};
use serde::{Deserialize, Serialize};

use crate::seal::api_read::ApiRead;
use crate::seal::checkpoint_key::key;
use crate::seal::content::ContentHasher;
use crate::seal::error::HourError;
use crate::seal::index::Mark;
use crate::seal::session::Org;

/// A mark is its key and its hash.
const MARK_BYTES: usize = size_of::<Key>() + size_of::<u64>();

/// A read under way. Without it the hour is read from its start.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    pub(crate) is_alternate: bool,
    pub(crate) hasher: ContentHasher,
    pub(crate) read: ApiRead,
    pub(crate) marks: Vec<u8>,
}

/// The first line of the object; the marks follow.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    tenant: String,
    hour: Timestamp,
    is_alternate: bool,
    hasher: ContentHasher,
    read: ApiRead,
    /// How many bytes follow.
    bytes: usize,
}

impl Checkpoint {
    /// Reads the hour's checkpoint. One that cannot be understood is none.
    pub(crate) async fn load(org: &Org<'_>, partition: &Partition) -> Result<Option<Self>, StateError> {
        let key = key(partition);
        let Some(body) = org.app.sink.lake.read_object(&key).await? else { return Ok(None) };
        let checkpoint = Self::decode(&body, partition);
        if checkpoint.is_none() {
            tracing::warn!(key, "the checkpoint of an hour cannot be used: the hour is read from its start");
        }
        Ok(checkpoint)
    }

    /// Keeps it.
    pub(crate) async fn save(self, org: &Org<'_>, partition: &Partition) -> Result<(), HourError> {
        let body = self.encode(partition)?;
        Ok(org.app.sink.lake.put(&key(partition), "application/octet-stream", body).await?)
    }

    /// Removes the hour's checkpoint, if it has one.
    pub(crate) async fn discard(org: &Org<'_>, partition: &Partition) -> Result<(), StateError> {
        org.app.sink.lake.remove(&[key(partition)]).await
    }

    /// Encodes marks.
    pub(crate) fn pack(marks: impl Iterator<Item = Mark>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (key, hash) in marks {
            bytes.extend_from_slice(&key);
            bytes.extend_from_slice(&hash.to_le_bytes());
        }
        bytes
    }

    /// The marks.
    pub(crate) fn unpack(&self) -> impl Iterator<Item = Mark> + '_ {
        self.marks.chunks_exact(MARK_BYTES).filter_map(|mark| {
            let (key, hash) = mark.split_first_chunk()?;
            Some((*key, u64::from_le_bytes(hash.try_into().ok()?)))
        })
    }

    fn encode(self, partition: &Partition) -> Result<Vec<u8>, serde_json::Error> {
        let Self { is_alternate, hasher, read, marks } = self;
        let (tenant, hour, bytes) = (partition.tenant.to_string(), partition.hour, marks.len());
        let mut body = serde_json::to_vec(&Header { tenant, hour, is_alternate, hasher, read, bytes })?;
        body.push(b'\n');
        body.extend(marks);
        Ok(body)
    }

    fn decode(body: &[u8], partition: &Partition) -> Option<Self> {
        let end = body.iter().position(|byte| *byte == b'\n')?;
        let Header { tenant, hour, is_alternate, hasher, read, bytes } = serde_json::from_slice(&body[..end]).ok()?;
        let marks = body[end + 1..].to_vec();
        let is_whole = marks.len() == bytes && bytes % MARK_BYTES == 0;
        let is_ours = tenant == partition.tenant.as_str() && hour == partition.hour;
        (is_whole && is_ours).then_some(Self { is_alternate, hasher, read, marks })
    }
}

#[cfg(test)]
mod tests {
    use normalize::Tenant;

    use super::*;

    fn partition(tenant: &str) -> Partition {
        Partition { tenant: Tenant::parse(tenant).unwrap(), hour: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_checkpoint_comes_back_whole_or_not_at_all() {
        let marks: Vec<Mark> = vec![([1; 16], 2), ([3; 16], u64::MAX)];
        let hasher = ContentHasher::new();
        let mut read = ApiRead::default();
        (read.pages, read.reached) = (7, Some(Timestamp::UNIX_EPOCH));
        let packed = Checkpoint::pack(marks.iter().copied());
        let checkpoint = Checkpoint { is_alternate: true, hasher, read: read.clone(), marks: packed };
        let body = checkpoint.encode(&partition("acme")).unwrap();
        let back = Checkpoint::decode(&body, &partition("acme")).unwrap();
        assert_eq!((back.unpack().collect::<Vec<_>>(), back.read, back.hasher), (marks, read, hasher));
        let refused = [&body[..body.len() - 1], &body[1..], b"{}\n", b""];
        assert!(refused.iter().all(|body| Checkpoint::decode(body, &partition("acme")).is_none()));
        assert!(Checkpoint::decode(&body, &partition("other")).is_none());
    }
}
