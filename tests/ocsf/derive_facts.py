#!/usr/bin/env python3
"""Derives the validator's facts from a compiled OCSF schema: only the classes and objects that
okta-lake writes.

    derive_facts.py [--check] SCHEMA_JSON

SCHEMA_JSON is OCSF's compiled schema as one JSON object {version, types, classes, objects}. Writes
facts/VERSION/*.tsv beside this file; with --check compares instead and exits 1 if they differ.
"""
import argparse, json, pathlib, sys

FACTS = pathlib.Path(__file__).resolve().parent / "facts"
CLASSES = [0, 1006, 2004, 3001, 3002, 3003, 3004, 3005, 3006, 6001, 6003]
OBJECTS = """account actor analytic api auth_factor authentication_token authorization autonomous_system device
enrichment evidences file finding_info fingerprint group http_header http_request idp job location managed_entity metadata
network_endpoint observable organization os policy product programmatic_credential related_event request resource_details
service session trait url user web_resource""".split()
CATEGORIES = {"other": 0, "system": 1, "findings": 2, "iam": 3, "network": 4, "discovery": 5, "application": 6,
              "remediation": 7, "unmanned_systems": 8}
EVERY_CLASS = "*"


def owners(schema):
    """The rows of owners.tsv and, by owner, its attributes."""
    rows, attributes = [], {}
    specs = [(schema["classes"][str(uid)], str(uid)) for uid in CLASSES]
    specs += [(dict(schema["objects"][name], name=name), "") for name in OBJECTS if name in schema["objects"]]
    for spec, uid in specs:
        category = str(CATEGORIES[spec.get("category") or "other"]) if uid else ""
        rules = ";".join(f"{rule}:{'|'.join(names)}" for rule, names in sorted(spec["constraints"].items()))
        rows.append([spec["name"], uid, category, "|".join(spec.get("profiles") or []), rules])
        attributes[spec["name"]] = (bool(uid), spec["attributes"])
    return rows, attributes


def shared(attributes):
    """What every class says alike of an attribute is written once."""
    of_classes = [spec for is_class, spec in attributes.values() if is_class]
    same = {name: spec for name, spec in of_classes[0].items() if all(other.get(name) == spec for other in of_classes)}
    yield EVERY_CLASS, same
    for owner, (is_class, spec) in attributes.items():
        yield owner, {name: it for name, it in spec.items() if not (is_class and name in same)}


def tables(schema):
    """Every table as (file, header, rows)."""
    owner_rows, attributes = owners(schema)
    attribute_rows, enum_rows, enums = [], [], {}
    for owner, spec in shared(attributes):
        for name, it in sorted(spec.items()):
            enum = it.get("enum")
            key = json.dumps(enum, sort_keys=True)
            if enum and key not in enums:
                enums[key] = f"{owner}.{name}"
                enum_rows += [[enums[key], value, caption] for value, caption in enum.items()]
            flags = "|".join(flag for flag in ("array", "deprecated") if it.get(flag))
            attribute_rows.append([owner, name, it["t"], it["r"], it.get("profile") or "", flags,
                                   it.get("sibling") or "", enums[key] if enum else ""])
    type_rows = [[name, it.get("type", name), it.get("regex", ""), str(it.get("max_len", "")),
                  "..".join(map(str, it.get("range", [])))] for name, it in schema["types"].items()]
    yield "owners.tsv", "name\tclass_uid\tcategory_uid\tprofiles\tconstraints", owner_rows
    yield "attributes.tsv", "owner\tattribute\ttype\trequirement\tprofile\tflags\tsibling\tenum", attribute_rows
    yield "enums.tsv", "enum\tvalue\tcaption", enum_rows
    yield "types.tsv", "type\tbase\tregex\tmax_len\trange", type_rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("schema")
    given = arguments.parse_args()
    schema = json.loads(pathlib.Path(given.schema).read_text(encoding="utf-8"))
    stale, folder = [], FACTS / schema["version"]
    folder.mkdir(exist_ok=True)
    for file, header, rows in tables(schema):
        text = "\n".join([header] + ["\t".join(row) for row in rows]) + "\n"
        if given.check and (folder / file).read_text(encoding="utf-8") != text:
            stale.append(file)
        elif not given.check:
            (folder / file).write_text(text, encoding="utf-8")
    if stale:
        print(f"facts differ from the schema: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
