#!/usr/bin/env python3
"""Every engine that is installed reads the Parquet files of a lake alike: DuckDB, pyarrow, Polars.

    readers_check.py [--okta-lake target/debug/okta-lake] [--largest-single BYTES] [FILE.parquet...]

Without files, events are sent through the stream function into a new lake first: one alone, and a thousand at once. Each
engine must count the same rows and find the same ids, people and enrichments, also below columns that have no value in a
file. Exit status: 0 = all agree, 1 = they do not, 2 = no engine is installed.
"""
import argparse, importlib.util, json, pathlib, subprocess, sys, tempfile

LARGEST_SINGLE = 40_960


def event(number):
    """A LogEvent as Okta sends it."""
    user = {"id": f"00u{number:017}", "type": "User", "alternateId": f"p{number}@example.com", "displayName": f"P {number}"}
    return {
        "uuid": f"00000000-0000-4000-8000-{number:012}", "published": "2026-05-04T10:30:00.000Z", "severity": "INFO",
        "eventType": "user.session.start" if number % 2 else "user.lifecycle.create", "actor": user, "target": [user],
        "client": {"ipAddress": "192.0.2.7"}, "outcome": {"result": "SUCCESS"},
        "debugContext": {"debugData": {"behaviors": "{New Device=POSITIVE}", "odd": "é"}},
    }


def made(okta_lake, folder):
    """The files of a new lake, the one with a single event first."""
    files = []
    for name, numbers in (("one", range(1)), ("many", range(1, 1_001))):
        lake, events = folder / name, folder / f"{name}.ndjson"
        events.write_text("".join(json.dumps(event(number)) + "\n" for number in numbers), encoding="utf-8")
        subprocess.run([okta_lake, "send", str(events), "--lake", str(lake)], check=True, stdout=subprocess.DEVNULL)
        files += sorted(lake.glob("live/**/*.parquet"))
    return files


def summary(row):
    """What of a row is compared: its id, the actor, how many enrichments, and a column that most files have no value in."""
    person = (row["actor"] or {}).get("user") or {}
    return row["metadata"]["uid"], person.get("name") or "", len(row["enrichments"] or []), row["evidences"] or []


def with_duckdb(file):
    import duckdb
    relation = duckdb.sql("SELECT * FROM read_parquet(?)", params=[str(file)])
    return [summary(dict(zip(relation.columns, row))) for row in relation.fetchall()]


def with_pyarrow(file):
    import pyarrow.parquet
    return [summary(row) for row in pyarrow.parquet.read_table(file).to_pylist()]


def with_polars(file):
    import polars
    return [summary(row) for row in polars.read_parquet(file).to_dicts()]


def views_fault(okta_lake, lake, events):
    """What is wrong with `okta_events`, as the command's own views give it in DuckDB; none if nothing is."""
    import duckdb
    views = subprocess.run([okta_lake, "views", "--lake", str(lake)], check=True, stdout=subprocess.PIPE, text=True).stdout
    database = duckdb.connect()
    database.execute(views)
    found = database.sql("SELECT count(*), count(DISTINCT actor_uid), count(src_ip), count(behaviors) FROM okta_events")
    [row] = found.fetchall()
    print(f"{lake.name}: okta_events has {row[0]} events of {row[1]} actors")
    return None if row == (events,) * 4 else f"{lake}: okta_events has {row}, not {events} of each"


ENGINES = {"duckdb": with_duckdb, "pyarrow": with_pyarrow, "polars": with_polars}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--okta-lake", default="target/debug/okta-lake")
    arguments.add_argument("--largest-single", type=int, default=LARGEST_SINGLE)
    arguments.add_argument("files", nargs="*", type=pathlib.Path)
    given = arguments.parse_args()
    engines = {name: read for name, read in ENGINES.items() if importlib.util.find_spec(name)}
    if not engines:
        print("no engine is installed: pip install duckdb pyarrow polars", file=sys.stderr)
        return 2
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        files = given.files or made(given.okta_lake, pathlib.Path(folder))
        if not given.files and "duckdb" in engines:
            lakes = [(pathlib.Path(folder) / "one", 1), (pathlib.Path(folder) / "many", 1_000)]
            faults += filter(None, (views_fault(given.okta_lake, lake, events) for lake, events in lakes))
        for file in files:
            found = {name: sorted(read(file), key=lambda row: row[0]) for name, read in engines.items()}
            rows = next(iter(found.values()))
            print(f"{file.name}: {len(rows)} rows, {file.stat().st_size} bytes, read by {', '.join(found)}")
            faults += [f"{file}: {name} reads other rows" for name, other in found.items() if other != rows]
            if not rows:
                faults.append(f"{file}: no row")
            if len(rows) == 1 and file.stat().st_size > given.largest_single:
                faults.append(f"{file}: {file.stat().st_size} bytes for one event")
    print("\n".join(faults) or "all agree", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
