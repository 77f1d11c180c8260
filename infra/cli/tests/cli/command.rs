//! The command itself, as a shell runs it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use serde_json::Value;

use crate::lake_files::{json, lake, write_entry, write_rows, write_text};

/// The real functions, built once.
pub(crate) static FUNCTIONS: LazyLock<FunctionBinaries> =
    LazyLock::new(|| FunctionBinaries::find(&Config::from_environment()).unwrap());

const THREE: i64 = 1_767_322_800_000;

fn send(lake: &Path, arguments: &[&str], input: &[u8]) -> Output {
    // Built here, so that the command need not do it for each test.
    assert!(FUNCTIONS.stream.is_file());
    okta_lake(lake, &[&["send"], arguments].concat(), input)
}

pub(crate) fn okta_lake(lake: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lake"));
    command.args(arguments).arg("--lake").arg(lake).env_remove("CARGO");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input is free to end before.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn cat(lake: &Path) -> Vec<Value> {
    let output = okta_lake(lake, &["cat"], b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn sign_in(uuid: &str) -> String {
    format!(
        r#"{{"uuid":"{uuid}","published":"2026-05-04T10:15:30.123Z","eventType":"user.session.start","version":"0","severity":"INFO","actor":{{"id":"00u1","type":"User","alternateId":"ada@example.com","displayName":"Ada"}},"outcome":{{"result":"SUCCESS"}}}}"#
    )
}

#[test]
fn cat_prints_the_view() {
    let lake = lake();
    let (a, b) = (("a", THREE, 3002), ("b", THREE + 1, 3001));
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[b, a]);
    let output = okta_lake(lake.path(), &["cat"], b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), format!("{}\n{}\n", json(&a), json(&b))));
    let output = okta_lake(lake.path(), &["cat", "--class", "3001", "--since", "2026-01-02", "--live"], b"");
    assert_eq!(text(&output.stdout), format!("{}\n", json(&b)));
}

#[test]
fn cat_ends_quietly_when_nobody_reads_on() {
    let lake = lake();
    let rows: Vec<_> = (0..5_000).map(|n| (["a", "b"][n % 2], THREE, 3002)).collect();
    for hour in 0..24 {
        write_rows(lake.path(), &format!("live/tenant=t{hour}/day=2026-01-02/hour=03/1.parquet"), &rows);
    }
    let line = format!("{} cat --lake {} | head -n 1", env!("CARGO_BIN_EXE_okta-lake"), lake.path().display());
    let script = format!("set -o pipefail; {line}");
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    assert_eq!(text(&output.stdout).lines().count(), 1);
}

