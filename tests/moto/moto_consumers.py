"""What infra/consumers makes of okta-lake's events, with moto as AWS: the real functions collect, stream, seal, repair and
stumble; every event on the okta-lake bus is overheard, and compared with the patterns, the rules and docs/events.md; and
the sample consumer loads the sealed hours.

    python tests/moto/moto_consumers.py --stream target/debug/stream --backfill target/debug/backfill \\
        --okta-lake target/debug/okta-lake
"""

import argparse
import atexit
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
from samtranslator.yaml_helper import yaml_parse

from moto_connectivity import Org
from okta_events import log_events
from runtime_api import Function
from stack import BUS, CREDENTIALS, Stack

ROOT = Path(__file__).parents[2]
CONSUMERS = ROOT / "infra/consumers"
SMALL = "--users 20 --groups 6 --apps 4 --events-per-day 600 --limits-times 100".split()

FAULTS = ["stream-disabled", "slow:700*all@/api/v1/logs", "slow:2500*50@/api/v1/groups"]

# What each file of infra/consumers/patterns lets through, of what is put on the bus.
LET_THROUGH = {
    "gaps": lambda kind, tenant: kind in ("GapFound", "GapRepaired"),
    "stream-down": lambda kind, tenant: kind in ("StreamDisabled", "StreamSilent"),
    "sealed-hours-of-acme": lambda kind, tenant: kind == "HourSealed" and tenant == "acme",
    "collections-finished": lambda kind, tenant: kind in ("CollectionFinished", "InventoryFinished"),
    "connectivity-failed": lambda kind, tenant: kind == "ConnectivityFailed",
    "everything-but-continue": lambda kind, tenant: kind != "Continue",
}
# The rules of the webhook, the file with their pattern, and what they say.
WEBHOOK = {
    "gaps": ("gaps", r"okta-lake, Gap(Found|Repaired): the log stream of acme did not bring \d+ events of the hour 20\S+Z\."),
    "stream": ("stream-down", r"okta-lake, Stream(Disabled|Silent): the log stream of acme brings nothing; .*"),
    "connectivity": ("connectivity-failed", r"okta-lake, ConnectivityFailed: test-connectivity of acme found [\w ]+ \w+\. .*"),
}


class Ear:
    """A rule on the okta-lake bus, and a queue with what it lets through."""

    def __init__(self, stack: Stack, name: str, pattern: dict, **target):
        self._sqs, bus = stack.sqs, stack.outputs["OktaLakeBus"]
        self._queue = self._sqs.create_queue(QueueName=f"ear-{name}")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        stack.events.put_rule(Name=f"ear-{name}", EventBusName=bus, EventPattern=json.dumps(pattern))
        stack.events.put_targets(Rule=f"ear-{name}", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn, **target}])

    def heard(self) -> list[dict]:
        """What has come since the last time."""
        return [json.loads(message["Body"]) for message in drain(self._sqs, self._queue)]


class World:
    """The deployed stacks, the functions, and what the lake and the consumer's table have."""

    def __init__(self, stack: Stack, consumers: dict[str, str], folder: Path):
        self.stack, self.queue, self.database = stack, consumers["SealedHoursQueue"], folder / "okta.duckdb"
        self.bucket = stack.outputs["LakeBucket"]

    def read(self, key: str) -> bytes:
        return self.stack.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def keys(self, prefix: str) -> list[str]:
        pages = self.stack.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def ledger(self) -> dict[str, dict]:
        """The entries by hour."""
        entries = [json.loads(self.read(key)) for key in self.keys("ledger/")]
        return {entry["hour"]: entry for entry in entries}

    def live(self) -> set[tuple[str, str]]:
        """Hour and uuid of every row in `live/`, where they stay for an hour after the seal."""
        found = set()
        for key in self.keys("live/"):
            day, hour = re.search(r"day=([0-9-]+)/hour=(\d\d)/", key).groups()
            with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
                file.write(self.read(key))
                file.flush()
                rows = duckdb.sql(f"SELECT metadata.uid FROM read_parquet('{file.name}')").fetchall()
            found |= {(f"{day}T{hour}:00:00Z", row[0]) for row in rows}
        return found

    def consume(self, *more: str, status: int = 0) -> str:
        """Runs the sample consumer until the queue is empty; its exit status must be this."""
        command = [sys.executable, CONSUMERS / "sealed_hours.py", "--queue", self.queue, "--bucket", self.bucket]
        env = {**os.environ, **CREDENTIALS, "AWS_DEFAULT_REGION": CREDENTIALS["AWS_REGION"], "AWS_ENDPOINT_URL": self.stack.endpoint}
        done = subprocess.run([*command, "--database", self.database, *more], env=env, capture_output=True, text=True)
        assert done.returncode == status, f"{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def loaded(self) -> tuple[list[tuple[str, str]], dict[str, int]]:
        """Hour and uuid of every row of the consumer's table, and the generation of each hour."""
        with duckdb.connect(str(self.database), read_only=True) as database:
            rows = database.sql("SELECT hour, uid FROM okta_events").fetchall()
            return sorted(rows), dict(database.sql("SELECT hour, generation FROM okta_hours").fetchall())

    def check_table(self) -> None:
        """It has every event of the sealed hours, each once, and every hour as the ledger has it."""
        ledger, (rows, generations) = self.ledger(), self.loaded()
        assert len(rows) == len(set(rows)) == sum(entry["rows"] for entry in ledger.values()), f"{len(rows)} rows"
        expected = {row for row in self.live() if row[0] in ledger}
        assert set(rows) == expected, f"the table has {len(rows)} rows, and live/ {len(expected)}"
        assert generations == {hour: entry["generation"] for hour, entry in ledger.items()}


