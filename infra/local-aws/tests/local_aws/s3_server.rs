//! The embedded server over the wire, with the client that the functions use.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials as SdkCredentials, Region, retry::RetryConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use local_aws::credentials::Credentials;
use local_aws::object_store::ObjectStore;
use local_aws::s3_server::{BUCKET, EmbeddedS3, Fault, REGION};
use tempfile::TempDir;

struct Lake {
    folder: TempDir,
    server: EmbeddedS3,
    client: Client,
}

impl Lake {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = EmbeddedS3::start(folder.path()).await.unwrap();
        let client = client(&server, server.credentials());
        Self { folder, server, client }
    }

    async fn put(&self, key: &str, body: &[u8]) -> String {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from(body.to_vec()));
        put.send().await.unwrap().e_tag.unwrap()
    }

    async fn get(&self, key: &str) -> Vec<u8> {
        let got = self.client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        got.body.collect().await.unwrap().to_vec()
    }

    fn files(&self) -> BTreeSet<String> {
        files_below(self.folder.path())
    }
}

fn client(server: &EmbeddedS3, credentials: &Credentials) -> Client {
    let Credentials { access_key_id, secret_access_key } = credentials.clone();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SdkCredentials::new(access_key_id, secret_access_key, None, None, "test"))
        .endpoint_url(server.endpoint())
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn status<E>(error: &aws_sdk_s3::error::SdkError<E>) -> u16 {
    error.raw_response().map_or(0, |response| response.status().as_u16())
}

#[tokio::test]
async fn an_object_is_a_plain_file_and_nothing_else_is_left() {
    let lake = Lake::start().await;
    let key = "live/tenant=acme/day=2026-01-01/hour=07/0011.parquet";
    let tag = lake.put(key, b"rows").await;
    assert_eq!(tag, "\"df347a373b8f92aa0ae3dd920a5ec2f6\"", "the MD5 of the bytes");
    assert_eq!(std::fs::read(lake.folder.path().join(key)).unwrap(), b"rows");
    let expected: BTreeSet<String> = [key.to_owned()].into();
    assert_eq!(lake.files(), expected);
    assert_eq!(lake.get(key).await, b"rows");
    assert_eq!(lake.server.written(), [key]);
}

#[tokio::test]
async fn keys_as_long_as_the_lake_makes_them_are_kept() {
    let lake = Lake::start().await;
    let key = format!("sealed/tenant={}/day=2026-01-01/hour=07/gen=12/{}.parquet", "t".repeat(63), "d".repeat(64));
    lake.put(&key, b"x").await;
    assert_eq!(lake.get(&key).await, b"x");
}

#[tokio::test]
async fn keys_that_are_no_files_are_refused() {
    let lake = Lake::start().await;
    lake.put("a/b", b"x").await;
    for key in ["a", "a/b/c", "../out", "a//b", "a/", "./a", ".okta-lake/x"] {
        let put = lake.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"y"));
        let refused = put.send().await.expect_err(key);
        assert!(matches!(status(&refused), 400 | 403 | 404 | 405), "{key}: {refused:?}");
    }
    let expected: BTreeSet<String> = ["a/b".to_owned()].into();
    assert_eq!(lake.files(), expected);
}

#[cfg(unix)]
#[tokio::test]
async fn objects_and_uploads_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("new/lake");
    let server = EmbeddedS3::start(&folder).await.unwrap();
    let lake = Lake { client: client(&server, server.credentials()), server, folder: outer };
    lake.put("quarantine/tenant=acme/day=2026-05-04/1.json", b"{}").await;
    lake.put("live/tenant=acme/1.parquet", b"rows").await;
    let store = ObjectStore::open(&folder).unwrap();
    let _upload = store.begin().unwrap();
    let mut left = vec![lake.folder.path().join("new")];
    let mut files = 0;
    while let Some(path) = left.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(metadata.permissions().mode() & 0o777, expected, "{}", path.display());
        files += usize::from(metadata.is_file());
        if metadata.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert_eq!(files, 3, "two objects, and an upload that has not ended");
}

#[tokio::test]
async fn another_bucket_is_refused() {
    let lake = Lake::start().await;
    let refused = lake.client.get_object().bucket("other").key("a").send().await.unwrap_err();
    assert_eq!(status(&refused), 404);
}

