"""The views and the queries of infra/athena, as they are, on a lake that the real functions wrote. DuckDB is the engine:
Athena's own words for which it has others are defined as macros. The views are read from the template as Trino would read
them, and what they say of their columns must be what their SELECT gives: else Athena would call them stale.

    python tests/athena/athena_check.py --okta-lake target/debug/okta-lake
"""

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests/moto"))
from okta_proxy import OktaProxy  # noqa: E402

DATABASE = "okta_lake"
MACROS = """
    CREATE MACRO format_datetime(t, f) AS strftime(t, '%Y-%m-%d');
    CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ);
    CREATE MACRO to_unixtime(t) AS epoch(t);
    CREATE MACRO json_extract_scalar(text, path) AS json_extract_string(text, path);
    CREATE MACRO from_unixtime(seconds) AS to_timestamp(seconds);
"""


class Template(yaml.SafeLoader):
    """Reads the template; what CloudFormation would put in is left as text."""


def construct(loader: Template, _suffix: str, node: yaml.Node):
    """A short form such as !Sub, without its name."""
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


Template.add_multi_constructor("!", construct)


class Truth:
    """What the queries must find, known from how the lake was made."""

    def __init__(self):
        self.lost: list[dict] = []
        self.grants: list[dict] = []
        self.changed_user = ""


def make_lake(okta_lake: Path, lake: Path) -> Truth:
    """Two days of a simulated org: streamed with losses, repaired and sealed, the last hours still live; and inventoried
    before and after somebody has changed a user."""
    with tempfile.TemporaryDirectory() as folder:
        secrets, past, truth = Path(folder, "secrets"), Path(folder, "past"), Truth()
        sim = [okta_lake, "sim", "--listen", "127.0.0.1:0", "--secrets", secrets, "--days", "2", "--events-per-day", "1000"]
        sim += ["--users", "30", "--groups", "8", "--apps", "6", "--limits-times", "100"]
        process = subprocess.Popen(sim, stdout=subprocess.PIPE, text=True)
        try:
            process.stdout.readline()
            run(okta_lake, "run", "logs", "--secret", secrets / "service.json", "--lake", past)
            run(okta_lake, "send", stream(past, folder, truth), "--tenant", "acme", "--lake", lake)
            run(okta_lake, "run", "reconcile", "--secret", secrets / "service.json", "--lake", lake)
            run(okta_lake, "run", "inventory", "--secret", secrets / "service.json", "--lake", lake)
            change_a_user(okta_lake, secrets / "token.json", lake, truth)
        finally:
            process.terminate()
            process.wait()
    return truth


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    # 1 is: something is denied, or a window is not closed yet.
    assert done.returncode in (0, 1), f"{command}: {done.stdout}{done.stderr}"


def stream(past: Path, folder: str, truth: Truth) -> Path:
    """What the stream brings of the past: one event of thirty is lost, and an admin role is given and taken."""
    found = duckdb.sql(f"SELECT raw_data FROM '{past}/live/**/*.parquet' ORDER BY time").fetchall()
    events = [json.loads(row[0]) for row in found]
    truth.lost = events[::30]
    sent = [event for at, event in enumerate(events) if at % 30]
    for kind in ("grant", "revoke"):
        published = datetime.now(timezone.utc) - timedelta(hours=5)
        actor = {"id": "00uboss", "type": "User", "alternateId": "boss@acme.example", "displayName": "Boss"}
        target = [{"id": "00uada", "type": "User", "alternateId": "ada@acme.example", "displayName": "Ada"}]
        time = published.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event_type = f"user.account.privilege.{kind}"
        sent.append({"uuid": str(uuid.uuid4()), "published": time, "eventType": event_type, "actor": actor, "target": target})
    truth.grants = [event for event in [*sent, *truth.lost] if ".privilege." in event["eventType"]]
    file = Path(folder, "stream.ndjson")
    file.write_text("\n".join(json.dumps(event) for event in sent))
    return file


def change_a_user(okta_lake: Path, secret: Path, lake: Path, truth: Truth) -> None:
    """Collects the inventory again, from an org in which a user has another title."""

    def edit(path: str, answer: list | dict) -> None:
        if path == "/api/v1/users" and answer:
            answer[0]["profile"]["title"] = "Chief of everything"
            truth.changed_user = truth.changed_user or answer[0]["id"]

    # A token has no audience, so that it works through a proxy.
    token = json.loads(secret.read_text())
    proxy = OktaProxy(token["org_url"], edit)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(token | {"org_url": proxy.url}, file)
        file.flush()
        run(okta_lake, "run", "inventory", "--secret", file.name, "--lake", lake, "--entity", "user")
    proxy.stop()


