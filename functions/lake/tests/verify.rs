//! A lake in a folder, damaged in every way, and what a verification finds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use lake::batch::object;
use lake::claim::Claim;
use lake::ledger::{Counts, Entry, FORMAT, Head, Lateness, Recorded};
use lake::retention::RetentionRecord;
use lake::signing::{KeyFile, PublicKey, Signer as _};
use lake::stored::StoredMetadata;
use lake::verify::finding::{FindingKind, Remedy};
use lake::verify::report::VerifyReport;
use lake::verify::trust::TrustedKeys;
use lake::verify::{VerifyRequest, verify};
use lake::{Batch, Folder, Format, Partition, Sorter, StoredRow, layout, seal};
use normalize::{IngestContext, IngestPath, LogEvent, MAPPING_VERSION, Tenant};
use tempfile::TempDir;

const HOURS: i64 = 4;
const ROWS: i64 = 30;

/// A lake whose hours are sealed in order, by the key if there is one.
struct TestLake {
    root: TempDir,
    tenant: Tenant,
    key: Option<KeyFile>,
    /// The newest entry.
    last: Option<Recorded>,
}

fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(value) = Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("a folder and a local key never wait")
    };
    value
}

fn start() -> Timestamp {
    "2026-05-04T09:00:00Z".parse().unwrap()
}

fn hour(number: i64) -> Timestamp {
    start() + SignedDuration::from_hours(number)
}

