#!/usr/bin/env python3
"""Asks an independent judge: pySigma converts our rules to SQLite, which runs them over the same events.

Reads what the test `cases_are_written_for_the_judge` wrote: one case a line, with the events as flat rows under Okta's
field names and what our engine found. Each rule that Sigma can say (single events and correlations) is converted by
pySigma with pysigma-backend-sqlite, its block `okta_lake` ignored. The two must agree

- for a rule about one event: on the very events,
- for a correlation: on the groups, and on the events that count towards them.
"""

import argparse
import collections
import json
import pathlib
import re
import sqlite3
import sys

import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import ValueListPlaceholderTransformation

COLUMNS_LIMIT = 1_000


def documents(folder):
    """Every document of our rules by its name, without the block that is ours."""
    found = {}
    for file in sorted(pathlib.Path(folder).glob("*.yml")):
        for document in yaml.safe_load_all(file.read_text()):
            document.pop("okta_lake", None)
            found[document["name"]] = document
    return found


def needed(documents, name):
    """The documents that a rule rests on, and its own at the end."""
    document = documents[name]
    on = document.get("correlation", {}).get("rules", [])
    return [one for rule in on for one in needed(documents, rule)] + [document]


def lists(folder):
    """The lists that the cases give."""
    found = {}
    for file in pathlib.Path(folder).glob("*.yml"):
        for document in yaml.safe_load_all(file.read_text()):
            for case in document.get("okta_lake", {}).get("tests", []):
                found.update(case.get("given", {}).get("lists", {}))
    return found


def backend(variables):
    pipeline = ProcessingPipeline(
        vars=variables, items=[ProcessingItem(ValueListPlaceholderTransformation())]
    )
    return sqliteBackend(
        pipeline, timestamp_field="published", event_id_field="uuid", collate_nocase=True
    )


def converted(documents, name, variables):
    """The SQL of a rule."""
    chosen = list({document["name"]: document for document in needed(documents, name)}.values())
    collection = SigmaCollection.from_dicts(json.loads(json.dumps(chosen, default=str)))
    return backend(variables).convert(collection)[-1]


def table(rows, query):
    """A database with the rows; every field that the query names is a column."""
    connection = sqlite3.connect(":memory:")
    connection.create_function(
        "REGEXP", 2, lambda pattern, text: text is not None and re.search(pattern, text) is not None
    )
    names = {name for row in rows for name in row} | set(re.findall(r"`([^`]+)`", query))
    # SQLite's names are the same in letters of either case.
    columns = sorted({name.lower(): name for name in names | {"eventType", "uuid", "published"}}.values())
    assert len(columns) < COLUMNS_LIMIT
    connection.execute(f"CREATE TABLE logs ({', '.join(f'`{name}` TEXT COLLATE NOCASE' for name in columns)})")
    for row in rows:
        marks = ", ".join("?" for _ in columns)
        connection.execute(f"INSERT INTO logs VALUES ({marks})", [row.get(name) for name in columns])
    return connection


def judged(case, query):
    """What the judge finds: events of a rule, groups of a correlation with their events."""
    connection = table(case["rows"], query)
    if case["kind"] == "event":
        return {row[0] for row in connection.execute(query.replace("SELECT *", "SELECT uuid"))}
    # An alias has one name there and a field for each rule here: groups are compared by their values.
    groups = collections.defaultdict(set)
    for keys, events in connection.execute(f"SELECT group_keys, event_ids FROM ({query})"):
        values = tuple(sorted(str(value).lower() for value in json.loads(keys).values()))
        groups[values] |= {event.split(":", 1)[1] for event in json.loads(events)}
    return dict(groups)


def ours(case):
    """What our engine found, in the same shape."""
    if case["kind"] == "event":
        return {event for finding in case["found"] for event in finding["evidence"]}
    groups = collections.defaultdict(set)
    for finding in case["found"]:
        values = tuple(sorted(value.lower() for value in finding["group"].values()))
        groups[values] |= set(finding["evidence"])
    return dict(groups)


def differs(case, documents, query):
    """Why the two disagree, if they do."""
    theirs, own = judged(case, query), ours(case)
    if case["kind"] == "event":
        return None if theirs == own else f"the judge found {sorted(theirs)}, we found {sorted(own)}"
    if theirs.keys() != own.keys():
        return f"the judge found {sorted(theirs)}, we found {sorted(own)}"
    # The judge takes the earliest events of a sequence, we the closest ones; both are sequences.
    if documents[case["rule"]]["correlation"]["type"] == "temporal_ordered":
        return None
    for key, events in theirs.items():
        if events != own[key]:
            return f"{key}: the judge counts {sorted(events)}, we count {sorted(own[key])}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", default="functions/insight/rules")
    parser.add_argument("--cases", required=True, help="what the test wrote")
    arguments = parser.parse_args()
    rules, variables = documents(arguments.rules), lists(arguments.rules)
    cases = [json.loads(line) for line in open(arguments.cases)]
    agreed, wrong = collections.Counter(), []
    queries = {}
    for case in cases:
        name = case["rule"]
        if name not in queries:
            queries[name] = converted(rules, name, variables)
        problem = differs(case, rules, queries[name])
        if problem:
            wrong.append(f"{name}: {problem}")
        else:
            agreed[case["kind"], bool(case["found"])] += 1
    for (kind, found), count in sorted(agreed.items()):
        print(f"{kind:10} {'found' if found else 'nothing found':14} {count:4} cases agree")
    print(f"{len(queries)} rules, {len(cases)} cases, {len(wrong)} disagree")
    print("\n".join(wrong))
    if wrong or not any(found for (_, found) in agreed):
        sys.exit(1)


if __name__ == "__main__":
    main()