def disturb(lake: Path) -> None:
    """What a lake has now and then: a batch that came again after its hour was sealed, and one that came twice before."""
    ledger = sorted(lake.glob("ledger/tenant=acme/*/*.json"))
    sealed = {f"{path.parent.name}/hour={path.stem}" for path in ledger if json.loads(path.read_text())["object"]}
    folders = {f"{path.parent.parent.name}/{path.parent.name}": path for path in sorted(lake.glob("live/**/*.parquet"))}
    late = next(path for folder, path in folders.items() if folder in sealed)
    double = next(path for folder, path in folders.items() if folder not in sealed)
    for path in (late, double):
        shutil.copy(path, path.with_name("00000000copy.parquet"))


def tables(database: duckdb.DuckDBPyConnection, lake: Path, resources: dict) -> None:
    """The tables, with the columns and their types as the template has them."""
    for resource in resources.values():
        if resource["Type"] != "AWS::Glue::Table":
            continue
        table = resource["Properties"]["TableInput"]
        if table["TableType"] == "VIRTUAL_VIEW":
            continue
        columns = {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}
        prefix = table["StorageDescriptor"]["Location"].removeprefix("s3://${LakeBucket}/").rstrip("/")
        partitions = [key["Name"] for key in table["PartitionKeys"]]
        files = f"'{lake}/{prefix}/**/*.{table['Parameters']['classification']}', filename = true, hive_partitioning = true"
        files += ", hive_types_autocast = false"
        if table["Parameters"]["classification"] == "json":
            types = ", ".join(f"{name}: '{sql_type(kind)}'" for name, kind in columns.items())
            source = f"read_json({files}, columns = {{{types}}}, format = 'unstructured')"
        else:
            source = f"read_parquet({files}, union_by_name = true)"
        found = [row[0] for row in database.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()] if has_files(lake, prefix) else None
        if found is None:
            listed = ", ".join(f'NULL::{sql_type(kind)} AS "{name}"' for name, kind in columns.items())
            keys = ", ".join(f"'' AS {key}" for key in partitions)
            database.sql(f"CREATE VIEW {table['Name']} AS SELECT {listed}, {keys}, '' AS \"$path\" WHERE false")
            continue
        missing = set(columns) - set(found)
        assert not missing, f"{table['Name']}: the files have no {missing}"
        listed = ", ".join(f'"{name}"' for name in [*columns, *partitions])
        database.sql(f'CREATE VIEW {table["Name"]} AS SELECT {listed}, filename AS "$path" FROM {source}')
        if table["Parameters"]["classification"] == "parquet":
            for name, kind in columns.items():
                actual = database.sql(f'SELECT typeof("{name}") FROM {table["Name"]} LIMIT 1').fetchall()
                wanted = database.sql(f"SELECT typeof(NULL::{sql_type(kind)})").fetchall()
                assert actual == wanted, f"{table['Name']}.{name} is {actual}, and the template says {wanted}"


def stored_view(table: dict) -> dict:
    """What Trino reads of a view (its `ViewReaderUtil`), once CloudFormation has put the text together."""
    assert table["TableType"] == "VIRTUAL_VIEW"
    assert table["Parameters"] == {"presto_view": "true", "comment": "Presto View"}, table["Parameters"]
    separator, parts = table["ViewOriginalText"]
    encode = lambda part: base64.b64encode(part["Fn::Base64"].replace("${Database}", DATABASE).encode()).decode()
    text = separator.join(encode(part) if isinstance(part, dict) else part for part in parts)
    prefix, suffix = "/* Presto View: ", " */"
    assert text.startswith(prefix) and text.endswith(suffix), f"{table['Name']}: no view"
    # The most that Glue keeps of a view's text.
    assert len(text) < 409_600, f"{table['Name']}: {len(text)} bytes"
    view = json.loads(base64.b64decode(text.removeprefix(prefix).removesuffix(suffix), validate=True))
    assert (view["catalog"], view["schema"]) == ("awsdatacatalog", DATABASE), view
    return view