fn raw(uid: &str, time: Timestamp) -> String {
    format!(r#"{{"uuid":"{uid}","published":"{time:.3}","eventType":"user.session.start"}}"#)
}

fn row(number: i64, n: i64) -> StoredRow {
    let (uid, time) = (format!("h{number}-{n:03}"), hour(number) + SignedDuration::from_secs(n));
    let raw_data = raw(&uid, time);
    let metadata = StoredMetadata { uid, source: "poll".to_owned(), logged_time: 1, processed_time: 2 };
    StoredRow { time: time.as_millisecond(), metadata, raw_data }
}

fn rows(number: i64, count: i64) -> Vec<StoredRow> {
    (0..count).map(|n| row(number, n)).collect()
}

impl TestLake {
    fn new(key: Option<KeyFile>) -> Self {
        let tenant = Tenant::parse("acme").unwrap();
        Self { root: tempfile::tempdir().unwrap(), tenant, key, last: None }
    }

    fn signed() -> Self {
        Self::filled(Some(KeyFile::generate().unwrap()))
    }

    fn filled(key: Option<KeyFile>) -> Self {
        let mut lake = Self::new(key);
        for number in 0..HOURS {
            lake.seal(number, &rows(number, ROWS));
        }
        lake
    }

    fn partition(&self, number: i64) -> Partition {
        Partition { tenant: self.tenant.clone(), hour: hour(number) }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.root.path().join(key)
    }

    fn write(&self, key: &str, body: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(key).parent().unwrap()).unwrap();
        fs::write(self.path(key), body).unwrap();
    }

    fn ledger(&self, number: i64) -> PathBuf {
        self.path(&layout::ledger_key(&self.partition(number)))
    }

    fn recorded(&self, number: i64) -> Option<Recorded> {
        Some(Recorded::parse(&fs::read(self.ledger(number)).ok()?).unwrap())
    }

    fn sealed_path(&self, number: i64) -> PathBuf {
        self.path(&self.recorded(number).unwrap().entry.object.unwrap())
    }

    /// Encodes rows as a sealed object.
    fn sealed_bytes(&self, rows: &[StoredRow]) -> (seal::Sealed, Vec<u8>) {
        let mut sorter = Sorter::new();
        for row in rows {
            sorter.add(row.clone()).unwrap();
        }
        let sealed = seal::seal(&self.tenant, sorter.finish().unwrap(), Format::Parquet).unwrap();
        let body = fs::read(sealed.path()).unwrap();
        (sealed, body)
    }

    /// Seals an hour, again if it is sealed, as the newest entry of the ledger.
    fn seal(&mut self, number: i64, rows: &[StoredRow]) -> Recorded {
        let (sealed, body) = self.sealed_bytes(rows);
        let partition = self.partition(number);
        let before = self.recorded(number).map(|recorded| recorded.entry);
        let generation = before.as_ref().map_or(1, |before| before.generation + 1);
        let key = layout::sealed_key(&partition, generation, &sealed.content, Format::Parquet);
        self.write(&key, body);
        let (object_digest, object_bytes) = sealed.digest().unwrap();
        let entry = Entry {
            version: FORMAT,
            tenant: self.tenant.to_string(),
            hour: partition.hour,
            generation,
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
            sealed: partition.end(),
            inputs: BTreeSet::new(),
            previous: self.recorded(number - 1).map(|recorded| recorded.link()),
            generations: before.as_ref().map(|before| before.history().unwrap()).unwrap_or_default(),
            org_id: Some("00o1".to_owned()),
            sequence: Some(self.last.as_ref().map_or(1, |last| last.entry.sequence.unwrap() + 1)),
            predecessor: self.last.as_ref().map(Recorded::link),
            object_digest: Some(object_digest),
            object_bytes: Some(object_bytes),
            reason: None,
            superseded: before
                .iter()
                .filter_map(|before| Some(before.object.as_ref()?.split_once("/gen=")?.1))
                .map(|name| format!("gen={name}"))
                .collect(),
            signature: None,
        };
        let recorded = self.sign(entry);
        self.record(number, &recorded);
        self.last = Some(recorded.clone());
        recorded
    }

    fn sign(&self, entry: Entry) -> Recorded {
        let mut recorded = Recorded::new(Entry { signature: None, ..entry }).unwrap();
        if let Some(key) = &self.key {
            recorded.entry.signature = Some(now_or_never(key.sign(&recorded.head().unwrap().message())).unwrap());
        }
        recorded
    }

    fn record(&self, number: i64, recorded: &Recorded) {
        self.write(&layout::ledger_key(&self.partition(number)), recorded.to_bytes().unwrap());
    }

    /// Replaces a text in an entry, as somebody who can write the bucket would.
    fn edit(&self, number: i64, from: &str, to: &str) {
        let text = fs::read_to_string(self.ledger(number)).unwrap();
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "{from}");
        fs::write(self.ledger(number), edited).unwrap();
    }

    fn live(&self, number: i64, rows: &[StoredRow]) -> String {
        let context = |row: &StoredRow| IngestContext {
            tenant: &self.tenant,
            path: IngestPath::parse(&row.metadata.source).unwrap(),
            logged: start(),
            processed: start(),
        };
        let mut batch = Batch::default();
        for row in rows {
            let event = normalize::normalize(LogEvent::parse(&row.raw_data).unwrap(), &context(row)).event;
            batch.insert(self.partition(number), event);
        }
        let (partition, rows) = batch.into_partitions().next().unwrap();
        let object = object(&partition, rows, Format::Parquet).unwrap();
        self.write(&object.key, object.body);
        object.key
    }

    fn head(&self) -> Head {
        self.last.as_ref().unwrap().head().unwrap()
    }

    fn trusted(&self) -> TrustedKeys {
        TrustedKeys::new(self.key.iter().map(|key| key.public().clone()).collect())
    }

    fn verify(&self) -> VerifyReport {
        self.verify_with(&self.trusted(), &[self.head()])
    }

    fn verify_with(&self, trusted: &TrustedKeys, heads: &[Head]) -> VerifyReport {
        self.run(trusted, heads, None, || false)
    }

    fn run(
        &self,
        trusted: &TrustedKeys,
        heads: &[Head],
        since: Option<Timestamp>,
        should_stop: impl FnMut() -> bool,
    ) -> VerifyReport {
        let now = start() + SignedDuration::from_hours(48);
        let request = VerifyRequest { tenant: &self.tenant, since, until: None, trusted, heads, now };
        now_or_never(verify(&Folder::new(self.root.path()), &request, should_stop)).unwrap()
    }

    /// The kinds of what is found, each once, with its hour's number.
    fn found(&self) -> BTreeSet<(FindingKind, i64)> {
        found(&self.verify())
    }
}

