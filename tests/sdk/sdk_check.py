"""Okta's own Python SDK against the simulated org: tokens by private key, with and without DPoP, and lists over several
pages. What it finds is what a plain HTTP client finds, id by id.

sdk_check.py --binary target/debug/okta-lake
sdk_check.py --binary target/debug/examples/serve      the simulator alone, which is built much sooner
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

from okta.client import Client
from okta.pagination import PaginationHelper

SERVE = (
    "--listen 127.0.0.1:0 --seed 5 --users 430 --groups 45 --apps 24 --events-per-day 1500 --days 3 --secrets"
).split()
SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"]

Wanted = tuple[str, str, dict[str, object]]


def wanted() -> list[Wanted]:
    """What is listed: the SDK's method, the path, and the parameters, with pages small enough to be several."""
    # Long enough ago that nothing of it is still to come.
    until = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)
    bounds = {"since": stamp(until - timedelta(hours=12)), "until": stamp(until)}
    return [
        ("list_users", "/api/v1/users", {"limit": 60}),
        ("list_groups", "/api/v1/groups", {"limit": 10}),
        ("list_applications", "/api/v1/apps", {"limit": 7}),
        ("list_log_events", "/api/v1/logs", {"limit": 100, **bounds}),
    ]


def stamp(time_: datetime) -> str:
    return time_.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def serve(binary: Path, secrets: str) -> tuple[subprocess.Popen[str], str]:
    """The running org and its address, which is the first line that it says."""
    command = [binary] if binary.stem == "serve" else [binary, "sim"]
    process = subprocess.Popen([*command, *SERVE, secrets], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    if not url.startswith("http://"):
        process.kill()
        sys.exit(f"the first line of {binary} is no address but {url!r}")
    return process, url


def plain(url: str, token: str) -> list[str]:
    """The ids in a list, read without the SDK, page by page."""
    ids: list[str] = []
    next_url: str | None = url
    while next_url:
        request = urllib.request.Request(next_url, headers={"Authorization": f"SSWS {token}"})
        with urllib.request.urlopen(request) as answer:
            ids += [item.get("uuid") or item["id"] for item in json.load(answer)]
            links = answer.headers.get_all("link") or []
        found = [link[1:].split(">")[0] for link in links if link.endswith('rel="next"')]
        next_url = found[0] if found else None
    return ids


async def by_sdk(client: Client, method: str, parameters: dict[str, object]) -> tuple[list[str], int]:
    """The ids in a list as the SDK finds them, and how many pages that took.

    The SDK's own `paginate_pages` takes an error for the end of the list, and asks for `since` beside `after`, which the
    System Log refuses. So only its way of finding the cursor is used.
    """
    ids: list[str] = []
    pages = 0
    while True:
        items, answer, error = await getattr(client, method)(**parameters)
        # A refusal without a body, such as for a missing scope, is no error to the SDK, but there is nothing in it.
        if error or items is None:
            sys.exit(f"{method}, page {pages + 1}: {error or f'status {answer.status_code}'}")
        ids += [getattr(item, "uuid", None) or item.id for item in items]
        pages += 1
        after = PaginationHelper.extract_next_cursor(answer.headers)
        if after is None:
            return ids, pages
        kept = {name: value for name, value in parameters.items() if name not in ("since", "until")}
        parameters = {**kept, "after": after}


def configuration(secret: dict[str, str], with_dpop: bool) -> dict[str, object]:
    return {
        "orgUrl": secret["org_url"],
        "authorizationMode": "PrivateKey",
        "clientId": secret["client_id"],
        "privateKey": secret["private_key"],
        "kid": secret["key_id"],
        "scopes": SCOPES,
        "dpopEnabled": with_dpop,
    }


async def check(name: str, secret: dict[str, str], with_dpop: bool, expected: dict[str, list[str]]) -> bool:
    """Whether the SDK finds what is there, as this client."""
    is_right = True
    async with Client(configuration(secret, with_dpop)) as client:
        for method, path, parameters in wanted():
            start = time.monotonic()
            ids, pages = await by_sdk(client, method, parameters)
            is_same = ids == expected[path] and pages > 1
            is_right &= is_same
            verdict = "same" if is_same else f"NOT the {len(expected[path])} that are there"
            seconds = time.monotonic() - start
            print(f"{name:8} {method:18} {len(ids):5} in {pages:2} pages, {seconds:5.2f} s: {verdict}")
    return is_right


async def refused_without_dpop(secret: dict[str, str]) -> bool:
    """Whether an app that needs DPoP gets nothing without it."""
    async with Client(configuration(secret, False)) as client:
        _, _, error = await client.list_users(limit=1)
    print(f"dpop     without a proof: {error}")
    return error is not None and "DPoP" in str(error)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="okta-lake, or the simulator's example")
    binary = parser.parse_args().binary
    # The only way to tell the SDK: its constructor takes no `testing` section.
    os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        process, url = serve(binary, folder)
        try:
            secrets = {path.stem: json.loads(path.read_text()) for path in Path(folder).glob("*.json")}
            token = secrets["token"]["api_token"]
            expected = {
                path: plain(f"{url}{path}?{urllib.parse.urlencode(parameters)}", token)
                for _, path, parameters in wanted()
            }
            results = [
                asyncio.run(check("service", secrets["service"], False, expected)),
                asyncio.run(check("dpop", secrets["dpop"], True, expected)),
                asyncio.run(refused_without_dpop(secrets["dpop"])),
            ]
        finally:
            process.terminate()
            process.wait()
    is_right = all(results)
    print("Okta's SDK reads what is there" if is_right else "Okta's SDK does NOT read what is there")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