def views(database: duckdb.DuckDBPyConnection, resources: dict) -> dict[str, str]:
    """Makes the views from what is stored; the SELECT of each."""
    selects = {}
    for resource in resources.values():
        table = resource["Properties"].get("TableInput", {})
        if table.get("TableType") != "VIRTUAL_VIEW":
            continue
        name, view = table["Name"], stored_view(table)
        database.execute(f"CREATE VIEW {name} AS {view['originalSql']}")
        given = [row[:2] for row in database.sql(f"DESCRIBE {name}").fetchall()]
        typeof = lambda kind: database.sql(f"SELECT typeof(NULL::{kind})").fetchall()[0][0]
        declared = [(column["name"], typeof(from_trino(column["type"]))) for column in view["columns"]]
        listed = [(column["Name"], typeof(sql_type(column["Type"]))) for column in table["StorageDescriptor"]["Columns"]]
        for what, columns in (("the view says", declared), ("Glue is told", listed)):
            wrong = [(given[at], columns[at]) for at in range(min(len(given), len(columns))) if given[at] != columns[at]]
            assert columns == given, f"{name}: the SELECT gives {len(given)} columns, {what} {len(columns)}: {wrong[:1]}"
        selects[name] = view["originalSql"]
    return selects


def from_file(name: str, columns: list[str]) -> str:
    """The SELECT of a view's file."""
    text = (ROOT / f"infra/athena/{name}.sql").read_text()
    text = text.replace("@@event_columns", ", ".join(f'"{column}"' for column in columns))
    return text.split(f"CREATE OR REPLACE VIEW {name} AS\n", 1)[1].rstrip("\n")


def has_files(lake: Path, prefix: str) -> bool:
    return any(path.is_file() for path in lake.glob(f"{prefix}/**/*"))