fn found(report: &VerifyReport) -> BTreeSet<(FindingKind, i64)> {
    let number = |hour: Timestamp| hour.duration_since(start()).as_hours();
    report.findings.iter().map(|finding| (finding.kind, finding.hour.map_or(-1, number))).collect()
}

#[test]
fn a_sound_lake_is_sound() {
    let mut lake = TestLake::signed();
    lake.seal(1, &rows(1, ROWS + 1));
    lake.live(2, &[row(2, 100)]);
    let report = lake.verify();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.checked.rows, u64::try_from(HOURS * ROWS + 2).unwrap());
    assert_eq!((report.checked.entries, report.checked.hours, report.checked.objects), (4, 4, 5));
    assert_eq!((report.unproven.entries, report.unproven.columns, report.unproven.is_end), (0, 0, false));
    assert_eq!(report.head, Some(lake.head()));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<VerifyReport>(&json).unwrap().checked, report.checked);
}

#[test]
fn every_damage_of_a_sealed_object_is_found() {
    use FindingKind::{ObjectAltered, ObjectMissing, ObjectUnreadable, RowsDamaged, RowsDiffer, RowsMisplaced};
    type Damage = fn(&TestLake, PathBuf);
    let cases: [(&str, Damage, &[FindingKind]); 7] = [
        ("deleted", |_, path| fs::remove_file(path).unwrap(), &[ObjectMissing]),
        (
            "cut",
            |_, path| {
                let bytes = fs::read(&path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            },
            &[ObjectUnreadable],
        ),
        ("emptied", |_, path| fs::write(path, "").unwrap(), &[ObjectUnreadable]),
        (
            "replaced by another hour's",
            |lake, path| assert!(fs::copy(lake.sealed_path(0), path).unwrap() > 0),
            &[ObjectAltered, RowsDiffer, RowsMisplaced],
        ),
        (
            "rows removed",
            |lake, path| fs::write(path, lake.sealed_bytes(&rows(1, ROWS - 1)).1).unwrap(),
            &[ObjectAltered, RowsDiffer],
        ),
        (
            "one event replaced",
            |lake, path| {
                let mut rows = rows(1, ROWS);
                rows[3].raw_data = rows[3].raw_data.replace("user.session.start", "user.session.end");
                fs::write(path, lake.sealed_bytes(&rows).1).unwrap();
            },
            &[ObjectAltered],
        ),
        (
            "a uuid in raw_data flipped",
            |lake, path| {
                let mut rows = rows(1, ROWS);
                rows[3].raw_data = rows[3].raw_data.replace("h1-003", "h1-103");
                fs::write(path, unchecked(lake, &rows)).unwrap();
            },
            &[ObjectAltered, RowsDamaged],
        ),
    ];
    for (name, damage, expected) in cases {
        let lake = TestLake::signed();
        damage(&lake, lake.sealed_path(1));
        let report = lake.verify();
        let expected: BTreeSet<_> = expected.iter().map(|kind| (*kind, 1)).collect();
        assert_eq!(found(&report), expected, "{name}: {report:?}");
        let digest = lake.recorded(1).unwrap().entry.object_digest.unwrap();
        for finding in &report.findings {
            assert_eq!(finding.remedies[0], Remedy::Version { digest: digest.clone() }, "{name}");
            assert!(matches!(finding.remedies[1], Remedy::Okta { .. }), "{name}");
        }
    }
}

/// A Parquet file of rows that the seal would refuse.
fn unchecked(lake: &TestLake, rows: &[StoredRow]) -> Vec<u8> {
    let events = rows.iter().map(|row| {
        let context = IngestContext {
            tenant: &lake.tenant,
            path: IngestPath::parse(&row.metadata.source).unwrap(),
            logged: start(),
            processed: start(),
        };
        let mut event = normalize::normalize(LogEvent::parse(&row.raw_data).unwrap(), &context).event;
        event.metadata.uid = row.metadata.uid.clone().into();
        event
    });
    lake::encode::encode(events, Format::Parquet).unwrap()
}

#[test]
fn a_rewritten_column_is_found() {
    let lake = TestLake::signed();
    let rows = rows(1, ROWS);
    let events = rows.iter().map(|row| {
        let (logged, processed) = (Timestamp::from_millisecond(1).unwrap(), Timestamp::from_millisecond(2).unwrap());
        let context = IngestContext { tenant: &lake.tenant, path: IngestPath::Poll, logged, processed };
        let mut event = normalize::normalize(LogEvent::parse(&row.raw_data).unwrap(), &context).event;
        event.severity = "Fatal".into();
        event
    });
    fs::write(lake.sealed_path(1), lake::encode::encode(events, Format::Parquet).unwrap()).unwrap();
    assert_eq!(lake.found(), [(FindingKind::ObjectAltered, 1)].into());
}

#[test]
fn every_change_of_an_entry_is_found_without_a_key() {
    for (from, to, expected) in [
        ("\"rows\":30", "\"rows\":29", FindingKind::RowsDiffer),
        ("\"rows\":30", "\"rows\":31", FindingKind::CountsDiffer),
        ("\"digest\":\"", "\"digest\":\"0", FindingKind::RowsDiffer),
        ("\"api_only\":30", "\"api_only\":3", FindingKind::CountsDiffer),
        ("hour=10/gen=1", "hour=09/gen=1", FindingKind::EntryMisplaced),
        ("\"tenant\":\"acme\"", "\"tenant\":\"acmf\"", FindingKind::EntryMisplaced),
        ("\"hour\":\"2026-05-04T10", "\"hour\":\"2026-05-04T11", FindingKind::EntryMisplaced),
        ("\"org_id\":\"00o1\"", "\"org_id\":\"00o2\"", FindingKind::OrgDiffers),
        ("\"sequence\":2", "\"sequence\":9", FindingKind::SequenceMissing),
        ("\"sequence\":2", "\"sequence\":1", FindingKind::SequenceRepeated),
        ("\"object_digest\":\"", "\"object_digest\":\"0", FindingKind::ObjectAltered),
    ] {
        let lake = TestLake::filled(None);
        lake.edit(1, from, to);
        let found = lake.found();
        assert!(found.iter().any(|(kind, _)| *kind == expected), "{from}: {found:?}");
        assert!(found.contains(&(FindingKind::LinkBroken, 2)), "the next hour links to what it was: {found:?}");
        let signed = TestLake::signed();
        signed.edit(1, from, to);
        let found = signed.found();
        assert!(found.iter().any(|(kind, _)| *kind == FindingKind::SignatureInvalid), "{from}: {found:?}");
    }
}

#[test]
fn an_entry_that_is_gone_or_unreadable_is_found() {
    for (body, expected) in [(Some(""), FindingKind::EntryUnreadable), (Some("{}"), FindingKind::EntryUnreadable)] {
        let lake = TestLake::signed();
        fs::write(lake.ledger(1), body.unwrap_or_default()).unwrap();
        assert!(lake.found().contains(&(expected, 1)));
        assert!(!lake.found().contains(&(FindingKind::EntryMissing, 1)));
    }
    let lake = TestLake::signed();
    fs::remove_file(lake.ledger(1)).unwrap();
    let report = lake.verify();
    let expected = [(FindingKind::EntryMissing, 1), (FindingKind::SequenceMissing, 2)];
    assert_eq!(found(&report), expected.into());
    assert!(report.findings.iter().any(|finding| finding.remedies == [Remedy::Seal]), "its object is an input");
}

#[test]
fn what_nobody_lists_is_found() {
    let lake = TestLake::signed();
    let partition = lake.partition(1);
    lake.write(&layout::sealed_key(&partition, 2, "x", Format::Parquet), "x");
    lake.write("sealed/tenant=acme/notes.txt", "x");
    assert_eq!(lake.found(), [(FindingKind::ObjectUnlisted, 1), (FindingKind::ObjectUnlisted, -1)].into());
}

#[test]
fn live_objects_in_the_wrong_hour_and_altered_ones_are_found() {
    let lake = TestLake::signed();
    let key = lake.live(2, &[row(2, 100)]);
    let moved = key.replace("hour=11", "hour=10");
    lake.write(&moved, fs::read(lake.path(&key)).unwrap());
    assert_eq!(lake.found(), [(FindingKind::RowsMisplaced, 1)].into());
    fs::remove_file(lake.path(&moved)).unwrap();
    let other = lake.live(2, &[row(2, 101)]);
    fs::rename(lake.path(&other), lake.path(&key)).unwrap();
    assert_eq!(lake.found(), [(FindingKind::ObjectAltered, 2)].into());
    fs::write(lake.path(&key), "PAR1").unwrap();
    assert_eq!(lake.found(), [(FindingKind::ObjectUnreadable, 2)].into());
}

#[test]
fn a_day_that_was_rewritten_is_found_by_its_signatures() {
    let lake = TestLake::signed();
    let mut forger = TestLake::new(None);
    for number in 0..HOURS {
        forger.seal(number, &rows(number, ROWS - 1));
    }
    for number in 0..HOURS {
        let entry = forger.recorded(number).unwrap().entry;
        lake.write(entry.object.as_ref().unwrap(), fs::read(forger.sealed_path(number)).unwrap());
        lake.record(number, &forger.recorded(number).unwrap());
    }
    // It is consistent in itself, and no signature is left: the key and the head are what is known outside of it.
    assert!(lake.found().contains(&(FindingKind::HeadDiffers, HOURS - 1)));
    let without_head = found(&lake.verify_with(&lake.trusted(), &[]));
    assert!(without_head.contains(&(FindingKind::Unsigned, HOURS - 1)), "{without_head:?}");
    let mut longer = TestLake::signed();
    for number in 0..2 {
        lake_over(&longer, &forger, number);
    }
    longer.seal(HOURS, &rows(HOURS, 1));
    let found = longer.found();
    assert!(found.contains(&(FindingKind::LinkBroken, 2)), "{found:?}");
}

/// Puts a forger's entry and object over those of a lake.
fn lake_over(lake: &TestLake, forger: &TestLake, number: i64) {
    let entry = forger.recorded(number).unwrap();
    lake.write(entry.entry.object.as_ref().unwrap(), fs::read(forger.sealed_path(number)).unwrap());
    lake.record(number, &entry);
}

#[test]
fn a_key_that_was_swapped_is_found() {
    let lake = TestLake::signed();
    let forger = TestLake::signed();
    for number in 0..HOURS {
        lake_over(&lake, &forger, number);
    }
    let found = lake.found();
    assert!((0..HOURS).all(|number| found.contains(&(FindingKind::KeyUntrusted, number))), "{found:?}");
}

#[test]
fn an_entry_without_its_signature_is_found_after_signing_began() {
    let lake = TestLake::signed();
    let recorded = lake.recorded(2).unwrap();
    lake.record(2, &Recorded { entry: Entry { signature: None, ..recorded.entry }, ..recorded });
    assert_eq!(lake.found(), [(FindingKind::Unsigned, 2)].into());
    // As version 1 had it, without a number.
    let lake = TestLake::signed();
    let entry = lake.recorded(2).unwrap().entry;
    let old = Entry { version: 1, sequence: None, predecessor: None, org_id: None, signature: None, ..entry };
    lake.record(2, &Recorded::new(old).unwrap());
    let found = lake.found();
    assert!(
        found.contains(&(FindingKind::Unsigned, 2)) && found.contains(&(FindingKind::SequenceMissing, 3)),
        "{found:?}"
    );
}

#[test]
fn entries_from_before_signing_are_no_violation() {
    let mut lake = TestLake::new(None);
    lake.seal(0, &rows(0, ROWS));
    lake.seal(1, &rows(1, ROWS));
    lake.key = Some(KeyFile::generate().unwrap());
    lake.seal(2, &rows(2, ROWS));
    let report = lake.verify();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.unproven.entries, 0, "the first signature covers what it links to");
    lake.key = None;
    let report = lake.verify();
    assert_eq!((report.unproven.entries, report.unproven.signatures), (2, 1), "{report:?}");
}

