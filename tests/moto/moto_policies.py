"""Least privilege, by trying: the real functions do all of their work against moto, every call to AWS is recorded on the
way, and compared with what the roles of template.yaml allow. What is called must be allowed, and denied by no policy of a
bucket, queue or secret; what is allowed and never called must have a reason here. On the way the functions publish their
metrics: those that an alarm or the dashboard names must be among them.

    python tests/moto/moto_policies.py --stream target/debug/stream --backfill target/debug/backfill \\
        --okta-lake target/debug/okta-lake
"""

import argparse
import ast
import json
import re
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from alarms import named_metrics, published
from moto_connectivity import Org
from okta_events import log_events
from okta_proxy import OktaProxy
from runtime_api import Function
from stack import BUS, CREDENTIALS, REGION, SECURITY_LAKE, Stack

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"

# Allowed, and not called here by a function.
UNCALLED = {
    "stream": {
        "sqs:ReceiveMessage": "Lambda's poller, in the function's name",
        "sqs:DeleteMessage": "Lambda's poller, in the function's name",
        "sqs:GetQueueAttributes": "Lambda's poller, in the function's name",
        "kms:Decrypt": "SQS, in the function's name, for encrypted messages",
        "kms:GenerateDataKey": "S3, in the function's name, for encrypted objects",
        "logs:CreateLogStream": "Lambda, in the function's name",
        "logs:PutLogEvents": "Lambda, in the function's name",
        "xray:PutTraceSegments": "Lambda, in the function's name",
        "xray:PutTelemetryRecords": "Lambda, in the function's name",
    },
    "backfill": {
        "sqs:SendMessage": "Lambda, in the function's name, with an invocation that failed",
        "kms:Decrypt": "S3 and Secrets Manager, in the function's name, for encrypted objects and secrets",
        "kms:GenerateDataKey": "S3 and SQS, in the function's name",
        "logs:CreateLogStream": "Lambda, in the function's name",
        "logs:PutLogEvents": "Lambda, in the function's name",
        "xray:PutTraceSegments": "Lambda, in the function's name",
        "xray:PutTelemetryRecords": "Lambda, in the function's name",
        "s3:DeleteObject sealed/*": "a superseded generation, after the grace period: tests/system/seal_truth.rs",
    },
}

# The policies of things, which can deny what a role allows.
POLICIES = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


