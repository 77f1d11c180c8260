//! The body of one PUT: received into a file that no reader sees, and verified whole before it is published.

use futures::StreamExt as _;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, ETag, PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{S3Error, S3ErrorCode, S3Result, TrailingHeaders, s3_error};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use crate::digest::hex;

/// A body received and verified, and what the server will answer.
pub(crate) struct Upload {
    pub(crate) file: NamedTempFile,
    pub(crate) output: PutObjectOutput,
}

/// Receives the body of a request into the file.
pub(crate) async fn receive(
    file: NamedTempFile,
    input: &mut PutObjectInput,
    trailers: Option<TrailingHeaders>,
) -> S3Result<Upload> {
    let body = input.body.take().ok_or_else(|| s3_error!(IncompleteBody))?;
    let mut hashes = Hashes::wanted(input);
    let size = store(body, &file, &mut hashes).await?;
    if input.content_length.is_some_and(|announced| u64::try_from(announced) != Ok(size)) {
        return Err(s3_error!(IncompleteBody));
    }
    let output = hashes.verify(&expected(input, trailers))?;
    Ok(Upload { file, output })
}

async fn store(mut body: StreamingBlob, file: &NamedTempFile, hashes: &mut Hashes) -> S3Result<u64> {
    let mut writer = tokio::fs::File::from_std(file.reopen().map_err(S3Error::internal_error)?);
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        // A chunk whose signature or length is wrong, or a client that went away.
        let chunk = chunk.map_err(|cause| S3Error::with_source(S3ErrorCode::IncompleteBody, cause))?;
        hashes.update(&chunk);
        size += chunk.len() as u64;
        writer.write_all(&chunk).await.map_err(S3Error::internal_error)?;
    }
    writer.flush().await.map_err(S3Error::internal_error)?;
    Ok(size)
}

/// The digests of a body, taken while it passes.
struct Hashes {
    md5: Md5,
    checksums: ChecksumHasher,
}

impl Hashes {
    fn wanted(input: &PutObjectInput) -> Self {
        let named = input.checksum_algorithm.as_ref().map(s3s::dto::ChecksumAlgorithm::as_str);
        let is = |given: &Option<String>, name| given.is_some() || named == Some(name);
        let checksums = ChecksumHasher {
            crc32: is(&input.checksum_crc32, "CRC32").then(Crc32::new),
            crc32c: is(&input.checksum_crc32c, "CRC32C").then(Crc32c::new),
            crc64nvme: is(&input.checksum_crc64nvme, "CRC64NVME").then(Crc64Nvme::new),
            sha1: is(&input.checksum_sha1, "SHA1").then(Sha1::new),
            sha256: is(&input.checksum_sha256, "SHA256").then(Sha256::new),
        };
        Self { md5: Md5::new(), checksums }
    }

    fn update(&mut self, chunk: &[u8]) {
        self.md5.update(chunk);
        self.checksums.update(chunk);
    }

    fn verify(self, expected: &Checksum) -> S3Result<PutObjectOutput> {
        let found = self.checksums.finalize();
        for (name, pair) in pairs(expected, &found) {
            if let (Some(wanted), found) = pair
                && found != Some(wanted)
            {
                return Err(s3_error!(BadDigest, "the {name} of the body is {found:?}, not {wanted:?}"));
            }
        }
        Ok(PutObjectOutput {
            e_tag: Some(ETag::Strong(hex(self.md5.finalize()))),
            checksum_crc32: found.checksum_crc32,
            checksum_crc32c: found.checksum_crc32c,
            checksum_crc64nvme: found.checksum_crc64nvme,
            checksum_sha1: found.checksum_sha1,
            checksum_sha256: found.checksum_sha256,
            ..PutObjectOutput::default()
        })
    }
}

type Pair<'a> = (Option<&'a String>, Option<&'a String>);

fn pairs<'a>(expected: &'a Checksum, found: &'a Checksum) -> [(&'static str, Pair<'a>); 5] {
    let pair = |get: fn(&Checksum) -> Option<&String>| (get(expected), get(found));
    [
        ("crc32", pair(|sums| sums.checksum_crc32.as_ref())),
        ("crc32c", pair(|sums| sums.checksum_crc32c.as_ref())),
        ("crc64nvme", pair(|sums| sums.checksum_crc64nvme.as_ref())),
        ("sha1", pair(|sums| sums.checksum_sha1.as_ref())),
        ("sha256", pair(|sums| sums.checksum_sha256.as_ref())),
    ]
}

/// The checksums that the client gave: in headers, or in trailers after a chunked body.
fn expected(input: &PutObjectInput, trailers: Option<TrailingHeaders>) -> Checksum {
    let trailers = trailers.and_then(|trailers| trailers.take()).unwrap_or_default();
    let given = |header: &Option<String>, name: &str| {
        let trailer = trailers.get(format!("x-amz-checksum-{name}"));
        header.clone().or_else(|| trailer.and_then(|value| value.to_str().ok()).map(str::to_owned))
    };
    Checksum {
        checksum_crc32: given(&input.checksum_crc32, "crc32"),
        checksum_crc32c: given(&input.checksum_crc32c, "crc32c"),
        checksum_crc64nvme: given(&input.checksum_crc64nvme, "crc64nvme"),
        checksum_sha1: given(&input.checksum_sha1, "sha1"),
        checksum_sha256: given(&input.checksum_sha256, "sha256"),
        ..Checksum::default()
    }
}