#[test]
fn an_older_signed_generation_is_found_when_it_is_restored() {
    let mut lake = TestLake::signed();
    let (old, object) = (fs::read(lake.ledger(1)).unwrap(), lake.sealed_path(1));
    lake.seal(1, &rows(1, ROWS + 1));
    lake.seal(HOURS, &rows(HOURS, 1));
    assert!(lake.verify().is_sound() && object.exists());
    fs::write(lake.ledger(1), &old).unwrap();
    let found = lake.found();
    assert!(found.contains(&(FindingKind::SequenceMissing, HOURS)), "{found:?}");
    assert!(found.contains(&(FindingKind::LinkBroken, HOURS)), "{found:?}");
    assert!(found.contains(&(FindingKind::ObjectUnlisted, 1)), "the newer object stays an input: {found:?}");
    // The newest write of all: only the published head knows of it.
    let mut lake = TestLake::signed();
    lake.seal(1, &rows(1, ROWS + 1));
    fs::write(lake.ledger(1), old_of(&lake)).unwrap();
    assert!(lake.found().contains(&(FindingKind::HeadMissing, 1)));
}

/// The first generation of hour 1, signed again as it was.
fn old_of(lake: &TestLake) -> Vec<u8> {
    let entry = lake.recorded(1).unwrap().entry;
    let past = &entry.generations[0];
    let object = lake.path(&entry.object.clone().unwrap()).parent().unwrap().with_file_name("gen=1");
    let object = fs::read_dir(object).unwrap().next().unwrap().unwrap().path();
    let (object_digest, object_bytes) = lake::digest::of_file(fs::File::open(&object).unwrap()).unwrap();
    let (sealed, _) = lake.sealed_bytes(&rows(1, ROWS));
    let first = Entry {
        generation: 1,
        object: Some(object.strip_prefix(lake.root.path()).unwrap().to_str().unwrap().to_owned()),
        rows: past.rows,
        digest: sealed.uids.clone(),
        counts: Counts { api_only: past.rows, ..Counts::default() },
        last: sealed.last,
        generations: Vec::new(),
        sequence: past.sequence,
        predecessor: lake.recorded(0).map(|recorded| recorded.link()),
        object_digest: Some(object_digest),
        object_bytes: Some(object_bytes),
        superseded: BTreeSet::new(),
        ..entry.clone()
    };
    let recorded = lake.sign(first);
    assert_eq!(recorded.digest, past.digest);
    recorded.to_bytes().unwrap()
}

