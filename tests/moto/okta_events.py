"""Makes Okta LogEvents: valid ones of many types, and what goes wrong with events."""

import random
import uuid
from datetime import datetime, timedelta, timezone

# One or two of each family that makes up a real log, and a type that no catalog knows.
EVENT_TYPES = [
    "application.user_membership.add",
    "group.user_membership.add",
    "policy.evaluate_sign_on",
    "security.threat.detected",
    "system.api_token.create",
    "user.account.lock",
    "user.authentication.auth_via_mfa",
    "user.authentication.sso",
    "user.lifecycle.create",
    "user.mfa.factor.activate",
    "user.session.end",
    "user.session.start",
    "zzz.unheard.of",
]


def log_events(count: int, seed: int) -> list[dict]:
    """`count` LogEvents with distinct uuids, spread over two hours and all of EVENT_TYPES."""
    rng = random.Random(seed)
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    return [_log_event(rng, EVENT_TYPES[n % len(EVENT_TYPES)], start) for n in range(count)]


def _log_event(rng: random.Random, event_type: str, start: datetime) -> dict:
    published = start + timedelta(milliseconds=rng.randrange(7_200_000))
    user = f"00u{rng.randrange(10**17):017}"
    return {
        "uuid": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "published": published.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventType": event_type,
        "version": "0",
        "severity": rng.choice(["INFO", "WARN", "ERROR", "DEBUG"]),
        "displayMessage": f"{event_type} · ünïcode 🦀 \"quoted\"",
        "actor": {"id": user, "type": "User", "alternateId": f"{user}@example.com", "displayName": None},
        "client": {"ipAddress": f"198.51.100.{rng.randrange(1, 255)}", "userAgent": None},
        "outcome": {"result": rng.choice(["SUCCESS", "FAILURE", "ALLOW", "DENY"]), "reason": None},
        "target": [{"id": f"00g{n}", "type": "UserGroup", "displayName": f"Group {n}"} for n in range(rng.randrange(3))],
        "debugContext": {"debugData": {"requestUri": "/api/v1/authn", "dtHash": f"{rng.getrandbits(64):x}"}},
        "notInTheSpecification": {"kept": [1, 2.5, None, True]},
    }


def hopeless_details(seed: int) -> list[dict]:
    """Details of events that arrive from Okta but can never become a row."""
    no_uuid, no_time, bad_time = log_events(3, seed + 1)
    del no_uuid["uuid"]
    del no_time["published"]
    bad_time["published"] = "the day before yesterday"
    return [no_uuid, no_time, bad_time]


# Messages that are no EventBridge event at all.
GARBAGE = [
    "this is not JSON",
    '{"neither": "event", "nor": "envelope"}',
    '{"source": "aws.partner/okta.com/acme/x", "detail',
]
