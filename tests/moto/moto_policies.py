"""Least privilege, by trying: the real functions do all of their work against moto, every call to AWS is recorded on the
way, and compared with what the roles of template.yaml allow. What is called must be allowed; what is allowed and never
called must have a reason here.

    python tests/moto/moto_policies.py --stream target/debug/stream --backfill target/debug/backfill \\
        --okta-lake target/debug/okta-lake
"""

import argparse
import ast
import json
import re
import threading
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from moto_connectivity import Org
from okta_events import log_events
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
    },
    "backfill": {
        "s3:PutObject changes/*": "when something in the org has changed: tests/system does it",
        "s3:PutObject quarantine/*": "for what cannot be parsed: tests/system sends it",
        "s3:DeleteObject": "an hour after a seal: tests/system moves the clock, which moto cannot",
        "sqs:SendMessage": "Lambda, in the function's name, with an invocation that failed",
        "kms:Decrypt": "S3, in the function's name, for encrypted objects",
        "kms:GenerateDataKey": "S3 and SQS, in the function's name",
        "logs:CreateLogStream": "Lambda, in the function's name",
        "logs:PutLogEvents": "Lambda, in the function's name",
    },
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
            listed = lambda value: value if isinstance(value, list) else [value]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("stream", "backfill", "okta-lake"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    small = "--users 20 --groups 6 --apps 4 --events-per-day 300 --limits-times 100".split()
    stack, org = Stack(ROOT / "template.yaml"), Org(arguments.okta_lake.resolve(), *small)
    stack.client("secretsmanager").create_secret(Name="okta-lake/acme", SecretString=org.secret("service"))
    bus = BUS.rsplit("/", 1)[1]
    rule = stack.events.list_rules(EventBusName=bus)["Rules"][0]["Name"]

    recorder = Recorder(stack.endpoint)
    with Function(arguments.stream.resolve(), stack.function_env() | {"AWS_ENDPOINT_URL_S3": recorder.endpoint}) as function:
        events = [{"source": BUS, "detail-type": "SystemLog", "detail": event} for event in log_events(50, 1)]
        bodies = [json.dumps(event) for event in events] + ["garbage"]
        records = [{"messageId": str(at), "body": body, "eventSource": "aws:sqs"} for at, body in enumerate(bodies)]
        function.invoke({"Records": records})
    check("stream", recorder.calls, allowed(stack, "StreamRole"))

    recorder = Recorder(stack.endpoint)
    services = {f"AWS_ENDPOINT_URL_{name}": recorder.endpoint for name in ("S3", "SECRETS_MANAGER", "EVENTBRIDGE", "STS")}
    stack.s3.create_bucket(Bucket=SECURITY_LAKE["bucket"])
    env = CREDENTIALS | services | {
        "OKTA_LAKE_BUCKET": stack.outputs["LakeBucket"],
        "OKTA_LAKE_EVENT_BUS": bus,
        "OKTA_LAKE_RULE": rule,
        "OKTA_LAKE_BUS": stack.outputs["OktaLakeBus"],
        "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
        "OKTA_LAKE_RATE_SHARE": "100",
    } | {f"OKTA_LAKE_SECURITY_LAKE_{name.upper()}": value for name, value in SECURITY_LAKE.items()}
    commands = [
        {"action": "test-connectivity"},
        {"action": "logs"},
        {"action": "logs", "poll": True, "dry_run": False},
        {"action": "continue"},
        {"action": "reconcile"},
        {"action": "inventory"},
        {"action": "inventory", "mode": "incremental"},
        {"action": "status"},
    ]
    with Function(arguments.backfill.resolve(), env, timeout_seconds=300) as function:
        for command in commands:
            answer = function.invoke(command)
            problems = [problem for tenant in answer.get("tenants", []) for problem in tenant.get("problems", [])]
            assert not problems, f"{command}: {problems}\n{function.last_log()}"
            print(f"ok {command}", flush=True)
    prefix = f"/{SECURITY_LAKE['bucket']}/ext/okta"
    assert recorder.assumed and all(path.startswith(prefix) for path in recorder.assumed), recorder.assumed[:5]
    print(f"ok {len(recorder.assumed)} objects into Security Lake, by the roles of its sources")
    check("backfill", recorder.calls, allowed(stack, "BackfillRole"))
    org.stop()
    stack.stop()
    print("policies: passed")


if __name__ == "__main__":
    main()