#[test]
fn the_newest_hours_cannot_be_cut_unseen() {
    let lake = TestLake::signed();
    let last = lake.partition(HOURS - 1);
    fs::remove_file(lake.ledger(HOURS - 1)).unwrap();
    fs::remove_dir_all(lake.path(&layout::sealed_prefix(&last))).unwrap();
    assert_eq!(lake.found(), [(FindingKind::HeadMissing, HOURS - 1)].into());
    let without_head = lake.verify_with(&lake.trusted(), &[]);
    assert!(without_head.is_sound() && without_head.unproven.is_end, "and says that the end is not proven");
    let forged = Head { sequence: 3, ..lake.head() };
    let found = found(&lake.verify_with(&lake.trusted(), &[forged]));
    assert_eq!(
        found,
        [(FindingKind::SignatureInvalid, HOURS - 1)].into(),
        "a head is believed only with its signature"
    );
}

#[test]
fn a_rotated_key_leaves_old_entries_verifiable() {
    let mut lake = TestLake::signed();
    let old = lake.key.replace(KeyFile::generate().unwrap()).unwrap();
    lake.seal(HOURS, &rows(HOURS, 1));
    let keys = || [&old, lake.key.as_ref().unwrap()].map(|key| key.public().clone()).to_vec();
    assert!(lake.verify_with(&TrustedKeys::new(keys()), &[lake.head()]).is_sound());
    let only = |key: &PublicKey| TrustedKeys::by_fingerprint(keys(), &[key.fingerprint().to_owned()]);
    let found = found(&lake.verify_with(&only(old.public()), &[]));
    assert_eq!(found, [(FindingKind::KeyUntrusted, HOURS)].into());
}