def drain(sqs, queue: str) -> list[dict]:
    messages = []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        messages += found
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return messages


def deploy(stack: Stack) -> dict[str, str]:
    """The consumers' stack, on the bus of the other one."""
    parameters = {
        "OktaLakeBus": stack.outputs["OktaLakeBus"],
        "LakeBucket": stack.outputs["LakeBucket"],
        "LakeKey": stack.outputs["LakeKey"],
        "WebhookUrl": "https://hooks.example.com/okta-lake",
    }
    # moto has connections and API destinations, but its CloudFormation does not know them.
    template = yaml_parse((CONSUMERS / "template.yaml").read_text())
    for name in ("WebhookConnection", "WebhookDestination"):
        assert template["Resources"].pop(name)["Condition"] == "HasWebhook"
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "Authorization", "ApiKeyValue": "okta-lake"}}
    connection = stack.events.create_connection(Name="webhook", AuthorizationType="API_KEY", AuthParameters=key)
    destination = stack.events.create_api_destination(
        Name="webhook",
        ConnectionArn=connection["ConnectionArn"],
        InvocationEndpoint=parameters["WebhookUrl"],
        HttpMethod="POST",
    )
    reference = json.dumps({"Fn::GetAtt": ["WebhookDestination", "Arn"]})
    body = json.dumps(template)
    assert body.count(reference) == 4, "three rules and a role"
    cloudformation = stack.client("cloudformation")
    cloudformation.create_stack(
        StackName="consumers",
        TemplateBody=body.replace(reference, json.dumps(destination["ApiDestinationArn"])),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    deployed = cloudformation.describe_stacks(StackName="consumers")["Stacks"][0]
    assert deployed["StackStatus"] == "CREATE_COMPLETE", deployed
    return {output["OutputKey"]: output["OutputValue"] for output in deployed["Outputs"]}


def queues_only(stack: Stack) -> None:
    """Takes away the targets that moto cannot send to: it would refuse the event for all."""
    bus = stack.outputs["OktaLakeBus"]
    for rule in stack.events.list_rules(EventBusName=bus)["Rules"]:
        targets = stack.events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
        others = [target["Id"] for target in targets if target["Arn"].split(":")[2] in ("lambda", "sns")]
        if others:
            stack.events.remove_targets(Rule=rule["Name"], EventBusName=bus, Ids=others)


def webhook_ears(stack: Stack) -> dict[str, Ear]:
    """For each rule of the webhook, one that sends the same to a queue, in the same words."""
    ears, bus = {}, stack.outputs["OktaLakeBus"]
    for name, (pattern, _) in WEBHOOK.items():
        rule = stack.events.describe_rule(Name=f"consumers-webhook-{name}", EventBusName=bus)
        target = stack.events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"][0]
        found = json.loads(rule["EventPattern"])
        assert found == json.loads((CONSUMERS / f"patterns/{pattern}.json").read_text()), f"{name}: {found}"
        ears[name] = Ear(stack, f"webhook-{name}", found, InputTransformer=target["InputTransformer"])
    return ears


def documented() -> dict[str, tuple[set[str], set[str], dict]]:
    """By detail-type, as docs/events.md has it: the fields that are always there, those that may be, and the example."""
    sections = re.split(r"^### `(\w+)`$", (ROOT / "docs/events.md").read_text(), flags=re.MULTILINE)[1:]
    events = {}
    for kind, text in zip(sections[::2], sections[1::2]):
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, flags=re.MULTILINE)
        optional = {name for name, type_ in rows if "may be absent" in type_}
        example = json.loads(re.search(r"```json\n(.*?)```", text, flags=re.DOTALL)[1])
        assert {name for name, _ in rows} - optional <= example.keys() <= {name for name, _ in rows}, f"{kind}: its example"
        events[kind] = ({name for name, _ in rows} - optional, optional, example)
    return events