def sql_type(kind: str) -> str:
    """A type of Glue's in DuckDB's words."""
    if kind.startswith("struct<"):
        members = [part.split(":", 1) for part in split(kind[7:-1])]
        return "STRUCT(" + ", ".join(f'"{name}" {sql_type(member)}' for name, member in members) + ")"
    if kind.startswith("array<"):
        return sql_type(kind[6:-1]) + "[]"
    if kind.startswith("map<"):
        return "MAP(" + ", ".join(sql_type(part) for part in split(kind[4:-1])) + ")"
    return {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN"}[kind]


def from_trino(kind: str) -> str:
    """A type of Trino's in DuckDB's words."""
    if kind.startswith("row("):
        members = [part.strip().split(" ", 1) for part in split(kind[4:-1])]
        assert all(name == name.lower() and name[0] == name[-1] == '"' for name, _ in members), f"names of members: {kind}"
        return "STRUCT(" + ", ".join(f"{name} {from_trino(member)}" for name, member in members) + ")"
    if kind.startswith("array("):
        return from_trino(kind[6:-1]) + "[]"
    if kind.startswith("map("):
        return "MAP(" + ", ".join(from_trino(part.strip()) for part in split(kind[4:-1])) + ")"
    return {"varchar": "VARCHAR", "integer": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN"}[kind]


def split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--okta-lake", type=Path, required=True, help="the okta-lake command")
    parser.add_argument("--ocsf", type=Path, help="where to write the users as OCSF, a line each")
    arguments = parser.parse_args()
    resources = yaml.load((ROOT / "infra/athena/template.yaml").read_text(), Template)["Resources"]
    queries = {
        name: resource["Properties"]["QueryString"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Athena::NamedQuery"
    }
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder, "lake")
        truth = make_lake(arguments.okta_lake.resolve(), lake)
        disturb(lake)
        database = duckdb.connect()
        database.execute(MACROS)
        tables(database, lake, resources)
        print("ok tables are made, every column as the template says", flush=True)

        selects = views(database, resources)
        live = resources["LiveTable"]["Properties"]["TableInput"]["StorageDescriptor"]["Columns"]
        expected = {name: from_file(name, [column["Name"] for column in live]) for name in ("okta_events", "okta_user_inventory")}
        assert selects == expected, "the views that are stored are not those of the files"
        print(f"ok {len(selects)} views are those of the files, and each says of its columns what its SELECT gives", flush=True)

        # The fallback: the same views, made by the statements that are saved.
        for name, query in (("okta_events", queries.pop("EventsViewQuery")), ("okta_user_inventory", queries.pop("UsersViewQuery"))):
            before = database.sql(f"DESCRIBE {name}").fetchall()
            database.execute(f"DROP VIEW {name}")
            database.execute(query)
            assert database.sql(f"DESCRIBE {name}").fetchall() == before, f"{name} made anew is another view"
        print("ok the saved statements make the same views anew", flush=True)

        # Independent of the view: what is in the files at all.
        files = f"read_parquet(['{lake}/live/**/*.parquet', '{lake}/sealed/**/*.parquet'], union_by_name = true)"
        written = {row[0] for row in database.sql(f"SELECT DISTINCT metadata.uid FROM {files}").fetchall()}
        rows = [row[0] for row in database.sql("SELECT metadata.uid FROM okta_events").fetchall()]
        assert len(rows) == len(set(rows)) == len(written) and set(rows) == written, f"{len(rows)} rows of {len(written)} events"
        raw = database.sql(f"SELECT count(*) FROM {files}").fetchall()[0][0]
        live = database.sql("SELECT count(*) FROM okta_events WHERE NOT is_sealed").fetchall()[0][0]
        assert 0 < live < len(rows) < raw, f"{live} live of {len(rows)}, {raw} in the files"
        print(f"ok the view has {len(rows)} events, each once, {live} of them not sealed yet; the files have {raw} rows", flush=True)

        entries = [json.loads(path.read_text()) for path in lake.glob("ledger/**/*.json")]
        coverage = database.sql(queries.pop("CoverageQuery")).fetchall()
        assert len(coverage) == len(entries) and sum(row[3] for row in coverage) == sum(entry["rows"] for entry in entries)
        print(f"ok coverage has {len(coverage)} hours", flush=True)

        # Trino makes two columns of the pairs, DuckDB one.
        as_of = queries.pop("AsOfQuery").replace("AS t (name, collected)", "AS t (pair)")
        as_of = as_of.replace("name = 'user'", "pair.key = 'user'").replace("collected.status", "pair.value.status")
        users = database.sql(as_of).fetchall()
        manifest = json.loads(max(lake.glob("manifests/**/*.json")).read_text())
        assert len(users) == manifest["entities"]["user"]["rows"] > 0, f"{len(users)} users"
        print(f"ok the inventory has {len(users)} users as of its last collection", flush=True)

        rows = database.sql('SELECT class_uid, type_uid, "user".uid, "user".name, "user".ldap_person.created_time, raw_data FROM okta_user_inventory WHERE snapshot = ?', params=[manifest["snapshot"]]).fetchall()
        assert len(rows) == len(users)
        for class_uid, type_uid, uid, name, created, raw in rows:
            user = json.loads(raw)
            assert (class_uid, type_uid, uid, name) == (5003, 500302, user["id"], user["profile"]["login"])
            assert created == datetime.fromisoformat(user["created"]).timestamp() * 1000, user["created"]
        print(f"ok {len(rows)} users are OCSF User Inventory Info, each with all that Okta sent", flush=True)
        if arguments.ocsf:
            found = database.sql("SELECT to_json(u) FROM okta_user_inventory u").fetchall()
            arguments.ocsf.write_text("".join(f"{row[0]}\n" for row in found))

        sealed = {entry["hour"][:13] for entry in entries}
        lost = [event for event in truth.lost if event["published"][:13] in sealed]
        repaired = database.sql(queries.pop("RepairedQuery")).fetchall()
        assert sum(row[2] for row in repaired) == len(lost) > 0, f"{repaired}, {len(lost)} were lost"
        print(f"ok {len(lost)} events were lost in sealed hours, and as many were repaired", flush=True)

        grants = database.sql(queries.pop("RoleGrantsQuery")).fetchall()
        missing = {event["uuid"] for event in truth.lost if event not in lost}
        expected = sorted(event["uuid"] for event in truth.grants if event["uuid"] not in missing)
        assert sorted(json.loads(row[4])["uuid"] for row in grants) == expected, grants
        assert {("boss@acme.example", f"user.account.privilege.{kind}") for kind in ("grant", "revoke")} <= {row[1:3] for row in grants}
        print(f"ok {len(grants)} admin roles were given or taken, and by whom", flush=True)

        changes = database.sql(queries.pop("ChangesQuery")).fetchall()
        assert [(row[0], row[1], row[3]) for row in changes] == [("user", "changed", truth.changed_user)], changes
        print(f"ok the changed user is told, {changes[0][4]}", flush=True)

        failures = database.sql(
            "SELECT count(*) FROM okta_events WHERE class_uid = 3002 AND status_id = 2 AND day >= strftime(current_timestamp - INTERVAL '1' DAY, '%Y-%m-%d')"
        ).fetchall()[0][0]
        counted = sum(row[2] for row in database.sql(queries.pop("FailedSignInsQuery")).fetchall())
        assert counted == failures > 0, f"{counted} failed sign-ins, expected {failures}"
        print(f"ok {counted} failed sign-ins by address", flush=True)
        assert not queries, f"nobody has looked at {list(queries)}"
    print("athena: all passed")


if __name__ == "__main__":
    main()