#[test]
fn what_retention_removed_is_expired_by_a_signed_record_only() {
    let lake = TestLake::signed();
    fs::remove_file(lake.sealed_path(0)).unwrap();
    let record = |before| RetentionRecord {
        tenant: "acme".to_owned(),
        org_id: None,
        before,
        recorded: start(),
        signature: None,
    };
    let put = |record: &RetentionRecord| {
        let key = layout::state_key(&lake.tenant, lake::retention::NAME);
        lake.write(&key, serde_json::to_vec(record).unwrap());
    };
    put(&record(hour(1)));
    assert_eq!(lake.found(), [(FindingKind::ObjectMissing, 0)].into(), "not signed");
    let signed = now_or_never(record(hour(1)).signed(lake.key.as_ref().unwrap())).unwrap();
    put(&signed);
    let report = lake.verify();
    assert!(report.is_sound() && report.expired == 1, "{report:?}");
    put(&RetentionRecord { before: hour(2), ..signed });
    assert_eq!(lake.found(), [(FindingKind::ObjectMissing, 0)].into(), "changed after it was signed");
}

#[test]
fn a_run_that_is_stopped_goes_on_where_it_was() {
    let lake = TestLake::signed();
    let mut asked = 0;
    let first = lake.run(&lake.trusted(), &[], None, || {
        asked += 1;
        asked > 2
    });
    assert_eq!((first.resume, first.is_finished, first.is_sound()), (Some(hour(2)), false, false));
    let second = lake.run(&lake.trusted(), &[], first.resume, || false);
    assert_eq!((first.checked.hours, second.checked.hours, second.is_sound()), (2, 2, true));
}