class Recorder:
    """Stands between a function and moto, and notes each call as an action and the ARN of what it is about."""

    def __init__(self, endpoint: str):
        self.calls: set[tuple[str, str]] = set()
        self.assumed: list[str] = []
        self._target = urlsplit(endpoint).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        # A function that is stopped leaves its connections as they are.
        self._server.handle_error = lambda *_: None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.endpoint = "http://%s:%d" % self._server.server_address[:2]

    def note(self, method: str, path: str, headers, body: bytes) -> None:
        """One call."""
        who, service = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", headers.get("Authorization", "")).groups()
        url = urlsplit(path)
        if who != CREDENTIALS["AWS_ACCESS_KEY_ID"]:
            # Not the function's role, but one that it has assumed.
            self.assumed.append(unquote(url.path))
            return
        if service == "sts":
            asked = parse_qs(body.decode())
            assert asked["Action"] == ["AssumeRole"] and asked["ExternalId"] == [SECURITY_LAKE["external_id"]], asked
            self.calls.add(("sts:AssumeRole", asked["RoleArn"][0]))
            return
        if service == "s3":
            bucket, _, key = unquote(url.path).lstrip("/").partition("/")
            if key:
                action = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}[method]
                self.calls.add((f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}"))
            else:
                assert "list-type" in parse_qs(url.query), f"a call that nobody knows: {method} {path}"
                self.calls.add(("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
            return
        action, request = headers["X-Amz-Target"].split(".")[-1], json.loads(body)
        for resource in self._resources(service, action, request):
            self.calls.add((f"{service}:{action}", resource))

    def _resources(self, service: str, action: str, request: dict) -> list[str]:
        prefix = f"arn:aws:{service}:{REGION}:{ACCOUNT}"
        # moto knows the partner bus by the last part of its name.
        full = lambda name: BUS if name == BUS.rsplit("/", 1)[1] else name
        match action:
            case "GetSecretValue":
                return [f"{prefix}:secret:{request['SecretId']}-AbCdEf"]
            case "Sign" | "GetPublicKey":
                return [request["KeyId"]]
            case "PutEvents":
                return [f"{prefix}:event-bus/{entry['EventBusName']}" for entry in request["Entries"]]
            case "DescribeEventBus":
                return [f"{prefix}:event-bus/{full(request['Name'])}"]
            case "DescribeRule":
                return [f"{prefix}:rule/{full(request['EventBusName'])}/{request['Name']}"]
            case "ListTargetsByRule":
                return [f"{prefix}:rule/{full(request['EventBusName'])}/{request['Rule']}"]
            case _:
                return ["*"]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Proxy(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                recorder.note(self.command, self.path, self.headers, body)
                connection = HTTPConnection(recorder._target, timeout=60)
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward

            def log_message(self, *_) -> None:
                pass

        return Proxy


def allowed(stack: Stack, role: str) -> list[tuple[str, str]]:
    """What a role allows: action and resource pattern."""
    iam = stack.client("iam")
    name = next(found["RoleName"] for found in iam.list_roles()["Roles"] if role in found["RoleName"])
    pairs = []
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        # moto keeps what CloudFormation hands it as Python's own text.
        document = ast.literal_eval(document) if isinstance(document, str) else document
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            pairs += [(action, resource) for action in listed(statement["Action"]) for resource in listed(statement["Resource"])]
    return pairs


def check(name: str, calls: set[tuple[str, str]], pairs: list[tuple[str, str]]) -> None:
    """Called is allowed; allowed is called, or has a reason."""
    fits = lambda call, pair: call[0] == pair[0] and fnmatchcase(call[1], pair[1])
    refused = sorted(call for call in calls if not any(fits(call, pair) for pair in pairs))
    assert not refused, f"{name}: called and not allowed: {refused[:5]}"
    used = {pair for pair in pairs if any(fits(call, pair) for call in calls)}
    print(f"{name}: {len(calls)} different calls, {len(pairs)} permissions")
    for action, resource in pairs:
        short = resource.rsplit(":::", 1)[-1].rsplit(f"{ACCOUNT}:", 1)[-1]
        known = UNCALLED[name]
        why = known.get(action) or known.get(f"{action} {resource.partition('/')[2]}")
        reason = "called" if (action, resource) in used else why
        print(f"  {action:32} {short:60} {reason or 'NOT CALLED'}")
        assert reason, f"{name} may do {action} on {resource} and never does: take it away, or say why"


def listed(value) -> list:
    """One or many, as policies have them."""
    return value if isinstance(value, list) else [value]


def arn(name: str) -> dict:
    """The ARN of a resource, as a template refers to it."""
    return {"Fn::GetAtt": [name, "Arn"]}


def named(reference: dict) -> str:
    """The resource that a template refers to."""
    return reference.get("Ref") or reference["Fn::GetAtt"][0]


def denials(resources: dict, kinds: set[str] = frozenset(POLICIES)) -> list[dict]:
    """What policies of things deny."""
    policies = [resource["Properties"][POLICIES[resource["Type"]]] for resource in resources.values() if resource["Type"] in kinds]
    return [statement for policy in policies for statement in policy["Statement"] if statement["Effect"] == "Deny"]


def is_denied(statements: list[dict], action: str, role: str, secure: bool = True) -> bool:
    """Whether one of them denies the action to a role."""
    context = {"aws:SecureTransport": str(secure).lower(), "aws:PrincipalArn": arn(role)}
    # All that the template uses; another operator fails here.
    holds = {"Bool": lambda found, wanted: found == wanted, "ArnNotEquals": lambda found, wanted: found != wanted}
    return any(
        statement["Principal"] == "*"
        and any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and all(
            holds[operator](context[key], wanted)
            for operator, pairs in statement.get("Condition", {}).items()
            for key, wanted in pairs.items()
        )
        for statement in statements
    )


def check_things(resources: dict) -> None:
    """The bucket and the queues speak TLS only; the secret is read by one role, and is nobody else's prison."""
    storage = denials(resources, {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"})
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "sqs:ReceiveMessage"):
        assert is_denied(storage, action, "anybody", secure=False), f"{action} without TLS is not denied"
    secret = denials(resources, {"AWS::SecretsManager::ResourcePolicy"})
    reads = {role for role in ("BackfillRole", "StreamRole", "ScheduleRole", "an administrator") if not is_denied(secret, "secretsmanager:GetSecretValue", role)}
    assert reads == {"BackfillRole"}, f"the secret can be read by {reads}"
    for action in ("PutSecretValue", "UpdateSecret", "DescribeSecret", "DeleteSecret", "PutResourcePolicy", "DeleteResourcePolicy"):
        assert not is_denied(secret, f"secretsmanager:{action}", "an administrator"), f"an administrator cannot {action}"
    print("things: TLS only; the secret is read by the backfill role alone, and administered as before", flush=True)


def check_schedules(resources: dict) -> None:
    """The schedules' role may do what the schedules need, and no more: nothing of ours ever acts in it."""
    needed = set()
    for schedule in (resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::Scheduler::Schedule"):
        target = schedule["Target"]
        assert target["RoleArn"] == arn("ScheduleRole"), schedule
        failures = named(target["DeadLetterConfig"]["Arn"])
        needed |= {("lambda:InvokeFunction", named(target["Arn"])), ("sqs:SendMessage", failures)}
        key = named(resources[failures]["Properties"]["KmsMasterKeyId"])
        needed |= {("kms:Decrypt", key), ("kms:GenerateDataKey", key)}
    may = set()
    for policy in resources["ScheduleRole"]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow", statement
            may |= {(action, named(resource)) for action in listed(statement["Action"]) for resource in listed(statement["Resource"])}
    assert may == needed, f"the schedules' role: needed {sorted(needed)}, allowed {sorted(may)}"
    print(f"schedules: {len(may)} permissions, all of them needed: {', '.join(' '.join(pair) for pair in sorted(may))}", flush=True)


def mischief() -> Callable[[str, list | dict], None]:
    """An org in which one group has changed, and one user has lost its id."""

    def edit(path: str, answer: list | dict) -> None:
        if path == "/api/v1/groups" and answer:
            answer[0]["profile"]["description"] = "Changed since the last collection"
        if path == "/api/v1/users" and answer:
            del answer[0]["id"]

    return edit


class Lake:
    """The lake in moto, to be tampered with."""

    def __init__(self, stack: Stack):
        self._s3, self._bucket = stack.s3, stack.outputs["LakeBucket"]

    def read(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def write(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)

    def delete(self, key: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def keys(self, prefix: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def deliver_again(self) -> str:
        """A batch of a sealed hour comes again, in another object: the hour is sealed anew. The object's key."""
        sealed = {key.partition("/gen=")[0].removeprefix("sealed/") for key in self.keys("sealed/")}
        key = next(key for key in self.keys("live/") if key.rpartition("/")[0].removeprefix("live/") in sealed)
        copy = f"{key.rpartition('/')[0]}/00000000copy.parquet"
        self.write(copy, self.read(key))
        return copy

    def let_time_pass(self) -> None:
        """What is superseded may go: its time of grace is over."""
        key = "state/tenant=acme/reconcile.json"
        memory = json.loads(self.read(key))
        assert memory["superseded"], "nothing is superseded"
        memory["superseded"] = {hour: "2020-01-01T00:00:00Z" for hour in memory["superseded"]}
        self.write(key, json.dumps(memory).encode())


def invoke_all(function: Function, commands: list[dict]) -> None:
    """One after the other; none may have a problem."""
    for command in commands:
        answer = function.invoke(command)
        problems = [problem for tenant in answer.get("tenants", []) for problem in tenant.get("problems", [])]
        assert not problems, f"{command}: {problems}\n{function.last_log()}"
        print(f"ok {command}", flush=True)


def run_stream(stack: Stack, binary: Path) -> tuple[set[tuple[str, str]], list[str]]:
    """A batch, with garbage. The calls and the log."""
    recorder = Recorder(stack.endpoint)
    with Function(binary, stack.function_env() | {"AWS_ENDPOINT_URL_S3": recorder.endpoint}) as function:
        events = [{"source": BUS, "detail-type": "SystemLog", "detail": event} for event in log_events(50, 1)]
        bodies = [json.dumps(event) for event in events] + ["garbage"]
        records = [{"messageId": str(at), "body": body, "eventSource": "aws:sqs"} for at, body in enumerate(bodies)]
        function.invoke({"Records": records})
        return recorder.calls, function.log


def run_backfill(stack: Stack, binary: Path, org: Org) -> tuple[set[tuple[str, str]], list[str]]:
    """Every action, and what happens to a lake in time. The calls and the log."""
    bus = BUS.rsplit("/", 1)[1]
    recorder, lake, secrets = Recorder(stack.endpoint), Lake(stack), stack.client("secretsmanager")
    env = CREDENTIALS | {f"AWS_ENDPOINT_URL_{name}": recorder.endpoint for name in ("S3", "SECRETS_MANAGER", "EVENTBRIDGE", "STS")} | {
        "OKTA_LAKE_BUCKET": stack.outputs["LakeBucket"],
        "OKTA_LAKE_EVENT_BUS": bus,
        "OKTA_LAKE_RULE": stack.events.list_rules(EventBusName=bus)["Rules"][0]["Name"],
        "OKTA_LAKE_BUS": stack.outputs["OktaLakeBus"],
        "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
        "OKTA_LAKE_RATE_SHARE": "100",
    } | {f"OKTA_LAKE_SECURITY_LAKE_{name.upper()}": value for name, value in SECURITY_LAKE.items()}
    stack.s3.create_bucket(Bucket=SECURITY_LAKE["bucket"])
    secrets.create_secret(Name="okta-lake/acme", SecretString=org.secret("service"))
    with Function(binary, env, timeout_seconds=300) as function:
        commands = ["test-connectivity", "logs", {"action": "logs", "poll": True, "dry_run": False}, "continue", "reconcile"]
        commands += ["inventory", {"action": "inventory", "mode": "incremental"}, "status", "verify"]
        invoke_all(function, [{"action": command} if isinstance(command, str) else command for command in commands])
        lake.deliver_again()
        invoke_all(function, [{"action": "reconcile"}])
        lake.let_time_pass()
        invoke_all(function, [{"action": "reconcile"}])
        log = function.log

    # A token has no audience, so that it works through a proxy.
    token = json.loads(org.secret("token"))
    proxy = OktaProxy(token["org_url"], mischief())
    secrets.put_secret_value(SecretId="okta-lake/acme", SecretString=json.dumps(token | {"org_url": proxy.url}))
    with Function(binary, env, timeout_seconds=300) as function:
        invoke_all(function, [{"action": "inventory"}])
        log += function.log
    proxy.stop()
    prefix = f"/{SECURITY_LAKE['bucket']}/ext/okta"
    assert recorder.assumed and all(path.startswith(prefix) for path in recorder.assumed), recorder.assumed[:5]
    print(f"ok {len(recorder.assumed)} objects into Security Lake, by the roles of its sources")
    return recorder.calls, log


def check_mails(stack: Stack, kinds: list[str]) -> None:
    """A stream that brings less than Okta has is told, as text that is JSON."""
    url = next(url for url in stack.sqs.list_queues()["QueueUrls"] if "BackfillFailures" in url)
    mails = [json.loads(message["Body"]) for message in stack.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    assert all(mail.keys() == {"okta-lake", "detail"} for mail in mails), mails
    assert mails and all(mail["okta-lake"] in kinds and mail["detail"]["tenant"] == "acme" for mail in mails), mails
    print(f"mails: {len(mails)}, such as {json.dumps(mails[0])}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stream", "backfill", "okta-lake"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    small = "--users 20 --groups 6 --apps 4 --events-per-day 300 --limits-times 100".split()
    stack, org = Stack(ROOT / "template.yaml"), Org(arguments.okta_lake.resolve(), *small)
    resources = stack.template["Resources"]
    check_things(resources)
    check_schedules(resources)
    runs = {
        "stream": run_stream(stack, arguments.stream.resolve()),
        "backfill": run_backfill(stack, arguments.backfill.resolve(), org),
    }
    for name, (calls, _) in runs.items():
        role = f"{name.capitalize()}Role"
        check(name, calls, allowed(stack, role))
        denied = sorted({action for action, _ in calls if is_denied(denials(resources), action, role)})
        assert not denied, f"{name}: a policy denies {denied}"
    check_mails(stack, resources["GapRule"]["Properties"]["EventPattern"]["detail-type"])
    org.stop()
    stack.stop()
    print("policies: what is called is allowed, and what is allowed is called or has a reason")

    named, told = named_metrics(resources), set().union(*(published(log) for _, log in runs.values()))
    # Published only where something is wrong that this flow does not have; their names are checked by tests/moto/alarms.py.
    told |= {("backfill", "ClockDisagreements"), ("backfill", "UnknownEventTypes")}
    assert named <= told, f"an alarm or the dashboard names what no function publishes: {sorted(named - told)}"
    print(f"metrics: {len(named)} that alarms and the dashboard name are among the {len(told)} that the functions publish")
    print("policies: passed")


if __name__ == "__main__":
    main()
