"""test-connectivity with moto as AWS: a secret in Secrets Manager, the rule and queue of the real template.yaml, the real
backfill binary, and the simulated Okta org.

    python tests/moto/moto_connectivity.py --backfill target/debug/backfill --okta-lake target/debug/okta-lake
"""

import argparse
import atexit
import json
import subprocess
import tempfile
from pathlib import Path

from runtime_api import Function
from stack import BUS, CREDENTIALS, Stack

ROOT = Path(__file__).parents[2]
COMMAND = {"action": "test-connectivity"}


class Org:
    """The simulated org, with the secrets of its clients."""

    def __init__(self, okta_lake: Path, *more: str):
        self._folder = tempfile.TemporaryDirectory()
        command = [okta_lake, "sim", "--listen", "127.0.0.1:0", "--secrets", self._folder.name, "--days", "2", *more]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # Also when a check fails: else it would run on, and hold the pipe of whoever reads this script.
        atexit.register(self._process.kill)
        print(f"simulated org at {self._process.stdout.readline().strip()}", flush=True)

    def secret(self, client: str) -> str:
        """The secret of a client, as it belongs into Secrets Manager."""
        return Path(self._folder.name, f"{client}.json").read_text()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def statuses(report: dict) -> dict[str, str]:
    return {check["check"]: check["status"] for section in report["sections"] for check in section["checks"]}


def said(binary: Path, env: dict[str, str], check: str) -> str:
    """What a deployment that is set up wrong says of a check: the same in the answer and in the log, with what to do."""
    with Function(binary, env) as function:
        sections = function.invoke(COMMAND)["sections"]
        found = next(found for section in sections for found in section["checks"] if found["check"] == check)
        assert found["status"] == "failed", found
        lines = [json.loads(line) for line in function.log if line.startswith("{")]
        logged = [(line["detail"], line["remedy"]) for line in lines if line.get("check") == check]
        assert logged == [(found["detail"], found["remedy"])], f"{found} and the log: {logged}"
        return f"{found['detail']}: {found['remedy']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backfill", type=Path, required=True, help="the backfill function's binary")
    parser.add_argument("--okta-lake", type=Path, required=True, help="the okta-lake command")
    arguments = parser.parse_args()
    stack, org = Stack(ROOT / "template.yaml"), Org(arguments.okta_lake.resolve())
    given = stack.athena_parameters()
    assert (given["LakeBucket"], given["LakeKey"]) == (stack.outputs["LakeBucket"], stack.outputs["LakeKey"]), given
    assert (given["Tenants"], given["DatabaseName"], given["WorkGroupName"]) == ("acme", "okta_lake", "okta-lake"), given
    print("ok Athena is given the bucket, the key, the tenant of the bus, and names", flush=True)
    secrets = stack.client("secretsmanager")
    bus = BUS.rsplit("/", 1)[1]
    rule = stack.events.list_rules(EventBusName=bus)["Rules"][0]["Name"]
    services = {f"AWS_ENDPOINT_URL_{name}": stack.endpoint for name in ("S3", "SECRETS_MANAGER", "EVENTBRIDGE")}
    env = CREDENTIALS | services | {
        "OKTA_LAKE_BUCKET": stack.outputs["LakeBucket"],
        "OKTA_LAKE_EVENT_BUS": bus,
        "OKTA_LAKE_RULE": rule,
        "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
    }
    with Function(arguments.backfill.resolve(), env) as function:
        found = statuses(function.invoke(COMMAND))
        assert found["Secret"] == "failed", f"no secret yet: {found}"
        print("ok a missing secret is said", flush=True)

        secrets.create_secret(Name="okta-lake/acme", SecretString=org.secret("dpop"))
        secrets.create_secret(Name="somebody/else", SecretString="not ours")
        report = function.invoke(COMMAND)
        assert report["is_complete"], json.dumps(report, indent=1)
        assert [section["name"] for section in report["sections"]] == ["stack", "acme"], report
        assert {"Bucket", "Event bus", "Rule", "Queue", "Users"} <= statuses(report).keys(), statuses(report)
        print("ok everything is found: bucket, bus, rule, queue, credentials, data", flush=True)

        secrets.put_secret_value(SecretId="okta-lake/acme", SecretString=org.secret("integration"))
        report = function.invoke({**COMMAND, "tenant": "acme"})
        assert report["is_complete"], json.dumps(report, indent=1)
        print("ok a rotated secret is used", flush=True)

        stack.events.disable_rule(EventBusName=bus, Name=rule)
        found = statuses(function.invoke(COMMAND))
        assert found["Rule"] == "failed", found
        print("ok a disabled rule is said", flush=True)

        log = "\n".join(function.log)
        for client in ("dpop", "integration"):
            secret = json.loads(org.secret(client))
            hidden = secret.get("client_secret") or secret["private_key"].splitlines()[1]
            assert hidden not in log, "a secret is in the log"
        print("ok no secret is in the log", flush=True)

    wrong = [
        ("Event bus", {"OKTA_LAKE_EVENT_BUS": "aws.partner/okta.com/acme/misspelt"}, "misspelt is not in us-east-1"),
        ("Event bus", {"AWS_REGION": "eu-central-1"}, "is not in eu-central-1"),
        ("Rule", {"OKTA_LAKE_RULE": "misspelt"}, "has no rule misspelt"),
        ("Bucket", {"OKTA_LAKE_BUCKET": "no-such-bucket"}, "NoSuchBucket"),
    ]
    for check, variables, expected in wrong:
        told = said(arguments.backfill.resolve(), env | variables, check)
        assert expected in told, told
        print(f"ok {variables}: {told}", flush=True)
    secrets.put_secret_value(SecretId="okta-lake/acme", SecretString='{"user": "me", "password": "hunter2"}')
    told = said(arguments.backfill.resolve(), env, "Secret")
    assert "hunter2" not in told, told
    print(f"ok a secret of an unknown shape: {told}", flush=True)
    org.stop()
    stack.stop()
    print("moto connectivity: 11 passed, 0 failed")


if __name__ == "__main__":
    main()