#[test]
fn parts_of_the_inventory_are_compared_with_their_manifest() {
    let lake = TestLake::signed();
    let part = lake::inventory::encode(&[inventory_row("a"), inventory_row("b")]).unwrap();
    let key = layout::part_key(&lake.tenant, "user", "s1", 0);
    lake.write(&key, &part);
    let manifest = layout::manifest_key(&lake.tenant, "s1");
    let body =
        r#"{"version":1,"tenant":"acme","snapshot":"s1","entities":{"user":{"status":"complete","rows":2,"parts":1}}}"#;
    lake.write(&manifest, body);
    assert!(lake.verify().is_sound());
    assert_eq!(lake.verify().checked.parts, 1);
    let only = |kind| BTreeSet::from([(kind, -1)]);
    lake.write(&manifest, body.replace("\"rows\":2", "\"rows\":3"));
    assert_eq!(lake.found(), only(FindingKind::PartsDiffer));
    lake.write(&manifest, body.replace("\"parts\":1", "\"parts\":2"));
    assert_eq!(lake.found(), only(FindingKind::PartMissing));
    lake.write(&manifest, body.replace("\"s1\"", "\"s2\""));
    assert_eq!(lake.found(), [(FindingKind::ManifestUnreadable, -1), (FindingKind::PartUnlisted, -1)].into());
    lake.write(&manifest, body);
    lake.write(&key, &part[..20]);
    assert_eq!(lake.found(), only(FindingKind::PartUnreadable));
    lake.write(&key, &part);
    lake.write(&layout::part_key(&lake.tenant, "user", "s1", 1), &part);
    assert_eq!(lake.found(), only(FindingKind::PartUnlisted));
}

fn inventory_row(id: &str) -> lake::inventory::Row {
    let text = |text: &str| Some(text.to_owned());
    lake::inventory::Row {
        id: id.to_owned(),
        parent: None,
        name: text("n"),
        status: None,
        kind: None,
        created: None,
        last_updated: None,
        fetched: 5,
        hash: "h".to_owned(),
        json: "{}".to_owned(),
    }
}