#[tokio::test]
async fn of_many_writers_that_demand_absence_one_succeeds() {
    let lake = Lake::start().await;
    // A second server on the same folder stands for a second process.
    let twin = EmbeddedS3::start(lake.folder.path()).await.unwrap();
    let clients = [lake.client.clone(), client(&twin, twin.credentials())];
    for round in 0..10_usize {
        let key = format!("state/{round}");
        let writers = (0..16_usize).map(|n| {
            let (client, key) = (clients[n % 2].clone(), key.clone());
            tokio::spawn(async move {
                let body = ByteStream::from(vec![u8::try_from(n).unwrap(); 100_000]);
                let put = client.put_object().bucket(BUCKET).key(key).if_none_match("*").body(body);
                put.send().await.map(|_| n).map_err(|error| status(&error))
            })
        });
        let results = futures::future::join_all(writers).await;
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().map(Result::unwrap).partition(Result::is_ok);
        assert_eq!(won.len(), 1, "round {round}");
        assert!(lost.iter().all(|status| *status == Err(412)), "{lost:?}");
        assert_eq!(lake.server.written().len() + twin.written().len(), round + 1);
        let winner = u8::try_from(*won[0].as_ref().unwrap()).unwrap();
        assert_eq!(lake.get(&key).await, vec![winner; 100_000]);
    }
}

