"""An event from Okta's bus to a row that DuckDB reads, with moto as AWS and the real stream binary.

moto is an S3, SQS and EventBridge that is not ours, deployed from the real template.yaml. This script puts events on the
bus, plays Lambda's SQS poller, and reads the lake.

    python tests/moto/moto_flow.py --binary .aws-sam/build/StreamFunction/bootstrap
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import duckdb

from okta_events import EVENT_TYPES, GARBAGE, hopeless_details, log_events
from runtime_api import Function
from stack import BUS, REGION, Stack

ROOT = Path(__file__).parents[2]
EVENTS = 260
# Far less than the template's, so that there is more than one batch.
BATCH = 100


class Flow:
    """One run: what was sent, and the stack it was sent to."""

    def __init__(self, stack: Stack, function: Function, seed: int):
        self.stack, self.function = stack, function
        self.queue, self.bucket = stack.outputs["StreamQueue"], stack.outputs["LakeBucket"]
        self.sent = {event["uuid"]: event for event in log_events(EVENTS, seed)}
        self.hopeless = hopeless_details(seed)

    # Each of these is one check, in the order in which they run.

    def rule_fills_the_queue(self) -> None:
        """What comes from Okta is queued, what does not is not."""
        twice = list(self.sent.values())[:5]
        self._put(BUS, [*self.sent.values(), *self.hopeless, *twice])
        self._put("somebody.else", [{"uuid": "not from Okta"}])
        for body in GARBAGE:
            self.stack.sqs.send_message(QueueUrl=self.queue, MessageBody=body)
        expected = EVENTS + len(self.hopeless) + len(twice) + len(GARBAGE)
        queued = self._queued()
        assert queued == expected, f"{queued} messages in the queue, expected {expected}"

    def a_batch_that_cannot_be_written_is_returned(self) -> None:
        """Without its bucket nothing is acknowledged, and nothing crashes."""
        self.stack.s3.delete_bucket(Bucket=self.bucket)
        messages = self._receive(BATCH)
        returned = self._failures(messages)
        self.stack.s3.create_bucket(Bucket=self.bucket)
        for message in messages:
            self.stack.sqs.change_message_visibility(
                QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        said = [json.loads(line) for line in self.function.log if "NoSuchBucket" in line]
        assert said and all("LakeBucket" in line["remedy"] for line in said), self.function.last_log()
        missing = {message["MessageId"] for message in messages} - returned
        assert not missing, f"{len(missing)} of {len(messages)} messages were acknowledged but could not be written"

    def every_message_is_acknowledged(self) -> None:
        """Good ones and hopeless ones alike: the queue is empty in the end."""
        while messages := self._receive(BATCH):
            returned = self._failures(messages)
            assert not returned, f"{len(returned)} messages returned:\n{self.function.last_log()}"
            # Lambda may hand over the same batch twice; the second time must change nothing (seen in `rows_are_events`).
            assert not self._failures(messages), "a redelivered batch was returned"
            for message in messages:
                self.stack.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        assert self._queued() == 0, f"{self._queued()} messages left in the queue"

    def rows_are_events(self) -> None:
        """One row for each event, in the partition of its hour, with the event as Okta sent it."""
        with tempfile.TemporaryDirectory() as lake:
            self._download("live/", Path(lake))
            rows = duckdb.sql(
                f"""SELECT metadata.uid, raw_data, class_uid, tenant, day || ' ' || hour, metadata.event_code
                    FROM read_parquet('{lake}/live/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)"""
            ).fetchall()
        missing = self.sent.keys() - {row[0] for row in rows}
        assert not missing, f"{len(missing)} events are not in the lake, like {sorted(missing)[:3]}"
        # The five that were sent twice may have been in different batches: only then may they be there twice.
        assert EVENTS <= len(rows) <= EVENTS + 5, f"{len(rows)} rows for {EVENTS} events"
        for uid, raw_data, class_uid, tenant, hour, event_code in rows:
            event = self.sent[uid]
            assert json.loads(raw_data) == event, f"raw_data of {uid} is not what was sent: {raw_data}"
            assert hour == event["published"][:13].replace("T", " "), f"{uid} of {event['published']} is in hour {hour}"
            assert (tenant, event_code) == ("acme", event["eventType"]), f"{uid}: {tenant}, {event_code}"
            assert class_uid is not None, f"{uid} has no class"
        assert {row[5] for row in rows} == set(EVENT_TYPES), "some event type has no row"

    def garbage_is_in_quarantine(self) -> None:
        """One object each, whole and with a reason."""
        bodies = [self.stack.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self._keys("quarantine/")]
        expected = len(GARBAGE) + len(self.hopeless)
        assert len(bodies) == expected, f"{len(bodies)} objects in quarantine, expected {expected}"
        text = "\n".join(body.decode() for body in bodies)
        for message in GARBAGE:
            assert message in text or json.dumps(message)[1:-1] in text, f"{message!r} is not in quarantine: {text}"

    def metrics_add_up(self) -> None:
        """The function's own count agrees with what was sent: each message twice, and one batch that failed before."""
        received, quarantined = self.function.metric("EventsReceived"), self.function.metric("EventsQuarantined")
        returned, written = self.function.metric("EventsReturned"), self.function.metric("EventsWritten")
        duplicate = self.function.metric("EventsDuplicate")
        assert received == written + quarantined + duplicate + returned, (
            f"received {received} != written {written} + quarantined {quarantined} + duplicate {duplicate} + returned {returned}"
        )
        assert returned == BATCH, f"{returned} returned, expected {BATCH}"

    # The parts of AWS that moto leaves to us.

    def _put(self, source: str, details: list[dict]) -> None:
        entries = [
            {"Source": source, "DetailType": "SystemLog", "Detail": json.dumps(detail), "EventBusName": BUS}
            for detail in details
        ]
        for start in range(0, len(entries), 10):
            answer = self.stack.events.put_events(Entries=entries[start : start + 10])
            assert answer["FailedEntryCount"] == 0, answer

    def _queued(self) -> int:
        attributes = self.stack.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def _receive(self, limit: int) -> list[dict]:
        messages: list[dict] = []
        while len(messages) < limit:
            answer = self.stack.sqs.receive_message(
                QueueUrl=self.queue, MaxNumberOfMessages=min(10, limit - len(messages)), AttributeNames=["All"]
            )
            if not answer.get("Messages"):
                break
            messages += answer["Messages"]
        return messages

    def _failures(self, messages: list[dict]) -> set[str]:
        """Invokes the function, and gives the ids of the messages that it wants to see again."""
        answer = self.function.invoke({"Records": [_record(message) for message in messages]})
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}

    def _keys(self, prefix: str) -> list[str]:
        pages = self.stack.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def _download(self, prefix: str, folder: Path) -> None:
        for key in self._keys(prefix):
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            self.stack.s3.download_file(self.bucket, key, str(path))


def _record(message: dict) -> dict:
    """A message as Lambda hands it to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:stream",
        "awsRegion": REGION,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True, help="the stream function's binary")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="of the events; printed")
    arguments = parser.parse_args()
    print(f"moto flow, seed {arguments.seed}", flush=True)

    stack = Stack(ROOT / "template.yaml")
    with Function(arguments.binary.resolve(), stack.function_env()) as function:
        flow = Flow(stack, function, arguments.seed)
        checks = [
            flow.rule_fills_the_queue,
            flow.a_batch_that_cannot_be_written_is_returned,
            flow.every_message_is_acknowledged,
            flow.rows_are_events,
            flow.garbage_is_in_quarantine,
            flow.metrics_add_up,
        ]
        for check in checks:
            check()
            print(f"ok {check.__name__}", flush=True)
    stack.stop()
    print(f"moto: {len(checks)} passed, 0 failed")


if __name__ == "__main__":
    main()
