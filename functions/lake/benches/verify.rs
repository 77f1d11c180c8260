//! How fast an hour is verified, and in how much memory. Not part of `cargo bench`, for it takes a minute:
//! `taskset -c 0 cargo bench -p lake --bench verify -- 1000000`.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // A measurement that cannot go on should say where.

use std::collections::BTreeSet;
use std::fs;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use lake::claim::Claim;
use lake::ledger::{Counts, Entry, FORMAT, Lateness, Recorded};
use lake::stored::StoredMetadata;
use lake::verify::trust::TrustedKeys;
use lake::verify::{VerifyRequest, verify};
use lake::{Folder, Format, Partition, StoredRow, layout, seal};
use normalize::{MAPPING_VERSION, Tenant};

/// The budget, on one core.
const ROWS_PER_SECOND: f64 = 100_000.0;
/// The budget, whatever the number of rows.
const MEGABYTES: f64 = 256.0;

fn main() {
    let count: u64 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let root = tempfile::tempdir().unwrap();
    let hour: Timestamp = "2026-05-04T09:00:00Z".parse().unwrap();
    let partition = Partition { tenant: Tenant::parse("acme").unwrap(), hour };
    for has_digest in [true, false] {
        write(&root, &partition, count, has_digest);
        measure(&root, &partition, has_digest);
    }
}

fn row(hour: Timestamp, n: u64) -> StoredRow {
    let time = hour + SignedDuration::from_millis(i64::try_from(n * 3_599_999 / 10_000_000).unwrap());
    let uid = format!("{n:08x}-1234-11f1-9abc-{n:012x}");
    let person = format!(
        r#"{{"id":"00u{n:017}","type":"User","alternateId":"person{n}@example.com","displayName":"Person {n}","detailEntry":null}}"#
    );
    let raw_data = format!(
        r#"{{"actor":{person},"client":{{"userAgent":{{"rawUserAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{n}.0.0.0 Safari/537.36","os":"Mac OS X","browser":"CHROME"}},"zone":"null","device":"Computer","id":null,"ipAddress":"198.51.100.{}","geographicalContext":{{"city":"Berlin","state":"Berlin","country":"Germany","postalCode":"10115","geolocation":{{"lat":52.5,"lon":13.4}}}}}},"device":null,"authenticationContext":{{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"idx{n:020}","externalSessionId":"idx{n:020}"}},"displayMessage":"User login to Okta","eventType":"user.session.start","outcome":{{"result":"SUCCESS","reason":null}},"published":"{time:.3}","securityContext":{{"asNumber":64500,"asOrg":"example","isp":"example","domain":"example.com","isProxy":false}},"severity":"INFO","debugContext":{{"debugData":{{"requestId":"{n:032x}","dtHash":"{n:064x}","requestUri":"/idp/idx/identify","threatSuspected":"false","url":"/idp/idx/identify?"}}}},"legacyEventType":"core.user_auth.login_success","transaction":{{"type":"WEB","id":"{n:032x}","detail":{{}}}},"uuid":"{uid}","version":"0","request":{{"ipChain":[{{"ip":"198.51.100.7","geographicalContext":null,"version":"V4","source":null}}]}},"target":[{person}]}}"#,
        n % 250
    );
    let metadata = StoredMetadata { uid, source: "poll".to_owned(), logged_time: 1, processed_time: 2 };
    StoredRow { time: time.as_millisecond(), metadata, raw_data }
}

fn write(root: &tempfile::TempDir, partition: &Partition, count: u64, has_digest: bool) {
    let hour = partition.hour;
    let begun = Instant::now();
    let sealed = seal::seal(&partition.tenant, (0..count).map(|n| Ok(row(hour, n))), Format::Parquet).unwrap();
    println!("{count} rows sealed in {:.1} s", begun.elapsed().as_secs_f64());
    let key = layout::sealed_key(partition, 1, &sealed.content, Format::Parquet);
    let put = |key: &str, body: Vec<u8>| {
        let path = root.path().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    };
    put(&key, fs::read(sealed.path()).unwrap());
    let entry = Entry {
        version: FORMAT,
        tenant: partition.tenant.to_string(),
        hour,
        generation: 1,
        object: Some(key),
        rows: sealed.rows,
        digest: sealed.uids.clone(),
        claim: Claim::StreamOnly,
        counts: Counts { api_only: sealed.rows, ..Counts::default() },
        duplicates: 0,
        lateness: Lateness::default(),
        first: sealed.first,
        last: sealed.last,
        mapping: MAPPING_VERSION,
        sealed: hour,
        inputs: BTreeSet::new(),
        previous: None,
        generations: Vec::new(),
        org_id: None,
        sequence: Some(1),
        predecessor: None,
        object_digest: has_digest.then(|| sealed.digest().unwrap().0),
        object_bytes: None,
        reason: None,
        superseded: BTreeSet::new(),
        signature: None,
    };
    put(&layout::ledger_key(partition), Recorded::new(entry).unwrap().to_bytes().unwrap());
}

fn measure(root: &tempfile::TempDir, partition: &Partition, has_digest: bool) {
    let trusted = TrustedKeys::default();
    let request = VerifyRequest {
        tenant: &partition.tenant,
        since: None,
        until: None,
        trusted: &trusted,
        heads: &[],
        now: partition.end(),
    };
    // The peak from here on: see proc(5).
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let begun = Instant::now();
    let folder = Folder::new(root.path());
    let mut run = Box::pin(verify(&folder, &request, || false));
    let Poll::Ready(report) = run.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { return };
    let (report, seconds) = (report.unwrap(), begun.elapsed().as_secs_f64());
    assert!(report.is_sound(), "{report:?}");
    let (rows, bytes) = (report.checked.rows, report.checked.bytes);
    #[allow(clippy::cast_precision_loss)] // A figure for people.
    let rate = rows as f64 / seconds;
    let what = if has_digest { "by the digest of its bytes" } else { "by the digest of its rows" };
    println!("{rows} rows ({bytes} bytes) verified {what} in {seconds:.1} s: {rate:.0} rows a second");
    println!("  budget {ROWS_PER_SECOND:.0}; peak memory {:.0} MB, budget {MEGABYTES:.0}", peak());
}

/// The most memory that was resident, in MB.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
}