#[test]
fn what_cannot_be_done_is_told_with_status_2() {
    let lake = lake();
    for (arguments, told) in [
        (&["cat", "--lake", "/no/such/lake"][..], "no lake at /no/such/lake"),
        (&["cat", "--since", "noon"], "2026-05-04T10:00:00Z"),
        (&["cat", "--live", "--sealed"], "cannot be used with"),
        (&["send"], "<FILE>..."),
        (&["send", "/no/such/file"], "cannot open /no/such/file"),
        (&["send", "--tenant", "a/b", "-"], "is no tenant"),
        (&["run", "collect", "--secret", "/no/such/file"], "cannot read the secret /no/such/file"),
        (&["test-connectivity", "--secret", "/no/such/file"], "cannot read the secret /no/such/file"),
        (&["nonsense"], "unrecognized subcommand"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lake"));
        let output = command.args(arguments).current_dir(lake.path()).stdin(Stdio::null()).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn status_counts_what_a_reader_sees() {
    let lake = lake();
    write_rows(
        lake.path(),
        "live/tenant=t/day=2026-01-02/hour=03/1.parquet",
        &[("a", THREE, 3002), ("b", THREE + 9, 3001)],
    );
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/2.parquet", &[("a", THREE, 3002)]);
    write_rows(
        lake.path(),
        "sealed/tenant=t/day=2026-01-02/hour=04/gen=3/3.parquet",
        &[("c", THREE + 3_600_000, 3002)],
    );
    write_entry(lake.path(), "t", 4, 3, Some("gen=3/3.parquet"), &[]);
    write_text(lake.path(), "quarantine/tenant=_unknown/day=2026-01-02/1.json", r#"{"reason":"not JSON: x"}"#);
    let status: Value = serde_json::from_slice(&okta_lake(lake.path(), &["status", "--json"], b"").stdout).unwrap();
    let [unknown, tenant] = status["tenants"].as_array().unwrap().as_slice() else { panic!("{status}") };
    assert_eq!(unknown["quarantined"]["not JSON"], 1);
    assert_eq!((&tenant["rows"], &tenant["newest"]), (&3.into(), &"2026-01-02T04:00:00Z".into()));
    assert!(tenant["freshness_seconds"].as_i64().unwrap() > 0);
    let [first, second] = tenant["hours"].as_array().unwrap().as_slice() else { panic!("{status}") };
    assert_eq!(
        (&first["rows"], &first["duplicates"], &first["seal"]),
        (&2.into(), &1.into(), &serde_json::Value::Null)
    );
    assert_eq!((&second["rows"], &second["seal"]["generation"]), (&1.into(), &3.into()));
    let table = text(&okta_lake(lake.path(), &["status"], b"").stdout);
    assert!(table.contains("sealed, generation 3, complete"), "{table}");
    assert!(table.contains("2026-01-02  ...o+....... ............\n"), "{table}");
}

#[test]
fn send_takes_every_form_and_keeps_the_bytes() {
    let lake = lake();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&sign_in("pretty")).unwrap()).unwrap();
    let envelope = format!(
        r#"{{"source":"aws.partner/okta.com/other/s","detail-type":"SystemLog","detail":{}}}"#,
        sign_in("enveloped")
    );
    let input = format!("{}\n{envelope}\n[{}, {}]\n{pretty}\n", sign_in("line"), sign_in("one"), sign_in("two"));
    let output = send(lake.path(), &["-", "--tenant", "Acme"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let summary = text(&output.stdout);
    assert!(summary.contains("5 events went through the stream function"), "{summary}");
    assert!(summary.contains("3002 Authentication"), "{summary}");
    assert!(summary.contains(lake.path().canonicalize().unwrap().to_str().unwrap()), "{summary}");
    let rows = cat(lake.path());
    let mut raw: Vec<_> = rows.iter().map(|row| row["raw_data"].as_str().unwrap().to_owned()).collect();
    let mut expected = vec![sign_in("line"), sign_in("enveloped"), sign_in("one"), sign_in("two"), pretty];
    raw.sort();
    expected.sort();
    assert_eq!(raw, expected);
    assert!(lake.path().join("live/tenant=acme/day=2026-05-04/hour=10").is_dir());
    assert!(lake.path().join("live/tenant=other/day=2026-05-04/hour=10").is_dir());
}

#[test]
fn send_accounts_for_what_is_no_event() {
    let lake = lake();
    let large = format!("{{\"uuid\":\"{}\"}}", "x".repeat(1 << 20));
    let lines =
        [sign_in("good"), sign_in("good"), "not JSON".to_owned(), "{\"uuid\":".to_owned(), large, "{}".to_owned()];
    let mut input = lines.join("\n").into_bytes();
    input.extend(b"\n{\"uuid\":\"\xff\xfe\"}\n\0\n");
    let output = send(lake.path(), &["-"], &input);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{stdout}{stderr}");
    assert!(stdout.contains("8 events went"), "{stdout}");
    assert!(stderr.contains("standard input, line 5: ") && stderr.contains("1048576"), "{stderr}");
    assert!(stderr.contains("5 events are in quarantine, 1 were refused"), "{stdout}{stderr}");
    assert_eq!(cat(lake.path()).len(), 1);
    // The same again changes nothing, and is not told as new.
    let again = send(lake.path(), &["-"], &input);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again.stderr));
    assert_eq!(cat(lake.path()).len(), 1);
}

#[test]
fn event_types_tells_what_a_newer_catalog_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("catalog.csv");
    let known = "Event Type,Description\n\"user.session.start\",\"A person\nsigns in\"\n";
    std::fs::write(&catalog, known).unwrap();
    let arguments = ["event-types", "--catalog", catalog.to_str().unwrap()];
    let all_known = okta_lake(folder.path(), &arguments, b"");
    assert_eq!((all_known.status.code(), all_known.stdout.len()), (Some(0), 0));
    std::fs::write(&catalog, format!("{known}\"user.session.teleport\",\"Somebody was beamed\"\n")).unwrap();
    let one_new = okta_lake(folder.path(), &arguments, b"");
    assert_eq!(one_new.status.code(), Some(1));
    assert_eq!(String::from_utf8(one_new.stdout).unwrap(), "user.session.teleport,authentication,Preauth,okta,\n");
    assert!(String::from_utf8(one_new.stderr).unwrap().starts_with("1 of 2 types"));
}