def stream(binary: Path, stack: Stack, hour: datetime, seed: int) -> None:
    """One event of that hour, by the stream."""
    event = log_events(1, seed)[0] | {"published": (hour + timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    body = json.dumps({"source": BUS, "detail-type": "SystemLog", "detail": event})
    with Function(binary, stack.function_env()) as function:
        answer = function.invoke({"Records": [{"messageId": "1", "body": body, "eventSource": "aws:sqs"}]})
    assert not answer["batchItemFailures"], answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stream", "backfill", "okta-lake"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    stream_binary, backfill, okta_lake = (path.resolve() for path in (arguments.stream, arguments.backfill, arguments.okta_lake))
    stack, folder = Stack(ROOT / "template.yaml"), tempfile.TemporaryDirectory()
    world = World(stack, deploy(stack), Path(folder.name))
    queues_only(stack)
    patterns = {path.stem: json.loads(path.read_text()) for path in CONSUMERS.glob("patterns/*.json")}
    assert patterns.keys() == LET_THROUGH.keys(), patterns.keys()
    ears = {name: Ear(stack, name, pattern) for name, pattern in patterns.items()}
    webhook, all_ears = webhook_ears(stack), Ear(stack, "all", {"source": [{"prefix": ""}]})
    print("ok the consumers' stack is deployed, and its rules are the patterns", flush=True)

    org = Org(okta_lake, *SMALL)
    atexit.register(org.stop)
    secrets = stack.client("secretsmanager")
    secrets.create_secret(Name="okta-lake/acme", SecretString=org.secret("service"))
    services = {f"AWS_ENDPOINT_URL_{name}": stack.endpoint for name in ("S3", "SECRETS_MANAGER", "EVENTBRIDGE")}
    env = CREDENTIALS | services | {
        "OKTA_LAKE_BUCKET": world.bucket,
        "OKTA_LAKE_BUS": stack.outputs["OktaLakeBus"],
        "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
        "OKTA_LAKE_RATE_SHARE": "100",
        "OKTA_LAKE_PROGRESS_SECONDS": "1",
    }
    overheard: list[dict] = []

    def run(command: dict, timeout_seconds: int = 300) -> dict:
        with Function(backfill, env, timeout_seconds) as function:
            answer = function.invoke(command)
        overheard.extend(all_ears.heard())
        return answer

    def reconcile() -> list[dict]:
        """The hours that were sealed; each of them is told once, and there is a message for it in the queue."""
        before = len(overheard)
        sealed = run({"action": "reconcile"})["tenants"][0]["sealed"]
        told = [event["detail"] for event in overheard[before:] if event["detail-type"] == "HourSealed"]
        assert told == sealed, f"{len(told)} hours told, {len(sealed)} sealed"
        attributes = stack.sqs.get_queue_attributes(QueueUrl=world.queue, AttributeNames=["All"])["Attributes"]
        assert int(attributes["ApproximateNumberOfMessages"]) == len(sealed), attributes
        ledger = world.ledger()
        for detail in sealed:
            entry = ledger[detail["hour"]]
            assert (entry["generation"], entry["rows"]) == (detail["generation"], detail["rows"]), detail
            # Events of before `object` was added have none.
            assert detail.get("object", entry["object"]) == entry["object"], detail
        return sealed

    # The first of two days is collected; of the other the stream brought one event, and what followed it was lost.
    now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    first, last = (f"{now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (46, 24))
    assert run({"action": "logs", "since": first, "until": last})["is_complete"]
    stream(stream_binary, stack, now - timedelta(hours=20), 1)
    sealed = reconcile()
    assert len(sealed) > 40, len(sealed)
    print(f"ok the queue has a message for each of {len(sealed)} sealed hours", flush=True)

    copies = [message["Body"] for message in peek(stack.sqs, world.queue)]
    world.consume()
    world.check_table()
    rows, _ = world.loaded()
    print(f"ok the table has {len(rows)} events, each once", flush=True)

    for body in copies[:7]:
        stack.sqs.send_message(QueueUrl=world.queue, MessageBody=body)
    said = world.consume()
    assert said.count("has generation 1 already") == 7 and world.loaded()[0] == rows, said
    print("ok what is delivered again changes nothing", flush=True)

    message = json.loads(copies[3])["detail"]
    day, hour = message["hour"][:10], message["hour"][11:13]
    key = f"ledger/tenant=acme/day={day}/{hour}.json"
    entry = world.read(key)
    wrong = json.loads(entry) | {"generation": 2, "rows": message["rows"] + 1}
    stack.s3.put_object(Bucket=world.bucket, Key=key, Body=json.dumps(wrong))
    for body in (copies[3], json.dumps({"detail": {"tenant": "acme", "hour": "2020-01-01T00:00:00Z"}}), copies[4]):
        stack.sqs.send_message(QueueUrl=world.queue, MessageBody=body)
    said = world.consume(status=1)
    left = stack.sqs.get_queue_attributes(QueueUrl=world.queue, AttributeNames=["All"])["Attributes"]
    assert said.count("not loaded") == int(left["ApproximateNumberOfMessagesNotVisible"]) == 2, said
    stack.s3.put_object(Bucket=world.bucket, Key=key, Body=entry)
    stack.sqs.purge_queue(QueueUrl=world.queue)
    world.check_table()
    print("ok what cannot be loaded changes nothing and stays in the queue", flush=True)

    late = now - timedelta(hours=30)
    stream(stream_binary, stack, late, 2)
    again = reconcile()
    assert f"{late:%Y-%m-%dT%H:%M:%SZ}" in {detail["hour"] for detail in again if detail["generation"] == 2}, again
    stack.sqs.send_message(QueueUrl=world.queue, MessageBody=next(body for body in copies if f"{late:%Y-%m-%dT%H}" in body))
    world.consume()
    world.check_table()
    assert len(world.loaded()[0]) == len(rows) + 1
    print("ok an hour that is sealed again is replaced, and the message of before does not undo it", flush=True)

    world.database.unlink()
    world.consume("--all")
    world.check_table()
    print("ok from the ledger alone the table is the same", flush=True)

    # Everything else that can be told, by an org that is slow and whose stream is off; at first there is hardly any time.
    down = Org(okta_lake, *SMALL, *(f"--fault={fault}" for fault in FAULTS))
    atexit.register(down.stop)
    secrets.put_secret_value(SecretId="okta-lake/acme", SecretString=down.secret("service"))
    run({"action": "logs"}, timeout_seconds=2)
    for action in ("logs", "reconcile", "inventory"):
        run({"action": action})
    secrets.put_secret_value(SecretId="okta-lake/acme", SecretString="{}")
    run({"action": "test-connectivity"})
    docs = documented()
    kinds = {event["detail-type"] for event in overheard}
    untold = docs.keys() - kinds
    # Of these the documentation's own example is put on the bus; and what others would put there.
    entries = [("okta-lake", kind, docs[kind][2]) for kind in sorted(untold)]
    other = copy.deepcopy(next(event["detail"] for event in overheard if event["detail-type"] == "HourSealed"))
    entries += [("okta-lake", "HourSealed", other | {"tenant": "globex"}), ("somebody.else", "GapFound", {"tenant": "acme"})]
    for source, kind, detail in entries:
        entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail), "EventBusName": stack.outputs["OktaLakeBus"]}
        stack.events.put_events(Entries=[entry])
    put = all_ears.heard()
    assert len(put) == len(entries), put

    for event in overheard:
        always, optional, _ = docs[event["detail-type"]]
        fields = event["detail"].keys()
        assert always <= fields <= always | optional, f"{event['detail-type']}: {fields ^ always}, and docs/events.md"
    print(f"ok docs/events.md has every field of {len(overheard)} events of {len(kinds)} kinds; not seen: {sorted(untold)}", flush=True)

    everything = overheard + put
    for name, ear in ears.items():
        lets = LET_THROUGH[name]
        wanted = [event for event in everything if event["source"] == "okta-lake" and lets(event["detail-type"], event["detail"].get("tenant"))]
        heard = ear.heard()
        assert sorted(event["id"] for event in heard) == sorted(event["id"] for event in wanted), f"{name}: {len(heard)} of {len(wanted)}"
        assert heard, f"{name}: nothing was there to be let through"
        print(f"ok {name}.json lets {len(heard)} of {len(everything)} events through", flush=True)

    for name, (pattern, sentence) in WEBHOOK.items():
        said = [heard["text"] for heard in webhook[name].heard()]
        wanted = [event for event in everything if event["source"] == "okta-lake" and LET_THROUGH[pattern](event["detail-type"], None)]
        assert len(said) == len(wanted) > 0 and all(re.fullmatch(sentence, text) for text in said), f"{name}: {said}"
        print(f"ok the webhook says: {said[0]}", flush=True)
    stack.stop()
    print("consumers: passed")


def peek(sqs, queue: str) -> list[dict]:
    """The messages of a queue, which stay there."""
    messages = drain(sqs, queue)
    for message in messages:
        sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
    return messages


if __name__ == "__main__":
    main()
