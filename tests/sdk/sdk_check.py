"""Okta's own Python SDK against the simulated org: what it reads is what the org has.

sdk_check.py --binary target/debug/okta-lake
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

# The simulator has no TLS. The SDK reads this when it makes a client.
os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"

from okta.client import Client
from okta.pagination import PaginationHelper

USERS, GROUPS, APPS, EVENTS_PER_DAY = 230, 45, 12, 900
SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"]


def start(binary, folder, *faults):
    """The simulated org; its first line is its address."""
    numbers = {"users": USERS, "groups": GROUPS, "apps": APPS, "events-per-day": EVENTS_PER_DAY, "days": 3}
    options = [text for name, number in numbers.items() for text in (f"--{name}", str(number))]
    options += [text for fault in faults for text in ("--fault", fault)]
    command = [binary, "sim", "--listen", "127.0.0.1:0", "--secrets", folder, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    print(f"simulated org at {process.stdout.readline().strip()} {' '.join(faults)}")
    return process


def client(folder, is_bound):
    """The SDK with the credentials of the org's service app. It reads RSA keys only, and this app has one."""
    secret = json.loads((Path(folder) / "service.json").read_text())
    return Client({
        "orgUrl": secret["org_url"],
        "authorizationMode": "PrivateKey",
        "clientId": secret["client_id"],
        "kid": secret["key_id"],
        "privateKey": secret["private_key"],
        "scopes": SCOPES,
        "dpopEnabled": is_bound,
    })


async def pages(call, **query):
    """Every object of a listing, page by page, as the SDK is meant to be used."""
    after, objects, count = None, [], 0
    while True:
        if after:
            query["after"] = after
            # The cursor has it, and the System Log refuses both.
            query.pop("since", None)
        page, response, error = await call(**query)
        if error:
            raise RuntimeError(f"{call.__name__}: {error}")
        count += 1
        objects += page or []
        after = PaginationHelper.extract_next_cursor(response.headers)
        if not after or not page:
            return objects, count


async def read(okta, name):
    """Reads the org and compares it with what it was made of."""
    now = datetime.now(timezone.utc)
    users, user_pages = await pages(okta.list_users, limit=100)
    groups, group_pages = await pages(okta.list_groups, limit=20)
    apps, app_pages = await pages(okta.list_applications, limit=5)
    day = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    events, log_pages = await pages(okta.list_log_events, since=day, until=now.strftime("%Y-%m-%dT%H:%M:%S.000Z"), limit=100)
    ids = lambda objects: {getattr(it.actual_instance, "id", None) if hasattr(it, "actual_instance") else it.id for it in objects}
    checks = {
        # People, groups and apps come and go while the log runs.
        "users": abs(len(users) - USERS) <= 15 and len(ids(users)) == len(users) and user_pages >= 3,
        "groups": abs(len(groups) - GROUPS) <= GROUPS // 10 and len(ids(groups)) == len(groups) and group_pages >= 3,
        "apps": abs(len(apps) - APPS) <= 2 and len(ids(apps)) == len(apps) and app_pages >= 3,
        "log": len(events) > 100 and len({event.uuid for event in events}) == len(events) and log_pages >= 2,
        "log in order": events == sorted(events, key=lambda event: event.published),
    }
    print(f"{name}: {len(users)} users, {len(groups)} groups, {len(apps)} apps, {len(events)} events on {log_pages} pages")
    return [f"{name}: {check}" for check, is_right in checks.items() if not is_right]


async def check_without_dpop(folder):
    return await read(client(folder, False), "private key")


async def check_with_dpop(folder):
    wrong = await read(client(folder, True), "private key with DPoP")
    _, _, error = await client(folder, False).list_users(limit=1)
    if not error:
        wrong.append("an app that must use DPoP gets a token without it")
    return wrong


def run(binary, check, *faults):
    """One org from start to end."""
    with tempfile.TemporaryDirectory() as folder:
        process = start(binary, folder, *faults)
        try:
            return asyncio.run(check(folder))
        finally:
            process.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="okta-lake")
    binary = parser.parse_args().binary
    wrong = run(binary, check_without_dpop) + run(binary, check_with_dpop, "dpop-required")
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    print("Okta's SDK reads what is there" if not wrong else f"{len(wrong)} checks failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
