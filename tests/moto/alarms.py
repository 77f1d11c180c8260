"""Alarms, metrics and the runbook agree: every alarm of template.yaml names a row of docs/deployment.md, every row is named,
and the rows of mails are the events that GapRule sends; every metric that an alarm or the dashboard names is declared, and
every declared metric is on the dashboard. moto_policies.py asks here which metrics must be published.

    python tests/moto/alarms.py
"""

import json
import re
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
NAMESPACE = "okta-lake"


def template() -> dict:
    """The stack."""
    return yaml_parse((ROOT / "template.yaml").read_text())


def alarms(resources: dict) -> dict[str, dict]:
    """The alarms, by their logical ids."""
    found = {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == "AWS::CloudWatch::Alarm"}
    assert found, "the stack has no alarms"
    return found


def runbook() -> tuple[set[str], set[str]]:
    """The rows of the table "When an alarm rings": of alarms, in small letters, and of mails."""
    section = (ROOT / "docs/deployment.md").read_text().split("## When an alarm rings\n", 1)[1].split("\n## ", 1)[0]
    names = [row.split("|")[1].strip() for row in section.splitlines() if row.startswith("|")][2:]
    mails = {mail for name in names if name.endswith("(mail)") for mail in name.removesuffix("(mail)").strip().split(", ")}
    return {name.lower() for name in names if not name.endswith("(mail)")}, mails


def declared_metrics() -> set[tuple[str, str]]:
    """The metrics that the functions can publish: the table of the README, which is generated from their declaration."""
    section = (ROOT / "README.md").read_text().split("<!-- metrics: ", 1)[1].split("<!-- end of metrics -->", 1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| `")]
    assert rows, "the README lists no metrics"
    return {(function, name.strip("`")) for name, _, functions, _ in rows for function in functions.split(", ")}


def named_metrics(resources: dict) -> set[tuple[str, str]]:
    """The metrics of ours that an alarm or the dashboard names: the function that must publish them, and their names."""
    return alarm_metrics(resources) | dashboard_metrics(resources)


def alarm_metrics(resources: dict) -> set[tuple[str, str]]:
    found = set()
    for name, alarm in alarms(resources).items():
        if alarm["Namespace"] != NAMESPACE:
            continue
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        assert dimensions.keys() == {"Function"}, f"{name}: nothing is published with {dimensions}"
        found.add((dimensions["Function"], alarm["MetricName"]))
    return found


def dashboard_metrics(resources: dict) -> set[tuple[str, str]]:
    found = set()
    for dashboard in (resource for resource in resources.values() if resource["Type"] == "AWS::CloudWatch::Dashboard"):
        for widget in json.loads(dashboard["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]:
            for namespace, metric, *dimensions in written_out(widget["properties"].get("metrics", [])):
                if namespace == NAMESPACE:
                    assert dimensions[0] == "Function" and len(dimensions) == 2, f"{metric}: {dimensions}"
                    found.add((dimensions[1], metric))
    return found


def written_out(metrics: list[list]) -> list[list[str]]:
    """Metrics of a widget, whose "." and "..." repeat what stands before."""
    rows: list[list[str]] = []
    for metric in metrics:
        row = [part for part in metric if isinstance(part, str)]
        if row[0] == "...":
            row = rows[-1][: len(rows[-1]) - len(row) + 1] + row[1:]
        rows.append([rows[-1][at] if part == "." else part for at, part in enumerate(row)])
    return rows


def published(log: list[str]) -> set[tuple[str, str]]:
    """The metrics in what a function has logged, as CloudWatch would find them (its embedded metric format)."""
    found = set()
    for document in (json.loads(line) for line in log if '"_aws"' in line):
        for directive in document["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == NAMESPACE and directive["Dimensions"] == [["Function"]], directive
            missing = [metric["Name"] for metric in directive["Metrics"] if metric["Name"] not in document]
            assert not missing, f"metrics without a value: {missing}"
            found |= {(document["Function"], metric["Name"]) for metric in directive["Metrics"]}
    return found


def main() -> None:
    resources = template()["Resources"]
    rows, mails = runbook()
    named = {}
    for name, alarm in alarms(resources).items():
        row = re.fullmatch(r".*\. Runbook - (.+)\.", alarm["AlarmDescription"])
        assert row, f"{name} names no row of the runbook: {alarm['AlarmDescription']}"
        named[name] = row[1]
    lost = {name: row for name, row in named.items() if row not in rows}
    assert not lost, f"docs/deployment.md has no row for {lost}"
    assert not rows - set(named.values()), f"no alarm names the rows {rows - set(named.values())} of docs/deployment.md"
    sent = set(resources["GapRule"]["Properties"]["EventPattern"]["detail-type"])
    assert mails == sent, f"the runbook has the mails {mails}, GapRule sends {sent}"
    declared, shown = declared_metrics(), dashboard_metrics(resources)
    undeclared = named_metrics(resources) - declared
    assert not undeclared, f"template.yaml names metrics that functions/runtime/src/metrics.rs does not declare: {undeclared}"
    assert not declared - shown, f"the dashboard of template.yaml lacks {declared - shown}"
    print(f"alarms: {len(named)} and the {len(rows)} rows of the runbook know each other, {len(mails)} mails too")
    print(f"metrics that must be published: {', '.join(sorted(f'{function}/{metric}' for function, metric in named_metrics(resources)))}")


if __name__ == "__main__":
    main()
