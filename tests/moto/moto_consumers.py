"""What infra/consumers makes of okta-lake's events, with moto as AWS: the real functions collect, stream, seal, repair and
stumble; every event on the okta-lake bus is overheard, and compared with the patterns, the rules and docs/events.md; and
the sample consumer loads the sealed hours.

    python tests/moto/moto_consumers.py --stream target/debug/stream --backfill target/debug/backfill \\
        --okta-lake target/debug/okta-lake
"""

import argparse
import atexit
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
from stack import BUS, CREDENTIALS, REGION, Stack

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
    "quarantine": lambda kind, tenant: kind == "QuarantineAdded",
    "connectivity-failed": lambda kind, tenant: kind == "ConnectivityFailed",
    "everything-but-continue": lambda kind, tenant: kind != "Continue",
    "truth": lambda kind, tenant: kind in ("ClockDisagreement", "LedgerViolation", "Unconfirmed"),
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
    """The deployed stacks, the functions, and what was overheard so far; then what is checked, in that order."""

    def __init__(self, stack: Stack, folder: Path, stream: Path, backfill: Path):
        self.stack, self.database, self.stream, self.backfill = stack, folder / "okta.duckdb", stream, backfill
        self.queue, self.bucket, self.bus = deploy(stack)["SealedHoursQueue"], stack.outputs["LakeBucket"], stack.outputs["OktaLakeBus"]
        queues_only(stack)
        patterns = {path.stem: json.loads(path.read_text()) for path in CONSUMERS.glob("patterns/*.json")}
        assert patterns.keys() == LET_THROUGH.keys(), patterns.keys()
        self.ears = {name: Ear(stack, name, pattern) for name, pattern in patterns.items()}
        self.webhook, self.all = webhook_ears(stack), Ear(stack, "all", {"source": [{"prefix": ""}]})
        self.overheard: list[dict] = []
        self.now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)

    # Each of these is one check.

    def every_sealed_hour_is_in_the_queue(self) -> None:
        """The first of two days is collected; of the other the stream brought one event, and what followed was lost."""
        since, until = (f"{self.now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (46, 24))
        assert self.run({"action": "logs", "since": since, "until": until})["is_complete"]
        self.streamed(self.now - timedelta(hours=20), 1)
        assert len(self.reconcile()) > 40
        self.copies = [message["Body"] for message in drain(self.stack.sqs, self.queue)]
        self.send(*self.copies)

    def the_table_has_each_event_once(self) -> None:
        self.consume()
        self.check_table()
        assert len(self.loaded()[0]) > 100

    def what_is_delivered_again_changes_nothing(self) -> None:
        before = self.loaded()
        self.send(*self.copies[:7])
        said = self.consume()
        assert said.count("has generation 1 already") == 7 and self.loaded() == before, said

    def what_cannot_be_loaded_stays_in_the_queue(self) -> None:
        """And changes nothing: an object that is not what the ledger says, and an hour that the ledger does not have."""
        detail = json.loads(self.copies[3])["detail"]
        key = f"ledger/tenant=acme/day={detail['hour'][:10]}/{detail['hour'][11:13]}.json"
        entry = self.read(key)
        wrong = json.loads(entry) | {"generation": 2, "rows": detail["rows"] + 1}
        self.stack.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(wrong))
        unknown = json.dumps({"detail": {"tenant": "acme", "hour": "2020-01-01T00:00:00Z"}})
        self.send(self.copies[3], unknown, self.copies[4])
        said = self.consume(status=1)
        left = self.stack.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        assert said.count("not loaded") == int(left["ApproximateNumberOfMessagesNotVisible"]) == 2, said
        self.stack.s3.put_object(Bucket=self.bucket, Key=key, Body=entry)
        self.stack.sqs.purge_queue(QueueUrl=self.queue)
        self.check_table()

    def an_hour_that_is_sealed_again_is_replaced(self) -> None:
        """And the message of its first seal, which comes once more, does not undo it."""
        late, before = self.now - timedelta(hours=30), self.loaded()[0]
        hour = f"{late:%Y-%m-%dT%H:%M:%SZ}"
        self.streamed(late, 2)
        again = self.reconcile()
        assert hour in {detail["hour"] for detail in again if detail["generation"] == 2}, again
        self.send(next(body for body in self.copies if json.loads(body)["detail"]["hour"] == hour))
        self.consume()
        self.check_table()
        assert len([row for row in self.loaded()[0] if row[0] == hour]) == len([row for row in before if row[0] == hour]) + 1

    def from_the_ledger_alone_the_table_is_the_same(self) -> None:
        self.database.unlink()
        self.consume("--all")
        self.check_table()

    def every_field_is_documented(self) -> None:
        """Of what an org makes that is slow and whose stream is off. Of what it does not make, the documentation's example
        is put on the bus; and what others would put there."""
        slow = Org(self.okta_lake, *SMALL, *(f"--fault={fault}" for fault in FAULTS))
        atexit.register(slow.stop)
        self.secret(slow.secret("service"))
        # Hardly any time: it asks to be called again.
        self.run({"action": "logs"}, timeout_seconds=2)
        for action in ("logs", "reconcile", "inventory"):
            self.run({"action": action})
        self.secret("{}")
        self.run({"action": "test-connectivity"})
        docs = documented()
        for event in self.overheard:
            always, optional, _ = docs[event["detail-type"]]
            fields = event["detail"].keys()
            assert always <= fields <= always | optional, f"{event['detail-type']}: {fields ^ always}, and docs/events.md"
        untold = sorted(docs.keys() - {event["detail-type"] for event in self.overheard})
        print(f"   {len(self.overheard)} events; not among them: {', '.join(untold)}", flush=True)
        sealed = next(event["detail"] for event in self.overheard if event["detail-type"] == "HourSealed")
        others = [("okta-lake", "HourSealed", sealed | {"tenant": "globex"}), ("somebody.else", "GapFound", {"tenant": "acme"})]
        self.put([("okta-lake", kind, docs[kind][2]) for kind in untold] + others)

    def patterns_let_through_what_their_names_say(self) -> None:
        for name, ear in self.ears.items():
            wanted, heard = self.let_through(name), ear.heard()
            assert wanted and sorted(event["id"] for event in heard) == wanted, f"{name}: {len(heard)} of {len(wanted)}"
            print(f"   {name}.json: {len(heard)} of {len(self.overheard)}", flush=True)

    def the_webhook_says_it_in_a_sentence(self) -> None:
        """Of gaps, a stream that is down and failed connectivity; never of progress or Continue."""
        for name, (pattern, sentence) in WEBHOOK.items():
            said = [heard["text"] for heard in self.webhook[name].heard()]
            assert len(said) == len(self.let_through(pattern)), f"{name}: {said}"
            assert all(re.fullmatch(sentence, text) for text in said), f"{name}: {said}"
            print(f"   {said[0]}", flush=True)

    # What they are made of.

    def connect(self, okta_lake: Path) -> None:
        """The simulated org, and its secret."""
        self.okta_lake, org = okta_lake, Org(okta_lake, *SMALL)
        atexit.register(org.stop)
        self.stack.client("secretsmanager").create_secret(Name="okta-lake/acme", SecretString=org.secret("service"))

    def secret(self, text: str) -> None:
        self.stack.client("secretsmanager").put_secret_value(SecretId="okta-lake/acme", SecretString=text)

    def run(self, command: dict, timeout_seconds: int = 300) -> dict:
        """Gives the backfill function a command, and hears what it tells."""
        services = ("S3", "SECRETS_MANAGER", "EVENTBRIDGE")
        env = CREDENTIALS | {f"AWS_ENDPOINT_URL_{name}": self.stack.endpoint for name in services} | {
            "OKTA_LAKE_BUCKET": self.bucket,
            "OKTA_LAKE_BUS": self.bus,
            "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
            "OKTA_LAKE_RATE_SHARE": "100",
            "OKTA_LAKE_PROGRESS_SECONDS": "1",
        }
        with Function(self.backfill, env, timeout_seconds) as function:
            answer = function.invoke(command)
        self.overheard += self.all.heard()
        return answer

    def reconcile(self) -> list[dict]:
        """The hours that were sealed; each of them is told once, and there is a message for it in the queue."""
        before = len(self.overheard)
        sealed = self.run({"action": "reconcile"})["tenants"][0]["sealed"]
        told = [event["detail"] for event in self.overheard[before:] if event["detail-type"] == "HourSealed"]
        assert told == sealed, f"{len(told)} hours told, {len(sealed)} sealed"
        attributes = self.stack.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        assert int(attributes["ApproximateNumberOfMessages"]) == len(sealed), attributes
        ledger = self.ledger()
        for detail in sealed:
            entry = ledger[detail["hour"]]
            assert (entry["generation"], entry["rows"]) == (detail["generation"], detail["rows"]), detail
            assert entry["object"] == detail.get("object"), detail
        return sealed

    def streamed(self, hour: datetime, seed: int) -> None:
        """One event of that hour, by the stream, and something that is none."""
        event = log_events(1, seed)[0] | {"published": f"{hour + timedelta(minutes=7):%Y-%m-%dT%H:%M:%S.000Z}"}
        body = json.dumps({"source": BUS, "detail-type": "SystemLog", "detail": event})
        with Function(self.stream, self.stack.function_env()) as function:
            bodies = {"1": body, "2": "no event"}.items()
            records = [{"messageId": id_, "body": body, "eventSource": "aws:sqs"} for id_, body in bodies]
            answer = function.invoke({"Records": records})
        assert not answer["batchItemFailures"], answer

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.stack.sqs.send_message(QueueUrl=self.queue, MessageBody=body)

    def put(self, events: list[tuple[str, str, dict]]) -> None:
        for source, kind, detail in events:
            entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail), "EventBusName": self.bus}
            self.stack.events.put_events(Entries=[entry])
        self.overheard += self.all.heard()

    def let_through(self, pattern: str) -> list[str]:
        """The ids of what a pattern should have let through."""
        ours = [event for event in self.overheard if event["source"] == "okta-lake"]
        lets = LET_THROUGH[pattern]
        return sorted(event["id"] for event in ours if lets(event["detail-type"], event["detail"].get("tenant")))

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
        env = {**os.environ, **CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.stack.endpoint}
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
        example = json.loads(re.search(r"```json\n(.*?)```", text, flags=re.DOTALL)[1])["detail"]
        assert {name for name, _ in rows} - optional <= example.keys() <= {name for name, _ in rows}, f"{kind}: its example"
        events[kind] = ({name for name, _ in rows} - optional, optional, example)
    return events


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stream", "backfill", "okta-lake"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    stack = Stack(ROOT / "template.yaml")
    with tempfile.TemporaryDirectory() as folder:
        world = World(stack, Path(folder), arguments.stream.resolve(), arguments.backfill.resolve())
        world.connect(arguments.okta_lake.resolve())
        checks = [
            world.every_sealed_hour_is_in_the_queue,
            world.the_table_has_each_event_once,
            world.what_is_delivered_again_changes_nothing,
            world.what_cannot_be_loaded_stays_in_the_queue,
            world.an_hour_that_is_sealed_again_is_replaced,
            world.from_the_ledger_alone_the_table_is_the_same,
            world.every_field_is_documented,
            world.patterns_let_through_what_their_names_say,
            world.the_webhook_says_it_in_a_sentence,
        ]
        for check in checks:
            check()
            print(f"ok {check.__name__}", flush=True)
    stack.stop()
    print(f"consumers: {len(checks)} passed, 0 failed")


if __name__ == "__main__":
    main()