#[tokio::test]
async fn compare_and_set_loses_no_update() {
    let lake = Lake::start().await;
    lake.put("state/counter", b"0").await;
    let twin = EmbeddedS3::start(lake.folder.path()).await.unwrap();
    let clients = [lake.client.clone(), client(&twin, twin.credentials())];
    let conflicts = Arc::new(AtomicUsize::new(0));
    let writers = (0..8_usize).map(|n| {
        let (client, conflicts) = (clients[n % 2].clone(), Arc::clone(&conflicts));
        tokio::spawn(async move {
            for _ in 0..5 {
                while !increment(&client).await {
                    conflicts.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    assert_eq!(lake.get("state/counter").await, b"40");
    assert!(conflicts.load(Ordering::Relaxed) > 0, "the writers never met: the test proves nothing");
}

async fn increment(client: &Client) -> bool {
    let got = client.get_object().bucket(BUCKET).key("state/counter").send().await.unwrap();
    let tag = got.e_tag.clone().unwrap();
    let value: u32 = String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap().parse().unwrap();
    let body = ByteStream::from((value + 1).to_string().into_bytes());
    let put = client.put_object().bucket(BUCKET).key("state/counter").if_match(tag).body(body);
    match put.send().await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(status(&error), 412);
            false
        }
    }
}

#[tokio::test]
async fn if_match_on_nothing_is_not_found_as_on_s3() {
    let lake = Lake::start().await;
    let put = lake.client.put_object().bucket(BUCKET).key("a").if_match("\"0\"").body(ByteStream::from_static(b"y"));
    assert_eq!(status(&put.send().await.unwrap_err()), 404);
}

#[tokio::test]
async fn ranges_and_conditions_of_reads() {
    let lake = Lake::start().await;
    let tag = lake.put("a", b"0123456789").await;
    let get = |range: &str| lake.client.get_object().bucket(BUCKET).key("a").range(range).send();
    let part = get("bytes=2-4").await.unwrap();
    assert_eq!(part.content_range.as_deref(), Some("bytes 2-4/10"));
    assert_eq!(part.body.collect().await.unwrap().to_vec(), b"234");
    assert_eq!(get("bytes=-3").await.unwrap().body.collect().await.unwrap().to_vec(), b"789");
    assert_eq!(status(&get("bytes=10-").await.unwrap_err()), 416);
    let unchanged = lake.client.get_object().bucket(BUCKET).key("a").if_none_match(tag).send().await;
    assert_eq!(status(&unchanged.unwrap_err()), 304);
    let head = lake.client.head_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(head.content_length, Some(10));
    let gone = lake.client.head_object().bucket(BUCKET).key("b").send().await;
    assert_eq!(status(&gone.unwrap_err()), 404);
}

#[tokio::test]
async fn a_body_that_was_changed_on_the_way_is_refused_and_not_kept() {
    let lake = Lake::start().await;
    let body = ByteStream::from_static(b"rows");
    let put = lake.client.put_object().bucket(BUCKET).key("a").checksum_crc32("AAAAAA==").body(body);
    assert_eq!(status(&put.send().await.unwrap_err()), 400);
    assert_eq!(lake.files(), BTreeSet::new(), "no object, and no upload left behind");
}

#[tokio::test]
async fn listing_pages_in_key_order() {
    let lake = Lake::start().await;
    // '-' sorts before '/', '0' after it: folder order is not key order.
    let keys = ["a-b", "a/1", "a/2", "a/b/3", "a0", "b/4"];
    for key in keys {
        lake.put(key, b"x").await;
    }
    for page in 1..=7 {
        assert_eq!(list(&lake, "", None, page).await, keys, "pages of {page}");
        assert_eq!(list(&lake, "", Some("/"), page).await, ["a-b", "a/", "a0", "b/"], "pages of {page}");
        assert_eq!(list(&lake, "a/", Some("/"), page).await, ["a/1", "a/2", "a/b/"], "pages of {page}");
        assert_eq!(list(&lake, "a", None, page).await, ["a-b", "a/1", "a/2", "a/b/3", "a0"], "pages of {page}");
    }
    assert_eq!(list(&lake, "c", None, 10).await, [""; 0]);
}

async fn list(lake: &Lake, prefix: &str, delimiter: Option<&str>, page: i32) -> Vec<String> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let list = lake.client.list_objects_v2().bucket(BUCKET).prefix(prefix).max_keys(page);
        let got = list.set_delimiter(delimiter.map(str::to_owned)).set_continuation_token(token).send().await.unwrap();
        let mut names: Vec<_> = got.contents().iter().filter_map(|object| object.key.clone()).collect();
        names.extend(got.common_prefixes().iter().filter_map(|folder| folder.prefix.clone()));
        assert!(names.len() <= usize::try_from(page).unwrap());
        names.sort();
        found.extend(names);
        token = got.next_continuation_token;
        if token.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn removal_leaves_no_empty_folders() {
    let lake = Lake::start().await;
    lake.put("live/x/1", b"x").await;
    lake.put("live/y/2", b"x").await;
    lake.client.delete_object().bucket(BUCKET).key("live/x/1").send().await.unwrap();
    lake.client.delete_object().bucket(BUCKET).key("live/x/1").send().await.expect("absent is fine");
    assert!(!lake.folder.path().join("live/x").exists());
    let object = ObjectIdentifier::builder().key("live/y/2").build().unwrap();
    let delete = Delete::builder().objects(object).build().unwrap();
    lake.client.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    assert!(!lake.folder.path().join("live").exists());
    assert!(lake.folder.path().exists());
}

#[tokio::test]
async fn faults_meet_only_the_requests_they_name() {
    let lake = Lake::start().await;
    lake.server.set_fault(|request| {
        assert!(request.key.starts_with("live/hour="), "keys are decoded: {request:?}");
        (request.method == "PUT" && request.key.contains("=03")).then_some(Fault::Status(503))
    });
    lake.put("live/hour=02", b"x").await;
    let put = lake.client.put_object().bucket(BUCKET).key("live/hour=03").body(ByteStream::from_static(b"y"));
    assert_eq!(status(&put.send().await.unwrap_err()), 503);
    assert_eq!(lake.server.written(), ["live/hour=02"]);
    lake.server.set_fault(|_| Some(Fault::Disconnect));
    let put = lake.client.put_object().bucket(BUCKET).key("live/hour=03").body(ByteStream::from_static(b"y"));
    put.send().await.expect_err("the connection is cut");
    assert_eq!(lake.server.written(), ["live/hour=02"]);
    lake.server.set_fault(|_| Some(Fault::LostAnswer));
    let put = lake.client.put_object().bucket(BUCKET).key("live/hour=03").body(ByteStream::from_static(b"y"));
    put.send().await.expect_err("the answer is lost");
    lake.server.set_fault(|_| Some(Fault::Delay(Duration::from_millis(1))));
    assert_eq!(lake.get("live/hour=03").await, b"y", "but the write is not");
    lake.server.clear_fault();
    lake.put("live/hour=03", b"z").await;
}
