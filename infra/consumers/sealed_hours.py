"""Loads the sealed hours of an okta-lake into a table of its own, each event once. A sample to start from.

It takes HourSealed messages from the queue of infra/consumers/template.yaml until there are none left, reads the sealed
object of each hour from the lake, and puts the hour's rows in the place of those that it had. A message is deleted only
after that: what fails comes again, and after five times it is in the queue's dead letters.

    pip install boto3 duckdb
    python sealed_hours.py --queue https://sqs.../okta-lake-consumers-SealedHours-... --bucket okta-lake-lakebucket-... \\
        --database okta.duckdb
    duckdb okta.duckdb -c "SELECT class_name, count(*) FROM okta_events GROUP BY ALL"

Run it from a schedule, one at a time: DuckDB lets one process write. With --all it goes through the whole ledger first:
once at the beginning, for what was sealed before there was a queue, and now and then, since no event is sure to come. The
template's output ConsumerPolicy has all that it may do. Region and credentials come from where the AWS CLI takes them.
Exit status: 0, everything is loaded; 1, something is not, as standard error says.
"""

import argparse
import json
import re
import sys
import tempfile

import boto3
import duckdb

TABLES = """
    CREATE TABLE IF NOT EXISTS okta_hours (tenant VARCHAR, hour VARCHAR, generation BIGINT);
    CREATE TABLE IF NOT EXISTS okta_events (tenant VARCHAR, hour VARCHAR, uid VARCHAR, time TIMESTAMP, class_name VARCHAR,
        activity_name VARCHAR, status VARCHAR, event_code VARCHAR, actor VARCHAR, src_ip VARCHAR, raw_data VARCHAR)
"""
# The columns that this table wants, by name: okta-lake may add others. docs/data-reference.md has all of them.
INSERT = """
    INSERT INTO okta_events SELECT ?, ?, metadata.uid, epoch_ms(time), class_name, activity_name, status,
        metadata.event_code, actor.user.name, src_endpoint.ip, raw_data FROM read_parquet(?)
"""


def load(s3, bucket: str, database: duckdb.DuckDBPyConnection, tenant: str, hour: str) -> str:
    """Brings one hour to the generation that the ledger has; says what it did."""
    # The ledger is asked, and not the message, which may be old or come twice: its object may be superseded and removed,
    # while the ledger always names the one that counts.
    day, clock = hour[:10], hour[11:13]
    entry = json.load(s3.get_object(Bucket=bucket, Key=f"ledger/tenant={tenant}/day={day}/{clock}.json")["Body"])
    generation, of_hour = entry["generation"], [tenant, hour]
    known = database.execute("SELECT max(generation) FROM okta_hours WHERE tenant = ? AND hour = ?", of_hour).fetchone()[0]
    if known is not None and known >= generation:
        return f"has generation {known} already"
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        if entry["object"]:  # An hour without events has none.
            s3.download_fileobj(bucket, entry["object"], file)
            file.flush()
        with database.cursor() as turn:
            # All of it or nothing: without the COMMIT nothing of this stays.
            turn.execute("BEGIN")
            turn.execute("DELETE FROM okta_events WHERE tenant = ? AND hour = ?", of_hour)
            turn.execute("DELETE FROM okta_hours WHERE tenant = ? AND hour = ?", of_hour)
            rows = turn.execute(INSERT, [*of_hour, file.name]).fetchone()[0] if entry["object"] else 0
            if rows != entry["rows"]:
                raise ValueError(f"the object has {rows} rows, and the ledger says {entry['rows']}")
            turn.execute("INSERT INTO okta_hours VALUES (?, ?, ?)", [*of_hour, generation])
            turn.execute("COMMIT")
    return f"generation {generation}, {rows} events"


def is_loaded(s3, bucket: str, database: duckdb.DuckDBPyConnection, tenant: str, hour: str) -> bool:
    """Loads an hour, and says so. One that cannot be loaded must not keep the others waiting."""
    try:
        print(f"{tenant} {hour}: {load(s3, bucket, database, tenant, hour)}")
        return True
    except Exception as error:
        print(f"{tenant} {hour}: not loaded: {error!r}", file=sys.stderr)
        return False


def ledger(s3, bucket: str) -> list[tuple[str, str]]:
    """Tenant and hour of every entry of the ledger."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="ledger/")
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    found = [re.fullmatch(r"ledger/tenant=([^/]+)/day=([0-9-]+)/([0-9]{2})\.json", key) for key in keys]
    return [(entry[1], f"{entry[2]}T{entry[3]}:00:00Z") for entry in found if entry]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queue", required=True, help="URL of the queue: output SealedHoursQueue of the template")
    parser.add_argument("--bucket", required=True, help="bucket of the lake: output LakeBucket of okta-lake's stack")
    parser.add_argument("--database", required=True, help="DuckDB file with okta_events and okta_hours; made if need be")
    parser.add_argument("--all", action="store_true", help="first load what the ledger has and the table has not")
    arguments = parser.parse_args()
    sqs, s3, failed = boto3.client("sqs"), boto3.client("s3"), 0
    take = {"QueueUrl": arguments.queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 2}
    with duckdb.connect(arguments.database) as database:
        database.execute(TABLES)
        for tenant, hour in ledger(s3, arguments.bucket) if arguments.all else []:
            failed += not is_loaded(s3, arguments.bucket, database, tenant, hour)
        while messages := sqs.receive_message(**take).get("Messages"):
            for message in messages:
                detail = json.loads(message["Body"])["detail"]
                if is_loaded(s3, arguments.bucket, database, detail["tenant"], detail["hour"]):
                    sqs.delete_message(QueueUrl=arguments.queue, ReceiptHandle=message["ReceiptHandle"])
                else:
                    failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
