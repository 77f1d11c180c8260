"""Signed ledger entries with a key of moto's KMS: the real backfill binary seals hours, and the real okta-lake command
verifies the lake offline, with the public half of the key and the head that was published on the bus.

    python tests/moto/moto_signing.py --backfill target/debug/backfill --okta-lake target/debug/okta-lake
"""

import argparse
import base64
import json
import subprocess
import tempfile
import textwrap
from pathlib import Path

from moto_connectivity import Org
from moto_policies import Lake, Recorder
from runtime_api import Function
from stack import CREDENTIALS, Stack

ROOT = Path(__file__).parents[2]


class Signed:
    """A lake whose ledger a KMS key signs, and its copy on this machine."""

    def __init__(self, stack: Stack, okta_lake: Path, folder: Path):
        self.kms, self.lake = stack.client("kms"), Lake(stack)
        self._okta_lake, self._folder = okta_lake, folder
        self.key = self.new_key()
        self.public_key = self._export(self.key)

    def new_key(self) -> str:
        """The ARN of a new signing key."""
        key = self.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=json.dumps({"Version": "2012-10-17"}))
        return key["KeyMetadata"]["Arn"]

    def _export(self, key: str) -> Path:
        """The public half of a key, as PEM."""
        der = base64.b64encode(self.kms.get_public_key(KeyId=key)["PublicKey"]).decode()
        lines = "\n".join(textwrap.wrap(der, 64))
        path = self._folder / f"{key.rsplit('/', 1)[1]}.pem"
        path.write_text(f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n")
        return path

    def other_public_key(self) -> Path:
        """The public half of a key that signed nothing."""
        return self._export(self.new_key())

    def entries(self) -> dict[str, dict]:
        """The ledger, by key."""
        return {key: json.loads(self.lake.read(key)) for key in self.lake.keys("ledger/")}

    def verify(self, public_key: Path, head: dict) -> tuple[int, dict]:
        """Verifies a copy of the bucket that has no way back to it. The exit status and the report."""
        with tempfile.TemporaryDirectory() as copy:
            for prefix in ("live/", "sealed/", "ledger/", "state/"):
                for key in self.lake.keys(prefix):
                    path = Path(copy, key)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(self.lake.read(key))
            published = self._folder / "head.json"
            published.write_text(json.dumps(head))
            command = [self._okta_lake, "verify", "--lake", copy, "--json", "--public-key", public_key, "--head", published]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, json.loads(done.stdout)["tenants"][0]

    def finds(self, what: str, head: dict, *expected: str, public_key: Path | None = None) -> None:
        """The lake is found damaged, in this way among others."""
        status, report = self.verify(public_key or self.public_key, head)
        found = {finding["kind"] for finding in report["findings"]}
        assert status == 1 and set(expected) <= found, f"{what}: exit status {status}, {sorted(found)}"
        print(f"ok found: {what} ({', '.join(expected)})", flush=True)


def seal(function: Function) -> list[dict]:
    """Seals what is due, and returns the sealed hours."""
    report = function.invoke({"action": "reconcile", "tenant": "acme"})["tenants"][0]
    assert not report["problems"], f"{report['problems']}\n{function.last_log()}"
    return report["sealed"]


def unsigned(entry: dict) -> bytes:
    """An entry without its signature, written as okta-lake writes it."""
    return json.dumps({name: value for name, value in entry.items() if name != "signature"}, separators=(",", ":")).encode()


def damage(signed: Signed, head: dict, before: dict[str, bytes]) -> None:
    """What somebody does who can write the bucket, and does not have the key. The lake is as before after each."""
    entries = signed.entries()
    newest = max(entries, key=lambda key: entries[key]["sequence"])
    day, resealed = sorted(entries)[:-1], next(key for key in before if entries[key]["generation"] > 1)
    attacks = {
        "a whole day rewritten": ({key: unsigned(entries[key] | {"duplicates": 7}) for key in day}, ("unsigned",)),
        "a signed entry changed": ({day[0]: json.dumps(entries[day[0]] | {"duplicates": 7}, separators=(",", ":")).encode()}, ("signature_invalid",)),
        "an older signed generation restored": ({resealed: before[resealed]}, ("head_missing",)),
        "the newest hour cut": ({newest: None}, ("head_missing",)),
        "a signature taken away": ({newest: unsigned(entries[newest])}, ("unsigned",)),
    }
    for what, (writes, expected) in attacks.items():
        kept = {key: signed.lake.read(key) for key in writes}
        for key, body in writes.items():
            signed.lake.write(key, body) if body is not None else signed.lake.delete(key)
        signed.finds(what, head, *expected)
        for key, body in kept.items():
            signed.lake.write(key, body)
    signed.finds("a swapped key", head, "key_untrusted", public_key=signed.other_public_key())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("backfill", "okta-lake"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    stack = Stack(ROOT / "template.yaml")
    org = Org(arguments.okta_lake.resolve(), *"--users 10 --groups 3 --apps 3 --events-per-day 200 --limits-times 100".split())
    stack.client("secretsmanager").create_secret(Name="okta-lake/acme", SecretString=org.secret("token"))
    recorder = Recorder(stack.endpoint)
    env = CREDENTIALS | {f"AWS_ENDPOINT_URL_{name}": recorder.endpoint for name in ("S3", "SECRETS_MANAGER", "KMS")} | {
        "OKTA_LAKE_BUCKET": stack.outputs["LakeBucket"],
        "OKTA_LAKE_CUSTOM_DOMAINS": "loopback",
        "OKTA_LAKE_RATE_SHARE": "100",
    }
    with tempfile.TemporaryDirectory() as folder:
        signed = Signed(stack, arguments.okta_lake.resolve(), Path(folder))
        no_key = f"{signed.key.rpartition('/')[0]}/00000000-0000-0000-0000-000000000000"
        with Function(arguments.backfill.resolve(), env | {"OKTA_LAKE_SIGNING_KEY": no_key}, timeout_seconds=300) as function:
            function.invoke({"action": "logs", "tenant": "acme"})
            report = function.invoke({"action": "reconcile", "tenant": "acme"})["tenants"][0]
            told = " ".join(problem["what"] for problem in report["problems"])
            assert "cannot sign with the key" in told and not signed.entries(), report
            print("ok nothing is entered while the key cannot sign", flush=True)
        recorder.calls.clear()
        with Function(arguments.backfill.resolve(), env | {"OKTA_LAKE_SIGNING_KEY": signed.key}, timeout_seconds=300) as function:
            assert seal(function), "nothing was sealed"
            before = {key: signed.lake.read(key) for key in signed.lake.keys("ledger/")}
            copy = signed.lake.deliver_again()
            head = seal(function)[-1]["head"]
            # Its name is not that of its content, which is a finding, and its rows are sealed.
            signed.lake.delete(copy)
        keys = {entry["signature"]["key"] for entry in signed.entries().values()}
        assert len(keys) == 1 and head["signature"]["key"] in keys, keys
        status, report = signed.verify(signed.public_key, head)
        unproven = report["unproven"]
        assert status == 0 and not unproven["entries"] and not unproven["is_end"], report
        print(f"ok {report['checked']['entries']} entries, signed by KMS, are verified offline", flush=True)
        damage(signed, head, before)

        calls = {(action, about) for action, about in recorder.calls if action.startswith("kms:")}
        assert calls == {("kms:Sign", signed.key), ("kms:GetPublicKey", signed.key)}, calls
        policy = stack.sam["Resources"]["BackfillSignsTheLedger"]
        statement = policy["Properties"]["PolicyDocument"]["Statement"]
        assert policy["Condition"] == "HasSigningKey" and [(it["Action"], it["Resource"]) for it in statement] == [
            (["kms:Sign", "kms:GetPublicKey"], {"Ref": "SigningKeyArn"})
        ], policy
        print("ok the role may call what was called, on this key alone, and only if the parameter is given", flush=True)
    org.stop()
    stack.stop()
    print("moto signing: passed")


if __name__ == "__main__":
    main()
